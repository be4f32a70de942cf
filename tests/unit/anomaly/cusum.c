// The detector 'cusum': against a slow twin, and what it promises at the edges.
#include "series.h"

enum { EVENTS_MAX = 3000 };

// Written from the words of detector_cusum.c and the documentation: keeps all values.
struct twin {
	int n, since; // since: first event of the level
	double values[EVENTS_MAX], distances[EVENTS_MAX];
	double up, down;
};

static double weighted(const double *values, int first, int end, int shift)
{
	double mean = 0;

	for (int i = first; i < end; i++)
		mean += fmax(0.003, 1.0 / (i - first + shift)) * (values[i] - mean);
	return mean;
}

static double twin_range(const struct twin *twin)
{
	double low = twin->values[0], high = twin->values[0];

	for (int i = 1; i < twin->n; i++) {
		double step = (high - low) / 65536;

		low = fmin(low + step, twin->values[i]);
		high = fmax(high - step, twin->values[i]);
	}
	return high - low;
}

static double twin_feed(struct twin *twin, double value)
{
	int n = twin->n, is_judged = n >= 60 && n - twin->since >= 256;
	double level = weighted(twin->values, twin->since, n, 1), scale, z, sum, surprise = 0;

	if (is_judged) {
		scale = 1.25 * weighted(twin->distances, 1, n, 2) + 0.01 * twin_range(twin);
		z = (value - level) / fmax(scale, fabs(level) / 65536);
		if (fabs(z) > 8)
			z = copysign(8 + log2(fabs(z) / 8), z);
		twin->up = fmax(0, twin->up + z - 1);
		twin->down = fmax(0, twin->down - z - 1);
		sum = fmax(twin->up, twin->down);
		surprise = sum > 0 ? (sum + 1.166) / log(10) : 0;
	}
	if (surprise >= 3) {
		twin->up = twin->down = 0;
		twin->since = n;
	}
	twin->distances[n] = fabs(value - level);
	twin->values[n] = value;
	twin->n++;
	return surprise;
}

static void says_what_its_slow_twin_says(void **)
{
	static struct twin twin;
	struct detector_rig rig;

	for (enum series series = 0; series < SERIES; series++) {
		uint64_t seed = 4711;
		double value = 0, expected;

		twin = (struct twin){0};
		rig_begin(&rig, "cusum", NULL, 0);
		for (int i = 0; i < EVENTS_MAX; i++) {
			value = series_next(series, (uint64_t)i, value, &seed) + (i > 1500 ? 4 : 0);
			expected = twin_feed(&twin, value);
			if (fabs(rig_feed(&rig, value) - expected) > 1e-7 * fmax(1, expected))
				fail_msg("series %u, event %d: %.12g, the twin says %.12g", series,
					i, rig.verdict.surprise, expected);
		}
		rig_end(&rig);
	}
}

static void blocks_are_nothing_to_it(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "cusum", NULL, 0);
	series_assert_blocks_are_nothing(&rig);
	rig_end(&rig);
}

static void takes_anything(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "cusum", NULL, 0);
	series_assert_takes_anything(&rig, true);
	rig_end(&rig);
}

// Events until an alarm, after the level has shifted by so much; the direction in words.
static int alarm_after(double shift, const char *words)
{
	struct detector_rig rig;
	uint64_t seed = 23;
	int n = 0;

	rig_begin(&rig, "cusum", NULL, 0);
	for (int i = 0; i < 2000; i++)
		assert_true(rig_feed(&rig, 10 + series_normal(&seed)) < 3);
	while (rig_feed(&rig, 10 + shift + series_normal(&seed)) < 3 && n < 1000)
		n++;
	if (n < 1000)
		rig_assert_words(&rig, words);
	for (int i = 0; i < 2000; i++) // the new level is the habit
		assert_true(rig_feed(&rig, 10 + shift + series_normal(&seed)) < 3);
	rig_end(&rig);
	return n;
}

static void a_shift_is_told_once(void **)
{
	assert_in_range(alarm_after(2.5, "deviations above this key's level"), 1, 8);
	assert_in_range(alarm_after(-2.5, "deviations below this key's level"), 1, 8);
	assert_in_range(alarm_after(5, "which is learnt anew"), 0, 3);
	assert_int_equal(alarm_after(0, ""), 1000);
}

static void one_wild_value_adds_up_by_its_logarithm(void **)
{
	struct detector_rig rig;
	uint64_t seed = 29;
	double before = 0;

	rig_begin(&rig, "cusum", NULL, 0);
	for (int i = 0; i < 1000; i++)
		rig_feed(&rig, series_normal(&seed));
	for (double value = 2; value < 1e300; value *= 10) {
		assert_true(rig_peek(&rig, value) > before);
		before = rig.verdict.surprise;
	}
	assert_true(before < rig_feed(&rig, -INFINITY));
	rig_end(&rig);
}

static void a_constant_is_calm_until_it_changes(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "cusum", NULL, 0);
	for (int i = 0; i < 1000; i++)
		assert_true(rig_feed(&rig, 5) == 0);
	rig_assert_words(&rig, "no shift from this key's level 5");
	assert_true(rig_feed(&rig, 5.5) > 3);
	rig_assert_words(&rig, "shift: 1 event is");
	assert_true(rig_feed(&rig, 5.5) == 0); // learnt anew
	rig_end(&rig);
}

static void wrong_options_are_refused(void **)
{
	const struct detector_option drift = {"drift", NULL, 0}, other = {"h", NULL, 5};

	series_assert_refuses(
		"cusum", &drift, "'drift' is 0: it must be a number from 0.01 to 100");
	series_assert_refuses("cusum", &other,
		"'h' is no option of the detector 'cusum': it has 'alpha', 'drift', 'alarm', "
		"'warmup', 'refractory'");
	assert_int_equal(detector_cusum.state_size(NULL), 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_its_slow_twin_says),
		cmocka_unit_test(blocks_are_nothing_to_it),
		cmocka_unit_test(takes_anything),
		cmocka_unit_test(a_shift_is_told_once),
		cmocka_unit_test(one_wild_value_adds_up_by_its_logarithm),
		cmocka_unit_test(a_constant_is_calm_until_it_changes),
		cmocka_unit_test(wrong_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
