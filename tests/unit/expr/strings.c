// Finding, editing, encoding, hashing: what Flink's function reference and its sources say.
#include "sugar.h"

#define S lit_str
#define I lit_int
#define NIL lit_null(TYPE_VARCHAR)

static const struct expr *bytes_of(const char *hex)
{
	return CALL("UNHEX", S(hex));
}

static const char *hex_of(const struct expr *bytes)
{
	return value_of(CALL("HEX", CALL("DECODE", bytes, S("ISO-8859-1"))));
}

static void positions_begin_at_a_character(void **)
{
	assert_value(CALL("LOCATE", S("a"), S("banana")), "2");
	assert_value(CALL("LOCATE", S("a"), S("banana"), I(3)), "4");
	assert_value(CALL("LOCATE", S("a"), S("banana"), I(7)), "0");
	assert_value(CALL("LOCATE", S("a"), S("banana"), I(-5)), "2");
	assert_value(CALL("LOCATE", S(""), S("banana"), I(4)), "1");
	assert_value(CALL("LOCATE", S("b"), S("äbäb"), I(3)), "4");
	assert_value(CALL("LOCATE", NIL, S("banana")), "NULL");
	assert_value(CALL("POSITION", S(""), S("")), "1");
}

static void instr_counts_occurrences_from_either_end(void **)
{
	assert_value(CALL("INSTR", S("Corporate Floor"), S("or")), "2");
	assert_value(CALL("INSTR", S("Corporate Floor"), S("or"), I(3)), "5");
	assert_value(CALL("INSTR", S("Corporate Floor"), S("or"), I(3), I(2)), "14");
	assert_value(CALL("INSTR", S("Corporate Floor"), S("or"), I(-3), I(2)), "2");
	assert_value(CALL("INSTR", S("Corporate Floor"), S("or"), I(-1)), "14");
	assert_value(CALL("INSTR", S("aaaa"), S("aa"), I(1), I(3)), "3");
	assert_value(CALL("INSTR", S("aaaa"), S("aa"), I(-1), I(3)), "1");
	assert_value(CALL("INSTR", S("aaaa"), S("aa"), I(-1), I(4)), "0");
	assert_value(CALL("INSTR", S("ääb"), S("b"), I(-1)), "3");
	assert_value(CALL("INSTR", S("abc"), S("a"), I(0)), "0");
	assert_value(CALL("INSTR", S("abc"), S("a"), I(-9)), "0");
	assert_value(CALL("INSTR", S("abc"), S("a"), I(1), I(0)),
		"fault: INSTR counts occurrences from 1");
}

static void beginnings_and_ends(void **)
{
	assert_value(CALL("STARTSWITH", S("tidewire"), S("tide")), "TRUE");
	assert_value(CALL("STARTSWITH", S("tide"), S("tidewire")), "FALSE");
	assert_value(CALL("STARTSWITH", S("tide"), S("")), "TRUE");
	assert_value(CALL("ENDSWITH", S("tidewire"), S("wire")), "TRUE");
	assert_value(CALL("ENDSWITH", S("tidewire"), S("tide")), "FALSE");
	assert_value(CALL("ENDSWITH", S(""), S("")), "TRUE");
}

static void parts_are_cut_by_text_code_or_white_space(void **)
{
	assert_value(CALL("SPLIT_INDEX", S("a--b--c"), S("--"), I(1)), "b");
	assert_value(CALL("SPLIT_INDEX", S("a;b;"), I(59), I(2)), "");
	assert_value(CALL("SPLIT_INDEX", S("a;b;"), I(59), I(1)), "b");
	assert_value(CALL("SPLIT_INDEX", S("a;b"), I(256), I(0)), "NULL");
	assert_value(CALL("SPLIT_INDEX", S("a;b"), I(0), I(0)), "NULL");
	assert_value(CALL("SPLIT_INDEX", S("a b\tc"), S(""), I(2)), "c");
	assert_value(CALL("SPLIT_INDEX", S("a  b"), S(""), I(1)), "");
	assert_value(CALL("SPLIT_INDEX", S(""), S(","), I(0)), "NULL");
}

