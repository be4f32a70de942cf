// CAST and TRY_CAST, as Flink's CastRules have them.
#include "sugar.h"
#include <math.h>

static const struct expr *dec(const char *text, int32_t precision, int32_t scale)
{
	return cast(lit_str(text), type_decimal(precision, scale));
}

static struct type length(enum type_kind kind, int32_t n)
{
	struct type type = type_of(kind);

	type.precision = n;
	return type;
}

static void numbers_wrap_and_truncate_as_in_java(void **)
{
	assert_value(cast(lit_int(300), type_of(TYPE_TINYINT)), "44");
	assert_value(cast(lit_big(1LL << 40), type_of(TYPE_INT)), "0");
	assert_value(cast(lit_double(-3.99), type_of(TYPE_INT)), "-3");
	assert_value(cast(lit_double(1e30), type_of(TYPE_INT)), "2147483647");
	assert_value(cast(lit_double(-1e30), type_of(TYPE_BIGINT)), "-9223372036854775808");
	assert_value(cast(lit_double(NAN), type_of(TYPE_BIGINT)), "0");
	assert_value(cast(lit_int(1), type_of(TYPE_BOOLEAN)), "TRUE");
	assert_value(cast(lit_bool(true), type_of(TYPE_DOUBLE)), "1.0");
	assert_value(cast(lit_int(3), type_of(TYPE_FLOAT)), "3.0");
}

static void decimals_round_half_up_and_overflow_to_null(void **)
{
	assert_value(cast(dec("1.235", 5, 3), type_decimal(5, 2)), "1.24");
	assert_value(cast(dec("-1.235", 5, 3), type_decimal(5, 2)), "-1.24");
	assert_value(cast(dec("99.95", 4, 2), type_decimal(3, 1)), "NULL");
	assert_value(cast(lit_int(12345), type_decimal(4, 0)), "NULL");
	assert_value(cast(lit_int(123), type_decimal(5, 2)), "123.00");
	assert_value(cast(lit_double(1.005), type_decimal(5, 2)), "1.01");
	assert_value(cast(dec("-3.99", 5, 2), type_of(TYPE_INT)), "-3");
	assert_value(cast(dec("1.50", 5, 2), type_of(TYPE_DOUBLE)), "1.5");
	assert_value(cast(lit_str("1e400"), type_decimal(5, 2)), "NULL");
}

static void numbers_become_text(void **)
{
	assert_value(cast(lit_double(1e10), type_of(TYPE_VARCHAR)), "1.0E10");
	assert_value(cast(dec("1.1", 5, 2), type_of(TYPE_VARCHAR)), "1.10");
	assert_value(cast(lit_bool(false), type_of(TYPE_VARCHAR)), "FALSE");
	assert_value(cast(lit_int(12345), length(TYPE_VARCHAR, 3)), "123");
	assert_value(cast(lit_int(12), length(TYPE_CHAR, 5)), "12   ");
}

static void text_becomes_numbers(void **)
{
	assert_value(cast(lit_str(" 12 "), type_of(TYPE_INT)), "12");
	assert_value(cast(lit_str("1.9"), type_of(TYPE_INT)), "1");
	assert_value(cast(lit_str("-128"), type_of(TYPE_TINYINT)), "-128");
	assert_value(cast(lit_str("1.5e3"), type_of(TYPE_DOUBLE)), "1500.0");
	assert_value(cast(lit_str("Yes"), type_of(TYPE_BOOLEAN)), "TRUE");
	assert_value(cast(lit_str("0"), type_of(TYPE_BOOLEAN)), "FALSE");
}

static void bad_text_faults_or_is_null(void **)
{
	static const enum type_kind kinds[] = {TYPE_TINYINT, TYPE_INT, TYPE_BIGINT, TYPE_DOUBLE,
		TYPE_DECIMAL, TYPE_BOOLEAN, TYPE_DATE, TYPE_TIME, TYPE_TIMESTAMP};
	static const char *const texts[] = {"", "  ", "abc", "1x", "-", "2020-13-30", "1.2.3"};

	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++)
		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
			const struct expr *text = lit_str(texts[i]);

			assert_memory_equal(
				value_of(cast(text, type_of(kinds[kind]))), "fault: ", 7);
			assert_value(try_cast(text, type_of(kinds[kind])), "NULL");
		}
	assert_value(try_cast(lit_str("128"), type_of(TYPE_TINYINT)), "NULL");
}

static void lengths_cut_and_pad(void **)
{
	assert_value(cast(lit_str("abcdef"), length(TYPE_VARCHAR, 3)), "abc");
	assert_value(cast(lit_str("ab"), length(TYPE_CHAR, 4)), "ab  ");
	assert_value(cast(lit_str("\xc3\xa4\xc3\xb6\xc3\xbc"), length(TYPE_CHAR, 2)),
		"\xc3\xa4\xc3\xb6");
	assert_value(cast(lit_str("a text that is longer than a view"), length(TYPE_CHAR, 36)),
		"a text that is longer than a view   ");
	assert_value(cast(lit_str("ab"), length(TYPE_VARCHAR, 4)), "ab");
}

