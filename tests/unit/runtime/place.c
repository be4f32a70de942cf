#include "runtime/place.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>

enum { LCORES_MAX = 64, SOURCES_MAX = 20 };

static void one_lcore_runs_everything(void **)
{
	struct placement placement;

	place_init(&placement, 1, 5);
	for (uint32_t i = 0; i < 8; i++) {
		assert_int_equal(place_source(&placement, i), 0);
		assert_int_equal(place_stage(&placement, i), 0);
	}
	assert_int_equal(place_parallelism(&placement), 1);
}

static void a_third_of_the_lcores_is_for_sources(void **)
{
	struct placement placement;

	place_init(&placement, 9, 4);
	assert_int_equal(place_source(&placement, 2), 2);
	assert_int_equal(place_source(&placement, 3), 0); // the fourth shares with the first
	assert_int_equal(place_stage(&placement, 0), 3);
	assert_int_equal(place_parallelism(&placement), 6);
	place_init(&placement, 9, 1); // no more than there are sources
	assert_int_equal(place_stage(&placement, 0), 1);
	assert_int_equal(place_parallelism(&placement), 8);
}

// Whatever the numbers: stages have lcores, and share none with sources unless there is one only.
static void sources_and_stages_keep_apart(void **)
{
	for (uint32_t n = 2; n <= LCORES_MAX; n++)
		for (uint32_t n_sources = 0; n_sources <= SOURCES_MAX; n_sources++) {
			struct placement placement;
			bool used[LCORES_MAX] = {false};

			place_init(&placement, n, n_sources);
			for (uint32_t i = 0; i < 2 * n; i++) {
				assert_true(place_stage(&placement, i) < n);
				used[place_stage(&placement, i)] = true;
			}
			for (uint32_t i = 0; i < n_sources; i++)
				assert_false(used[place_source(&placement, i)]);
			assert_true(place_parallelism(&placement) >= 1);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_lcore_runs_everything),
		cmocka_unit_test(a_third_of_the_lcores_is_for_sources),
		cmocka_unit_test(sources_and_stages_keep_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
