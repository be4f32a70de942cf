// JSON functions: vectors from Flink's reference and JsonFunctionsITCase, and what its sources do.
#include "sugar.h"
#include "expr/json_text.h"
#include <stdlib.h>

#define S lit_str
#define I lit_int
#define NIL lit_null(TYPE_VARCHAR)

static const struct expr *value(const char *text, const char *path)
{
	const struct expr *none = lit_null(TYPE_NULL);

	return CALL("JSON_VALUE", S(text), S(path), S("NULL"), none, S("NULL"), none);
}

// Of a type, with defaults that say which way it went.
static const struct expr *typed(const char *text, const char *path, struct type type,
	const struct expr *on_empty, const struct expr *on_error)
{
	return must(try_call("JSON_VALUE", 7, S(text), S(path), S("DEFAULT"), on_empty,
		S("DEFAULT"), on_error, expr_null(arena, type, (struct pos){0})));
}

static const struct expr *query(const char *text, const char *path, const char *wrapper,
	const char *on_empty, const char *on_error)
{
	return CALL("JSON_QUERY", S(text), S(path), S(wrapper), S(on_empty), S(on_error));
}

static const struct expr *exists(const char *text, const char *path, const char *on_error)
{
	return CALL("JSON_EXISTS", S(text), S(path), S(on_error));
}

#define DOCUMENT                                                                                \
	"{\"type\": \"account\", \"age\": 42, \"balance\": 13.37, \"active\": true, \"tags\": " \
	"[\"x\", {\"a b\": null}, [1, 2]], \"a.b\": 7, \"esc\": \"q\\\"\\u00e4\\n\", \"nil\": " \
	"null, \"age\": 43}"

