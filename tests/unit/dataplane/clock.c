#include "dataplane/clock.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

static void converts_a_year_of_ticks_without_loss(void **)
{
	const uint64_t hz = 2600000000, year_s = 365 * 86400;

	assert_int_equal(clock_tsc_to_ns(year_s * hz, hz), year_s * 1000000000);
	assert_int_equal(clock_ns_to_tsc(year_s * 1000000000, hz), year_s * hz);
	assert_int_equal(clock_tsc_to_ns(1, hz), 0);
	assert_int_equal(clock_tsc_to_ns(26, hz), 10);
}

static void reads_the_wall_clock_and_a_monotonic_counter(void **)
{
	struct now first, second;
	int64_t wall_s = time(NULL);

	clock_read(&first);
	clock_read(&second);
	assert_true(second.tsc > first.tsc);
	assert_in_range(first.wall_ns / 1000000000, wall_s, wall_s + 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(converts_a_year_of_ticks_without_loss),
		cmocka_unit_test(reads_the_wall_clock_and_a_monotonic_counter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
