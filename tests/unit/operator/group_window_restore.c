#include "operator/window/group_window.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "operator/checkpointed.h"
#include "operator/group_window_bench.h"

enum { INSTANCES_MAX = 3, STEPS_MAX = 3000, POOL_SIZE = 1 << 20 };

// Rows, then a watermark, if any, at a time.
struct step {
	uint32_t first;
	uint16_t n;
	int64_t watermark, wall_ms;
};

struct point {
	struct checkpointed *saved; // NULL: the beginning
	uint64_t checkpoint;
	uint32_t step;
	uint32_t n_lines[INSTANCES_MAX]; // of each bench, that had come out
};

// A job of some instances that crashes now and then, and goes on with another number of them.
struct job {
	const struct group_window_config *config;
	const struct event *events;
	struct step steps[STEPS_MAX];
	uint32_t n_steps, step;
	struct bench benches[INSTANCES_MAX];
	uint16_t n; // of them
	struct key_layout keys;
	struct random random;
	struct twin_lines out; // of the processes that have crashed
	struct checkpointed *saved; // of this one
	bool is_open;
	struct point last, open;
	uint32_t n_restored;
	uint64_t n_bytes; // of the last whole checkpoint alone
	uint32_t blocked_in;
};

static struct job job;

static void plan(const struct group_window_config *config, const struct event *events, uint32_t n,
	uint64_t seed)
{
	job = (struct job){.config = config, .events = events, .random = {seed}};
	job.blocked_in = (uint32_t)(seed % 3) * 2;
	for (uint32_t at = 0; at < n;) {
		struct step *step = &job.steps[job.n_steps++];
		uint32_t n_rows = 1 + random_below(&job.random, seed % 2 ? 16 : 60);

		assert_true(job.n_steps < STEPS_MAX);
		if (n_rows > n - at)
			n_rows = n - at;
		*step = (struct step){at, (uint16_t)n_rows, WATERMARK_NONE, 1000 + at * 3};
		at += n_rows;
		if (at < n && random_below(&job.random, 4) > 0)
			step->watermark = events[at].mark;
	}
}

static void start(uint16_t n)
{
	job.saved = calloc(1, sizeof(*job.saved));
	checkpointed_begin(job.saved);
	job.n = n;
	for (uint16_t i = 0; i < n; i++) {
		struct bench *bench = &job.benches[i];

		bench_prepare(bench, job.config, POOL_SIZE);
		bench->random = (struct random){random_bits(&job.random)};
		bench->blocked_in = job.blocked_in;
		bench->task.instance = i;
		bench->task.n_instances = n;
		checkpointed_add(job.saved, &bench->task);
		job.saved->tasks[i].done = job.last.checkpoint;
		bench_make_op(bench);
	}
	key_layout_init(&job.keys, job.benches[0].spec.input, job.benches[0].config.keys,
		job.config->n_keys);
	job.is_open = false;
}

static void free_saved(struct checkpointed *saved)
{
	if (saved == NULL)
		return;
	checkpointed_end(saved);
	free(saved);
}

// The process is gone; of what it put out the first n_lines of each instance stay.
static void stop(const uint32_t *n_lines)
{
	for (uint16_t i = 0; i < job.n; i++) {
		for (uint32_t k = 0; k < n_lines[i]; k++)
			twin_add_line(&job.out, job.benches[i].collector.out.lines[k]);
		bench_free(&job.benches[i]);
	}
	if (job.saved != job.last.saved)
		free_saved(job.saved);
}

static void restore(uint16_t n)
{
	start(n);
	for (uint16_t i = 0; i < n && job.last.saved != NULL; i++)
		checkpointed_restore(job.last.saved, job.last.checkpoint, job.benches[i].op);
	job.n_restored += job.last.saved != NULL;
}

static void crash(uint16_t n)
{
	static const uint32_t none[INSTANCES_MAX];

	stop(job.last.saved == job.saved ? job.last.n_lines : none);
	job.step = job.last.step;
	restore(n);
}

static void feed_rows(struct bench *bench, const struct step *step, struct event_block *all)
{
	static uint64_t images[BLOCK_ROWS_MAX * KEY_IMAGE_MAX / 8], hashes[BLOCK_ROWS_MAX];
	struct block block = all->block;
	uint16_t rows[BLOCK_ROWS_MAX];

	key_images(&job.keys, &all->block, images);
	key_hashes(&job.keys, &bench->seed, images, step->n, hashes);
	block.rows = rows;
	block.n_rows = 0;
	for (uint16_t i = 0; i < step->n; i++)
		if (op_owns(bench->op, hashes[i]))
			rows[block.n_rows++] = block_slot(&all->block, i);
	if (bench->blocked_in > 0)
		bench->task.blocked = random_below(&bench->random, 2);
	if (block.n_rows > 0)
		op_feed(bench->op, &block);
}

