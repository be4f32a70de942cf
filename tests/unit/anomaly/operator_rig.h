// Jobs of one Anomaly over events of many keys, at several instances: rows with their numbers go to
// the instance that owns the key, in blocks with gaps, and what comes out is kept as a line each.
#pragma once
#include <stdlib.h>
#include "operator/anomaly/anomaly.h"
#include "operator/checkpointed.h"
#include "witness.h"

enum { JOB_KEY, JOB_TIME, JOB_VALUE, JOB_NUMBER, JOB_INPUTS, JOB_SCORE = JOB_INPUTS, JOB_REASON };
enum { JOB_INSTANCES_MAX = 3, JOB_LINE_MAX = 400, JOB_OP_ID = 7, JOB_KEY_MAX = 120 };

struct job_event {
	char key[JOB_KEY_MAX]; // "": NULL
	int64_t time;
	double value;
	bool null_time, null_value;
};

struct job_line {
	uint32_t number; // of the event
	char text[JOB_LINE_MAX]; // score, reason
};

struct job_lines {
	struct job_line *lines;
	uint32_t n;
};

struct job_instance {
	struct op sink; // first, so that it can be found from it
	struct op_task task;
	struct page_pool pool;
	struct op *op;
	struct job *job;
};

struct job {
	struct arena *arena;
	struct random *random;
	struct anomaly_config config;
	struct op_spec spec;
	struct key_layout keys;
	struct hash_seed seed;
	struct checkpointed *saved; // or NULL
	struct job_lines *out;
	bool evicts;
	uint32_t n_pages;
	uint16_t n_instances;
	struct job_instance instances[JOB_INSTANCES_MAX];
};

// ---- Results

static inline void job_put_line(
	struct job_lines *lines, uint32_t number, bool is_null, double score, const char *reason)
{
	struct job_line *line = &lines->lines[lines->n++];

	line->number = number;
	if (is_null)
		snprintf(line->text, JOB_LINE_MAX, "null");
	else
		snprintf(line->text, JOB_LINE_MAX, "%.17g %s", score, reason);
}

static inline void job_sink_process(struct op *op, const struct block *block)
{
	struct job *job = ((struct job_instance *)op)->job;
	const struct column *columns = block->columns;
	struct op_task *task = op->task;

	assert_false(task->blocked);
	assert_int_equal(block->n_columns, JOB_REASON + 1);
	BLOCK_FOREACH_ROW (block, slot) {
		const struct str *reason = (const struct str *)columns[JOB_REASON].values + slot;
		bool has_reason = !nulls_get(columns[JOB_REASON].nulls, slot);
		char text[ANOMALY_REASON_MAX + 1] = "";

		if (has_reason)
			memcpy(text, str_data(reason), reason->len);
		text[has_reason ? reason->len : 0] = '\0';
		job_put_line(job->out,
			(uint32_t)((const int64_t *)columns[JOB_NUMBER].values)[slot],
			nulls_get(columns[JOB_SCORE].nulls, slot),
			((const double *)columns[JOB_SCORE].values)[slot], text);
	}
	task->blocked = random_below(job->random, 4) == 0;
}

static inline void job_sink_control(struct op *, const struct block *)
{
}

static inline int job_compare(const void *a, const void *b)
{
	uint32_t x = ((const struct job_line *)a)->number;
	uint32_t y = ((const struct job_line *)b)->number;

	return x < y ? -1 : x > y;
}

static inline void job_lines_equal(struct job_lines *a, struct job_lines *b)
{
	qsort(a->lines, a->n, sizeof(*a->lines), job_compare);
	qsort(b->lines, b->n, sizeof(*b->lines), job_compare);
	assert_int_equal(a->n, b->n);
	for (uint32_t i = 0; i < a->n; i++) {
		assert_int_equal(a->lines[i].number, b->lines[i].number);
		assert_string_equal(a->lines[i].text, b->lines[i].text);
	}
}

// ---- A job

