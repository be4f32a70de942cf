// A WindowAggregate of several instances that is killed again and again: another process goes on
// from one of its last checkpoints, at another parallelism.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "checkpointed.h"
#include "operator/window/window_state.h"
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

static inline void job_keep_lines(struct job *job, const struct bench *bench, uint32_t n)
{
	job->lines = realloc(job->lines, (job->n_lines + n + 1) * sizeof(char *));
	for (uint32_t i = 0; i < n; i++)
		job->lines[job->n_lines++] = strdup(bench->collector.lines[i]);
}

static inline uint64_t job_counter(const struct job *job, const char *name)
{
	uint64_t n = 0;

	for (uint16_t i = 0; i < job->n; i++)
		n += bench_counter(&job->benches[i], name);
	return n;
}

static inline void job_start(struct job *job, uint16_t n)
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

static inline void job_stop(struct job *job)
{
	for (uint16_t i = 0; i < job->n; i++)
		bench_free(&job->benches[i]);
	checkpointed_end(&job->saved);
}

// A checkpoint holds buckets of those slices and sums that its lists name, and no others.
static inline void job_check_spaces(const struct job *job, uint64_t checkpoint)
{
	enum { SUM = 16, N = 28, LIST = 32, WORDS = 32 }; // bytes, see window_checkpoint.c
	uint32_t n;
	struct checkpointed_record **list = checkpointed_list(&job->saved, checkpoint, &n);

	for (uint32_t i = 0; i < n; i++) {
		const struct checkpointed_record *names = NULL;
		uint64_t space = list[i]->key.space, sum, named = 0;
		bool is_named;

		if (list[i]->key.part != SLICES_PART_BUCKETS)
			continue;
		for (uint32_t k = 0; k < n; k++)
			if (list[k]->key.part == SLICES_PART_LIST &&
				list[k]->key.instance == list[i]->key.instance)
				names = list[k];
		assert_non_null(names);
		memcpy(&sum, names->value + SUM, sizeof(sum));
		is_named = sum == space;
		for (size_t at = LIST; at < names->len; at += WORDS) {
			memcpy(&named, names->value + at, sizeof(named));
			is_named |= named == space;
		}
		assert_true(is_named);
	}
	free(list);
}

// Pack a little of what is frozen; when all is packed, the checkpoint is complete.
static inline void job_pack(struct job *job)
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
	if (random_below(job->random, 4) == 0)
		job_check_spaces(job, job->open.checkpoint);
}

static inline void job_settle(struct job *job)
{
	for (uint16_t i = 0; i < job->n; i++) {
		struct bench *bench = &job->benches[i];

		bench->task.blocked = false;
		while (op_is_closed(bench->window) ||
			(bench->window->pending && random_below(job->random, 2))) {
			bench->window->ops->resume(bench->window);
			bench->task.blocked = false;
			if (random_below(job->random, 4) == 0)
				job_pack(job);
		}
	}
}

static inline void job_control(struct job *job, struct block control)
{
	for (uint16_t i = 0; i < job->n; i++)
		op_feed(job->benches[i].window, &control);
	job_settle(job);
}

static inline void job_watermark(struct job *job, int64_t watermark)
{
	if (watermark > job->benches[0].window->watermark)
		job_control(job, (struct block){.kind = BLOCK_WATERMARK, .watermark = watermark});
}

static inline void job_freeze(struct job *job)
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
static inline uint16_t job_owner(const struct job *job, const struct event *event)
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

static inline void job_feed(struct job *job)
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
static inline void job_kill(struct job *job)
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

static inline void job_run(struct job *job)
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

static inline void job_compare(const struct job *job, char **wanted, uint32_t n, uint64_t n_late)
{
	if (job->n_lines > 0)
		qsort(job->lines, job->n_lines, sizeof(char *), bench_order);
	for (uint32_t i = 0; i < n && i < job->n_lines; i++)
		assert_string_equal(job->lines[i], wanted[i]);
	assert_int_equal(job->n_lines, n);
	assert_int_equal(job->n_late, n_late);
}

static inline void job_compare_twin(const struct job *job)
{
	struct twin twin;
	char **wanted;

	twin_init(&twin, job->settings);
	for (uint32_t i = 0; i < job->n_events; i++)
		twin_take(&twin, &job->events[i]);
	wanted = twin_lines(&twin);
	job_compare(job, wanted, twin.n_groups, twin.n_late);
	for (uint32_t i = 0; i < twin.n_groups; i++)
		free(wanted[i]);
	free(wanted);
	twin_free(&twin);
}

// Where there is no twin: the same events without a checkpoint.
static inline void job_compare_undisturbed(const struct job *job)
{
	struct bench bench;

	bench_init(&bench, job->settings, job->how, job->random);
	bench_run(&bench, job->events, job->n_events);
	assert_null(bench.task.fault.text);
	assert_true(bench.collector.n_lines > 0);
	qsort(bench.collector.lines, bench.collector.n_lines, sizeof(char *), bench_order);
	job_compare(
		job, bench.collector.lines, bench.collector.n_lines, bench_counter(&bench, "late"));
	bench_free(&bench);
}

static inline void job_end(struct job *job)
{
	job_stop(job);
	for (uint32_t i = 0; i < job->n_lines; i++)
		free(job->lines[i]);
	free(job->lines);
}

// Returns how often the job was killed.
static inline uint32_t job_check(const struct event_settings *stream,
	const struct twin_settings *settings, const struct bench_settings *how, uint64_t seed)
{
	struct random random = {seed};
	struct event *events = events_new(stream, &random);
	struct job *job = calloc(1, sizeof(*job));
	uint32_t n_kills;

	*job = (struct job){.settings = settings,
		.how = how,
		.random = &random,
		.events = events,
		.n_events = stream->n};
	job_run(job);
	if (how->change == NULL)
		job_compare_twin(job);
	else
		job_compare_undisturbed(job);
	n_kills = job->n_kills;
	job_end(job);
	free(job);
	free(events);
	return n_kills;
}
