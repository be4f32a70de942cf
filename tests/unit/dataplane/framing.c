#include "frames.h"

#include "base/err.h"
#include "dataplane/framing.h"

enum { MESSAGES = 2000 };

static struct framing lines(const char *delimiter)
{
	struct framing framing;

	assert_int_equal(framing_lines(&framing, (const uint8_t *)delimiter,
				 delimiter == NULL ? 0 : strlen(delimiter), NULL),
		0);
	return framing;
}

// What text holds, joined by '|', with at most max messages a call.
static void assert_splits(
	const struct framing *framing, const char *text, uint32_t max, const char *expected)
{
	size_t len = strlen(text), at = 0, consumed;
	uint8_t *data = malloc(len + 1);
	struct message messages[MESSAGES];
	char joined[1000] = "";

	data = realloc(memcpy(data, text, len), len == 0 ? 1 : len);
	do {
		uint32_t n =
			framing_split(framing, data + at, len - at, true, messages, max, &consumed);

		assert_true(n <= max);
		for (uint32_t i = 0; i < n; i++) {
			strncat(joined, (const char *)messages[i].data, messages[i].len);
			strcat(joined, "|");
		}
		at += consumed;
	} while (at < len);
	assert_string_equal(joined, expected);
	free(data);
}

static void splits_lines(void **)
{
	struct framing framing = lines(NULL);

	for (uint32_t max = 1; max < 5; max++) {
		assert_splits(&framing, "a\nbc\nd\n", max, "a|bc|d|");
		assert_splits(&framing, "a\nbc", max, "a|bc|"); // the last one needs no delimiter
		assert_splits(&framing, "a\r\nb\r\n\r\nc\r", max, "a|b|c|");
		assert_splits(&framing, "a\rb\r\r\n", max, "a\rb\r|"); // only one, only at the end
		assert_splits(&framing, "\n\na\n\n\n", max, "a|");
		assert_splits(&framing, "\n\n", max, "");
		assert_splits(&framing, "", max, "");
	}
}

static void splits_records_of_one_size(void **)
{
	struct framing framing;
	struct message message;
	size_t consumed;

	framing_records(&framing, 3);
	for (uint32_t max = 1; max < 5; max++) {
		assert_splits(&framing, "abcdef", max, "abc|def|");
		assert_splits(&framing, "abc\nefg", max, "abc|\nef|g|"); // too short: a message too
		assert_splits(&framing, "", max, "");
	}
	// In a stream the rest waits for more.
	assert_int_equal(
		framing_split(&framing, (const uint8_t *)"ab", 2, false, &message, 1, &consumed),
		0);
	assert_int_equal(consumed, 0);
}

static void splits_at_other_delimiters(void **)
{
	struct framing semicolon = lines(";"), two = lines("\r\n"), twice = lines("aa");

	assert_splits(&semicolon, "a\r;b\n;;c", 2, "a\r|b\n|c|");
	assert_splits(&two, "a\nb\r\nc\r\n\r\nd\r", 2, "a\nb|c|d\r|");
	assert_splits(&twice, "xaaaayaaa", 2, "x|y|a|");
}

static void refuses_delimiters_of_no_or_many_bytes(void **)
{
	struct framing framing;
	struct err err = {0};

	assert_int_equal(framing_lines(&framing, (const uint8_t *)"", 0, &err), -22);
	assert_int_equal(framing_lines(&framing, (const uint8_t *)"123456789", 9, &err), -22);
	assert_true(strlen(err.text) > 0);
}

static void a_datagram_is_one_message_even_when_empty(void **)
{
	struct framing framing = {.kind = FRAMING_DATAGRAM};
	struct message message;
	size_t consumed;

	assert_int_equal(
		framing_split(&framing, (const uint8_t *)"a\nb", 3, true, &message, 1, &consumed),
		1);
	assert_int_equal(message.len, 3);
	assert_int_equal(
		framing_split(&framing, (const uint8_t *)"", 0, true, &message, 1, &consumed), 1);
	assert_int_equal(message.len, 0);
}

static void leaves_a_partial_last_line_of_a_stream(void **)
{
	struct framing framing = lines(NULL);
	struct message messages[4];
	size_t consumed;

	assert_int_equal(framing_split(&framing, (const uint8_t *)"a\nb\r", 4, false, messages, 4,
				 &consumed),
		1);
	assert_int_equal(consumed, 2);
	assert_int_equal(
		framing_split(&framing, (const uint8_t *)"b\r\n", 3, false, messages, 4, &consumed),
		1);
	assert_int_equal(messages[0].len, 1);
	assert_int_equal(consumed, 3);
}

