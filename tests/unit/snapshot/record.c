#include "snapshot/record.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"

static uint32_t below(uint32_t n)
{
	static struct random random;

	return random_below(&random, n);
}

// A value is put together again from its pieces.
struct joined {
	struct record_key key;
	uint64_t checkpoint;
	uint8_t kind;
	char *bytes;
	size_t len;
};

// The next record of all chunks that there are; false when there is none.
static bool join(
	struct record_out *out, struct record_chunk **chunk, uint32_t *at, struct joined *to)
{
	const struct record_piece *piece = NULL;
	bool is_first = true;

	to->len = 0;
	do {
		while (*chunk == NULL || (piece = record_piece_next(*chunk, at)) == NULL) {
			if (*chunk != NULL)
				record_chunk_give(out, *chunk);
			*chunk = record_chunk_take(out);
			*at = 0;
			if (*chunk == NULL)
				return false;
		}
		if (is_first)
			*to = (struct joined){
				piece->key, piece->checkpoint, piece->kind, to->bytes, 0};
		assert_memory_equal(&to->key, &piece->key, sizeof(to->key));
		assert_int_equal(to->checkpoint, piece->checkpoint);
		assert_int_equal(to->kind, piece->kind);
		to->bytes = realloc(to->bytes, to->len + piece->len + 1);
		memcpy(to->bytes + to->len, piece + 1, piece->len);
		to->len += piece->len;
		is_first = false;
	} while (piece->more);
	return true;
}

static char byte_of(uint64_t place, size_t i)
{
	return (char)(place * 31 + i * 7 + (i >> 8));
}

static void write_value(struct record_out *out, uint64_t place, size_t len, size_t part)
{
	const struct record_key key = {3, 1, 2, 77, place};
	char bytes[5000];

	record_begin(out, &key, 9);
	for (size_t at = 0; at < len; at += part) {
		size_t n = len - at < part ? len - at : part;

		for (size_t i = 0; i < n; i++)
			bytes[i] = byte_of(place, at + i);
		record_put(out, bytes, n);
	}
	record_end(out);
}

static void check_value(const struct joined *joined, uint64_t place, size_t len)
{
	assert_int_equal(joined->kind, RECORD_VALUE);
	assert_int_equal(joined->checkpoint, 9);
	assert_int_equal(joined->key.place, place);
	assert_int_equal(joined->len, len);
	for (size_t i = 0; i < len; i++)
		if (joined->bytes[i] != byte_of(place, i))
			fail_msg("byte %zu of value %lu", i, (unsigned long)place);
}

static void values_of_any_length_come_back(void **)
{
	enum { N = 400 };
	struct record_out *out = record_out_new(64 << 20);
	struct record_chunk *chunk = NULL;
	struct joined joined = {0};
	static size_t lens[N];
	uint32_t at = 0;

	for (uint64_t i = 0; i < N; i++) {
		lens[i] = below(10) == 0 ? below(300000) : below(9000);
		write_value(out, i, lens[i], 1 + below(5000));
	}
	record_done(out, 9);
	for (uint64_t i = 0; i < N; i++) {
		assert_true(join(out, &chunk, &at, &joined));
		check_value(&joined, i, lens[i]);
	}
	assert_true(join(out, &chunk, &at, &joined));
	assert_int_equal(joined.kind, RECORD_DONE);
	assert_false(join(out, &chunk, &at, &joined));
	assert_false(out->is_broken);
	free(joined.bytes);
	record_out_free(out);
}

static void chunks_are_used_again(void **)
{
	struct record_out *out = record_out_new(4 * RECORD_CHUNK_SIZE);
	uint64_t room = record_room(out);
	struct joined joined = {0};

	for (int round = 0; round < 50; round++) {
		struct record_chunk *chunk = NULL;
		uint32_t at = 0;

		write_value(out, 1, 3 * RECORD_CHUNK_SIZE, 1000);
		record_done(out, 9);
		assert_true(join(out, &chunk, &at, &joined));
		check_value(&joined, 1, 3 * RECORD_CHUNK_SIZE);
		while (join(out, &chunk, &at, &joined))
			;
		assert_int_equal(record_room(out), room);
	}
	assert_false(out->is_broken);
	free(joined.bytes);
	record_out_free(out);
}

static void a_record_that_finds_no_room_breaks_the_out(void **)
{
	struct record_out *out = record_out_new(2 * RECORD_CHUNK_SIZE);

	write_value(out, 1, 10 * RECORD_CHUNK_SIZE, 1000);
	assert_true(out->is_broken);
	write_value(out, 2, 10, 10);
	record_done(out, 9);
	assert_true(out->is_broken);
	record_out_free(out);
}

static void a_row_is_its_key_and_its_bytes(void **)
{
	struct record_out *out = record_out_new(1 << 20);
	struct record_chunk *chunk = NULL;
	struct joined joined = {0};
	uint32_t at = 0;

	record_row(out, 5, 3, "key", 3, "bytes", 5);
	record_row(out, 5, 3, "gone", 4, NULL, 0);
	record_done(out, 3);
	assert_true(join(out, &chunk, &at, &joined));
	assert_int_equal(joined.kind, RECORD_PUT_ROW);
	assert_int_equal(joined.key.op, 5);
	assert_int_equal(joined.len, 12);
	assert_memory_equal(joined.bytes, "\3\0\0\0keybytes", 12);
	assert_true(join(out, &chunk, &at, &joined));
	assert_int_equal(joined.kind, RECORD_DELETE_ROW);
	assert_int_equal(joined.len, 8);
	assert_memory_equal(joined.bytes, "\4\0\0\0gone", 8);
	free(joined.bytes);
	record_out_free(out);
}

static void a_reader_stops_at_the_end(void **)
{
	const struct record record = {.value = "\1\0\0\0\2\0", .len = 6};
	struct record_reader reader = record_read(&record);

	assert_int_equal(record_get_u32(&reader), 1);
	assert_false(reader.is_short);
	assert_int_equal(record_get_u32(&reader), 0);
	assert_true(reader.is_short);
	assert_null(record_take(&reader, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_any_length_come_back),
		cmocka_unit_test(chunks_are_used_again),
		cmocka_unit_test(a_record_that_finds_no_room_breaks_the_out),
		cmocka_unit_test(a_row_is_its_key_and_its_bytes),
		cmocka_unit_test(a_reader_stops_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
