// CSV decoding: RFC 4180, Jackson's reading of what it leaves open, Flink's conversions and
// options.
#include "format/fixture.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

static const struct fixture_column abc[] = {
	{"a", {TYPE_INT, true, 0, 0, NULL}},
	{"b", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}},
	{"c", {TYPE_DECIMAL, true, 5, 2, NULL}},
};

static void lines_become_rows(void **)
{
	static const char *const cases[][2] = {
		{"1,x,2.5", "+I[1, x, 2.50]"},
		{"1,x,2.5\r", "+I[1, x, 2.50]"},
		{"1,x,2.5\r\n", "+I[1, x, 2.50]"},
		{" -1 , x y ,\t2 ", "+I[-1,  x y , 2.00]"},
		{"1,,2", "+I[1, , 2.00]"},
		{"1,\"x\",2", "+I[1, x, 2.00]"},
		{"\"1\",\"x,y\",\"2.5\"", "+I[1, x,y, 2.50]"},
		{"1,\"say \"\"hi\"\"\",2", "+I[1, say \"hi\", 2.00]"},
		{"1,\"\",2", "+I[1, , 2.00]"},
		{"1,\"\"\"\",2", "+I[1, \", 2.00]"},
		{"1,\"x\"  ,2", "+I[1, x, 2.00]"},
		{"1,x\"y\"z,2", "+I[1, x\"y\"z, 2.00]"},
		{"1, \"x\",2", "+I[1,  \"x\", 2.00]"},
		{"1,\"a\nb\",2", "+I[1, a\nb, 2.00]"},
		{"1,x,\"\"\"\"", NULL},
		{"1,caf\xc3\xa9,2", "+I[1, caf\xc3\xa9, 2.00]"},
		{"1,\"caf\xc3\xa9\",2", "+I[1, caf\xc3\xa9, 2.00]"},
		{"1,"
		 "012345678901234567890123456789012345678901234567890123456789012345678901234567890"
		 ",2",
			"+I[1, "
			"01234567890123456789012345678901234567890123456789012345678901234567890123"
			"4567890, "
			"2.00]"},
		{"1,\"012345678901234567890123456789012345678901234567890123456789\"\"0123456,"
		 "890\",2",
			"+I[1, "
			"012345678901234567890123456789012345678901234567890123456789\"0123456,890,"
			" 2.00]"},
		{"1,x,1000", "+I[1, x, null]"},
		{"1,x,1e2", "+I[1, x, 100.00]"},
	};
	struct fixture f;

	fixture_init(&f, "csv", "", abc, LEN(abc));
	for (size_t i = 0; i < LEN(cases); i++)
		if (cases[i][1] != NULL)
			becomes(&f, cases[i][0], cases[i][1]);
		else
			refused(&f, cases[i][0], DECODE_TYPE);
	fixture_free(&f);
}

static void bad_lines_are_refused_by_class(void **)
{
	static const struct {
		const char *line;
		enum decode_error error;
	} cases[] = {
		{"1", DECODE_LENGTH},
		{"1,x", DECODE_LENGTH},
		{"1,x,2,3", DECODE_LENGTH},
		{"1,x,2,", DECODE_LENGTH},
		{",,,,,,,,,,,,,,,,,,,,,,,,,,,", DECODE_LENGTH},
		{"1,\"x\",2,\"y\"", DECODE_LENGTH},
		{"1,\"x\"", DECODE_LENGTH},
		{"1,\"x,2", DECODE_SYNTAX},
		{"1,\"x\"y,2", DECODE_SYNTAX},
		{"\"", DECODE_SYNTAX},
		{"1,x,\"2", DECODE_SYNTAX},
		{"1,x,\"2\"\"", DECODE_SYNTAX},
		{"1,\xff,2", DECODE_SYNTAX},
		{"1,\"\xff\",2", DECODE_SYNTAX},
		{"1,\xc3,2", DECODE_SYNTAX},
		{"x,x,2", DECODE_TYPE},
		{",x,2", DECODE_TYPE},
		{" ,x,2", DECODE_TYPE},
		{"1.5,x,2", DECODE_TYPE},
		{"1,x,", DECODE_TYPE},
		{"1,x,2.x", DECODE_TYPE},
		{"1,x,.", DECODE_TYPE},
		{"1,x,-", DECODE_TYPE},
		{"-,x,2", DECODE_TYPE},
		{"1,x,1..2", DECODE_TYPE},
		{"1,x,1.2.3", DECODE_TYPE},
		{"1 2,x,2", DECODE_TYPE},
		{"2147483648,x,2", DECODE_RANGE},
		{"99999999999999999999999,x,2", DECODE_RANGE},
	};
	struct fixture f;

	fixture_init(&f, "csv", "", abc, LEN(abc));
	for (size_t i = 0; i < LEN(cases); i++)
		refused(&f, cases[i].line, cases[i].error);
	fixture_free(&f);
}