static void overlay_replaces_a_part(void **)
{
	assert_value(CALL("OVERLAY", S("xxxxxtest"), S("xxxx"), I(6)), "xxxxxxxxx");
	assert_value(CALL("OVERLAY", S("xxxxxtest"), S("xxxx"), I(6), I(2)), "xxxxxxxxxst");
	assert_value(CALL("OVERLAY", S("abcdef"), S("XY"), I(1)), "XYcdef");
	assert_value(CALL("OVERLAY", S("abcdef"), S("XY"), I(0)), "abcdef");
	assert_value(CALL("OVERLAY", S("abcdef"), S("XY"), I(7)), "abcdef");
	assert_value(CALL("OVERLAY", S("abcdef"), S("XY"), I(3), I(0)), "abXY");
	assert_value(CALL("OVERLAY", S("abcdef"), S("XY"), I(3), I(-1)), "abXY");
	assert_value(CALL("OVERLAY", S("abcdef"), S("XYZ"), I(5)), "abcdXYZ");
	assert_value(CALL("OVERLAY", S("äöüß"), S("-"), I(2), I(2)), "ä-ß");
}

static void translate_exchanges_characters(void **)
{
	assert_value(CALL("TRANSLATE", S("www.apache.org"), S("wapcheorg"), S(" APCHEcom")),
		"   .APACHE.com");
	assert_value(CALL("TRANSLATE", S("abc"), S("ab"), S("x")), "xc");
	assert_value(CALL("TRANSLATE", S("abc"), S("aa"), S("xy")), "xbc");
	assert_value(CALL("TRANSLATE", S("häß"), S("äß"), S("as")), "has");
	assert_value(CALL("TRANSLATE", S("abc"), S("b"), NIL), "ac");
	assert_value(CALL("TRANSLATE", S("abc"), NIL, S("x")), "abc");
	assert_value(CALL("TRANSLATE", NIL, S("a"), S("x")), "NULL");
}

static void elt_takes_one_of_many(void **)
{
	assert_value(CALL("ELT", I(2), S("scala"), S("java"), S("go")), "java");
	assert_value(CALL("ELT", I(0), S("scala"), S("java")), "NULL");
	assert_value(CALL("ELT", I(3), S("scala"), S("java")), "NULL");
	assert_null(try_call("ELT", 2, S("1"), S("a")));
}

static void substring_of_a_negative_length_is_null(void **)
{
	assert_value(CALL("SUBSTRING", S("abc"), I(1), I(-1)), "NULL");
	assert_value(CALL("SUBSTRING", S("abc"), I(-4), I(2)), "");
	assert_value(CALL("SUBSTRING", S("abc"), I(-2), I(1)), "b");
}

static void numbers_in_other_digits(void **)
{
	assert_value(CALL("BIN", I(12)), "1100");
	assert_value(CALL("BIN", I(0)), "0");
	assert_value(CALL("BIN", I(-1)),
		"1111111111111111111111111111111111111111111111111111111111111111");
	assert_value(CALL("HEX", I(100)), "64");
	assert_value(CALL("HEX", I(-1)), "FFFFFFFFFFFFFFFF");
	assert_value(CALL("HEX", S("hello,world")), "68656C6C6F2C776F726C64");
	assert_value(CALL("DECODE", CALL("UNHEX", S("466C696E6B")), S("UTF-8")), "Flink");
	assert_string_equal(hex_of(bytes_of("abc")), "00C2BC"); // '¼' in UTF-8
	assert_value(CALL("UNHEX", S("4g")), "NULL");
	assert_value(CALL("UNHEX", S("g41")), "NULL");
	assert_value(CALL("DECODE", bytes_of(""), S("utf8")), "");
}

static void base64_there_and_back(void **)
{
	assert_value(CALL("TO_BASE64", S("hello world")), "aGVsbG8gd29ybGQ=");
	assert_value(CALL("FROM_BASE64", S("aGVsbG8gd29ybGQ=")), "hello world");
	assert_value(CALL("FROM_BASE64", S("aGVsbG8gd29ybGQ")), "hello world");
	assert_value(CALL("FROM_BASE64", S("")), "");
	assert_value(CALL("FROM_BASE64", S("YQ")), "a");
	assert_value(
		CALL("FROM_BASE64", S("YQ=")), "fault: FROM_BASE64 of a text that is not base64");
	assert_value(
		CALL("FROM_BASE64", S("Y")), "fault: FROM_BASE64 of a text that is not base64");
	assert_value(CALL("TO_BASE64", bytes_of("00ff")), "AP8=");
}

