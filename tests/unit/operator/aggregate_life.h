// The life of an aggregate's state, twice: rows come and leave, of any type, in two states on heaps
// of their own, whose results are compared.
#pragma once
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "operator/aggregate/aggregate.h"
#include "row/decimal.h"
#include "row/nested.h"
#include "row/random.h"
#include "snapshot/record.h"
#include "state/keyed_store.h"
#include "state/slab.h"

enum {
	STATE_MAX = 256,
	N_PAGES = 4000,
	OFFSET = 8,
	ROWS_MAX = 2000, // of a state's life
	STEP_MAX = 24,
	STEPS = 25,
	VALUE_MAX = 80, // bytes of a string or array
	PACKED_MAX = 1 << 20,
	RESULT_MAX = 1 << 20,
};

struct row {
	bool is_null;
	int64_t n, other;
};

// A call with the states it works on: the one that lives on, and its copy, each with its heap.
struct side {
	struct slab slab;
	struct keyed_store store;
	struct state_heap heap;
	_Alignas(16) char state[STATE_MAX];
};

struct rig {
	struct random random;
	struct arena *arena;
	struct page_pool pool;
	struct hash_seed seed;
	struct key_layout keys;
	struct side sides[2];
	struct record_out *out;
	struct aggregate_call call;
	enum aggregate_use use;
	uint32_t first, n; // rows[first, n) are in the states
	struct row rows[ROWS_MAX];
	char bytes[2][STEP_MAX][VALUE_MAX];
	_Alignas(16) char values[2][STEP_MAX * 16];
	char packed[PACKED_MAX];
	size_t packed_len;
	_Alignas(16) char results[2][16];
	char result_bytes[2][RESULT_MAX];
};

static struct rig rig;

static inline void side_begin(struct side *side, bool on_slab)
{
	memset(side, 0, sizeof(*side));
	slab_init(&side->slab, &rig.pool);
	assert_int_equal(keyed_store_init(&side->store, &rig.pool, &rig.keys, &rig.seed, 8), 0);
	if (on_slab)
		side->heap.slab = &side->slab;
	else
		side->heap.store = &side->store;
}

static inline void side_release(struct side *side)
{
	void *states[] = {side->state};

	aggregate_release(&rig.call, states, 1, OFFSET, &side->heap);
	memset(side->state, 0, sizeof(side->state));
}

// All that the state took was given back, or goes with its store.
static inline void side_end(struct side *side)
{
	side_release(side);
	assert_int_equal(side->slab.n_pages, 0);
	slab_destroy(&side->slab);
	keyed_store_clear(&side->store);
}

static inline void begin(void)
{
	rig.first = rig.n = 0;
}

static inline void end(void)
{
	assert_int_equal(rig.pool.n_used, 0);
}

// ---- Rows

static inline void add_row(void)
{
	struct row *row = &rig.rows[rig.n++];

	row->is_null = random_below(&rig.random, 6) == 0;
	row->n = (int64_t)random_below(&rig.random, 40) - 20;
	if (random_below(&rig.random, 3) == 0)
		row->n *= 1000;
	row->other = (int64_t)random_below(&rig.random, 5);
}

static inline struct str make_string(int64_t n, char *bytes)
{
	int len = snprintf(bytes, VALUE_MAX, n % 3 == 0 ? "%ld, in a long string" : "%ld", n);

	return str_view(bytes, (uint32_t)len);
}

static inline struct str make_array(int64_t n, char *bytes)
{
	uint32_t n_items = (uint32_t)(n & 7);
	struct nested_writer writer;
	struct str value;

	nested_array_begin(&writer, type_of(TYPE_INT), n_items, bytes, VALUE_MAX);
	for (uint32_t i = 0; i < n_items; i++) {
		int32_t item = (int32_t)(n + i);

		nested_put(&writer, i == 3 ? NULL : &item);
	}
	assert_true(nested_end(&writer, &value) > 0);
	return value;
}

