#include "row/number.h"
#include "random.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *format_double(double value)
{
	static char text[NUMBER_TEXT_MAX + 1];

	text[number_format_double(value, text)] = '\0';
	return text;
}

static const char *format_float(float value)
{
	static char text[NUMBER_TEXT_MAX + 1];

	text[number_format_float(value, text)] = '\0';
	return text;
}

// text in a heap block of exactly its size, so that ASan sees reads beyond it.
static bool parse_double(const char *text, double *value)
{
	size_t len = strlen(text);
	char *copy = malloc(len > 0 ? len : 1);
	bool is_number;

	memcpy(copy, text, len);
	is_number = number_parse_double(copy, (uint32_t)len, value);
	free(copy);
	return is_number;
}

static bool parse_int(const char *text, int64_t min, int64_t max, int64_t *value)
{
	size_t len = strlen(text);
	char *copy = malloc(len > 0 ? len : 1);
	bool is_number;

	memcpy(copy, text, len);
	is_number = number_parse_int(copy, (uint32_t)len, min, max, value);
	free(copy);
	return is_number;
}

// As JDK 19 and later print them.
static void doubles_are_written_as_java_does(void **)
{
	assert_string_equal(format_double(22), "22.0");
	assert_string_equal(format_double(0), "0.0");
	assert_string_equal(format_double(-0.0), "-0.0");
	assert_string_equal(format_double(1e10), "1.0E10");
	assert_string_equal(format_double(1e-5), "1.0E-5");
	assert_string_equal(format_double(123456.789), "123456.789");
	assert_string_equal(format_double(0.001), "0.001");
	assert_string_equal(format_double(0.00099), "9.9E-4");
	assert_string_equal(format_double(0.0123), "0.0123");
	assert_string_equal(format_double(9999999), "9999999.0");
	assert_string_equal(format_double(10000000), "1.0E7");
	assert_string_equal(format_double(12345678.9), "1.23456789E7");
	assert_string_equal(format_double(100), "100.0");
	assert_string_equal(format_double(0.1 + 0.2), "0.30000000000000004");
	assert_string_equal(format_double(-1.7976931348623157e308), "-1.7976931348623157E308");
	assert_string_equal(format_double(2e23), "2.0E23");
	assert_string_equal(format_double(2.2250738585072014e-308), "2.2250738585072014E-308");
	assert_string_equal(format_double(4.9e-324), "4.9E-324");
	assert_string_equal(format_double(9.9e-324), "9.9E-324");
	assert_string_equal(format_double(0x1p-44), "5.684341886080802E-14");
	assert_string_equal(format_double(9007199254740993.0), "9.007199254740992E15");
	assert_string_equal(format_double(NAN), "NaN");
	assert_string_equal(format_double(-INFINITY), "-Infinity");
}

static void floats_are_written_as_java_does(void **)
{
	assert_string_equal(format_float(1.1f), "1.1");
	assert_string_equal(format_float(16777216), "1.6777216E7");
	assert_string_equal(format_float(3.4028235e38f), "3.4028235E38");
	assert_string_equal(format_float(1.4e-45f), "1.4E-45");
	assert_string_equal(format_float(1.17549435e-38f), "1.1754944E-38");
	assert_string_equal(format_float(0.001f), "0.001");
	assert_string_equal(format_float(-33554432), "-3.3554432E7");
	assert_string_equal(format_float(INFINITY), "Infinity");
}

// Whatever bits a double has, its text reads back as the same bits.
static void every_double_reads_back(void **)
{
	struct random random = {1};

	for (int i = 0; i < 100000; i++) {
		uint64_t bits = random_bits(&random);
		double value, again = 0;

		if (i % 4 == 0)
			bits &= 0xfff0000000000000u; // powers of two
		memcpy(&value, &bits, sizeof(value));
		if (isnan(value))
			continue;
		assert_true(parse_double(format_double(value), &again));
		assert_memory_equal(&value, &again, sizeof(value));
	}
}

