// What the encoders write, letter for letter.
#include "format/fixture.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

static const struct fixture_column columns[] = {
	{"bool", {TYPE_BOOLEAN, true, 0, 0, NULL}},
	{"i", {TYPE_INT, true, 0, 0, NULL}},
	{"x", {TYPE_DOUBLE, true, 0, 0, NULL}},
	{"d", {TYPE_DECIMAL, true, 10, 2, NULL}},
	{"s", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}},
	{"b", {TYPE_VARBINARY, true, TYPE_LENGTH_MAX, 0, NULL}},
	{"day", {TYPE_DATE, true, 0, 0, NULL}},
	{"t", {TYPE_TIME, true, 3, 0, NULL}},
	{"ts", {TYPE_TIMESTAMP, true, 3, 0, NULL}},
	{"ltz", {TYPE_TIMESTAMP_LTZ, true, 3, 0, NULL}},
};

struct bench {
	struct arena *arena;
	struct schema *schema;
	struct block_store *store;
	char text[1024];
};

// One row of columns with these values, another with NULLs only.
static void bench_init(struct bench *bench)
{
	struct column *c;

	bench->arena = arena_new();
	bench->schema = fixture_schema(bench->arena, columns, LEN(columns));
	bench->store = block_store_new(&mem_libc, bench->schema, 0);
	c = bench->store->columns;
	*(uint8_t *)c[0].values = 1;
	*(int32_t *)c[1].values = -12;
	*(double *)c[2].values = 1e10;
	*(decimal *)c[3].values = 110;
	*(struct str *)c[4].values = str_view("x, \"y\"\n", 7);
	*(struct str *)c[5].values = str_view("\x01\xfe", 2);
	*(int32_t *)c[6].values = 18262;
	*(int32_t *)c[7].values = 36489000;
	*(int64_t *)c[8].values = 1577836800000;
	*(int64_t *)c[9].values = 1577836805123;
	for (size_t i = 0; i < LEN(columns); i++)
		nulls_set(c[i].nulls, 1);
}

static void bench_free(struct bench *bench)
{
	block_store_free(&mem_libc, bench->store);
	arena_free(bench->arena);
}

// The row at slot as encoder writes it; the encoder is freed.
static const char *written(struct bench *bench, struct encoder *encoder, uint16_t slot)
{
	uint32_t len;

	assert_non_null(encoder);
	len = encoder->ops->encode(
		encoder, &bench->store->block, slot, bench->text, sizeof(bench->text) - 1);
	bench->text[len] = '\0';
	encoder->ops->free(encoder);
	return bench->text;
}

static struct encoder *encoder_of(struct bench *bench, const char *format, const char *options_text)
{
	struct format_option options[FIXTURE_OPTIONS_MAX];
	char *text = strdup(options_text);
	uint16_t n = fixture_options(text, options);
	struct err err;
	struct encoder *encoder =
		format_find(format)->encoder_new(&mem_libc, bench->schema, options, n, &err);

	free(text);
	return encoder;
}

static void print_writes_flinks_form(void **)
{
	struct bench bench;

	bench_init(&bench);
	assert_string_equal(written(&bench, print_encoder_new(&mem_libc, bench.schema), 0),
		"+I[true, -12, 1.0E10, 1.10, x, \"y\"\n, [1, -2], 2020-01-01, 10:08:09, "
		"2020-01-01T00:00, 2020-01-01T00:00:05.123Z]");
	assert_string_equal(written(&bench, print_encoder_new(&mem_libc, bench.schema), 1),
		"+I[null, null, null, null, null, null, null, null, null, null]");
	bench.store->block.kinds = bench.store->kinds;
	bench.store->kinds[1] = ROW_DELETE;
	assert_memory_equal(
		written(&bench, print_encoder_new(&mem_libc, bench.schema), 1), "-D[", 3);
	bench.store->kinds[1] = ROW_UPDATE_BEFORE;
	assert_memory_equal(
		written(&bench, print_encoder_new(&mem_libc, bench.schema), 1), "-U[", 3);
	bench.store->kinds[1] = ROW_UPDATE_AFTER;
	assert_memory_equal(
		written(&bench, print_encoder_new(&mem_libc, bench.schema), 1), "+U[", 3);
	bench_free(&bench);
}

static void print_writes_intervals_as_java_does(void **)
{
	static const struct fixture_column interval[] = {
		{"i", {TYPE_INTERVAL_DAY, true, 3, 0, NULL}},
		{"y", {TYPE_INTERVAL_YEAR, true, 2, 0, NULL}}};
	static const struct {
		int64_t ms;
		int32_t months;
		const char *text;
	} cases[] = {
		{0, 0, "+I[PT0S, P0D]"},
		{3600000, 12, "+I[PT1H, P1Y]"},
		{93784500, 14, "+I[PT26H3M4.5S, P1Y2M]"},
		{-500, -1, "+I[PT-0.5S, P-1M]"},
		{-60500, -13, "+I[PT-1M-0.5S, P-1Y-1M]"},
		{-61005, 1, "+I[PT-1M-1.005S, P1M]"},
		{60000, 0, "+I[PT1M, P0D]"},
	};
	struct bench bench = {.arena = arena_new()};

	bench.schema = fixture_schema(bench.arena, interval, LEN(interval));
	bench.store = block_store_new(&mem_libc, bench.schema, 0);
	for (size_t i = 0; i < LEN(cases); i++) {
		*(int64_t *)bench.store->columns[0].values = cases[i].ms;
		*(int32_t *)bench.store->columns[1].values = cases[i].months;
		assert_string_equal(written(&bench, print_encoder_new(&mem_libc, bench.schema), 0),
			cases[i].text);
	}
	bench_free(&bench);
}

