// JSON messages of a few shapes, some with bytes that are others, against the same messages token
// by token: a blank in front of them sends them there.
#include "format/fixture.h"
#include "row/random.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

enum { MESSAGES = 200, ROUNDS = 100, MESSAGE_MAX = 512, ROW_MAX_LEN = 4096 };

#define COLUMNS_WITH(kind)                                                                   \
	{"id", {TYPE_BIGINT, true, 0, 0, NULL}}, {"ts", {TYPE_TIMESTAMP, true, 3, 0, NULL}}, \
		{"card", {TYPE_CHAR, false, 16, 0, NULL}},                                   \
		{"amount", {TYPE_DOUBLE, true, 0, 0, NULL}},                                 \
		{"price", {TYPE_DECIMAL, true, 8, 2, NULL}},                                 \
		{"ok", {TYPE_BOOLEAN, true, 0, 0, NULL}},                                    \
		{"count", {TYPE_SMALLINT, true, 0, 0, NULL}},                                \
		{"bytes", {kind, true, TYPE_LENGTH_MAX, 0, NULL}},                           \
	{                                                                                    \
		"note",                                                                      \
		{                                                                            \
			TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL                         \
		}                                                                            \
	}

static const struct fixture_column with_bytes[] = {COLUMNS_WITH(TYPE_VARBINARY)};
static const struct fixture_column without_bytes[] = {COLUMNS_WITH(TYPE_VARCHAR)};
static const struct fixture_column *columns;

enum { N_COLUMNS = LEN(with_bytes) };

// A value is a mark: 0 digits, - a number, t true or false, " a string, d a date and time, b
// base64.
static const char *const shapes[] = {
	"{'id':0,'ts':'d','card':'s','amount':-,'price':-,'ok':t,'bytes':'b','count':0,'note':'s'}",
	"{'id':0,'ts':'d','other':'s','card':'s','more':-,'flag':t,'amount':-,'note':'s'}",
	"{'card':'s','id':'0','amount':'-','ts':'d','count':'0','note':-, 'more': 0}",
	"{ 'id': 0, 'card' : 's', 'amount': -, 'x':null }",
	"{'card':'s','card':'s','id':'0','note':[1,{'id':2}]}",
	"{'card':'s'}",
	"{}",
};

static struct random random_state;

static uint32_t below(uint32_t n)
{
	return random_below(&random_state, n);
}

static uint32_t write_value(char *at, char mark)
{
	static const char *const strings[] = {"", "a", "4000123412341234", "caf\xc3\xa9", "a,b}:{",
		"\\u0041\\n", "a text that is longer than a view holds by itself"};
	static const char *const odd[] = {"null", "[]", "[1]", "{}", "true", "1e2", "-0", "00"};
	static const char *const bases[] = {"", "YQ==", "YWJjZGVmZ2hpamtsbW5vcHFy"};

	if (mark != 's' && mark != 'd' && mark != 'b' && below(32) == 0)
		return (uint32_t)sprintf(at, "%s", odd[below(LEN(odd))]);
	switch (mark) {
	case '0':
		return (uint32_t)sprintf(at, "%s%u", below(8) == 0 ? "-" : "",
			below(4) == 0 ? below(10)
			: below(2)    ? below(UINT32_MAX)
				      : below(30000));
	case '-':
		return (uint32_t)sprintf(at, "%s%u%s%u", below(4) == 0 ? "-" : "",
			below(4) == 0 ? below(10) : below(1000), below(16) == 0 ? "e" : ".",
			below(99));
	case 't':
		return (uint32_t)sprintf(at, "%s", below(2) ? "true" : "false");
	case 's':
		return (uint32_t)sprintf(at, "%s", strings[below(LEN(strings))]);
	case 'b':
		return (uint32_t)sprintf(at, "%s", bases[below(LEN(bases))]);
	default:
		return (uint32_t)sprintf(
			at, "2024-02-%02u 12:34:%02u.%03u", 1 + below(30), below(60), below(1000));
	}
}

// A mark is a single byte between quotes, colon, comma and brace.
static bool is_mark(const char *shape, uint32_t i)
{
	return i > 0 && strchr("0-tsbd", shape[i]) != NULL && strchr("': ", shape[i - 1]) != NULL &&
	       strchr("',}", shape[i + 1]) != NULL;
}

