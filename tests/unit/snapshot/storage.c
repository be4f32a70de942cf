#include "snapshot/storage.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/err.h"
#include "row/random.h"
#include "snapshot/dir.h"

static uint32_t below(uint32_t n)
{
	static struct random random;

	return random_below(&random, n);
}

// Both kinds against a twin: an array by number. Keys are numbers of 2 bytes.
enum { N_KEYS = 600, VALUE_MAX = 9000 };

struct twin {
	bool is_there[N_KEYS];
	uint16_t lens[N_KEYS];
	uint8_t firsts[N_KEYS];
};

static struct bytes key_of(uint32_t number, uint8_t bytes[2])
{
	bytes[0] = (uint8_t)(number >> 8);
	bytes[1] = (uint8_t)number;
	return (struct bytes){bytes, 2};
}

static uint32_t number_of(struct bytes key)
{
	const uint8_t *bytes = key.data;

	assert_int_equal(key.len, 2);
	return (uint32_t)bytes[0] << 8 | bytes[1];
}

static void check_value(const struct twin *twin, uint32_t number, struct bytes value)
{
	const uint8_t *bytes = value.data;

	assert_true(twin->is_there[number]);
	assert_int_equal(value.len, twin->lens[number]);
	for (size_t i = 0; i < value.len; i++)
		if (bytes[i] != (uint8_t)(twin->firsts[number] + i))
			fail_msg("key %u, byte %zu", number, i);
}

static uint32_t next_of(const struct twin *twin, uint32_t from)
{
	while (from < N_KEYS && !twin->is_there[from])
		from++;
	return from;
}

static void fill(struct twin *twin, uint32_t number, size_t len, void *room)
{
	uint8_t first = (uint8_t)below(256);

	for (size_t i = 0; i < len; i++)
		((uint8_t *)room)[i] = (uint8_t)(first + i);
	twin->is_there[number] = true;
	twin->lens[number] = (uint16_t)len;
	twin->firsts[number] = first;
}

static size_t some_len(void)
{
	return below(3) > 0 ? below(200) : below(VALUE_MAX);
}

// From a place on, look at some entries and delete some of them.
static void walk(struct storage_cursor *cursor, struct twin *twin, bool is_write)
{
	uint32_t number = below(N_KEYS), expected = next_of(twin, number);
	uint32_t n = below(below(10) == 0 ? N_KEYS : 20);
	uint8_t bytes[2];
	struct bytes key, value;
	int result = storage_seek(cursor, key_of(number, bytes), &key, &value);

	for (; result == 0 && n > 0; n--) {
		assert_int_equal(number_of(key), expected);
		check_value(twin, expected, value);
		if (is_write && below(2) == 0) {
			assert_int_equal(storage_cursor_delete(cursor), 0);
			twin->is_there[expected] = false;
		}
		result = storage_next(cursor, &key, &value);
		expected = next_of(twin, expected + 1);
	}
	assert_true(result == 0 || (result == -ENOENT && expected == N_KEYS));
}

static void change(struct storage_txn *txn, struct storage_cursor *cursor, uint32_t database,
	struct twin *twin)
{
	uint32_t number = below(N_KEYS);
	size_t len = some_len();
	uint8_t bytes[2];
	struct bytes key = key_of(number, bytes);
	void *room;

	switch (below(4)) {
	case 0:
		walk(cursor, twin, true);
		return;
	case 1:
		assert_int_equal(
			storage_delete(txn, database, key), twin->is_there[number] ? 0 : -ENOENT);
		twin->is_there[number] = false;
		return;
	case 2:
		assert_int_equal(storage_put(txn, database, key, len, &room), 0);
		fill(twin, number, len, room);
		return;
	default:
		for (uint32_t i = 0; i < 10 && number + i < N_KEYS; i++) {
			assert_int_equal(
				storage_cursor_put(cursor, key_of(number + i, bytes), len, &room),
				0);
			fill(twin, number + i, len, room);
		}
	}
}

static void check_all(struct storage *storage, struct twin *twin)
{
	struct storage_txn *txn;
	struct storage_cursor *cursor;
	struct bytes key, value;
	uint32_t database;

	assert_int_equal(storage_begin(storage, false, &txn), 0);
	assert_int_equal(storage_database(txn, "some", false, &database), 0);
	assert_int_equal(storage_database(txn, "other", false, &database), -ENOENT);
	assert_int_equal(storage_database(txn, "some", false, &database), 0);
	assert_int_equal(storage_cursor_new(txn, database, &cursor), 0);
	for (uint32_t i = 0; i < N_KEYS; i++) {
		uint8_t bytes[2];
		int result = storage_get(txn, database, key_of(i, bytes), &value);

		assert_int_equal(result, twin->is_there[i] ? 0 : -ENOENT);
		if (result == 0)
			check_value(twin, i, value);
	}
	if (storage_last(cursor, &key, &value) == 0)
		assert_int_equal(next_of(twin, number_of(key) + 1), N_KEYS);
	else
		assert_int_equal(next_of(twin, 0), N_KEYS);
	walk(cursor, twin, false);
	storage_cursor_free(cursor);
	storage_abort(txn);
}

