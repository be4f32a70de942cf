// Every aggregate for several types, on random rows, against aggregate_twin.h: states of parts of
// the rows merged in random trees, and rows that leave in the order in which they came.
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
#include "operator/aggregate_twin.h"
#include "row/decimal.h"
#include "row/random.h"
#include "state/keyed_store.h"
#include "state/slab.h"

enum { STATE_MAX = 256, PARTS_MAX = 12, N_PAGES = 2000, ROUNDS = 12, OFFSET = 8 };

struct kind {
	const char *name;
	bool distinct;
	enum type_kind type;
};

static const struct kind kinds[] = {
	{"COUNT", false, TYPE_BIGINT},
	{"COUNT", true, TYPE_INT},
	{"COUNT", true, TYPE_VARCHAR},
	{"COUNT", true, TYPE_DECIMAL},
	{"SUM", false, TYPE_TINYINT},
	{"SUM", false, TYPE_BIGINT},
	{"SUM", false, TYPE_FLOAT},
	{"SUM", false, TYPE_DOUBLE},
	{"SUM", false, TYPE_DECIMAL},
	{"SUM", true, TYPE_INT},
	{"SUM", true, TYPE_DECIMAL},
	{"AVG", false, TYPE_SMALLINT},
	{"AVG", false, TYPE_INT},
	{"AVG", false, TYPE_DOUBLE},
	{"AVG", true, TYPE_BIGINT},
	{"MIN", false, TYPE_TINYINT},
	{"MIN", false, TYPE_DECIMAL},
	{"MIN", true, TYPE_VARCHAR},
	{"MAX", false, TYPE_SMALLINT},
	{"MAX", false, TYPE_INT},
	{"MAX", false, TYPE_DOUBLE},
	{"MAX", false, TYPE_FLOAT},
	{"MAX", false, TYPE_VARCHAR},
	{"FIRST_VALUE", false, TYPE_INT},
	{"FIRST_VALUE", true, TYPE_VARCHAR},
	{"FIRST_VALUE", false, TYPE_DECIMAL},
	{"LAST_VALUE", false, TYPE_BIGINT},
	{"LAST_VALUE", false, TYPE_VARCHAR},
	{"LAST_VALUE", true, TYPE_VARCHAR},
	{"LAST_VALUE", true, TYPE_SMALLINT},
	{"LISTAGG", false, TYPE_VARCHAR},
	{"LISTAGG", true, TYPE_VARCHAR},
	{"PERCENTILE", false, TYPE_DOUBLE},
	{"APPROX_COUNT_DISTINCT", false, TYPE_INT},
	{"APPROX_COUNT_DISTINCT", false, TYPE_VARCHAR},
	{"LAG", false, TYPE_INT},
	{"LAG", false, TYPE_VARCHAR},
};

// An OVER window refuses them, or recomputes.
static bool cannot_leave(const struct kind *kind)
{
	return (kind->distinct && strcmp(kind->name, "LISTAGG") == 0) ||
	       (kind->distinct && strcmp(kind->name, "LAST_VALUE") == 0) ||
	       strcmp(kind->name, "APPROX_COUNT_DISTINCT") == 0;
}

struct rig {
	struct random random;
	struct arena *arena;
	struct page_pool pool;
	struct slab slab;
	struct hash_seed seed;
	struct key_layout keys;
	struct keyed_store store;
	struct state_heap heap, store_heap;
	struct kind kind;
	struct type type;
	struct aggregate_call call;
	uint32_t n;
	struct twin_row rows[TWIN_ROWS_MAX];
	char strings[2][BLOCK_ROWS_MAX][TWIN_STRING_MAX];
	_Alignas(16) char values[2][BLOCK_ROWS_MAX * 16];
	uint64_t nulls[BLOCK_NULL_WORDS];
	_Alignas(16) char states[PARTS_MAX][STATE_MAX];
	_Alignas(16) char result[16];
	char text[TWIN_TEXT_MAX];
};

