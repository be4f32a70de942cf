#include "row/datetime.h"
#include "random.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct type ts0 = {TYPE_TIMESTAMP, true, 0, 0, NULL};
static const struct type ts3 = {TYPE_TIMESTAMP, true, 3, 0, NULL};
static const struct type ts6 = {TYPE_TIMESTAMP, true, 6, 0, NULL};
static const struct type ts9 = {TYPE_TIMESTAMP, true, 9, 0, NULL};
static const struct type ltz3 = {TYPE_TIMESTAMP_LTZ, true, 3, 0, NULL};

static const char *format(int64_t value, struct type type, enum datetime_style style)
{
	static char text[DATETIME_TEXT_MAX + 1];

	text[datetime_format_timestamp(value, type, style, text)] = '\0';
	return text;
}

static const char *cast(int64_t value, struct type type)
{
	static char text[DATETIME_TEXT_MAX + 1];

	text[datetime_format_cast(value, type, text)] = '\0';
	return text;
}

static const char *format_date(int32_t days)
{
	static char text[DATETIME_TEXT_MAX + 1];

	text[datetime_format_date(days, text)] = '\0';
	return text;
}

static const char *format_time(int32_t ms, int32_t precision, enum datetime_style style)
{
	static char text[DATETIME_TEXT_MAX + 1];

	text[datetime_format_time(ms, precision, style, text)] = '\0';
	return text;
}

// A copy of exactly text's size on the heap: ASan sees reads beyond it.
static char *copy_of(const char *text)
{
	size_t len = strlen(text);
	char *copy = malloc(len > 0 ? len : 1);

	memcpy(copy, text, len);
	return copy;
}

static bool parse(const char *text, struct type type, enum datetime_style style, int64_t *value)
{
	char *copy = copy_of(text);
	bool is_ts = datetime_parse_timestamp(copy, (uint32_t)strlen(text), type, style, value);

	free(copy);
	return is_ts;
}

static bool parse_date(const char *text, int32_t *days)
{
	char *copy = copy_of(text);
	bool is_date = datetime_parse_date(copy, (uint32_t)strlen(text), days);

	free(copy);
	return is_date;
}

static bool parse_time(const char *text, int32_t *ms)
{
	char *copy = copy_of(text);
	bool is_time = datetime_parse_time(copy, (uint32_t)strlen(text), ms);

	free(copy);
	return is_time;
}

static bool is_leap(int32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

// Counted day by day from a known one, 1600-01-01.
static void every_day_from_1600_to_2400_has_its_date(void **)
{
	static const int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int32_t expected = -135140, y, m, d, days;
	char text[64];

	for (int32_t year = 1600; year <= 2400; year++)
		for (int32_t month = 1; month <= 12; month++) {
			int32_t length = lengths[month - 1] + (month == 2 && is_leap(year));

			for (int32_t day = 1; day <= length; day++, expected++) {
				assert_int_equal(datetime_days(year, month, day), expected);
				datetime_civil(expected, &y, &m, &d);
				assert_true(y == year && m == month && d == day);
				snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
				assert_string_equal(format_date(expected), text);
				assert_true(parse_date(text, &days) && days == expected);
			}
			snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, length + 1);
			assert_false(parse_date(text, &days));
		}
	assert_int_equal(datetime_days(1970, 1, 1), 0);
}

static void dates_far_away_do_not_crash(void **)
{
	assert_string_equal(format_date(2932897), "+10000-01-01");
	assert_string_equal(format_date(-719529), "-0001-12-31");
	assert_string_equal(format_date(-719528), "0000-01-01");
	assert_string_equal(format_date(INT32_MAX), "+5881580-07-11");
	assert_string_equal(format_date(INT32_MIN), "-5877641-06-23");
	assert_string_equal(format(INT64_MAX, ts3, DATETIME_SQL), "+292278994-08-17 07:12:55.807");
	assert_string_equal(
		format(INT64_MIN, ltz3, DATETIME_ISO), "-292275055-05-16T16:47:04.192Z");
	assert_string_equal(format(INT64_MAX, ts9, DATETIME_SQL), "2262-04-11 23:47:16.854775807");
	assert_string_equal(format(INT64_MIN, ts9, DATETIME_SQL), "1677-09-21 00:12:43.145224192");
}

