// A WindowAggregate that is killed again and again: whatever checkpoint it goes on from, and at
// whatever parallelism, its results are those of the definition.
#include "operator/window/window.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checkpointed.h"
#include "operator/window/window_state.h"
#include "time/zone_rule.h"
#include "window_bench.h"

enum { INSTANCES_MAX = 4, POINTS_MAX = 256, POOL_SIZE = 64 << 20 };

// A complete checkpoint.
struct point {
	uint64_t checkpoint;
	uint32_t at; // events before it
	uint32_t n_lines[INSTANCES_MAX]; // results
	uint64_t n_late;
};

struct job {
	const struct twin_settings *settings;
	const struct bench_settings *how;
	struct random *random;
	const struct event *events;
	uint32_t n_events, at;
	struct bench benches[INSTANCES_MAX];
	uint16_t n;
	struct checkpointed saved;
	bool is_packing;
	struct point open, points[POINTS_MAX];
	uint32_t n_points;
	// of processes that were killed
	char **lines;
	uint32_t n_lines;
	uint64_t n_late;
	uint32_t n_kills;
};

static void job_keep_lines(struct job *job, const struct bench *bench, uint32_t n)
{
	job->lines = realloc(job->lines, (job->n_lines + n + 1) * sizeof(char *));
	for (uint32_t i = 0; i < n; i++)
		job->lines[job->n_lines++] = strdup(bench->collector.lines[i]);
}

static uint64_t job_counter(const struct job *job, const char *name)
{
	uint64_t n = 0;

	for (uint16_t i = 0; i < job->n; i++)
		n += bench_counter(&job->benches[i], name);
	return n;
}

static void job_start(struct job *job, uint16_t n)
{
	job->n = n;
	job->n_points = 0;
	job->is_packing = false;
	checkpointed_begin(&job->saved);
	for (uint16_t i = 0; i < n; i++) {
		struct bench *bench = &job->benches[i];

		bench_init(bench, job->settings, job->how, job->random);
		bench->spec.id = 7;
		bench->task.instance = i;
		bench->task.n_instances = n;
		checkpointed_add(&job->saved, &bench->task);
	}
}

static void job_stop(struct job *job)
{
	for (uint16_t i = 0; i < job->n; i++)
		bench_free(&job->benches[i]);
	checkpointed_end(&job->saved);
}

// Pack a little of what is frozen; when all is packed, the checkpoint is complete.
static void job_pack(struct job *job)
{
	bool is_done = true;

	if (!job->is_packing)
		return;
	for (uint16_t i = 0; i < job->n; i++)
		is_done &= checkpointed_pack(
			job->benches[i].window, (int32_t)random_below(job->random,
							random_below(job->random, 2) ? 30 : 3000));
	if (!is_done)
		return;
	for (uint16_t i = 0; i < job->n; i++)
		record_done(job->benches[i].task.out, job->open.checkpoint);
	checkpointed_drain(&job->saved);
	job->is_packing = false;
	assert_true(job->n_points < POINTS_MAX);
	job->points[job->n_points++] = job->open;
}

static void job_settle(struct job *job)
{
	for (uint16_t i = 0; i < job->n; i++) {
		struct bench *bench = &job->benches[i];

		bench->task.blocked = false;
		while (bench->window->pending) {
			bench->window->ops->resume(bench->window);
			bench->task.blocked = false;
			if (random_below(job->random, 4) == 0)
				job_pack(job);
		}
	}
}

static void job_control(struct job *job, struct block control)
{
	for (uint16_t i = 0; i < job->n; i++)
		op_feed(job->benches[i].window, &control);
	job_settle(job);
}

static void job_watermark(struct job *job, int64_t watermark)
{
	if (watermark > job->benches[0].window->watermark)
		job_control(job, (struct block){.kind = BLOCK_WATERMARK, .watermark = watermark});
}

static void job_freeze(struct job *job)
{
	uint64_t checkpoint = job->benches[0].window->checkpoint + 1;

	job->open = (struct point){.checkpoint = checkpoint, .at = job->at};
	job_control(job, (struct block){.kind = BLOCK_BARRIER, .checkpoint_id = checkpoint});
	for (uint16_t i = 0; i < job->n; i++) {
		assert_int_equal(job->benches[i].window->checkpoint, checkpoint);
		job->open.n_lines[i] = job->benches[i].collector.n_lines;
	}
	job->open.n_late = job_counter(job, "late");
	job->is_packing = true;
}

// Which instance has the key of an event.
static uint16_t job_owner(const struct job *job, const struct event *event)
{
	static struct event_block block;
	const struct bench *bench = &job->benches[0];
	uint64_t images[32], hash;
	struct key_layout layout;

	event_block_fill(&block, event, 1, job->random);
	key_layout_init(&layout, bench->spec.input, bench->config.keys, bench->config.n_keys);
	assert_true(layout.size <= sizeof(images));
	key_images(&layout, &block.block, images);
	key_hashes(&layout, &bench->seed, images, 1, &hash);
	return (uint16_t)key_group_owner(key_group(hash), job->n);
}

