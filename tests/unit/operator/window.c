#include "operator/window/window.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "operator/window/live_slices.h"
#include "time/zone_rule.h"
#include "window_bench.h"

enum { RANDOM_RUNS = 80 };

static const struct event_settings ordinary = {.n = 20000,
	.n_users = 50,
	.first_ts = 1000,
	.step = 7,
	.disorder = 900,
	.delay = 400,
	.nulls = true};

// All events of a stream through operator and twin; the results must be the same lines, and every
// row a result or counted. Returns how many blocks came while windows fired.
static uint32_t check(const struct event_settings *stream, const struct twin_settings *settings,
	const struct bench_settings *how, uint64_t seed)
{
	struct random random = {seed};
	struct event *events = events_new(stream, &random);
	struct twin twin;
	struct bench bench;
	uint32_t n_between;

	twin_init(&twin, settings);
	bench_init(&bench, settings, how, &random);
	for (uint32_t i = 0; i < stream->n; i++)
		twin_take(&twin, &events[i]);
	bench_run(&bench, events, stream->n);
	assert_true(twin.n_groups > 0);
	assert_int_equal(bench_counter(&bench, "late"), twin.n_late);
	bench_compare(&bench, &twin);
	assert_int_equal(bench.task.fault.text == NULL, true);
	n_between = bench.n_between;
	bench_free(&bench);
	twin_free(&twin);
	free(events);
	return n_between;
}

static const struct bench_settings plain = {.rows_max = BLOCK_ROWS_MAX};

static void tumbling_windows_are_what_the_twin_says(void **)
{
	const struct twin_settings keys[] = {
		{.size = 1000, .slide = 1000, .key = TWIN_NO_KEY},
		{.size = 1000, .slide = 1000, .key = TWIN_USER},
		{.size = 700, .slide = 700, .offset = 33, .key = TWIN_CITY_AND_USER},
	};

	for (uint64_t i = 0; i < 3; i++)
		check(&ordinary, &keys[i], &plain, i + 1);
}

static void hopping_windows_are_what_the_twin_says(void **)
{
	const struct twin_settings hops[] = {
		{.size = 1000, .slide = 500, .key = TWIN_NO_KEY},
		{.size = 1000, .slide = 100, .key = TWIN_USER},
		{.size = 900, .slide = 300, .offset = -250, .key = TWIN_CITY_AND_USER},
	};

	for (uint64_t i = 0; i < 3; i++)
		check(&ordinary, &hops[i], &plain, i + 1);
}

static void cumulating_windows_are_what_the_twin_says(void **)
{
	const struct twin_settings windows[] = {
		{.size = 1000, .slide = 500, .cumulates = true, .key = TWIN_NO_KEY},
		{.size = 1000, .slide = 100, .cumulates = true, .key = TWIN_USER},
		{.size = 900,
			.slide = 300,
			.offset = -250,
			.cumulates = true,
			.key = TWIN_CITY_AND_USER},
	};

	for (uint64_t i = 0; i < 3; i++)
		check(&ordinary, &windows[i], &plain, i + 1);
}

// Whatever windows and streams there are: long overlaps, keys that come once, rows so late that
// most of their windows have fired, watermarks that jump, sinks that are full.
static void any_windows_of_any_stream_are_what_the_twin_says(void **)
{
	for (uint64_t seed = 1; seed <= RANDOM_RUNS; seed++) {
		struct random random = {seed};
		int64_t slide = 1 + random_below(&random, 200);
		int64_t overlap = 1 + random_below(&random, random_below(&random, 4) ? 8 : 60);
		const struct twin_settings settings = {.slide = slide,
			.size = slide * overlap,
			.offset = (int64_t)random_below(&random, 100) - 50,
			.cumulates = random_below(&random, 3) == 0,
			.no_text = random_below(&random, 2),
			.key = random_below(&random, 3)};
		const struct event_settings stream = {.n = 2000,
			.n_users = 1 + random_below(&random, random_below(&random, 2) ? 4 : 2000),
			.first_ts = (int64_t)random_below(&random, 20000) - 10000,
			.step = 1 + random_below(&random, 40),
			.disorder = 1 + random_below(&random, (uint32_t)settings.size + 50),
			.delay = random_below(&random, (uint32_t)settings.size / 2 + 10),
			.nulls = random_below(&random, 2)};
		const struct bench_settings how = {
			.rows_max = (uint16_t)(1 + random_below(&random, BLOCK_ROWS_MAX)),
			.blocked_in = random_below(&random, 4),
			.watermarks_rare = random_below(&random, 2),
			.is_live = random_below(&random, 2),
			.portion = (int32_t)random_below(&random, 4)};

		check(&stream, &settings, &how, seed);
	}
}