static inline void put(int column, uint16_t slot, int64_t n)
{
	struct type type = rig.call.argument_types[column];
	char *values = rig.values[column], *bytes = rig.bytes[column][slot];
	uint32_t width = type_width(type.kind);
	decimal wide = n;
	float single = (float)n;
	double real = (double)n;
	const void *value = &wide;
	struct str str;

	if (type.kind == TYPE_BOOLEAN) {
		wide = n & 1;
	} else if (type.kind == TYPE_FLOAT) {
		value = &single;
	} else if (type.kind == TYPE_DOUBLE) {
		value = &real;
	} else if (type_is_view(type.kind)) {
		str = type.kind == TYPE_ARRAY ? make_array(n, bytes) : make_string(n, bytes);
		value = &str;
	}
	memcpy(values + (size_t)slot * width, value, width);
}

// rows[from, to) into a state, or out of it.
static inline void change(struct side *side, uint32_t from, uint32_t to, bool retract)
{
	uint64_t nulls[BLOCK_NULL_WORDS];
	struct column columns[2] = {
		{.values = rig.values[0], .nulls = nulls}, {.values = rig.values[1]}};
	uint16_t n = (uint16_t)(to - from), slots[STEP_MAX];
	struct block block = {.n_rows = n, .n_slots = n, .n_columns = 2, .columns = columns};
	void *states[STEP_MAX];

	nulls_clear_all(nulls);
	for (uint16_t i = 0; i < n; i++) {
		const struct row *row = &rig.rows[from + i];

		for (uint16_t c = 0; c < rig.call.n_arguments; c++)
			put(c, i, c == 0 ? row->n : row->other);
		if (row->is_null)
			nulls_set(nulls, i);
		slots[i] = i;
		states[i] = side->state;
	}
	if (retract)
		aggregate_retract(&rig.call, &block, slots, n, states, OFFSET, &side->heap);
	else
		aggregate_update(&rig.call, &block, slots, n, states, OFFSET, &side->heap);
}

// Some rows come, and some leave where they can.
static inline void step(int n_sides)
{
	uint32_t from = rig.n, n_in = 1 + random_below(&rig.random, STEP_MAX), n_out = 0;

	while (rig.n < from + n_in)
		add_row();
	if (rig.use == AGGREGATE_SLIDING)
		n_out = random_below(&rig.random, STEP_MAX);
	if (n_out > rig.n - rig.first)
		n_out = rig.n - rig.first;
	for (int i = 0; i < n_sides; i++) {
		change(&rig.sides[i], from, rig.n, false);
		if (n_out > 0)
			change(&rig.sides[i], rig.first, rig.first + n_out, true);
	}
	rig.first += n_out;
}

// ---- Results

// Its bytes; NULL when the result is.
static inline const char *result(int side, uint32_t *len)
{
	struct result_heap out = {.bytes = rig.result_bytes[side], .size = RESULT_MAX};
	uint64_t nulls[BLOCK_NULL_WORDS];
	char *value = rig.results[side];
	struct column column = {.values = value, .nulls = nulls};
	void *states[] = {rig.sides[side].state};

	memset(value, 0, sizeof(rig.results[side]));
	aggregate_result(&rig.call, states, 1, OFFSET, &column, &out);
	if (nulls_get(nulls, 0))
		return NULL;
	*len = type_width(rig.call.result_type.kind);
	if (!type_is_view(rig.call.result_type.kind))
		return value;
	*len = ((const struct str *)value)->len;
	return str_data((const struct str *)value);
}

static inline void check_same(void)
{
	uint32_t lens[2] = {0};
	const char *first = result(0, &lens[0]), *second = result(1, &lens[1]);

	assert_int_equal(first == NULL, second == NULL);
	assert_int_equal(lens[0], lens[1]);
	if (first != NULL)
		assert_memory_equal(first, second, lens[0]);
}