static void resolve(struct rig *rig, enum aggregate_use use)
{
	struct type separator = type_of(TYPE_CHAR), half = type_decimal(2, 1);
	struct aggregate_arg args[3] = {{.type = rig->type}};
	uint16_t n_args = 1;
	struct err err = {0};

	if (strcmp(rig->kind.name, "LISTAGG") == 0)
		args[n_args++].literal = expr_literal(rig->arena, separator,
			(union scalar){.str = str_view("; ", 2)}, (struct pos){0});
	if (strcmp(rig->kind.name, "PERCENTILE") == 0) {
		args[n_args++].literal =
			expr_literal(rig->arena, half, (union scalar){.dec = 3}, (struct pos){0});
		args[n_args++].type = type_of(TYPE_BIGINT);
	}
	if (strcmp(rig->kind.name, "LAG") == 0) {
		args[n_args++].literal = expr_literal(
			rig->arena, type_of(TYPE_INT), (union scalar){.i32 = 3}, (struct pos){0});
		args[n_args++].type = rig->type;
	}
	assert_int_equal(aggregate_resolve(rig->kind.name, args, n_args, rig->kind.distinct, use,
				 rig->arena, (struct pos){0}, &rig->call, &err),
		0);
	assert_int_equal(aggregate_state_size(&rig->call) % 8, 0);
	assert_true(aggregate_state_size(&rig->call) + OFFSET <= STATE_MAX);
	rig->call.filter = -1;
	for (uint16_t i = 0; i < rig->call.n_arguments; i++)
		rig->call.arguments[i] = i;
}

static void begin(struct rig *rig, const struct kind *kind, enum aggregate_use use)
{
	rig->kind = *kind;
	rig->type = type_of(kind->type);
	rig->n = 0;
	rig->arena = arena_new();
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, N_PAGES * PAGE_SIZE), 0);
	slab_init(&rig->slab, &rig->pool);
	key_layout_init(&rig->keys, NULL, NULL, 0);
	keyed_store_init(&rig->store, &rig->pool, &rig->keys, &rig->seed, 8);
	rig->heap = (struct state_heap){.slab = &rig->slab};
	rig->store_heap = (struct state_heap){.store = &rig->store};
	memset(rig->states, 0, sizeof(rig->states));
	resolve(rig, use);
}

// Everything was given back.
static void end(struct rig *rig)
{
	keyed_store_clear(&rig->store);
	assert_int_equal(rig->pool.n_used, 0);
	slab_destroy(&rig->slab);
	page_pool_destroy(&rig->pool, &mem_libc);
	arena_free(rig->arena);
}

static void add_row(struct rig *rig)
{
	uint64_t range = random_below(&rig->random, 4) == 0 ? 3 : 100;
	struct twin_row *row = &rig->rows[rig->n++];

	row->is_null = random_below(&rig->random, 5) == 0;
	row->n = (int64_t)random_below(&rig->random, range);
	row->frequency = (int64_t)random_below(&rig->random, 4);
	// Sums of TINYINTs shall not wrap here.
	if (rig->type.kind == TYPE_TINYINT)
		row->n %= 2;
	if (random_below(&rig->random, 2) == 0)
		row->n = -row->n;
}

static void put(struct rig *rig, int column, uint16_t slot, int64_t n)
{
	struct type type = rig->call.argument_types[column];
	char *values = rig->values[column], *string = rig->strings[column][slot];

	switch (type.kind) {
	case TYPE_FLOAT:
		((float *)values)[slot] = (float)n;
		break;
	case TYPE_DOUBLE:
		((double *)values)[slot] = (double)n;
		break;
	case TYPE_VARCHAR:
		twin_string(n, string);
		((struct str *)values)[slot] = str_view(string, (uint32_t)strlen(string));
		break;
	case TYPE_DECIMAL:
		((decimal *)values)[slot] = n;
		break;
	default: // little endian
		memcpy(values + slot * type_width(type.kind), &n, type_width(type.kind));
	}
}

// rows[from, to) into state, or out of it.
static void change(struct rig *rig, uint32_t from, uint32_t to, char *state,
	struct state_heap *heap, bool retract)
{
	struct column columns[2] = {
		{.values = rig->values[0], .nulls = rig->nulls}, {.values = rig->values[1]}};
	uint16_t n = (uint16_t)(to - from), slots[BLOCK_ROWS_MAX];
	struct block block = {.n_rows = n, .n_slots = n, .n_columns = 2, .columns = columns};
	void *states[BLOCK_ROWS_MAX];