// One digit fewer never reads back: neither the decimal below nor the one above.
static void texts_are_the_shortest(void **)
{
	struct random random = {2};

	for (int i = 0; i < 20000; i++) {
		uint64_t bits = random_bits(&random) >> 2; // positive, below 2
		char text[40], shorter[40];
		const char *at;
		int n = 0;
		double value;

		memcpy(&value, &bits, sizeof(value));
		snprintf(text, sizeof(text), "%s", format_double(value));
		for (at = text; *at == '0' || *at == '.'; at++)
			;
		for (; *at != '\0' && *at != 'E'; at++)
			n += *at != '.';
		if (n <= 2)
			continue;
		snprintf(shorter, sizeof(shorter), "%.*e", n - 2, value);
		assert_false(strtod(shorter, NULL) == value);
	}
}

// Numbers with few decimals, as most measures are: written as they were, without trailing zeros.
static void short_decimals_are_written_as_they_are(void **)
{
	struct random random = {6};

	for (int i = 0; i < 200000; i++) {
		uint32_t digits = 1 + random_below(&random, 999999999);
		int n_decimals = 1 + (int)random_below(&random, 11);
		double value = (double)digits / pow(10, n_decimals);
		char expected[64];
		size_t len;

		if (value < 1e-3 || value >= 1e7)
			continue;
		len = (size_t)snprintf(expected, sizeof(expected), "%.*f", n_decimals, value);
		while (expected[len - 1] == '0' && expected[len - 2] != '.')
			expected[--len] = '\0';
		assert_string_equal(format_double(value), expected);
	}
}

static void every_float_reads_back(void **)
{
	struct random random = {3};

	for (int i = 0; i < 100000; i++) {
		uint32_t bits = (uint32_t)random_bits(&random);
		float value, again;

		memcpy(&value, &bits, sizeof(value));
		if (isnan(value) || isinf(value))
			continue;
		again = strtof(format_float(value), NULL);
		assert_memory_equal(&value, &again, sizeof(value));
	}
}

// Digits, point and exponent at random: the fast path and the slow one must agree with libc.
static void doubles_are_read_as_strtod_does(void **)
{
	struct random random = {4};

	for (int i = 0; i < 200000; i++) {
		uint32_t n_digits = 1 + random_below(&random, i % 100 == 0 ? 900 : 25);
		uint32_t point = random_below(&random, n_digits + 1);
		char text[1000];
		double value, expected;
		int len = 0;

		for (uint32_t digit = 0; digit < n_digits; digit++) {
			if (digit == point)
				text[len++] = '.';
			text[len++] = (char)('0' + random_below(&random, 10));
		}
		text[len] = '\0';
		if (i % 2)
			snprintf(text + len, sizeof(text) - (size_t)len, "e%d",
				(int)random_below(&random, 700) - 350);
		expected = strtod(text, NULL);
		assert_true(parse_double(text, &value));
		assert_memory_equal(&value, &expected, sizeof(value));
	}
}

// Halfway between two doubles, and a hair above it in the 2000th digit.
static void digits_far_behind_still_decide(void **)
{
	char text[2100] = "9007199254740993.";
	double value;

	memset(text + strlen(text), '0', 2000);
	assert_true(parse_double(text, &value));
	assert_true(value == 9007199254740992.0);
	text[2010] = '1';
	assert_true(parse_double(text, &value));
	assert_true(value == 9007199254740994.0);
}

static void exponents_of_any_size_are_read(void **)
{
	double value;

	assert_true(parse_double("1e99999999999999999999999999", &value));
	assert_true(isinf(value));
	assert_true(parse_double("-1e-99999999999999999999999999", &value));
	assert_true(value == 0 && signbit(value));
	assert_true(parse_double("0e99999999999999999999999999", &value));
	assert_true(value == 0);
}

