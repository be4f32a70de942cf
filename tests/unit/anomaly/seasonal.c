// The detector 'seasonal': a profile that is known, what comes before it is, and its edges.
#include "series.h"

enum { REASON_BEFORE = 1, REASON_USUAL, REASON_STEP }; // as explain() puts them into words
enum { FACT_RESIDUAL, FACT_DEVIATION };

static const int64_t minute = 60000, hour = 60 * minute, day = 24 * hour;

static double wave(int64_t time)
{
	return 100 + 50 * sin(2 * M_PI * (double)(time % day) / (double)day);
}

// Until `to`, an event each `step`.
static struct verdict feed(struct detector_rig *rig, int64_t from, int64_t to, int64_t step,
	double noise, uint64_t *seed)
{
	struct verdict verdict = {0};

	for (int64_t time = from; time < to; time += step)
		verdict = rig_score(rig, time, wave(time) + noise * series_normal(seed));
	return verdict;
}

static void a_day_is_learnt(void **)
{
	struct detector_rig rig;
	struct verdict verdict;
	uint64_t seed = 51;

	rig_begin(&rig, "seasonal", NULL, 0);
	feed(&rig, 0, 10 * day, 5 * minute, 1, &seed);
	for (int64_t time = 10 * day; time < 11 * day; time += 7 * minute) {
		verdict = rig_score(&rig, time, wave(time));
		assert_float_equal(verdict.facts[FACT_RESIDUAL], 0, 2);
		assert_true(verdict.surprise < 2);
	}
	// What is usual at midday (100) is not at 18:00 (50).
	verdict = rig_score(&rig, 11 * day + 18 * hour, 100);
	assert_true(verdict.surprise > 2);
	assert_float_equal(verdict.facts[FACT_RESIDUAL], 50, 2);
	rig_end(&rig);
}

// Two buckets of a season of two hours, constant in each: the profile by hand.
static void profile_and_level_by_hand(void **)
{
	struct detector_option two[] = {
		{.name = "season", .number = 2 * 3600e3}, {.name = "buckets", .number = 2}};
	struct detector_rig rig;
	struct verdict verdict;

	rig_begin(&rig, "seasonal", two, 2);
	for (int64_t time = 0; time < 40 * hour; time += minute)
		verdict = rig_score(&rig, time, time / hour % 2 ? 30 : 10);
	// In the middle of a bucket nothing is between buckets: its mean, 10 or 30, less what the
	// straight lines to its neighbours take off: half of a quarter of the way, on either side.
	verdict = rig_score(&rig, 40 * hour + 30 * minute, 0);
	assert_in_range((int)(-verdict.facts[FACT_RESIDUAL]), 0, 10);
	verdict = rig_score(&rig, 41 * hour, 20); // between both
	assert_float_equal(verdict.facts[FACT_RESIDUAL], 0, 1);
	rig_end(&rig);
}

// Ten times as many events teach the same.
static void how_many_events_does_not_matter(void **)
{
	struct detector_rig few, many;
	uint64_t seed = 52;

	rig_begin(&few, "seasonal", NULL, 0);
	rig_begin(&many, "seasonal", NULL, 0);
	feed(&few, 0, 6 * day, 10 * minute, 0, &seed);
	feed(&many, 0, 6 * day, minute, 0, &seed);
	for (int64_t time = 6 * day + hour; time < 7 * day; time += hour) {
		struct verdict a = rig_score(&few, time, 0), b = rig_score(&many, time, 0);

		assert_float_equal(a.facts[FACT_RESIDUAL], b.facts[FACT_RESIDUAL], 4);
	}
	rig_end(&few);
	rig_end(&many);
}

static void the_first_season_goes_by_the_visit_before(void **)
{
	struct detector_rig rig;
	struct verdict verdict;
	uint64_t seed = 53;

	rig_begin(&rig, "seasonal", NULL, 0);
	for (int64_t time = 0; time < 90 * minute; time += minute) // 3 visits of 30 minutes
		assert_true(rig_score(&rig, time, 10 + series_normal(&seed)).surprise == 0);
	for (int64_t time = 90 * minute; time < 12 * hour; time += minute)
		rig_score(&rig, time, 10 + series_normal(&seed));
	verdict = rig_score(&rig, 12 * hour, 60);
	assert_true(verdict.surprise > 2);
	assert_int_equal(verdict.reason, REASON_BEFORE);
	assert_float_equal(verdict.facts[FACT_RESIDUAL], 50, 1);
	assert_non_null(strstr(rig_explain(&rig, &verdict, 60), "no whole season is known yet"));
	rig_end(&rig);
}

