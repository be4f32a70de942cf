// Lines of CSV in runs, as quick as they go, against the same lines one by one on the careful path:
// a quoted field behind the others, which nobody reads, sends them there.
#include "format/fixture.h"
#include "row/random.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

enum { LINES = 200, ROUNDS = 60, LINE_MAX_LEN = 1024, ROW_MAX_LEN = 4096 };

static const struct fixture_column columns[] = {
	{"tiny", {TYPE_TINYINT, true, 0, 0, NULL}}, {"int", {TYPE_INT, false, 0, 0, NULL}},
	{"big", {TYPE_BIGINT, true, 0, 0, NULL}}, {"money", {TYPE_DECIMAL, true, 10, 2, NULL}},
	{"wide", {TYPE_DECIMAL, true, 38, 30, NULL}}, {"double", {TYPE_DOUBLE, true, 0, 0, NULL}},
	{"float", {TYPE_FLOAT, true, 0, 0, NULL}}, {"ts", {TYPE_TIMESTAMP, true, 3, 0, NULL}},
	{"micros", {TYPE_TIMESTAMP, true, 6, 0, NULL}},
	{"nanos", {TYPE_TIMESTAMP, true, 9, 0, NULL}},
	{"ltz", {TYPE_TIMESTAMP_LTZ, true, 3, 0, NULL}},
	{"text", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}},
	{"bool", {TYPE_BOOLEAN, true, 0, 0, NULL}}, {"date", {TYPE_DATE, true, 0, 0, NULL}},
	{"time", {TYPE_TIME, true, 0, 0, NULL}}, {"char", {TYPE_CHAR, true, 4, 0, NULL}},
	{"alone", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}}, // the careful ones' only
};

enum { COLUMNS = LEN(columns) - 1 };

static struct random random_state;

static uint32_t below(uint32_t n)
{
	return random_below(&random_state, n);
}

static uint32_t write_number(char *at, int before, int behind)
{
	uint32_t n = 0;

	if (below(4) == 0)
		at[n++] = '-';
	for (int i = (int)below((uint32_t)before) + 1; i > 0; i--)
		at[n++] = (char)('0' + below(10));
	if (behind == 0 || below(4) == 0)
		return n;
	at[n++] = '.';
	for (int i = (int)below((uint32_t)behind + 1); i > 0; i--)
		at[n++] = (char)('0' + below(10));
	return n;
}

static uint32_t write_time(char *at, enum type_kind kind)
{
	static const char *const fractions[] = {"", ".123", ".5", ".123456", ".999"};
	uint32_t n = 0;

	if (kind != TYPE_TIME)
		n += (uint32_t)sprintf(at, "%04u-%02u-%02u", below(4) == 0 ? below(10000) : 2024,
			below(16) == 0 ? below(14) : 1 + below(12),
			below(16) == 0 ? below(33) : 1 + below(29));
	if (kind == TYPE_DATE)
		return n;
	if (kind != TYPE_TIME)
		at[n++] = below(2) ? 'T' : ' ';
	n += (uint32_t)sprintf(at + n, "%02u:%02u:%02u%s", below(24), below(60), below(60),
		fractions[below(LEN(fractions))]);
	if (kind == TYPE_TIMESTAMP_LTZ)
		at[n++] = 'Z';
	return n;
}

// A field that mostly converts.
static uint32_t write_field(char *at, struct type type)
{
	static const char *const texts[] = {"", "a", "0", "abc d", "caf\xc3\xa9", "twelve bytes",
		"thirteen byte", "a text that is longer than a view holds by itself"};

	switch (type.kind) {
	case TYPE_TINYINT:
		return write_number(at, 3, 0);
	case TYPE_INT:
		return write_number(at, 10, 0);
	case TYPE_BIGINT:
		return write_number(at, below(4) == 0 ? 20 : 16, 0);
	case TYPE_DECIMAL:
		return write_number(at, below(4) == 0 ? 20 : 9, below(4) == 0 ? 20 : 2);
	case TYPE_DOUBLE:
	case TYPE_FLOAT:
		return write_number(at, below(4) == 0 ? 20 : 9, 8);
	case TYPE_BOOLEAN:
		return (uint32_t)sprintf(at, "%s", below(2) ? "true" : "no");
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		return (uint32_t)sprintf(at, "%s", texts[below(LEN(texts))]);
	default:
		return write_time(at, type.kind);
	}
}

