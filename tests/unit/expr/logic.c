#include "sugar.h"

enum { F, T, N }; // FALSE, TRUE, NULL

static const struct expr *truth(int value)
{
	return value == N ? lit_null(TYPE_BOOLEAN) : lit_bool(value);
}

static const char *const names[] = {"FALSE", "TRUE", "NULL"};

// The same as columns, so that nothing is folded.
static const char *of_columns(const char *name, int a, int b)
{
	uint8_t values[2][BLOCK_ROWS_MAX] = {{a == T}, {b == T}};
	uint64_t nulls[2][BLOCK_NULL_WORDS] = {{a == N}, {b == N}};
	struct column columns[2] = {{values[0], nulls[0]}, {values[1], nulls[1]}}, column;
	struct block block = {.n_rows = 1, .n_slots = 1, .n_columns = 2, .columns = columns};
	const struct expr *args[] = {expr_column(arena, 0, type_of(TYPE_BOOLEAN), (struct pos){0}),
		expr_column(arena, 1, type_of(TYPE_BOOLEAN), (struct pos){0})};
	const struct expr *expr = must(expr_call(arena, name, args, 2, (struct pos){0}, &err));
	struct program *program = program_new(&mem_libc, &expr, 1, NULL);
	struct eval eval = {0};
	int result;

	program_run(program, &block, &eval, &column);
	result = nulls_get(column.nulls, 0) ? N : *(const uint8_t *)column.values;
	program_free(program);
	return names[result];
}

static void and_or_follow_the_tables(void **)
{
	static const int and_table[3][3] = {{F, F, F}, {F, T, N}, {F, N, N}};
	static const int or_table[3][3] = {{F, T, N}, {T, T, T}, {N, T, N}};

	for (int a = F; a <= N; a++)
		for (int b = F; b <= N; b++) {
			const char *both = names[and_table[a][b]], *either = names[or_table[a][b]];

			assert_value(CALL("AND", truth(a), truth(b)), both);
			assert_value(CALL("OR", truth(a), truth(b)), either);
			assert_string_equal(of_columns("AND", a, b), both);
			assert_string_equal(of_columns("OR", a, b), either);
		}
}