static void a_gap_keeps_the_profile(void **)
{
	struct detector_rig rig;
	struct verdict verdict;
	uint64_t seed = 54;

	rig_begin(&rig, "seasonal", NULL, 0);
	feed(&rig, 0, 10 * day, 5 * minute, 1, &seed);
	for (int64_t time = 40 * day; time < 41 * day; time += 5 * minute)
		verdict = rig_score(&rig, time, wave(time) + 1000); // all of it is higher now
	verdict = rig_score(&rig, 41 * day + 6 * hour, 1150);
	assert_float_equal(verdict.facts[FACT_RESIDUAL], 0, 30);
	rig_end(&rig);
}

static void the_late_are_judged_and_teach_nothing(void **)
{
	struct detector_rig rig;
	size_t size;
	uint64_t seed = 55;
	char before[1024];
	struct verdict verdict;

	rig_begin(&rig, "seasonal", NULL, 0);
	size = rig.kind->state_size(rig.config);
	feed(&rig, 0, 10 * day + 19 * hour, 5 * minute, 1, &seed);
	memcpy(before, rig.state, size);
	verdict = rig_score(&rig, 10 * day + 6 * hour, 150); // 13 hours late, and usual then
	assert_float_equal(verdict.facts[FACT_RESIDUAL], 0, 2);
	assert_true(rig_score(&rig, 10 * day + 6 * hour, 500).surprise > 3);
	// More than a season: time begins anew there, with what is known.
	verdict = feed(&rig, 2 * day, 4 * day, 5 * minute, 1, &seed);
	assert_float_equal(verdict.facts[FACT_RESIDUAL], 0, 5);
	rig_end(&rig);
}

// Seasons before 1970 are as good.
static void time_may_be_negative(void **)
{
	struct detector_rig rig;
	struct verdict verdict = {0};
	uint64_t seed = 56;

	rig_begin(&rig, "seasonal", NULL, 0);
	for (int64_t time = -10 * day; time < day; time += 5 * minute)
		verdict = rig_score(&rig, time, wave(time + 20 * day) + series_normal(&seed));
	assert_float_equal(verdict.facts[FACT_RESIDUAL], 0, 5);
	rig_end(&rig);
}

static void words(void **)
{
	struct detector_rig rig;
	struct verdict verdict;
	uint64_t seed = 57;

	rig_begin(&rig, "seasonal", NULL, 0);
	feed(&rig, 0, 10 * day + 6 * hour, 5 * minute, 1, &seed);
	verdict = rig_score(&rig, 10 * day + 6 * hour, 250);
	rig_explain(&rig, &verdict, 250);
	if (verdict.reason == REASON_STEP)
		assert_non_null(
			strstr(rig.text, " above what is usual at 06:00, and the event before"));
	else
		assert_non_null(strstr(rig.text, "this key's usual at 06:00"));
	verdict = rig_score(&rig, 10 * day + 6 * hour, -INFINITY);
	assert_string_equal(rig_explain(&rig, &verdict, -INFINITY), "-inf is no finite number");
	rig_end(&rig);
}

static void constants_and_first_events(void **)
{
	struct detector_rig rig;
	double last = 0;

	rig_begin(&rig, "seasonal", NULL, 0);
	for (int64_t time = 0; time < 5 * day; time += 5 * minute)
		assert_true(rig_score(&rig, time, 7).surprise == 0);
	last = rig_score(&rig, 5 * day, 7.01).surprise;
	assert_true(last > 3);
	rig_end(&rig);
}

static void anything_goes(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "seasonal", NULL, 0);
	assert_true(rig.kind->state_size(rig.config) <= DETECTOR_STATE_INLINE);
	series_assert_blocks_are_nothing(&rig);
	series_assert_takes_anything(&rig, true);
	rig_score(&rig, INT64_MIN, 1);
	rig_score(&rig, INT64_MAX, 1);
	rig_end(&rig);
}

static void options(void **)
{
	struct detector_option most[] = {{.name = "buckets", .number = 96}};
	struct detector_rig rig;

	series_assert_refused("seasonal", "buckets", 97,
		"'buckets' is 97: it must be a whole number from 2 to 96");
	series_assert_refused("seasonal", "season", 10,
		"'season' is 10: it must be a whole number from 1000 to 3.456e+10");
	rig_begin(&rig, "seasonal", most, 1);
	assert_true(rig.kind->state_size(rig.config) <= DETECTOR_STATE_INLINE);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_learnt),
		cmocka_unit_test(profile_and_level_by_hand),
		cmocka_unit_test(how_many_events_does_not_matter),
		cmocka_unit_test(the_first_season_goes_by_the_visit_before),
		cmocka_unit_test(a_gap_keeps_the_profile),
		cmocka_unit_test(the_late_are_judged_and_teach_nothing),
		cmocka_unit_test(time_may_be_negative),
		cmocka_unit_test(words),
		cmocka_unit_test(constants_and_first_events),
		cmocka_unit_test(anything_goes),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
