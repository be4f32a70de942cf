#include "state/arrivals.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"

enum { N_ROWS = 60000, N_SPACES = 400 };

struct row {
	struct arrival arrival;
	uint32_t left; // the checkpoint that it is no longer part of; 0 = it is there
	uint32_t come; // the first checkpoint that it is part of as it is
	uint32_t come_before; // and as it was before it changed
	uint32_t space; // that it was last written into
	uint32_t n_written;
};

// What a store of checkpoints would keep.
struct rig {
	struct arrivals arrivals;
	struct random random;
	struct row *rows;
	uint32_t n_rows, n_there;
	uint32_t checkpoint; // the last one frozen
	uint32_t dropped_at[N_SPACES]; // the first checkpoint without the space; 0 = none yet
	uint64_t n_stored[N_SPACES]; // rows
	uint64_t last_place;
	bool has_place;
};

static void rig_pack(
	void *owner, uint64_t space, uint64_t place, struct arrival *const *rows, uint32_t n)
{
	struct rig *rig = owner;

	assert_int_equal(space, rig->checkpoint);
	assert_true(!rig->has_place || place > rig->last_place);
	assert_true(n > 0 && n <= ARRIVALS_BATCH);
	assert_int_equal(rig->dropped_at[space], 0);
	for (uint32_t i = 0; i < n; i++) {
		struct row *row = (struct row *)rows[i];

		assert_int_equal(row->left, 0);
		assert_true(row->come <= space);
		assert_true(row->space < space);
		if (row->space >= row->come) // it would be stored twice
			assert_in_range(rig->dropped_at[row->space], 1, space);
		row->space = (uint32_t)space;
		row->n_written++;
	}
	rig->n_stored[space] += n;
	rig->last_place = place;
	rig->has_place = true;
}

static void rig_drop(void *owner, uint64_t space)
{
	struct rig *rig = owner;

	assert_true(space <= rig->checkpoint);
	assert_int_equal(rig->dropped_at[space], 0);
	assert_true(rig->n_stored[space] > 0);
	rig->dropped_at[space] = rig->checkpoint + 1;
}

static const struct arrivals_ops rig_ops = {.pack = rig_pack, .drop = rig_drop};

static void rig_begin(struct rig *rig, uint64_t seed)
{
	*rig = (struct rig){.random = {seed}, .rows = calloc(N_ROWS, sizeof(struct row))};
	arrivals_init(&rig->arrivals, &rig_ops, rig);
}

static void come(struct rig *rig)
{
	struct row *row = &rig->rows[rig->n_rows++];

	assert_true(rig->n_rows <= N_ROWS);
	row->come = rig->checkpoint + 1;
	arrivals_add(&rig->arrivals, &row->arrival);
	rig->n_there++;
}

static void leave(struct rig *rig, struct row *row)
{
	if (row->left != 0)
		return;
	arrivals_leave(&rig->arrivals, &row->arrival);
	row->left = rig->checkpoint + 1;
	memset(&row->arrival, 0x5a, sizeof(row->arrival)); // it is not looked at again
	rig->n_there--;
}

static void change(struct rig *rig, struct row *row)
{
	if (row->left != 0)
		return;
	arrivals_change(&rig->arrivals, &row->arrival);
	if (row->come != rig->checkpoint + 1)
		row->come_before = row->come;
	row->come = rig->checkpoint + 1;
}

static void freeze(struct rig *rig)
{
	rig->checkpoint++;
	assert_true(rig->checkpoint < N_SPACES);
	arrivals_freeze(&rig->arrivals, rig->checkpoint);
}

static bool pack(struct rig *rig, int32_t n_left)
{
	return arrivals_pack(&rig->arrivals, &n_left);
}

static bool is_stored(const struct rig *rig, uint32_t space)
{
	return space > 0 &&
	       (rig->dropped_at[space] == 0 || rig->dropped_at[space] > rig->checkpoint);
}

// Once all was packed: every row that was there when it was frozen is stored as it was then, and
// once only: those that were written anew left a space that is gone from the next checkpoint on.
static void check(const struct rig *rig)
{
	uint64_t n_stored = 0;

	for (uint32_t i = 0; i < rig->n_rows; i++) {
		const struct row *row = &rig->rows[i];

		uint32_t come = row->come <= rig->checkpoint ? row->come : row->come_before;

		if (come == 0 || (row->left != 0 && row->left <= rig->checkpoint))
			continue;
		assert_true(row->space >= come && is_stored(rig, row->space));
	}
	for (uint32_t space = 1; space <= rig->checkpoint; space++)
		if (rig->dropped_at[space] == 0)
			n_stored += rig->n_stored[space];
	assert_true(n_stored <= 4ull * rig->n_there + rig->n_stored[rig->checkpoint]);
}