static void character_sets(void **)
{
	static const struct {
		const char *charset, *hex;
	} cases[] = {
		{"UTF-8", "61C3A4E282ACF09F9880"},
		{"US-ASCII", "613F3F3F"},
		{"iso-8859-1", "61E43F3F"},
		{"UTF-16BE", "006100E420ACD83DDE00"},
		{"UTF-16LE", "6100E400AC203DD800DE"},
		{"UTF-16", "FEFF006100E420ACD83DDE00"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct expr *coded = CALL("ENCODE", S("aä€😀"), S(cases[i].charset));

		assert_value(CALL("TO_BASE64", coded),
			value_of(CALL("TO_BASE64", bytes_of(cases[i].hex))));
	}
	assert_value(CALL("DECODE", bytes_of("006100E420ACD83DDE00"), S("UTF-16")), "aä€😀");
	assert_value(CALL("DECODE", bytes_of("FFFE6100"), S("UTF-16")), "a");
	assert_value(CALL("DECODE", bytes_of("61ff"), S("UTF-8")), "a\xef\xbf\xbd");
	assert_value(CALL("DECODE", bytes_of("61e4"), S("ISO-8859-1")), "aä");
	assert_null(try_call("ENCODE", 2, S("a"), S("EBCDIC")));
	assert_string_equal(err.text,
		"the character sets are US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE and "
		"UTF-16");
}

static void digests(void **)
{
	assert_value(CALL("MD5", S("")), "d41d8cd98f00b204e9800998ecf8427e");
	assert_value(CALL("MD5", S("abc")), "900150983cd24fb0d6963f7d28e17f72");
	assert_value(CALL("SHA1", S("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_value(CALL("SHA224", S("abc")),
		"23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
	assert_value(CALL("SHA256", S("abc")),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_value(CALL("SHA384", S("abc")),
		"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc235"
		"8baeca134c825a7");
	assert_value(CALL("SHA512", S("abc")),
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a83"
		"6ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	assert_value(CALL("SHA2", S("abc"), I(224)), value_of(CALL("SHA224", S("abc"))));
	assert_value(CALL("SHA2", S("abc"), I(512)), value_of(CALL("SHA512", S("abc"))));
	assert_value(CALL("SHA256", NIL), "NULL");
	assert_null(try_call("SHA2", 2, S("abc"), I(1)));
	assert_string_equal(err.text, "SHA2 makes 224, 256, 384 or 512 bits");
}

static void all_digests_of_a_full_block_have_room(void **)
{
	static const char *const names[] = {"MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};
	const struct expr *column = expr_column(arena, 0, type_of(TYPE_VARCHAR), (struct pos){0});
	struct block block = {.n_rows = BLOCK_ROWS_MAX, .n_slots = BLOCK_ROWS_MAX, .n_columns = 1};
	struct str texts[BLOCK_ROWS_MAX];
	struct column columns[1] = {{texts, NULL}}, results[6];
	const struct expr *exprs[6];
	struct program *program;
	struct eval eval = {0};

	for (int i = 0; i < 6; i++)
		exprs[i] = CALL(names[i], column);
	for (int row = 0; row < BLOCK_ROWS_MAX; row++)
		texts[row] = str_view((const char *)&row, sizeof(row));
	block.columns = columns;
	program = program_new(&mem_libc, exprs, 6, NULL);
	program_run(program, &block, &eval, results);
	assert_int_equal(eval.n_overflow, 0);
	program_free(program);
}

static void urls_have_parts(void **)
{
	static const struct {
		const char *url, *part, *result;
	} cases[] = {
		{"http://facebook.com/path1/p.php?k1=v1&k2=v2#Ref1", "HOST", "facebook.com"},
		{"http://facebook.com/path1/p.php?k1=v1&k2=v2#Ref1", "PATH", "/path1/p.php"},
		{"http://facebook.com/path1/p.php?k1=v1&k2=v2#Ref1", "QUERY", "k1=v1&k2=v2"},
		{"http://facebook.com/path1/p.php?k1=v1&k2=v2#Ref1", "REF", "Ref1"},
		{"http://facebook.com/path1/p.php?k1=v1&k2=v2#Ref1", "PROTOCOL", "http"},
		{"http://facebook.com/path1/p.php?k1=v1&k2=v2#Ref1", "FILE",
			"/path1/p.php?k1=v1&k2=v2"},
		{"http://user:pass@host:8080/", "AUTHORITY", "user:pass@host:8080"},
		{"http://user:pass@host:8080/", "USERINFO", "user:pass"},
		{"http://user:pass@host:8080/", "HOST", "host"},
		{"http://host", "PATH", ""},
		{"http://host", "QUERY", "NULL"},
		{"http://host", "USERINFO", "NULL"},
		{"http://host", "host", "NULL"},
		{"https://[::1]:80/x", "HOST", "[::1]"},
		{"http://host:port/", "HOST", "NULL"},
		{"gopher://host/", "HOST", "NULL"},
		{"no url", "HOST", "NULL"},
		{"", "HOST", "NULL"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_value(CALL("PARSE_URL", S(cases[i].url), S(cases[i].part)), cases[i].result);
	assert_value(CALL("PARSE_URL", S("http://h/p?k1=v1&k2=v2#R"), S("QUERY"), S("k2")), "v2");
	assert_value(CALL("PARSE_URL", S("http://h/p?k1=v1&k2="), S("QUERY"), S("k2")), "");
	assert_value(CALL("PARSE_URL", S("http://h/p?xk=1&k=2"), S("QUERY"), S("k")), "2");
	assert_value(CALL("PARSE_URL", S("http://h/p?k1=v1"), S("QUERY"), S("k")), "NULL");
	assert_value(CALL("PARSE_URL", S("http://h/p?k1=v1"), S("PATH"), S("k1")), "NULL");
}

static void urls_are_encoded(void **)
{
	assert_value(CALL("URL_ENCODE", S("a b-c.*_~/ä?")), "a+b-c.*_%7E%2F%C3%A4%3F");
	assert_value(CALL("URL_DECODE", S("a+b-c.*_%7E%2f%C3%A4%3F")), "a b-c.*_~/ä?");
	assert_value(CALL("URL_DECODE", S("%ff")), "\xef\xbf\xbd");
	assert_value(CALL("URL_DECODE", S("100%")), "NULL");
	assert_value(CALL("URL_DECODE", S("%zz")), "NULL");
}

// The first numbers of java.util.Random(42) and Random(1).
static void random_numbers_follow_their_seed(void **)
{
	assert_value(CALL("RAND", I(42)), "0.7275636800328681");
	assert_value(CALL("RAND_INTEGER", I(42), I(10)), "0");
	assert_value(CALL("RAND_INTEGER", I(1), I(100)), "85");
	assert_value(CALL("RAND_INTEGER", I(1), I(16)), "11");
	assert_value(
		CALL("RAND_INTEGER", I(0)), "fault: the bound of RAND_INTEGER must be positive");
}

static void uuids_differ_and_say_their_version(void **)
{
	const struct expr *exprs[2] = {must(try_call("UUID", 0)), must(try_call("UUID", 0))};
	struct program *program = program_new(&mem_libc, exprs, 2, NULL);
	struct block block = {.n_rows = 64, .n_slots = 64};
	struct eval eval = {.now.wall_ns = 1};
	struct column columns[2];
	const struct str *a, *b;

	program_run(program, &block, &eval, columns);
	a = columns[0].values;
	b = columns[1].values;
	for (int row = 0; row < 64; row++) {
		assert_int_equal(a[row].len, 36);
		assert_int_equal(str_data(&a[row])[14], '4');
		assert_non_null(strchr("89ab", str_data(&a[row])[19]));
		assert_false(str_equal(&a[row], &b[row]));
		for (int other = 0; other < row; other++)
			assert_false(str_equal(&a[row], &a[other]));
	}
	program_free(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(positions_begin_at_a_character),
		cmocka_unit_test(instr_counts_occurrences_from_either_end),
		cmocka_unit_test(beginnings_and_ends),
		cmocka_unit_test(parts_are_cut_by_text_code_or_white_space),
		cmocka_unit_test(overlay_replaces_a_part),
		cmocka_unit_test(translate_exchanges_characters),
		cmocka_unit_test(elt_takes_one_of_many),
		cmocka_unit_test(substring_of_a_negative_length_is_null),
		cmocka_unit_test(numbers_in_other_digits),
		cmocka_unit_test(base64_there_and_back),
		cmocka_unit_test(character_sets),
		cmocka_unit_test(digests),
		cmocka_unit_test(all_digests_of_a_full_block_have_room),
		cmocka_unit_test(urls_have_parts),
		cmocka_unit_test(urls_are_encoded),
		cmocka_unit_test(random_numbers_follow_their_seed),
		cmocka_unit_test(uuids_differ_and_say_their_version),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
