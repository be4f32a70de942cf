// For tests of operators that pass rows on: random rows in, blocks of random length, downstream
// blocked at random, and what came out by the rows' numbers.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "operator/op.h"
#include "row/random.h"

enum { RIG_TIME, RIG_START, RIG_END, RIG_KEY, RIG_SCORE, RIG_NOTE, RIG_NUMBER, RIG_COLUMNS };
enum { RIG_ROWS_MAX = 20000, RIG_NOTE_MAX = 48 };

struct rig_row {
	int64_t time, start, end, mark;
	int64_t key;
	int32_t score;
	char note[RIG_NOTE_MAX];
	bool null_key, null_score, null_time;
};

struct rig_out {
	int64_t number, rank; // of the row; what an operator appends
};

struct rig {
	struct arena *arena;
	struct op_task task;
	struct page_pool pool;
	struct hash_seed seed;
	struct op_spec spec;
	struct op *op;
	struct op sink;
	struct random random;
	bool blocks; // downstream is blocked now and then
	struct block kept; // that it reads on then; n_rows 0: none
	struct rig_row *rows;
	uint32_t n_rows;
	struct rig_out *outs;
	uint32_t n_outs;
	int64_t out_watermark;
	bool ended;
	void (*between)(void); // called while the operator is pending, or NULL
};

static struct rig rig;

// A full exchange keeps a place in the block it was given, and reads on later.
static inline void rig_read_kept(void)
{
	BLOCK_FOREACH_ROW (&rig.kept, slot) {
		int64_t number = ((const int64_t *)rig.kept.columns[RIG_NUMBER].values)[slot];
		const struct str *note =
			(const struct str *)rig.kept.columns[RIG_NOTE].values + slot;

		assert_int_equal(note->len, strlen(rig.rows[number].note));
		assert_memory_equal(str_data(note), rig.rows[number].note, note->len);
	}
	rig.kept.n_rows = 0;
}

static inline void rig_sink_process(struct op *op, const struct block *block)
{
	assert_false(rig.task.blocked);
	assert_false(rig.ended);
	BLOCK_FOREACH_ROW (block, slot) {
		int64_t number = ((const int64_t *)block->columns[RIG_NUMBER].values)[slot];
		const struct rig_row *row = &rig.rows[number];
		const struct str *note = (const struct str *)block->columns[RIG_NOTE].values + slot;

		assert_true(row->time > rig.out_watermark || row->end - 1 > rig.out_watermark);
		assert_int_equal(note->len, strlen(row->note));
		assert_memory_equal(str_data(note), row->note, note->len);
		assert_int_equal(nulls_get(block->columns[RIG_SCORE].nulls, slot), row->null_score);
		assert_true(rig.n_outs < RIG_ROWS_MAX);
		rig.outs[rig.n_outs++] = (struct rig_out){number,
			block->n_columns > RIG_COLUMNS
				? ((const int64_t *)block->columns[RIG_COLUMNS].values)[slot]
				: 0};
	}
	rig.task.blocked = rig.blocks && random_below(&rig.random, 2) == 0;
	if (rig.task.blocked)
		rig.kept = *block;
}

static inline void rig_sink_control(struct op *op, const struct block *block)
{
	if (block->kind == BLOCK_WATERMARK) {
		assert_true(block->watermark >= rig.out_watermark);
		rig.out_watermark = block->watermark;
	}
	rig.ended |= block->kind == BLOCK_END;
}

static inline struct schema *rig_schema(bool with_rank)
{
	static const char *const names[] = {
		"ts", "window_start", "window_end", "k", "score", "note", "number", "rank"};
	static const enum type_kind kinds[] = {TYPE_TIMESTAMP, TYPE_TIMESTAMP, TYPE_TIMESTAMP,
		TYPE_BIGINT, TYPE_INT, TYPE_VARCHAR, TYPE_BIGINT, TYPE_BIGINT};
	struct schema *schema =
		schema_new(rig.arena, (uint16_t)(RIG_COLUMNS + (with_rank ? 1 : 0)));

	for (uint16_t i = 0; i < schema->n_fields; i++) {
		schema->fields[i] = (struct field){names[i], type_of(kinds[i])};
		if (kinds[i] == TYPE_TIMESTAMP)
			schema->fields[i].type = type_timestamp(TYPE_TIMESTAMP, 3);
	}
	return schema;
}

static inline void rig_make_op(void)
{
	struct err err;

	rig.op = rig.spec.kind->create(&rig.spec, &rig.task, &err);
	assert_non_null(rig.op);
	rig.op->outs[0] = &rig.sink;
	rig.op->n_outs = 1;
}

static inline void rig_begin(const struct op_kind *kind, const void *config, bool with_rank,
	uint32_t n_pages, uint64_t seed)
{
	static const struct op_ops ops = {.process = rig_sink_process, .control = rig_sink_control};

	rig = (struct rig){.arena = arena_new(), .random = {seed}};
	hash_seed_from(&rig.seed, seed);
	page_pool_init(&rig.pool, &mem_libc, (uint64_t)n_pages * PAGE_SIZE);
	rig.task = (struct op_task){
		.mem = &mem_libc, .seed = &rig.seed, .pool = &rig.pool, .drop_new_keys = true};
	rig.spec = (struct op_spec){.kind = kind, .config = config, .takes_events = true};
	rig.spec.input = rig_schema(false);
	rig.spec.output = rig_schema(with_rank);
	op_init(&rig.sink, &ops, &rig.spec, &rig.task);
	rig_make_op();
	rig.out_watermark = WATERMARK_NONE;
	rig.rows = calloc(RIG_ROWS_MAX, sizeof(*rig.rows));
	rig.outs = calloc(RIG_ROWS_MAX, sizeof(*rig.outs));
}