static void times_change_their_type(void **)
{
	const struct expr *ts =
		cast(lit_str("2020-01-02 03:04:05.678901"), type_timestamp(TYPE_TIMESTAMP, 6));

	assert_value(ts, "2020-01-02 03:04:05.678901");
	assert_value(cast(ts, type_timestamp(TYPE_TIMESTAMP, 3)), "2020-01-02 03:04:05.678");
	assert_value(cast(ts, type_of(TYPE_DATE)), "2020-01-02");
	assert_value(cast(cast(ts, type_of(TYPE_DATE)), type_timestamp(TYPE_TIMESTAMP, 3)),
		"2020-01-02 00:00:00.000");
	assert_value(cast(lit_str("2020-1-2 3:4:5.6789"), type_timestamp(TYPE_TIMESTAMP, 1)),
		"2020-01-02 03:04:05.6");
	assert_value(try_cast(lit_str("2020-01-02T03:04:05"), type_timestamp(TYPE_TIMESTAMP, 0)),
		"NULL");
	assert_value(
		try_cast(lit_str("2020-01-02 03:04"), type_timestamp(TYPE_TIMESTAMP, 0)), "NULL");
	// java.time: the last day of the month, and midnight at its end.
	assert_value(cast(lit_str("2020-02-30 24:00:00"), type_timestamp(TYPE_TIMESTAMP, 0)),
		"2020-03-01 00:00:00");
	assert_value(cast(lit_str("2020-01-02"), type_timestamp(TYPE_TIMESTAMP, 3)),
		"2020-01-02 00:00:00.000");
	assert_value(cast(lit_str("1969-12-31 23:59:59"), type_of(TYPE_DATE)), "1969-12-31");
	assert_value(cast(lit_str("2020-3"), type_of(TYPE_DATE)), "2020-03-01");
	assert_value(try_cast(lit_str("2020-02-30"), type_of(TYPE_DATE)), "NULL");
	assert_value(cast(lit_str("3:4"), type_of(TYPE_TIME)), "03:04:00");
	assert_value(cast(cast(lit_str("1969-12-31 23:59:59"), type_timestamp(TYPE_TIMESTAMP, 3)),
			     type_of(TYPE_DATE)),
		"1969-12-31");
}

static void a_cast_to_the_same_type_is_the_argument(void **)
{
	const struct expr *a = expr_column(arena, 3, type_of(TYPE_INT), (struct pos){0});

	assert_int_equal(cast(a, type_of(TYPE_INT))->kind, EXPR_COLUMN);
	assert_int_equal(cast(a, type_of(TYPE_BIGINT))->kind, EXPR_CALL);
}

static void impossible_casts_are_refused(void **)
{
	err = (struct err){0};
	assert_null(
		expr_cast(arena, lit_bool(true), type_of(TYPE_DATE), false, (struct pos){0}, &err));
	assert_string_equal(err.text, "cannot cast BOOLEAN to DATE");
	err = (struct err){0};
	assert_null(expr_cast(
		arena, lit_int(1), type_of(TYPE_TIMESTAMP), false, (struct pos){0}, &err));
	assert_string_equal(err.text, "cannot cast INT to TIMESTAMP(6)");
}

static void assignment_only_widens(void **)
{
	err = (struct err){0};
	assert_non_null(expr_assign(arena, lit_int(1), type_of(TYPE_BIGINT), "n", &err));
	assert_non_null(expr_assign(arena, lit_int(1), type_decimal(10, 2), "n", &err));
	assert_non_null(expr_assign(arena, lit_str("a"), type_of(TYPE_VARCHAR), "s", &err));
	assert_non_null(expr_assign(arena, lit_null(TYPE_NULL), type_of(TYPE_DATE), "d", &err));
	assert_null(expr_assign(arena, lit_big(1), type_of(TYPE_INT), "n", &err));
	assert_string_equal(err.text, "column 'n' is INT, the value is BIGINT: use CAST");
	err = (struct err){0};
	assert_null(expr_assign(arena, lit_int(1), type_of(TYPE_VARCHAR), "s", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_wrap_and_truncate_as_in_java),
		cmocka_unit_test(decimals_round_half_up_and_overflow_to_null),
		cmocka_unit_test(numbers_become_text),
		cmocka_unit_test(text_becomes_numbers),
		cmocka_unit_test(bad_text_faults_or_is_null),
		cmocka_unit_test(lengths_cut_and_pad),
		cmocka_unit_test(times_change_their_type),
		cmocka_unit_test(a_cast_to_the_same_type_is_the_argument),
		cmocka_unit_test(impossible_casts_are_refused),
		cmocka_unit_test(assignment_only_widens),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