static void random_steps(struct rig *rig, uint32_t n, uint32_t oldest)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t what = random_below(&rig->random, 4);

		if (what < 2)
			come(rig);
		else if (rig->n_rows > oldest)
			(what == 2 ? leave : change)(
				rig, &rig->rows[oldest +
						random_below(&rig->random, rig->n_rows - oldest)]);
	}
}

static void each_checkpoint_has_the_rows_that_were_there_once(void **)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct rig rig;
		uint32_t oldest = 0;

		rig_begin(&rig, seed);
		for (uint32_t checkpoint = 0; checkpoint < 150; checkpoint++) {
			random_steps(&rig, random_below(&rig.random, 400), oldest);
			freeze(&rig);
			do // with rows that come and leave in between
				random_steps(&rig, random_below(&rig.random, 30), oldest);
			while (!pack(&rig, (int32_t)random_below(&rig.random, 100)));
			check(&rig);
			// Most of the old ones leave in order, as their time comes; some stay.
			for (; seed % 3 > 0 && oldest + 500 < rig.n_rows; oldest++)
				if (seed % 3 == 1 || random_below(&rig.random, 200) > 0)
					leave(&rig, &rig.rows[oldest]);
		}
		for (uint32_t i = 0; i < rig.n_rows; i++)
			leave(&rig, &rig.rows[i]);
		for (uint32_t space = 1; space <= rig.checkpoint; space++)
			assert_true(rig.n_stored[space] == 0 || rig.dropped_at[space] > 0);
		free(rig.rows);
	}
}

static void a_row_is_written_once_while_its_space_is_not_sparse(void **)
{
	struct rig rig;

	rig_begin(&rig, 1);
	for (uint32_t checkpoint = 0; checkpoint < ARRIVALS_LISTS - 2; checkpoint++) {
		for (int i = 0; i < 100; i++)
			come(&rig);
		freeze(&rig);
		assert_true(pack(&rig, 1000));
	}
	for (uint32_t i = 0; i < rig.n_rows; i++)
		assert_int_equal(rig.rows[i].n_written, 1);
	free(rig.rows);
}

static void a_row_that_leaves_before_a_freeze_is_never_written(void **)
{
	struct rig rig;

	rig_begin(&rig, 1);
	for (int i = 0; i < 10; i++)
		come(&rig);
	for (int i = 0; i < 10; i++)
		leave(&rig, &rig.rows[(i * 7) % 10]);
	freeze(&rig);
	assert_true(pack(&rig, 1));
	assert_int_equal(rig.n_stored[1], 0);
	free(rig.rows);
}

static void a_frozen_row_that_leaves_is_written_first(void **)
{
	struct rig rig;

	rig_begin(&rig, 1);
	for (int i = 0; i < 200; i++)
		come(&rig);
	freeze(&rig);
	leave(&rig, &rig.rows[50]);
	assert_int_equal(rig.n_stored[1], ARRIVALS_BATCH);
	assert_int_equal(rig.rows[50].n_written, 1);
	assert_false(pack(&rig, 50));
	assert_true(pack(&rig, 10000));
	assert_int_equal(rig.n_stored[1], 200);
	free(rig.rows);
}

static void without_checkpoints_nothing_happens(void **)
{
	struct arrivals arrivals = {0};
	struct arrival row;
	int32_t n_left = 1;

	arrivals_add(&arrivals, &row);
	arrivals_freeze(&arrivals, 1);
	assert_true(arrivals_pack(&arrivals, &n_left));
	arrivals_leave(&arrivals, &row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_checkpoint_has_the_rows_that_were_there_once),
		cmocka_unit_test(a_row_is_written_once_while_its_space_is_not_sparse),
		cmocka_unit_test(a_row_that_leaves_before_a_freeze_is_never_written),
		cmocka_unit_test(a_frozen_row_that_leaves_is_written_first),
		cmocka_unit_test(without_checkpoints_nothing_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