static void tests_of_truth_are_never_null(void **)
{
	static const struct {
		const char *name;
		int results[3];
	} tests[] = {
		{"IS TRUE", {F, T, F}},
		{"IS NOT TRUE", {T, F, T}},
		{"IS FALSE", {T, F, F}},
		{"IS NOT FALSE", {F, T, T}},
		{"IS UNKNOWN", {F, F, T}},
		{"IS NOT UNKNOWN", {T, T, F}},
		{"IS NULL", {F, F, T}},
		{"IS NOT NULL", {T, T, F}},
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		for (int a = F; a <= N; a++)
			assert_value(CALL(tests[i].name, truth(a)), names[tests[i].results[a]]);
	assert_value(CALL("NOT", truth(N)), "NULL");
	assert_value(CALL("NOT", truth(T)), "FALSE");
}

static void distinct_takes_two_nulls_as_the_same(void **)
{
	const struct expr *null = lit_null(TYPE_INT);

	assert_value(CALL("IS DISTINCT FROM", null, null), "FALSE");
	assert_value(CALL("IS DISTINCT FROM", null, lit_int(1)), "TRUE");
	assert_value(CALL("IS DISTINCT FROM", lit_int(1), lit_int(2)), "TRUE");
	assert_value(CALL("IS NOT DISTINCT FROM", null, null), "TRUE");
	assert_value(CALL("IS NOT DISTINCT FROM", lit_int(1), null), "FALSE");
	assert_type(CALL("IS DISTINCT FROM", null, lit_int(1)), "BOOLEAN NOT NULL");
}

static void between_includes_both_ends(void **)
{
	assert_value(CALL("BETWEEN", lit_int(1), lit_int(1), lit_int(3)), "TRUE");
	assert_value(CALL("BETWEEN", lit_int(3), lit_int(1), lit_int(3)), "TRUE");
	assert_value(CALL("BETWEEN", lit_int(4), lit_int(1), lit_int(3)), "FALSE");
	assert_value(CALL("BETWEEN", lit_int(2), lit_int(3), lit_int(1)), "FALSE");
	assert_value(CALL("BETWEEN SYMMETRIC", lit_int(2), lit_int(3), lit_int(1)), "TRUE");
	assert_value(CALL("BETWEEN", lit_int(4), lit_null(TYPE_INT), lit_int(3)), "FALSE");
	assert_value(CALL("BETWEEN", lit_int(2), lit_null(TYPE_INT), lit_int(3)), "NULL");
}

static void in_is_null_when_a_null_might_be_it(void **)
{
	const struct expr *null = lit_null(TYPE_INT);

	assert_value(CALL("IN", lit_int(1), lit_int(2), lit_int(1)), "TRUE");
	assert_value(CALL("IN", lit_int(1), lit_int(2), lit_int(3)), "FALSE");
	assert_value(CALL("IN", lit_int(1), lit_int(2), null), "NULL");
	assert_value(CALL("IN", lit_int(2), lit_int(2), null), "TRUE");
	// The same as a sorted list.
	assert_value(
		CALL("IN", lit_int(7), lit_int(9), lit_big(7), lit_int(3), lit_int(5)), "TRUE");
	assert_value(
		CALL("IN", lit_int(8), lit_int(9), lit_big(7), lit_int(3), lit_int(5)), "FALSE");
	assert_value(CALL("IN", lit_int(8), lit_int(9), null, lit_int(3), lit_int(5)), "NULL");
	assert_value(
		CALL("IN", lit_str("b"), lit_str("abc"), lit_str("b"), lit_str("cd"), lit_str("d")),
		"TRUE");
	assert_value(
		CALL("IN", lit_str("c"), lit_str("abc"), lit_str("b"), lit_str("cd"), lit_str("d")),
		"FALSE");
	assert_value(CALL("IN", lit_null(TYPE_INT), lit_int(9), lit_int(1), lit_int(3), lit_int(5)),
		"NULL");
}

static void comparisons_bring_both_sides_to_one_type(void **)
{
	const struct expr *day = cast(lit_str("2020-01-02"), type_of(TYPE_DATE));

	assert_value(CALL("=", lit_str("12"), lit_int(12)), "TRUE");
	assert_value(CALL("<", lit_int(9), lit_str("10")), "TRUE");
	assert_value(CALL("=", cast(lit_str("1.10"), type_decimal(5, 2)),
			     cast(lit_str("1.1"), type_decimal(5, 1))),
		"TRUE");
	assert_value(CALL(">", cast(lit_str("1.10"), type_decimal(5, 2)), lit_int(1)), "TRUE");
	assert_value(CALL("=", lit_double(0.5), cast(lit_str("0.5"), type_decimal(5, 1))), "TRUE");
	assert_value(CALL("=", day, lit_str("2020-01-02")), "TRUE");
	assert_value(CALL("<", day, lit_str("2020-01-03")), "TRUE");
	assert_value(
		CALL("<", day,
			cast(lit_str("2020-01-02 00:00:01"), type_timestamp(TYPE_TIMESTAMP, 3))),
		"TRUE");
	assert_value(CALL("=", lit_str("a"), lit_null(TYPE_NULL)), "NULL");
	assert_null(try_call("=", 2, day, lit_bool(true)));
	assert_string_equal(err.text, "cannot apply '=' to arguments of type DATE and BOOLEAN");
}

static void decimals_far_apart_compare_exactly(void **)
{
	const struct expr *large =
		cast(lit_str("9999999999999999999999999999999999"), type_decimal(38, 0));
	const struct expr *small =
		cast(lit_str("0.00000000000000000000000000000001"), type_decimal(38, 37));

	assert_value(CALL("<", small, large), "TRUE");
	assert_value(CALL(">=", small, large), "FALSE");
	assert_value(CALL("=", cast(lit_str("1"), type_decimal(38, 0)),
			     cast(lit_str("1"), type_decimal(38, 37))),
		"TRUE");
}

static void conditions_choose(void **)
{
	const struct expr *null = lit_null(TYPE_NULL);

	assert_value(
		CALL("CASE", lit_bool(false), lit_int(1), lit_bool(true), lit_big(2), null), "2");
	assert_type(CALL("CASE", expr_column(arena, 0, type_of(TYPE_BOOLEAN), (struct pos){0}),
			    lit_int(1), lit_big(2)),
		"BIGINT NOT NULL");
	assert_value(CALL("COALESCE", null, lit_null(TYPE_INT), lit_int(3)), "3");
	assert_value(CALL("COALESCE", null, null), "NULL");
	assert_value(CALL("IFNULL", lit_null(TYPE_INT), lit_int(5)), "5");
	assert_value(CALL("NULLIF", lit_int(5), lit_int(5)), "NULL");
	assert_value(CALL("NULLIF", lit_int(5), lit_int(0)), "5");
	assert_value(CALL("IF", CALL(">", lit_int(5), lit_int(3)), lit_int(5), lit_int(3)), "5");
	assert_value(CALL("GREATEST", lit_int(1), lit_int(7), lit_big(3)), "7");
	assert_value(CALL("LEAST", lit_str("b"), lit_str("a"), lit_str("c")), "a");
	assert_value(CALL("GREATEST", lit_int(1), lit_null(TYPE_INT)), "NULL");
}

static void coalesce_is_not_null_when_the_last_is_not(void **)
{
	const struct expr *a = expr_column(arena, 0, type_of(TYPE_INT), (struct pos){0});

	assert_type(CALL("COALESCE", a, lit_int(0)), "INT NOT NULL");
	assert_type(CALL("COALESCE", a, a), "INT");
}

static void a_decided_row_does_not_fault(void **)
{
	const struct expr *bad = CALL("=", CALL("/", lit_int(1), lit_int(0)), lit_int(1));

	assert_value(CALL("AND", lit_bool(false), bad), "FALSE");
	assert_value(CALL("OR", lit_bool(true), bad), "TRUE");
	assert_value(CALL("AND", lit_bool(true), bad), "fault: / by zero");
}

static void deep_sharing_is_refused(void **)
{
	const struct expr *expr = expr_column(arena, 0, type_of(TYPE_INT), (struct pos){0});

	for (int i = 0; i < 64 && expr != NULL; i++)
		expr = try_call("NULLIF", 2, expr, lit_int(i));
	assert_null(expr);
	assert_string_equal(err.text, "the expression is too large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(and_or_follow_the_tables),
		cmocka_unit_test(tests_of_truth_are_never_null),
		cmocka_unit_test(distinct_takes_two_nulls_as_the_same),
		cmocka_unit_test(between_includes_both_ends),
		cmocka_unit_test(in_is_null_when_a_null_might_be_it),
		cmocka_unit_test(comparisons_bring_both_sides_to_one_type),
		cmocka_unit_test(decimals_far_apart_compare_exactly),
		cmocka_unit_test(conditions_choose),
		cmocka_unit_test(coalesce_is_not_null_when_the_last_is_not),
		cmocka_unit_test(a_decided_row_does_not_fault),
		cmocka_unit_test(deep_sharing_is_refused),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