	nulls_clear_all(rig->nulls);
	for (uint16_t i = 0; i < n; i++) {
		const struct twin_row *row = &rig->rows[from + i];

		put(rig, 0, i, row->n);
		if (rig->call.n_arguments > 1)
			put(rig, 1, i, row->frequency);
		if (row->is_null)
			nulls_set(rig->nulls, i);
		slots[i] = i;
		states[i] = state;
	}
	if (retract)
		assert_int_equal(
			aggregate_retract(&rig->call, &block, slots, n, states, OFFSET, heap), 0);
	else
		assert_int_equal(
			aggregate_update(&rig->call, &block, slots, n, states, OFFSET, heap), 0);
}

static double real_result(const struct rig *rig)
{
	const void *value = rig->result;

	switch (rig->call.result_type.kind) {
	case TYPE_TINYINT:
		return *(const int8_t *)value;
	case TYPE_SMALLINT:
		return *(const int16_t *)value;
	case TYPE_INT:
		return *(const int32_t *)value;
	case TYPE_BIGINT:
		return (double)*(const int64_t *)value;
	case TYPE_FLOAT:
		return (double)*(const float *)value;
	case TYPE_DOUBLE:
		return *(const double *)value;
	default:
		return decimal_to_double(*(const decimal *)value, rig->call.result_type.scale);
	}
}

static const char *result_text(struct rig *rig, char *state)
{
	static char heap[TWIN_TEXT_MAX], text[TWIN_TEXT_MAX];
	struct result_heap out = {.bytes = heap, .size = sizeof(heap)};
	uint64_t nulls[BLOCK_NULL_WORDS];
	struct column column = {.values = rig->result, .nulls = nulls};
	void *states[] = {state};
	const struct str *view = (const struct str *)rig->result;

	aggregate_result(&rig->call, states, 1, OFFSET, &column, &out);
	if (nulls_get(nulls, 0))
		return "NULL";
	if (!type_is_view(rig->call.result_type.kind))
		return twin_number(rig->call.result_type, real_result(rig), text);
	memcpy(text, str_data(view), view->len);
	text[view->len] = '\0';
	return text;
}

static void check(struct rig *rig, char *state, uint32_t from, uint32_t to)
{
	const char *expected = twin_result(rig->kind.name, rig->kind.distinct, rig->type,
		rig->call.result_type, rig->rows + from, to - from, rig->text);

	assert_string_equal(result_text(rig, state), expected);
}

static void release(struct rig *rig, char *state)
{
	void *states[] = {state};

	aggregate_release(&rig->call, states, 1, OFFSET, &rig->heap);
}

// Neighbours are merged until one is left; what was merged from is released, into a slab or, with
// the whole store, at the end.
static void merge_all(struct rig *rig, uint32_t n_parts, struct state_heap *heap)
{
	while (n_parts > 1) {
		uint32_t i = random_below(&rig->random, n_parts - 1);
		void *into[] = {rig->states[i]};
		const void *from[] = {rig->states[i + 1]};

		assert_int_equal(aggregate_combine(&rig->call, into, from, 1, OFFSET, heap), 0);
		if (heap == &rig->heap)
			release(rig, rig->states[i + 1]);
		n_parts--;
		memmove(rig->states[i + 1], rig->states[i + 2],
			(n_parts - i - 1) * sizeof(rig->states[0]));
	}
}

static void merges_in_any_tree_give_what_all_rows_give(void **)
{
	static struct rig rig;

	rig.random.state = 1;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		for (int round = 0; round < ROUNDS; round++) {
			uint32_t n_parts = 1 + random_below(&rig.random, PARTS_MAX), at = 0;
			uint32_t part_max = random_below(&rig.random, 2) == 0 ? 3 : 40;
			struct state_heap *heap;

			begin(&rig, &kinds[k],
				strcmp(kinds[k].name, "LAG") == 0 ? AGGREGATE_RUNNING
								  : AGGREGATE_GROUPED);
			if (strcmp(rig.kind.name, "LAG") == 0)
				n_parts = 1;
			heap = round % 2 == 0 ? &rig.heap : &rig.store_heap;
			for (uint32_t i = 0; i < n_parts; i++) {
				uint32_t n = random_below(&rig.random, part_max);

				while (rig.n < at + n)
					add_row(&rig);
				change(&rig, at, rig.n, rig.states[i], heap, false);
				at = rig.n;
			}
			merge_all(&rig, n_parts, heap);
			check(&rig, rig.states[0], 0, rig.n);
			if (heap == &rig.heap)
				release(&rig, rig.states[0]);
			end(&rig);
		}
}

