#include "operator/window/group_window.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "operator/group_window_bench.h"

static void compare_with_twin(const struct group_window_config *config,
	const struct event_settings *settings, uint32_t blocked_in, uint16_t rows_max)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct random random = {seed};
		struct event *events = events_new(settings, &random);
		struct twin twin = {.config = config,
			.windows = calloc(TWIN_WINDOWS_MAX, sizeof(struct twin_window))};
		struct bench bench;

		bench_init(&bench, config, 64 << 20);
		bench.random = random;
		bench.blocked_in = blocked_in;
		bench.rows_max = rows_max;
		bench.watermarks_rare = seed == 2;
		twin_run(&twin, events, settings->n);
		run(&bench, events, settings->n);
		assert_same_lines(&bench.collector.out, &twin.out);
		assert_int_equal(counter(&bench, "late"), twin.n_late);
		assert_int_equal(counter(&bench, "no_window"), twin.n_no_window);
		lines_free(&twin.out);
		free(twin.windows);
		free(events);
		bench_free(&bench);
	}
}

static struct group_window_config session(int64_t gap_ms, uint16_t n_keys)
{
	return (struct group_window_config){.shape = GROUP_WINDOW_SESSION,
		.gap_ms = gap_ms,
		.n_keys = n_keys,
		.early_fire_ms = FIRE_NEVER,
		.late_fire_ms = FIRE_NEVER};
}

static struct group_window_config hop(int64_t size_ms, int64_t slide_ms, int64_t lateness_ms)
{
	return (struct group_window_config){
		.shape = size_ms == slide_ms ? GROUP_WINDOW_TUMBLE : GROUP_WINDOW_HOP,
		.size_ms = size_ms,
		.slide_ms = slide_ms,
		.n_keys = 1,
		.allowed_lateness_ms = lateness_ms,
		.early_fire_ms = FIRE_NEVER,
		.late_fire_ms = FIRE_NEVER};
}

// Many users at a step of 10 ms.
static struct event_settings stream(uint32_t n, uint32_t n_users)
{
	return (struct event_settings){.n = n, .n_users = n_users, .first_ts = -5000, .step = 10};
}

static void sessions_of_ordered_rows_are_as_the_twin_says(void **)
{
	struct group_window_config config = session(200, 1);
	struct event_settings settings = stream(3000, 20);

	compare_with_twin(&config, &settings, 0, 256);
	compare_with_twin(&config, &settings, 2, 256);
}

static void disordered_and_late_rows_merge_sessions_as_the_twin_says(void **)
{
	struct group_window_config config = session(100, 1);
	struct event_settings settings = stream(3000, 15);

	settings.disorder = 400;
	settings.delay = 300;
	settings.nulls = true;
	compare_with_twin(&config, &settings, 2, 256);
	settings.delay = 20;
	compare_with_twin(&config, &settings, 0, 3);
	config.n_keys = 2;
	compare_with_twin(&config, &settings, 3, 256);
}

static void a_single_key_and_no_key_have_sessions_too(void **)
{
	struct group_window_config config = session(15, 1);
	struct event_settings settings = stream(3000, 1);

	settings.disorder = 100;
	settings.delay = 60;
	compare_with_twin(&config, &settings, 2, 256);
	config.n_keys = 0;
	compare_with_twin(&config, &settings, 2, 7);
}

static void many_keys_have_sessions_at_once(void **)
{
	struct group_window_config config = session(3000, 2);
	struct event_settings settings = stream(4000, 2000);

	settings.disorder = 1000;
	settings.delay = 900;
	compare_with_twin(&config, &settings, 4, 256);
}

static void rows_at_the_same_time_are_in_one_session(void **)
{
	struct group_window_config config = session(1, 1);
	struct event_settings settings = stream(2000, 3);

	settings.step = 1;
	settings.disorder = 8;
	settings.delay = 6;
	compare_with_twin(&config, &settings, 2, 256);
}

static void late_rows_fire_windows_again_within_the_lateness(void **)
{
	struct group_window_config config = hop(100, 100, 300);
	struct event_settings settings = stream(2500, 6);

	settings.disorder = 200;
	settings.delay = 20;
	compare_with_twin(&config, &settings, 0, 256);
	compare_with_twin(&config, &settings, 2, 256);
	config = hop(120, 40, 200);
	config.n_keys = 2;
	config.offset_ms = 7;
	settings.nulls = true;
	compare_with_twin(&config, &settings, 2, 256);
	compare_with_twin(&config, &settings, 1, 9);
}

static void each_row_fires_early_and_late_when_asked_to(void **)
{
	struct group_window_config config = hop(100, 30, 0);
	struct event_settings settings = stream(2000, 5);

	settings.disorder = 100;
	settings.delay = 30;
	config.early_fire_ms = FIRE_EACH_ROW;
	compare_with_twin(&config, &settings, 2, 256);
	config.allowed_lateness_ms = 90;
	compare_with_twin(&config, &settings, 2, 256);
	config.late_fire_ms = FIRE_EACH_ROW;
	compare_with_twin(&config, &settings, 0, 256);
	config.early_fire_ms = FIRE_NEVER;
	compare_with_twin(&config, &settings, 2, 256);
}

