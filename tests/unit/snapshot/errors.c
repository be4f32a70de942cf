// A storage that fails at the k-th call of a checkpoint, for every k: the checkpoint has failed or
// not, and the next good one is complete.
#include "snapshot/rows.h"
#include "snapshot/store.h"

enum { WRITES = 12 };

// Rows of the table as they must be: the last number put under each key, 0 = none.
struct rows {
	uint32_t numbers[20];
};

static void write_some(struct rig *rig, struct rows *rows)
{
	for (uint32_t i = 0; i < WRITES; i++) {
		uint32_t number = rig_below(rig, 200);

		rig_write(rig, i % RIG_OUTS, rig->checkpoint + (rig_below(rig, 6) == 0));
		rows_write(rig, rig->checkpoint, number);
		rows->numbers[number % 20] = number % 7 == 0 ? 0 : number;
	}
	for (uint32_t i = 0; i < RIG_OUTS; i++)
		rig_say_done(rig, i);
	twin_expect(rig->twin, rig->checkpoint);
}

static void check_rows(struct rig *rig, const struct rows *rows)
{
	struct storage_txn *txn;
	uint32_t table;

	assert_int_equal(storage_begin(rig->store->storage, false, &txn), 0);
	assert_int_equal(storage_database(txn, "table.results", false, &table), 0);
	for (uint32_t i = 0; i < 20; i++) {
		struct bytes row;
		char key[16];
		int len = snprintf(key, sizeof(key), "key %u", i);
		int result = storage_get(txn, table, (struct bytes){key, (size_t)len}, &row);

		assert_int_equal(result, rows->numbers[i] == 0 ? -ENOENT : 0);
		if (result < 0)
			continue;
		assert_int_equal(row.len, 50);
		assert_int_equal(*(const uint8_t *)row.data, (uint8_t)rows->numbers[i]);
	}
	storage_abort(txn);
}

// A checkpoint of which the k-th call fails. Returns whether it has come to that.
static bool fail_at(struct rig *rig, struct rows *rows, uint64_t k, int error, bool after)
{
	struct storage *storage = rig->store->storage;
	struct checkpoint_result result;
	uint64_t n_calls;

	write_some(rig, rows);
	storage_fail(storage, k, error, after);
	n_calls = storage_n_calls(storage);
	checkpoint_writer_begin(rig->writer, rig->checkpoint);
	rig_result(rig, &result);
	n_calls = storage_n_calls(storage) - n_calls;
	storage_fail(storage, 0, 0, false);
	if (n_calls >= k && error == EIO) {
		assert_false(result.is_committed);
		assert_string_equal(result.text, "Input/output error");
	} else {
		assert_true(result.is_committed); // a map that is full has grown
		rig->newest = rig->checkpoint;
		check_rows(rig, rows);
	}
	rig_check(rig);
	rig->checkpoint++;
	rig->done = 0;
	return n_calls >= k;
}

static void try_all(struct rig *rig, int error, bool after)
{
	struct rows rows = {0};
	bool has_failed = true;

	rig->len_max = 3000;
	rig_open(rig, 1);
	for (uint64_t k = 1; has_failed; k++) {
		has_failed = fail_at(rig, &rows, k, error, after);
		fail_at(rig, &rows, UINT64_MAX / 2, error, after);
		if (rig->twin->n_writes < 1000)
			continue;
		rig_close(rig);
		rig_open(rig, rig->checkpoint);
	}
	assert_true(rig->checkpoint > 200);
	rig_close(rig);
}

static void in_memory_any_call_may_fail(void **)
{
	for (uint32_t i = 0; i < 4; i++) {
		struct rig rig;

		rig_init(&rig, i, true);
		try_all(&rig, i % 2 == 0 ? EIO : ENOBUFS, i / 2);
		rig_end(&rig);
	}
}

static void in_lmdb_any_call_may_fail(void **)
{
	struct rig rig;

	rig_init(&rig, 5, false);
	try_all(&rig, EIO, false);
	rig_end(&rig);
	rig_init(&rig, 6, false);
	try_all(&rig, EIO, true);
	rig_end(&rig);
}

static void a_map_that_is_full_grows(void **)
{
	struct rows rows = {0};
	struct rig rig;

	rig_init(&rig, 7, false);
	rig.map_size = 256 << 10;
	rig.len_max = 5000;
	rig_open(&rig, 1);
	for (int i = 0; i < 40; i++)
		fail_at(&rig, &rows, UINT64_MAX / 2, EIO, false);
	rig_close(&rig);
	rig_end(&rig);
}

static void many_failures_in_a_row_lose_nothing(void **)
{
	struct rows rows = {0};
	struct rig rig;

	rig_init(&rig, 8, true);
	rig_open(&rig, 1);
	for (int i = 0; i < 20; i++)
		fail_at(&rig, &rows, 1 + rig_below(&rig, 50), EIO, false);
	fail_at(&rig, &rows, UINT64_MAX / 2, EIO, false);
	rig_close(&rig);
	rig_end(&rig);
}

static void what_is_superseded_is_deleted(void **)
{
	struct rows rows = {0};
	struct rig rig;
	uint64_t size;

	rig_init(&rig, 9, true);
	rig_open(&rig, 1);
	for (int i = 0; i < 30; i++)
		fail_at(&rig, &rows, UINT64_MAX / 2, EIO, false);
	rig_close(&rig);
	// Two checkpoints of a process that has no records leave none of the one before.
	rig_open(&rig, rig.checkpoint);
	for (int i = 0; i < 2; i++) {
		struct checkpoint_result result;

		checkpoint_writer_begin(rig.writer, rig.checkpoint);
		for (uint32_t k = 0; k < RIG_OUTS; k++)
			rig_say_done(&rig, k);
		twin_expect(rig.twin, rig.checkpoint);
		assert_true(rig_result(&rig, &result));
		assert_int_equal(result.n_records_all, 0);
		rig.checkpoint++;
		rig.done = 0;
	}
	size = storage_size(rig.storage);
	assert_in_range(size, 1, 8000); // manifests, and the table's rows
	rig_close(&rig);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_memory_any_call_may_fail),
		cmocka_unit_test(in_lmdb_any_call_may_fail),
		cmocka_unit_test(a_map_that_is_full_grows),
		cmocka_unit_test(many_failures_in_a_row_lose_nothing),
		cmocka_unit_test(what_is_superseded_is_deleted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