static void json_writes_flinks_form(void **)
{
	struct bench bench;

	bench_init(&bench);
	assert_string_equal(written(&bench, encoder_of(&bench, "json", ""), 0),
		"{\"bool\":true,\"i\":-12,\"x\":1.0E10,\"d\":1.10,\"s\":\"x, "
		"\\\"y\\\"\\n\",\"b\":\"Af4=\","
		"\"day\":\"2020-01-01\",\"t\":\"10:08:09\",\"ts\":\"2020-01-01 00:00:00\","
		"\"ltz\":\"2020-01-01 00:00:05.123Z\"}");
	assert_non_null(
		strstr(written(&bench,
			       encoder_of(&bench, "json", "timestamp-format.standard=ISO-8601"), 0),
			"\"ts\":\"2020-01-01T00:00:00\",\"ltz\":\"2020-01-01T00:00:05.123Z\"}"));
	assert_string_equal(written(&bench, encoder_of(&bench, "json", ""), 1),
		"{\"bool\":null,\"i\":null,\"x\":null,\"d\":null,\"s\":null,\"b\":null,\"day\":"
		"null,"
		"\"t\":null,\"ts\":null,\"ltz\":null}");
	assert_string_equal(
		written(&bench, encoder_of(&bench, "json", "encode.ignore-null-fields=true"), 1),
		"{}");
	bench_free(&bench);
}

static void json_is_valid_whatever_the_bytes(void **)
{
	struct bench bench;
	struct column *c;

	bench_init(&bench);
	c = bench.store->columns;
	*(double *)c[2].values = __builtin_nan("");
	*(struct str *)c[4].values = str_view("\x01\x1f\x7f\xff\xc3\xa9\xed\xa0\x80", 9);
	assert_non_null(strstr(written(&bench, encoder_of(&bench, "json", ""), 0),
		"\"x\":\"NaN\",\"d\":1.10,\"s\":\"\\u0001\\u001F\x7f\xef\xbf\xbd\xc3\xa9"
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""));
	bench_free(&bench);
}

static void csv_quotes_what_needs_it(void **)
{
	struct bench bench;

	bench_init(&bench);
	assert_string_equal(written(&bench, encoder_of(&bench, "csv", ""), 0),
		"true,-12,1.0E10,1.10,\"x, \"\"y\"\"\n\",Af4=,2020-01-01,10:08:09,"
		"2020-01-01 00:00:00,2020-01-01 00:00:05.123Z");
	assert_string_equal(written(&bench, encoder_of(&bench, "csv", ""), 1), ",,,,,,,,,");
	assert_string_equal(
		written(&bench, encoder_of(&bench, "csv", "null-literal=N;field-delimiter=|"), 1),
		"N|N|N|N|N|N|N|N|N|N");
	bench_free(&bench);
}

static void an_empty_csv_line_is_never_written(void **)
{
	static const struct fixture_column one[] = {{"s", {TYPE_VARCHAR, true, 10, 0, NULL}}};
	struct bench bench = {.arena = arena_new()};

	bench.schema = fixture_schema(bench.arena, one, 1);
	bench.store = block_store_new(&mem_libc, bench.schema, 0);
	*(struct str *)bench.store->columns[0].values = str_view("", 0);
	assert_string_equal(written(&bench, encoder_of(&bench, "csv", ""), 0), "\"\"");
	*(struct str *)bench.store->columns[0].values = str_view("#x", 2);
	assert_string_equal(written(&bench, encoder_of(&bench, "csv", ""), 0), "\"#x\"");
	bench_free(&bench);
}

static void raw_pads_and_cuts(void **)
{
	static const struct fixture_column fixed[] = {{"c", {TYPE_CHAR, true, 3, 0, NULL}},
		{"b", {TYPE_BINARY, true, 2, 0, NULL}}, {"i", {TYPE_SMALLINT, true, 0, 0, NULL}},
		{"s", {TYPE_VARCHAR, true, 2, 0, NULL}}};
	struct bench bench = {.arena = arena_new()};

	bench.schema = fixture_schema(bench.arena, fixed, LEN(fixed));
	bench.store = block_store_new(&mem_libc, bench.schema, 0);
	for (int i = 0; i < 4; i++)
		if (i != 2)
			*(struct str *)bench.store->columns[i].values = str_view("x", 1);
	*(int16_t *)bench.store->columns[2].values = 258;
	assert_memory_equal(
		written(&bench, encoder_of(&bench, "raw", ""), 0), "x  x\0\x01\x02x", 9);
	*(struct str *)bench.store->columns[0].values = str_view("wxyz", 4);
	*(struct str *)bench.store->columns[3].values = str_view("wxyz", 4);
	assert_memory_equal(written(&bench, encoder_of(&bench, "raw", "endianness=little"), 0),
		"wxyx\0\x02\x01wx", 10);
	for (int i = 0; i < 4; i++)
		nulls_set(bench.store->columns[i].nulls, 0);
	assert_memory_equal(written(&bench, encoder_of(&bench, "raw", ""), 0), "   \0\0\0\0", 8);
	bench_free(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(print_writes_flinks_form),
		cmocka_unit_test(print_writes_intervals_as_java_does),
		cmocka_unit_test(json_writes_flinks_form),
		cmocka_unit_test(json_is_valid_whatever_the_bytes),
		cmocka_unit_test(csv_quotes_what_needs_it),
		cmocka_unit_test(an_empty_csv_line_is_never_written),
		cmocka_unit_test(raw_pads_and_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