static void rows_between_hopping_windows_are_counted(void **)
{
	struct group_window_config config = hop(30, 100, 50);
	struct event_settings settings = stream(1000, 5);

	settings.disorder = 100;
	settings.delay = 30;
	compare_with_twin(&config, &settings, 2, 256);
}

// One event of user at ts, score 1, no note, with the watermark before it.
static struct event event_at(int64_t user, int64_t ts, int64_t mark)
{
	struct event event = {.ts = ts, .mark = mark, .user = user, .score = 1};

	event.is_null[EVENT_NOTE] = true;
	return event;
}

static void assert_lines(struct bench *bench, const char *const *lines, uint32_t n)
{
	for (uint32_t i = 0; i < n && i < bench->collector.out.n; i++)
		assert_string_equal(bench->collector.out.lines[i], lines[i]);
	assert_int_equal(bench->collector.out.n, n);
}

static void a_session_does_not_become_longer_than_its_maximum(void **)
{
	struct group_window_config config = session(10, 1);
	const struct event events[] = {
		event_at(1, 0, -100),
		event_at(1, 8, -100),
		event_at(1, 16, -100),
		event_at(1, 24, -100), // ends at 25 at the latest
		event_at(1, 25, -100), // so another one begins
		event_at(1, 33, -100),
		event_at(2, 5, -100),
	};
	static const char *const lines[] = {
		"2 5 15 # +I 1 1 N N", "1 0 25 # +I 4 4 N N", "1 25 43 # +I 2 2 N N"};
	struct bench bench;

	config.max_size_ms = 25;
	bench_init(&bench, &config, 1 << 20);
	run(&bench, events, sizeof(events) / sizeof(events[0]));
	assert_lines(&bench, lines, 3);
	bench_free(&bench);
}

static void sessions_that_touch_merge(void **)
{
	struct group_window_config config = session(3, 1);
	const struct event events[] = {event_at(1, 0, -100), event_at(1, 6, -100),
		event_at(2, 0, -100), event_at(2, 4, -100), event_at(1, 3, -100)};
	static const char *const lines[] = {
		"2 0 3 # +I 1 1 N N", "2 4 7 # +I 1 1 N N", "1 0 9 # +I 3 3 N N"};
	struct bench bench;

	bench_init(&bench, &config, 1 << 20);
	run(&bench, events, 5);
	assert_lines(&bench, lines, 3);
	bench_free(&bench);
}

static void at_time(struct bench *bench, int64_t ms)
{
	bench->task.now.wall_ns = ms * 1000000;
	if (!bench->op->pending)
		bench->op->ops->tick(bench->op);
	settle(bench);
}

static void early_results_come_by_the_clock_when_they_changed(void **)
{
	struct group_window_config config = hop(100, 100, 0);
	const struct event events[] = {
		event_at(1, 10, -1), event_at(1, 20, -1), event_at(1, 30, -1)};
	static const char *const lines[] = {"1 0 100 # +I 1 1 N N", "1 0 100 # -U 1 1 N N",
		"1 0 100 # +U 2 2 N N", "1 0 100 # -U 2 2 N N", "1 0 100 # +U 3 3 N N"};
	struct bench bench;

	config.early_fire_ms = 1000;
	bench_init(&bench, &config, 1 << 20);
	at_time(&bench, 50000);
	feed(&bench, &events[0], 1);
	at_time(&bench, 50999);
	assert_int_equal(bench.collector.out.n, 0);
	at_time(&bench, 51000);
	assert_int_equal(bench.collector.out.n, 1);
	at_time(&bench, 52500); // nothing has changed
	assert_int_equal(bench.collector.out.n, 1);
	feed(&bench, &events[1], 1);
	at_time(&bench, 52999);
	assert_int_equal(bench.collector.out.n, 1);
	at_time(&bench, 53000); // a second's beat from the first row on
	assert_int_equal(bench.collector.out.n, 3);
	feed(&bench, &events[2], 1);
	feed_watermark(&bench, 99);
	assert_lines(&bench, lines, 5);
	at_time(&bench, 60000); // the window is gone, and its clock with it
	assert_int_equal(bench.collector.out.n, 5);
	bench_free(&bench);
}

static void late_results_come_by_the_clock_and_at_the_latest_when_the_window_goes(void **)
{
	struct group_window_config config = hop(100, 100, 500);
	const struct event events[] = {
		event_at(1, 10, -1), event_at(1, 20, 99), event_at(1, 30, 99)};
	static const char *const lines[] = {"1 0 100 # +I 1 1 N N", "1 0 100 # -U 1 1 N N",
		"1 0 100 # +U 2 2 N N", "1 0 100 # -U 2 2 N N", "1 0 100 # +U 3 3 N N"};
	struct bench bench;

	config.late_fire_ms = 1000;
	bench_init(&bench, &config, 1 << 20);
	at_time(&bench, 50000);
	feed(&bench, &events[0], 1);
	feed_watermark(&bench, 99);
	assert_int_equal(bench.collector.out.n, 1);
	feed(&bench, &events[1], 1);
	assert_int_equal(bench.collector.out.n, 1);
	at_time(&bench, 51000);
	assert_int_equal(bench.collector.out.n, 3);
	feed(&bench, &events[2], 1);
	feed_watermark(&bench, 599);
	assert_lines(&bench, lines, 5);
	bench_free(&bench);
}

