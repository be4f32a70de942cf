// JSON decoding: RFC 8259's grammar, in the spirit of JSONTestSuite (Seriot 2016), Flink's
// conversions, and what happens at the edges of messages and blocks.
#include "format/fixture.h"
#include "row/random.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

static const struct fixture_column text_columns[] = {
	{"a", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}}};

static void valid_values_are_taken_as_their_text(void **)
{
	static const char *const values[] = {"0", "-0", "1", "12", "-1", "1.5", "-0.1", "1e3",
		"1E3", "1e+3", "1e-3", "1.25E+10", "0e0", "0.0", "123456789012345678901234567890",
		"0.123456789012345678901234567890123456789012345678901234567890123456",
		"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
		"true", "false", "[]", "{}", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[[[]]]]",
		"[{}]", "{\"b\":1}", "{\"b\":{\"c\":[]}}", "{\"b\":1,\"b\":2}",
		"{ \"b\" : 1 , \"c\" : [ ] }", "[null,true,false,1,\"x\",{},[]]", "[\"\\u0000\"]",
		"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[1\n,\t2\r]", "[\"\xc3\xa9\"]", "{\"\":0}",
		"{\"\\u0061\":0}", "[-1.5e-2]", "[\"]\"]", "{\"}\":\"{\"}"};
	struct fixture f;
	char message[512], row[512];

	fixture_init(&f, "json", "", text_columns, LEN(text_columns));
	for (size_t i = 0; i < LEN(values); i++) {
		snprintf(message, sizeof(message), "{\"a\":%s}", values[i]);
		snprintf(row, sizeof(row), "+I[%s]", values[i]);
		becomes(&f, message, row);
		snprintf(message, sizeof(message), " \t\r\n{ \"a\"\n:\t%s } \r\n", values[i]);
		becomes(&f, message, row);
		// The same where the column is not wanted.
		snprintf(message, sizeof(message), "{\"skipped\":%s}", values[i]);
		becomes(&f, message, "+I[null]");
	}
	fixture_free(&f);
}

static void invalid_values_are_syntax_errors(void **)
{
	static const char *const values[] = {"", "-", "+1", "01", "-01", "00", "1.", ".5", "-.5",
		"1.e1", "1e", "1e+", "1E-", "1.5e", "1.2.3", "1-2", "0x10", "1a", "--1", "- 1",
		"1 2", "NaN", "Infinity", "-Infinity", "tru", "True", "TRUE", "truee", "fals",
		"falsee", "nul", "nulll", "undefined", "'x'", "x", "[", "]", "[1", "[1,", "[,1]",
		"[1,]", "[1,,2]", "[1 2]", "[1}", "{", "}x", "{\"b\"}", "{\"b\":}", "{\"b\":1",
		"{\"b\":1,}", "{,\"b\":1}", "{b:1}", "{'b':1}", "{1:1}", "{\"b\" 1}", "{\"b\"::1}",
		"{\"b\":1 \"c\":2}", "{\"b\":1]", "[\"a\":1]", "\"", "\"x", "\"\\\"", "\"\\",
		"\"\\x41\"", "\"\\u\"", "\"\\u12\"", "\"\\u123g\"", "\"\\U0041\"", "\"\\a\"",
		"\"\\'\"", "\"\x01\"", "\"a\nb\"", "\"\t\"", "\"\x1f\"", "\"\xff\"", "\"\xc3\"",
		"\"\xc3(\"", "\"\xc0\xaf\"", "\"\xe0\x80\xaf\"", "\"\xed\xa0\x80\"",
		"\"\xf4\x90\x80\x80\"", "\"\xf8\x88\x80\x80\x80\"", "\"\x80\"", "\"\xe2\x82\"",
		"\xc3\xa9", "\f1", "\v1", "1\f", "/*c*/1", "1//c", "\xef\xbb\xbf[1]", "[\"x\"",
		"[\"x]", "[\"\\]", "[nul]", "[-]", "[1e]", "[\"\x02\"]", "{\"b\x03\":1}",
		"{\"\xff\":1}", "1}}", "1},", "1}1", "1}{\"a\":1"};
	static const char *const messages[] = {"", " ", "[]", "[1]", "1", "\"x\"", "null", "true",
		"{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
		"{,}", "{}}", "{}{}", "{} x", "{\"a\"}", "{a:1}", "{\"a\",1}", "{\"a\":1;}",
		"{\"a\":1 2}", "{\"a\":1}\x01", "\xef\xbb\xbf{}", "{\"a\":1,\"b\"}",
		"{\"a\":1 \"b\":2}", "{:1}", "{\"a\" \"b\":1}", "}", "{]", "{\"a\\\":1}"};
	struct fixture f;
	char message[512];

	fixture_init(&f, "json", "", text_columns, LEN(text_columns));
	for (size_t i = 0; i < LEN(values); i++) {
		snprintf(message, sizeof(message), "{\"a\":%s}", values[i]);
		refused(&f, message, DECODE_SYNTAX);
		snprintf(message, sizeof(message), "{\"skipped\":%s}", values[i]);
		refused(&f, message, DECODE_SYNTAX);
		snprintf(message, sizeof(message), "{\"a\":%s", values[i]);
		refused(&f, message, DECODE_SYNTAX);
	}
	for (size_t i = 0; i < LEN(messages); i++)
		refused(&f, messages[i], DECODE_SYNTAX);
	refused(&f, "{\"a\":1", DECODE_SYNTAX);
	fixture_reset(&f);
	assert_false(fixture_decode_bytes(&f, "{\"a\":\"\0\"}", 9));
	assert_int_equal(fixture_error(&f), DECODE_SYNTAX);
	fixture_free(&f);
}