// What is UTF-8 stays so; fields are only joined where others may also part them.
static bool can_change(char byte, const char *others)
{
	return (uint8_t)byte < 0x80 && (byte != ',' || strchr(others, ',') != NULL);
}

// A line, in some of which a few bytes are others.
static uint32_t write_line(char *line, uint32_t one_in, const char *others)
{
	uint32_t len = 0;

	for (uint32_t i = 0; i < COLUMNS; i++) {
		len += write_field(line + len, columns[i].type);
		line[len++] = ',';
	}
	len--;
	for (uint32_t i = 0; i < len; i++)
		if (below(one_in) == 0 && can_change(line[i], others))
			line[i] = others[below((uint32_t)strlen(others))];
	if (line[len - 1] == 'x') // would escape what is put behind it
		line[len - 1] = 'y';
	return len;
}

// All rows as print writes them, a line each.
static char *print_rows(const struct fixture *fixture, const struct schema *schema)
{
	struct encoder *print = print_encoder_new(&mem_libc, schema);
	char *text = malloc(LINES * ROW_MAX_LEN), *at = text;

	for (uint16_t slot = 0; slot < fixture->out->block.n_rows; slot++) {
		at += print->ops->encode(print, &fixture->out->block, slot, at, ROW_MAX_LEN);
		*at++ = '\n';
	}
	*at = '\0';
	print->ops->free(print);
	return text;
}

static void assert_same(struct fixture *runs, struct fixture *alone)
{
	char *expected = print_rows(alone, runs->schema), *found = print_rows(runs, runs->schema);

	assert_string_equal(found, expected);
	free(expected);
	free(found);
	assert_memory_equal(
		runs->decoder->n_errors, alone->decoder->n_errors, sizeof(runs->decoder->n_errors));
	assert_int_equal(runs->decoder->n_messages, alone->decoder->n_messages);
	assert_int_equal(runs->decoder->n_null_fields, alone->decoder->n_null_fields);
	assert_int_equal(runs->decoder->first_error_message, alone->decoder->first_error_message);
}

static void check_lines(const char *options, uint32_t one_in, const char *others)
{
	struct message messages[LINES];
	struct fixture runs, alone;
	char line[LINE_MAX_LEN];

	fixture_init(&runs, "csv", options, columns, COLUMNS);
	fixture_init(&alone, "csv", options, columns, COLUMNS + 1);
	alone.wanted[COLUMNS] = false;
	alone.decoder->ops->free(alone.decoder);
	assert_non_null(fixture_decoder(&alone, "csv", options, NULL));
	for (int round = 0; round < ROUNDS; round++) {
		fixture_reset(&runs);
		fixture_reset(&alone);
		for (uint32_t i = 0; i < LINES; i++) {
			uint32_t len = write_line(line, one_in, others);

			messages[i].len = len;
			messages[i].data = runs.copies[i] = malloc(len);
			memcpy(runs.copies[i], line, len);
			memcpy(line + len, ",\"\"", 3);
			fixture_decode_bytes(&alone, line, len + 3);
		}
		runs.n_copies = LINES;
		assert_int_equal(
			runs.decoder->ops->decode(runs.decoder, messages, LINES, runs.out), LINES);
		assert_same(&runs, &alone);
	}
	fixture_free(&runs);
	fixture_free(&alone);
}

static void runs_are_their_lines(void **)
{
	static const char within[] = "0123456789-+. :TZeEx\x7f";
	static const char fields[] = "0123456789-+. :TZeEx,,,";
	static const char quotes[] = "0123456789-+. :TZeEx\"\"\"";

	check_lines("", UINT32_MAX, within);
	check_lines("", 100, fields);
	check_lines("", 3000, fields);
	check_lines("", 1000, quotes);
	check_lines("null-literal=0", 1000, quotes);
	check_lines("null-literal=", 1000, fields);
	check_lines("escape-character=x", 1000, within);
	check_lines("ignore-parse-errors=true", 100, within);
	check_lines("ignore-parse-errors=true;null-literal=0", 2000, within);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_are_their_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