static void timestamps_are_written_as_flinks_json_does(void **)
{
	int64_t at = 1577836805000; // 2020-01-01 00:00:05

	assert_string_equal(format(at, ts3, DATETIME_SQL), "2020-01-01 00:00:05");
	assert_string_equal(format(at + 120, ts3, DATETIME_SQL), "2020-01-01 00:00:05.12");
	assert_string_equal(format(at + 3, ts3, DATETIME_ISO), "2020-01-01T00:00:05.003");
	assert_string_equal(format(at - 5000, ts3, DATETIME_SQL), "2020-01-01 00:00:00");
	assert_string_equal(format(at, ltz3, DATETIME_SQL), "2020-01-01 00:00:05Z");
	assert_string_equal(format(at + 100, ltz3, DATETIME_ISO), "2020-01-01T00:00:05.1Z");
	assert_string_equal(format(-1, ts3, DATETIME_SQL), "1969-12-31 23:59:59.999");
	assert_string_equal(format(-1, ts6, DATETIME_SQL), "1969-12-31 23:59:59.999999");
}

static void timestamps_are_written_as_java_does(void **)
{
	int64_t at = 1577836800000; // 2020-01-01 00:00:00

	assert_string_equal(format(at, ts3, DATETIME_JAVA), "2020-01-01T00:00");
	assert_string_equal(format(at + 1000, ts3, DATETIME_JAVA), "2020-01-01T00:00:01");
	assert_string_equal(format(at + 100, ts3, DATETIME_JAVA), "2020-01-01T00:00:00.100");
	assert_string_equal(
		format(at * 1000 + 10, ts6, DATETIME_JAVA), "2020-01-01T00:00:00.000010");
	assert_string_equal(format(at, ltz3, DATETIME_JAVA), "2020-01-01T00:00:00Z");
}

static void casts_write_all_digits_of_the_precision(void **)
{
	int64_t at = 1577836805100;

	assert_string_equal(cast(at, ts0), "2020-01-01 00:00:05");
	assert_string_equal(cast(at, ts3), "2020-01-01 00:00:05.100");
	assert_string_equal(cast(at, ltz3), "2020-01-01 00:00:05.100");
	assert_string_equal(cast(at * 1000, ts6), "2020-01-01 00:00:05.100000");
	assert_string_equal(cast(at * 1000000, ts9), "2020-01-01 00:00:05.100000000");
}

static void times_are_written_in_both_styles(void **)
{
	assert_string_equal(format_time(0, 3, DATETIME_SQL), "00:00:00");
	assert_string_equal(format_time(0, 3, DATETIME_JAVA), "00:00");
	assert_string_equal(format_time(86399120, 3, DATETIME_SQL), "23:59:59.12");
	assert_string_equal(format_time(86399120, 3, DATETIME_JAVA), "23:59:59.120");
	assert_string_equal(format_time(86399120, 0, DATETIME_SQL), "23:59:59");
	assert_string_equal(format_time(-1, 3, DATETIME_SQL), "23:59:59.999");
	assert_string_equal(format_time(INT32_MAX, 9, DATETIME_SQL), "20:31:23.647");
}

