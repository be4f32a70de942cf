// Whatever checkpoint a WindowAggregate goes on from, and at whatever parallelism, its results are
// those of the definition.
#include "operator/window/window.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "time/zone_rule.h"
#include "window_job.h"

static void any_window_goes_on_from_any_checkpoint(void **)
{
	const char *first = getenv("SEED");
	uint64_t from = first != NULL ? strtoull(first, NULL, 0) : 1;
	uint64_t n = getenv("SEEDS") != NULL ? strtoull(getenv("SEEDS"), NULL, 0) : 60;
	uint32_t n_kills = 0;

	for (uint64_t seed = from; seed < from + n; seed++) {
		struct random random = {seed};
		int64_t slide = 1 + random_below(&random, 200);
		int64_t overlap = 1 + random_below(&random, random_below(&random, 4) ? 8 : 60);
		const struct twin_settings settings = {.slide = slide,
			.size = slide * overlap,
			.offset = (int64_t)random_below(&random, 100) - 50,
			.cumulates = random_below(&random, 3) == 0,
			.no_text = random_below(&random, 2),
			.key = random_below(&random, 3)};
		const struct event_settings stream = {.n = 3000,
			.n_users = 1 + random_below(&random, random_below(&random, 2) ? 4 : 2000),
			.first_ts = (int64_t)random_below(&random, 20000) - 10000,
			.step = 1 + random_below(&random, 40),
			.disorder = 1 + random_below(&random, (uint32_t)settings.size + 50),
			.delay = random_below(&random, (uint32_t)settings.size / 2 + 10),
			.nulls = random_below(&random, 2)};
		const struct bench_settings how = {
			.rows_max = (uint16_t)(1 + random_below(&random, BLOCK_ROWS_MAX)),
			.pool_size = POOL_SIZE,
			.blocked_in = random_below(&random, 4),
			.watermarks_rare = random_below(&random, 2),
			.is_live = random_below(&random, 2),
			.portion = (int32_t)random_below(&random, 4)};

		if (getenv("SEED") != NULL)
			print_message("seed %lu\n", seed);
		n_kills += job_check(&stream, &settings, &how, seed);
	}
	assert_true(n_kills > n);
}

// So many keys that a slice has many buckets, and that what is frozen is never packed at once.
static void many_keys_go_on_too(void **)
{
	const struct event_settings many = {.n = 60000,
		.n_users = 20000,
		.step = 1,
		.disorder = 3000,
		.delay = 1000,
		.nulls = true};
	const struct twin_settings windows[] = {
		{.size = 20000, .slide = 20000, .key = TWIN_USER, .no_text = true},
		{.size = 20000, .slide = 5000, .key = TWIN_USER, .no_text = true},
		{.size = 20000, .slide = 5000, .key = TWIN_CITY_AND_USER},
		{.size = 20000, .slide = 5000, .cumulates = true, .key = TWIN_CITY_AND_USER},
		{.size = 20000,
			.slide = 5000,
			.cumulates = true,
			.key = TWIN_USER,
			.no_text = true},
	};
	const struct bench_settings how = {.rows_max = BLOCK_ROWS_MAX, .blocked_in = 3};

	for (uint64_t i = 0; i < sizeof(windows) / sizeof(*windows); i++)
		assert_true(job_check(&many, &windows[i], &how, i + 1) > 0);
}

// Over the nights in which an hour is skipped, and comes twice.
static void windows_in_local_time_go_on_too(void **)
{
	static const int64_t nights[] = {1615708800000, 1636268400000};
	struct arena *arena = arena_new();
	const struct zone *zone = zone_of_los_angeles(arena);

	for (uint64_t seed = 1; seed <= 24; seed++) {
		const int64_t minute = 60000;
		const struct bench_settings how = {.rows_max = 40, .pool_size = POOL_SIZE};
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
		job_check(&stream, &settings, &how, seed);
	}
	arena_free(arena);
}

// ---- Other aggregates and windows

static void use_lists_and_sets(struct bench *bench)
{
	bench_call(bench, 1, "LISTAGG", EVENT_NOTE);
	bench_call(bench, 2, "FIRST_VALUE", EVENT_NOTE);
	bench_call(bench, 3, "LAST_VALUE", EVENT_NOTE);
	bench_call(bench, 4, "ARRAY_AGG", EVENT_AMOUNT);
	bench_call(bench, 5, "COLLECT", EVENT_CITY);
	bench_call_of(bench, 6, "COUNT", EVENT_NOTE, true);
	bench_call_of(bench, 7, "SUM", EVENT_PRICE, true);
	bench_call(bench, 8, "MAX", EVENT_NOTE);
	bench_call(bench, 9, "APPROX_COUNT_DISTINCT", EVENT_CITY);
	bench->config.n_aggregates = 10;
}

// No row is late where slices are merged: where it stands in a list is not said.
static void lists_and_sets_go_on_too(void **)
{
	const struct twin_settings windows[] = {
		{.size = 1000, .slide = 1000, .key = TWIN_USER},
		{.size = 1000, .slide = 100, .key = TWIN_USER},
		{.size = 900, .slide = 300, .offset = -250, .key = TWIN_CITY_AND_USER},
		{.size = 1000, .slide = 250, .cumulates = true, .key = TWIN_USER},
		{.size = 1000, .slide = 500, .key = TWIN_NO_KEY},
	};

	for (uint64_t seed = 1; seed <= 25; seed++) {
		const struct event_settings stream = {.n = 3000,
			.n_users = seed % 2 ? 5 : 200,
			.step = 3,
			.disorder = 100,
			.delay = 800,
			.nulls = true};
		const struct bench_settings how = {.rows_max = 100,
			.blocked_in = 3,
			.pool_size = POOL_SIZE,
			.change = use_lists_and_sets};

		job_check(&stream, &windows[seed % 5], &how, seed);
	}
}