static void do_step(struct bench *bench, const struct step *step)
{
	struct event_block *block = malloc(sizeof(*block));
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = step->watermark};

	bench->task.now.wall_ns = step->wall_ms * 1000000;
	if (bench->op->ops->tick != NULL)
		bench->op->ops->tick(bench->op);
	settle(bench);
	event_block_fill(block, &job.events[step->first], step->n, &bench->random);
	feed_rows(bench, step, block);
	if (step->watermark > bench->op->watermark)
		op_feed(bench->op, &control);
	settle(bench);
	free(block);
}

static void freeze(void)
{
	uint64_t checkpoint = job.benches[0].op->checkpoint + 1;
	struct block barrier = {.kind = BLOCK_BARRIER, .checkpoint_id = checkpoint};

	job.open = (struct point){job.saved, checkpoint, job.step, {0}};
	for (uint16_t i = 0; i < job.n; i++) {
		struct bench *bench = &job.benches[i];

		op_feed(bench->op, &barrier);
		settle(bench);
		job.open.n_lines[i] = bench->collector.out.n;
		bench->packs = true;
	}
	job.is_open = true;
}

static void finish(void)
{
	uint64_t n_bytes = job.saved->n_bytes;

	for (uint16_t i = 0; i < job.n; i++) {
		job.benches[i].packs = false;
		checkpointed_finish(job.saved, &job.benches[i].task, job.benches[i].op);
	}
	if (job.last.saved != job.saved)
		free_saved(job.last.saved);
	job.last = job.open;
	job.is_open = false;
	job.n_bytes = job.saved->n_bytes - n_bytes;
}

static void end(void)
{
	uint32_t all[INSTANCES_MAX];

	for (uint16_t i = 0; i < job.n; i++) {
		const struct group_window *group = (const struct group_window *)job.benches[i].op;

		feed_watermark(&job.benches[i], WATERMARK_END);
		assert_int_equal(group->store.n_entries, 0);
		assert_int_equal(group->slab.n_pages, 0);
		assert_int_equal(group->timers.n_armed + group->clocks.n_armed, 0);
		all[i] = job.benches[i].collector.out.n;
	}
	stop(all);
	free_saved(job.last.saved);
}

// All steps, with checkpoints, and crashes after one step in so many; 0 = never.
static void run_job(uint32_t crash_in)
{
	static const uint16_t instances[] = {1, 3, 2};
	uint32_t n_crashes = 0;

	start(1);
	for (job.step = 0; job.step < job.n_steps;) {
		const struct step *step = &job.steps[job.step++];

		for (uint16_t i = 0; i < job.n; i++)
			do_step(&job.benches[i], step);
		if (!job.is_open && random_below(&job.random, 4) == 0)
			freeze();
		else if (job.is_open && random_below(&job.random, 3) == 0)
			finish();
		if (crash_in > 0 && random_below(&job.random, crash_in) == 0)
			crash(instances[++n_crashes % 3]);
	}
	end();
}

static uint32_t compare_with_twin(
	const struct group_window_config *config, const struct event_settings *settings)
{
	uint32_t n_restored = 0;

	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct random random = {seed};
		struct event *events = events_new(settings, &random);
		struct twin twin = {.config = config,
			.windows = calloc(TWIN_WINDOWS_MAX, sizeof(struct twin_window))};

		twin_run(&twin, events, settings->n);
		plan(config, events, settings->n, seed);
		run_job(seed % 4 < 2 ? 10 : 60);
		assert_same_lines(&job.out, &twin.out);
		n_restored += job.n_restored;
		lines_free(&job.out);
		lines_free(&twin.out);
		free(twin.windows);
		free(events);
	}
	return n_restored;
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

static struct event_settings stream(uint32_t n, uint32_t n_users)
{
	return (struct event_settings){.n = n, .n_users = n_users, .first_ts = -5000, .step = 10};
}

static void sessions_survive_crashes(void **)
{
	struct group_window_config config = session(200, 1);
	struct event_settings settings = stream(3000, 20);
	uint32_t n_restored = compare_with_twin(&config, &settings);

	config = session(3000, 2);
	settings = stream(3000, 500);
	settings.disorder = 1000;
	settings.delay = 900;
	settings.nulls = true;
	n_restored += compare_with_twin(&config, &settings);
	assert_true(n_restored > 30);
}

static void sessions_that_merge_survive_crashes(void **)
{
	struct group_window_config config = session(40, 1);
	struct event_settings settings = stream(4000, 3);

	settings.disorder = 600;
	settings.delay = 4000;
	compare_with_twin(&config, &settings);
	settings.delay = 300;
	compare_with_twin(&config, &settings);
	config.n_keys = 0;
	config.gap_ms = 12;
	compare_with_twin(&config, &settings);
	config.n_keys = 2;
	config.gap_ms = 100;
	compare_with_twin(&config, &settings);
}

