// Streams of every kind with their exact counts, and sketches of them: in one state, or in several
// that are merged in a random tree.
#pragma once
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "expr/expr.h"
#include "operator/aggregate/aggregate.h"
#include "row/nested.h"
#include "row/random.h"
#include "state/keyed_store.h"
#include "state/slab.h"

enum { HEAVY_COUNTERS = 100 }; // of TOPK_APPROX
enum { STATE_MAX = 128, PARTS_MAX = 16, N_PAGES = 4000, N_MAX = 60000, OFFSET = 8 };

static struct rig {
	struct random random;
	struct arena *arena;
	struct page_pool pool;
	struct slab slab;
	struct key_layout keys;
	struct hash_seed seed;
	struct keyed_store store;
	struct state_heap heap;
	struct aggregate_call call;
	uint32_t n;
	int64_t values[N_MAX], sorted[N_MAX];
	_Alignas(16) char states[PARTS_MAX][STATE_MAX];
	uint64_t nulls[BLOCK_NULL_WORDS];
	char bytes[1 << 16];
} rig;

// ---- Streams

enum stream {
	UNIFORM,
	ZIPF,
	SORTED,
	REVERSED,
	ZIGZAG, // from both ends to the middle
	FEW,
	CLUSTERED, // nearly all within a narrow band, the others far away
	ROUND, // one value more than there are counters, in turn: each one gives up another
	TWO,
	ONE,
	STREAMS
};

static inline int64_t zipf(void)
{
	double u = (double)(1 + random_below(&rig.random, 1000000)) / 1000001;

	return (int64_t)(1 / u);
}

static inline int64_t value_of(enum stream stream, uint32_t i)
{
	switch (stream) {
	case UNIFORM:
		return (int64_t)random_below(&rig.random, 1000000000) - 500000000;
	case ZIPF:
		return zipf();
	case SORTED:
		return i;
	case REVERSED:
		return -(int64_t)i;
	case ZIGZAG:
		return i % 2 ? (int64_t)i : -(int64_t)i;
	case FEW:
		return (int64_t)random_below(&rig.random, 200);
	case CLUSTERED:
		return random_below(&rig.random, 50) == 0
			       ? (int64_t)random_bits(&rig.random) / 4
			       : (int64_t)random_below(&rig.random, 5000);
	case ROUND:
		return i % (HEAVY_COUNTERS + 1);
	case TWO:
		return random_below(&rig.random, 10) == 0 ? INT64_MAX : INT64_MIN;
	default:
		return 7;
	}
}

static inline int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static inline void make_stream(enum stream stream, uint32_t n)
{
	rig.n = n;
	for (uint32_t i = 0; i < n; i++)
		rig.values[i] = value_of(stream, i);
	memcpy(rig.sorted, rig.values, n * sizeof(*rig.values));
	qsort(rig.sorted, n, sizeof(*rig.sorted), by_value);
}