// The same, byte by byte.
static uint32_t naive(
	const struct framing *framing, const uint8_t *data, size_t len, struct message *messages)
{
	size_t from = 0, d = framing->delimiter_len;
	uint32_t n = 0;

	for (size_t at = 0; at <= len; at++) {
		bool end = at == len;
		size_t to = at;

		if (!end && (at + d > len || memcmp(data + at, framing->delimiter, d) != 0))
			continue;
		if (d == 1 && framing->delimiter[0] == '\n' && to > from && data[to - 1] == '\r')
			to--;
		if (to > from)
			messages[n++] = (struct message){data + from, (uint32_t)(to - from)};
		from = at + d;
		at = from - 1;
		if (end)
			break;
	}
	return n;
}

static void equals_the_naive_split_on_random_bytes(void **)
{
	static const char *const delimiters[] = {"\n", "a", "\r\n", "aba"};
	struct message got[MESSAGES], expected[MESSAGES];

	srandom(2);
	for (int round = 0; round < 20000; round++) {
		struct framing framing = lines(delimiters[round % 4]);
		size_t len = (size_t)random() % 300, consumed, at = 0;
		long rare = 1 + random() % 60;
		uint8_t *data = malloc(len == 0 ? 1 : len);
		uint32_t n = 0, n_expected;

		for (size_t i = 0; i < len; i++)
			data[i] = (uint8_t)(random() % rare == 0 ? "\n\rab"[random() % 4] : 'x');
		n_expected = naive(&framing, data, len, expected);
		while (at < len) {
			n += framing_split(&framing, data + at, len - at, true, got + n,
				1 + (uint32_t)random() % 9, &consumed);
			at += consumed;
		}
		assert_int_equal(n, n_expected);
		for (uint32_t i = 0; i < n; i++) {
			assert_ptr_equal(got[i].data, expected[i].data);
			assert_int_equal(got[i].len, expected[i].len);
		}
		free(data);
	}
}

// n_datagrams datagrams by themselves, each cut naively: what they are all together.
static uint32_t naive_each(const struct framing *framing, const struct message *datagrams,
	uint32_t n_datagrams, struct message *messages)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < n_datagrams; i++)
		if (framing->kind == FRAMING_DATAGRAM)
			messages[n++] = datagrams[i];
		else
			n += naive(framing, datagrams[i].data, datagrams[i].len, messages + n);
	return n;
}

static struct message random_datagram(void)
{
	uint32_t len = random() % 8 == 0 ? 0 : (uint32_t)random() % 140;
	uint8_t *data = malloc(len == 0 ? 1 : len);
	long rare = random() % 3 == 0 ? 10 : 200;

	memset(data, 'x', len);
	for (uint32_t i = 0; i < len; i++)
		if (random() % rare == 0)
			data[i] = (uint8_t) "\n\rab"[random() % 4];
	if (len > 0 && random() % 2 == 0)
		data[len - 1] = '\n';
	if (len > 1 && random() % 4 == 0)
		data[len - 2] = '\r';
	return (struct message){data, len};
}

static void check_each(const struct framing *framing)
{
	struct message datagrams[32], left[32], got[MESSAGES], expected[MESSAGES];
	uint32_t n_datagrams = 1 + (uint32_t)random() % 32, n = 0, n_done, at = 0;
	uint32_t n_expected;

	for (uint32_t i = 0; i < n_datagrams; i++)
		left[i] = datagrams[i] = random_datagram();
	n_expected = naive_each(framing, datagrams, n_datagrams, expected);
	for (; at < n_datagrams; at += n_done) {
		uint32_t max = 1 + (uint32_t)random() % 40;
		uint32_t n_new = framing_split_each(
			framing, left + at, n_datagrams - at, got + n, max, &n_done);

		assert_true(n_new <= max);
		assert_true(n_new == max || at + n_done == n_datagrams);
		n += n_new;
	}
	assert_int_equal(n, n_expected);
	for (uint32_t i = 0; i < n; i++) {
		assert_ptr_equal(got[i].data, expected[i].data);
		assert_int_equal(got[i].len, expected[i].len);
	}
	for (uint32_t i = 0; i < n_datagrams; i++)
		free((void *)datagrams[i].data);
}

static void splits_many_datagrams_as_one_after_the_other(void **)
{
	static const char *const delimiters[] = {"\n", "a", "\r\n"};

	srandom(3);
	for (int round = 0; round < 20000; round++) {
		struct framing framing = {.kind = FRAMING_DATAGRAM};

		if (round % 4 < 3)
			framing = lines(delimiters[round % 4]);
		check_each(&framing);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_lines),
		cmocka_unit_test(splits_records_of_one_size),
		cmocka_unit_test(splits_at_other_delimiters),
		cmocka_unit_test(refuses_delimiters_of_no_or_many_bytes),
		cmocka_unit_test(a_datagram_is_one_message_even_when_empty),
		cmocka_unit_test(leaves_a_partial_last_line_of_a_stream),
		cmocka_unit_test(equals_the_naive_split_on_random_bytes),
		cmocka_unit_test(splits_many_datagrams_as_one_after_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
