// JSON decoding of every type: values become what Flink makes of them (JsonToRowDataConverters),
// and no message that was cut short is one.
#include "format/fixture.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

static const struct fixture_column kinds[] = {
	{"bool", {TYPE_BOOLEAN, true, 0, 0, NULL}},
	{"tiny", {TYPE_TINYINT, true, 0, 0, NULL}},
	{"small", {TYPE_SMALLINT, true, 0, 0, NULL}},
	{"int", {TYPE_INT, true, 0, 0, NULL}},
	{"big", {TYPE_BIGINT, true, 0, 0, NULL}},
	{"float", {TYPE_FLOAT, true, 0, 0, NULL}},
	{"double", {TYPE_DOUBLE, true, 0, 0, NULL}},
	{"dec", {TYPE_DECIMAL, true, 5, 2, NULL}},
	{"str", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}},
	{"bytes", {TYPE_VARBINARY, true, TYPE_LENGTH_MAX, 0, NULL}},
	{"date", {TYPE_DATE, true, 0, 0, NULL}},
	{"time", {TYPE_TIME, true, 0, 0, NULL}},
	{"ts", {TYPE_TIMESTAMP, true, 3, 0, NULL}},
	{"ltz", {TYPE_TIMESTAMP_LTZ, true, 3, 0, NULL}},
};

// A message with one of kinds' members, and what that column holds then; NULL: it is refused.
struct conversion {
	const char *column, *value, *result;
	enum decode_error error;
};

static void convert(struct fixture *f, const struct conversion *c)
{
	char message[256], row[512] = "+I[";

	snprintf(message, sizeof(message), "{\"%s\":%s}", c->column, c->value);
	if (c->result == NULL) {
		refused(f, message, c->error);
		return;
	}
	for (size_t i = 0; i < LEN(kinds); i++) {
		if (i > 0)
			strcat(row, ", ");
		strcat(row, strcmp(kinds[i].name, c->column) == 0 ? c->result : "null");
	}
	strcat(row, "]");
	becomes(f, message, row);
}

