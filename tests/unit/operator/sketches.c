// What is said of the sketches' errors, on streams of every kind, against exact counts: uniform,
// skewed, sorted, few values, made to be hard; in one state, and in states of parts that are merged
// in random trees.
#include <errno.h>
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

enum { STATE_MAX = 128, PARTS_MAX = 16, N_PAGES = 4000, N_MAX = 60000, OFFSET = 8 };
enum { SEEDS = 6 };

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

enum stream { UNIFORM, ZIPF, SORTED, REVERSED, ZIGZAG, FEW, CLUSTERED, ONE, STREAMS };

static int64_t zipf(void)
{
	double u = (double)(1 + random_below(&rig.random, 1000000)) / 1000001;

	return (int64_t)(1 / u);
}

static int64_t value_of(enum stream stream, uint32_t i)
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
	case ZIGZAG: // from both ends to the middle
		return i % 2 ? (int64_t)i : -(int64_t)i;
	case FEW:
		return (int64_t)random_below(&rig.random, 200);
	case CLUSTERED: // nearly all within a narrow band, the others far away
		return random_below(&rig.random, 50) == 0
			       ? (int64_t)random_bits(&rig.random) / 4
			       : (int64_t)random_below(&rig.random, 5000);
	default:
		return 7;
	}
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void make_stream(enum stream stream, uint32_t n)
{
	rig.n = n;
	for (uint32_t i = 0; i < n; i++)
		rig.values[i] = value_of(stream, i);
	memcpy(rig.sorted, rig.values, n * sizeof(*rig.values));
	qsort(rig.sorted, n, sizeof(*rig.sorted), by_value);
}

// Values below value, among sorted[:n].
static uint32_t rank_of(int64_t value)
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

static uint32_t times_of(int64_t value)
{
	return value == INT64_MAX ? rig.n - rank_of(value) : rank_of(value + 1) - rank_of(value);
}

static uint32_t n_different(void)
{
	uint32_t n = rig.n > 0;

	for (uint32_t i = 1; i < rig.n; i++)
		n += rig.sorted[i] != rig.sorted[i - 1];
	return n;
}

// ---- States

static struct aggregate_arg number(double value)
{
	return (struct aggregate_arg){.type = type_of(TYPE_DOUBLE),
		.literal = expr_literal(rig.arena, type_of(TYPE_DOUBLE),
			(union scalar){.f64 = value}, (struct pos){0})};
}

static struct aggregate_arg integer(int32_t value)
{
	return (struct aggregate_arg){.type = type_of(TYPE_INT),
		.literal = expr_literal(rig.arena, type_of(TYPE_INT), (union scalar){.i32 = value},
			(struct pos){0})};
}

static void resolve(const char *name, const struct aggregate_arg *more, uint16_t n_more)
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

static void begin(uint64_t seed, bool on_slab)
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

static void release(char *state)
{
	void *states[] = {state};

	aggregate_release(&rig.call, states, 1, OFFSET, &rig.heap);
	memset(state, 0, STATE_MAX);
}

static void end(void)
{
	release(rig.states[0]);
	keyed_store_clear(&rig.store);
	assert_int_equal(rig.pool.n_used, 0); // all was given back
	slab_destroy(&rig.slab);
	arena_free(rig.arena);
}

static void add(char *state, uint32_t from, uint32_t to)
{
	uint16_t slots[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];

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

		assert_int_equal(
			aggregate_update(&rig.call, &block, slots, n, states, OFFSET, &rig.heap),
			0);
		from += n;
	}
}