// Values below value, among sorted[:n].
static inline uint32_t rank_of(int64_t value)
{
	uint32_t low = 0, high = rig.n;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (rig.sorted[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static inline uint32_t times_of(int64_t value)
{
	return value == INT64_MAX ? rig.n - rank_of(value) : rank_of(value + 1) - rank_of(value);
}

static inline uint32_t n_different(void)
{
	uint32_t n = rig.n > 0;

	for (uint32_t i = 1; i < rig.n; i++)
		n += rig.sorted[i] != rig.sorted[i - 1];
	return n;
}

// ---- States

static inline struct aggregate_arg number(double value)
{
	return (struct aggregate_arg){.type = type_of(TYPE_DOUBLE),
		.literal = expr_literal(rig.arena, type_of(TYPE_DOUBLE),
			(union scalar){.f64 = value}, (struct pos){0})};
}

static inline struct aggregate_arg integer(int32_t value)
{
	return (struct aggregate_arg){.type = type_of(TYPE_INT),
		.literal = expr_literal(rig.arena, type_of(TYPE_INT), (union scalar){.i32 = value},
			(struct pos){0})};
}

static inline void resolve(const char *name, const struct aggregate_arg *more, uint16_t n_more)
{
	struct aggregate_arg args[3] = {{.type = type_of(TYPE_BIGINT)}};
	struct err err = {0};

	for (uint16_t i = 0; i < n_more; i++)
		args[i + 1] = more[i];
	assert_int_equal(aggregate_resolve(name, args, (uint16_t)(1 + n_more), false,
				 AGGREGATE_GROUPED, rig.arena, (struct pos){0}, &rig.call, &err),
		0);
	assert_true(aggregate_state_size(&rig.call) + OFFSET <= STATE_MAX);
	rig.call.filter = -1;
	for (uint16_t i = 0; i < rig.call.n_arguments; i++)
		rig.call.arguments[i] = i;
}

static inline void begin(uint64_t seed, bool on_slab)
{
	rig.random.state = seed;
	rig.arena = arena_new();
	slab_init(&rig.slab, &rig.pool);
	key_layout_init(&rig.keys, NULL, NULL, 0);
	keyed_store_init(&rig.store, &rig.pool, &rig.keys, &rig.seed, 8);
	rig.heap = on_slab ? (struct state_heap){.slab = &rig.slab}
			   : (struct state_heap){.store = &rig.store};
	memset(rig.states, 0, sizeof(rig.states));
}

static inline void release(char *state)
{
	void *states[] = {state};

	aggregate_release(&rig.call, states, 1, OFFSET, &rig.heap);
	memset(state, 0, STATE_MAX);
}

static inline void end(void)
{
	release(rig.states[0]);
	keyed_store_clear(&rig.store);
	assert_int_equal(rig.pool.n_used, 0); // all was given back
	slab_destroy(&rig.slab);
	arena_free(rig.arena);
}

// values[from, to) to the state. Returns how many were lost.
static inline uint32_t add(char *state, uint32_t from, uint32_t to)
{
	uint16_t slots[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < BLOCK_ROWS_MAX; i++) {
		slots[i] = i;
		states[i] = state;
	}
	while (from < to) {
		struct column columns[] = {{.values = rig.values + from, .nulls = rig.nulls},
			{.values = rig.values + from, .nulls = rig.nulls}};
		uint16_t n = (uint16_t)(to - from < BLOCK_ROWS_MAX ? to - from : BLOCK_ROWS_MAX);
		struct block block = {
			.n_rows = n, .n_slots = n, .n_columns = 2, .columns = columns};

		n_lost += aggregate_update(&rig.call, &block, slots, n, states, OFFSET, &rig.heap);
		from += n;
	}
	return n_lost;
}

// The whole stream: in one state, or in several that are merged in a random tree.
static inline char *add_all(bool merges)
{
	uint32_t n_parts = merges ? 2 + random_below(&rig.random, PARTS_MAX - 1) : 1, at = 0;

	for (uint32_t i = 0; i < n_parts; i++) {
		uint32_t left = rig.n - at, n = left;

		if (i + 1 < n_parts)
			n = random_below(&rig.random, 2) ? left / (n_parts - i)
							 : random_below(&rig.random, left + 1);
		assert_int_equal(add(rig.states[i], at, at + n), 0);
		at += n;
	}
	for (; n_parts > 1; n_parts--) {
		uint32_t a = random_below(&rig.random, n_parts);
		uint32_t b = (a + 1 + random_below(&rig.random, n_parts - 1)) % n_parts;
		void *into[] = {rig.states[a]};
		const void *from[] = {rig.states[b]};

		assert_int_equal(aggregate_combine(&rig.call, into, from, 1, OFFSET, &rig.heap), 0);
		release(rig.states[b]);
		memcpy(rig.states[b], rig.states[n_parts - 1], STATE_MAX);
		memset(rig.states[n_parts - 1], 0, STATE_MAX);
	}
	return rig.states[0];
}

static inline const void *result(char *state)
{
	static _Alignas(16) char value[16];
	struct result_heap out = {.bytes = rig.bytes, .size = sizeof(rig.bytes)};
	uint64_t nulls[BLOCK_NULL_WORDS];
	struct column column = {.values = value, .nulls = nulls};
	void *states[] = {state};

	aggregate_result(&rig.call, states, 1, OFFSET, &column, &out);
	return nulls_get(nulls, 0) ? NULL : value;
}

// ---- The pool of all states

static inline int begin_all(void **)
{
	return page_pool_init(&rig.pool, &mem_libc, N_PAGES * PAGE_SIZE);
}

static inline int end_all(void **)
{
	page_pool_destroy(&rig.pool, &mem_libc);
	return 0;
}