static const struct conversion cases[] = {
	{"bool", "true", "true", 0},
	{"bool", "false", "false", 0},
	{"bool", "\" TRUE \"", "true", 0},
	{"bool", "\"yes\"", "false", 0},
	{"bool", "1", "false", 0},
	{"bool", "[]", NULL, DECODE_TYPE},
	{"bool", "null", "null", 0},
	{"tiny", "127", "127", 0},
	{"tiny", "-128", "-128", 0},
	{"tiny", "128", NULL, DECODE_RANGE},
	{"tiny", "1.5", NULL, DECODE_TYPE},
	{"tiny", "\"12\"", "12", 0},
	{"small", "-32768", "-32768", 0},
	{"small", "32768", NULL, DECODE_RANGE},
	{"small", "\"x\"", NULL, DECODE_TYPE},
	{"int", "2147483647", "2147483647", 0},
	{"int", "-2147483648", "-2147483648", 0},
	{"int", "2147483648", NULL, DECODE_RANGE},
	{"int", "1.5", "1", 0},
	{"int", "-1.9", "-1", 0},
	{"int", "1e3", "1000", 0},
	{"int", "1e300", NULL, DECODE_RANGE},
	{"int", "\" 12 \"", "12", 0},
	{"int", "\"+12\"", "12", 0},
	{"int", "\"\"", NULL, DECODE_TYPE},
	{"int", "\"1.5\"", NULL, DECODE_TYPE},
	{"int", "true", NULL, DECODE_TYPE},
	{"int", "{}", NULL, DECODE_TYPE},
	{"int", "\"\\u0031\"", "1", 0},
	{"big", "9223372036854775807", "9223372036854775807", 0},
	{"big", "-9223372036854775808", "-9223372036854775808", 0},
	{"big", "9223372036854775808", NULL, DECODE_RANGE},
	{"big", "99999999999999999999999999", NULL, DECODE_RANGE},
	{"big", "1234567890123456", "1234567890123456", 0},
	{"big", "12345678901234567", "12345678901234567", 0},
	{"big", "-0", "0", 0},
	{"big", "1e-5", "0", 0},
	{"float", "1.5", "1.5", 0},
	{"float", "3", "3.0", 0},
	{"float", "1e40", "Infinity", 0},
	{"double", "0.1", "0.1", 0},
	{"double", "1e10", "1.0E10", 0},
	{"double", "\"NaN\"", "NaN", 0},
	{"double", "\"-1.25\"", "-1.25", 0},
	{"double", "9007199254740993", "9.007199254740992E15", 0},
	{"double", "\"x\"", NULL, DECODE_TYPE},
	{"double", "-0.0", "-0.0", 0},
	{"double", "123456789.123456789", "1.2345678912345679E8", 0},
	{"dec", "1", "1.00", 0},
	{"dec", "1.005", "1.01", 0},
	{"dec", "-1.005", "-1.01", 0},
	{"dec", "999.99", "999.99", 0},
	{"dec", "999.995", "null", 0},
	{"dec", "1000", "null", 0},
	{"dec", "-1000", "null", 0},
	{"dec", "1e2", "100.00", 0},
	{"dec", "\"12.3\"", "12.30", 0},
	{"dec", "\"x\"", NULL, DECODE_TYPE},
	{"dec", "1e999999999", "null", 0},
	{"dec", "1e-999999999", "0.00", 0},
	{"str", "12.50", "12.50", 0},
	{"str", "true", "true", 0},
	{"str", "{\"b\": [1]}", "{\"b\": [1]}", 0},
	{"str", "\"\"", "", 0},
	{"bytes", "\"AQL/\"", "[1, 2, -1]", 0},
	{"bytes", "\"AQ==\"", "[1]", 0},
	{"bytes", "\"\"", "[]", 0},
	{"bytes", "\"AQ=\"", NULL, DECODE_TYPE},
	{"bytes", "\"A===\"", NULL, DECODE_TYPE},
	{"bytes", "\"====\"", NULL, DECODE_TYPE},
	{"bytes", "\"A*==\"", NULL, DECODE_TYPE},
	{"bytes", "1", NULL, DECODE_TYPE},
	{"date", "\"2020-02-29\"", "2020-02-29", 0},
	{"date", "\"2019-02-29\"", NULL, DECODE_RANGE},
	{"date", "\"today\"", NULL, DECODE_TYPE},
	{"date", "18000", NULL, DECODE_TYPE},
	{"time", "\"10:08:09\"", "10:08:09", 0},
	{"time", "\"25:00:00\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-01-01 00:00:05.123\"", "2020-01-01T00:00:05.123", 0},
	{"ts", "\"2020-01-01 00:00:05.123456\"", "2020-01-01T00:00:05.123", 0},
	{"ts", "\"2020-01-01T00:00:05\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-12-31 23:59:59\"", "2020-12-31T23:59:59", 0},
	{"ts", "\"2000-02-29 00:00:00.000\"", "2000-02-29T00:00", 0},
	{"ts", "\"1900-02-29 00:00:00.000\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-00-01 00:00:00.000\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-13-01 00:00:00.000\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-01-00 00:00:00.000\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-04-31 00:00:00.000\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-01-01 24:00:00.000\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-01-01 00:60:00.000\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-01-01 00:00:60.000\"", NULL, DECODE_RANGE},
	{"ts", "\"2020-01-01 00:00:0a.000\"", NULL, DECODE_TYPE},
	{"ts", "\"2020-01-01 00:00:00.00a\"", NULL, DECODE_TYPE},
	{"ts", "\"0000-01-01 00:00:00.001\"", "0000-01-01T00:00:00.001", 0},
	{"ts", "\"9999-12-31 23:59:59.999\"", "9999-12-31T23:59:59.999", 0},
	{"ts", "\"2020-01-01 00:00:05Z\"", NULL, DECODE_RANGE},
	{"ts", "1577836800000", NULL, DECODE_TYPE},
	{"ltz", "\"2020-01-01 00:00:05Z\"", "2020-01-01T00:00:05Z", 0},
	{"ltz", "\"2020-01-01 00:00:05\"", NULL, DECODE_RANGE},
};

static void values_convert_as_in_flink(void **)
{
	struct fixture f;

	fixture_init(&f, "json", "", kinds, LEN(kinds));
	for (size_t i = 0; i < LEN(cases); i++)
		convert(&f, &cases[i]);
	fixture_free(&f);
}

static void no_message_cut_short_is_taken(void **)
{
	static const char text[] =
		"{\"bool\":true,\"tiny\":-1,\"int\":\"12\",\"float\":1.5e-3,\"dec\":12.34,"
		"\"str\":\"caf\xc3\xa9 \\ud83d\\ude00 "
		"0123456789012345678901234567890123456789012345\","
		"\"bytes\":\"AQL/\",\"ts\":\"2020-01-01 "
		"00:00:05.123\",\"x\":{\"y\":[1,{\"z\":null}]}}";
	struct fixture f;

	fixture_init(&f, "json", "", kinds, LEN(kinds));
	assert_true(fixture_decode(&f, text));
	for (uint32_t len = 0; len < sizeof(text) - 1; len++) {
		fixture_reset(&f);
		assert_false(fixture_decode_bytes(&f, text, len));
		assert_int_equal(fixture_error(&f), DECODE_SYNTAX);
	}
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_convert_as_in_flink),
		cmocka_unit_test(no_message_cut_short_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
