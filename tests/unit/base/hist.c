#include "base/hist.h"
#include "base/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { N_VALUES = 5000 };

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

// Values over all magnitudes, against the sorted values themselves.
static void quantiles_are_within_a_sixteenth(void **)
{
	static const double quantiles[] = {0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};
	static struct hist hist;
	static uint64_t values[N_VALUES];

	for (uint64_t i = 0; i < N_VALUES; i++) {
		values[i] = hash_mix(i + 1) >> (i % 64);
		hist_record(&hist, values[i], 1);
	}
	qsort(values, N_VALUES, sizeof(values[0]), compare);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		uint64_t exact = values[(size_t)(quantiles[i] * N_VALUES + 0.5) - 1];
		uint64_t estimate = hist_quantile(&hist, quantiles[i]);

		assert_true(estimate >= exact);
		assert_true(estimate - exact <= exact / HIST_SUB);
	}
}

static void at_least_the_quantile_is_not_above(void **)
{
	static struct hist hist;

	for (uint64_t value = 1; value <= 3; value++)
		hist_record(&hist, value, 1);
	assert_int_equal(hist_quantile(&hist, 0.4), 2); // 1 alone is a third
	assert_int_equal(hist_quantile(&hist, 0.5), 2);
	assert_int_equal(hist_quantile(&hist, 0.7), 3);
}

static void small_values_are_exact(void **)
{
	for (uint64_t value = 0; value < HIST_SUB; value++) {
		static struct hist hist;

		hist = (struct hist){0};
		hist_record(&hist, value, 3);
		hist_record(&hist, 1000, 1);
		assert_int_equal(hist_quantile(&hist, 0.5), value);
	}
}

static void every_value_has_a_bucket_in_order(void **)
{
	uint32_t last = 0;

	for (int bit = 0; bit < 64; bit++) {
		uint64_t value = 1ull << bit;

		assert_true(hist_bucket(value - 1) <= hist_bucket(value));
		assert_true(hist_bucket(value) >= last);
		last = hist_bucket(value);
	}
	assert_int_equal(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
}

static void the_largest_value_is_its_own_quantile(void **)
{
	static struct hist hist;

	hist_record(&hist, UINT64_MAX, 1);
	assert_true(hist_quantile(&hist, 1) == UINT64_MAX);
	assert_true(hist_quantile(&hist, 0) == UINT64_MAX);
}

static void nothing_recorded_is_zero(void **)
{
	static struct hist hist;

	hist_record(&hist, 99, 0);
	assert_int_equal(hist_quantile(&hist, 0.5), 0);
	assert_int_equal(hist.max, 0);
}

static void merging_is_recording_both(void **)
{
	static struct hist a, b, both;

	for (uint64_t i = 0; i < 1000; i++) {
		hist_record(i % 2 ? &a : &b, i * i, 2);
		hist_record(&both, i * i, 2);
	}
	hist_merge(&a, &b);
	assert_memory_equal(&a, &both, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_within_a_sixteenth),
		cmocka_unit_test(at_least_the_quantile_is_not_above),
		cmocka_unit_test(small_values_are_exact),
		cmocka_unit_test(every_value_has_a_bucket_in_order),
		cmocka_unit_test(the_largest_value_is_its_own_quantile),
		cmocka_unit_test(nothing_recorded_is_zero),
		cmocka_unit_test(merging_is_recording_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
