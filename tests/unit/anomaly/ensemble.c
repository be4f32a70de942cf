#include <math.h>
#include <stdio.h>
#include "detector_rig.h"

enum { EVENTS = 6000, KEYS = 3, MINUTE_MS = 60000 };

struct event {
	uint32_t key;
	int64_t time_ms;
	double value;
};

static uint32_t lot(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

// Noise, some days' wave, and now and then something else.
static void draw(struct event *events, uint64_t seed)
{
	for (uint32_t i = 0; i < EVENTS; i++) {
		double noise = lot(&seed) % 1000 / 100.0, wave = 50 * sin(i / 230.0);
		uint32_t odd = lot(&seed) % 500;

		events[i] = (struct event){lot(&seed) % KEYS, (int64_t)i * MINUTE_MS, wave + noise};
		if (odd < 3)
			events[i].value += odd * 300.0 - 250;
		if (odd == 3)
			events[i].value = i % 2 == 0 ? NAN : -INFINITY;
	}
}

// All events in one call, as the operator has them: the keys are mixed.
static void score_all(
	struct detector_rig *rig, const struct event *events, struct verdict *verdicts)
{
	uint32_t size = rig->kind->state_size(rig->config);
	char *memory = calloc(KEYS, size);
	void **states = calloc(EVENTS, sizeof(*states));
	double *values = calloc(EVENTS, sizeof(*values));
	int64_t *times = calloc(EVENTS, sizeof(*times));

	for (uint32_t i = 0; i < EVENTS; i++) {
		states[i] = memory + (size_t)events[i].key * size;
		values[i] = events[i].value;
		times[i] = events[i].time_ms;
	}
	rig->kind->score(
		rig->config, states, times, (const double *const[]){values}, EVENTS, verdicts);
	free(times);
	free(values);
	free(states);
	free(memory);
}

// The larger one of the two, unless it is less than what is left of the last: by the definition.
static void twin(const struct event *events, const struct verdict *habit,
	const struct verdict *sequence, double rest, double *surprises)
{
	double last[KEYS] = {0};

	for (uint32_t i = 0; i < EVENTS; i++) {
		double *mine = &last[events[i].key];
		double most = fmax(habit[i].surprise, sequence[i].surprise);

		*mine *= 1 - M_LN2 / rest;
		surprises[i] = most > *mine ? most : 0;
		*mine = fmax(*mine, most);
	}
}

static void is_the_larger_of_the_two(void **)
{
	static const struct detector_option options[] = {{"memory", NULL, 300}, {"rest", NULL, 40}};
	static struct event events[EVENTS];
	static struct verdict habit[EVENTS], sequence[EVENTS], ensemble[EVENTS];
	static double expected[EVENTS];
	struct detector_rig rigs[3];

	for (uint64_t seed = 1; seed <= 5; seed++) {
		uint32_t by_habit = 0, by_sequence = 0;

		draw(events, seed);
		rig_begin(&rigs[0], "auto", NULL, 0);
		rig_begin(&rigs[1], "sequence", options, 2);
		rig_begin(&rigs[2], "ensemble", options, 2);
		score_all(&rigs[0], events, habit);
		score_all(&rigs[1], events, sequence);
		score_all(&rigs[2], events, ensemble);
		twin(events, habit, sequence, 40, expected);
		for (uint32_t i = 0; i < EVENTS; i++) {
			assert_true(ensemble[i].surprise == expected[i]);
			by_habit += expected[i] > 0 && expected[i] == habit[i].surprise;
			by_sequence += expected[i] > 0 && expected[i] == sequence[i].surprise;
		}
		assert_true(by_habit > 10 && by_sequence > 10);
		for (uint32_t i = 0; i < 3; i++)
			rig_end(&rigs[i]);
	}
}

// What is said is what the one that was more surprised would say.
static void gives_the_reason_of_the_larger(void **)
{
	static const double odd[] = {500, NAN, INFINITY, 3, -4, 3.5};
	static const char *const names[] = {"auto", "sequence", "ensemble"};
	struct detector_rig rigs[3];

	for (uint32_t r = 0; r < 3; r++)
		rig_begin(&rigs[r], names[r], NULL, 0);
	for (uint32_t i = 0; i < 3000; i++) {
		double value = i < 2000 || i % 100 != 0 ? i % 7 : odd[i / 100 % 6];
		struct verdict verdicts[3];
		uint32_t larger;

		for (uint32_t r = 0; r < 3; r++)
			verdicts[r] = rig_score(&rigs[r], (int64_t)i * MINUTE_MS, value);
		larger = verdicts[0].surprise > verdicts[1].surprise ? 0 : 1;
		if (verdicts[2].surprise > 0)
			assert_string_equal(rig_explain(&rigs[2], &verdicts[2], value),
				rig_explain(&rigs[larger], &verdicts[larger], value));
	}
	for (uint32_t r = 0; r < 3; r++)
		rig_end(&rigs[r]);
}

static void options_are_checked(void **)
{
	static const struct {
		struct detector_option option;
		const char *message;
	} cases[] = {
		{{"memory", NULL, 100},
			"'memory' is 100: it must be a whole number from 256 to 14000"},
		{{"rest", NULL, 0}, "'rest' is 0: it must be a number from 1 to 1000000"},
		{{"alpha", NULL, 0.1}, "'alpha' is no option of the detector 'ensemble': it has "
				       "'memory', 'rest'"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct detector_rig rig;

		rig_begin(&rig, "ensemble", &cases[i].option, 1);
		assert_null(rig.config);
		assert_string_equal(rig.err.text, cases[i].message);
		rig_end(&rig);
	}
}

static void the_largest_state_fits(void **)
{
	static const struct detector_option most = {"memory", NULL, 14000};
	struct detector_rig rig;

	rig_begin(&rig, "ensemble", &most, 1);
	assert_true(rig.kind->state_size(rig.config) <= DETECTOR_STATE_MAX);
	assert_int_equal(rig.kind->state_size(rig.config) % 8, 0);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_larger_of_the_two),
		cmocka_unit_test(gives_the_reason_of_the_larger),
		cmocka_unit_test(options_are_checked),
		cmocka_unit_test(the_largest_state_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
