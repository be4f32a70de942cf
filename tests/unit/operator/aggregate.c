#include "operator/aggregate/aggregate.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/decimal.h"
#include "state/keyed_store.h"

enum { STATE_MAX = 64 };

// One key's state, and a store whose heap long strings may use.
struct rig {
	struct page_pool pool;
	struct hash_seed seed;
	struct key_layout keys;
	struct keyed_store store;
	struct state_heap heap;
	struct aggregate_call call;
	_Alignas(16) uint8_t values[BLOCK_ROWS_MAX * 16];
	uint64_t nulls[BLOCK_NULL_WORDS];
	uint64_t result_nulls[BLOCK_NULL_WORDS];
	_Alignas(16) uint8_t result[BLOCK_ROWS_MAX * 16];
	_Alignas(16) uint8_t state[STATE_MAX];
};

static int resolve(
	const char *name, const struct type *argument, struct aggregate_call *call, struct err *err)
{
	struct aggregate_arg arg = {0};

	if (argument != NULL)
		arg.type = *argument;
	return aggregate_resolve(
		name, &arg, argument != NULL, false, false, NULL, (struct pos){2, 7}, call, err);
}

static void set_up(struct rig *rig, const char *name, struct type type, uint32_t n_pages)
{
	struct err err = {0};

	*rig = (struct rig){.call.filter = -1};
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, (uint64_t)n_pages * PAGE_SIZE), 0);
	key_layout_init(&rig->keys, NULL, NULL, 0);
	keyed_store_init(&rig->store, &rig->pool, &rig->keys, &rig->seed, 8);
	rig->heap.store = &rig->store;
	assert_int_equal(resolve(name, &type, &rig->call, &err), 0);
	assert_true(aggregate_state_size(&rig->call) <= STATE_MAX);
	assert_int_equal(aggregate_state_size(&rig->call) % 8, 0);
}

static void tear_down(struct rig *rig)
{
	keyed_store_clear(&rig->store);
	page_pool_destroy(&rig->pool, &mem_libc);
}

// Add values[:n]; returns how many were lost.
static uint32_t add(struct rig *rig, const void *values, uint32_t width, uint16_t n)
{
	struct column column = {.values = rig->values, .nulls = rig->nulls};
	struct block block = {.n_rows = n, .n_slots = n, .n_columns = 1, .columns = &column};
	uint16_t slots[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];

	memcpy(rig->values, values, (size_t)width * n);
	for (uint16_t i = 0; i < n; i++) {
		slots[i] = i;
		states[i] = rig->state;
	}
	return aggregate_update(&rig->call, &block, slots, n, states, 0, &rig->heap);
}

// The result in slot 0; false when it is NULL.
static bool result(struct rig *rig)
{
	struct column column = {.values = rig->result, .nulls = rig->result_nulls};
	void *states[] = {rig->state};

	memset(rig->result_nulls, 0xff, sizeof(rig->result_nulls));
	aggregate_result(&rig->call, states, 1, 0, &column, NULL);
	return !nulls_get(rig->result_nulls, 0);
}

static void result_types_are_flinks(void **)
{
	static const struct {
		const char *name;
		struct type argument;
		const char *result;
	} cases[] = {
		{"SUM", {TYPE_INT, true, 0, 0, NULL}, "INT"},
		{"sum", {TYPE_FLOAT, false, 0, 0, NULL}, "FLOAT"},
		{"SUM", {TYPE_DECIMAL, true, 10, 2, NULL}, "DECIMAL(38, 2)"},
		{"AVG", {TYPE_TINYINT, true, 0, 0, NULL}, "TINYINT"},
		{"AVG", {TYPE_DECIMAL, true, 10, 2, NULL}, "DECIMAL(38, 6)"},
		{"AVG", {TYPE_DECIMAL, true, 10, 8, NULL}, "DECIMAL(38, 8)"},
		{"Min", {TYPE_VARCHAR, true, 20, 0, NULL}, "VARCHAR(20)"},
		{"MAX", {TYPE_TIMESTAMP, true, 3, 0, NULL}, "TIMESTAMP(3)"},
		{"COUNT", {TYPE_VARCHAR, true, 20, 0, NULL}, "BIGINT NOT NULL"},
	};
	char text[TYPE_NAME_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct aggregate_call call;
		struct err err;

		assert_int_equal(resolve(cases[i].name, &cases[i].argument, &call, &err), 0);
		assert_string_equal(type_name(call.result_type, text), cases[i].result);
	}
}

static void what_there_is_not_is_refused_with_the_reason(void **)
{
	struct type text = type_of(TYPE_VARCHAR);
	struct aggregate_call call;
	struct err err = {0};

	assert_int_equal(resolve("SUM", &text, &call, &err), -EINVAL);
	assert_string_equal(err.text, "SUM does not take STRING");
	assert_int_equal(err.pos.column, 7);
	err = (struct err){0};
	assert_int_equal(resolve("MAX", NULL, &call, &err), -EINVAL);
	assert_non_null(strstr(err.text, "only COUNT takes *"));
	err = (struct err){0};
	assert_int_equal(resolve("MEDIAN", &text, &call, &err), -EINVAL);
	assert_non_null(strstr(err.text, "MEDIAN"));
	assert_true(aggregate_is_name("avg"));
	assert_false(aggregate_is_name("median"));
}