static void words_and_edges_are_read(void **)
{
	double value;

	assert_true(parse_double("NaN", &value) && isnan(value));
	assert_true(parse_double("-Infinity", &value) && value == -INFINITY);
	assert_true(parse_double("+Infinity", &value) && value == INFINITY);
	assert_true(parse_double(".5", &value) && value == 0.5);
	assert_true(parse_double("5.", &value) && value == 5);
	assert_true(parse_double("-0", &value) && value == 0 && signbit(value));
	assert_true(parse_double("+1E+2", &value) && value == 100);
}

static void malformed_doubles_are_refused(void **)
{
	static const char *const cases[] = {"", "-", "+", ".", "-.", "e5", "1e", "1e+", "1.2.3",
		"1 ", " 1", "0x10", "inf", "nan", "1d", "--1", "1e5.5", "Infinit", "NaNs", "1,5"};
	double value = 42;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(parse_double(cases[i], &value));
	assert_true(value == 42);
}

static void integers_are_read_within_bounds(void **)
{
	int64_t value;

	assert_true(parse_int("9223372036854775807", INT64_MIN, INT64_MAX, &value));
	assert_true(value == INT64_MAX);
	assert_true(parse_int("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
	assert_true(value == INT64_MIN);
	assert_true(parse_int("+00000000000000000000000000127", INT8_MIN, INT8_MAX, &value));
	assert_int_equal(value, 127);
	assert_true(parse_int("-0", INT8_MIN, INT8_MAX, &value));
	assert_int_equal(value, 0);
	assert_false(parse_int("128", INT8_MIN, INT8_MAX, &value));
	assert_false(parse_int("-129", INT8_MIN, INT8_MAX, &value));
	assert_false(parse_int("9223372036854775808", INT64_MIN, INT64_MAX, &value));
	assert_false(parse_int("-9223372036854775809", INT64_MIN, INT64_MAX, &value));
	assert_false(parse_int("99999999999999999999", INT64_MIN, INT64_MAX, &value));
}

static void malformed_integers_are_refused(void **)
{
	static const char *const cases[] = {"", "-", "+", "1.0", " 1", "1 ", "1e3", "--1", "0x1",
		"12a", "000000000a", "\xff", ":", "/", "-+5"};
	int64_t value = 42;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(parse_int(cases[i], INT64_MIN, INT64_MAX, &value));
	assert_int_equal(value, 42);
}

static void every_integer_reads_back(void **)
{
	struct random random = {5};

	for (int i = 0; i < 100000; i++) {
		int64_t value = (int64_t)(random_bits(&random) >> (i % 64)), again;
		char text[NUMBER_TEXT_MAX], expected[NUMBER_TEXT_MAX];
		uint32_t len = number_format_int(value, text);

		snprintf(expected, sizeof(expected), "%lld", (long long)value);
		assert_int_equal(len, strlen(expected));
		assert_memory_equal(text, expected, len);
		assert_true(number_parse_int(text, len, INT64_MIN, INT64_MAX, &again));
		assert_int_equal(again, value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_are_written_as_java_does),
		cmocka_unit_test(floats_are_written_as_java_does),
		cmocka_unit_test(every_double_reads_back),
		cmocka_unit_test(texts_are_the_shortest),
		cmocka_unit_test(short_decimals_are_written_as_they_are),
		cmocka_unit_test(every_float_reads_back),
		cmocka_unit_test(doubles_are_read_as_strtod_does),
		cmocka_unit_test(digits_far_behind_still_decide),
		cmocka_unit_test(exponents_of_any_size_are_read),
		cmocka_unit_test(words_and_edges_are_read),
		cmocka_unit_test(malformed_doubles_are_refused),
		cmocka_unit_test(integers_are_read_within_bounds),
		cmocka_unit_test(malformed_integers_are_refused),
		cmocka_unit_test(every_integer_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
