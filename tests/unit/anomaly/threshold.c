#include <math.h>
#include "detector_rig.h"

static const struct detector_option both[] = {
	{"above", NULL, 100}, {"below", NULL, -5}, {"hysteresis", NULL, 10}};

static double surprise(struct detector_rig *rig, double value)
{
	return rig_score(rig, 0, value).surprise;
}

static void an_alarm_lasts_until_the_value_is_well_back(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "threshold", both, 3);
	assert_true(surprise(&rig, 100) == 0); // not above it
	assert_true(surprise(&rig, 110) == 3 + log10(2));
	assert_true(surprise(&rig, 100) == 3);
	assert_true(surprise(&rig, 90.5) == 3);
	assert_true(surprise(&rig, 1100) == 3 + log10(101));
	assert_true(surprise(&rig, 90) == 0);
	assert_true(surprise(&rig, 95) == 0); // a new one begins behind the limit only
	rig_end(&rig);
}

static void there_are_two_sides(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "threshold", both, 3);
	assert_true(surprise(&rig, -15) == 3 + log10(2));
	assert_true(surprise(&rig, 4) == 3);
	assert_true(surprise(&rig, 200) == 3 + log10(11));
	assert_true(surprise(&rig, -5.5) == 3 + log10(1.05));
	assert_true(surprise(&rig, 5) == 0);
	rig_end(&rig);
}

static void without_hysteresis_the_limit_is_the_measure(void **)
{
	struct detector_rig rig;
	const struct detector_option zero = {"above", NULL, 0};

	rig_begin(&rig, "threshold", both, 1);
	assert_true(surprise(&rig, 1000) == 4);
	assert_true(surprise(&rig, 100) == 0);
	rig_end(&rig);
	rig_begin(&rig, "threshold", &zero, 1);
	assert_true(surprise(&rig, 9) == 4);
	assert_true(surprise(&rig, -0.0) == 0);
	rig_end(&rig);
}

static void what_is_no_number_tells_nothing(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "threshold", both, 3);
	assert_true(surprise(&rig, NAN) == 0);
	assert_true(surprise(&rig, 110) > 3);
	assert_true(surprise(&rig, NAN) == 0);
	assert_true(surprise(&rig, 95) == 3); // the alarm is still on
	assert_true(surprise(&rig, INFINITY) == 303);
	assert_true(surprise(&rig, -INFINITY) == 303);
	assert_true(surprise(&rig, 50) == 0);
	rig_end(&rig);
}

static void says_what_it_saw(void **)
{
	struct detector_rig rig;
	struct verdict verdict;

	rig_begin(&rig, "threshold", both, 3);
	verdict = rig_score(&rig, 0, 50);
	assert_string_equal(rig_explain(&rig, &verdict, 50), "");
	verdict = rig_score(&rig, 0, 112.5);
	assert_string_equal(rig_explain(&rig, &verdict, 112.5), "112.5 is above 100");
	verdict = rig_score(&rig, 0, 120);
	assert_string_equal(
		rig_explain(&rig, &verdict, 120), "120 is above 100, event 2 of this alarm");
	verdict = rig_score(&rig, 0, 96);
	assert_string_equal(rig_explain(&rig, &verdict, 96),
		"96 is not back at 90, where the alarm ends; event 3 of it");
	verdict = rig_score(&rig, 0, -6);
	assert_string_equal(rig_explain(&rig, &verdict, -6), "-6 is below -5");
	rig_end(&rig);
}

static void check_refused(const struct detector_option *options, uint32_t n, const char *text)
{
	struct detector_rig rig;

	rig_begin(&rig, "threshold", options, n);
	assert_null(rig.config);
	assert_string_equal(rig.err.text, text);
	rig_end(&rig);
}

static void refuses_limits_that_make_no_sense(void **)
{
	const struct detector_option crossed[] = {{"above", NULL, 1}, {"below", NULL, 1}};
	const struct detector_option negative[] = {{"above", NULL, 1}, {"hysteresis", NULL, -1}};
	const struct detector_option text = {"above", "many", 0};

	check_refused(NULL, 0,
		"the detector 'threshold' needs a limit: 'above' => number, 'below' => number or "
		"both");
	check_refused(crossed, 2, "'below' is 1: it must be less than 'above', which is 1");
	check_refused(negative, 2, "'hysteresis' is -1: it must be a number, 0 at least");
	check_refused(&text, 1, "'above' is 'many': it must be a number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alarm_lasts_until_the_value_is_well_back),
		cmocka_unit_test(there_are_two_sides),
		cmocka_unit_test(without_hysteresis_the_limit_is_the_measure),
		cmocka_unit_test(what_is_no_number_tells_nothing),
		cmocka_unit_test(says_what_it_saw),
		cmocka_unit_test(refuses_limits_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