// A frame that grows and shrinks, down to nothing too.
static void rows_that_leave_leave_no_trace(void **)
{
	static struct rig rig;

	rig.random.state = 2;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		uint32_t first = 0, frame_max = 60;

		if (cannot_leave(&kinds[k]) || strcmp(kinds[k].name, "LAG") == 0)
			continue;
		begin(&rig, &kinds[k], AGGREGATE_SLIDING);
		assert_true(aggregate_can_retract(&rig.call));
		while (rig.n < TWIN_ROWS_MAX - 10) {
			uint32_t at = rig.n, n_in = random_below(&rig.random, 9), n_out;

			while (rig.n < at + n_in)
				add_row(&rig);
			change(&rig, at, rig.n, rig.states[0], &rig.heap, false);
			n_out = random_below(&rig.random, rig.n - first > frame_max ? 20 : 8);
			if (random_below(&rig.random, 30) == 0 || n_out > rig.n - first)
				n_out = rig.n - first;
			change(&rig, first, first + n_out, rig.states[0], &rig.heap, true);
			first += n_out;
			check(&rig, rig.states[0], first, rig.n);
		}
		release(&rig, rig.states[0]);
		end(&rig);
	}
}

// The memory of a frame is that of what is in it.
static void a_long_life_takes_no_more_than_a_short_one(void **)
{
	static struct rig rig;

	rig.random.state = 3;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		if (cannot_leave(&kinds[k]))
			continue;
		begin(&rig, &kinds[k], AGGREGATE_SLIDING);
		for (int round = 0; round < 2000; round++) {
			uint32_t at = 0;

			rig.n = 0;
			while (rig.n < 5)
				add_row(&rig);
			change(&rig, at, rig.n, rig.states[0], &rig.heap, false);
			change(&rig, at, rig.n, rig.states[0], &rig.heap, true);
			assert_true(rig.pool.n_used < 10);
		}
		release(&rig, rig.states[0]);
		end(&rig);
	}
}

static void approximate_counts_are_within_four_standard_errors(void **)
{
	static const struct kind kind = {"APPROX_COUNT_DISTINCT", false, TYPE_BIGINT};
	static struct rig rig;
	struct column column = {.values = rig.values[0]};
	struct block block = {.n_rows = BLOCK_ROWS_MAX, .n_columns = 1, .columns = &column};
	uint16_t slots[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];

	rig.random.state = 4;
	begin(&rig, &kind, AGGREGATE_GROUPED);
	for (int64_t n = 0; n < 2000000;) {
		char *state = rig.states[n / BLOCK_ROWS_MAX % 2]; // two halves
		double count;

		for (uint16_t i = 0; i < BLOCK_ROWS_MAX; i++, n++) {
			((int64_t *)rig.values[0])[i] = n;
			slots[i] = i;
			states[i] = state;
		}
		aggregate_update(
			&rig.call, &block, slots, BLOCK_ROWS_MAX, states, OFFSET, &rig.heap);
		if ((n / BLOCK_ROWS_MAX & (n / BLOCK_ROWS_MAX - 1)) != 0)
			continue;
		memset(rig.states[2], 0, STATE_MAX);
		for (int half = 0; half < 2; half++)
			aggregate_combine(&rig.call, (void *[]){rig.states[2]},
				(const void *[]){rig.states[half]}, 1, OFFSET, &rig.heap);
		count = strtod(result_text(&rig, rig.states[2]), NULL);
		assert_true(fabs(count / (double)n - 1) < 4 * 1.04 / 128);
		release(&rig, rig.states[2]);
	}
	release(&rig, rig.states[0]);
	release(&rig, rig.states[1]);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merges_in_any_tree_give_what_all_rows_give),
		cmocka_unit_test(rows_that_leave_leave_no_trace),
		cmocka_unit_test(a_long_life_takes_no_more_than_a_short_one),
		cmocka_unit_test(approximate_counts_are_within_four_standard_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
