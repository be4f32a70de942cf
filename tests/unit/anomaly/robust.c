// The detector 'robust': its median and MAD against those of known laws, and its edges.
#include "series.h"

enum { REASON_LEVEL = 1, REASON_STEP }; // as explain() puts them into words
enum { FACT_DEVIATIONS, FACT_MEDIAN };

static double draw(int law, uint64_t *seed)
{
	switch (law) {
	case 0:
		return series_normal(seed);
	case 1:
		return series_uniform(seed);
	case 2:
		return series_exponential(seed);
	default:
		return tan(M_PI * (series_uniform(seed) - 0.5)); // Cauchy's has no mean
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

// The slow twin: the median of what has been seen.
static double exact_median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	return values[n / 2];
}

// Of memory m the standard error is about √(½ / m) · 0.5 / density(median): 5 of these.
static void median_and_mad_are_those_of_the_law(void **)
{
	enum { EVENTS = 20000, MEMORY = 1000 };
	static const double offsets[] = {0, 1e6, -3}, scales[] = {1, 1e-6, 1e12};
	static double values[EVENTS], deviations[EVENTS];

	for (int i = 0; i < 4 * 3; i++) {
		double scale = scales[i % 3], offset = offsets[i % 3] * scale, median, mad;
		struct verdict verdict;
		struct detector_rig rig;
		uint64_t seed = 21;

		rig_begin(&rig, "robust", NULL, 0);
		for (int k = 0; k < EVENTS; k++) {
			values[k] = offset + scale * draw(i / 3, &seed);
			verdict = rig_score(&rig, 0, values[k]);
		}
		median = exact_median(values, EVENTS);
		for (int k = 0; k < EVENTS; k++)
			deviations[k] = fabs(values[k] - median);
		mad = exact_median(deviations, EVENTS);
		verdict = rig_score(&rig, 0, median + 100 * mad);
		assert_float_equal(verdict.facts[FACT_MEDIAN], median, 0.25 * mad);
		assert_float_equal(verdict.facts[FACT_DEVIATIONS], 100 / 1.4826, 20);
		rig_end(&rig);
	}
}

static void begin_normal(struct detector_rig *rig, uint64_t *seed)
{
	rig_begin(rig, "robust", NULL, 0);
	for (int i = 0; i < 5000; i++)
		rig_score(rig, 0, 100 + series_normal(seed));
}

static void a_far_value_is_odd_and_the_farther_the_more(void **)
{
	struct detector_rig rig;
	uint64_t seed = 5;
	double last = 2;

	for (double far = 10; far < 1e15; far *= 100) {
		double surprise;

		begin_normal(&rig, &seed);
		surprise = rig_score(&rig, 0, 100 - far).surprise;
		assert_true(surprise > last);
		last = surprise;
		rig_end(&rig);
	}
}

static void half_of_the_values_may_be_wild(void **)
{
	struct detector_rig rig;
	struct verdict verdict;
	uint64_t seed = 6;

	begin_normal(&rig, &seed);
	for (int i = 0; i < 3000; i++)
		rig_score(&rig, 0, i % 10 < 3 ? 1e6 : 100 + series_normal(&seed));
	verdict = rig_score(&rig, 0, 1e6);
	assert_float_equal(verdict.facts[FACT_MEDIAN], 100, 2);
	rig_end(&rig);
}

static void a_new_level_is_learnt(void **)
{
	struct detector_rig rig;
	struct verdict verdict = {0};
	uint64_t seed = 7;

	begin_normal(&rig, &seed);
	for (int i = 0; i < 20000; i++)
		verdict = rig_score(&rig, 0, -500 + series_normal(&seed));
	assert_float_equal(verdict.facts[FACT_MEDIAN], -500, 1);
	assert_true(rig_score(&rig, 0, -480).surprise > 2);
	rig_end(&rig);
}

// One in twenty of what is ordinary is beyond the tail's quantile, however short the memory.
static void a_short_memory_has_a_tail_too(void **)
{
	for (int memory = 10; memory <= 40; memory += 10) {
		const struct detector_option options[] = {
			{"memory", NULL, memory}, {"refractory", NULL, 0}};
		struct detector_rig rig;
		uint64_t seed = 9;
		int n_beyond = 0;

		rig_begin(&rig, "robust", options, 2);
		for (int i = 0; i < 1000; i++)
			rig_score(&rig, 0, 100 + series_normal(&seed));
		for (int i = 0; i < 10000; i++)
			n_beyond +=
				rig_score(&rig, 0, 100 + series_normal(&seed)).surprise > 1.3011;
		assert_in_range(n_beyond, 100, 1500);
		rig_end(&rig);
	}
}

static void words(void **)
{
	struct detector_rig rig;
	struct verdict verdict;
	uint64_t seed = 8;

	begin_normal(&rig, &seed);
	verdict = rig_score(&rig, 0, 150);
	assert_int_equal(verdict.reason, REASON_LEVEL);
	assert_non_null(strstr(rig_explain(&rig, &verdict, 150), "150 is "));
	assert_non_null(strstr(rig.text, " deviations above this key's median "));
	for (int i = 0; i < 4000; i++)
		rig_score(&rig, 0, i / 20 % 2 * 50);
	verdict = rig_score(&rig, 0, 20);
	assert_int_equal(verdict.reason, REASON_STEP);
	assert_non_null(strstr(rig_explain(&rig, &verdict, 20), "20 comes after 50; "));
	verdict = rig_score(&rig, 0, INFINITY);
	assert_string_equal(rig_explain(&rig, &verdict, INFINITY), "inf is no finite number");
	rig_end(&rig);
}

static void constants_and_first_events(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "robust", NULL, 0);
	for (int i = 0; i < 5000; i++)
		assert_true(rig_score(&rig, 0, 42).surprise == 0);
	assert_true(rig_score(&rig, 0, 42.5).surprise > 3);
	assert_true(rig_score(&rig, 0, 42 + 1e-12).surprise == 0);
	rig_end(&rig);
	rig_begin(&rig, "robust", NULL, 0);
	for (int i = 0; i < 5; i++)
		assert_true(rig_score(&rig, 0, i * i * 1e9).surprise == 0);
	rig_end(&rig);
}

static void anything_goes(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "robust", NULL, 0);
	series_assert_blocks_are_nothing(&rig);
	series_assert_takes_anything(&rig, true);
	rig_end(&rig);
}

static void options(void **)
{
	series_assert_refused("robust", "memory", 3,
		"'memory' is 3: it must be a whole number from 10 to 1000000000");
	series_assert_refused("robust", "alpha", 1,
		"'alpha' is no option of the detector 'robust': it has 'memory', 'refractory'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median_and_mad_are_those_of_the_law),
		cmocka_unit_test(a_far_value_is_odd_and_the_farther_the_more),
		cmocka_unit_test(half_of_the_values_may_be_wild),
		cmocka_unit_test(a_new_level_is_learnt),
		cmocka_unit_test(a_short_memory_has_a_tail_too),
		cmocka_unit_test(words),
		cmocka_unit_test(constants_and_first_events),
		cmocka_unit_test(anything_goes),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
