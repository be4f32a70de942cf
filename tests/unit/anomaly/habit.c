// The detectors 'ewma' and 'auto': against their slow twin, and what they promise at the edges.
#include "series.h"
#include "habit_twin.h"

static const int64_t day_ms = 86400000, step_ms = 300000;

static void assert_near(double surprise, double expected, int event)
{
	if (fabs(surprise - expected) > 1e-7 * fmax(1, expected))
		fail_msg("event %d: %.12g, the twin says %.12g", event, surprise, expected);
}

static void follow_twin(const struct detector_kind *kind, enum series series, uint64_t seed)
{
	static struct habit_twin twin;
	struct detector_rig rig;
	double value = 0;
	int64_t time = -5 * day_ms; // so that it comes by 1970

	twin = (struct habit_twin){
		.is_auto = kind == &detector_auto, .alpha = 0.003, .refractory = 256, .warmup = 60};
	rig_begin(&rig, kind->name, NULL, 0);
	for (int i = 0; i < 2500; i++) {
		time += series_random(&seed) % 100 == 0 ? 20 * step_ms : step_ms;
		value = series_next(series, (uint64_t)i, value, &seed);
		assert_near(
			rig_score(&rig, time, value).surprise, twin_feed(&twin, time, value), i);
	}
	rig_end(&rig);
}

static void says_what_its_slow_twin_says(void **)
{
	for (uint64_t seed = 1; seed <= 2; seed++)
		for (enum series series = 0; series < SERIES; series++) {
			follow_twin(&detector_ewma, series, seed * 1000003);
			follow_twin(&detector_auto, series, seed * 1000003);
		}
}

static void blocks_are_nothing_to_it(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "ewma", NULL, 0);
	series_assert_blocks_are_nothing(&rig);
	rig_end(&rig);
	rig_begin(&rig, "auto", NULL, 0);
	series_assert_blocks_are_nothing(&rig);
	rig_end(&rig);
}

static void takes_anything(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "ewma", NULL, 0);
	series_assert_takes_anything(&rig, true);
	rig_end(&rig);
	rig_begin(&rig, "auto", NULL, 0);
	series_assert_takes_anything(&rig, true);
	rig_end(&rig);
}

static void first_events_are_not_judged(void **)
{
	const struct detector_option warmup = {"warmup", NULL, 100};
	struct detector_rig rig;
	uint64_t seed = 3;

	rig_begin(&rig, "ewma", &warmup, 1);
	for (int i = 0; i < 100; i++)
		assert_true(rig_feed(&rig, i == 80 ? 1e9 : series_normal(&seed)) == 0);
	rig_assert_words(&rig, "event 100 of the first 100 of this key, which are not judged");
	assert_true(rig_feed(&rig, -1e9) > 3);
	rig_end(&rig);
}

static void a_constant_is_ordinary_until_it_changes(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "ewma", NULL, 0);
	for (int i = 0; i < 1000; i++)
		assert_true(rig_feed(&rig, 42.5) == 0);
	rig_assert_words(&rig, "42.5 is this key's level");
	assert_in_range((int)rig_feed(&rig, 43), 4, 20);
	rig_assert_words(&rig, "43 is above 42.5, which this key hardly ever left");
	assert_true(rig_feed(&rig, 42.5) < 3);
	rig_end(&rig);
	rig_begin(&rig, "auto", NULL, 0);
	for (int i = 0; i < 1000; i++)
		assert_true(rig_score(&rig, i * step_ms, 0).surprise == 0);
	assert_in_range((int)rig_score(&rig, 1000 * step_ms, -1e-300).surprise, 4, 25);
	rig_assert_words(&rig, "new minimum (before: 0)");
	rig_end(&rig);
}

static void the_further_off_the_odder(void **)
{
	struct detector_rig rig;
	uint64_t seed = 9;
	double before = 0;

	rig_begin(&rig, "ewma", NULL, 0);
	for (int i = 0; i < 1000; i++)
		rig_feed(&rig, series_normal(&seed));
	for (double value = 6; value < 1e300; value *= 3) {
		double surprise;

		surprise = rig_peek(&rig, value);
		assert_true(surprise > before);
		before = surprise;
		assert_true(rig_peek(&rig, INFINITY) > surprise);
	}
	rig_end(&rig);
}

static void an_episode_is_told_once(void **)
{
	const struct detector_option refractory = {"refractory", NULL, 0};
	struct detector_rig rig;
	uint64_t seed = 11;

	rig_begin(&rig, "ewma", NULL, 0);
	for (int i = 0; i < 1000; i++)
		rig_feed(&rig, series_normal(&seed));
	assert_true(rig_feed(&rig, 20) > 3);
	assert_true(rig_feed(&rig, 25) < 3); // a record too
	rig_assert_words(&rig, "shortly after another record");
	assert_true(rig_feed(&rig, 500) > 3); // far worse
	for (int i = 0; i < 3000; i++)
		assert_true(rig_feed(&rig, series_normal(&seed)) < 3);
	assert_true(rig_feed(&rig, 1000) > 3); // another
	rig_end(&rig);
	seed = 11;
	rig_begin(&rig, "ewma", &refractory, 1);
	for (int i = 0; i < 1000; i++)
		rig_feed(&rig, series_normal(&seed));
	assert_true(rig_feed(&rig, 20) > 3);
	assert_true(rig_feed(&rig, 25) > 3);
	rig_end(&rig);
}

