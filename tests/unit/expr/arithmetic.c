#include "sugar.h"

static const struct expr *lit_dec(const char *text, int32_t precision, int32_t scale)
{
	return cast(lit_str(text), type_decimal(precision, scale));
}

static void integers_take_the_wider_type(void **)
{
	assert_type(CALL("+", lit_int(1), lit_int(2)), "INT NOT NULL");
	assert_type(CALL("+", lit_int(1), lit_big(2)), "BIGINT NOT NULL");
	assert_type(CALL("*", cast(lit_int(1), type_of(TYPE_TINYINT)),
			    cast(lit_int(1), type_of(TYPE_TINYINT))),
		"TINYINT NOT NULL");
	assert_value(CALL("+", lit_int(1), lit_big(2)), "3");
	assert_value(CALL("-", lit_int(1), lit_big(2)), "-1");
	assert_value(CALL("*", lit_int(4), lit_big(-2)), "-8");
}

static void integers_wrap_around(void **)
{
	assert_value(CALL("+", lit_int(INT32_MAX), lit_int(1)), "-2147483648");
	assert_value(CALL("*", lit_big(INT64_MAX), lit_int(2)), "-2");
	assert_value(CALL("-", lit_int(INT32_MIN)), "-2147483648");
	assert_value(CALL("/", lit_int(INT32_MIN), lit_int(-1)), "-2147483648");
}

static void integers_divide_without_remainder(void **)
{
	assert_type(CALL("/", lit_int(5), lit_int(2)), "INT NOT NULL");
	assert_value(CALL("/", lit_int(5), lit_int(2)), "2");
	assert_value(CALL("/", lit_int(-5), lit_int(2)), "-2");
	assert_value(CALL("%", lit_int(-5), lit_int(3)), "-2");
	assert_value(CALL("/", lit_double(5), lit_int(2)), "2.5");
}

static void the_remainder_has_the_divisors_type(void **)
{
	assert_type(CALL("MOD", lit_big(7), lit_int(4)), "INT NOT NULL");
	assert_value(CALL("MOD", lit_big(7), lit_int(4)), "3");
}

static void division_by_zero_faults_when_it_runs(void **)
{
	assert_value(CALL("/", lit_int(1), lit_int(0)), "fault: / by zero");
	assert_value(CALL("%", lit_int(1), lit_int(0)), "fault: / by zero");
	assert_value(CALL("/", lit_dec("1", 3, 1), lit_int(0)), "fault: Division by zero");
	assert_value(CALL("/", lit_double(1), lit_int(0)), "Infinity");
}

static void decimals_follow_the_type_rules(void **)
{
	static const struct {
		const char *op;
		int32_t p1, s1, p2, s2;
		const char *type;
	} rules[] = {
		{"+", 10, 2, 5, 3, "DECIMAL(12, 3)"},
		{"-", 10, 2, 10, 2, "DECIMAL(11, 2)"},
		{"*", 10, 2, 5, 3, "DECIMAL(16, 5)"},
		{"*", 30, 10, 30, 10, "DECIMAL(38, 6)"},
		{"*", 30, 20, 30, 20, "DECIMAL(38, 17)"},
		{"*", 38, 2, 38, 3, "DECIMAL(38, 5)"},
		{"/", 32, 8, 38, 8, "DECIMAL(38, 6)"},
		{"/", 30, 20, 30, 20, "DECIMAL(38, 8)"},
		{"/", 5, 2, 3, 1, "DECIMAL(10, 6)"},
		{"%", 30, 10, 30, 10, "DECIMAL(30, 10)"},
		{"%", 30, 20, 25, 20, "DECIMAL(25, 20)"},
		{"+", 38, 8, 32, 8, "DECIMAL(38, 7)"},
		{"+", 32, 8, 38, 8, "DECIMAL(38, 7)"},
		{"+", 30, 20, 28, 20, "DECIMAL(31, 20)"},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct expr *a = expr_column(
			arena, 0, type_decimal(rules[i].p1, rules[i].s1), (struct pos){0});
		const struct expr *b = expr_column(
			arena, 1, type_decimal(rules[i].p2, rules[i].s2), (struct pos){0});

		assert_type(CALL(rules[i].op, a, b), rules[i].type);
	}
}

