// 'sequence' as a whole against a slow twin, written from the words of detector_sequence.c: what is
// new is looked for among all remembered events, the habit is reckoned anew from all there were.
#include "sequence_twin.h"

struct sequence_twin_all {
	struct twin memory;
	double novelties[EVENTS]; // of each event, in bits that are believed
	double last; // surprise, in bits, before the scale
};

static double bits_of(const struct sequence_novelty *novelty)
{
	double bits = novelty->value + novelty->after + 2 * novelty->run;

	return bits * (1 + log2(1 + novelty->beyond));
}

static double habit_of(const struct sequence_twin_all *twin)
{
	double habit = 0;

	for (uint32_t i = 0; i < twin->memory.n; i++)
		habit += (twin->novelties[i] - habit) / 1500;
	return habit;
}

static double sequence_feed(struct sequence_twin_all *twin, double value)
{
	struct sequence_novelty novelties[SEQUENCE_CHANNELS];
	double n = twin->memory.n, bits, now;

	twin_ask(&twin->memory, value, novelties);
	bits = bits_of(&novelties[SEQUENCE_VALUE]) + bits_of(&novelties[SEQUENCE_LEVEL]) / 2;
	bits *= n / (n + 300);
	now = bits / (1 + 10 * habit_of(twin));
	twin->novelties[twin->memory.n] = bits;
	twin_take(&twin->memory);
	twin->last *= 1 - log(2) / 90;
	if (now <= twin->last)
		return 0;
	twin->last = now;
	return 0.75 * now;
}

static void sequence_says_what_its_twin_says(void **)
{
	const struct detector_option memory = {"memory", NULL, KEPT};
	struct sequence_twin_all *twin = malloc(sizeof(*twin));
	int n_odd = 0;

	for (uint32_t mix = 0; mix < 10; mix++) {
		struct series_mix series = {.mix = mix, .level = 100 + mix, .lots = 1000 + mix};
		struct detector_rig rig;

		rig_begin(&rig, "sequence", &memory, 1);
		memset(twin, 0, sizeof(*twin));
		for (int event = 0; event < EVENTS; event++) {
			double value = mix_next(&series), expected = sequence_feed(twin, value);
			double surprise = rig_score(&rig, 0, value).surprise;

			n_odd += expected > 1;
			if (fabs(surprise - expected) > 1e-7 * fmax(1, expected))
				fail_msg("mix %u, event %d: %.12g, the twin says %.12g", mix, event,
					surprise, expected);
		}
		rig_end(&rig);
	}
	assert_true(n_odd > 50);
	free(twin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequence_says_what_its_twin_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