static void value_takes_scalars(void **)
{
	static const struct {
		const char *path, *result;
	} cases[] = {
		{"$.type", "account"},
		{"lax $.type", "account"},
		{"STRICT  $.type ", "account"},
		{"type", "account"},
		{"$['type']", "account"},
		{"$.[\"type\"]", "account"},
		{"$.age", "43"}, // the last of equal keys
		{"$.balance", "13.37"},
		{"$.active", "true"},
		{"$['a.b']", "7"},
		{"$.esc", "q\"ä\n"},
		{"$.tags[0]", "x"},
		{"$.tags[-1][1]", "2"},
		{"$.tags[2][0]", "1"},
		{"$.tags[3]", "NULL"},
		{"$.tags[-4]", "NULL"},
		{"$.tags", "NULL"},
		{"$.tags[*]", "NULL"},
		{"$.nil", "NULL"},
		{"$.type.x", "NULL"},
		{"$.type[0]", "NULL"},
		{"$.nowhere", "NULL"},
		{"$", "NULL"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_value(value(DOCUMENT, cases[i].path), cases[i].result);
	assert_value(value("\"x\"", "$"), "x");
	assert_value(value("{\"\\u0061\": 1}", "$.a"), "1");
	assert_value(value("{\"a\": 1e3}", "$.a"), "1E+3");
	assert_value(value("{\"a\": 1.50}", "$.a"), "1.50");
}

static void value_tells_empty_from_error(void **)
{
	static const struct {
		const char *text, *path, *result;
	} cases[] = {
		{DOCUMENT, "lax $.nowhere", "-1"},
		{DOCUMENT, "strict $.nowhere", "-2"},
		{DOCUMENT, "$.nowhere", "-2"},
		{DOCUMENT, "lax $.tags", "-1"},
		{DOCUMENT, "strict $.tags", "-2"},
		{DOCUMENT, "lax $.nil", "-1"},
		{DOCUMENT, "strict $.nil", "-2"},
		{DOCUMENT, "lax $.type", "-2"}, // no number
		{"nonsense", "lax $.a", "-1"},
		{"nonsense", "strict $.a", "-2"},
		{"", "strict $", "-2"},
		{"null", "lax $", "-2"},
		{DOCUMENT, "$.age", "43"},
		{DOCUMENT, "$.balance", "13"},
		{"{\"a\": \"12\"}", "$.a", "12"},
		{"{\"a\": \" 12\"}", "$.a", "-2"},
		{"{\"a\": 3000000000}", "$.a", "-2"},
		{"{\"a\": true}", "$.a", "-2"},
		{"{\"a\": -0.9}", "$.a", "0"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_value(typed(cases[i].text, cases[i].path, type_of(TYPE_INT), I(-1), I(-2)),
			cases[i].result);
}

static void value_returns_types(void **)
{
	struct type number = type_decimal(10, 1);

	assert_value(typed(DOCUMENT, "$.active", type_of(TYPE_BOOLEAN), NIL, NIL), "TRUE");
	assert_value(typed("{\"a\": \"No\"}", "$.a", type_of(TYPE_BOOLEAN), NIL, NIL), "FALSE");
	assert_value(typed(DOCUMENT, "$.age", type_of(TYPE_BOOLEAN), NIL, NIL), "NULL");
	assert_value(typed(DOCUMENT, "$.balance", type_of(TYPE_DOUBLE), NIL, NIL), "13.37");
	assert_value(typed("[1e999]", "$[0]", type_of(TYPE_DOUBLE), NIL, lit_double(1)), "1.0");
	assert_value(typed(DOCUMENT, "$.balance", number, NIL, NIL), "13.4");
	assert_value(
		typed(DOCUMENT, "lax $.x", type_of(TYPE_VARCHAR), lit_bool(false), NIL), "false");
	assert_type(typed(DOCUMENT, "$.age", type_of(TYPE_BIGINT), NIL, NIL), "BIGINT NOT NULL");
	assert_value(CALL("JSON_VALUE", S("[]"), S("lax $.a"), S("ERROR"), NIL, S("NULL"), NIL),
		"fault: JSON_VALUE found nothing, which is an error ON EMPTY");
	assert_value(CALL("JSON_VALUE", S("[]"), S("$.a"), S("NULL"), NIL, S("ERROR"), NIL),
		"fault: JSON_VALUE failed, which is an error ON ERROR");
	assert_value(CALL("JSON_VALUE", NIL, S("$.a"), S("ERROR"), NIL, S("ERROR"), NIL), "NULL");
	assert_null(try_call("JSON_VALUE", 7, S("[]"), S("$"), S("NULL"), NIL, S("NULL"), NIL,
		expr_null(arena, type_of(TYPE_DATE), (struct pos){0})));
	assert_string_equal(err.text, "JSON_VALUE cannot return DATE");
	assert_null(try_call("JSON_VALUE", 7, S("[]"), S("$"), S("DEFAULT"), S("x"), S("NULL"), NIL,
		expr_null(arena, type_of(TYPE_INT), (struct pos){0})));
	assert_string_equal(err.text, "the default is no INT");
}

static void query_takes_objects_and_arrays(void **)
{
	static const struct {
		const char *text, *path, *wrapper, *result;
	} cases[] = {
		{"{ \"a\": { \"b\": 1 } }", "$.a", "WITHOUT", "{\"b\":1}"},
		{"[1, 2]", "$", "WITHOUT", "[1,2]"},
		{"{\"a\":[{\"c\":\"c1\"},{\"c\":\"c2\"}]}", "lax $.a[*].c", "WITHOUT",
			"[\"c1\",\"c2\"]"},
		{"{}", "$", "CONDITIONAL", "[{}]"},
		{"[1, 2]", "$", "CONDITIONAL", "[1,2]"},
		{"[1, 2]", "$", "UNCONDITIONAL", "[[1,2]]"},
		{"1", "$", "WITHOUT", "NULL"},
		{"1", "$", "CONDITIONAL", "[1]"},
		{"{\"b\": 1, \"a\": 2, \"b\": 3}", "$", "WITHOUT", "{\"a\":2,\"b\":3}"},
		{"{\"\\u0062\": 1, \"a\\n\": 2, \"B\": 0}", "$", "WITHOUT",
			"{\"B\":0,\"a\\n\":2,\"b\":1}"},
		{"[0.0, -0, 1.50, 1E3, 0.000001, 0.0000001, -1.5e-9, 100e-2]", "$", "WITHOUT",
			"[0.0,0,1.50,1E+3,0.000001,1E-7,-1.5E-9,1.00]"},
		{"[\"\\/\\u001f\\u007fä\", true, null]", "$", "WITHOUT",
			"[\"/\\u001F\x7fä\",true,null]"},
		{"{\"a\": {\"x\": [1]}, \"b\": {\"y\": 2}}", "$.*.x", "WITHOUT", "[[1]]"},
		{"{\"a\": 1}", "lax $.b[*]", "WITHOUT", "[]"},
		{"{\"a\": 1}", "strict $.b[*]", "WITHOUT", "NULL"},
		{"[[1, [2]], 3, {\"k\": 4}]", "$[*][*]", "WITHOUT", "[1,[2],4]"},
		{"{}", "lax $.invalid", "WITHOUT", "NULL"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_value(query(cases[i].text, cases[i].path, cases[i].wrapper, "NULL", "NULL"),
			cases[i].result);
	assert_value(query("{}", "lax $.x", "WITHOUT", "EMPTY OBJECT", "NULL"), "{}");
	assert_value(query("{}", "strict $.x", "WITHOUT", "NULL", "EMPTY ARRAY"), "[]");
	assert_value(query("1", "lax $", "WITHOUT", "EMPTY ARRAY", "NULL"), "[]");
	assert_value(query("1", "strict $", "WITHOUT", "NULL", "ERROR"),
		"fault: JSON_QUERY failed, which is an error ON ERROR");
	assert_value(query("1", "lax $", "WITHOUT", "ERROR", "NULL"),
		"fault: JSON_QUERY found nothing, which is an error ON EMPTY");
}

static void exists_says_whether(void **)
{
	assert_value(exists("{\"a\": true}", "$.a", "FALSE"), "TRUE");
	assert_value(exists("{\"a\": true}", "$.b", "FALSE"), "FALSE");
	assert_value(exists("{\"a\": [{ \"b\": 1 }]}", "$.a[0].b", "FALSE"), "TRUE");
	assert_value(exists("{\"a\": true}", "strict $.b", "TRUE"), "TRUE");
	assert_value(exists("{\"a\": true}", "lax $.b", "TRUE"), "FALSE");
	assert_value(exists("{\"a\": true}", "strict $.b", "UNKNOWN"), "NULL");
	assert_value(exists("{\"a\": null}", "lax $.a", "TRUE"), "FALSE");
	assert_value(exists("{\"a\": 1}", "lax $.b[*]", "FALSE"), "TRUE");
	assert_value(exists("nonsense", "$.b", "ERROR"),
		"fault: JSON_EXISTS failed, which is an error ON ERROR");
}

static void is_json_knows_kinds(void **)
{
	static const struct {
		const char *text, *results; // VALUE, SCALAR, ARRAY, OBJECT
	} cases[] = {
		{"1", "yynn"},
		{"\"abc\"", "yynn"},
		{"abc", "nnnn"},
		{"[]", "ynyn"},
		{" {} ", "ynny"},
		{"", "nnnn"},
		{"null", "yynn"},
		{"nullx", "nnnn"},
		{"1x", "nnnn"},
		{"01", "nnnn"},
		{"1 x", "yynn"}, // Jackson stops behind the value
		{"{} x", "ynny"},
		{"[1,]", "nnnn"},
		{"{\"a\":1", "nnnn"},
		{"'a'", "nnnn"},
	};
	static const char *const kinds[] = {"VALUE", "SCALAR", "ARRAY", "OBJECT"};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int kind = 0; kind < 4; kind++)
			assert_value(CALL("IS JSON", S(cases[i].text), S(kinds[kind])),
				cases[i].results[kind] == 'y' ? "TRUE" : "FALSE");
	assert_value(CALL("IS JSON", NIL, S("VALUE")), "FALSE");
}

static void values_become_json(void **)
{
	struct type ts = type_timestamp(TYPE_TIMESTAMP, 3);

	assert_value(CALL("JSON_STRING", I(1)), "1");
	assert_value(CALL("JSON_STRING", lit_bool(true)), "true");
	assert_value(CALL("JSON_STRING", S("Hello, \"World\"!\x01\tä")),
		"\"Hello, \\\"World\\\"!\\u0001\\tä\"");
	assert_value(CALL("JSON_STRING", lit_double(1.5)), "1.5");
	assert_value(CALL("JSON_STRING", lit_double(1e10)), "1.0E+10");
	assert_value(CALL("JSON_STRING", lit_double(0.0 / 0.0)),
		"fault: JSON has no form for NaN, infinity and keys that are NULL");
	assert_value(CALL("JSON_STRING", cast(S("1.50"), type_decimal(5, 2))), "1.50");
	assert_value(CALL("JSON_STRING", cast(S("1990-06-02 13:37:42.100"), ts)),
		"\"1990-06-02T13:37:42.1\"");
	assert_value(
		CALL("JSON_STRING", cast(S("1990-06-02 13:37:00"), ts)), "\"1990-06-02T13:37:00\"");
	assert_value(CALL("JSON_STRING", CALL("UNHEX", S("00ff"))), "\"AP8=\"");
	assert_value(CALL("JSON_STRING", NIL), "NULL");
	assert_null(try_call("JSON_STRING", 1, cast(S("2020-01-01"), type_of(TYPE_DATE))));
	assert_string_equal(err.text, "JSON_STRING cannot take DATE: use CAST to a STRING");
}

static void nested_values_become_json(void **)
{
	const struct expr *array = CALL("ARRAY", I(1), lit_null(TYPE_INT), I(3));
	const struct expr *map = CALL("MAP", S("b"), array, S("a"), array);

	assert_value(CALL("JSON_STRING", array), "[1,null,3]");
	assert_value(CALL("JSON_STRING", map), "{\"a\":[1,null,3],\"b\":[1,null,3]}");
	assert_value(CALL("JSON_STRING", CALL("ROW", S("x"), map)),
		"{\"EXPR$0\":\"x\",\"EXPR$1\":{\"a\":[1,null,3],\"b\":[1,null,3]}}");
	assert_value(CALL("JSON_OBJECT", S("NULL"), S("k"), array), "{\"k\":[1,null,3]}");
	assert_null(try_call("JSON_STRING", 1, CALL("MAP", I(1), I(2))));
}

static void objects_and_arrays_are_made(void **)
{
	const struct expr *inner = CALL("JSON_OBJECT", S("NULL"), S("K2"), S("V"));

	assert_value(CALL("JSON_OBJECT", S("NULL")), "{}");
	assert_value(CALL("JSON_OBJECT", S("NULL"), S("K2"), S("V2"), S("K1"), I(1)),
		"{\"K1\":1,\"K2\":\"V2\"}");
	assert_value(CALL("JSON_OBJECT", S("NULL"), S("a"), I(1), S("a"), I(2)), "{\"a\":2}");
	assert_value(CALL("JSON_OBJECT", S("NULL"), S("K1"), NIL), "{\"K1\":null}");
	assert_value(CALL("JSON_OBJECT", S("ABSENT"), S("K1"), NIL, S("K2"), I(1)), "{\"K2\":1}");
	assert_value(CALL("JSON_OBJECT", S("NULL"), S("K1"), inner), "{\"K1\":{\"K2\":\"V\"}}");
	assert_value(CALL("JSON_OBJECT", S("NULL"), S("a\\"), I(1)), "{\"a\\\\\":1}");
	assert_value(CALL("JSON_ARRAY", S("ABSENT")), "[]");
	assert_value(CALL("JSON_ARRAY", S("ABSENT"), I(1), S("2"), NIL), "[1,\"2\"]");
	assert_value(CALL("JSON_ARRAY", S("NULL"), NIL, lit_null(TYPE_NULL)), "[null,null]");
	assert_value(CALL("JSON_ARRAY", S("ABSENT"), CALL("JSON_ARRAY", S("ABSENT"), I(1)), inner),
		"[[1],{\"K2\":\"V\"}]");
	assert_null(try_call("JSON_OBJECT", 3, S("NULL"), NIL, I(1)));
	assert_string_equal(err.text, "a key of JSON_OBJECT must be a string literal");
}

static void quoting_goes_there_and_back(void **)
{
	assert_value(CALL("JSON_QUOTE", S("a/\"\\\t\x01ä😀")),
		"\"a\\/\\\"\\\\\\t\x01\\u00e4\\ud83d\\ude00\"");
	assert_value(CALL("JSON_UNQUOTE", S("\"a\\/\\u00e4\\ud83d\\ude00\"")), "a/ä😀");
	assert_value(CALL("JSON_UNQUOTE", S("\"open")), "\"open");
	assert_value(CALL("JSON_UNQUOTE", S("{\"a\": 1}")), "{\"a\": 1}");
	assert_value(CALL("JSON_UNQUOTE", S("\"a\" ")), "\"a\" ");
	assert_value(CALL("JSON_UNQUOTE", S("\"\\z\"")), "\"\\z\"");
}

static void wrong_paths_are_refused_with_their_place(void **)
{
	static const struct {
		const char *path, *text;
	} cases[] = {
		{"", "the path is empty: it starts with $ at byte 1"},
		{"$.", "a name is missing at byte 3"},
		{"$..a", "'..' is not supported at byte 3"},
		{"$[", "']' is missing at byte 3"},
		{"$[a]", "an index, * or a quoted name is missing at byte 3"},
		{"$[0", "']' is missing at byte 4"},
		{"$[0,1]", "several names or indexes are not supported at byte 4"},
		{"$[0:1]", "a range of indexes is not supported at byte 4"},
		{"$[?(@.a)]", "a filter is not supported at byte 3"},
		{"$['a", "the name's quote is not closed at byte 5"},
		{"$a", "'.' or '[' is missing at byte 2"},
		{"$.length()", "a path's functions are not supported at byte 9"},
		{"$[99999999999]", "the index is too large at byte 12"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(try_call("JSON_EXISTS", 3, S("{}"), S(cases[i].path), S("FALSE")));
		assert_string_equal(
			err.text, arena_printf(arena, "the JSON path is wrong: %s", cases[i].text));
	}
	assert_null(try_call("JSON_EXISTS", 3, S("{}"), I(1), S("FALSE")));
	assert_string_equal(err.text, "a JSON path must be a string literal: '$.a'");
	assert_null(try_call("JSON_EXISTS", 3, I(1), S("$"), S("FALSE")));
	assert_string_equal(
		err.text, "cannot apply 'JSON_EXISTS' to arguments of type INT and CHAR(1)");
}

// Whatever text and path, what is written is JSON again, and writing it again changes nothing.
static void random_documents_do_no_harm(void **)
{
	static const char letters[] = "{}[]\"\":,,a\\u00e4n1-.e0 truefalsnul\xc3\xa4";
	static const char path_letters[] = "$.[]'a*10-\" lx?";
	char text[40], path_text[12], why[JSON_PATH_WHY_MAX], bytes[256], again[256];
	struct json_path path;

	srand(2);
	for (int round = 0; round < 200000; round++) {
		struct json_out out = {.bytes = bytes, .size = (uint32_t)rand() % 256};
		uint32_t n = (uint32_t)rand() % sizeof(text);
		uint32_t n_path = (uint32_t)rand() % sizeof(path_text), n_matches = 0;
		struct json_value document;

		for (uint32_t i = 0; i < n; i++)
			text[i] = letters[(size_t)rand() % (sizeof(letters) - 1)];
		for (uint32_t i = 0; i < n_path; i++)
			path_text[i] = path_letters[(size_t)rand() % (sizeof(path_letters) - 1)];
		document = json_document(text, n);
		if (document.start == NULL)
			continue;
		if (json_path_parse(&path, path_text, n_path, why) == 0)
			json_put_matches(&out, document, path.steps, path.n_steps, &n_matches);
		out.used = 0;
		out.full = false;
		json_put_value(&out, document);
		if (!out.full) {
			struct json_out second = {.bytes = again, .size = sizeof(again)};
			struct json_value written = json_document(bytes, out.used);

			assert_non_null(written.start);
			json_put_value(&second, written);
			assert_int_equal(second.used, out.used);
			assert_memory_equal(again, bytes, out.used);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_takes_scalars),
		cmocka_unit_test(value_tells_empty_from_error),
		cmocka_unit_test(value_returns_types),
		cmocka_unit_test(query_takes_objects_and_arrays),
		cmocka_unit_test(exists_says_whether),
		cmocka_unit_test(is_json_knows_kinds),
		cmocka_unit_test(values_become_json),
		cmocka_unit_test(nested_values_become_json),
		cmocka_unit_test(objects_and_arrays_are_made),
		cmocka_unit_test(quoting_goes_there_and_back),
		cmocka_unit_test(wrong_paths_are_refused_with_their_place),
		cmocka_unit_test(random_documents_do_no_harm),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
