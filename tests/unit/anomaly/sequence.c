#include <math.h>
#include <stdio.h>
#include "detector_rig.h"

static double surprise(struct detector_rig *rig, double value)
{
	return rig_score(rig, 0, value).surprise;
}

// A day of 12 events, 1 to 6 and back, n times.
static void days(struct detector_rig *rig, uint32_t n)
{
	for (uint32_t i = 0; i < 12 * n; i++)
		surprise(rig, i % 12 < 6 ? 1 + i % 12 : 12 - i % 12);
}

static void what_it_knows_is_no_surprise(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "sequence", NULL, 0);
	days(&rig, 50);
	for (uint32_t i = 0; i < 120; i++)
		assert_true(surprise(&rig, i % 12 < 6 ? 1 + i % 12 : 12 - i % 12) == 0);
	rig_end(&rig);
}

static void finds_what_has_never_been(void **)
{
	static const struct {
		double values[8];
		uint32_t n;
		const char *reason;
	} cases[] = {
		{{9}, 1, "9 is above 6, the highest of the last 1181 events"},
		{{-2}, 1, "-2 is below 1, the lowest of the last 1181 events"},
		{{1, 6}, 2, "6 after 1: no such step in the last 1182 events"},
		{{1, 2, 3, 3}, 4, "3 or so for 2 events, longer than ever in the last 1184"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct detector_rig rig;
		struct verdict verdict = {0};

		rig_begin(&rig, "sequence", NULL, 0);
		days(&rig, 100);
		for (uint32_t j = 0; j < cases[i].n; j++)
			verdict = rig_score(&rig, 0, cases[i].values[j]);
		assert_true(verdict.surprise > 3);
		assert_string_equal(rig_explain(&rig, &verdict, cases[i].values[cases[i].n - 1]),
			cases[i].reason);
		rig_end(&rig);
	}
}

static void farther_is_more(void **)
{
	double last = 0;

	for (double value = 10; value < 1e300; value *= 1000) {
		struct detector_rig rig;
		double now;

		rig_begin(&rig, "sequence", NULL, 0);
		days(&rig, 100);
		now = surprise(&rig, value);
		assert_true(now > last || value > 1e30); // farther is as far
		last = now;
		rig_end(&rig);
	}
}

static void an_aftermath_is_none(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "sequence", NULL, 0);
	days(&rig, 100);
	assert_true(surprise(&rig, 100) > 3);
	for (uint32_t i = 0; i < 20; i++)
		assert_true(surprise(&rig, 60 - i) == 0);
	rig_end(&rig);
}

static void a_constant_that_changes_is_new(void **)
{
	struct detector_rig rig;
	struct verdict verdict;

	rig_begin(&rig, "sequence", NULL, 0);
	for (uint32_t i = 0; i < 1000; i++)
		assert_true(surprise(&rig, 1e9 + 0.5) == 0);
	verdict = rig_score(&rig, 0, 1e9 + 1);
	assert_true(verdict.surprise > 3);
	rig_end(&rig);
}

static void no_number_is_not_learned(void **)
{
	struct detector_rig rig;
	uint32_t size;
	void *before;

	rig_begin(&rig, "sequence", NULL, 0);
	assert_true(surprise(&rig, INFINITY) == 0); // of a new key
	days(&rig, 100);
	size = rig.kind->state_size(rig.config);
	before = malloc(size);
	memcpy(before, rig.state, size);
	assert_true(surprise(&rig, NAN) == 0);
	assert_memory_equal(before, rig.state, size);
	assert_true(surprise(&rig, -INFINITY) > 3);
	// all but that there is an aftermath: the first 8 bytes
	assert_memory_equal((char *)before + 8, (char *)rig.state + 8, size - 8);
	free(before);
	rig_end(&rig);
}

static void a_young_key_knows_little(void **)
{
	struct detector_rig rig;

	rig_begin(&rig, "sequence", NULL, 0);
	for (uint32_t i = 0; i < 19; i++)
		assert_true(surprise(&rig, i * i) == 0);
	for (uint32_t i = 0; i < 50; i++)
		assert_true(surprise(&rig, (i * 7) % 10 + i) < 3);
	rig_end(&rig);
}

static void odd_numbers_do_no_harm(void **)
{
	static const double odd[] = {
		0, -0.0, 1e308, -1e308, 5e-324, -5e-324, 1e-40, 1e30, 1, -1e300};
	struct detector_rig rig;
	struct detector_option memory = {"memory", NULL, 256};

	rig_begin(&rig, "sequence", &memory, 1);
	for (uint32_t i = 0; i < 5000; i++)
		assert_true(isfinite(surprise(&rig, odd[(i * i + i / 7) % 10])));
	rig_end(&rig);
}

static void checks_its_options(void **)
{
	static const struct {
		struct detector_option option;
		const char *text;
	} cases[] = {
		{{"memory", NULL, 10},
			"'memory' is 10: it must be a whole number from 256 to 14000"},
		{{"rest", NULL, 0}, "'rest' is 0: it must be a number from 1 to 1000000"},
		{{"alpha", NULL, 1},
			"'alpha' is no option of the detector 'sequence': it has 'memory', 'rest'"},
	};
	struct detector_rig rig;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		rig_begin(&rig, "sequence", &cases[i].option, 1);
		assert_null(rig.config);
		assert_string_equal(rig.err.text, cases[i].text);
		rig_end(&rig);
	}
}

static void states_are_bounded(void **)
{
	struct detector_option memory = {"memory", NULL, 14000};
	struct detector_rig rig;

	rig_begin(&rig, "sequence", &memory, 1);
	assert_true(rig.kind->state_size(rig.config) <= DETECTOR_STATE_MAX);
	assert_int_equal(rig.kind->state_size(rig.config) % 8, 0);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_knows_is_no_surprise),
		cmocka_unit_test(finds_what_has_never_been),
		cmocka_unit_test(farther_is_more),
		cmocka_unit_test(an_aftermath_is_none),
		cmocka_unit_test(a_constant_that_changes_is_new),
		cmocka_unit_test(no_number_is_not_learned),
		cmocka_unit_test(a_young_key_knows_little),
		cmocka_unit_test(odd_numbers_do_no_harm),
		cmocka_unit_test(checks_its_options),
		cmocka_unit_test(states_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