static void timestamps_are_read_in_their_style(void **)
{
	int64_t value;

	assert_true(parse("2020-01-01 00:00:05.123", ts3, DATETIME_SQL, &value));
	assert_int_equal(value, 1577836805123);
	assert_true(parse("2020-01-01T00:00:05.123", ts3, DATETIME_ISO, &value));
	assert_int_equal(value, 1577836805123);
	assert_true(parse("2020-01-01 00:01", ts3, DATETIME_SQL, &value));
	assert_int_equal(value, 1577836860000);
	assert_true(parse("2020-01-01T00:00:05.5Z", ltz3, DATETIME_ISO, &value));
	assert_int_equal(value, 1577836805500);
	assert_true(parse("1969-12-31 23:59:59.999", ts3, DATETIME_SQL, &value));
	assert_int_equal(value, -1);
	assert_false(parse("2020-01-01 00:00:05", ts3, DATETIME_ISO, &value));
	assert_false(parse("2020-01-01T00:00:05", ts3, DATETIME_SQL, &value));
	assert_false(parse("2020-01-01T00:00:05Z", ts3, DATETIME_ISO, &value));
	assert_false(parse("2020-01-01T00:00:05", ltz3, DATETIME_ISO, &value));
}

static void casts_read_either_separator_and_zone(void **)
{
	static const char *const texts[] = {"2020-01-01 00:00:05", "2020-01-01T00:00:05",
		"2020-01-01 00:00:05Z", "2020-01-01T00:00:05.000Z"};
	int64_t value;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_true(parse(texts[i], ltz3, DATETIME_JAVA, &value));
		assert_int_equal(value, 1577836805000);
	}
}

static void digits_beyond_the_precision_are_cut_off(void **)
{
	const char *text = "2020-01-01 00:00:05.987654321";
	int64_t value;

	assert_true(parse(text, ts0, DATETIME_SQL, &value) && value == 1577836805000);
	assert_true(parse(text, ts3, DATETIME_SQL, &value) && value == 1577836805987);
	assert_true(parse(text, ts6, DATETIME_SQL, &value) && value == 1577836805987654);
	assert_true(parse(text, ts9, DATETIME_SQL, &value) && value == 1577836805987654321);
	assert_true(parse(text, type_timestamp(TYPE_TIMESTAMP, 7), DATETIME_SQL, &value));
	assert_true(value == 1577836805987654300);
}

static void nanoseconds_end_in_1677_and_2262(void **)
{
	int64_t value;

	assert_true(parse("2262-04-11 23:47:16.854775807", ts9, DATETIME_SQL, &value));
	assert_true(value == INT64_MAX);
	assert_true(parse("1677-09-21 00:12:43.145224192", ts9, DATETIME_SQL, &value));
	assert_true(value == INT64_MIN);
	assert_false(parse("2262-04-11 23:47:16.854775808", ts9, DATETIME_SQL, &value));
	assert_false(parse("1677-09-21 00:12:43.145224191", ts9, DATETIME_SQL, &value));
	assert_true(parse("9999-12-31 23:59:59.999999", ts6, DATETIME_SQL, &value));
	assert_true(value == 253402300799999999);
}

static void malformed_texts_are_refused(void **)
{
	static const char *const dates[] = {"", "2020-02-30", "2019-02-29", "1900-02-29",
		"2020-13-01", "2020-00-01", "2020-01-00", "2020-1-01", "20200101", "2020-01-011",
		"2020/01/01", "+020-01-01", "2020-01-0a", "a020-01-01", "2020-0 -01"};
	static const char *const times[] = {"", "25:00", "24:00", "12:60", "12:00:60", "12:00:00.",
		"12:00:00.1234567890", "1:00", "12:0", "12-00", "12:00:0", "12:00:00,5",
		"12:00:", "12:00:00.1a", "12:00:00Z", "12:00:00:00"};
	int32_t value = 42;
	int64_t ts = 42;
	char text[64];

	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		assert_false(parse_date(dates[i], &value));
		snprintf(text, sizeof(text), "%s 00:00:00", dates[i]);
		assert_false(parse(text, ts3, DATETIME_SQL, &ts));
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		assert_false(parse_time(times[i], &value));
		snprintf(text, sizeof(text), "2020-01-01 %s", times[i]);
		assert_false(parse(text, ts3, DATETIME_SQL, &ts));
	}
	assert_false(parse("2020-01-01", ts3, DATETIME_SQL, &ts));
	assert_false(parse("Z", ltz3, DATETIME_SQL, &ts));
	assert_int_equal(value, 42);
	assert_int_equal(ts, 42);
}

