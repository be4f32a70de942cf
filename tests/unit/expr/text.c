// Strings: what Flink's function reference and its tests say.
#include "sugar.h"

#define S lit_str
#define I lit_int

static void change_case(void **)
{
	assert_value(CALL("UPPER", S("Tidewire 12")), "TIDEWIRE 12");
	assert_value(CALL("LOWER", S("\xc3\x84\xc3\x96 \xd0\x96 \xce\xa9")),
		"\xc3\xa4\xc3\xb6 \xd0\xb6 \xcf\x89");
	assert_value(CALL("UPPER", S("÷ ß €")), "÷ SS €");
	assert_value(CALL("UPPER", S("łšğ ɐ ÿ")), "ŁŠĞ Ɐ Ÿ");
	assert_value(CALL("LOWER", S("ŁŠĞ İ ΣΑΣ Σ")), "łšğ i̇ σας σ");
	assert_value(CALL("INITCAP", S("éLAN café 3RD")), "éLan Café 3rd");
	assert_value(CALL("INITCAP", S("hi THOMAS, a-b")), "Hi Thomas, A-B");
}

static void letters_digits_numbers(void **)
{
	assert_value(CALL("IS_ALPHA", S("abcÄł")), "TRUE");
	assert_value(CALL("IS_ALPHA", S("ab1")), "FALSE");
	assert_value(CALL("IS_ALPHA", S("")), "FALSE");
	assert_value(CALL("IS_ALPHA", lit_null(TYPE_VARCHAR)), "FALSE");
	assert_value(CALL("IS_DIGIT", S("012")), "TRUE");
	assert_value(CALL("IS_DIGIT", S("1.2")), "FALSE");
	assert_value(CALL("IS_DIGIT", I(12)), "TRUE");
	assert_value(CALL("IS_DECIMAL", S("-1.2e3")), "TRUE");
	assert_value(CALL("IS_DECIMAL", S(" 1f ")), "TRUE");
	assert_value(CALL("IS_DECIMAL", S("1x")), "FALSE");
	assert_value(CALL("IS_DECIMAL", S("")), "FALSE");
	assert_value(CALL("IS_DECIMAL", lit_double(1)), "TRUE");
	assert_null(try_call("IS_DIGIT", 1, lit_double(1)));
}

static void lengths_count_code_points(void **)
{
	assert_value(CALL("CHAR_LENGTH", S("\xc3\xa4\xe2\x82\xac"
					   "b")),
		"3");
	assert_value(CALL("OCTET_LENGTH", S("\xc3\xa4")), "2");
	assert_value(CALL("ASCII", S("abc")), "97");
	assert_value(CALL("CHR", I(97)), "a");
	assert_value(CALL("CHR", I(353)), "a");
}

static void substring_counts_from_one_or_from_the_end(void **)
{
	assert_value(CALL("SUBSTRING", S("a longer piece of text"), I(3)), "longer piece of text");
	assert_value(CALL("SUBSTRING", S("abcdef"), I(2), I(3)), "bcd");
	assert_value(CALL("SUBSTRING", S("abcdef"), I(0), I(3)), "abc");
	assert_value(CALL("SUBSTRING", S("abcdef"), I(-2)), "ef");
	assert_value(CALL("SUBSTRING", S("abcdef"), I(9)), "");
	assert_value(CALL("SUBSTRING", S("\xc3\xa4\xc3\xb6\xc3\xbc"), I(2), I(1)), "\xc3\xb6");
	assert_value(CALL("LEFT", S("abcdef"), I(2)), "ab");
	assert_value(CALL("RIGHT", S("abcdef"), I(2)), "ef");
	assert_value(CALL("LEFT", S("ab"), I(-1)), "");
	assert_value(CALL("RIGHT", S("ab"), I(9)), "ab");
}