// Over the nights in which an hour is skipped, and comes twice.
static void windows_in_local_time_are_what_the_twin_says(void **)
{
	static const int64_t nights[] = {1615708800000, 1636268400000};
	struct arena *arena = arena_new();
	const struct zone *zone = zone_of_los_angeles(arena);

	for (uint64_t seed = 1; seed <= 24; seed++) {
		const int64_t minute = 60000;
		struct twin_settings settings = {.slide = seed % 3 == 0 ? 15 * minute : 60 * minute,
			.cumulates = seed % 4 == 0,
			.key = TWIN_USER,
			.zone = zone};
		const struct event_settings stream = {.n = 1000,
			.n_users = 5,
			.first_ts = nights[seed % 2] - 120 * minute,
			.step = minute / 2,
			.disorder = 80 * minute,
			.delay = 20 * minute};

		settings.size = settings.slide * (int64_t)(1 + seed % 5);
		check(&stream, &settings, &plain, seed);
	}
	arena_free(arena);
}

static void windows_before_1970_are_no_different(void **)
{
	const struct event_settings old = {.n = 5000,
		.n_users = 5,
		.first_ts = -20000,
		.step = 7,
		.disorder = 900,
		.delay = 400};

	check(&old, &(struct twin_settings){.size = 1000, .slide = 1000, .key = TWIN_USER}, &plain,
		1);
	check(&old,
		&(struct twin_settings){.size = 1000, .slide = 200, .offset = 77, .key = TWIN_USER},
		&plain, 2);
}

// However a stream is cut into blocks, and however rarely watermarks come.
static void results_do_not_depend_on_blocks(void **)
{
	const struct bench_settings cuts[] = {
		{.rows_max = 1},
		{.rows_max = 3},
		{.rows_max = 40},
		{.rows_max = BLOCK_ROWS_MAX, .watermarks_rare = true},
	};
	const struct twin_settings hop = {.size = 1000, .slide = 250, .key = TWIN_USER};

	for (uint64_t i = 0; i < 4; i++)
		check(&ordinary, &hop, &cuts[i], 5);
}

// More keys than a call emits, sinks that are full at every second block.
static void a_full_sink_loses_and_doubles_nothing(void **)
{
	const struct event_settings many = {.n = 20000,
		.n_users = 3000,
		.step = 1,
		.disorder = 500,
		.delay = 300,
		.nulls = true};
	const struct bench_settings blocked = {.rows_max = BLOCK_ROWS_MAX, .blocked_in = 2};

	check(&many, &(struct twin_settings){.size = 5000, .slide = 5000, .key = TWIN_USER},
		&blocked, 1);
	check(&many,
		&(struct twin_settings){.size = 4000, .slide = 1000, .key = TWIN_CITY_AND_USER},
		&blocked, 2);
	check(&many,
		&(struct twin_settings){
			.size = 4000, .slide = 500, .cumulates = true, .key = TWIN_USER},
		&blocked, 3);
}