static void windows_that_are_updated_survive_crashes(void **)
{
	struct group_window_config config = hop(100, 100, 300);
	struct event_settings settings = stream(2500, 6);

	settings.disorder = 200;
	settings.delay = 20;
	compare_with_twin(&config, &settings);
	config = hop(120, 40, 200);
	config.n_keys = 2;
	config.offset_ms = 7;
	settings.nulls = true;
	compare_with_twin(&config, &settings);
	config = hop(100, 30, 90);
	config.early_fire_ms = FIRE_EACH_ROW;
	compare_with_twin(&config, &settings);
	config.late_fire_ms = FIRE_EACH_ROW;
	compare_with_twin(&config, &settings);
}

static void firing_by_the_clock_survives_crashes(void **)
{
	struct group_window_config config = hop(400, 200, 1000);
	struct event_settings settings = stream(2500, 6);

	settings.disorder = 200;
	settings.delay = 20;
	config.early_fire_ms = 150;
	config.late_fire_ms = 400;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct random random = {seed};
		struct event *events = events_new(&settings, &random);
		struct twin_lines undisturbed;

		plan(&config, events, settings.n, seed);
		run_job(0);
		undisturbed = job.out;
		plan(&config, events, settings.n, seed);
		run_job(12);
		assert_same_lines(&job.out, &undisturbed);
		lines_free(&job.out);
		lines_free(&undisturbed);
		free(events);
	}
}

// All events in one process, with a checkpoint of them.
static struct event *fill(const struct group_window_config *config,
	const struct event_settings *settings, uint64_t seed)
{
	struct random random = {seed};
	struct event *events = events_new(settings, &random);

	plan(config, events, settings->n, seed);
	job.blocked_in = 0;
	start(1);
	for (uint32_t i = 0; i < job.n_steps; i++) {
		job.steps[i].watermark = WATERMARK_NONE;
		do_step(&job.benches[0], &job.steps[i]);
	}
	freeze();
	finish();
	return events;
}

static void drop_all(struct event *events)
{
	static const uint32_t none[INSTANCES_MAX];

	stop(none);
	free_saved(job.last.saved);
	free(events);
}

static void a_checkpoint_costs_what_has_changed(void **)
{
	struct group_window_config config = session(100000, 1);
	struct event_settings settings = stream(8000, 4000);
	struct event *events;
	uint64_t n_all;

	settings.delay = 200000;
	events = fill(&config, &settings, 1);
	n_all = job.n_bytes;
	job.steps[0].n = 4;
	do_step(&job.benches[0], &job.steps[0]);
	freeze();
	finish();
	assert_in_range(job.n_bytes, 4 * 50, n_all / 200);
	freeze();
	finish();
	assert_in_range(job.n_bytes, 1, 200);
	drop_all(events);
}

static void a_pool_too_small_for_what_is_restored_is_named(void **)
{
	struct group_window_config config = session(100000, 2);
	struct event_settings settings = stream(3000, 2000);
	struct event *events;
	struct bench small;
	struct err err = {0};

	settings.delay = 200000;
	events = fill(&config, &settings, 1);
	bench_init(&small, &config, 20 * PAGE_SIZE);
	small.task.n_instances = 1;
	assert_int_equal(
		checkpointed_give(job.last.saved, job.last.checkpoint, small.op, &err), -ENOMEM);
	assert_string_equal(
		err.text, "state.max-memory is too small for the windows that are restored");
	bench_free(&small);
	drop_all(events);
}

static void records_of_another_shape_are_refused_or_harmless(void **)
{
	uint32_t n_refused = 0;

	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct group_window_config config =
			seed % 2 ? session(500, 2) : hop(300, 100, 5000);
		struct event_settings settings = stream(150, 20);
		struct random random = {seed};
		struct event *events = fill(&config, &settings, seed);
		struct bench bench;
		struct err err = {0};
		int result;

		bench_init(&bench, &config, 1 << 20);
		bench.task.n_instances = 1;
		checkpointed_spoil(job.last.saved, &random);
		result = checkpointed_give(job.last.saved, job.last.checkpoint, bench.op, &err);
		assert_true(result == 0 || result == -EINVAL || result == -ENOMEM);
		n_refused += result != 0;
		bench_free(&bench);
		drop_all(events);
	}
	assert_true(n_refused > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_survive_crashes),
		cmocka_unit_test(sessions_that_merge_survive_crashes),
		cmocka_unit_test(windows_that_are_updated_survive_crashes),
		cmocka_unit_test(firing_by_the_clock_survives_crashes),
		cmocka_unit_test(a_checkpoint_costs_what_has_changed),
		cmocka_unit_test(a_pool_too_small_for_what_is_restored_is_named),
		cmocka_unit_test(records_of_another_shape_are_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
