#include "time/watermark.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "row/random.h"

static void the_output_is_the_minimum(void **)
{
	struct watermark_merge merge;

	assert_int_equal(watermark_merge_init(&merge, &mem_libc, 2), 0);
	assert_false(watermark_merge_advance(&merge, 0, 10, 0).advanced);
	assert_true(watermark_merge_advance(&merge, 1, 5, 0).advanced);
	assert_int_equal(merge.output, 5);
	assert_true(watermark_merge_advance(&merge, 1, 20, 0).advanced);
	assert_int_equal(merge.output, 10);
	assert_false(watermark_merge_advance(&merge, 0, 7, 0).advanced); // never back
	assert_int_equal(merge.output, 10);
	watermark_merge_destroy(&merge, &mem_libc);
}

static void an_idle_input_does_not_hold_the_output_back(void **)
{
	struct watermark_merge merge;

	watermark_merge_init(&merge, &mem_libc, 2);
	watermark_merge_advance(&merge, 0, 10, 0);
	assert_true(watermark_merge_idle(&merge, 1).advanced);
	assert_int_equal(merge.output, 10);
	assert_int_equal(watermark_merge_holder(&merge), 0);
	watermark_merge_destroy(&merge, &mem_libc);
}

static void the_maximum_comes_out_when_the_last_one_goes_idle(void **)
{
	struct watermark_merge merge;
	struct watermark_change change;

	watermark_merge_init(&merge, &mem_libc, 2);
	watermark_merge_advance(&merge, 0, 30, 0);
	watermark_merge_advance(&merge, 1, 10, 0);
	watermark_merge_idle(&merge, 0);
	change = watermark_merge_idle(&merge, 1);
	assert_true(change.advanced && change.became_idle && merge.idle);
	assert_int_equal(merge.output, 30);
	assert_int_equal(watermark_merge_holder(&merge), -1);
	watermark_merge_destroy(&merge, &mem_libc);
}

static void an_input_that_wakes_up_is_waited_for_when_it_has_caught_up(void **)
{
	struct watermark_merge merge;

	watermark_merge_init(&merge, &mem_libc, 2);
	watermark_merge_advance(&merge, 0, 10, 0);
	watermark_merge_advance(&merge, 1, 10, 0);
	watermark_merge_idle(&merge, 1);
	watermark_merge_advance(&merge, 0, 50, 0);
	assert_int_equal(merge.output, 50);
	watermark_merge_advance(&merge, 1, 20, 0); // awake, and behind
	assert_true(watermark_merge_advance(&merge, 0, 60, 0).advanced);
	assert_int_equal(merge.output, 60);
	watermark_merge_advance(&merge, 1, 65, 0); // caught up
	assert_true(watermark_merge_advance(&merge, 0, 80, 0).advanced);
	assert_int_equal(merge.output, 65); // waits for input 1 now
	watermark_merge_destroy(&merge, &mem_libc);
}

static void rows_wake_an_idle_input(void **)
{
	struct watermark_merge merge;

	watermark_merge_init(&merge, &mem_libc, 1);
	watermark_merge_advance(&merge, 0, 10, 0);
	assert_true(watermark_merge_idle(&merge, 0).became_idle);
	assert_false(watermark_merge_idle(&merge, 0).became_idle); // once
	assert_true(watermark_merge_active(&merge, 0).became_active);
	assert_false(watermark_merge_active(&merge, 0).became_active);
	watermark_merge_destroy(&merge, &mem_libc);
}

static void the_holder_is_known_with_the_time_it_last_moved(void **)
{
	struct watermark_merge merge;

	watermark_merge_init(&merge, &mem_libc, 3);
	watermark_merge_advance(&merge, 0, 10, 100);
	watermark_merge_advance(&merge, 1, 5, 200);
	watermark_merge_advance(&merge, 2, 7, 300);
	assert_int_equal(watermark_merge_holder(&merge), 1);
	assert_int_equal(merge.inputs[1].moved_tsc, 200);
	watermark_merge_destroy(&merge, &mem_libc);
}

// Random steps: the output never goes back, is never above an aligned active input, and is the
// minimum of those when there are any that have something to say.
static void random_steps_keep_its_promises(void **)
{
	enum { N = 5 };
	struct random random = {1};

	for (int round = 0; round < 200; round++) {
		struct watermark_merge merge;
		int64_t last = WATERMARK_NONE;

		watermark_merge_init(&merge, &mem_libc, N);
		for (int step = 0; step < 300; step++) {
			uint32_t input = random_below(&random, N);
			struct watermark_change change;
			int64_t least = WATERMARK_END;

			if (random_below(&random, 4) == 0)
				change = watermark_merge_idle(&merge, input);
			else
				change = watermark_merge_advance(&merge, input,
					step + random_below(&random, 50), (uint64_t)step);
			assert_true(merge.output >= last);
			assert_int_equal(change.advanced, merge.output > last);
			last = merge.output;
			for (uint32_t i = 0; i < N; i++)
				if (merge.inputs[i].aligned && merge.inputs[i].watermark < least)
					least = merge.inputs[i].watermark;
			assert_true(merge.idle || merge.output <= least);
			if (change.advanced && !change.became_idle)
				assert_int_equal(merge.output, least);
		}
		watermark_merge_destroy(&merge, &mem_libc);
	}
}

static void *no_alloc(struct mem *mem, size_t size, size_t align)
{
	return NULL;
}

static void says_when_there_is_no_memory(void **)
{
	struct mem none = {.alloc = no_alloc};
	struct watermark_merge merge;

	assert_int_equal(watermark_merge_init(&merge, &none, 2), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_output_is_the_minimum),
		cmocka_unit_test(an_idle_input_does_not_hold_the_output_back),
		cmocka_unit_test(the_maximum_comes_out_when_the_last_one_goes_idle),
		cmocka_unit_test(an_input_that_wakes_up_is_waited_for_when_it_has_caught_up),
		cmocka_unit_test(rows_wake_an_idle_input),
		cmocka_unit_test(the_holder_is_known_with_the_time_it_last_moved),
		cmocka_unit_test(random_steps_keep_its_promises),
		cmocka_unit_test(says_when_there_is_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
