// Messages between pages that cannot be read: whoever reads in front of one or behind it, by
// however wide a load, dies of it.
#include "format/fixture.h"
#include <sys/mman.h>
#include <unistd.h>

#define LEN(array) (sizeof(array) / sizeof(*(array)))

enum { BURST = 40 };

static const struct fixture_column columns[] = {
	{"a", {TYPE_BIGINT, true, 0, 0, NULL}},
	{"b", {TYPE_DECIMAL, true, 8, 2, NULL}},
	{"c", {TYPE_TIMESTAMP, true, 3, 0, NULL}},
	{"d", {TYPE_CHAR, true, 3, 0, NULL}},
};

// A page with unreadable ones on both sides of it.
static char *page_new(size_t size)
{
	char *pages = mmap(NULL, 3 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(mprotect(pages + size, size, PROT_READ | PROT_WRITE), 0);
	return pages + size;
}

// Decode a burst of the message at the page's start and at its end; all become rows, or none does.
static void decode_at_edges(
	struct fixture *f, char *page, size_t size, const void *data, uint32_t len, bool is_row)
{
	struct message messages[BURST];
	uint64_t before = f->decoder->n_messages;

	for (int i = 0; i < BURST; i++)
		messages[i] =
			(struct message){(uint8_t *)(i % 2 == 0 ? page : page + size - len), len};
	memcpy(page, data, len);
	memcpy(page + size - len, data, len);
	fixture_reset(f);
	assert_int_equal(f->decoder->ops->decode(f->decoder, messages, BURST, f->out), BURST);
	assert_int_equal(f->out->block.n_rows, is_row ? BURST : 0);
	assert_int_equal(f->decoder->n_messages - before, BURST);
	for (uint16_t slot = 1; slot < f->out->block.n_rows; slot++) {
		char *first = strdup(fixture_row(f, 0));

		assert_string_equal(fixture_row(f, slot), first);
		free(first);
	}
}

static void nothing_outside_a_message_is_read(void **)
{
	static const char *const csv[] = {"1,2,2024-01-01 00:00:00,x",
		"-7,-2.5,2024-01-01T00:00:00.125,a text that is longer than a view holds",
		"1234567890123456,123456.78,2024-01-01 00:00:00.125,"};
	static const char long_text[] =
		"{\"c\":\"2024-01-01 00:00:00.125\",\"e\":12,\"d\":\"a text "
		"that is longer than a view holds\",\"b\":1234567.25}";
	static const char *const json[] = {"{\"a\":1}", "{\"a\":-7,\"b\":2.5}",
		"{\"c\":\"2024-01-01 00:00:00\",\"d\":\"x\"}", long_text, "{}"};
	static const uint8_t raw[] = {0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0,
		0, 0, 7, 'A', ' ', 0};
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *page = page_new(size);
	struct fixture f;

	fixture_init(&f, "csv", "", columns, LEN(columns));
	for (size_t i = 0; i < LEN(csv); i++)
		for (uint32_t len = 1; len <= strlen(csv[i]); len++)
			decode_at_edges(&f, page, size, csv[i], len,
				len >= strlen(csv[i]) - strlen(strrchr(csv[i], ',') + 1));
	fixture_free(&f);
	fixture_init(&f, "json", "", columns, LEN(columns));
	for (size_t i = 0; i < LEN(json); i++)
		for (uint32_t len = (uint32_t)strlen(json[i]); len > 0; len--)
			decode_at_edges(&f, page, size, json[i], len, len == strlen(json[i]));
	fixture_free(&f);
	fixture_init(&f, "raw", "", columns, LEN(columns));
	for (uint32_t len = 1; len <= sizeof(raw); len++)
		decode_at_edges(&f, page, size, raw, len, len == sizeof(raw));
	fixture_free(&f);
	munmap(page - size, 3 * size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_outside_a_message_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