static void escapes_are_undone(void **)
{
	static const char *const cases[][2] = {
		{"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "+I[\"\\/\b\f\n\r\t]"},
		{"{\"a\":\"\\u0041\\u00e9\\u20AC\"}", "+I[A\xc3\xa9\xe2\x82\xac]"},
		{"{\"a\":\"\\ud83d\\ude00\"}", "+I[\xf0\x9f\x98\x80]"},
		{"{\"a\":\"\\ud83d\"}", "+I[\xef\xbf\xbd]"}, // a lone half is RFC 8259's grammar
		{"{\"a\":\"\\ude00\\ud83dx\"}", "+I[\xef\xbf\xbd\xef\xbf\xbdx]"},
		{"{\"a\":\"\\ud83d\\u0041\"}", "+I[\xef\xbf\xbd"
					       "A]"},
		{"{\"\\u0061\":\"by an escaped key\"}", "+I[by an escaped key]"},
		{"{\"a\":"
		 "\"0123456789012345678901234567890123456789012345678901234567890123456789\\n\"}",
			"+I["
			"0123456789012345678901234567890123456789012345678901234567890123456789\n"
			"]"},
		{"{\"a\":"
		 "\"0123456789012345678901234567890123456789012345678901234567890123\xc3\xa9\"}",
			"+I["
			"0123456789012345678901234567890123456789012345678901234567890123\xc3\xa9"
			"]"},
	};
	struct fixture f;

	fixture_init(&f, "json", "", text_columns, LEN(text_columns));
	for (size_t i = 0; i < LEN(cases); i++)
		becomes(&f, cases[i][0], cases[i][1]);
	fixture_free(&f);
}

static void only_escaped_long_strings_use_the_heap(void **)
{
	struct fixture f;

	fixture_init(&f, "json", "", text_columns, LEN(text_columns));
	assert_true(fixture_decode(&f, "{\"a\":\"longer than twelve bytes\"}"));
	assert_true(fixture_decode(&f, "{\"a\":\"short\\n\"}"));
	assert_int_equal(f.out->heap_used, 0);
	assert_true(fixture_decode(&f, "{\"a\":\"thirteen chr\\u0041\"}"));
	assert_int_equal(f.out->heap_used, 13);
	fixture_free(&f);
}

static void nesting_is_bounded(void **)
{
	enum { DEPTH = 64 };
	struct fixture f;
	char message[512];

	fixture_init(&f, "json", "", text_columns, LEN(text_columns));
	for (int n = DEPTH - 1; n <= DEPTH; n++) {
		int len = snprintf(message, sizeof(message), "{\"b\":");

		memset(message + len, '[', (size_t)n);
		memset(message + len + n, ']', (size_t)n);
		memcpy(message + len + 2 * n, "}", 2);
		if (n < DEPTH)
			becomes(&f, message, "+I[null]");
		else
			refused(&f, message, DECODE_DEPTH);
	}
	fixture_free(&f);
}

static void iso_timestamps_are_an_option(void **)
{
	static const struct fixture_column columns[] = {{"ts", {TYPE_TIMESTAMP, true, 6, 0, NULL}}};
	struct fixture f;

	fixture_init(&f, "json", "timestamp-format.standard=ISO-8601", columns, LEN(columns));
	becomes(&f, "{\"ts\":\"2020-01-01T00:00:05.5\"}", "+I[2020-01-01T00:00:05.500]");
	refused(&f, "{\"ts\":\"2020-01-01 00:00:05\"}", DECODE_RANGE);
	fixture_free(&f);
}

static const struct fixture_column abc[] = {
	{"a", {TYPE_INT, true, 0, 0, NULL}},
	{"b", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}},
	{"c", {TYPE_INT, true, 0, 0, NULL}},
};

