#include "feedgen/options.h"
#include "feedgen/start.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { WORDS_MAX = 16 };

#define NOW_MS 1800000000000

// Parses a line of words separated by blanks.
static int parse(const char *line, struct options *options, struct err *err)
{
	static char words[512]; // options point into it
	char *argv[WORDS_MAX] = {"feedgen"};
	int argc = 1;

	strncpy(words, line, sizeof(words) - 1);
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	*err = (struct err){0};
	return options_parse(argc, argv, NOW_MS, options, err);
}

static struct options good(const char *line)
{
	struct options options;
	struct err err;

	if (parse(line, &options, &err) < 0)
		fail_msg("%s: %s", line, err.text);
	return options;
}

static void bad(const char *line, const char *expected)
{
	struct options options;
	struct err err;

	assert_int_equal(parse(line, &options, &err), -EINVAL);
	if (strstr(err.text, expected) == NULL)
		fail_msg("%s: %s", line, err.text);
	assert_null(strchr(err.text, '\n'));
}

static void two_rates_give_the_third(void **)
{
	struct options options = good("--rate 20000 --speedup 100");

	assert_true(options.model.event_rate == 200);
	assert_int_equal(options.model.n_users, 200 * 21600);
	assert_int_equal(options.pace.kind, PACE_RATE);

	options = good("--speedup 60 --event-rate 50");
	assert_int_equal(options.pace.kind, PACE_EVENT_TIME);
	assert_true(options.model.event_rate == 50);

	options = good("--event-rate 500 --users 1000");
	assert_int_equal(options.pace.kind, PACE_NONE);
	assert_int_equal(options.model.n_users, 1000);
	bad("--rate 1 --speedup 1 --event-rate 1", "two of --rate");
	bad("--rate 1000000 --speedup 0.001", "must be");
}

static void users_and_event_rate_follow_from_each_other(void **)
{
	assert_int_equal(good("").model.n_users, 20000);
	assert_true(good("--users 216000").model.event_rate == 10);
	assert_true(good("--feed sensors --devices 50").model.event_rate == 5);
	assert_int_equal(good("--feed sensors").model.n_users, 1000);
	assert_int_equal(good("--event-rate 10000000").model.n_users, WORLD_USERS_MAX);
}

static void the_end_is_where_it_was_asked_for(void **)
{
	assert_int_equal(good("").model.n_events, 100000);
	assert_int_equal(good("--duration 90").model.duration_ms, 90000);
	assert_int_equal(good("--duration 90").model.n_events, 0);
	assert_int_equal(good("--duration 10min").model.duration_ms, 600000);
	assert_int_equal(good("--to udp://127.0.0.1:9").model.n_events, 0);
	assert_int_equal(good("--rate 50 --duration 10").model.n_events, 500);
	assert_int_equal(good("--rate 50 --duration 10 --events 7").model.n_events, 7);
	assert_int_equal(good("--speedup 10 --duration 2").model.duration_ms, 20000);
	assert_true(good("--to udp://127.0.0.1:9").pace.rate == 1000);
	assert_int_equal(good("--to udp://127.0.0.1:9 --rate 0").pace.kind, PACE_NONE);
}

static void start_is_a_date_or_now(void **)
{
	struct err err = {0};
	int64_t ms;

	assert_int_equal(start_parse("now", NOW_MS, &ms, &err), 0);
	assert_int_equal(ms, NOW_MS);
	assert_int_equal(start_parse("now-30min", NOW_MS, &ms, &err), 0);
	assert_int_equal(ms, NOW_MS - 1800000);
	assert_int_equal(start_parse("now+5 s", NOW_MS, &ms, &err), 0);
	assert_int_equal(ms, NOW_MS + 5000);
	assert_int_equal(start_parse("2026-01-01 00:00:00", NOW_MS, &ms, &err), 0);
	assert_int_equal(ms, 1767225600000);
	assert_int_equal(start_parse("2026-01-01T00:00:00.123", NOW_MS, &ms, &err), 0);
	assert_int_equal(ms, 1767225600123);
	assert_int_equal(start_parse("now-30", NOW_MS, &ms, &err), -EINVAL);
	assert_int_equal(start_parse("now-", NOW_MS, &ms, &err), -EINVAL);
	assert_int_equal(start_parse("nowadays", NOW_MS, &ms, &err), -EINVAL);
	assert_int_equal(start_parse("", NOW_MS, &ms, &err), -EINVAL);
	assert_int_equal(start_parse("2026-02-30 00:00:00", NOW_MS, &ms, &err), -EINVAL);
	assert_int_equal(start_parse("1969-01-01 00:00:00", NOW_MS, &ms, &err), -EINVAL);
}

static void errors_say_what_would_be_right(void **)
{
	bad("--evnts 5", "did you mean --events?");
	bad("--events", "needs a value");
	bad("--events five", "not a whole number");
	bad("--events 1.5", "not a whole number");
	bad("--events -5", "not a whole number");
	bad("--events 0", "must be");
	bad("--rate nan", "not a number");
	bad("--duration fast", "not a duration");
	bad("--format xml", "json, csv or raw");
	bad("--feed birds", "cards or sensors");
	bad("--format raw --garbage 5", "raw");
	bad("--to tcp://1.2.3.4:5", "udp://");
	bad("--dst-ip 1.2.3", "IPv4");
	bad("--dst-mac 02:00:00:00:00", "MAC");
	bad("--interface lo", "udp");
	bad("events", "unexpected");
	bad("--quiet=yes", "takes no value");
	bad("--merchants 5", "must be");
}

static void multicast_frames_go_to_the_groups_address(void **)
{
	static const uint8_t group[6] = {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03};

	assert_memory_equal(good("--to x.pcap --dst-ip 239.129.2.3").out.dst_mac, group, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_rates_give_the_third),
		cmocka_unit_test(users_and_event_rate_follow_from_each_other),
		cmocka_unit_test(the_end_is_where_it_was_asked_for),
		cmocka_unit_test(start_is_a_date_or_now),
		cmocka_unit_test(errors_say_what_would_be_right),
		cmocka_unit_test(multicast_frames_go_to_the_groups_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