static void try_transactions(struct storage *storage)
{
	static struct twin twin, tried;

	twin = (struct twin){0};
	for (int round = 0; round < 200; round++) {
		struct storage_txn *txn;
		struct storage_cursor *cursor;
		uint32_t database;

		tried = twin;
		assert_int_equal(storage_begin(storage, true, &txn), 0);
		assert_int_equal(storage_database(txn, "some", true, &database), 0);
		assert_int_equal(storage_cursor_new(txn, database, &cursor), 0);
		for (uint32_t n = below(60); n > 0; n--)
			change(txn, cursor, database, &tried);
		storage_cursor_free(cursor);
		if (round > 0 && below(4) == 0) {
			storage_abort(txn);
		} else {
			assert_int_equal(storage_commit(txn), 0);
			twin = tried;
		}
		check_all(storage, &twin);
		if (below(20) == 0)
			assert_int_equal(storage_reopen(storage), 0);
	}
}

static void in_memory_it_is_a_sorted_map(void **)
{
	struct storage *storage = storage_new_memory();

	try_transactions(storage);
	storage_free(storage);
}

static void in_lmdb_it_is_a_sorted_map(void **)
{
	char dir[64];
	struct err err = {0};
	struct storage *storage;

	dir_make(dir);
	assert_null(storage_open_lmdb(dir, false, false, 0, &err));
	assert_int_equal(errno, ENOENT);
	storage = storage_open_lmdb(dir, false, true, 0, &err);
	assert_non_null(storage);
	try_transactions(storage);
	storage_free(storage);
	dir_remove(dir);
}

static void a_full_map_can_grow(void **)
{
	char dir[64];
	struct storage *storage;
	struct storage_txn *txn;
	uint32_t database, n_grown = 0;
	int result = 0;

	dir_make(dir);
	storage = storage_open_lmdb(dir, false, true, 1 << 20, NULL);
	for (uint32_t n = 0; n < 1000; n += result == 0) {
		uint8_t bytes[2];
		void *room;

		assert_int_equal(storage_begin(storage, true, &txn), 0);
		result = storage_database(txn, "some", true, &database);
		if (result == 0)
			result = storage_put(txn, database, key_of(n, bytes), 5000, &room);
		if (result == 0) {
			memset(room, 0, 5000);
			result = storage_commit(txn);
		} else {
			storage_abort(txn);
		}
		if (result < 0) {
			assert_int_equal(result, -ENOBUFS);
			assert_int_equal(storage_grow(storage), 0);
			n_grown++;
		}
	}
	assert_in_range(n_grown, 3, 5); // 1000 values of two pages: 8 MB
	storage_free(storage);
	dir_remove(dir);
}

static void calls_fail_when_told(void **)
{
	struct storage *storage = storage_new_memory();
	struct storage_txn *txn;
	uint32_t database;
	uint8_t bytes[2];
	struct bytes value;
	void *room;

	assert_int_equal(storage_begin(storage, true, &txn), 0);
	storage_fail(storage, 2, EIO, false);
	assert_int_equal(storage_database(txn, "some", true, &database), 0);
	assert_int_equal(storage_put(txn, database, key_of(1, bytes), 1, &room), -EIO);
	assert_int_equal(storage_put(txn, database, key_of(2, bytes), 1, &room), 0);
	storage_fail(storage, 1, ENOSPC, false);
	assert_int_equal(storage_commit(txn), -ENOSPC);
	// What was not committed is not there; what was, is, even if it was said to have failed.
	assert_int_equal(storage_begin(storage, true, &txn), 0);
	assert_int_equal(storage_database(txn, "some", true, &database), 0);
	assert_int_equal(storage_get(txn, database, key_of(2, bytes), &value), -ENOENT);
	assert_int_equal(storage_put(txn, database, key_of(3, bytes), 1, &room), 0);
	storage_fail(storage, 1, EIO, true);
	assert_int_equal(storage_commit(txn), -EIO);
	assert_int_equal(storage_begin(storage, false, &txn), 0);
	assert_int_equal(storage_get(txn, database, key_of(3, bytes), &value), 0);
	storage_abort(txn);
	storage_free(storage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_memory_it_is_a_sorted_map),
		cmocka_unit_test(in_lmdb_it_is_a_sorted_map),
		cmocka_unit_test(a_full_map_can_grow),
		cmocka_unit_test(calls_fail_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