// More keys than a portion takes, rows between all portions, watermarks that come while others
// wait.
static void rows_that_come_while_windows_fire_belong_to_later_ones(void **)
{
	const struct event_settings many = {.n = 60000,
		.n_users = 5000,
		.step = 1,
		.disorder = 1500,
		.delay = 600,
		.nulls = true};
	const struct twin_settings windows[] = {
		{.size = 6000, .slide = 6000, .key = TWIN_USER},
		{.size = 6000, .slide = 1500, .key = TWIN_CITY_AND_USER},
		{.size = 6000, .slide = 1500, .no_text = true, .key = TWIN_USER},
		{.size = 6000, .slide = 1500, .cumulates = true, .key = TWIN_USER},
	};

	for (uint64_t i = 0; i < 8; i++) {
		const struct bench_settings live = {.rows_max = i < 4 ? 30 : BLOCK_ROWS_MAX,
			.blocked_in = 5,
			.is_live = true,
			.portion = i < 4 ? 0 : 1};

		assert_true(check(&many, &windows[i % 4], &live, i + 1) > 0);
	}
}

static void a_hundred_thousand_events_are_what_the_twin_says(void **)
{
	const struct event_settings many = {.n = 100000,
		.n_users = 20000,
		.step = 1,
		.disorder = 3000,
		.delay = 1000,
		.nulls = true};

	check(&many, &(struct twin_settings){.size = 20000, .slide = 20000, .key = TWIN_USER},
		&plain, 1);
	check(&many, &(struct twin_settings){.size = 20000, .slide = 5000, .key = TWIN_USER},
		&plain, 2);
}

// Every row is in a result, or counted.
static void a_used_up_pool_drops_new_keys_and_counts_them(void **)
{
	const struct twin_settings tumble = {.size = 4000, .slide = 4000, .key = TWIN_USER};
	const struct event_settings many = {
		.n = 30000, .n_users = 5000, .step = 1, .disorder = 3000, .delay = 1000};
	struct random random = {1};
	struct event *events = events_new(&many, &random);

	for (uint64_t n_pages = 0; n_pages < 300; n_pages += 1 + n_pages / 2) {
		const struct bench_settings small = {.rows_max = BLOCK_ROWS_MAX,
			.pool_size = n_pages * PAGE_SIZE + 1,
			.drop_new_keys = true};
		struct bench bench;

		bench_init(&bench, &tumble, &small, &random);
		bench_run(&bench, events, many.n);
		assert_int_equal((uint64_t)bench.collector.n_rows + bench_counter(&bench, "late") +
					 bench_counter(&bench, "state_full"),
			many.n);
		assert_true(bench_counter(&bench, "state_full") > 0);
		assert_null(bench.task.fault.text);
		bench_free(&bench);
	}
	free(events);
}

// The lines that the operator gave are all the twin's; returns how many of the twin's are missing.
static uint32_t missing_lines(struct bench *bench, struct twin *twin)
{
	char **lines = bench->collector.lines;
	uint32_t n = bench->collector.n_lines, n_found = 0, n_missing = 0, at = 0;
	char **wanted = twin_lines(twin);

	if (n > 0)
		qsort(lines, n, sizeof(char *), bench_order);
	for (uint32_t i = 0; i < twin->n_groups; i++) {
		bool found = at < n && strcmp(lines[at], wanted[i]) == 0;

		n_found += found;
		at += found;
		n_missing += !found;
		free(wanted[i]);
	}
	free(wanted);
	assert_int_equal(n_found, n);
	return n_missing;
}

// Slices have room, their sums do not: results are missing and counted, those that are there are
// right, also when pages come free later.
static void results_without_room_to_merge_are_lost_as_a_whole_and_counted(void **)
{
	const struct twin_settings windows[] = {
		{.size = 4000, .slide = 1000, .key = TWIN_USER},
		{.size = 12000, .slide = 1000, .no_text = true, .key = TWIN_USER},
	};
	const struct event_settings many = {
		.n = 20000, .n_users = 3000, .step = 1, .disorder = 6000, .delay = 100};
	struct random random = {1};
	struct event *events = events_new(&many, &random);
	uint32_t n_lossy = 0;

	for (uint32_t i = 0; i < many.n; i++) {
		events[i].mark =
			WATERMARK_NONE; // all slices are there before the first window fires
		events[i].is_null[EVENT_NOTE] = true; // long ones would be lost one by one
	}
	for (uint64_t n_pages = 1560; n_pages < 2000; n_pages += 45) {
		const struct bench_settings small = {.rows_max = BLOCK_ROWS_MAX,
			.pool_size = n_pages * PAGE_SIZE + 1,
			.drop_new_keys = true};
		struct bench bench;
		struct twin twin;

		twin_init(&twin, &windows[n_pages % 2]);
		bench_init(&bench, &windows[n_pages % 2], &small, &random);
		for (uint32_t i = 0; i < many.n; i++)
			twin_take(&twin, &events[i]);
		bench_run(&bench, events, many.n);
		if (bench_counter(&bench, "state_full") == 0) {
			uint32_t n_missing = missing_lines(&bench, &twin);

			assert_true((n_missing > 0) == (bench_counter(&bench, "result_lost") > 0));
			n_lossy += n_missing > 0;
		}
		bench_free(&bench);
		twin_free(&twin);
	}
	assert_true(n_lossy > 2);
	free(events);
}