static void positions_count_from_one(void **)
{
	assert_value(CALL("POSITION", S("c"),
			     S("\xc3\xa4"
			       "bc")),
		"3");
	assert_value(CALL("POSITION", S("x"), S("abc")), "0");
	assert_value(CALL("SPLIT_INDEX", S("a,b,,d"), S(","), I(1)), "b");
	assert_value(CALL("SPLIT_INDEX", S("a,b,,d"), S(","), I(2)), "");
	assert_value(CALL("SPLIT_INDEX", S("a,b,,d"), S(","), I(3)), "d");
	assert_value(CALL("SPLIT_INDEX", S("a,b"), S(","), I(5)), "NULL");
	assert_value(CALL("SPLIT_INDEX", S("a,b"), S(","), I(-1)), "NULL");
}

static void trim_takes_a_side_and_characters(void **)
{
	assert_value(CALL("TRIM", S("  a b ")), "a b");
	assert_value(CALL("TRIM", S("LEADING"), S("x"), S("xxaxx")), "axx");
	assert_value(CALL("TRIM", S("TRAILING"), S("xy"), S("xaxyx")), "xa");
	assert_value(CALL("TRIM", S("BOTH"), S("x"), S("xxx")), "");
	assert_value(CALL("LTRIM", S("  a ")), "a ");
	assert_value(CALL("RTRIM", S(" a  ")), " a");
	assert_null(try_call("TRIM", 3, S("SIDEWAYS"), S("x"), S("xxx")));
	assert_string_equal(err.text, "TRIM takes LEADING, TRAILING or BOTH");
}

static void strings_are_joined(void **)
{
	assert_value(CALL("||", S("a longer "), S("text")), "a longer text");
	assert_value(CALL("CONCAT", S("a"), S("b"), S("c")), "abc");
	assert_value(CALL("CONCAT", S("a"), lit_null(TYPE_VARCHAR)), "NULL");
	assert_value(
		CALL("CONCAT_WS", S("~"), S("AA"), lit_null(TYPE_VARCHAR), S("BB"), S(""), S("CC")),
		"AA~BB~~CC");
	assert_value(CALL("CONCAT_WS", lit_null(TYPE_VARCHAR), S("AA")), "NULL");
	assert_null(try_call("||", 2, S("a"), I(1)));
	assert_string_equal(err.text, "cannot apply '||' to arguments of type CHAR(1) and INT");
}

static void strings_are_built(void **)
{
	assert_value(CALL("REPLACE", S("hello world"), S("world"), S("flink")), "hello flink");
	assert_value(CALL("REPLACE", S("ababab"), S("abab"), S("z")), "zab");
	assert_value(CALL("REPLACE", S("abc"), S(""), S("z")), "abc");
	assert_value(CALL("REPEAT", S("This is a test String."), I(2)),
		"This is a test String.This is a test String.");
	assert_value(CALL("REPEAT", S("a"), I(-1)), "");
	assert_value(CALL("REVERSE", S("ab\xc3\xa4"
				       "c")),
		"c\xc3\xa4"
		"ba");
	assert_value(CALL("LPAD", S("hi"), I(4), S("??")), "??hi");
	assert_value(CALL("LPAD", S("hi"), I(1), S("??")), "h");
	assert_value(CALL("RPAD", S("hi"), I(7), S("\xc3\xa4?")), "hi\xc3\xa4?\xc3\xa4?\xc3\xa4");
	assert_value(CALL("LPAD", S("hi"), I(-1), S("?")), "NULL");
	assert_value(CALL("LPAD", S("hi"), I(3), S("")), "NULL");
}