static void decimals_are_exact(void **)
{
	assert_value(CALL("+", lit_dec("1.10", 10, 2), lit_dec("2.205", 10, 3)), "3.305");
	assert_value(CALL("-", lit_dec("1.10", 10, 2), lit_dec("2.205", 10, 3)), "-1.105");
	assert_value(CALL("*", lit_dec("1.10", 10, 2), lit_dec("-2.5", 10, 1)), "-2.750");
	assert_value(CALL("/", lit_dec("1.00", 5, 2), lit_dec("3.0", 3, 1)), "0.333333");
	assert_value(CALL("%", lit_dec("7.5", 5, 1), lit_int(2)), "1.5");
	assert_value(CALL("-", lit_dec("7.5", 5, 1)), "-7.5");
	assert_value(CALL("*", lit_dec("99999999999999999999999999999999999999", 38, 0),
			     lit_dec("99999999999999999999999999999999999999", 38, 0)),
		"NULL");
}

static void an_integer_beside_a_decimal_is_a_decimal(void **)
{
	const struct expr *amount = expr_column(arena, 0, type_decimal(10, 2), (struct pos){0});

	assert_type(CALL("*", amount, lit_int(2)), "DECIMAL(21, 2)");
	assert_type(CALL("+", amount, lit_int(2)), "DECIMAL(13, 2)");
	assert_type(CALL("*", amount, lit_double(2)), "DOUBLE");
}

static void intervals_move_times(void **)
{
	const struct expr *day = cast(lit_str("2020-01-31"), type_of(TYPE_DATE));
	const struct expr *ts =
		cast(lit_str("2020-01-31 00:00:01"), type_timestamp(TYPE_TIMESTAMP, 6));
	const struct expr *hour = expr_literal(
		arena, type_of(TYPE_INTERVAL_DAY), (union scalar){.i64 = 3600000}, (struct pos){0});
	const struct expr *month = expr_literal(
		arena, type_of(TYPE_INTERVAL_YEAR), (union scalar){.i32 = 1}, (struct pos){0});

	assert_value(CALL("+", ts, hour), "2020-01-31 01:00:01.000000");
	assert_value(CALL("-", ts, hour), "2020-01-30 23:00:01.000000");
	assert_value(CALL("+", month, ts), "2020-02-29 00:00:01.000000");
	assert_value(CALL("+", day, month), "2020-02-29");
	assert_value(CALL("-", day, month), "2019-12-31");
	assert_value(CALL("*", hour, lit_int(25)), "+1 01:00:00.000");
	assert_value(CALL("+", month, month), "+0-02");
}

static void what_does_not_fit_is_refused(void **)
{
	assert_null(try_call("+", 2, lit_bool(true), lit_int(1)));
	assert_string_equal(err.text, "cannot apply '+' to arguments of type BOOLEAN and INT");
	assert_null(try_call("MOD", 1, lit_int(1)));
	assert_string_equal(err.text, "'MOD' takes 2 arguments, not 1: MOD(a, b)");
	assert_null(try_call("COALESC", 1, lit_int(1)));
	assert_string_equal(err.text, "unknown function 'COALESC'; did you mean 'COALESCE'?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_take_the_wider_type),
		cmocka_unit_test(integers_wrap_around),
		cmocka_unit_test(integers_divide_without_remainder),
		cmocka_unit_test(the_remainder_has_the_divisors_type),
		cmocka_unit_test(division_by_zero_faults_when_it_runs),
		cmocka_unit_test(decimals_follow_the_type_rules),
		cmocka_unit_test(decimals_are_exact),
		cmocka_unit_test(an_integer_beside_a_decimal_is_a_decimal),
		cmocka_unit_test(intervals_move_times),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