static void options_choose_the_dialect(void **)
{
	struct fixture f;

	fixture_init(
		&f, "csv", "field-delimiter=|;quote-character=';null-literal=n/a", abc, LEN(abc));
	becomes(&f, "1|'x|''y'|2", "+I[1, x|'y, 2.00]");
	becomes(&f, "n/a|n/a|'n/a'", "+I[null, null, null]");
	fixture_free(&f);
	fixture_init(&f, "csv", "field-delimiter=\\t;disable-quote-character=true", abc, LEN(abc));
	becomes(&f, "1\t\"x\t2", "+I[1, \"x, 2.00]");
	fixture_free(&f);
	fixture_init(&f, "csv", "escape-character=\\", abc, LEN(abc));
	becomes(&f, "1,x\\,y\\n\\\\,2", "+I[1, x,y\n\\, 2.00]");
	becomes(&f, "1,\"x\\\"y\",2", "+I[1, x\"y, 2.00]");
	refused(&f, "1,\"x\\\",2", DECODE_SYNTAX);
	refused(&f, "1,\"x\\", DECODE_SYNTAX);
	fixture_free(&f);
	fixture_init(&f, "csv", "null-literal=", abc, LEN(abc));
	becomes(&f, ",,", "+I[null, null, null]");
	fixture_free(&f);
}

static void header_comments_and_empty_lines_are_no_messages(void **)
{
	static const char *const lines[] = {"a,b,c", "# a,b", "", "\r\n", "1,x,2", "#"};
	struct message messages[LEN(lines)];
	struct fixture f;

	fixture_init(&f, "csv", "header=true;allow-comments=true", abc, LEN(abc));
	for (size_t i = 0; i < LEN(lines); i++)
		messages[i] =
			(struct message){(const uint8_t *)lines[i], (uint32_t)strlen(lines[i])};
	assert_int_equal(
		f.decoder->ops->decode(f.decoder, messages, LEN(lines), f.out), LEN(lines));
	assert_int_equal(f.out->block.n_rows, 1);
	assert_int_equal(f.decoder->n_messages, 1);
	fixture_free(&f);
}

static void ignored_errors_and_short_lines_make_null(void **)
{
	struct fixture f;

	fixture_init(&f, "csv", "ignore-parse-errors=true", abc, LEN(abc));
	becomes(&f, "x,y,z", "+I[null, y, null]");
	becomes(&f, "1", "+I[1, null, null]");
	becomes(&f, "\"1\",\"y\"", "+I[1, y, null]");
	refused(&f, "1,y,2,3", DECODE_LENGTH);
	assert_int_equal(f.decoder->n_null_fields, 2);
	fixture_free(&f);
}

static void times_have_either_mark(void **)
{
	static const struct fixture_column columns[] = {{"ts", {TYPE_TIMESTAMP, true, 3, 0, NULL}},
		{"ltz", {TYPE_TIMESTAMP_LTZ, true, 0, 0, NULL}},
		{"d", {TYPE_DATE, true, 0, 0, NULL}}, {"t", {TYPE_TIME, true, 2, 0, NULL}},
		{"o", {TYPE_BOOLEAN, true, 0, 0, NULL}}, {"f", {TYPE_FLOAT, true, 0, 0, NULL}},
		{"y", {TYPE_BINARY, true, 2, 0, NULL}}};
	struct fixture f;

	fixture_init(&f, "csv", "", columns, LEN(columns));
	becomes(&f,
		"2020-01-01 00:00:05.1,2020-01-01T00:00:05Z,2020-02-29,10:08:09.129, TRUE , "
		"1.5,AQI=",
		"+I[2020-01-01T00:00:05.100, 2020-01-01T00:00:05Z, 2020-02-29, 10:08:09.120, true, "
		"1.5, [1, 2]]");
	refused(&f, "2020-13-01 00:00:05,x,x,x,x,x,x", DECODE_RANGE);
	fixture_free(&f);
}

