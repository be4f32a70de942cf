// The tail of a key's own deviations, against laws whose tails are known.
#include "operator/anomaly/own_tail.h"
#include "series.h"

enum { EVENTS = 200000, MEMORY = 20000 };

// y of the law P(Y > y) = exp(−y / scale), learnt: Pareto's in the deviations themselves.
static struct own_tail learnt(double scale)
{
	struct own_tail tail = {0};
	uint64_t seed = 3;

	for (int i = 0; i < EVENTS; i++)
		own_tail_learn(&tail, (float)(scale * series_exponential(&seed)), MEMORY);
	return tail;
}

static void logarithms_of_deviations(void **)
{
	for (double x = 1e-12; x < 1e300; x *= 7.3)
		assert_float_equal(own_tail_y(x), log1p(x), 1e-6 * log1p(x) + 1e-9);
	assert_true(own_tail_y(0) == 0);
	assert_true(own_tail_y(INFINITY) == own_tail_y(1e300));
}

static void one_in_a_thousand_is_three(void **)
{
	for (double scale = 0.125; scale <= 8; scale *= 4) {
		struct own_tail tail = learnt(scale);

		for (int digits = 2; digits <= 9; digits++)
			assert_float_equal(
				own_tail_surprise(&tail, (float)(digits * scale * M_LN10)), digits,
				0.12 * digits);
	}
}

static void the_share_of_surprises_is_what_they_say(void **)
{
	struct own_tail tail = {0};
	int n_two = 0, n_three = 0;
	uint64_t seed = 8;

	for (int i = 0; i < EVENTS; i++) {
		float y = own_tail_y(fabs(series_normal(&seed)));
		float surprise = own_tail_surprise(&tail, y);

		n_two += i >= MEMORY && surprise >= 2;
		n_three += i >= MEMORY && surprise >= 3;
		own_tail_learn(&tail, y, MEMORY);
	}
	// A normal's tail falls faster than Pareto's: never more, but fewer.
	assert_in_range(n_two, (EVENTS - MEMORY) / 100 / 2, (EVENTS - MEMORY) / 100 * 1.2);
	assert_in_range(n_three, 0, (EVENTS - MEMORY) / 1000);
}

static void a_tail_forgets(void **)
{
	struct own_tail tail = learnt(1);
	uint64_t seed = 4;

	for (int i = 0; i < 10 * MEMORY; i++)
		own_tail_learn(&tail, (float)(0.125 * series_exponential(&seed)), MEMORY);
	assert_float_equal(own_tail_surprise(&tail, (float)(3 * 0.125 * M_LN10)), 3, 0.4);
}

static void surprise_grows_for_ever(void **)
{
	struct own_tail tail = learnt(1), new_key = {0};
	float last = -1;

	for (double x = 1e-3; x < 1e299; x *= 10) {
		assert_true(own_tail_surprise(&tail, own_tail_y(x)) > last);
		last = own_tail_surprise(&tail, own_tail_y(x));
	}
	assert_true(own_tail_surprise(&new_key, 0) == 0);
}

static void a_key_that_never_differs_stays_finite(void **)
{
	struct own_tail tail = {0};

	for (int i = 0; i < EVENTS; i++)
		own_tail_learn(&tail, 0, MEMORY);
	assert_true(own_tail_surprise(&tail, 0) == 0);
	assert_true(isfinite(own_tail_surprise(&tail, own_tail_y(1e300))));
	assert_true(own_tail_surprise(&tail, own_tail_y(1e-3)) > 0);
}

static void an_incident_is_told_once(void **)
{
	struct own_tail tail = {0};

	assert_true(own_tail_tell(&tail, 5, 100) == 5);
	for (int i = 0; i < 30; i++)
		assert_true(own_tail_tell(&tail, 5, 100) < 1.5f); // one in twenty is no news
	assert_float_equal(own_tail_tell(&tail, 8, 100), 4.3, 0.2); // far odder
	for (int i = 0; i < 500; i++)
		own_tail_tell(&tail, 0, 100);
	assert_float_equal(own_tail_tell(&tail, 5, 100), 5, 0.1); // another one
	assert_true(own_tail_tell(&tail, 5, 0) == 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logarithms_of_deviations),
		cmocka_unit_test(one_in_a_thousand_is_three),
		cmocka_unit_test(the_share_of_surprises_is_what_they_say),
		cmocka_unit_test(a_tail_forgets),
		cmocka_unit_test(surprise_grows_for_ever),
		cmocka_unit_test(a_key_that_never_differs_stays_finite),
		cmocka_unit_test(an_incident_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
