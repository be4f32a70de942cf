// For tests of OVER with checkpoints, time to live and eviction: a job of several instances, fed
// step by step, its output as lines of text.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "operator/over/over.h"
#include "checkpointed.h"
#include "events.h"

enum { INSTANCES_MAX = 4, CALLS_MAX = 12, OP_ID = 7 };

struct over_query {
	struct over_config config;
	struct over_frame frames[3];
	struct over_call calls[CALLS_MAX];
	uint16_t keys[2];
	struct schema *input, *output;
};

struct over_line {
	uint64_t key; // rows of one key are in order, of several in any
	uint32_t seq;
	char *text;
};

struct over_lines {
	struct over_line *lines;
	uint32_t n;
};

struct over_instance {
	struct op sink; // first
	struct op_task task;
	struct page_pool pool;
	struct op *op;
	struct over_job *job;
};

struct over_job {
	const struct over_query *query;
	struct op_spec spec;
	struct hash_seed seed;
	struct key_layout keys;
	struct over_instance instances[INSTANCES_MAX];
	uint16_t n_instances;
	struct over_lines *out;
	struct random *random;
	struct checkpointed *saved;
	bool evicts;
};

// ---- Queries

static inline const struct over_call *over_query_call(struct over_query *query, const char *name,
	int column, bool distinct, uint16_t frame, struct arena *arena)
{
	struct over_call *call = &query->calls[query->config.n_calls++];
	bool is_unbounded = query->frames[frame].is_unbounded;
	struct aggregate_arg arg = {0};

	if (column >= 0)
		arg.type = query->input->fields[column].type;
	*call = (struct over_call){.frame = frame};
	assert_int_equal(aggregate_resolve(name, &arg, column >= 0, distinct,
				 is_unbounded ? AGGREGATE_RUNNING : AGGREGATE_SLIDING, arena,
				 (struct pos){0}, &call->call, NULL),
		0);
	call->call.filter = -1;
	call->call.distinct = distinct;
	call->call.text = name;
	if (column >= 0)
		call->call.arguments[0] = (uint16_t)column;
	return call;
}

// Keys by user, by city, or none; frames as given. Calls are to be added, then
// over_query_finish().
static inline void over_query_begin(struct over_query *query, struct arena *arena, int n_keys,
	const struct over_frame *frames, uint16_t n_frames)
{
	*query = (struct over_query){.keys = {EVENT_CITY, EVENT_USER}};
	query->input = event_schema(arena);
	memcpy(query->frames, frames, n_frames * sizeof(*frames));
	query->config = (struct over_config){.time_column = EVENT_TS,
		.n_keys = (uint16_t)n_keys,
		.keys = query->keys,
		.n_frames = n_frames,
		.frames = query->frames,
		.calls = query->calls};
}

static inline void over_query_finish(struct over_query *query, struct arena *arena)
{
	uint16_t n = query->config.n_calls;

	query->output = schema_new(arena, (uint16_t)(EVENT_COLUMNS + n));
	memcpy(query->output->fields, query->input->fields, EVENT_COLUMNS * sizeof(struct field));
	for (uint16_t c = 0; c < n; c++)
		query->output->fields[EVENT_COLUMNS + c] =
			(struct field){"result", query->calls[c].call.result_type};
}

// ---- Output

static inline int over_put_value(
	char *text, size_t size, struct type type, const struct column *column, uint16_t slot)
{
	const char *at = (const char *)column->values + (size_t)slot * type_width(type.kind);
	int n = 0;

	if (nulls_get(column->nulls, slot))
		return snprintf(text, size, "|NULL");
	if (type_is_view(type.kind)) {
		const struct str *view = (const struct str *)at;

		return snprintf(text, size, "|%.*s", (int)view->len, str_data(view));
	}
	n += snprintf(text, size, "|");
	for (uint32_t i = 0; i < type_width(type.kind); i++)
		n += snprintf(text + n, size - (size_t)n, "%02x", (uint8_t)at[i]);
	return n;
}

static inline void over_put_line(struct over_job *job, const struct block *block, uint16_t slot)
{
	static char text[1 << 16];
	struct over_line *line;
	struct block one = *block;
	uint64_t image[KEY_IMAGE_MAX / 8 + 1];
	size_t n = 0;

	for (uint16_t c = 0; c < block->n_columns; c++)
		n += (size_t)over_put_value(text + n, sizeof(text) - n,
			job->query->output->fields[c].type, &block->columns[c], slot);
	assert_true(n < sizeof(text) - 1);
	line = &job->out->lines[job->out->n];
	one.rows = &slot;
	one.n_rows = 1;
	key_images(&job->keys, &one, image);
	key_hashes(&job->keys, &job->seed, image, 1, &line->key);
	line->seq = job->out->n++;
	line->text = strdup(text);
}

static inline void over_sink(struct op *op, const struct block *block)
{
	struct over_instance *instance = (struct over_instance *)op;
	struct over_job *job = instance->job;

	assert_false(instance->task.blocked);
	BLOCK_FOREACH_ROW (block, slot)
		over_put_line(job, block, slot);
	instance->task.blocked = random_below(job->random, 4) == 0;
}

static inline void over_sink_control(struct op *op, const struct block *block)
{
}

