// Mathematics, rounding, times: vectors from Flink's function reference and its tests.
#include "expr/session.h" // before sugar.h, whose arena it would shadow
#include "sugar.h"
#include "expr/function.h"
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define S lit_str
#define I lit_int

static const struct expr *dec(const char *text, int32_t precision, int32_t scale)
{
	return cast(S(text), type_decimal(precision, scale));
}

static const struct expr *ts(const char *text)
{
	return cast(S(text), type_timestamp(TYPE_TIMESTAMP, 3));
}

static const struct expr *day(const char *text)
{
	return cast(S(text), type_of(TYPE_DATE));
}

static const struct expr *interval(enum type_kind kind, int32_t value)
{
	union scalar scalar = {.i64 = value};

	if (kind == TYPE_INTERVAL_YEAR)
		scalar.i32 = value;
	return expr_literal(arena, type_of(kind), scalar, (struct pos){0});
}

static struct type type_time(int32_t precision)
{
	struct type type = type_of(TYPE_TIME);

	type.precision = precision;
	return type;
}

static void abs_and_sign_keep_the_type(void **)
{
	assert_value(CALL("ABS", I(-5)), "5");
	assert_value(CALL("ABS", dec("-1.50", 5, 2)), "1.50");
	assert_type(CALL("ABS", dec("-1.50", 5, 2)), "DECIMAL(5, 2) NOT NULL");
	assert_value(CALL("SIGN", lit_double(-2.5)), "-1.0");
	assert_value(CALL("SIGN", dec("1.5", 5, 1)), "1.0");
}

static void rounding_takes_halves_away_from_zero(void **)
{
	assert_value(CALL("ROUND", lit_double(2.5)), "3.0");
	assert_value(CALL("ROUND", lit_double(-2.5)), "-3.0");
	assert_value(CALL("ROUND", lit_double(1.005), I(2)), "1.01");
	assert_value(CALL("ROUND", lit_double(149.99), I(-2)), "100.0");
	assert_value(CALL("ROUND", I(125), I(-1)), "130");
	assert_value(CALL("ROUND", I(-125), I(-1)), "-130");
	assert_value(CALL("ROUND", I(125), I(3)), "125");
	assert_value(CALL("ROUND", dec("12.345", 8, 3), I(2)), "12.35");
	assert_type(CALL("ROUND", expr_column(arena, 0, type_decimal(8, 3), (struct pos){0}), I(2)),
		"DECIMAL(8, 2)");
	assert_value(CALL("ROUND", dec("12.345", 8, 3), I(-1)), "10");
	assert_value(CALL("TRUNCATE", lit_double(42.345), I(2)), "42.34");
	assert_value(CALL("TRUNCATE", dec("-42.345", 5, 3), I(1)), "-42.3");
	assert_value(CALL("FLOOR", lit_double(-1.5)), "-2.0");
	assert_value(CALL("CEIL", lit_double(-1.5)), "-1.0");
	assert_value(CALL("FLOOR", dec("-1.50", 5, 2)), "-2");
	assert_value(CALL("CEIL", dec("1.50", 5, 2)), "2");
	assert_value(CALL("FLOOR", I(7)), "7");
}

static void mathematics_is_in_doubles(void **)
{
	assert_value(CALL("POWER", I(2), I(10)), "1024.0");
	assert_value(CALL("SQRT", I(9)), "3.0");
	assert_value(CALL("EXP", I(0)), "1.0");
	assert_value(CALL("LN", I(1)), "0.0");
	assert_value(CALL("LOG10", I(1000)), "3.0");
	assert_value(CALL("LOG2", I(8)), "3.0");
	assert_value(CALL("LOG", I(2), I(8)), "3.0");
	assert_value(must(try_call("PI", 0)), "3.141592653589793");
	assert_value(CALL("DEGREES", must(try_call("PI", 0))), "180.0");
}