static void a_used_up_pool_ends_the_job_when_it_is_told_to(void **)
{
	const struct twin_settings tumble = {.size = 4000, .slide = 4000, .key = TWIN_USER};
	const struct bench_settings small = {
		.rows_max = BLOCK_ROWS_MAX, .pool_size = 10 * PAGE_SIZE};
	struct random random = {1};
	struct event *events = events_new(&ordinary, &random);
	struct bench bench;

	bench_init(&bench, &tumble, &small, &random);
	bench_run(&bench, events, ordinary.n);
	assert_non_null(bench.task.fault.text);
	bench_free(&bench);
	free(events);
}

// A row between the firing of its slice's first window and that of its last one.
static void a_partly_late_row_counts_in_the_windows_still_open(void **)
{
	const struct twin_settings hop = {.size = 30, .slide = 10, .key = TWIN_NO_KEY};
	struct event events[] = {
		{.ts = 5, .mark = WATERMARK_NONE}, {.ts = 20, .mark = 5},
		{.ts = 4, .mark = 15}, // [−20, 10) has fired; [−10, 20) and [0, 30) have not
		{.ts = 3, .mark = 40}, // too late
	};
	const struct bench_settings one_by_one = {.rows_max = 1};
	struct random random = {1};
	struct bench bench;

	bench_init(&bench, &hop, &one_by_one, &random);
	bench_run(&bench, events, 4);
	assert_int_equal(bench.collector.n_lines, 5); // ends 10, 20, 30, 40, 50
	assert_int_equal(atoi(bench.collector.lines[0]), 1);
	assert_int_equal(atoi(bench.collector.lines[1]), 2);
	assert_int_equal(atoi(bench.collector.lines[2]), 3);
	assert_int_equal(atoi(bench.collector.lines[3]), 1);
	assert_int_equal(bench_counter(&bench, "late"), 1);
	bench_free(&bench);
}

static void times_that_are_none_are_dropped_and_counted(void **)
{
	const struct twin_settings hop = {.size = 30, .slide = 10, .key = TWIN_NO_KEY};
	struct event events[] = {
		{.ts = 5, .mark = WATERMARK_NONE},
		{.ts = INT64_MAX, .mark = WATERMARK_NONE},
		{.ts = INT64_MIN, .mark = WATERMARK_NONE},
		{.is_null[EVENT_TS] = true, .mark = WATERMARK_NONE},
	};
	struct random random = {1};
	struct bench bench;

	bench_init(&bench, &hop, &plain, &random);
	bench_run(&bench, events, 4);
	assert_int_equal(bench_counter(&bench, "bad_time"), 2);
	assert_int_equal(bench_counter(&bench, "null_time"), 1);
	assert_int_equal(bench.collector.n_rows, 3); // three windows
	bench_free(&bench);
}