static void keys_come_in_any_order(void **)
{
	struct fixture f;

	fixture_init(&f, "json", "", abc, LEN(abc));
	for (int i = 0; i < 3; i++) {
		becomes(&f, "{\"a\":1,\"b\":\"x\",\"c\":3}", "+I[1, x, 3]");
		becomes(&f, "{\"c\":3,\"b\":\"x\",\"a\":1}", "+I[1, x, 3]");
		becomes(&f, "{\"a\":1,\"c\":3}", "+I[1, null, 3]");
		becomes(&f, "{\"x\":9,\"a\":1,\"y\":{\"a\":7},\"b\":\"x\",\"z\":[],\"c\":3}",
			"+I[1, x, 3]");
		becomes(&f, "{\"a\\u0000\":9,\"\\u0000\":9}", "+I[null, null, null]");
		becomes(&f, "{\"aa\":9,\"A\":9,\"\":9,\"c\":3}", "+I[null, null, 3]");
		becomes(&f, "{ \"a\" : 1 , \"b\" : \"x\" , \"c\" : 3 }", "+I[1, x, 3]");
	}
	fixture_free(&f);
}

static void the_last_of_equal_keys_wins(void **)
{
	struct fixture f;

	fixture_init(&f, "json", "", abc, LEN(abc));
	becomes(&f, "{\"a\":1,\"a\":2,\"a\":3}", "+I[3, null, null]");
	becomes(&f, "{\"a\":null,\"a\":2}", "+I[2, null, null]");
	becomes(&f, "{\"a\":2,\"\\u0061\":null}", "+I[null, null, null]");
	fixture_free(&f);
}

static void more_keys_than_are_remembered(void **)
{
	enum { KEYS = 400 };
	struct fixture f;
	static char message[KEYS * 90];
	int len = 1;

	fixture_init(&f, "json", "", abc, LEN(abc));
	message[0] = '{';
	for (int i = 0; i < KEYS; i++)
		len += snprintf(message + len, sizeof(message) - (size_t)len, "\"%0*d\":%d,",
			i % 80 + 1, i, i);
	snprintf(message + len, sizeof(message) - (size_t)len, "\"c\":5}");
	for (int i = 0; i < 3; i++)
		becomes(&f, message, "+I[null, null, 5]");
	fixture_free(&f);
}

static void unwanted_columns_are_not_converted(void **)
{
	struct fixture f;
	struct err err;

	fixture_init(&f, "json", "", abc, LEN(abc));
	f.decoder->ops->free(f.decoder);
	f.wanted[0] = false;
	assert_non_null(fixture_decoder(&f, "json", "fail-on-missing-field=true", &err));
	assert_true(fixture_decode(&f, "{\"a\":\"no number\",\"b\":\"x\",\"c\":3}"));
	assert_true(fixture_decode(&f, "{\"b\":\"x\",\"c\":3}"));
	assert_false(fixture_decode(&f, "{\"a\":1,\"c\":3}"));
	assert_int_equal(fixture_error(&f), DECODE_MISSING);
	fixture_free(&f);
}