static void extract_reads_every_unit(void **)
{
	static const struct {
		const char *unit, *result;
	} cases[] = {
		{"YEAR", "2021"},
		{"QUARTER", "1"},
		{"MONTH", "1"},
		{"WEEK", "53"},
		{"DAY", "3"},
		{"HOUR", "13"},
		{"MINUTE", "14"},
		{"SECOND", "15"},
		{"MILLISECOND", "678"},
		{"DOY", "3"},
		{"DOW", "1"},
		{"ISODOW", "7"},
		{"ISOYEAR", "2020"},
		{"EPOCH", "1609679655"},
		{"CENTURY", "21"},
		{"DECADE", "202"},
		{"MILLENNIUM", "3"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_value(CALL("EXTRACT", S(cases[i].unit), ts("2021-01-03 13:14:15.678")),
			cases[i].result);
	assert_value(CALL("EXTRACT", S("HOUR"), interval(TYPE_INTERVAL_DAY, -93784005)), "-2");
	assert_value(CALL("EXTRACT", S("DAY"), interval(TYPE_INTERVAL_DAY, 93784005)), "1");
	assert_value(CALL("EXTRACT", S("MILLISECOND"), interval(TYPE_INTERVAL_DAY, 93784005)), "5");
	assert_value(CALL("EXTRACT", S("YEAR"), interval(TYPE_INTERVAL_YEAR, 29)), "2");
	assert_value(CALL("EXTRACT", S("MONTH"), interval(TYPE_INTERVAL_YEAR, 29)), "5");
	assert_null(try_call("EXTRACT", 2, S("DAY"), interval(TYPE_INTERVAL_YEAR, 29)));
	assert_value(CALL("TYPEOF", I(1)), "INT NOT NULL");
	assert_value(CALL("TYPEOF", lit_null(TYPE_DOUBLE)), "DOUBLE");
	assert_value(cast(cast(S("12:30"), type_time(3)), type_of(TYPE_VARCHAR)), "12:30:00.0");
	assert_value(cast(cast(S("12:30"), type_time(0)), type_of(TYPE_VARCHAR)), "12:30:00");
	assert_value(CALL("YEAR", day("1994-09-27")), "1994");
	assert_value(CALL("QUARTER", day("1994-09-27")), "3");
	assert_value(CALL("DAYOFYEAR", day("1994-09-27")), "270");
	assert_value(CALL("DAYOFWEEK", day("1994-09-27")), "3");
	assert_value(CALL("WEEK", day("1994-09-27")), "39");
	assert_value(CALL("HOUR", ts("1969-12-31 23:00:00")), "23");
	assert_type(CALL("YEAR", day("1994-09-27")), "BIGINT NOT NULL");
	assert_null(try_call("EXTRACT", 2, S("FORTNIGHT"), day("1994-09-27")));
	assert_string_equal(err.text, "'FORTNIGHT' is no unit of time");
}

static void times_are_cut_to_a_unit(void **)
{
	const struct expr *t = ts("2020-11-18 12:44:31.5");

	assert_value(CALL("FLOOR", t, S("MINUTE")), "2020-11-18 12:44:00.000");
	assert_value(CALL("CEIL", t, S("MINUTE")), "2020-11-18 12:45:00.000");
	assert_value(CALL("FLOOR", t, S("HOUR")), "2020-11-18 12:00:00.000");
	assert_value(CALL("FLOOR", t, S("DAY")), "2020-11-18 00:00:00.000");
	assert_value(CALL("CEIL", t, S("DAY")), "2020-11-19 00:00:00.000");
	assert_value(CALL("FLOOR", t, S("WEEK")), "2020-11-15 00:00:00.000");
	assert_value(CALL("FLOOR", t, S("MONTH")), "2020-11-01 00:00:00.000");
	assert_value(CALL("CEIL", t, S("MONTH")), "2020-12-01 00:00:00.000");
	assert_value(CALL("FLOOR", t, S("QUARTER")), "2020-10-01 00:00:00.000");
	assert_value(CALL("CEIL", t, S("YEAR")), "2021-01-01 00:00:00.000");
	assert_value(CALL("FLOOR", day("2020-11-18"), S("MONTH")), "2020-11-01");
	assert_value(
		CALL("CEIL", ts("2020-11-01 00:00:00"), S("MONTH")), "2020-11-01 00:00:00.000");
}

static void timestamps_move_and_differ(void **)
{
	assert_value(CALL("TIMESTAMPADD", S("WEEK"), I(1), day("2003-01-02")), "2003-01-09");
	assert_value(CALL("TIMESTAMPADD", S("MONTH"), I(1), ts("2020-01-31 10:00:00")),
		"2020-02-29 10:00:00.000");
	assert_value(CALL("TIMESTAMPADD", S("HOUR"), I(25), day("2020-01-01")),
		"2020-01-02 01:00:00.000");
	assert_value(CALL("TIMESTAMPDIFF", S("DAY"), ts("2003-01-02 10:00:00"),
			     ts("2003-01-03 10:00:00")),
		"1");
	assert_value(CALL("TIMESTAMPDIFF", S("DAY"), ts("2003-01-02 10:00:00"),
			     ts("2003-01-03 09:59:59")),
		"0");
	assert_value(CALL("TIMESTAMPDIFF", S("MONTH"), day("2020-01-31"), day("2020-03-30")), "1");
	assert_value(CALL("TIMESTAMPDIFF", S("YEAR"), day("2020-03-01"), day("2018-03-02")), "-1");
	assert_value(CALL("TIMESTAMPDIFF", S("SECOND"), ts("2020-01-01 00:00:01"),
			     ts("2020-01-01 00:00:00")),
		"-1");
}

static void times_are_written_by_a_pattern(void **)
{
	const struct expr *t = ts("2020-01-02 03:04:05.678");

	assert_value(
		CALL("DATE_FORMAT", t, S("yyyy-MM-dd HH:mm:ss.SSS")), "2020-01-02 03:04:05.678");
	assert_value(CALL("DATE_FORMAT", t, S("yy/M/d h 'o''clock' a, EEE MMM")),
		"20/1/2 3 o'clock AM, Thu Jan");
	assert_value(CALL("DATE_FORMAT", S("2020-01-02 03:04:05"), S("yyyyMMdd")), "20200102");
	assert_value(CALL("FROM_UNIXTIME", I(44)), "1970-01-01 00:00:44");
	assert_value(CALL("FROM_UNIXTIME", I(-1), S("HH:mm:ss")), "23:59:59");
	assert_null(try_call("DATE_FORMAT", 2, t, S("yyyy-QQ")));
	assert_string_equal(err.text,
		"'DATE_FORMAT' knows the pattern letters y, M, d, D, H, h, m, s, S, a and E");
}

static void times_are_read_by_a_pattern(void **)
{
	assert_value(CALL("TO_TIMESTAMP", S("2020-01-02 03:04:05")), "2020-01-02 03:04:05.000");
	assert_value(CALL("TO_TIMESTAMP", S("02/01/2020 3 PM"), S("dd/MM/yyyy h a")),
		"2020-01-02 15:00:00.000");
	assert_value(CALL("TO_TIMESTAMP", S("20200102030405678"), S("yyyyMMddHHmmssSSS")),
		"2020-01-02 03:04:05.678");
	assert_value(
		CALL("TO_TIMESTAMP", S("2020-02-30"), S("yyyy-MM-dd")), "2020-02-29 00:00:00.000");
	assert_value(CALL("TO_TIMESTAMP", S("2020-02-32"), S("yyyy-MM-dd")), "NULL");
	assert_value(CALL("TO_TIMESTAMP", S("1999-9-10 05:20:10"), S("yyyy-MM-dd HH:mm:ss")),
		"1999-09-10 05:20:10.000");
	assert_value(CALL("TO_DATE", S("2020-02-32 and more"), S("yyyy-MM-dd")), "2020-03-03");
	assert_value(CALL("UNIX_TIMESTAMP", S("2020-13-01 25:00:00")), "1609549200");
	assert_value(CALL("UNIX_TIMESTAMP", S("nonsense")), "-9223372036854775808");
	assert_value(CALL("DATE_FORMAT", S("2020-1-2 3:4:5"), S("yyyy/MM/dd HH:mm")),
		"2020/01/02 03:04");
	assert_value(CALL("DATE_FORMAT", S("nonsense"), S("yyyy")), "NULL");
	assert_value(CALL("TO_TIMESTAMP", S("2020-01-02x"), S("yyyy-MM-dd")), "NULL");
	assert_value(CALL("TO_TIMESTAMP", S("nonsense")), "NULL");
	assert_value(CALL("TO_DATE", S("2020-01-02")), "2020-01-02");
	assert_value(CALL("TO_DATE", S("Jan 2 2020"), S("MMM d yyyy")), "2020-01-02");
	assert_value(CALL("UNIX_TIMESTAMP", S("1970-01-01 00:01:00")), "60");
	assert_value(CALL("TO_TIMESTAMP_LTZ", I(100), I(0)), "1970-01-01 00:01:40.000");
	assert_value(CALL("TO_TIMESTAMP_LTZ", I(100), I(3)), "1970-01-01 00:00:00.100");
}

static const struct expr *ltz(const char *text)
{
	return cast(lit_str(text), type_timestamp(TYPE_TIMESTAMP_LTZ, 3));
}

static void instants_are_shown_in_the_zone_of_the_session(void **)
{
	const struct session session = {zone_fixed(arena, "GMT+05:30"), NULL};
	const struct expr *instant;

	session_set(arena, &session);
	instant = CALL("TO_TIMESTAMP_LTZ", I(1577934245), I(0)); // 03:04:05 UTC
	assert_value(instant, "2020-01-02 08:34:05.000");
	assert_value(ltz("2020-01-02 08:34:05"), "2020-01-02 08:34:05.000");
	assert_value(CALL("=", ltz("2020-01-02 08:34:05"), instant), "TRUE");
	assert_value(cast(instant, type_timestamp(TYPE_TIMESTAMP, 0)), "2020-01-02 08:34:05");
	assert_value(cast(ltz("2020-01-02 00:10:00"), type_of(TYPE_DATE)), "2020-01-02");
	assert_value(cast(ltz("2020-01-02 00:10:00"), type_of(TYPE_TIME)), "00:10:00");
	assert_value(cast(day("2020-01-02"), type_timestamp(TYPE_TIMESTAMP_LTZ, 3)),
		"2020-01-02 00:00:00.000");
	assert_value(CALL("EXTRACT", S("HOUR"), instant), "8");
	assert_value(CALL("EXTRACT", S("EPOCH"), CALL("TO_TIMESTAMP_LTZ", I(5), I(0))), "19805");
	assert_value(CALL("FLOOR", instant, S("DAY")), "2020-01-02 00:00:00.000");
	assert_value(CALL("CEIL", instant, S("HOUR")), "2020-01-02 09:00:00.000");
	assert_value(CALL("DATE_FORMAT", instant, S("HH:mm")), "08:34");
	assert_value(CALL("FROM_UNIXTIME", I(0)), "1970-01-01 05:30:00");
	assert_value(CALL("UNIX_TIMESTAMP", S("1970-01-01 05:31:00")), "60");
	assert_value(CALL("TO_TIMESTAMP_LTZ", S("1970-01-01 00:00:00")), "1970-01-01 05:30:00.000");
	assert_value(CALL("TO_TIMESTAMP_LTZ", S("01.02.1970"), S("dd.MM.yyyy"), S("GMT+01:00")),
		"1970-02-01 04:30:00.000");
	assert_value(CALL("CONVERT_TZ", S("1970-01-01 00:00:00"), S("UTC"), S("GMT-08:00")),
		"1969-12-31 16:00:00");
	assert_value(CALL("CONVERT_TZ", S("x"), S("UTC"), S("GMT-08:00")), "NULL");
	assert_value(try_call("CURRENT_DATE", 0), "2020-01-02");
	assert_value(try_call("LOCALTIMESTAMP", 0), "2020-01-02 08:34:05.123");
	assert_value(try_call("CURRENT_TIMESTAMP", 0), "2020-01-02 08:34:05.123");
	assert_value(try_call("CURRENT_TIME", 0), "08:34:05");
	err = (struct err){0};
	assert_null(try_call("CONVERT_TZ", 3, S("x"), S("Mars"), S("UTC")));
	assert_string_equal(err.text,
		"'Mars' is no time zone: write one of the tz database as 'Europe/Berlin', "
		"'GMT+08:00' or 'UTC'");
	session_set(arena, NULL);
}

static void instants_come_from_numbers(void **)
{
	assert_value(CALL("TO_TIMESTAMP_LTZ", I(100)), "1970-01-01 00:00:00.100");
	assert_value(CALL("TO_TIMESTAMP_LTZ", lit_double(1.5), I(0)), "1970-01-01 00:00:01.500");
	assert_value(CALL("TO_TIMESTAMP_LTZ", lit_double(1.5), I(3)), "1970-01-01 00:00:00.001");
	assert_value(CALL("TO_TIMESTAMP_LTZ", lit_big(253402300800), I(0)), "NULL");
	assert_value(
		CALL("TO_TIMESTAMP_LTZ", lit_big(253402300799), I(0)), "9999-12-31 23:59:59.000");
	err = (struct err){0};
	assert_null(try_call("TO_TIMESTAMP_LTZ", 2, I(1), I(6)));
	assert_string_equal(err.text,
		"TO_TIMESTAMP_LTZ takes 0 (seconds) or 3 (milliseconds) as its precision");
}

static void times_go_up_and_down_to_units_as_in_flink(void **)
{
	static const struct {
		const char *unit, *at, *down, *up;
	} cases[] = {
		{"MONTH", "2020-01-01 10:00:00", "2020-01-01", "2020-01-01"},
		{"MONTH", "2020-12-02 00:00:00", "2020-12-01", "2021-01-01"},
		{"QUARTER", "2020-04-01 00:00:00", "2020-04-01", "2020-07-01"},
		{"QUARTER", "2020-11-01 00:00:00", "2020-10-01", "2021-01-01"},
		{"YEAR", "2020-02-01 00:00:00", "2020-01-01", "2021-01-01"},
		{"WEEK", "2020-01-01 10:00:00", "2019-12-29", "2020-01-05"},
		{"WEEK", "2020-01-05 10:00:00", "2020-01-05", "2020-01-05"},
		{"DAY", "2020-01-05 10:00:00", "2020-01-05", "2020-01-06"},
		{"DECADE", "2020-01-05 10:00:00", "2020-01-01", "2030-01-01"},
		{"CENTURY", "2020-01-05 10:00:00", "2001-01-01", "2101-01-01"},
		{"MILLENNIUM", "2000-01-05 10:00:00", "1001-01-01", "2001-01-01"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char down[32], up[32];

		snprintf(down, sizeof(down), "%s 00:00:00.000", cases[i].down);
		snprintf(up, sizeof(up), "%s 00:00:00.000", cases[i].up);
		assert_value(CALL("FLOOR", ts(cases[i].at), S(cases[i].unit)), down);
		assert_value(CALL("CEIL", ts(cases[i].at), S(cases[i].unit)), up);
	}
}

static void now_is_what_the_caller_says(void **)
{
	assert_value(try_call("CURRENT_TIMESTAMP", 0), "2020-01-02 03:04:05.123");
	assert_type(try_call("CURRENT_TIMESTAMP", 0), "TIMESTAMP_LTZ(3) NOT NULL");
	assert_type(try_call("PROCTIME", 0), "TIMESTAMP_LTZ(3) NOT NULL");
	assert_type(try_call("LOCALTIMESTAMP", 0), "TIMESTAMP(3) NOT NULL");
	assert_value(try_call("CURRENT_DATE", 0), "2020-01-02");
	assert_value(try_call("CURRENT_TIME", 0), "03:04:05");
	assert_value(try_call("UNIX_TIMESTAMP", 0), "1577934245");
}

static void names_are_unique_and_documented(void **)
{
	for (const struct function_family *const *family = function_families; *family != NULL;
		family++)
		for (uint16_t i = 0; i < (*family)->n; i++) {
			const struct function *f = &(*family)->functions[i];

			assert_ptr_equal(function_find(f->name), f);
			assert_non_null(f->usage);
			assert_non_null(f->doc);
			assert_true(f->n_min <= f->n_max);
			assert_true(
				f->resolve != NULL || (f->kernel.run != NULL && f->args != NULL));
		}
}

static void text_reads_like_sql(void **)
{
	struct schema *schema = schema_new(arena, 2);
	const struct expr *a, *b;

	schema->fields[0] = (struct field){"amount", type_decimal(10, 1)};
	schema->fields[1] = (struct field){"name", type_of(TYPE_VARCHAR)};
	a = expr_column(arena, 0, schema->fields[0].type, (struct pos){0});
	b = expr_column(arena, 1, schema->fields[1].type, (struct pos){0});
	assert_string_equal(
		expr_text(arena, CALL(">", CALL("*", a, dec("2.0", 2, 1)), dec("10.05", 4, 2)),
			schema),
		"10.05 < (amount * 2.0)");
	assert_string_equal(
		expr_text(arena,
			CALL("AND", CALL("IS NULL", b), CALL("LIKE", CALL("UPPER", b), S("IT'S%"))),
			schema),
		"(name IS NULL) AND (UPPER(name) LIKE 'IT''S%')");
	assert_string_equal(
		expr_text(arena, cast(a, type_of(TYPE_INT)), schema), "CAST(amount AS INT)");
}

// What differs only in a constant that the kernel keeps is not the same.
static void calls_with_other_constants_differ(void **)
{
	const struct expr *t =
		expr_column(arena, 0, type_timestamp(TYPE_TIMESTAMP, 3), (struct pos){0});
	const struct expr *number = expr_column(arena, 1, type_of(TYPE_INT), (struct pos){0});
	const struct expr *exprs[] = {
		CALL("EXTRACT", S("YEAR"), t),
		CALL("EXTRACT", S("MONTH"), t),
		CALL("FLOOR", t, S("YEAR")),
		CALL("FLOOR", t, S("MONTH")),
		CALL("TIMESTAMPDIFF", S("DAY"), t, ts("2020-05-06 00:00:00")),
		CALL("TIMESTAMPDIFF", S("MONTH"), t, ts("2020-07-06 00:00:00")),
		CALL("IN", number, I(1), I(2), I(3), I(4)),
		CALL("IN", number, I(5), I(6), I(7), I(8)),
		CALL("DATE_FORMAT", t, S("yyyy")),
		CALL("DATE_FORMAT", t, S("MM")),
		CALL("LIKE", CALL("DATE_FORMAT", t, S("yyyy")), S("2020")),
		CALL("LIKE", CALL("DATE_FORMAT", t, S("yyyy")), S("2021")),
	};
	enum { N = sizeof(exprs) / sizeof(*exprs) };
	int64_t times[BLOCK_ROWS_MAX] = {1588636800000}; // 2020-05-05
	int32_t numbers[BLOCK_ROWS_MAX] = {3};
	struct column columns[] = {{times, NULL}, {numbers, NULL}}, results[N];
	struct block block = {.n_rows = 1, .n_slots = 1, .n_columns = 2, .columns = columns};
	struct program *program = program_new(&mem_libc, exprs, N, NULL);
	struct eval eval = {0};

	for (int i = 0; i < N; i += 2)
		assert_false(expr_equal(exprs[i], exprs[i + 1]));
	program_run(program, &block, &eval, results);
	assert_int_equal(*(int64_t *)results[0].values, 2020);
	assert_int_equal(*(int64_t *)results[1].values, 5);
	assert_int_equal(*(int64_t *)results[2].values, 1577836800000);
	assert_int_equal(*(int64_t *)results[3].values, 1588291200000);
	assert_int_equal(*(int32_t *)results[4].values, 1);
	assert_int_equal(*(int32_t *)results[5].values, 2);
	assert_int_equal(*(uint8_t *)results[6].values, 1);
	assert_int_equal(*(uint8_t *)results[7].values, 0);
	assert_memory_equal(str_data(results[8].values), "2020", 4);
	assert_memory_equal(str_data(results[9].values), "05", 2);
	assert_int_equal(*(uint8_t *)results[10].values, 1);
	assert_int_equal(*(uint8_t *)results[11].values, 0);
	program_free(program);
}

// An equal part is computed once; a copy over other columns keeps its constants.
static void substitution_keeps_constants(void **)
{
	const struct expr *column = expr_column(arena, 0, type_of(TYPE_INT), (struct pos){0});
	const struct expr *in = CALL("IN", column, I(1), I(2), I(3), I(4));
	const struct expr *three = I(3), *other = CALL("+", column, I(1));

	assert_true(expr_equal(expr_substitute(arena, in, &column), in));
	assert_false(expr_equal(expr_substitute(arena, in, &other), in));
	assert_value(expr_substitute(arena, in, &three), "TRUE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(abs_and_sign_keep_the_type),
		cmocka_unit_test(rounding_takes_halves_away_from_zero),
		cmocka_unit_test(mathematics_is_in_doubles),
		cmocka_unit_test(extract_reads_every_unit),
		cmocka_unit_test(times_are_cut_to_a_unit),
		cmocka_unit_test(timestamps_move_and_differ),
		cmocka_unit_test(times_are_written_by_a_pattern),
		cmocka_unit_test(times_are_read_by_a_pattern),
		cmocka_unit_test(instants_are_shown_in_the_zone_of_the_session),
		cmocka_unit_test(instants_come_from_numbers),
		cmocka_unit_test(times_go_up_and_down_to_units_as_in_flink),
		cmocka_unit_test(now_is_what_the_caller_says),
		cmocka_unit_test(names_are_unique_and_documented),
		cmocka_unit_test(text_reads_like_sql),
		cmocka_unit_test(calls_with_other_constants_differ),
		cmocka_unit_test(substitution_keeps_constants),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
