// ensemble: what is far from a key's habit ('auto'), or what it has never done before ('sequence').
//
// Idea: the two look at different things, one at how far and one at how new, and are wrong at
// different times. Both say how rare an event is on the same scale, so the surprise is that of the
// one that is more surprised. What is less than the last surprise, which fades by half in 90
// events, is its aftermath, and none: otherwise one event would be told twice, a little later.
//
// Order needed: of arrival, and event time for 'auto'. Time and space: the sum of the two.
#include <math.h>
#include "operator/anomaly/detectors.h"

enum {
	REST_DEFAULT = 90,
	REST_MAX = 1000000,
	BLOCK = 64, // events that go through both at once
};

// Bit of verdict.reason: the words are auto's. Neither of the two uses it.
#define REASON_AUTO 0x80000000u

struct ensemble {
	const void *habit, *sequence; // configurations
	uint32_t habit_size, sequence_size; // of their states
	double fade; // of the last surprise, with each event
};

// Behind it the state of auto, and then that of sequence.
struct ensemble_state {
	double last; // surprise, faded
};

static const void *configure(const struct detector_call *call, struct err *err)
{
	static const char *const names[] = {"memory", "rest", NULL};
	struct ensemble *ensemble = arena_alloc(call->arena, sizeof(*ensemble));
	struct detector_call habit = *call;
	double rest = REST_DEFAULT;

	habit.n_options = 0;
	if (detector_options(call, "ensemble", names, err) < 0 ||
		detector_number(call, "rest", 1, REST_MAX, &rest, err) < 0)
		return NULL;
	ensemble->habit = detector_auto.configure(&habit, err);
	ensemble->sequence = detector_sequence.configure(call, err);
	if (ensemble->habit == NULL || ensemble->sequence == NULL)
		return NULL;
	ensemble->habit_size = detector_auto.state_size(ensemble->habit);
	ensemble->sequence_size = detector_sequence.state_size(ensemble->sequence);
	ensemble->fade = 1 - M_LN2 / rest; // half in rest events
	return ensemble;
}

static uint32_t state_size(const void *config)
{
	const struct ensemble *ensemble = config;

	return (uint32_t)sizeof(struct ensemble_state) + ensemble->habit_size +
	       ensemble->sequence_size;
}

static void choose(const struct ensemble *ensemble, struct ensemble_state *state,
	const struct verdict *habit, struct verdict *verdict)
{
	if (habit->surprise > verdict->surprise) {
		*verdict = *habit;
		verdict->reason |= REASON_AUTO;
	}
	state->last *= ensemble->fade;
	if (verdict->surprise > state->last)
		state->last = verdict->surprise;
	else
		*verdict = (struct verdict){0};
}

static void score_block(const struct ensemble *ensemble, void *const *states, const int64_t *times,
	const double *values, uint16_t n, struct verdict *verdicts)
{
	struct verdict habits[BLOCK];
	// Zeros: gcc 12 at -O1 with sanitizers does not see that all are set.
	void *parts[BLOCK] = {0};

	for (uint16_t i = 0; i < n; i++)
		parts[i] = (char *)states[i] + sizeof(struct ensemble_state);
	detector_auto.score(ensemble->habit, parts, times, &values, n, habits);
	for (uint16_t i = 0; i < n; i++)
		parts[i] = (char *)parts[i] + ensemble->habit_size;
	detector_sequence.score(ensemble->sequence, parts, times, &values, n, verdicts);
	for (uint16_t i = 0; i < n; i++)
		choose(ensemble, states[i], &habits[i], &verdicts[i]);
}

static void score(const void *config, void *const *states, const int64_t *times,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	for (uint32_t i = 0; i < n; i += BLOCK)
		score_block(config, states + i, times + i, values[0] + i,
			(uint16_t)(n - i < BLOCK ? n - i : BLOCK), verdicts + i);
}

static void explain(const void *config, const struct verdict *verdict, const double *values,
	char *text, size_t size)
{
	const struct ensemble *ensemble = config;
	struct verdict part = *verdict;

	part.reason &= ~REASON_AUTO;
	if ((verdict->reason & REASON_AUTO) != 0)
		detector_auto.explain(ensemble->habit, &part, values, text, size);
	else
		detector_sequence.explain(ensemble->sequence, &part, values, text, size);
}

const struct detector_kind detector_ensemble = {
	.name = "ensemble",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