static void many_columns_and_only_some_wanted(void **)
{
	enum { COLUMNS = 256 };
	struct fixture_column columns[COLUMNS];
	static char line[COLUMNS * 8];
	struct fixture f;
	struct err err;
	int len = 0;

	for (int i = 0; i < COLUMNS; i++) {
		columns[i] = (struct fixture_column){"c", type_of(TYPE_INT)};
		len += snprintf(line + len, sizeof(line) - (size_t)len, "%s%d", i > 0 ? "," : "",
			i % 7 == 0 ? i : i % 10);
	}
	fixture_init(&f, "csv", "", columns, COLUMNS);
	f.decoder->ops->free(f.decoder);
	memset(f.wanted, 0, sizeof(f.wanted));
	f.wanted[0] = f.wanted[77] = f.wanted[255] = true;
	assert_non_null(fixture_decoder(&f, "csv", "", &err));
	assert_true(fixture_decode(&f, line));
	assert_int_equal(((int32_t *)f.out->columns[77].values)[0], 77);
	assert_int_equal(((int32_t *)f.out->columns[255].values)[0], 5);
	// Dense delimiters: more in a chunk than are written at once.
	memset(line, ',', COLUMNS);
	line[COLUMNS - 1] = '\0';
	f.decoder->ops->free(f.decoder);
	assert_non_null(fixture_decoder(&f, "csv", "null-literal=", &err));
	assert_true(fixture_decode(&f, line));
	assert_true(nulls_get(f.out->columns[255].nulls, 1));
	strcat(line, ",");
	assert_false(fixture_decode(&f, line));
	fixture_free(&f);
}

static void a_full_heap_ends_the_block_before_the_row(void **)
{
	static const char line[] = "1,\"quotes \"\" make it longer\",2";
	struct message messages[250];
	struct fixture f;
	uint16_t n;

	fixture_init(&f, "csv", "", abc, LEN(abc));
	for (size_t i = 0; i < LEN(messages); i++)
		messages[i] = (struct message){(const uint8_t *)line, sizeof(line) - 1};
	n = f.decoder->ops->decode(f.decoder, messages, LEN(messages), f.out);
	assert_in_range(n, 100, 249);
	assert_int_equal(f.out->block.n_rows, n);
	fixture_free(&f);
}

static void lines_cut_short_are_read_within_bounds(void **)
{
	static const char line[] =
		"12,\"quoted, \"\"with\"\" all\" ,3.25,2020-01-01 00:00:05.123456,AQI=,caf\xc3\xa9";
	static const struct fixture_column columns[] = {{"a", {TYPE_INT, true, 0, 0, NULL}},
		{"b", {TYPE_VARCHAR, true, 100, 0, NULL}}, {"c", {TYPE_DOUBLE, true, 0, 0, NULL}},
		{"d", {TYPE_TIMESTAMP, true, 6, 0, NULL}},
		{"e", {TYPE_VARBINARY, true, 100, 0, NULL}},
		{"f", {TYPE_VARCHAR, true, 100, 0, NULL}}};
	struct fixture f;

	fixture_init(
		&f, "csv", "ignore-parse-errors=true;escape-character=\\", columns, LEN(columns));
	for (uint32_t len = 0; len < sizeof(line); len++) {
		uint64_t n_before = f.decoder->n_messages;

		fixture_reset(&f);
		fixture_decode_bytes(&f, line, len);
		assert_int_equal(f.decoder->n_messages, n_before + (len > 0));
	}
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_rows),
		cmocka_unit_test(bad_lines_are_refused_by_class),
		cmocka_unit_test(options_choose_the_dialect),
		cmocka_unit_test(header_comments_and_empty_lines_are_no_messages),
		cmocka_unit_test(ignored_errors_and_short_lines_make_null),
		cmocka_unit_test(times_have_either_mark),
		cmocka_unit_test(many_columns_and_only_some_wanted),
		cmocka_unit_test(a_full_heap_ends_the_block_before_the_row),
		cmocka_unit_test(lines_cut_short_are_read_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