static inline struct schema *job_schema(struct arena *arena, uint16_t n)
{
	static const char *const names[] = {"k", "ts", "x", "number", "score", "reason"};
	static const enum type_kind kinds[] = {
		TYPE_VARCHAR, TYPE_TIMESTAMP, TYPE_DOUBLE, TYPE_BIGINT, TYPE_DOUBLE, TYPE_VARCHAR};
	struct schema *schema = schema_new(arena, n);

	for (uint16_t i = 0; i < n; i++)
		schema->fields[i] = (struct field){names[i], type_of(kinds[i])};
	schema->fields[JOB_TIME].type = type_timestamp(TYPE_TIMESTAMP, 3);
	return schema;
}

static inline void job_describe(struct job *job, const struct detector_kind *kind,
	const void *configuration, struct arena *arena, struct random *random)
{
	static const uint16_t key = JOB_KEY, value = JOB_VALUE;

	*job = (struct job){.arena = arena, .random = random, .n_pages = 6000};
	job->config = (struct anomaly_config){.detector = kind,
		.configuration = configuration,
		.options = "",
		.time_column = JOB_TIME,
		.n_keys = 1,
		.keys = &key,
		.n_values = 1,
		.values = &value,
		.with_reason = true,
		.reason_limit = 0.9};
	job->spec = (struct op_spec){.kind = &anomaly_kind,
		.config = &job->config,
		.input = job_schema(arena, JOB_INPUTS),
		.output = job_schema(arena, JOB_REASON + 1),
		.id = JOB_OP_ID,
		.takes_events = true};
	key_layout_init(&job->keys, job->spec.input, &key, 1);
	hash_seed_from(&job->seed, random->state);
}

static inline void job_start(struct job *job, uint16_t n_instances)
{
	static const struct op_ops ops = {.process = job_sink_process, .control = job_sink_control};
	struct err err;

	job->n_instances = n_instances;
	for (uint16_t i = 0; i < n_instances; i++) {
		struct job_instance *instance = &job->instances[i];

		*instance = (struct job_instance){.job = job};
		page_pool_init(&instance->pool, &mem_libc, (uint64_t)job->n_pages * PAGE_SIZE);
		instance->task = (struct op_task){.mem = &mem_libc,
			.seed = &job->seed,
			.pool = &instance->pool,
			.drop_new_keys = true,
			.evict_idle = job->evicts,
			.instance = i,
			.n_instances = n_instances};
		if (job->saved != NULL)
			checkpointed_add(job->saved, &instance->task);
		instance->op = anomaly_kind.create(&job->spec, &instance->task, &err);
		assert_non_null(instance->op);
		op_init(&instance->sink, &ops, &job->spec, &instance->task);
		instance->op->outs[0] = &instance->sink;
		instance->op->n_outs = 1;
	}
}

static inline void job_stop(struct job *job)
{
	for (uint16_t i = 0; i < job->n_instances; i++) {
		job->instances[i].op->ops->free(job->instances[i].op);
		assert_int_equal(job->instances[i].pool.n_used, 0);
		page_pool_destroy(&job->instances[i].pool, &mem_libc);
	}
}

// Bytes of state that the instance has packed.
static inline uint64_t job_packed(const struct job_instance *instance)
{
	return instance->task.out != NULL ? instance->task.out->n_bytes : 0;
}

// Since then, in one call: no more than one large state, or a few that are less large. (Those that
// make room for others, and small ones, whose buckets are packed, are bounded elsewhere.)
static inline void job_assert_short_hold(const struct job_instance *instance, uint64_t before)
{
	const struct anomaly_config *config = &instance->job->config;
	uint32_t size = config->detector->state_size(config->configuration);
	uint64_t n_bytes = job_packed(instance) - before;

	if (size > DETECTOR_STATE_INLINE && !instance->job->evicts)
		assert_true(n_bytes <= (size > 32 << 10 ? size : 32 << 10) + (4 << 10));
}

static inline void job_feed_one(struct job_instance *instance, const struct block *block)
{
	uint64_t before = job_packed(instance);

	op_feed(instance->op, block);
	job_assert_short_hold(instance, before);
	for (int i = 0; instance->op->pending; i++) {
		assert_true(i < 1000000);
		instance->task.blocked = false;
		if (instance->job->saved != NULL) {
			checkpointed_pack(instance->op, 10); // a block may wait for that
			checkpointed_drain(instance->job->saved);
		}
		before = job_packed(instance);
		instance->op->ops->resume(instance->op);
		job_assert_short_hold(instance, before);
	}
	instance->task.blocked = false;
}

