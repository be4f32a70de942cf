// Raw decoding: the layout byte by byte, and what no record is.
#include "format/fixture.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

static const struct fixture_column columns[] = {
	{"bool", {TYPE_BOOLEAN, true, 0, 0, NULL}},
	{"small", {TYPE_SMALLINT, true, 0, 0, NULL}},
	{"int", {TYPE_INT, true, 0, 0, NULL}},
	{"ts", {TYPE_TIMESTAMP, true, 3, 0, NULL}},
	{"dec", {TYPE_DECIMAL, true, 4, 2, NULL}},
	{"wide", {TYPE_DECIMAL, true, 20, 0, NULL}},
	{"time", {TYPE_TIME, true, 0, 0, NULL}},
	{"char", {TYPE_CHAR, true, 4, 0, NULL}},
	{"rest", {TYPE_VARCHAR, true, 20, 0, NULL}},
};

static const uint8_t big[] = {1, 0xff, 0xfe, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 0xe8, 0, 0, 0, 0, 0,
	0, 0, 123, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0xe8, 'A', ' ', ' ', 0,
	'x', 'y', ' '};
static const uint8_t little[] = {1, 0xfe, 0xff, 2, 1, 0, 0, 0xe8, 3, 0, 0, 0, 0, 0, 0, 123, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xe8, 3, 0, 0, 'A', ' ', ' ', 0,
	'x', 'y', ' '};
static const char row[] =
	"+I[true, -2, 258, 1970-01-01T00:00:01, 1.23, 18446744073709551616, 00:00:01, "
	"A, xy ]";

enum { FIXED_SIZE = sizeof(big) - 3, REST_MAX = 20, DEC_AT = 15, TIME_AT = 39 };

static void both_byte_orders_are_read(void **)
{
	struct fixture f;

	fixture_init(&f, "raw", "", columns, LEN(columns));
	assert_true(fixture_decode_bytes(&f, big, sizeof(big)));
	assert_string_equal(fixture_row(&f, 0), row);
	fixture_free(&f);
	fixture_init(&f, "raw", "endianness=little", columns, LEN(columns));
	assert_true(fixture_decode_bytes(&f, little, sizeof(little)));
	assert_string_equal(fixture_row(&f, 0), row);
	fixture_free(&f);
}

static void wrong_lengths_are_refused(void **)
{
	uint8_t longer[FIXED_SIZE + REST_MAX + 1] = {0};
	struct fixture f;

	fixture_init(&f, "raw", "", columns, LEN(columns));
	for (uint32_t len = 0; len <= sizeof(longer); len++) {
		bool right = len >= FIXED_SIZE && len <= FIXED_SIZE + REST_MAX;

		fixture_reset(&f);
		assert_int_equal(fixture_decode_bytes(&f, longer, len), right);
		assert_int_equal(fixture_error(&f), right ? -1 : DECODE_LENGTH);
	}
	fixture_free(&f);
	fixture_init(&f, "raw", "", columns, 3);
	assert_true(fixture_decode_bytes(&f, big, 7));
	assert_false(fixture_decode_bytes(&f, big, 8));
	fixture_free(&f);
}

static void bytes_that_are_no_value_are_refused(void **)
{
	static const size_t at[] = {0, DEC_AT, TIME_AT};
	uint8_t bad[sizeof(big)];
	struct fixture f;

	for (size_t i = 0; i < LEN(at); i++) {
		memcpy(bad, big, sizeof(big));
		bad[at[i]] = 0x77;
		fixture_init(&f, "raw", "", columns, LEN(columns));
		assert_false(fixture_decode_bytes(&f, bad, sizeof(bad)));
		assert_int_equal(fixture_error(&f), DECODE_RANGE);
		fixture_free(&f);
		fixture_init(&f, "raw", "ignore-parse-errors=true", columns, LEN(columns));
		assert_true(fixture_decode_bytes(&f, bad, sizeof(bad)));
		assert_int_equal(f.decoder->n_null_fields, 1);
		fixture_free(&f);
	}
}

static void a_bad_record_leaves_no_gap(void **)
{
	static const struct fixture_column one[] = {{"a", {TYPE_INT, true, 0, 0, NULL}}};
	static const uint8_t data[] = {0, 0, 0, 7, 0, 0, 0, 8};
	struct message messages[300];
	struct fixture f;

	fixture_init(&f, "raw", "", one, LEN(one));
	for (uint32_t i = 0; i < LEN(messages); i++)
		messages[i] = (struct message){data + i % 2 * 4, i % 3 == 0 ? 3 : 4};
	assert_int_equal(f.decoder->ops->decode(f.decoder, messages, 5, f.out), 5);
	assert_int_equal(f.out->block.n_rows, 3);
	assert_string_equal(fixture_row(&f, 1), "+I[7]");
	assert_string_equal(fixture_row(&f, 2), "+I[7]");
	assert_int_equal(f.decoder->ops->decode(f.decoder, messages, 300, f.out), 300);
	assert_int_equal(f.out->block.n_rows, 203);
	assert_int_equal(f.decoder->n_messages, 305);
	assert_int_equal(f.decoder->n_errors[DECODE_LENGTH], 102);
	assert_int_equal(f.decoder->ops->decode(f.decoder, messages, 300, f.out), 80);
	assert_int_equal(f.out->block.n_rows, BLOCK_ROWS_MAX);
	fixture_free(&f);
}

static void the_first_error_ends_a_job_that_asks_for_it(void **)
{
	struct message messages[2] = {{big, 1}, {big, sizeof(big)}};
	struct fixture f;

	fixture_init(&f, "raw", "ignore-parse-errors=false", columns, LEN(columns));
	assert_int_equal(f.decoder->ops->decode(f.decoder, messages, 2, f.out), 1);
	assert_non_null(f.decoder->fault.text);
	assert_int_equal(f.out->block.n_rows, 0);
	fixture_free(&f);
}

// CHARs of all sizes, in the middle of a record and at its end, against trimming by the byte.
static void chars_lose_their_padding(void **)
{
	static const char letters[] = {'\0', ' ', ' ', '\x01', '!', '@', 'A', '\xc3'};
	struct fixture_column two[] = {
		{"a", {TYPE_CHAR, true, 0, 0, NULL}}, {"b", {TYPE_CHAR, true, 0, 0, NULL}}};
	struct fixture f;

	srand(1);
	for (int size = 1; size <= 14; size++) {
		two[0].type.precision = two[1].type.precision = size;
		fixture_init(&f, "raw", "", two, LEN(two));
		for (int i = 0; i < 500; i++) {
			char record[2 * 14];

			for (int at = 0; at < 2 * size; at++)
				record[at] = letters[rand() % (i % 8 + 1)];
			fixture_reset(&f);
			assert_true(fixture_decode_bytes(&f, record, 2 * (uint32_t)size));
			for (int column = 0; column < 2; column++) {
				const struct str *str = f.out->columns[column].values;
				const char *text = record + column * size;
				uint32_t len = (uint32_t)size;
				struct str expected;

				while (len > 0 && strchr(" ", text[len - 1]) != NULL)
					len--;
				expected = str_view(text, len);
				assert_true(str_equal(str, &expected));
			}
		}
		fixture_free(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_byte_orders_are_read),
		cmocka_unit_test(wrong_lengths_are_refused),
		cmocka_unit_test(bytes_that_are_no_value_are_refused),
		cmocka_unit_test(a_bad_record_leaves_no_gap),
		cmocka_unit_test(chars_lose_their_padding),
		cmocka_unit_test(the_first_error_ends_a_job_that_asks_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
