#include "operator/sort/sort.h"
#include "operator/sort/limit.h"
#include "rows_rig.h"

static const struct order_term terms[] = {
	{.column = RIG_TIME}, {.column = RIG_SCORE, .descending = true}};
static const struct sort_config config = {.time_column = RIG_TIME, .n_terms = 2, .terms = terms};

static int compare_rows(const void *a, const void *b)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct rig_row *x = &rig.rows[i], *y = &rig.rows[k];

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->null_score != y->null_score)
		return x->null_score ? 1 : -1;
	if (!x->null_score && x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (i > k) - (i < k);
}

// A row is late when a row that was taken before it, of its time or a later one, has fired: its
// mark has passed that row, and is a later one than the mark that the row came behind.
static bool is_late(const bool *taken, uint32_t row)
{
	for (uint32_t i = 0; i < row; i++)
		if (taken[i] && rig.rows[i].mark < rig.rows[row].mark &&
			rig.rows[i].time <= rig.rows[row].mark &&
			rig.rows[i].time >= rig.rows[row].time)
			return true;
	return false;
}

// Rows behind the watermark that are taken nevertheless come out with the next watermark: then the
// order of what came out before them is no longer the order of all.
static void check(void)
{
	static uint32_t expected[RIG_ROWS_MAX];
	static bool taken[RIG_ROWS_MAX], out[RIG_ROWS_MAX];
	uint32_t n = 0, n_late = 0;
	bool any_behind = false;

	memset(out, 0, sizeof(out));
	for (uint32_t i = 0; i < rig.n_rows; i++) {
		taken[i] = !rig.rows[i].null_time && !is_late(taken, i);
		n_late += !taken[i] && !rig.rows[i].null_time;
		any_behind |= taken[i] && rig.rows[i].time <= rig.rows[i].mark;
		if (taken[i])
			expected[n++] = i;
	}
	assert_int_equal(rig.n_outs, n);
	assert_int_equal(rig_count("late"), n_late);
	for (uint32_t i = 0; i < n; i++) {
		assert_true(taken[rig.outs[i].number] && !out[rig.outs[i].number]);
		out[rig.outs[i].number] = true;
	}
	if (any_behind)
		return;
	qsort(expected, n, sizeof(*expected), compare_rows);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(rig.outs[i].number, expected[i]);
}

static void rows_come_out_in_the_order_of_time(void **)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		rig_begin(&sort_kind, &config, false, 4000, seed);
		rig.blocks = seed % 2;
		rig_random_rows(1200, 3);
		for (uint32_t i = 0; i < rig.n_rows; i++) {
			rig.rows[i].end = INT64_MAX; // no windows here
			rig.rows[i].null_time = random_below(&rig.random, 50) == 0;
			if (seed % 3 == 0 && rig.rows[i].time <= rig.rows[i].mark)
				rig.rows[i].time = rig.rows[i].mark + 1; // in order but for ties
		}
		rig_run();
		check();
		rig_end();
	}
}

static void a_full_pool_drops_rows_and_counts_them(void **)
{
	rig_begin(&sort_kind, &config, false, 3, 5);
	rig_random_rows(1200, 3);
	for (uint32_t i = 0; i < rig.n_rows; i++) {
		rig.rows[i].mark = WATERMARK_NONE;
		rig.rows[i].end = INT64_MAX;
	}
	rig_run();
	assert_true(rig_count("state_full") > 0);
	assert_int_equal(rig.n_outs + rig_count("state_full"), rig.n_rows);
	rig_end();
}

static void check_limit(uint64_t offset, uint64_t n_max)
{
	const struct limit_config limit = {.offset = offset, .n_max = n_max};
	uint32_t end = offset + n_max < 700 ? (uint32_t)(offset + n_max) : 700;

	rig_begin(&limit_kind, &limit, false, 1, 6);
	rig_random_rows(700, 3);
	for (uint32_t i = 0; i < rig.n_rows; i++)
		rig.rows[i].end = INT64_MAX;
	rig_run();
	assert_int_equal(rig.n_outs, offset > end ? 0 : end - offset);
	for (uint32_t i = 0; i < rig.n_outs; i++)
		assert_int_equal(rig.outs[i].number, offset + i);
	rig_end();
}

static void limit_takes_the_first_rows_behind_the_offset(void **)
{
	check_limit(0, 0);
	check_limit(0, 1);
	check_limit(3, 300);
	check_limit(500, UINT32_MAX);
	check_limit(900, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_out_in_the_order_of_time),
		cmocka_unit_test(a_full_pool_drops_rows_and_counts_them),
		cmocka_unit_test(limit_takes_the_first_rows_behind_the_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