static void null_in_a_not_null_column_drops_the_message(void **)
{
	static const struct fixture_column columns[] = {
		{"a", {TYPE_INT, false, 0, 0, NULL}}, {"d", {TYPE_DECIMAL, false, 3, 0, NULL}}};
	struct fixture f;

	fixture_init(&f, "json", "", columns, LEN(columns));
	becomes(&f, "{\"a\":1,\"d\":2}", "+I[1, 2]");
	refused(&f, "{\"a\":null,\"d\":2}", DECODE_MISSING);
	refused(&f, "{\"d\":2}", DECODE_MISSING);
	refused(&f, "{\"a\":1,\"d\":1000}", DECODE_MISSING);
	fixture_free(&f);
}

static void ignored_errors_make_null(void **)
{
	struct fixture f;

	fixture_init(&f, "json", "ignore-parse-errors=true", abc, LEN(abc));
	becomes(&f, "{\"a\":\"x\",\"b\":\"y\",\"c\":99999999999}", "+I[null, y, null]");
	assert_int_equal(f.decoder->n_null_fields, 2);
	refused(&f, "{\"a\":\"x\",\"b\":\"y\",\"c\":}", DECODE_SYNTAX);
	assert_int_equal(f.decoder->n_null_fields, 2);
	assert_null(f.decoder->fault.text);
	fixture_free(&f);
}

static void the_first_error_ends_a_job_that_asks_for_it(void **)
{
	struct message messages[4];
	static const char *const texts[] = {"{\"a\":1}", "{\"a\":2}", "{\"a\":xx}", "{\"a\":4}"};
	struct fixture f;

	fixture_init(&f, "json", "ignore-parse-errors=false", abc, LEN(abc));
	for (int i = 0; i < 4; i++)
		messages[i] =
			(struct message){(const uint8_t *)texts[i], (uint32_t)strlen(texts[i])};
	assert_int_equal(f.decoder->ops->decode(f.decoder, messages, 4, f.out), 3);
	assert_int_equal(f.out->block.n_rows, 2);
	assert_non_null(f.decoder->fault.text);
	assert_int_equal(f.decoder->first_error_message, 2);
	assert_int_equal(f.decoder->first_error_offset, 5);
	assert_int_equal(f.decoder->first_error, DECODE_SYNTAX);
	assert_int_equal(f.decoder->n_messages, 3);
	fixture_free(&f);
}

static void a_full_heap_ends_the_block_before_the_row(void **)
{
	static const char text[] = "{\"a\":null,\"b\":\"\\n345678901234567890123456789\"}";
	struct message messages[200];
	struct fixture f;
	uint16_t n;

	fixture_init(&f, "json", "", abc, LEN(abc));
	for (int i = 0; i < 200; i++)
		messages[i] = (struct message){(const uint8_t *)text, sizeof(text) - 1};
	n = f.decoder->ops->decode(f.decoder, messages, 200, f.out);
	assert_in_range(n, FIXTURE_HEAP / 30, FIXTURE_HEAP / 27);
	assert_int_equal(f.out->block.n_rows, n);
	assert_int_equal(f.decoder->n_messages, n);
	assert_false(nulls_get(f.out->columns[0].nulls, n)); // undone
	assert_int_equal(f.decoder->ops->decode(f.decoder, messages, 200, f.out), 0);
	block_store_reset(f.out);
	assert_int_equal(f.decoder->ops->decode(f.decoder, messages + n, 200 - n, f.out),
		200 - n > n ? n : 200 - n);
	fixture_free(&f);
}

static void a_string_that_no_block_holds_is_dropped(void **)
{
	static char message[FIXTURE_HEAP + 64];
	struct fixture f;

	fixture_init(&f, "json", "", abc, LEN(abc));
	strcpy(message, "{\"b\":\"\\n");
	memset(message + strlen(message), 'x', FIXTURE_HEAP);
	strcat(message, "\"}");
	refused(&f, message, DECODE_LENGTH);
	fixture_free(&f);
}

static void stops_when_the_block_is_full(void **)
{
	struct message messages[BLOCK_ROWS_MAX + 10];
	struct fixture f;

	fixture_init(&f, "json", "", abc, LEN(abc));
	for (int i = 0; i < BLOCK_ROWS_MAX + 10; i++)
		messages[i] = (struct message){(const uint8_t *)"{\"a\":1}", i == 5 ? 6 : 7};
	assert_int_equal(f.decoder->ops->decode(f.decoder, messages, BLOCK_ROWS_MAX + 10, f.out),
		BLOCK_ROWS_MAX + 1);
	assert_int_equal(f.out->block.n_rows, BLOCK_ROWS_MAX);
	assert_int_equal(f.decoder->n_errors[DECODE_SYNTAX], 1);
	fixture_free(&f);
}

