// Regular expressions: vectors from Flink's function reference and its tests, and what Java does.
#include "sugar.h"
#include "expr/regex.h"
#include <stdlib.h>

#define S lit_str
#define I lit_int
#define NIL lit_null(TYPE_VARCHAR)

// Not a literal, though always the same: compiled when the row comes.
static const struct expr *varying(const struct expr *value)
{
	const struct expr *never =
		CALL("<>", must(try_call("CURRENT_DATE", 0)), must(try_call("CURRENT_DATE", 0)));

	return CALL("CASE", never, S(""), cast(value, type_of(TYPE_VARCHAR)));
}

static void regexp_finds_a_part(void **)
{
	static const struct {
		const char *text, *pattern, *result;
	} cases[] = {
		{"100-200", "\\d+", "TRUE"},
		{"abc", "\\d+", "FALSE"},
		{"abc", "^b", "FALSE"},
		{"abc", "", "FALSE"},
		{"", ".*", "TRUE"},
		{"a\nb", "a.b", "FALSE"},
		{"a\rb", "a.b", "FALSE"},
		{"a\nb", "(?s)a.b", "TRUE"},
		{"a\nb", "(?:(?s)a).b", "FALSE"},
		{"A", "(?i)a", "TRUE"},
		{"a\nb", "(?m)^b$", "TRUE"},
		{"a.b", "a\\.b", "TRUE"},
		{"axb", "\\Qa.b\\E", "FALSE"},
		{"a.b", "\\Qa.b\\E", "TRUE"},
		{"ä", "^.$", "TRUE"},
		{"ä", "\\u00e4", "TRUE"},
		{"A", "\\0101", "TRUE"},
		{"\x0b", "\\s", "TRUE"},
		{"\x0b", "[\\s]", "TRUE"},
		{"\x0b", "\\S", "FALSE"},
		{"\x1b", "\\e", "TRUE"},
		{"abc", "^\\p{Alpha}+$", "TRUE"},
		{"abc1", "^[\\p{Alpha}_]+$", "FALSE"},
		{"ω", "\\p{IsGreek}", "TRUE"},
		{"ab", "(?<x>a)b", "TRUE"},
		{"aab", "a{2}b", "TRUE"},
		{"word here", "\\bhere\\b", "TRUE"},
		{"(", "[(]", "TRUE"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_value(
			CALL("REGEXP", S(cases[i].text), S(cases[i].pattern)), cases[i].result);
		assert_value(CALL("REGEXP", S(cases[i].text), varying(S(cases[i].pattern))),
			cases[i].result);
	}
	assert_value(CALL("REGEXP", NIL, S("a")), "NULL");
	assert_value(CALL("REGEXP", S("a"), varying(S("("))), "FALSE");
}

static void extract_takes_a_group(void **)
{
	const struct expr *s = S("foothebar");

	assert_value(CALL("REGEXP_EXTRACT", s, S("foo(.*?)(bar)"), I(2)), "bar");
	assert_value(CALL("REGEXP_EXTRACT", s, S("foo(.*?)(bar)"), I(1)), "the");
	assert_value(CALL("REGEXP_EXTRACT", s, S("foo(.*?)(bar)"), I(0)), "foothebar");
	assert_value(CALL("REGEXP_EXTRACT", s, S("o.*?b")), "ootheb");
	assert_value(CALL("REGEXP_EXTRACT", s, S("foo(.*?)(bar)"), I(3)), "NULL");
	assert_value(CALL("REGEXP_EXTRACT", s, S("foo(.*?)(bar)"), I(-1)), "NULL");
	assert_value(CALL("REGEXP_EXTRACT", s, S("x")), "NULL");
	assert_value(CALL("REGEXP_EXTRACT", s, S("(x)?foo"), I(1)), "NULL");
	assert_value(CALL("REGEXP_EXTRACT", s, S("x*")), "");
	assert_value(CALL("REGEXP_EXTRACT", s, varying(S("(")), I(0)), "NULL");
	assert_value(CALL("REGEXP_EXTRACT", s, varying(S("(?=f)")), I(0)), "NULL");
	assert_value(CALL("REGEXP_SUBSTR", s, S("t.e")), "the");
	assert_value(CALL("REGEXP_SUBSTR", s, S("t.x")), "NULL");
}

static void replace_takes_the_text_as_it_stands(void **)
{
	assert_value(CALL("REGEXP_REPLACE", S("foobar"), S("oo|ar"), S("")), "fb");
	assert_value(CALL("REGEXP_REPLACE", S("100-200"), S("(\\d+)"), S("$1\\")), "$1\\-$1\\");
	assert_value(CALL("REGEXP_REPLACE", S("abc"), S("x*"), S("-")), "-a-b-c-");
	assert_value(CALL("REGEXP_REPLACE", S("xabc"), S("x*"), S("-")), "--a-b-c-");
	assert_value(CALL("REGEXP_REPLACE", S("ä"), S(""), S("-")), "-ä-");
	assert_value(CALL("REGEXP_REPLACE", S("aaa"), S("^a"), S("b")), "baa");
	assert_value(CALL("REGEXP_REPLACE", S("a b"), S("\\b"), S("|")), "|a| |b|");
	assert_value(CALL("REGEXP_REPLACE", S("abc"), varying(S("[")), S("-")), "NULL");
	assert_value(CALL("REGEXP_REPLACE", S("abc"), S("b"), NIL), "NULL");
}

static void matches_are_counted_and_placed(void **)
{
	const struct expr *s = S("Steven Jones and Stephen Smith are the best players");

	assert_value(CALL("REGEXP_COUNT", s, S("Ste(v|ph)en")), "2");
	assert_value(CALL("REGEXP_COUNT", s, S("x")), "0");
	assert_value(CALL("REGEXP_COUNT", S("abc"), S("")), "4");
	assert_value(CALL("REGEXP_COUNT", S("aaaa"), S("aa")), "2");
	assert_value(CALL("REGEXP_COUNT", S("äöü"), S("x?")), "4");
	assert_value(CALL("REGEXP_COUNT", s, varying(S("(Ste"))), "NULL");
	assert_value(CALL("REGEXP_INSTR", s, S("Stephen")), "18");
	assert_value(CALL("REGEXP_INSTR", s, S("x")), "0");
	assert_value(CALL("REGEXP_INSTR", S("äöx"), S("x")), "3");
}

static void extract_all_makes_an_array(void **)
{
	const struct expr *s = S("100-200, 300-400");

	assert_value(CALL("REGEXP_EXTRACT_ALL", s, S("(\\d+)-(\\d+)")), "[100, 300]");
	assert_value(CALL("REGEXP_EXTRACT_ALL", s, S("(\\d+)-(\\d+)"), I(2)), "[200, 400]");
	assert_value(CALL("REGEXP_EXTRACT_ALL", s, S("\\d+"), I(0)), "[100, 200, 300, 400]");
	assert_value(CALL("REGEXP_EXTRACT_ALL", s, S("(x)|1"), I(1)), "[NULL]");
	assert_value(CALL("REGEXP_EXTRACT_ALL", s, S("(x)")), "[]");
	assert_value(CALL("REGEXP_EXTRACT_ALL", s, S("x")), "NULL");
	assert_value(CALL("REGEXP_EXTRACT_ALL", s, varying(S("("))), "NULL");
}

static void similar_to_matches_all_of_the_text(void **)
{
	static const struct {
		const char *text, *pattern, *result;
	} cases[] = {
		{"abc", "a%", "TRUE"},
		{"abc", "b", "FALSE"},
		{"abc", "a_c", "TRUE"},
		{"abc", "(abc|def)", "TRUE"},
		{"defg", "abc|def", "FALSE"},
		{"aab", "a{2}b", "TRUE"},
		{"ab12", "[a-z]+[0-9]*", "TRUE"},
		{"x", "[^a-c]", "TRUE"},
		{"b", "[^a-c]", "FALSE"},
		{"Z9", "[:ALPHA:][:DIGIT:]", "FALSE"},
		{"Z9", "[[:ALPHA:]][[:DIGIT:]]", "TRUE"},
		{"a$", "a$", "TRUE"},
		{"a\nb", "a%b", "FALSE"},
		{"a\\", "a\\", "TRUE"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_value(
			CALL("SIMILAR TO", S(cases[i].text), S(cases[i].pattern)), cases[i].result);
		assert_value(CALL("SIMILAR TO", S(cases[i].text), varying(S(cases[i].pattern))),
			cases[i].result);
	}
	assert_value(CALL("SIMILAR TO", S("10%"), S("10!%"), S("!")), "TRUE");
	assert_value(CALL("SIMILAR TO", S("100"), S("10!%"), S("!")), "FALSE");
	assert_value(CALL("SIMILAR TO", S("a"), varying(S("[a"))),
		"fault: a SIMILAR TO pattern is wrong");
}

static void wrong_patterns_are_refused_with_their_place(void **)
{
	static const struct {
		const char *pattern, *text;
	} cases[] = {
		{"a(?=b)",
			"look-around, which takes more than linear time, at byte 2 of the pattern"},
		{"(?<!a)b",
			"look-around, which takes more than linear time, at byte 1 of the pattern"},
		{"(a)\\1", "a back reference, which takes more than linear time, at byte 4 of the "
			   "pattern"},
		{"a++", "a possessive quantifier, which is not supported, at byte 3 of the "
			"pattern"},
		{"(?>a)", "an atomic group, which is not supported, at byte 1 of the pattern"},
		{"[a[bc]]",
			"a class within a class (or a '[' without \\) at byte 3 of the pattern"},
		{"[a-z&&[^b]]",
			"an intersection of classes (or a '&&' without \\) at byte 5 of the "
			"pattern"},
		{"[abc", "a '[' without ']' at byte 1 of the pattern"},
		{"a{b", "a '{' without a count, as in {2,3} (a literal one is \\{), at byte 2 of "
			"the "
			"pattern"},
		{"\\h", "an escape that is not supported at byte 1 of the pattern"},
		{"(?x)a", "a group or flag that is not supported (flags are i, m, s) at byte 1 of "
			  "the "
			  "pattern"},
		{"(a", "missing ): (a"},
		{"a)", "unexpected ): a)"},
		{"*a", "no argument for repetition operator: *"},
		{"\\", "\\ with nothing behind it at byte 1 of the pattern"},
		{"a{2000}", "invalid repetition size: {2000}"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(try_call("REGEXP", 2, S("a"), S(cases[i].pattern)));
		assert_string_equal(err.text,
			arena_printf(arena, "the regular expression is wrong: %s", cases[i].text));
	}
	assert_null(try_call("SIMILAR TO", 2, S("a"), S("a]")));
	assert_string_equal(err.text, "the pattern of SIMILAR TO is wrong: a ']' without '[' at "
				      "byte 2 of the pattern");
	assert_null(try_call("SIMILAR TO", 3, S("a"), S("a!b"), S("!")));
	assert_null(try_call("REGEXP", 2, S("a"), I(1)));
	assert_string_equal(err.text, "cannot apply 'REGEXP' to arguments of type CHAR(1) and INT");
}

// More patterns than a program keeps, over and over.
static void patterns_of_a_column_take_turns(void **)
{
	const struct expr *args[] = {
		expr_column(arena, 0, type_of(TYPE_VARCHAR), (struct pos){0}),
		expr_column(arena, 1, type_of(TYPE_VARCHAR), (struct pos){0}),
	};
	const struct expr *match = expr_call(arena, "REGEXP", args, 2, (struct pos){0}, &err);
	struct program *program = program_new(&mem_libc, &match, 1, NULL);
	struct str texts[BLOCK_ROWS_MAX], patterns[BLOCK_ROWS_MAX];
	struct column columns[2] = {{texts, NULL}, {patterns, NULL}}, result;
	struct block block = {.n_rows = 200, .n_slots = 200, .n_columns = 2, .columns = columns};
	struct eval eval = {0};
	char text[16];

	for (int row = 0; row < 200; row++) {
		texts[row] = str_view("7", 1);
		snprintf(text, sizeof(text), "^%d$", row % 13);
		patterns[row] = str_view(text, (uint32_t)strlen(text));
	}
	program_run(program, &block, &eval, &result);
	for (int row = 0; row < 200; row++)
		assert_int_equal(((const uint8_t *)result.values)[row], row % 13 == 7);
	program_free(program);
}

// Any pattern is either refused with a reason or matched in bounds.
static void random_patterns_do_no_harm(void **)
{
	static const char letters[] = "ab.*+?()[]{}|^$\\dsSpQE12,-&:<>=!%_u0\xc3\xa4\n";
	char pattern[24], out[REGEX_TEXT_MAX], why[REGEX_WHY_MAX];
	const char *text = "abba-11\xc3\xa4\nab";
	uint32_t len = (uint32_t)strlen(text);

	srand(1);
	for (int round = 0; round < 20000; round++) {
		uint32_t n = (uint32_t)rand() % sizeof(pattern);
		struct regex_span spans[REGEX_GROUPS_MAX + 1];
		struct regex *regex;
		int32_t n_out;

		for (uint32_t i = 0; i < n; i++)
			pattern[i] = letters[(size_t)rand() % (sizeof(letters) - 1)];
		why[0] = '\0';
		n_out = round % 2 ? regex_from_java(pattern, n, out, why)
				  : regex_from_similar(pattern, n, '!', out, why);
		regex = n_out >= 0 ? regex_new(out, (uint32_t)n_out, round % 2 == 0, why) : NULL;
		assert_true((regex == NULL) == (why[0] != '\0'));
		if (regex != NULL &&
			regex_find(regex, text, len, 0, spans, regex_groups(regex) + 1))
			for (uint32_t i = 0; i <= regex_groups(regex); i++)
				assert_true(spans[i].start >= -1 &&
					    spans[i].start <= spans[i].end &&
					    spans[i].end <= (int32_t)len);
		regex_free(regex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regexp_finds_a_part),
		cmocka_unit_test(extract_takes_a_group),
		cmocka_unit_test(replace_takes_the_text_as_it_stands),
		cmocka_unit_test(matches_are_counted_and_placed),
		cmocka_unit_test(extract_all_makes_an_array),
		cmocka_unit_test(similar_to_matches_all_of_the_text),
		cmocka_unit_test(wrong_patterns_are_refused_with_their_place),
		cmocka_unit_test(patterns_of_a_column_take_turns),
		cmocka_unit_test(random_patterns_do_no_harm),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