// A row's window ends at its time, and begins at its user.
static void use_attached_windows(struct bench *bench)
{
	bench->config.window = (struct window_spec){.shape = WINDOW_ATTACHED,
		.start_column = EVENT_USER,
		.end_column = EVENT_TS,
		.time_type = bench->config.window.time_type};
}

static void attached_windows_go_on_too(void **)
{
	const struct twin_settings settings = {.size = 1, .slide = 1, .key = TWIN_CITY_AND_USER};

	for (uint64_t seed = 1; seed <= 10; seed++) {
		const struct event_settings stream = {.n = 3000,
			.n_users = 3,
			.step = 1,
			.disorder = 40,
			.delay = 20,
			.nulls = seed % 2};
		const struct bench_settings how = {.rows_max = 100,
			.blocked_in = 3,
			.pool_size = POOL_SIZE,
			.change = use_attached_windows};

		job_check(&stream, &settings, &how, seed);
	}
}

// ---- What cannot be restored

// A run of some events that ends with a complete checkpoint 1; the caller ends it.
static void run_to_checkpoint(struct job *job)
{
	job_start(job, 1);
	while (job->at < job->n_events) {
		job_feed(job);
		if (job->at < job->n_events)
			job_watermark(job, job->events[job->at].mark);
	}
	job_freeze(job);
	while (job->is_packing)
		job_pack(job);
}

static void a_pool_that_is_too_small_is_said_plainly(void **)
{
	const struct event_settings stream = {.n = 20000, .n_users = 10000, .step = 1};
	const struct twin_settings settings = {
		.size = 100000, .slide = 50000, .key = TWIN_CITY_AND_USER};
	const struct bench_settings how = {.rows_max = BLOCK_ROWS_MAX, .pool_size = POOL_SIZE};
	struct random random = {1};
	struct event *events = events_new(&stream, &random);
	struct job *job = calloc(1, sizeof(*job));
	uint32_t n_refused = 0, n_restored = 0;

	*job = (struct job){.settings = &settings,
		.how = &how,
		.random = &random,
		.events = events,
		.n_events = stream.n};
	run_to_checkpoint(job);
	for (uint64_t n_pages = 1; n_pages < 8000; n_pages += 1 + n_pages / 3) {
		const struct bench_settings small = {
			.rows_max = 1, .pool_size = n_pages * PAGE_SIZE};
		struct err err = {0};
		struct bench bench;
		int result;

		bench_init(&bench, &settings, &small, &random);
		bench.spec.id = 7;
		bench.task.n_instances = 1;
		result = checkpointed_give(&job->saved, 1, bench.window, &err);
		assert_true(result == 0 || result == -ENOMEM);
		if (result < 0)
			assert_non_null(strstr(err.text, "state.max-memory"));
		n_refused += result < 0;
		n_restored += result == 0;
		bench_free(&bench);
	}
	assert_true(n_refused > 5 && n_restored > 0);
	job_end(job);
	free(job);
	free(events);
}

static void spoiled_records_are_refused_or_taken(void **)
{
	uint32_t n_refused = 0;

	for (uint64_t seed = 1; seed <= 60; seed++) {
		const struct event_settings stream = {
			.n = 500, .n_users = 50, .step = 1, .disorder = 90, .delay = 30};
		const struct twin_settings settings = {.size = 100,
			.slide = seed % 2 ? 20 : 100,
			.cumulates = seed % 3 == 0,
			.key = TWIN_CITY_AND_USER,
			.no_text = seed % 5 == 0};
		const struct bench_settings how = {.rows_max = 50,
			.pool_size = POOL_SIZE,
			.change = seed % 4 == 0 ? use_lists_and_sets : NULL};
		struct random random = {seed};
		struct event *events = events_new(&stream, &random);
		struct job *job = calloc(1, sizeof(*job));

		*job = (struct job){.settings = &settings,
			.how = &how,
			.random = &random,
			.events = events,
			.n_events = stream.n};
		run_to_checkpoint(job);
		for (int i = 0; i < 8; i++) {
			struct err err = {0};
			struct bench bench;
			int result;

			checkpointed_spoil(&job->saved, &random);
			bench_init(&bench, &settings, &how, &random);
			bench.spec.id = 7;
			bench.task.n_instances = 1;
			result = checkpointed_give(&job->saved, 1, bench.window, &err);
			assert_true(result <= 0);
			assert_true((result < 0) == (err.text[0] != '\0'));
			n_refused += result < 0;
			bench_free(&bench);
		}
		job_end(job);
		free(job);
		free(events);
	}
	assert_true(n_refused > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_window_goes_on_from_any_checkpoint),
		cmocka_unit_test(many_keys_go_on_too),
		cmocka_unit_test(windows_in_local_time_go_on_too),
		cmocka_unit_test(lists_and_sets_go_on_too),
		cmocka_unit_test(attached_windows_go_on_too),
		cmocka_unit_test(a_pool_that_is_too_small_is_said_plainly),
		cmocka_unit_test(spoiled_records_are_refused_or_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
