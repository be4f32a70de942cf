// Keys of OVER with a time to live, against Flink's rules with a timer of each key.
#include "over_rig.h"

enum { N_EVENTS = 6000, N_PAGES = 2000, N_USERS = 30, USERS_MAX = N_USERS + 3 };

struct twin_key {
	int64_t cleanup; // 0: there is no timer
	uint32_t n_waiting;
	int64_t count;
};

struct twin {
	struct twin_key keys[USERS_MAX];
	int64_t ttl_ms, ttl_max_ms, count_max;
	int64_t expected[N_EVENTS];
};

static struct twin twin;

static uint32_t user_of(const struct event *event)
{
	return event->is_null[EVENT_USER] ? 0 : (uint32_t)(event->user + 3);
}

// Timers that are due fire, one after the other.
static void fire(struct twin_key *key, int64_t now)
{
	while (key->cleanup != 0 && key->cleanup <= now) {
		if (key->n_waiting > 0)
			key->cleanup += twin.ttl_max_ms;
		else
			*key = (struct twin_key){0};
	}
}

static void note(struct twin_key *key, int64_t now)
{
	fire(key, now);
	if (key->cleanup == 0 || now + twin.ttl_ms > key->cleanup)
		key->cleanup = now + twin.ttl_max_ms;
}

static void arrives(const struct event *event, int64_t now)
{
	note(&twin.keys[user_of(event)], now);
	twin.keys[user_of(event)].n_waiting++;
}

static void comes_out(uint32_t i, const struct event *event, int64_t now)
{
	struct twin_key *key = &twin.keys[user_of(event)];

	note(key, now);
	key->n_waiting--;
	if (key->count < twin.count_max)
		key->count++;
	twin.expected[i] = key->count;
}

static void try(bool is_proctime, const struct over_frame *frame, int64_t ttl_ms, bool is_exact)
{
	struct event_settings settings = {.n = N_EVENTS,
		.n_users = N_USERS,
		.first_ts = 1000,
		.step = 2,
		.delay = 20,
		.nulls = true};
	struct over_lines out = {calloc(N_EVENTS, sizeof(struct over_line)), 0};
	struct random random = {(uint64_t)ttl_ms};
	struct arena *arena = arena_new();
	static struct over_query query;
	struct over_job job = {.query = &query, .out = &out, .random = &random};
	struct event *events = events_new(&settings, &random);
	int64_t now = 5000000;
	uint32_t n_out = 0;

	over_query_begin(&query, arena, 1, frame, 1);
	query.keys[0] = EVENT_USER;
	query.config.is_proctime = is_proctime;
	query.config.ttl_ms = ttl_ms;
	over_query_call(&query, "COUNT", -1, false, 0, arena);
	over_query_finish(&query, arena);
	memset(&twin, 0, sizeof(twin));
	twin.ttl_ms = ttl_ms;
	twin.ttl_max_ms = is_exact ? ttl_ms : ttl_ms * 3 / 2;
	twin.count_max = frame->is_unbounded ? INT64_MAX : frame->preceding + 1;
	over_job_start(&job, 1, N_PAGES);
	for (uint32_t i = 0, n; i < N_EVENTS; i += n) {
		n = 1 + random_below(&random, 8);
		if (n > N_EVENTS - i)
			n = N_EVENTS - i;
		now += random_below(&random, 20) == 0 ? random_below(&random, 400) : 1;
		over_job_at(&job, now);
		for (uint32_t k = i; k < i + n; k++)
			arrives(&events[k], now);
		over_job_feed(&job, events + i, (uint16_t)n);
		if (!is_proctime && random_below(&random, 3) > 0)
			continue;
		if (!is_proctime && random_below(&random, 10) == 0)
			now += random_below(&random, 200);
		over_job_at(&job, now);
		for (; n_out < i + n &&
			(is_proctime || events[n_out].ts <= events[i + n - 1].ts - 20);
			n_out++)
			comes_out(n_out, &events[n_out], now);
		over_job_control(&job, (struct block){.kind = BLOCK_WATERMARK,
					       .watermark = events[i + n - 1].ts - 20});
		assert_int_equal(out.n, n_out);
	}
	for (uint32_t i = 0; i < out.n; i++)
		assert_int_equal(over_line_result(&out.lines[i]), twin.expected[i]);
	assert_true(out.n > N_EVENTS / 2);
	assert_true(over_job_count(&job, "expired_keys") > 0);
	over_job_stop(&job);
	over_lines_cut(&out, 0);
	free(out.lines);
	free(events);
	arena_free(arena);
}

static const struct over_frame all_rows = {.is_rows = true, .is_unbounded = true};
static const struct over_frame all_times = {.is_unbounded = true};
static const struct over_frame four_rows = {.is_rows = true, .preceding = 3};

static void by_processing_time_keys_live_as_long_as_said(void **)
{
	for (int64_t ttl_ms = 20; ttl_ms < 400; ttl_ms += 77) {
		try(true, &all_rows, ttl_ms, true);
		try(true, &all_times, ttl_ms, true);
	}
}

static void others_live_up_to_half_as_long_again(void **)
{
	for (int64_t ttl_ms = 20; ttl_ms < 400; ttl_ms += 77) {
		try(false, &all_rows, ttl_ms, false);
		try(false, &four_rows, ttl_ms, false);
		try(true, &four_rows, ttl_ms, false);
	}
}

// n users that are never seen again; returns how many keys went when this time had passed.
static uint64_t expired_after(const struct over_frame *frame, uint32_t n, int64_t ms)
{
	struct over_lines out = {calloc(n, sizeof(struct over_line)), 0};
	struct random random = {1};
	struct arena *arena = arena_new();
	static struct over_query query;
	struct over_job job = {.query = &query, .out = &out, .random = &random};
	uint64_t n_expired;

	over_query_begin(&query, arena, 1, frame, 1);
	query.keys[0] = EVENT_USER;
	query.config.is_proctime = true;
	query.config.ttl_ms = 1000;
	over_query_call(&query, "SUM", EVENT_AMOUNT, false, 0, arena);
	over_query_finish(&query, arena);
	over_job_start(&job, 1, N_PAGES);
	over_job_at(&job, 1000000);
	for (uint32_t i = 0; i < n; i++) {
		struct event event = {.ts = 1000000, .user = i};

		over_job_feed(&job, &event, 1);
	}
	for (int64_t t = 0; t <= ms; t++)
		over_job_at(&job, 1000000 + t);
	n_expired = over_job_count(&job, "expired_keys");
	over_job_stop(&job);
	over_lines_cut(&out, 0);
	free(out.lines);
	arena_free(arena);
	return n_expired;
}

static void keys_without_rows_are_swept(void **)
{
	assert_int_equal(expired_after(&all_rows, 3000, 999), 0);
	assert_int_equal(expired_after(&all_rows, 3000, 1600), 3000);
	assert_int_equal(expired_after(&four_rows, 3000, 1499), 0);
	assert_int_equal(expired_after(&four_rows, 3000, 2100), 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_processing_time_keys_live_as_long_as_said),
		cmocka_unit_test(others_live_up_to_half_as_long_again),
		cmocka_unit_test(keys_without_rows_are_swept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