static void like_matches_all_of_the_text(void **)
{
	static const struct {
		const char *text, *pattern, *result;
	} cases[] = {
		{"abc", "abc", "TRUE"},
		{"abc", "ab", "FALSE"},
		{"abc", "ab%", "TRUE"},
		{"abc", "%bc", "TRUE"},
		{"abc", "%b%", "TRUE"},
		{"abc", "%x%", "FALSE"},
		{"abc", "a_c", "TRUE"},
		{"abc", "_bc_", "FALSE"},
		{"", "%", "TRUE"},
		{"", "", "TRUE"},
		{"", "_", "FALSE"},
		{"a", "%%", "TRUE"},
		{"aXbXbXc", "a%b%c", "TRUE"},
		{"aXbXbXc", "a%bXc", "TRUE"},
		{"aXbXbX", "a%b%c", "FALSE"},
		{"\xc3\xa4"
		 "b",
			"_b", "TRUE"},
		{"\xc3\xa4"
		 "b",
			"__b", "FALSE"},
		{"mississippi", "%iss%ip%", "TRUE"},
		{"aaaaaaaaaaaaaaaaaaaaaaaa", "%a%a%a%a%a%a%a%b", "FALSE"},
		{"a\nb", "a%b", "TRUE"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct expr *pattern = cast(S(cases[i].pattern), type_of(TYPE_VARCHAR));
		// Not a literal: compiled for each row.
		const struct expr *varying = CALL("CASE",
			CALL("<>", try_call("CURRENT_DATE", 0), try_call("CURRENT_DATE", 0)), S(""),
			pattern);

		assert_value(CALL("LIKE", S(cases[i].text), pattern), cases[i].result);
		assert_value(CALL("LIKE", S(cases[i].text), varying), cases[i].result);
	}
}

static void like_escapes(void **)
{
	assert_value(CALL("LIKE", S("10%"), S("10!%"), S("!")), "TRUE");
	assert_value(CALL("LIKE", S("100"), S("10!%"), S("!")), "FALSE");
	assert_value(CALL("LIKE", S("a!_b"), S("a!!!_b"), S("!")), "TRUE");
	assert_null(try_call("LIKE", 3, S("a"), S("a!b"), S("!")));
	assert_string_equal(err.text, "a LIKE pattern's escape is not before %, _ or itself");
	assert_null(try_call("LIKE", 3, S("a"), S("a"), S("!!")));
	assert_string_equal(err.text, "ESCAPE takes one ASCII character");
}

static void bytes_that_are_no_text_stay_inside(void **)
{
	const struct expr *cut = S("abcdefghijkl\xf0");

	assert_value(CALL("CHAR_LENGTH", cut), "13");
	assert_value(CALL("REVERSE", cut), "\xf0lkjihgfedcba");
	assert_value(CALL("UPPER", cut), "ABCDEFGHIJKL\xf0");
	assert_value(CALL("LIKE", cut, S("%_")), "TRUE");
	assert_value(CALL("LPAD", S("a"), I(3), S("\xe2")), "\xe2\xe2"
							    "a");
	assert_value(CALL("TRIM", S("BOTH"), S("\xf0"), cut), "abcdefghijkl");
}

static void what_overflows_the_heap_is_null_and_counted(void **)
{
	const struct expr *huge = CALL("REPEAT",
		CALL("REPEAT", S("0123456789"),
			expr_column(arena, 0, type_of(TYPE_INT), (struct pos){0})),
		I(10));
	struct program *program = program_new(&mem_libc, &huge, 1, NULL);
	int32_t values[BLOCK_ROWS_MAX] = {10, 100000, 20};
	struct column columns[1] = {{values, NULL}}, result;
	struct block block = {.n_rows = 3, .n_slots = 3, .n_columns = 1, .columns = columns};
	struct eval eval = {0};

	program_run(program, &block, &eval, &result);
	assert_int_equal(eval.n_overflow, 1);
	assert_false(nulls_get(result.nulls, 0));
	assert_true(nulls_get(result.nulls, 1));
	assert_false(nulls_get(result.nulls, 2));
	assert_int_equal(((const struct str *)result.values)[2].len, 2000);
	program_free(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(change_case),
		cmocka_unit_test(letters_digits_numbers),
		cmocka_unit_test(lengths_count_code_points),
		cmocka_unit_test(substring_counts_from_one_or_from_the_end),
		cmocka_unit_test(positions_count_from_one),
		cmocka_unit_test(trim_takes_a_side_and_characters),
		cmocka_unit_test(strings_are_joined),
		cmocka_unit_test(strings_are_built),
		cmocka_unit_test(like_matches_all_of_the_text),
		cmocka_unit_test(like_escapes),
		cmocka_unit_test(bytes_that_are_no_text_stay_inside),
		cmocka_unit_test(what_overflows_the_heap_is_null_and_counted),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
