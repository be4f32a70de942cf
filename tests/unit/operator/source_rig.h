// For tests of sources that are restored: what came before the checkpoint and what comes after it
// must be all rows, each once, in order.
#pragma once
#include <unistd.h>
#include "dataplane/scratch.h"
#include "operator/checkpointed.h"
#include "operator/source/source.h"

enum { ROWS_MAX = 200000, SEEDS = 60, POLLS_MAX = 2000000 };

// The operator behind the source: numbers and checksums of its rows; blocks now and then.
struct collector {
	struct op op;
	uint64_t rows[ROWS_MAX]; // hashes
	uint32_t n_rows;
	uint64_t barrier; // the last, and what came before it
	uint32_t n_before;
	bool ended;
};

struct rig {
	struct arena *arena;
	struct op_task task;
	struct hash_seed seed;
	struct source_config config;
	struct op_spec spec;
	struct op *op;
	struct collector collector;
	struct random random;
	bool blocks;
	struct checkpointed saved;
};

static struct rig rig;

static inline void collect(struct op *, const struct block *block)
{
	const struct str *values = block->columns[0].values;

	assert_false(rig.task.blocked);
	BLOCK_FOREACH_ROW (block, slot) {
		assert_true(rig.collector.n_rows < ROWS_MAX);
		rig.collector.rows[rig.collector.n_rows++] =
			hash_bytes(&rig.seed, str_data(&values[slot]), values[slot].len);
	}
	rig.task.blocked = rig.blocks && random_below(&rig.random, 3) == 0;
}

static inline void collect_control(struct op *, const struct block *block)
{
	rig.collector.ended |= block->kind == BLOCK_END;
	if (block->kind != BLOCK_BARRIER)
		return;
	assert_int_equal(block->checkpoint_id, rig.collector.barrier + 1);
	rig.collector.barrier = block->checkpoint_id;
	rig.collector.n_before = rig.collector.n_rows;
}

static inline uint64_t test_tsc(void)
{
	return 1;
}

static inline void open_source(void)
{
	static const struct op_ops ops = {.process = collect, .control = collect_control};
	struct err err = {0};

	rig.collector = (struct collector){.op = {.ops = &ops, .task = &rig.task}};
	rig.task.blocked = false;
	rig.task.fault = (struct fault){0};
	rig.op = source_kind.create(&rig.spec, &rig.task, &err);
	if (rig.op == NULL)
		fail_msg("%s", err.text);
	rig.op->outs[rig.op->n_outs++] = &rig.collector.op;
}

static inline void begin(enum source_connector connector, const char *path, uint64_t seed)
{
	static const bool wanted[] = {true};
	struct schema *schema;

	rig = (struct rig){.arena = arena_new(), .random = {seed}, .blocks = true};
	hash_seed_from(&rig.seed, 5);
	schema = schema_new(rig.arena, 1);
	schema->fields[0] = (struct field){"line", type_of(TYPE_VARCHAR)};
	rig.task = (struct op_task){.mem = &mem_libc,
		.tsc = test_tsc,
		.tsc_hz = 1000000000,
		.seed = &rig.seed,
		.n_instances = 1};
	rig.config = (struct source_config){.connector = connector,
		.table = "t",
		.path = path,
		.local = "0.0.0.0:4000",
		.wanted = wanted,
		.is_bounded = true,
		.format = format_find("csv")};
	rig.spec = (struct op_spec){
		.kind = &source_kind, .config = &rig.config, .output = schema, .id = 3};
	checkpointed_begin(&rig.saved);
	checkpointed_add(&rig.saved, &rig.task);
	open_source();
}

static inline void end(void)
{
	rig.op->ops->free(rig.op);
	checkpointed_end(&rig.saved);
	arena_free(rig.arena);
}

static inline void settle(void)
{
	while (rig.op->pending || rig.task.blocked) {
		rig.task.blocked = false;
		if (rig.op->pending)
			rig.op->ops->resume(rig.op);
	}
}

// A step, as a task makes it. False when the source has ended.
static inline bool step(void)
{
	if (source_poll(rig.op) == 0)
		usleep(20); // the reader's thread has to come to it
	settle();
	return !source_finish(rig.op) && rig.task.fault.text == NULL;
}

static inline void checkpoint(void)
{
	uint64_t number = rig.collector.barrier + 1;

	source_barrier(rig.op, number);
	settle();
	assert_int_equal(rig.collector.barrier, number);
	assert_int_equal(rig.op->checkpoint, number);
	checkpointed_finish(&rig.saved, &rig.task, rig.op);
}

static inline void run_to_end(void)
{
	for (int i = 0; step(); i++)
		assert_true(i < POLLS_MAX);
}

// All rows in one go; expected[:] of ROWS_MAX.
static inline uint32_t run_through(uint64_t *expected)
{
	run_to_end();
	assert_null(rig.task.fault.text);
	assert_true(rig.collector.ended);
	memcpy(expected, rig.collector.rows, sizeof(rig.collector.rows));
	return rig.collector.n_rows;
}

// Lives that end between two steps, each with checkpoints on the way and rows behind the last; the
// next one begins with it. *n_rows: what came before the last checkpoint of each, and all of the
// last life.
static inline void run_with_crashes(uint64_t *rows, uint32_t *n_rows, int n_crashes)
{
	*n_rows = 0;
	for (int life = 0; life < n_crashes; life++) {
		checkpoint();
		for (uint32_t i = random_below(&rig.random, 40); i > 0 && step(); i--)
			if (random_below(&rig.random, 4) == 0 && !rig.collector.ended)
				checkpoint();
		memcpy(rows + *n_rows, rig.collector.rows,
			rig.collector.n_before * sizeof(rows[0]));
		*n_rows += rig.collector.n_before;
		uint64_t last = rig.collector.barrier;
		rig.op->ops->free(rig.op);
		open_source();
		checkpointed_restore(&rig.saved, last, rig.op);
		checkpointed_end(&rig.saved);
		checkpointed_begin(&rig.saved);
		checkpointed_add(&rig.saved, &rig.task);
	}
	run_to_end();
	assert_null(rig.task.fault.text);
	memcpy(rows + *n_rows, rig.collector.rows, rig.collector.n_rows * sizeof(rows[0]));
	*n_rows += rig.collector.n_rows;
}

static inline void assert_nothing_lost_or_doubled(uint32_t n_least)
{
	static uint64_t expected[ROWS_MAX], rows[ROWS_MAX];
	uint32_t n_expected = run_through(expected), n_rows;

	assert_true(n_expected >= n_least);
	rig.op->ops->free(rig.op);
	open_source();
	run_with_crashes(rows, &n_rows, 1 + (int)random_below(&rig.random, 4));
	assert_int_equal(n_rows, n_expected);
	assert_memory_equal(rows, expected, n_rows * sizeof(rows[0]));
}

// Checkpoint 1 into a new source, of path.
static inline int restore_from(const char *path, struct err *err)
{
	int result;

	rig.op->ops->free(rig.op);
	rig.config.path = path;
	open_source();
	result = checkpointed_give(&rig.saved, 1, rig.op, err);
	return result;
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, scratch_setup, scratch_teardown)
