// The registry, and what is said about options and columns that do not go with a format.
#include "format/fixture.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

static const struct fixture_column ab[] = {
	{"a", {TYPE_INT, true, 0, 0, NULL}},
	{"b", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}},
};
static const struct fixture_column ba[] = {
	{"b", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}},
	{"a", {TYPE_INT, true, 0, 0, NULL}},
};

static void formats_are_found_by_name(void **)
{
	for (const char *const *name = format_names; *name != NULL; name++)
		assert_string_equal(format_find(*name)->name, *name);
	assert_null(format_find("xml"));
}

static void wrong_options_are_named(void **)
{
	static const struct {
		const char *format, *options, *text;
	} cases[] = {
		{"json", "ignore-parse-error=true", "did you mean 'json.ignore-parse-errors'?"},
		{"json", "zzz=1", "format 'json' has no option 'zzz'"},
		{"json", "ignore-parse-errors=yes", "'true' or 'false', not 'yes'"},
		{"json", "timestamp-format.standard=RFC", "'SQL' or 'ISO-8601', not 'RFC'"},
		{"json", "ignore-parse-errors=true;fail-on-missing-field=true", "cannot both"},
		{"json", "ignore-parse-errors=true;ignore-parse-errors=true", "set twice"},
		{"csv", "field-delimeter=;", "did you mean 'csv.field-delimiter'?"},
		{"csv", "field-delimiter=ab", "one ASCII character"},
		{"csv", "field-delimiter=\xc3\xa9", "one ASCII character"},
		{"csv", "field-delimiter=\n", "one ASCII character"},
		{"csv", "field-delimiter=\"", "must differ"},
		{"csv", "escape-character=,", "must differ"},
		{"csv", "quote-character=';disable-quote-character=true",
			"cannot be set and disabled"},
		{"raw", "endianness=middle", "'big' or 'little', not 'middle'"},
	};
	struct fixture f = {.arena = arena_new()};

	f.schema = fixture_schema(f.arena, ab, LEN(ab));
	for (size_t i = 0; i < LEN(cases); i++) {
		struct err err = {0};

		assert_null(fixture_decoder(&f, cases[i].format, cases[i].options, &err));
		if (strstr(err.text, cases[i].text) == NULL)
			fail_msg("%s: %s", cases[i].options, err.text);
		assert_int_equal(err.pos.line, 1);
	}
	arena_free(f.arena);
}

static void options_of_flink_that_change_nothing_are_taken(void **)
{
	static const char *const json = "map-null-key.mode=DROP;map-null-key.literal=null;"
					"encode.decimal-as-plain-number=true;"
					"decode.json-parser.enabled=true";
	static const char *const csv = "array-element-delimiter=|;"
				       "write-bigdecimal-in-scientific-notation=false";
	struct fixture f;

	fixture_init(&f, "json", json, ab, LEN(ab));
	fixture_free(&f);
	fixture_init(&f, "csv", csv, ab, LEN(ab));
	fixture_free(&f);
}

static void raw_wants_a_column_without_a_size_last(void **)
{
	struct fixture f = {.arena = arena_new()};
	struct err err = {0};

	f.schema = fixture_schema(f.arena, ba, LEN(ba));
	assert_null(fixture_decoder(&f, "raw", "", &err));
	assert_non_null(strstr(err.text, "column 'b' has no fixed size"));
	arena_free(f.arena);
}

// Memory that fails from the n-th allocation on, and counts what is not given back.
struct failing {
	struct mem mem;
	int n_left, n_live;
};

static void *failing_alloc(struct mem *mem, size_t size, size_t align)
{
	struct failing *failing = (struct failing *)mem;

	if (failing->n_left-- <= 0)
		return NULL;
	failing->n_live++;
	return mem_libc.alloc(&mem_libc, size, align);
}

static void failing_free(struct mem *mem, void *ptr)
{
	((struct failing *)mem)->n_live--;
	mem_libc.free(&mem_libc, ptr);
}

static void no_memory_is_an_error_and_leaks_nothing(void **)
{
	static const bool wanted[] = {true, true};
	struct failing failing = {{failing_alloc, failing_free}, 0, 0};
	struct arena *arena = arena_new();
	const struct schema *schema = fixture_schema(arena, ab, LEN(ab));

	for (const char *const *name = format_names; *name != NULL; name++)
		for (int n = 0;; n++) {
			struct err err = {0};
			struct decoder *decoder;
			struct encoder *encoder;

			failing.n_left = n;
			decoder = format_find(*name)->decoder_new(
				&failing.mem, schema, wanted, NULL, 0, &err);
			if (decoder == NULL)
				assert_non_null(strstr(err.text, "out of memory"));
			else
				decoder->ops->free(decoder);
			failing.n_left = n;
			encoder = format_find(*name)->encoder_new(
				&failing.mem, schema, NULL, 0, &err);
			if (encoder != NULL)
				encoder->ops->free(encoder);
			assert_int_equal(failing.n_live, 0);
			if (decoder != NULL && encoder != NULL)
				break;
		}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_found_by_name),
		cmocka_unit_test(wrong_options_are_named),
		cmocka_unit_test(options_of_flink_that_change_nothing_are_taken),
		cmocka_unit_test(raw_wants_a_column_without_a_size_last),
		cmocka_unit_test(no_memory_is_an_error_and_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