static void windows_are_cut_in_local_time(void **)
{
	enum { HOUR = 3600000 };
	struct group_window_config config = hop(24 * HOUR, 24 * HOUR, 1000);
	const struct event events[] = {
		event_at(1, 0, -1), event_at(1, 16 * HOUR - 1, -1), event_at(1, 16 * HOUR, -1)};
	static const char *const lines[] = {
		"1 0 86400000 # +I 2 2 N N", "1 86400000 172800000 # +I 1 1 N N"};
	struct arena *arena = arena_new();
	struct bench bench;

	config.zone = zone_fixed(arena, "GMT+08:00");
	bench_init(&bench, &config, 1 << 20);
	run(&bench, events, 3);
	assert_lines(&bench, lines, 2);
	bench_free(&bench);
	arena_free(arena);
}

static void a_full_pool_drops_and_counts_rows_of_new_windows(void **)
{
	struct group_window_config config = session(20000, 2);
	struct event_settings settings = stream(6000, 3000);
	struct random random = {1};
	struct event *events = events_new(&settings, &random);
	struct bench bench;

	bench_init(&bench, &config, 40 * PAGE_SIZE);
	bench.task.drop_new_keys = true;
	run(&bench, events, settings.n);
	assert_true(counter(&bench, "state_full") > 0);
	assert_null(bench.task.fault.text);
	assert_int_equal(
		bench.collector.n_rows + counter(&bench, "state_full") + counter(&bench, "late"),
		settings.n);
	bench_free(&bench);

	bench_init(&bench, &config, 40 * PAGE_SIZE);
	feed(&bench, events, 256);
	for (uint32_t at = 256; at + 256 <= settings.n && bench.task.fault.text == NULL; at += 256)
		feed(&bench, &events[at], 256);
	assert_non_null(bench.task.fault.text);
	bench_free(&bench);
	free(events);
}

static void a_full_pool_never_breaks_windows_with_updates(void **)
{
	struct group_window_config config = hop(300, 100, 1000);
	struct event_settings settings = stream(4000, 1000);
	struct random random = {1};
	struct event *events = events_new(&settings, &random);
	struct bench bench;

	config.early_fire_ms = FIRE_EACH_ROW;
	config.n_keys = 2;
	bench_init(&bench, &config, 40 * PAGE_SIZE);
	bench.task.drop_new_keys = true;
	bench.blocked_in = 2;
	run(&bench, events, settings.n);
	assert_true(counter(&bench, "state_full") + counter(&bench, "value_lost") > 0);
	bench_free(&bench);
	free(events);
}

static void explain_says_what_the_window_is(void **)
{
	struct group_window_config config = session(5000, 1);
	struct bench bench;

	config.max_size_ms = 3600000;
	bench_init(&bench, &config, 1 << 20);
	assert_string_equal(group_window_kind.explain(&bench.spec, bench.arena),
		"keys=[user], window=[SESSION(time_col=[ts], gap=[5 s], max_size=[1 h])], "
		"aggs=[COUNT, SUM, MIN, MAX], state=[88 B per window]");
	bench_free(&bench);
	config = hop(60000, 30000, 1500);
	config.early_fire_ms = FIRE_EACH_ROW;
	bench_init(&bench, &config, 1 << 20);
	assert_string_equal(group_window_kind.explain(&bench.spec, bench.arena),
		"keys=[user], window=[HOP(time_col=[ts], size=[1 min], slide=[30 s])], "
		"emit=[early delay 0 ms, lateness 1500 ms], aggs=[COUNT, SUM, MIN, MAX], "
		"state=[88 B per window]");
	bench_free(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_of_ordered_rows_are_as_the_twin_says),
		cmocka_unit_test(disordered_and_late_rows_merge_sessions_as_the_twin_says),
		cmocka_unit_test(a_single_key_and_no_key_have_sessions_too),
		cmocka_unit_test(many_keys_have_sessions_at_once),
		cmocka_unit_test(rows_at_the_same_time_are_in_one_session),
		cmocka_unit_test(late_rows_fire_windows_again_within_the_lateness),
		cmocka_unit_test(each_row_fires_early_and_late_when_asked_to),
		cmocka_unit_test(rows_between_hopping_windows_are_counted),
		cmocka_unit_test(a_session_does_not_become_longer_than_its_maximum),
		cmocka_unit_test(sessions_that_touch_merge),
		cmocka_unit_test(early_results_come_by_the_clock_when_they_changed),
		cmocka_unit_test(
			late_results_come_by_the_clock_and_at_the_latest_when_the_window_goes),
		cmocka_unit_test(windows_are_cut_in_local_time),
		cmocka_unit_test(a_full_pool_drops_and_counts_rows_of_new_windows),
		cmocka_unit_test(a_full_pool_never_breaks_windows_with_updates),
		cmocka_unit_test(explain_says_what_the_window_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