// One message in two forms: as it is, and with a blank before it, which keeps it from being read by
// the index. Both ways must come to the same end.
static void compare_ways(struct fixture *f, const char *message, uint32_t len)
{
	char blank[512], row[1024] = "";
	int error;

	fixture_reset(f);
	if (fixture_decode_bytes(f, message, len))
		strcpy(row, fixture_row(f, 0));
	error = fixture_error(f);
	blank[0] = ' ';
	memcpy(blank + 1, message, len);
	fixture_reset(f);
	if (fixture_decode_bytes(f, blank, len + 1))
		assert_string_equal(row, fixture_row(f, 0));
	assert_int_equal(fixture_error(f), error);
}

static void both_ways_through_a_message_agree(void **)
{
	static const char *const texts[] = {"{\"a\":1,\"b\":\"x\",\"c\":3}",
		"{\"a\": 1, \"b\": \"x\", \"c\": -3}",
		"{\"c\":1.5,\"b\":{\"a\":[1,{}]},\"a\":null}", "{\"b\":\"caf\xc3\xa9\",\"x\":true}",
		"{\"b\":[\"a,b\",\"}\"],\"c\":1e2}",
		"{\"b\":\"01234567890123456789012345678901234567890123456789012345678901\"}"};
	static const char bytes[] = "\"\"\"\\,,::{}[]  \n\x01\xc3\xa9"
				    "0123.-eEabctrufalsn";
	struct random random = {7};
	struct fixture f;

	fixture_init(&f, "json", "", abc, LEN(abc));
	for (int i = 0; i < 60000; i++) {
		const char *text = texts[random_below(&random, LEN(texts))];
		uint32_t len = (uint32_t)strlen(text);
		char message[256];

		memcpy(message, text, len);
		for (uint32_t n = random_below(&random, 4); n > 0; n--)
			message[random_below(&random, len)] =
				bytes[random_below(&random, sizeof(bytes) - 1)];
		compare_ways(&f, message, len - (random_below(&random, 8) == 0));
	}
	fixture_free(&f);
}

// Every byte of a message at the places where a chunk ends, and a message longer than is indexed.
static void messages_of_all_lengths_are_read(void **)
{
	enum { LONGEST = 1200 };
	static char message[LONGEST + 64], row[LONGEST + 64];
	struct fixture f;

	fixture_init(&f, "json", "", abc, LEN(abc));
	for (int n = 0; n < LONGEST; n++) {
		int len = snprintf(message, sizeof(message), "{\"a\":%d,\"b\":\"", n);

		memset(message + len, 'x', (size_t)n);
		strcpy(message + len + n, "\",\"c\":7}");
		len = snprintf(row, sizeof(row), "+I[%d, ", n);
		memset(row + len, 'x', (size_t)n);
		strcpy(row + len + n, ", 7]");
		becomes(&f, message, row);
	}
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_values_are_taken_as_their_text),
		cmocka_unit_test(invalid_values_are_syntax_errors),
		cmocka_unit_test(escapes_are_undone),
		cmocka_unit_test(only_escaped_long_strings_use_the_heap),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(iso_timestamps_are_an_option),
		cmocka_unit_test(keys_come_in_any_order),
		cmocka_unit_test(the_last_of_equal_keys_wins),
		cmocka_unit_test(more_keys_than_are_remembered),
		cmocka_unit_test(unwanted_columns_are_not_converted),
		cmocka_unit_test(null_in_a_not_null_column_drops_the_message),
		cmocka_unit_test(ignored_errors_make_null),
		cmocka_unit_test(the_first_error_ends_a_job_that_asks_for_it),
		cmocka_unit_test(a_full_heap_ends_the_block_before_the_row),
		cmocka_unit_test(a_string_that_no_block_holds_is_dropped),
		cmocka_unit_test(stops_when_the_block_is_full),
		cmocka_unit_test(both_ways_through_a_message_agree),
		cmocka_unit_test(messages_of_all_lengths_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