// The whole stream: in one state, or in several that are merged in a random tree.
static char *add_all(bool merges)
{
	uint32_t n_parts = merges ? 2 + random_below(&rig.random, PARTS_MAX - 1) : 1, at = 0;

	for (uint32_t i = 0; i < n_parts; i++) {
		uint32_t left = rig.n - at, n = left;

		if (i + 1 < n_parts)
			n = random_below(&rig.random, 2) ? left / (n_parts - i)
							 : random_below(&rig.random, left + 1);
		add(rig.states[i], at, at + n);
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

static const void *result(char *state)
{
	static _Alignas(16) char value[16];
	struct result_heap out = {.bytes = rig.bytes, .size = sizeof(rig.bytes)};
	uint64_t nulls[BLOCK_NULL_WORDS];
	struct column column = {.values = value, .nulls = nulls};
	void *states[] = {state};

	aggregate_result(&rig.call, states, 1, OFFSET, &column, &out);
	return nulls_get(nulls, 0) ? NULL : value;
}

static const uint32_t sizes[] = {1, 20, 999, 1001, 5000, N_MAX};
enum { SIZES = sizeof(sizes) / sizeof(*sizes) };

// Each stream at each size, whole and in parts.
static void for_all(void (*check)(bool merges))
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		for (int stream = 0; stream < STREAMS; stream++)
			for (int i = 0; i < SIZES; i++)
				for (int merges = 0; merges < 2; merges++) {
					begin(seed * 1000 + (uint64_t)stream, seed % 2);
					make_stream((enum stream)stream, sizes[i]);
					check(merges);
					end();
				}
}

// ---- Quantiles

static uint64_t n_asked, n_wrong;
static double worst;

// How far the share asked for is from the shares that the value stands for.
static double error_of(int64_t value, double p)
{
	double below = (double)rank_of(value) / rig.n;
	double upto = below + (double)times_of(value) / rig.n;

	assert_true(times_of(value) > 0); // one of the values
	if (p < below)
		return below - p;
	return p > upto ? p - upto : 0;
}

static void check_quantiles(bool merges)
{
	static const double shares[] = {0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1};
	char *state;
	uint32_t n_pages;

	resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(0.5)}, 1);
	state = add_all(merges);
	n_pages = rig.pool.n_used;
	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++) {
		double p = shares[i], place = ceil(p * rig.n - 1e-9), error;
		uint32_t rank = place < 1 ? 0 : (uint32_t)place - 1;
		int64_t value;

		resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(p)}, 1);
		value = *(const int64_t *)result(state);
		if (rig.n <= 1000 || p == 0 || p == 1)
			assert_int_equal(value, rig.sorted[rank]);
		error = error_of(value, p);
		worst = error > worst ? error : worst;
		n_asked += rig.n > 1000;
		n_wrong += error > 0.005;
	}
	assert_int_equal(rig.pool.n_used, n_pages);
	// 25 kB, each piece in a page of its size.
	if (rig.heap.slab != NULL)
		assert_true(n_pages <= 16);
}

static void quantiles_are_within_half_a_percent_of_the_rank(void **)
{
	n_asked = n_wrong = 0;
	worst = 0;
	for_all(check_quantiles);
	print_message("%lu of %lu answers are off by more than 0.5 %%, the worst by %.3f %%\n",
		n_wrong, n_asked, worst * 100);
	assert_true((double)n_wrong <= 0.01 * (double)n_asked);
	assert_true(worst < 0.01);
}

// Many small states merged into one, as slices are into a window that grows.
static void quantiles_of_many_merges_have_the_same_bound_and_room(void **)
{
	enum { MERGES = 3000, VALUES_EACH = 1200 };
	void *into[] = {rig.states[0]};
	const void *from[] = {rig.states[1]};

	begin(1, true);
	for (int i = 0; i < MERGES; i++) {
		make_stream(UNIFORM, 1 + random_below(&rig.random, 2 * VALUES_EACH));
		resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(0.5)}, 1);
		add(rig.states[1], 0, rig.n);
		assert_int_equal(aggregate_combine(&rig.call, into, from, 1, OFFSET, &rig.heap), 0);
		release(rig.states[1]);
		assert_true(rig.pool.n_used <= 20);
	}
	for (int p = 1; p < 10; p++) {
		double value;

		resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(p / 10.0)}, 1);
		value = (double)*(const int64_t *)result(rig.states[0]);
		assert_true(fabs((value + 5e8) / 1e9 - p / 10.0) < 0.005);
	}
	end();
}

// ---- Heavy hitters

