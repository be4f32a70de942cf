// The checkpoint writer and its store against a twin, over many checkpoints, processes that end in
// the middle, and storages that fail.
#include "snapshot/rig.h"

// The tasks' side of a checkpoint: what they write, some of it ahead, until all have said all.
static void write_all(struct rig *rig, uint32_t n)
{
	while (rig->done != (1u << RIG_OUTS) - 1) {
		uint32_t out = rig_below(rig, RIG_OUTS);

		if (rig_below(rig, n) == 0 && !rig_is_done(rig, out))
			rig_say_done(rig, out);
		else
			rig_write(rig, out,
				rig->checkpoint +
					(rig_is_done(rig, out) || rig_below(rig, 8) == 0));
		if (rig_below(rig, 10) == 0)
			checkpoint_writer_step(rig->writer, 1);
	}
}

static void go_on_behind(struct rig *rig)
{
	rig->checkpoint++;
	rig->done = 0;
}

// A new process writes all of its state down: here, something else.
static void restart(struct rig *rig, uint64_t newest)
{
	rig_close(rig);
	rig->n_retained = 2 + rig_below(rig, 3);
	rig_open(rig, newest + 1);
}

static void take_checkpoint(struct rig *rig, uint32_t fail_of)
{
	struct checkpoint_result result;
	bool is_aborted = rig_below(rig, 10) == 0;

	if (fail_of > 0 && rig_below(rig, 3) == 0 && rig->storage != NULL)
		storage_fail(rig->storage, 1 + rig_below(rig, fail_of),
			rig_below(rig, 3) == 0 ? ENOBUFS : EIO, rig_below(rig, 2) == 0);
	checkpoint_writer_begin(rig->writer, rig->checkpoint);
	if (is_aborted && rig_below(rig, 2) == 0)
		checkpoint_writer_abort(rig->writer, rig->checkpoint);
	write_all(rig, 3 + rig_below(rig, 60));
	if (is_aborted)
		checkpoint_writer_abort(rig->writer, rig->checkpoint);
	twin_expect(rig->twin, rig->checkpoint);
	if (rig_result(rig, &result)) {
		rig->newest = result.checkpoint;
		assert_int_equal(result.n_records_all, rig->twin->checkpoints[rig->checkpoint].n);
	}
	if (rig->storage != NULL)
		storage_fail(rig->storage, 0, 0, false);
	go_on_behind(rig);
}

static void try_many(struct rig *rig, int n, uint32_t fail_of)
{
	rig_open(rig, 1);
	for (int i = 0; i < n; i++) {
		uint64_t newest;

		take_checkpoint(rig, fail_of);
		newest = rig_check(rig);
		if (fail_of == 0)
			assert_int_equal(newest, rig->newest);
		assert_true(newest >= rig->newest); // what "failed" may be there
		if (rig->twin->n_writes < 1500 && rig_below(rig, 15) > 0)
			continue;
		if (rig_below(rig, 2) == 0) { // in the middle of the next one
			checkpoint_writer_begin(rig->writer, rig->checkpoint);
			write_all(rig, 20);
			checkpoint_writer_step(rig->writer, 1);
			twin_expect(rig->twin, rig->checkpoint);
			newest = rig_check(rig);
		}
		restart(rig, newest);
		assert_int_equal(rig_check(rig), newest);
	}
	rig_close(rig);
}

static void in_memory_checkpoints_hold_what_was_written(void **)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct rig rig;

		rig_init(&rig, seed, true);
		try_many(&rig, 40, 0);
		rig_end(&rig);
	}
}

static void in_lmdb_checkpoints_hold_what_was_written(void **)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct rig rig;

		rig_init(&rig, seed, false);
		try_many(&rig, 40, 0);
		rig_end(&rig);
	}
}

static void a_storage_that_fails_loses_nothing(void **)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct rig rig;

		rig_init(&rig, seed, true);
		try_many(&rig, 40, 100 * (uint32_t)seed);
		rig_end(&rig);
	}
}

static int count(void *arg, const struct record *record)
{
	assert_int_equal(record->len, sizeof(uint64_t));
	assert_int_equal(*(const uint64_t *)record->value, record->key.place);
	(*(uint64_t *)arg)++;
	return 0;
}

// Records of the next checkpoint, as long as there is room for a step's.
static void write_ahead(struct rig *rig, uint64_t from, uint64_t to)
{
	struct record_out *out = rig->outs[0];
	uint64_t least = (uint64_t)record_chunks_least(out) * RECORD_CHUNK_SIZE;

	for (uint64_t place = from; place < to; place++) {
		const struct record_key key = {.op = 1, .part = 1, .place = place};

		for (int i = 0; record_room(out) < least; i++) {
			assert_in_range(i, 0, 100);
			checkpoint_writer_step(rig->writer, 1000);
		}
		record_write(out, &key, 1, &place, sizeof(place));
	}
	assert_false(out->is_broken);
}

// More than there are chunks for, before a checkpoint has begun and before its barrier has come.
static void who_fills_its_chunks_ahead_of_a_barrier_gets_there(void **)
{
	enum { N = 1000000 };
	struct checkpoint_result result;
	uint64_t n_read = 0;
	struct rig rig;
	struct err err;

	rig_init(&rig, 13, false);
	rig_open(&rig, 1);
	write_ahead(&rig, 0, N / 2);
	checkpoint_writer_begin(rig.writer, 1);
	write_ahead(&rig, N / 2, N);
	for (uint32_t i = 0; i < RIG_OUTS; i++)
		record_done(rig.outs[i], 1);
	assert_true(rig_result(&rig, &result));
	assert_int_equal(checkpoint_read(rig.store, 1, count, &n_read, &err), 0);
	assert_int_equal(n_read, N);
	rig_close(&rig);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_memory_checkpoints_hold_what_was_written),
		cmocka_unit_test(in_lmdb_checkpoints_hold_what_was_written),
		cmocka_unit_test(a_storage_that_fails_loses_nothing),
		cmocka_unit_test(who_fills_its_chunks_ahead_of_a_barrier_gets_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