static void more_slices_than_there_may_be_are_dropped_and_counted(void **)
{
	const struct twin_settings tumble = {.size = 10, .slide = 10, .key = TWIN_NO_KEY};
	enum { EXTRA = 50, N = LIVE_SLICES_MAX + EXTRA };
	// Each slice takes a directory and a bucket at least.
	const struct bench_settings roomy = {
		.rows_max = BLOCK_ROWS_MAX, .pool_size = 3ul * LIVE_SLICES_MAX * PAGE_SIZE};
	struct event *events = calloc(N, sizeof(*events));
	struct random random = {1};
	struct bench bench;

	for (int i = 0; i < N; i++)
		events[i] = (struct event){.ts = i * 10, .mark = WATERMARK_NONE};
	bench_init(&bench, &tumble, &roomy, &random);
	bench_run(&bench, events, N);
	assert_int_equal(bench_counter(&bench, "slice_limit"), EXTRA);
	assert_int_equal(bench.collector.n_rows, N - EXTRA);
	bench_free(&bench);
	free(events);
}

// A watermark that passes many windows at once is passed on window by window: an aggregate over the
// results would otherwise have to hold them all.
static void each_window_is_followed_by_its_watermark(void **)
{
	const struct twin_settings tumble = {.size = 10, .slide = 10, .key = TWIN_NO_KEY};
	struct event events[] = {
		{.ts = 5, .mark = WATERMARK_NONE},
		{.ts = 15, .mark = WATERMARK_NONE},
		{.ts = 45, .mark = WATERMARK_NONE},
	};
	struct event_block block;
	struct random random = {1};
	struct bench bench;

	bench_init(&bench, &tumble, &plain, &random);
	event_block_fill(&block, events, 3, &random);
	op_feed(bench.window, &block.block);
	bench_watermark(&bench, 60);
	bench_settle(&bench);
	assert_int_equal(bench.collector.n_lines, 3);
	assert_int_equal(bench.collector.n_watermarks, 4); // 9, 19, 49, 60
	bench_free(&bench);
}

static void control_messages_pass_in_order_behind_results(void **)
{
	const struct twin_settings tumble = {.size = 10, .slide = 10, .key = TWIN_USER};
	struct event event = {.ts = 5, .mark = WATERMARK_NONE};
	struct block idle = {.kind = BLOCK_IDLE};
	struct event_block block;
	struct random random = {1};
	struct bench bench;

	bench_init(&bench, &tumble, &plain, &random);
	event_block_fill(&block, &event, 1, &random);
	op_feed(bench.window, &block.block);
	bench.task.blocked = true; // all wait
	bench_watermark(&bench, 8);
	bench_watermark(&bench, 9);
	op_feed(bench.window, &idle);
	assert_true(bench.window->pending);
	assert_int_equal(bench.collector.n_lines + bench.collector.n_idle, 0);
	bench_settle(&bench);
	assert_int_equal(bench.collector.n_lines, 1);
	assert_int_equal(bench.collector.watermark, 9);
	assert_int_equal(bench.collector.n_idle, 1);
	bench_free(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tumbling_windows_are_what_the_twin_says),
		cmocka_unit_test(hopping_windows_are_what_the_twin_says),
		cmocka_unit_test(cumulating_windows_are_what_the_twin_says),
		cmocka_unit_test(any_windows_of_any_stream_are_what_the_twin_says),
		cmocka_unit_test(windows_in_local_time_are_what_the_twin_says),
		cmocka_unit_test(windows_before_1970_are_no_different),
		cmocka_unit_test(results_do_not_depend_on_blocks),
		cmocka_unit_test(a_full_sink_loses_and_doubles_nothing),
		cmocka_unit_test(rows_that_come_while_windows_fire_belong_to_later_ones),
		cmocka_unit_test(a_hundred_thousand_events_are_what_the_twin_says),
		cmocka_unit_test(a_used_up_pool_drops_new_keys_and_counts_them),
		cmocka_unit_test(results_without_room_to_merge_are_lost_as_a_whole_and_counted),
		cmocka_unit_test(a_used_up_pool_ends_the_job_when_it_is_told_to),
		cmocka_unit_test(a_partly_late_row_counts_in_the_windows_still_open),
		cmocka_unit_test(times_that_are_none_are_dropped_and_counted),
		cmocka_unit_test(more_slices_than_there_may_be_are_dropped_and_counted),
		cmocka_unit_test(each_window_is_followed_by_its_watermark),
		cmocka_unit_test(control_messages_pass_in_order_behind_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