static void check_heavy(bool merges)
{
	enum { K = 20, COUNTERS = 100 };
	struct type row;
	struct nested_field fields[3];
	struct nested_items items;
	int64_t before = INT64_MAX, listed[K];
	const struct str *array;

	resolve("TOPK_APPROX", (struct aggregate_arg[]){integer(K), integer(COUNTERS)}, 2);
	array = result(add_all(merges));
	row = type_part(rig.call.result_type, PART_ELEMENT);
	for (uint16_t i = 0; i < 3; i++)
		fields[i] = nested_field(row, i);
	items = nested_array(array, row);
	assert_int_equal(items.n, n_different() < K ? n_different() : K);
	for (uint32_t i = 0; i < items.n; i++) {
		int64_t values[3], times;
		struct str item;

		assert_true(nested_get(&items, i, &item));
		for (uint16_t f = 0; f < 3; f++)
			assert_true(nested_get_field(&item, &fields[f], &values[f]));
		times = times_of(values[0]);
		assert_true(times <= values[1] && times >= values[1] - values[2]);
		assert_true(values[2] * COUNTERS <= rig.n);
		assert_true(n_different() > COUNTERS || values[2] == 0);
		assert_true(values[1] <= before);
		before = values[1];
		listed[i] = values[0];
	}
	// Who comes more often than any listed estimate says, is listed.
	for (uint32_t i = 0; i < rig.n; i += times_of(rig.sorted[i])) {
		bool is_listed = items.n < K;

		if (times_of(rig.sorted[i]) <= before ||
			(uint64_t)times_of(rig.sorted[i]) * COUNTERS <= rig.n)
			continue;
		for (uint32_t k = 0; k < items.n; k++)
			is_listed |= listed[k] == rig.sorted[i];
		assert_true(is_listed);
	}
}

static void frequent_values_are_listed_with_counts_within_their_errors(void **)
{
	for_all(check_heavy);
}

// ---- Count-Min

static void check_count_min(bool merges)
{
	char *state;

	resolve("COUNT_MIN", NULL, 0);
	state = add_all(merges);
	for (uint32_t i = 0; i < 40; i++) {
		int64_t value = rig.values[random_below(&rig.random, rig.n)], old = rig.values[0];
		int64_t estimate;

		// The row that asks counts too.
		rig.values[0] = value;
		add(state, 0, 1);
		rig.values[0] = old;
		estimate = *(const int64_t *)result(state) - 1;
		assert_true(estimate >= times_of(value));
		if (n_different() <= 250 && i == 0)
			assert_int_equal(estimate, times_of(value));
		n_asked += n_different() > 250;
		n_wrong += (double)estimate - times_of(value) > M_E / 1000 * rig.n + i;
	}
}

static void estimates_are_never_too_small_and_seldom_much_too_large(void **)
{
	n_asked = n_wrong = 0;
	for_all(check_count_min);
	print_message("%lu of %lu estimates are too large\n", n_wrong, n_asked);
	assert_true((double)n_wrong <= exp(-5) * (double)n_asked);
}

// ---- Different values

static void check_different(bool merges)
{
	double n = n_different(), estimate;

	resolve("APPROX_COUNT_DISTINCT", NULL, 0);
	estimate = (double)*(const int64_t *)result(add_all(merges));
	if (n <= 480)
		assert_true(estimate == n);
	n_asked += n > 480;
	n_wrong += fabs(estimate / n - 1) > 2 * 1.04 / 128;
	assert_true(fabs(estimate / n - 1) < 5 * 1.04 / 128);
}

// 2 standard errors.
static void counts_of_different_values_are_within_their_error(void **)
{
	n_asked = n_wrong = 0;
	for_all(check_different);
	print_message("%lu of %lu counts are off by more than 1.6 %%\n", n_wrong, n_asked);
	assert_true((double)n_wrong <= 0.05 * (double)n_asked);
}

static int begin_all(void **)
{
	return page_pool_init(&rig.pool, &mem_libc, N_PAGES * PAGE_SIZE);
}

static int end_all(void **)
{
	page_pool_destroy(&rig.pool, &mem_libc);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_within_half_a_percent_of_the_rank),
		cmocka_unit_test(quantiles_of_many_merges_have_the_same_bound_and_room),
		cmocka_unit_test(frequent_values_are_listed_with_counts_within_their_errors),
		cmocka_unit_test(estimates_are_never_too_small_and_seldom_much_too_large),
		cmocka_unit_test(counts_of_different_values_are_within_their_error),
	};

	return cmocka_run_group_tests(tests, begin_all, end_all);
}