static inline int over_compare(const void *a, const void *b)
{
	const struct over_line *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static inline void over_lines_cut(struct over_lines *lines, uint32_t n)
{
	while (lines->n > n)
		free(lines->lines[--lines->n].text);
}

static inline void over_lines_equal(struct over_lines *a, struct over_lines *b)
{
	qsort(a->lines, a->n, sizeof(*a->lines), over_compare);
	qsort(b->lines, b->n, sizeof(*b->lines), over_compare);
	for (uint32_t i = 0; i < a->n && i < b->n; i++)
		assert_string_equal(a->lines[i].text, b->lines[i].text);
	assert_int_equal(a->n, b->n);
}

// ---- A job

static inline void over_job_start(struct over_job *job, uint16_t n_instances, uint32_t n_pages)
{
	static const struct op_ops ops = {.process = over_sink, .control = over_sink_control};
	struct err err;

	job->n_instances = n_instances;
	job->spec = (struct op_spec){.kind = &over_kind,
		.config = &job->query->config,
		.input = job->query->input,
		.output = job->query->output,
		.id = OP_ID,
		.takes_events = true};
	key_layout_init(&job->keys, job->query->input, job->query->keys, job->query->config.n_keys);
	for (uint16_t i = 0; i < n_instances; i++) {
		struct over_instance *instance = &job->instances[i];
		struct now now = instance->task.now;

		*instance = (struct over_instance){.job = job};
		page_pool_init(&instance->pool, &mem_libc, (uint64_t)n_pages * PAGE_SIZE);
		instance->task = (struct op_task){.mem = &mem_libc,
			.now = now,
			.seed = &job->seed,
			.pool = &instance->pool,
			.drop_new_keys = true,
			.evict_idle = job->evicts,
			.instance = i,
			.n_instances = n_instances};
		if (job->saved != NULL)
			checkpointed_add(job->saved, &instance->task);
		instance->op = over_kind.create(&job->spec, &instance->task, &err);
		assert_non_null(instance->op);
		op_init(&instance->sink, &ops, &job->spec, &instance->task);
		instance->op->outs[0] = &instance->sink;
		instance->op->n_outs = 1;
	}
}

static inline void over_job_stop(struct over_job *job)
{
	for (uint16_t i = 0; i < job->n_instances; i++) {
		job->instances[i].op->ops->free(job->instances[i].op);
		assert_int_equal(job->instances[i].pool.n_used, 0);
		page_pool_destroy(&job->instances[i].pool, &mem_libc);
	}
}

static inline void over_feed_one(struct over_instance *instance, const struct block *block)
{
	op_feed(instance->op, block);
	for (int i = 0; instance->op->pending; i++) {
		assert_true(i < 1000000);
		instance->task.blocked = false;
		instance->op->ops->resume(instance->op);
	}
	instance->task.blocked = false;
}

static inline void over_job_control(struct over_job *job, struct block control)
{
	for (uint16_t i = 0; i < job->n_instances; i++)
		over_feed_one(&job->instances[i], &control);
}

// Which instance an event goes to.
static inline uint16_t over_job_owner(struct over_job *job, const struct event *event)
{
	static struct event_block block;
	static struct random fixed;
	uint64_t image[KEY_IMAGE_MAX / 8 + 1], hash;

	event_block_fill(&block, event, 1, &fixed);
	key_images(&job->keys, &block.block, image);
	key_hashes(&job->keys, &job->seed, image, 1, &hash);
	return (uint16_t)key_group_owner(key_group(hash), job->n_instances);
}

// events[:n], n ≤ BLOCK_ROWS_MAX, each to its instance.
static inline void over_job_feed(struct over_job *job, const struct event *events, uint16_t n)
{
	static struct event mine[INSTANCES_MAX][BLOCK_ROWS_MAX];
	static struct event_block block;
	uint16_t n_mine[INSTANCES_MAX] = {0};

	for (uint16_t i = 0; i < n; i++) {
		uint16_t owner = over_job_owner(job, &events[i]);

		mine[owner][n_mine[owner]++] = events[i];
	}
	for (uint16_t i = 0; i < job->n_instances; i++) {
		if (n_mine[i] == 0)
			continue;
		event_block_fill(&block, mine[i], n_mine[i], job->random);
		over_feed_one(&job->instances[i], &block.block);
	}
}

// It is this time, and nothing comes in.
static inline void over_job_at(struct over_job *job, int64_t ms)
{
	for (uint16_t i = 0; i < job->n_instances; i++) {
		struct op *op = job->instances[i].op;

		job->instances[i].task.now.wall_ns = ms * 1000000;
		if (op->ops->tick != NULL)
			assert_false(op->ops->tick(op));
	}
}

// The last column of a line, a BIGINT.
static inline int64_t over_line_result(const struct over_line *line)
{
	const char *text = strrchr(line->text, '|') + 1;
	uint64_t result = 0;

	for (int i = 7; i >= 0; i--) {
		unsigned int byte;

		assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
		result = result << 8 | byte;
	}
	return (int64_t)result;
}

static inline uint64_t over_job_count(const struct over_job *job, const char *name)
{
	uint64_t n = 0;

	for (uint16_t i = 0; i < job->n_instances; i++) {
		const struct op *op = job->instances[i].op;

		for (uint16_t c = 0; c < op->n_counters; c++)
			if (strcmp(op->counters[c].name, name) == 0)
				n += op->counters[c].value;
	}
	return n;
}