static uint32_t write_message(char *message, uint32_t n_shapes, uint32_t one_in)
{
	static const char others[] = "0123456789-+.eE\"\"\"\\,,:{}[] tn\x01\xff";
	const char *shape = shapes[below(n_shapes)];
	uint32_t len = 0;

	for (uint32_t i = 0; shape[i] != '\0'; i++)
		if (is_mark(shape, i))
			len += write_value(message + len, shape[i]);
		else
			message[len++] = (char)(shape[i] == '\'' ? '"' : shape[i]);
	for (uint32_t i = 0; i < len; i++)
		if (below(one_in) == 0)
			message[i] = others[below(LEN(others) - 1)];
	return len - (below(one_in / 8 + 1) == 0 && len > 0);
}

static char *print_rows(const struct fixture *fixture)
{
	struct encoder *print = print_encoder_new(&mem_libc, fixture->schema);
	char *text = malloc(MESSAGES * ROW_MAX_LEN), *at = text;

	for (uint16_t slot = 0; slot < fixture->out->block.n_rows; slot++) {
		at += print->ops->encode(print, &fixture->out->block, slot, at, ROW_MAX_LEN);
		*at++ = '\n';
	}
	*at = '\0';
	print->ops->free(print);
	return text;
}

static void assert_same(struct fixture *quick, struct fixture *careful)
{
	char *expected = print_rows(careful), *found = print_rows(quick);

	assert_string_equal(found, expected);
	free(expected);
	free(found);
	assert_memory_equal(quick->decoder->n_errors, careful->decoder->n_errors,
		sizeof(quick->decoder->n_errors));
	assert_int_equal(quick->decoder->n_messages, careful->decoder->n_messages);
	assert_int_equal(quick->decoder->n_null_fields, careful->decoder->n_null_fields);
	assert_int_equal(
		quick->decoder->first_error_message, careful->decoder->first_error_message);
}

static void check_messages(const char *options, uint32_t n_shapes, uint32_t one_in)
{
	struct message messages[MESSAGES];
	struct fixture quick, careful;
	char message[MESSAGE_MAX];

	fixture_init(&quick, "json", options, columns, N_COLUMNS);
	fixture_init(&careful, "json", options, columns, N_COLUMNS);
	for (int round = 0; round < ROUNDS; round++) {
		fixture_reset(&quick);
		fixture_reset(&careful);
		for (uint32_t i = 0; i < MESSAGES; i++) {
			// Mostly of the same shape as the ones before it.
			uint32_t len =
				write_message(message + 1, below(8) == 0 ? n_shapes : 1, one_in);

			message[0] = ' ';
			fixture_decode_bytes(&careful, message, len + 1);
			messages[i].len = len;
			messages[i].data = quick.copies[i] = malloc(len);
			memcpy(quick.copies[i], message + 1, len);
		}
		quick.n_copies = MESSAGES;
		assert_int_equal(
			quick.decoder->ops->decode(quick.decoder, messages, MESSAGES, quick.out),
			MESSAGES);
		assert_same(&quick, &careful);
	}
	fixture_free(&quick);
	fixture_free(&careful);
}

static void check_columns(void)
{
	check_messages("", 1, UINT32_MAX);
	check_messages("", 1, 1000);
	check_messages("", LEN(shapes), UINT32_MAX);
	check_messages("", LEN(shapes), 100);
	check_messages("", LEN(shapes), 3000);
	check_messages("ignore-parse-errors=true", 2, 500);
	check_messages("ignore-parse-errors=true", LEN(shapes), 100);
	check_messages("ignore-parse-errors=true", LEN(shapes), 3000);
	check_messages("fail-on-missing-field=true", 2, 1000);
}

static void a_shape_is_its_tokens(void **)
{
	columns = without_bytes;
	check_columns();
}

// Bytes go to the heap, so that messages are no run.
static void a_shape_with_bytes_is_its_tokens(void **)
{
	columns = with_bytes;
	check_columns();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shape_is_its_tokens),
		cmocka_unit_test(a_shape_with_bytes_is_its_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
