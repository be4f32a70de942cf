#include "operator/sort/sort.h"
#include <errno.h>
#include "operator/rows_crash.h"

static const struct order_term terms[] = {
	{.column = RIG_TIME}, {.column = RIG_SCORE, .descending = true}};
static const struct sort_config config = {.time_column = RIG_TIME, .n_terms = 2, .terms = terms};

static void begin(uint64_t seed, uint32_t n_rows, uint32_t n_pages)
{
	rig_begin(&sort_kind, &config, false, n_pages, seed);
	rig.blocks = seed % 2;
	rig_random_rows(n_rows, 3);
	for (uint32_t i = 0; i < rig.n_rows; i++) {
		struct rig_row *row = &rig.rows[i];

		row->end = INT64_MAX; // no windows here
		row->null_time = random_below(&rig.random, 50) == 0;
		if (seed % 4 == 0 && random_below(&rig.random, 20) == 0) // some wait for long
			row->time += random_below(&rig.random, 2000);
		// Inputs differ in how far they are.
		if (seed % 3 == 0 && row->mark != WATERMARK_NONE)
			row->mark += random_below(&rig.random, 2) * 5;
	}
	crash_plan();
}

static void what_crashes_puts_out_the_same_rows_in_the_same_order(void **)
{
	uint32_t n_restored = 0;

	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct rig_out *undisturbed;
		uint32_t n;

		begin(seed, 2500, 4000);
		for (uint32_t i = 0; i < crash.n_steps; i++)
			crash_do_step(&crash.steps[i]);
		crash_end();
		undisturbed = rig.outs;
		n = rig.n_outs;
		rig.outs = calloc(RIG_ROWS_MAX, sizeof(*rig.outs));
		crash_run(seed % 2 ? 8 : 100);
		assert_int_equal(rig.n_outs, n);
		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(rig.outs[i].number, undisturbed[i].number);
		n_restored += crash.n_restored;
		crash_close();
		free(undisturbed);
		rig_end();
	}
	assert_true(n_restored > 200);
}

static void a_checkpoint_costs_what_came_since_the_last_one(void **)
{
	uint64_t n_bytes;

	begin(2, 2000, 4000);
	rig.op->ops->free(rig.op);
	crash_new_process();
	for (uint32_t i = 0; i < rig.n_rows; i++)
		rig.rows[i].mark = WATERMARK_NONE; // all of them wait
	for (uint32_t first = 0; first < 1900; first += 100)
		rig_feed(first, 100);
	crash_freeze();
	crash_finish();
	n_bytes = crash.saved->n_bytes;
	rig_feed(1900, 10);
	crash_freeze();
	crash_finish();
	assert_in_range(crash.saved->n_bytes - n_bytes, 1, n_bytes / 100);
	crash_close();
	rig_end();
}

static void a_pool_too_small_for_what_is_restored_is_named(void **)
{
	struct err err = {0};

	begin(2, 2000, 4000);
	rig.op->ops->free(rig.op);
	crash_new_process();
	for (uint32_t first = 0; first < 2000; first += 100)
		rig_feed(first, 100);
	crash_freeze();
	crash_finish();
	crash_drop_process();
	page_pool_destroy(&rig.pool, &mem_libc);
	page_pool_init(&rig.pool, &mem_libc, 8 * PAGE_SIZE);
	crash_new_process();
	assert_int_equal(
		checkpointed_give(crash.last.saved, crash.last.checkpoint, rig.op, &err), -ENOMEM);
	assert_string_equal(err.text,
		"state.max-memory is too small for the rows of ORDER BY that are restored");
	crash_close();
	rig_end();
}

static void records_of_another_shape_are_refused_or_harmless(void **)
{
	uint32_t n_refused = 0;

	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct err err = {0};
		int result;

		begin(seed, 300, 4000);
		rig.op->ops->free(rig.op);
		crash_new_process();
		for (uint32_t i = 0; i < crash.n_steps; i++)
			crash_do_step(&crash.steps[i]);
		crash_freeze();
		crash_finish();
		crash_drop_process();
		checkpointed_spoil(crash.last.saved, &rig.random);
		crash_new_process();
		result = checkpointed_give(crash.last.saved, crash.last.checkpoint, rig.op, &err);
		assert_true(result == 0 || result == -EINVAL || result == -ENOMEM);
		n_refused += result != 0;
		crash_close();
		rig_end();
	}
	assert_true(n_refused > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_crashes_puts_out_the_same_rows_in_the_same_order),
		cmocka_unit_test(a_checkpoint_costs_what_came_since_the_last_one),
		cmocka_unit_test(a_pool_too_small_for_what_is_restored_is_named),
		cmocka_unit_test(records_of_another_shape_are_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
