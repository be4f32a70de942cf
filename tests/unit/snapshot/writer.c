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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_memory_checkpoints_hold_what_was_written),
		cmocka_unit_test(in_lmdb_checkpoints_hold_what_was_written),
		cmocka_unit_test(a_storage_that_fails_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