static void job_feed(struct job *job)
{
	static struct event parts[INSTANCES_MAX][BLOCK_ROWS_MAX];
	static struct event_block block;
	uint16_t n_parts[INSTANCES_MAX] = {0};
	uint32_t n = 1 + random_below(job->random, job->how->rows_max);

	for (uint32_t i = 0; i < n && job->at < job->n_events; i++) {
		const struct event *event = &job->events[job->at++];
		uint16_t owner = job_owner(job, event);

		parts[owner][n_parts[owner]++] = *event;
	}
	for (uint16_t i = 0; i < job->n; i++) {
		if (n_parts[i] == 0)
			continue;
		event_block_fill(&block, parts[i], n_parts[i], job->random);
		if (job->how->blocked_in > 0)
			job->benches[i].task.blocked = random_below(job->random, 2);
		op_feed(job->benches[i].window, &block.block);
		memset(&block, 0xa5, sizeof(block));
	}
	job_settle(job);
}

// The process is gone; another one goes on from one of the last two checkpoints.
static void job_kill(struct job *job)
{
	uint32_t back = job->n_points > 1 ? random_below(job->random, 2) : 0;
	struct point point = job->points[job->n_points - 1 - back];
	struct checkpointed saved = job->saved;

	for (uint16_t i = 0; i < job->n; i++)
		job_keep_lines(job, &job->benches[i], point.n_lines[i]);
	job->n_late += point.n_late;
	for (uint16_t i = 0; i < job->n; i++)
		bench_free(&job->benches[i]);
	job_start(job, (uint16_t)(1 + random_below(job->random, INSTANCES_MAX)));
	for (uint16_t i = 0; i < job->n; i++) {
		struct bench *bench = &job->benches[i];

		checkpointed_restore(&saved, point.checkpoint, bench->window);
		bench->collector.watermark = bench->window->watermark;
	}
	checkpointed_end(&saved);
	job->at = point.at;
	job->n_kills++;
}

static void job_run(struct job *job)
{
	job_start(job, (uint16_t)(1 + random_below(job->random, INSTANCES_MAX)));
	while (job->at < job->n_events) {
		job_feed(job);
		if (random_below(job->random, 2))
			job_pack(job);
		if (job->at < job->n_events &&
			!(job->how->watermarks_rare && random_below(job->random, 5)))
			job_watermark(job, job->events[job->at].mark);
		if (!job->is_packing && random_below(job->random, 6) == 0)
			job_freeze(job);
		if (random_below(job->random, 4) == 0)
			job_pack(job);
		if (job->n_points > 0 && random_below(job->random, 20) == 0)
			job_kill(job);
	}
	job_watermark(job, WATERMARK_END);
	job_control(job, (struct block){.kind = BLOCK_END});
	for (uint16_t i = 0; i < job->n; i++) {
		job_keep_lines(job, &job->benches[i], job->benches[i].collector.n_lines);
		assert_null(job->benches[i].task.fault.text);
	}
	job->n_late += job_counter(job, "late");
}

static void job_compare(const struct job *job, const struct twin *twin)
{
	char **wanted = twin_lines(twin);

	if (job->n_lines > 0)
		qsort(job->lines, job->n_lines, sizeof(char *), bench_order);
	for (uint32_t i = 0; i < twin->n_groups && i < job->n_lines; i++)
		assert_string_equal(job->lines[i], wanted[i]);
	assert_int_equal(job->n_lines, twin->n_groups);
	assert_int_equal(job->n_late, twin->n_late);
	for (uint32_t i = 0; i < twin->n_groups; i++)
		free(wanted[i]);
	free(wanted);
}

static void job_end(struct job *job)
{
	job_stop(job);
	for (uint32_t i = 0; i < job->n_lines; i++)
		free(job->lines[i]);
	free(job->lines);
}

// Returns how often the job was killed.
static uint32_t check(const struct event_settings *stream, const struct twin_settings *settings,
	const struct bench_settings *how, uint64_t seed)
{
	struct random random = {seed};
	struct event *events = events_new(stream, &random);
	struct job *job = calloc(1, sizeof(*job));
	uint32_t n_kills;
	struct twin twin;

	*job = (struct job){.settings = settings,
		.how = how,
		.random = &random,
		.events = events,
		.n_events = stream->n};
	twin_init(&twin, settings);
	for (uint32_t i = 0; i < stream->n; i++)
		twin_take(&twin, &events[i]);
	job_run(job);
	job_compare(job, &twin);
	n_kills = job->n_kills;
	job_end(job);
	free(job);
	twin_free(&twin);
	free(events);
	return n_kills;
}

static void any_window_goes_on_from_any_checkpoint(void **)
{
	const char *first = getenv("SEED");
	uint64_t from = first != NULL ? strtoull(first, NULL, 0) : 1;
	uint64_t n = getenv("SEEDS") != NULL ? strtoull(getenv("SEEDS"), NULL, 0) : 150;
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
			.watermarks_rare = random_below(&random, 2)};

		if (getenv("SEED") != NULL)
			print_message("seed %lu\n", seed);
		n_kills += check(&stream, &settings, &how, seed);
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
		assert_true(check(&many, &windows[i], &how, i + 1) > 0);
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
		check(&stream, &settings, &how, seed);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_window_goes_on_from_any_checkpoint),
		cmocka_unit_test(many_keys_go_on_too),
		cmocka_unit_test(windows_in_local_time_go_on_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