static void no_value_gives_null_and_no_count(void **)
{
	static const char *const names[] = {"SUM", "AVG", "MIN", "MAX"};
	const int64_t values[] = {1, 2};
	struct rig rig;

	for (int i = 0; i < 4; i++) {
		set_up(&rig, names[i], type_of(TYPE_BIGINT), 1);
		rig.nulls[0] = 3;
		add(&rig, values, 8, 2);
		assert_false(result(&rig));
		tear_down(&rig);
	}
	set_up(&rig, "COUNT", type_of(TYPE_BIGINT), 1);
	rig.nulls[0] = 2;
	add(&rig, values, 8, 2);
	assert_true(result(&rig));
	assert_int_equal(*(int64_t *)rig.result, 1);
	tear_down(&rig);
}

static void integer_sums_wrap_to_their_type(void **)
{
	const int8_t small[] = {100, 100, 100};
	const int64_t large[] = {INT64_MAX, 2};
	struct rig rig;

	set_up(&rig, "SUM", type_of(TYPE_TINYINT), 1);
	add(&rig, small, 1, 3);
	assert_true(result(&rig));
	assert_int_equal(*(int8_t *)rig.result, 44);
	tear_down(&rig);
	set_up(&rig, "SUM", type_of(TYPE_BIGINT), 1);
	add(&rig, large, 8, 2);
	assert_true(result(&rig));
	assert_int_equal(*(int64_t *)rig.result, INT64_MIN + 1);
	tear_down(&rig);
}

static void integer_averages_are_truncated(void **)
{
	const int32_t values[] = {-3, -4};
	struct rig rig;

	set_up(&rig, "AVG", type_of(TYPE_INT), 1);
	add(&rig, values, 4, 2);
	assert_true(result(&rig));
	assert_int_equal(*(int32_t *)rig.result, -3);
	tear_down(&rig);
}

static void decimal_averages_are_rounded_half_up(void **)
{
	const decimal values[] = {1, 0, 0, -1, 1, 1};
	struct rig rig;

	set_up(&rig, "AVG", type_decimal(5, 0), 1);
	add(&rig, values, 16, 6);
	assert_true(result(&rig));
	assert_true(*(decimal *)rig.result == 333333); // 2 / 6 at scale 6
	add(&rig, (const decimal[]){2}, 16, 1);
	assert_true(result(&rig));
	assert_true(*(decimal *)rig.result == 571429); // 4 / 7 = 0.5714285…
	tear_down(&rig);
}

static void a_decimal_sum_that_has_overflown_stays_null(void **)
{
	decimal values[] = {decimal_power(38) - 1, 1, -1, -5};
	struct rig rig;

	set_up(&rig, "SUM", type_decimal(38, 0), 1);
	add(&rig, values, 16, 1);
	assert_true(result(&rig));
	add(&rig, values, 16, 4);
	assert_false(result(&rig));
	tear_down(&rig);
}

// In whatever order they come.
static void nan_is_the_largest_number(void **)
{
	const double orders[][3] = {{NAN, 1, 2}, {1, NAN, 2}, {1, 2, NAN}, {2, 1, NAN}};
	struct rig rig;

	for (int i = 0; i < 4; i++) {
		set_up(&rig, "MAX", type_of(TYPE_DOUBLE), 1);
		add(&rig, orders[i], 8, 3);
		assert_true(result(&rig));
		assert_true(isnan(*(double *)rig.result));
		tear_down(&rig);
		set_up(&rig, "MIN", type_of(TYPE_DOUBLE), 1);
		add(&rig, orders[i], 8, 3);
		assert_true(result(&rig));
		assert_true(*(double *)rig.result == 1);
		tear_down(&rig);
	}
}

// Longer and longer strings need at most twice the room of the longest.
static void long_strings_reuse_their_room(void **)
{
	static char text[KEY_STRING_MAX + 1];
	struct rig rig;

	set_up(&rig, "MAX", type_of(TYPE_VARCHAR), 8);
	for (uint32_t len = 1; len <= KEY_STRING_MAX; len++) {
		struct str view;

		text[len - 1] = 'a';
		view = str_view(text, len);
		assert_int_equal(add(&rig, &view, sizeof(view), 1), 0);
		assert_true(result(&rig));
		assert_int_equal(((struct str *)rig.result)->len, len);
	}
	assert_memory_equal(str_data((struct str *)rig.result), text, KEY_STRING_MAX);
	assert_true(rig.pool.n_used <= 3);
	tear_down(&rig);
}

static void values_without_room_are_counted_and_change_nothing(void **)
{
	static char text[KEY_STRING_MAX + 2];
	struct str small = str_view("b", 1), large, huge;
	struct rig rig;

	memset(text, 'c', sizeof(text));
	large = str_view(text, 100);
	huge = str_view(text, KEY_STRING_MAX + 1);
	set_up(&rig, "MAX", type_of(TYPE_VARCHAR), 0); // no page
	assert_int_equal(add(&rig, &small, sizeof(small), 1), 0);
	assert_int_equal(add(&rig, &large, sizeof(large), 1), 1);
	assert_true(result(&rig));
	assert_true(str_equal((struct str *)rig.result, &small));
	tear_down(&rig);
	set_up(&rig, "MAX", type_of(TYPE_VARCHAR), 8);
	assert_int_equal(add(&rig, &huge, sizeof(huge), 1), 1);
	assert_false(result(&rig));
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(result_types_are_flinks),
		cmocka_unit_test(what_there_is_not_is_refused_with_the_reason),
		cmocka_unit_test(no_value_gives_null_and_no_count),
		cmocka_unit_test(integer_sums_wrap_to_their_type),
		cmocka_unit_test(integer_averages_are_truncated),
		cmocka_unit_test(decimal_averages_are_rounded_half_up),
		cmocka_unit_test(a_decimal_sum_that_has_overflown_stays_null),
		cmocka_unit_test(nan_is_the_largest_number),
		cmocka_unit_test(long_strings_reuse_their_room),
		cmocka_unit_test(values_without_room_are_counted_and_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