static inline void rig_end(void)
{
	rig.op->ops->free(rig.op);
	assert_int_equal(rig.pool.n_used, 0);
	page_pool_destroy(&rig.pool, &mem_libc);
	arena_free(rig.arena);
	free(rig.rows);
	free(rig.outs);
}

static inline void rig_settle(void)
{
	for (int i = 0; rig.op->pending; i++) {
		assert_true(i < 1000000);
		rig_read_kept();
		rig.task.blocked = false;
		if (rig.between != NULL)
			rig.between();
		rig.op->ops->resume(rig.op);
	}
	rig_read_kept();
	rig.task.blocked = false;
}

static inline void rig_control(enum block_kind kind, int64_t watermark)
{
	struct block control = {.kind = kind, .watermark = watermark};

	op_feed(rig.op, &control);
	rig_settle();
}

// Rows first … first + n − 1 as a block, then the watermark behind them.
static inline void rig_feed(uint32_t first, uint16_t n)
{
	static int64_t numbers[5][BLOCK_ROWS_MAX], marks[BLOCK_ROWS_MAX];
	static int32_t scores[BLOCK_ROWS_MAX];
	static struct str notes[BLOCK_ROWS_MAX];
	uint64_t nulls[RIG_COLUMNS][BLOCK_NULL_WORDS] = {0};
	void *values[RIG_COLUMNS] = {
		numbers[0], numbers[1], numbers[2], numbers[3], scores, notes, numbers[4]};
	struct column columns[RIG_COLUMNS];
	struct block block = {.n_rows = n,
		.n_slots = n,
		.n_columns = RIG_COLUMNS,
		.columns = columns,
		.late_marks = marks};

	for (int c = 0; c < RIG_COLUMNS; c++)
		columns[c] = (struct column){values[c], nulls[c]};
	for (uint16_t i = 0; i < n; i++) {
		const struct rig_row *row = &rig.rows[first + i];

		numbers[0][i] = row->time;
		numbers[1][i] = row->start;
		numbers[2][i] = row->end;
		numbers[3][i] = row->null_key ? 0 : row->key;
		numbers[4][i] = first + i;
		scores[i] = row->score;
		notes[i] = str_view(row->note, (uint32_t)strlen(row->note));
		marks[i] = row->mark;
		if (row->null_key)
			nulls_set(nulls[RIG_KEY], i);
		if (row->null_score)
			nulls_set(nulls[RIG_SCORE], i);
		if (row->null_time)
			nulls_set(nulls[RIG_TIME], i);
	}
	op_feed(rig.op, &block);
	rig_settle();
}

// n random rows, some late, in windows of 10; n_keys keys.
static inline void rig_random_rows(uint32_t n, uint32_t n_keys)
{
	int64_t newest = 1000, watermark = WATERMARK_NONE;

	rig.n_rows = n;
	for (uint32_t i = 0; i < n; i++) {
		struct rig_row *row = &rig.rows[i];

		newest += random_below(&rig.random, 3);
		row->time = newest -
			    random_below(&rig.random, 12) * (random_below(&rig.random, 4) == 0);
		row->start = row->time / 10 * 10;
		row->end = row->start + 10;
		row->key = random_below(&rig.random, n_keys);
		row->score = (int32_t)random_below(&rig.random, 6);
		row->null_key = random_below(&rig.random, 10) == 0;
		row->null_score = random_below(&rig.random, 10) == 0;
		snprintf(row->note, sizeof(row->note), "%.*s%u", (int)random_below(&rig.random, 30),
			"a note that is long, or short", i);
		row->mark = watermark;
		if (newest - 6 > watermark)
			watermark = newest - 6;
	}
}

// All rows in blocks of random length with watermarks behind some, and the end.
static inline void rig_run(void)
{
	uint32_t n;

	for (uint32_t first = 0; first < rig.n_rows; first += n) {
		n = 1 + random_below(&rig.random, random_below(&rig.random, 2) ? 20 : 256);
		if (n > rig.n_rows - first)
			n = rig.n_rows - first;
		rig_feed(first, (uint16_t)n);
		if (random_below(&rig.random, 3) > 0)
			rig_control(BLOCK_WATERMARK, first + n < rig.n_rows
							     ? rig.rows[first + n].mark
							     : rig.rows[rig.n_rows - 1].mark);
	}
	rig_control(BLOCK_WATERMARK, WATERMARK_END);
	rig_control(BLOCK_END, 0);
	assert_true(rig.ended);
}

static inline uint64_t rig_count(const char *name)
{
	for (uint16_t i = 0; i < rig.op->n_counters; i++)
		if (strcmp(rig.op->counters[i].name, name) == 0)
			return rig.op->counters[i].value;
	fail_msg("there is no counter %s", name);
	return 0;
}