// Every byte of a good text replaced by every other byte: never a crash, and digits still mean
// digits.
static void no_byte_in_a_timestamp_can_hurt(void **)
{
	static const char good[] = "2020-01-01 10:00:05.123";
	int64_t value;
	char text[sizeof(good)];

	for (size_t at = 0; at < sizeof(good) - 1; at++)
		for (int byte = 1; byte < 256; byte++) {
			bool was_digit = good[at] >= '0' && good[at] <= '9';
			bool is_digit = byte >= '0' && byte <= '9';

			memcpy(text, good, sizeof(good));
			text[at] = (char)byte;
			if (!is_digit && text[at] != good[at])
				assert_false(parse(text, ts3, DATETIME_SQL, &value));
			else if (is_digit && !was_digit)
				assert_false(parse(text, ts3, DATETIME_SQL, &value));
			else
				parse(text, ts3, DATETIME_SQL, &value);
		}
}

static void every_timestamp_reads_back(void **)
{
	static const enum datetime_style styles[] = {DATETIME_SQL, DATETIME_ISO};
	struct random random = {1};
	char text[DATETIME_TEXT_MAX];

	for (int i = 0; i < 100000; i++) {
		struct type type = i % 2 ? ts9 : type_timestamp(TYPE_TIMESTAMP_LTZ, 8);
		int64_t value = (int64_t)random_bits(&random), again;
		enum datetime_style style = styles[i / 2 % 2];
		uint32_t len;

		value -= type.precision == 8 ? value % 10 : 0;
		len = datetime_format_timestamp(value, type, style, text);
		assert_true(datetime_parse_timestamp(text, len, type, style, &again));
		assert_true(again == value);
	}
}

static void converting_rounds_down(void **)
{
	int64_t value;

	assert_true(datetime_convert(1999, ts3, ts0, &value) && value == 1000);
	assert_true(datetime_convert(-1, ts3, ts0, &value) && value == -1000);
	assert_true(datetime_convert(-1, ts9, ts3, &value) && value == -1);
	assert_true(datetime_convert(-1000001, ts9, ts6, &value) && value == -1001);
	assert_true(datetime_convert(1234, ts3, ts9, &value) && value == 1234000000);
	assert_true(datetime_convert(INT64_MAX, ts9, ts9, &value) && value == INT64_MAX);
	assert_true(datetime_convert(INT64_MIN, ts9, ts9, &value) && value == INT64_MIN);
	assert_true(datetime_convert(INT64_MIN, ts3, ts3, &value) && value == INT64_MIN);
	assert_false(datetime_convert(INT64_MAX, ts3, ts6, &value));
	assert_false(datetime_convert(INT64_MIN, ts6, ts9, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_from_1600_to_2400_has_its_date),
		cmocka_unit_test(dates_far_away_do_not_crash),
		cmocka_unit_test(timestamps_are_written_as_flinks_json_does),
		cmocka_unit_test(timestamps_are_written_as_java_does),
		cmocka_unit_test(casts_write_all_digits_of_the_precision),
		cmocka_unit_test(times_are_written_in_both_styles),
		cmocka_unit_test(timestamps_are_read_in_their_style),
		cmocka_unit_test(casts_read_either_separator_and_zone),
		cmocka_unit_test(digits_beyond_the_precision_are_cut_off),
		cmocka_unit_test(nanoseconds_end_in_1677_and_2262),
		cmocka_unit_test(malformed_texts_are_refused),
		cmocka_unit_test(no_byte_in_a_timestamp_can_hurt),
		cmocka_unit_test(every_timestamp_reads_back),
		cmocka_unit_test(converting_rounds_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