static void a_shift_that_no_value_shows_is_told(void **)
{
	struct detector_rig rig;
	uint64_t seed = 13;
	double most = 0;

	rig_begin(&rig, "ewma", NULL, 0);
	for (int i = 0; i < 2000; i++)
		rig_feed(&rig, series_normal(&seed));
	for (int i = 0; i < 60 && most < 3; i++)
		most = fmax(most, rig_feed(&rig, 2.5 + 0.3 * series_normal(&seed)));
	assert_true(most >= 3);
	rig_assert_words(&rig, "mean of some");
	rig_end(&rig);
}

static void a_counter_that_starts_anew_is_told(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "ewma", NULL, 0);
	for (int i = 0; i < 5000; i++) {
		double surprise = rig_feed(&rig, 7 * i);

		assert_true(i < 100 || surprise < 3); // each a maximum, none by much
	}
	assert_true(rig_feed(&rig, 0) > 3);
	rig_assert_words(&rig, "greatest jump down so far");
	rig_end(&rig);
}

// Quiet nights, busy days; then a quiet noon.
static double feed_days(const struct detector_kind *kind, const char *words)
{
	struct detector_rig rig;
	uint64_t seed = 17;
	double most = 0;

	rig_begin(&rig, kind->name, NULL, 0);
	for (int i = 0; i < 10 * 288; i++) {
		double hour = (double)(i % 288) / 12;
		bool is_quiet = hour < 8 || hour >= 20 || i >= 9 * 288 + 144;
		double surprise =
			rig_score(&rig, i * step_ms, (is_quiet ? 10 : 50) + series_normal(&seed))
				.surprise;

		if (i == 9 * 288 + 144 && words != NULL)
			rig_assert_words(&rig, words);
		most = i >= 9 * 288 + 144 && i < 9 * 288 + 156 ? fmax(most, surprise) : most;
	}
	rig_end(&rig);
	return most;
}

static void auto_knows_the_hour(void **)
{
	assert_true(feed_days(&detector_auto,
			    "further below what is usual at 12:00 UTC than ever") > 3);
	assert_true(feed_days(&detector_ewma, NULL) < 3);
}

static void time_that_goes_back_is_no_matter(void **)
{
	struct detector_rig rig;
	uint64_t seed = 19;

	rig_begin(&rig, "auto", NULL, 0);
	for (int i = 0; i < 5000; i++)
		rig_score(&rig, i % 2 == 0 ? i * step_ms : -i * step_ms, series_normal(&seed));
	assert_true(rig_score(&rig, INT64_MIN, 50).surprise > 3);
	assert_true(rig_score(&rig, INT64_MAX, 5000).surprise > 3);
	rig_end(&rig);
}

static void wrong_options_are_refused(void **)
{
	const struct detector_option alpha = {"alpha", NULL, 1.5}, text = {"warmup", "long", 0};
	const struct detector_option few = {"warmup", NULL, 3}, other = {"beta", NULL, 1};

	series_assert_refuses(
		"ewma", &alpha, "'alpha' is 1.5: it must be a number from 1e-06 to 1");
	series_assert_refuses("auto", &text,
		"'warmup' is 'long': it must be a whole number from 20 to 1000000000");
	series_assert_refuses(
		"ewma", &few, "'warmup' is 3: it must be a whole number from 20 to 1000000000");
	series_assert_refuses("auto", &other,
		"'beta' is no option of the detector 'auto': it has 'alpha', 'warmup', "
		"'refractory'");
}

static void state_is_small(void **)
{
	assert_int_equal(detector_ewma.state_size(NULL), 128);
	assert_int_equal(detector_auto.state_size(NULL), 344);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_its_slow_twin_says),
		cmocka_unit_test(blocks_are_nothing_to_it),
		cmocka_unit_test(takes_anything),
		cmocka_unit_test(first_events_are_not_judged),
		cmocka_unit_test(a_constant_is_ordinary_until_it_changes),
		cmocka_unit_test(the_further_off_the_odder),
		cmocka_unit_test(an_episode_is_told_once),
		cmocka_unit_test(a_shift_that_no_value_shows_is_told),
		cmocka_unit_test(a_counter_that_starts_anew_is_told),
		cmocka_unit_test(auto_knows_the_hour),
		cmocka_unit_test(time_that_goes_back_is_no_matter),
		cmocka_unit_test(wrong_options_are_refused),
		cmocka_unit_test(state_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