static inline void job_control(struct job *job, struct block control)
{
	for (uint16_t i = 0; i < job->n_instances; i++)
		job_feed_one(&job->instances[i], &control);
}

// A block of events with their numbers, at every slot or with gaps.
struct job_block {
	struct str keys[BLOCK_ROWS_MAX];
	int64_t times[BLOCK_ROWS_MAX], numbers[BLOCK_ROWS_MAX];
	double values[BLOCK_ROWS_MAX];
	uint64_t nulls[JOB_INPUTS][BLOCK_NULL_WORDS];
	struct column columns[JOB_INPUTS];
	uint16_t rows[BLOCK_ROWS_MAX], n_slots;
	struct block block;
};

static inline void job_block_begin(struct job_block *b)
{
	void *values[JOB_INPUTS] = {b->keys, b->times, b->values, b->numbers};

	memset(b, 0, sizeof(*b));
	for (int i = 0; i < JOB_INPUTS; i++)
		b->columns[i] = (struct column){values[i], b->nulls[i]};
	b->block = (struct block){.n_columns = JOB_INPUTS, .columns = b->columns, .rows = b->rows};
}

static inline bool job_block_has_room(const struct job_block *b)
{
	return b->n_slots + 2 <= BLOCK_ROWS_MAX;
}

static inline void job_block_add(
	struct job_block *b, const struct job_event *event, uint32_t number, bool with_gap)
{
	uint16_t slot = b->n_slots += with_gap;

	b->n_slots++;
	b->keys[slot] = str_view(event->key, (uint32_t)strlen(event->key));
	b->times[slot] = event->time;
	b->values[slot] = event->value;
	b->numbers[slot] = number;
	if (event->key[0] == '\0')
		nulls_set(b->nulls[JOB_KEY], slot);
	if (event->null_time)
		nulls_set(b->nulls[JOB_TIME], slot);
	if (event->null_value)
		nulls_set(b->nulls[JOB_VALUE], slot);
	b->rows[b->block.n_rows++] = slot;
	b->block.n_slots = b->n_slots;
}

static inline uint64_t job_hash(struct job *job, const struct job_event *event)
{
	static struct job_block b;
	uint64_t image[KEY_IMAGE_MAX / 8 + 1], hash;

	job_block_begin(&b);
	job_block_add(&b, event, 0, false);
	key_images(&job->keys, &b.block, image);
	key_hashes(&job->keys, &job->seed, image, 1, &hash);
	return hash;
}

// events[first, n) in their order, each to its instance.
static inline void job_feed(
	struct job *job, const struct job_event *events, uint32_t first, uint32_t n)
{
	static struct job_block blocks[JOB_INSTANCES_MAX];
	bool with_gaps = random_below(job->random, 2);

	for (uint16_t i = 0; i < job->n_instances; i++)
		job_block_begin(&blocks[i]);
	for (uint32_t i = first; i < first + n; i++) {
		uint16_t owner = (uint16_t)key_group_owner(
			key_group(job_hash(job, &events[i])), job->n_instances);
		struct job_block *b = &blocks[owner];

		if (!job_block_has_room(b)) {
			job_feed_one(&job->instances[owner], &b->block);
			job_block_begin(b);
		}
		job_block_add(b, &events[i], i, with_gaps && random_below(job->random, 3) == 0);
	}
	for (uint16_t i = 0; i < job->n_instances; i++)
		if (blocks[i].block.n_rows > 0)
			job_feed_one(&job->instances[i], &blocks[i].block);
}

static inline uint64_t job_count(const struct job *job, const char *name)
{
	uint64_t n = 0;

	for (uint16_t i = 0; i < job->n_instances; i++)
		for (uint16_t c = 0; c < job->instances[i].op->n_counters; c++)
			if (strcmp(job->instances[i].op->counters[c].name, name) == 0)
				n += job->instances[i].op->counters[c].value;
	return n;
}
