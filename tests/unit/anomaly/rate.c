// The detector 'rate': against processes whose law is known, and its edges.
#include "series.h"

enum { REASON_SILENCE = 1, REASON_BURST, REASON_SLOWER }; // as explain() puts them into words
enum { FACT_MS, FACT_MEAN };

static struct verdict at(struct detector_rig *rig, double time_ms)
{
	return rig_score(rig, (int64_t)time_ms, NAN); // values do not matter
}

static double begin_poisson(struct detector_rig *rig, double mean_ms, uint64_t *seed)
{
	double time = 1e12;

	rig_begin(rig, "rate", NULL, 0);
	for (int i = 0; i < 3000; i++) {
		time += mean_ms * series_exponential(seed);
		at(rig, time);
	}
	return time;
}

// Chernoff's bound: never more than they say, and not far fewer.
static void surprises_are_as_rare_as_they_say(void **)
{
	enum { EVENTS = 200000 };
	struct detector_rig rig;
	int n_two = 0, n_three = 0;
	uint64_t seed = 31;
	double time = begin_poisson(&rig, 1e4, &seed);

	for (int i = 0; i < EVENTS; i++) {
		double surprise;

		time += 1e4 * series_exponential(&seed);
		surprise = at(&rig, time).surprise;
		n_two += surprise >= 2;
		n_three += surprise >= 3;
	}
	assert_in_range(n_two, EVENTS / 1000, EVENTS / 100);
	assert_in_range(n_three, EVENTS / 20000, EVENTS / 1000);
	rig_end(&rig);
}

static void a_burst(void **)
{
	struct detector_rig rig;
	struct verdict verdict = {0};
	uint64_t seed = 32;
	double time = begin_poisson(&rig, 60e3, &seed);

	for (int i = 0; i < 6; i++)
		verdict = at(&rig, time += 10);
	assert_true(verdict.surprise > 5);
	assert_int_equal(verdict.reason, REASON_BURST);
	assert_non_null(
		strstr(rig_explain(&rig, &verdict, 0), "6 events in 52.5 ms; this key mostly "));
	rig_end(&rig);
}

static void a_silence(void **)
{
	struct detector_rig rig;
	struct verdict verdict;
	uint64_t seed = 33;
	double time = begin_poisson(&rig, 60e3, &seed), day;

	verdict = at(&rig, time += 3600e3); // e^−60 for an exponential law: 24.5 digits
	assert_int_equal(verdict.reason, REASON_SILENCE);
	assert_float_equal(verdict.surprise, 24, 5);
	assert_non_null(
		strstr(rig_explain(&rig, &verdict, 0), "first event after 60 min; this key's"));
	for (int i = 0; i < 10; i++)
		at(&rig, time += 60e3);
	day = at(&rig, time += 86400e3).surprise;
	assert_true(day > 10 * verdict.surprise);
	rig_end(&rig);
}

static void a_slowdown(void **)
{
	struct detector_rig rig;
	struct verdict verdict = {0};
	double time = 0;
	uint64_t seed = 34;

	rig_begin(&rig, "rate", NULL, 0);
	for (int i = 0; i < 3000; i++)
		at(&rig, time += 1000 + 100 * series_uniform(&seed));
	for (int i = 0; i < 5; i++)
		verdict = at(&rig, time += 2000);
	assert_int_equal(verdict.reason, REASON_SLOWER);
	assert_true(verdict.surprise > 3);
	rig_end(&rig);
}

static void a_regular_key_is_never_odd(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "rate", NULL, 0);
	for (int64_t i = 0; i < 5000; i++)
		assert_true(at(&rig, (double)(i * 300000)).surprise < 0.001);
	rig_end(&rig);
}

// A thousand events of the same time: a burst, if the key is not used to it.
static void the_same_time_again_and_again(void **)
{
	struct detector_rig rig;
	uint64_t seed = 35;
	double time = begin_poisson(&rig, 60e3, &seed), most = 0;

	for (int i = 0; i < 1000; i++)
		most = fmax(most, at(&rig, time).surprise);
	assert_true(most > 10 && isfinite(most));
	for (int i = 0; i < 20000; i++)
		most = at(&rig, time).surprise;
	assert_true(most < 1);
	rig_end(&rig);
}

// Events that change places with their neighbours make no burst.
static void disorder(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "rate", NULL, 0);
	for (int64_t i = 0; i < 3000; i++)
		assert_true(at(&rig, (double)((i ^ 1) * 1000)).surprise < 2);
	rig_end(&rig);
}

static void a_clock_that_is_set_back(void **)
{
	struct detector_rig rig;
	uint64_t seed = 36;
	double time = begin_poisson(&rig, 1000, &seed) - 1e9;
	struct verdict verdict = {0};

	for (int i = 0; i < 8; i++) // all before what is known
		assert_true(at(&rig, time += 1000).surprise == 0);
	for (int i = 0; i < 7; i++)
		verdict = at(&rig, time += 1000);
	assert_true(verdict.surprise < 2);
	for (int i = 0; i < 7; i++) // the habit has stayed
		verdict = at(&rig, time += 1);
	assert_int_equal(verdict.reason, REASON_BURST);
	assert_true(verdict.surprise > 4);
	rig_end(&rig);
}

static void anything_goes(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "rate", NULL, 0);
	series_assert_blocks_are_nothing(&rig);
	series_assert_takes_anything(&rig, false);
	rig_score(&rig, INT64_MIN, NAN);
	rig_score(&rig, INT64_MAX, NAN);
	rig_end(&rig);
}

static void options(void **)
{
	series_assert_refused(
		"rate", "burst", 1, "'burst' is 1: it must be a whole number from 2 to 16");
	series_assert_refused("rate", "k", 1,
		"'k' is no option of the detector 'rate': it has 'burst', 'memory'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(surprises_are_as_rare_as_they_say),
		cmocka_unit_test(a_burst),
		cmocka_unit_test(a_silence),
		cmocka_unit_test(a_slowdown),
		cmocka_unit_test(a_regular_key_is_never_odd),
		cmocka_unit_test(the_same_time_again_and_again),
		cmocka_unit_test(disorder),
		cmocka_unit_test(a_clock_that_is_set_back),
		cmocka_unit_test(anything_goes),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
