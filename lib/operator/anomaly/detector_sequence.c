// sequence: what has this key never done before?
//
// Idea: contexts that are remembered and novelty that is counted, as in the contextual anomaly
// detector of M. Smirnov (CAD OSE, 2016; in the Numenta Anomaly Benchmark as contextOSE), here with
// exact counts in place of growing contexts. A memory of the last events (sequence_memory.h) says
// in bits how new an event is: its value, the step to it from the one before, and how long the
// value stays; the same for the mean of the last 20 events. From there to a surprise:
//
//	novelty    = value + after + 2 run, times 1 + log2(1 + how far beyond the range);
//	             of the value, and half of that of the level
//	confidence = n / (n + 300): a key with few events is new all the time
//	habit      = the mean of novelty over about 1500 events: who is often new surprises less
//	surprise   ~ confidence · novelty / (1 + 10 habit)
//	rest       : what is less than the last surprise, which fades by half in 90 events, is its
//	             aftermath, and none
//
// Order needed: of arrival; times are not looked at. Time and space: as the memory's. The state of
// a key is 8.9 KiB for 256 events, 40 KiB for the 8000 of the default, 64 KiB at most.
//
// The constants were chosen on half of the NAB series, those that the published scores are of:
// other series will do somewhat worse (sequence_memory.c). The scale is such that one event in a
// thousand of these series has a surprise of 3 or more. NaN tells nothing and is not learned;
// infinite values are as surprising as something very far away, and not learned either.
#include <math.h>
#include <stdio.h>
#include "operator/anomaly/detectors.h"
#include "operator/anomaly/logarithm.h"
#include "operator/anomaly/sequence_memory.h"

enum {
	MEMORY_MIN = 256,
	MEMORY_DEFAULT = 8000,
	MEMORY_MAX = 14000,
	REST_DEFAULT = 90,
	REST_MAX = 1000000,
	CONFIDENCE = 300, // events
	HABIT = 1500, // events
};

static const double run_weight = 2, level_weight = 0.5, habit_weight = 10;
static const double surprise_per_bit = 0.75;

struct sequence {
	uint32_t n_kept; // events that are remembered
	double fade; // of the last surprise, with each event
};

struct sequence_state {
	double last; // novelty that set off the rest, faded
	double habit; // mean novelty
	struct sequence_memory memory; // ends in an array
};

// What of an event was new; LEVEL is added when it was that of the mean.
enum { REASON_BEYOND = 1, REASON_VALUE, REASON_AFTER, REASON_RUN, REASON_LEVEL = 8 };
enum { FACT_EVENTS, FACT_NOW, FACT_OTHER, FACT_RUN };

_Static_assert(
	sizeof(struct sequence_state) + 4 * (MEMORY_MAX + SEQUENCE_MEAN) + 8 <= DETECTOR_STATE_MAX,
	"the largest memory fits a state");

static const void *configure(const struct detector_call *call, struct err *err)
{
	static const char *const names[] = {"memory", "rest", NULL};
	struct sequence *sequence = arena_alloc(call->arena, sizeof(*sequence));
	double memory = MEMORY_DEFAULT, rest = REST_DEFAULT;

	if (detector_options(call, "sequence", names, err) < 0 ||
		detector_whole(call, "memory", MEMORY_MIN, MEMORY_MAX, &memory, err) < 0 ||
		detector_number(call, "rest", 1, REST_MAX, &rest, err) < 0)
		return NULL;
	sequence->n_kept = (uint32_t)memory;
	sequence->fade = 1 - M_LN2 / rest; // half in rest events
	return sequence;
}

static uint32_t state_size(const void *config)
{
	const struct sequence *sequence = config;

	return (uint32_t)(offsetof(struct sequence_state, memory) +
			  sequence_memory_size(sequence->n_kept));
}

static double bits_of(const struct sequence_novelty *novelty)
{
	double bits = novelty->value + novelty->after + run_weight * novelty->run;

	return bits * (1 + logarithm2(1 + novelty->beyond));
}

// The most important thing that was new.
static uint32_t reason_of(const struct sequence_novelty *novelty)
{
	double run = run_weight * novelty->run;

	if (novelty->beyond > 0)
		return REASON_BEYOND;
	if (novelty->value > 0 && novelty->value + novelty->after >= run)
		return REASON_VALUE;
	return novelty->after >= run ? REASON_AFTER : REASON_RUN;
}

// What is new of the value is easier to understand than what is new of the mean.
static bool is_of_level(const struct sequence_novelty *novelties)
{
	return level_weight * bits_of(&novelties[SEQUENCE_LEVEL]) >
	       2 * bits_of(&novelties[SEQUENCE_VALUE]);
}

static void give_reason(const struct sequence *sequence, const struct sequence_memory *memory,
	const struct sequence_novelty *novelties, struct verdict *verdict)
{
	bool is_level = is_of_level(novelties);
	const struct sequence_novelty *novelty =
		&novelties[is_level ? SEQUENCE_LEVEL : SEQUENCE_VALUE];
	uint32_t reason = reason_of(novelty);

	verdict->reason = reason + (is_level ? REASON_LEVEL : 0);
	verdict->facts[FACT_EVENTS] = sequence_memory_count(memory, sequence->n_kept);
	verdict->facts[FACT_NOW] = novelty->now;
	verdict->facts[FACT_OTHER] = reason == REASON_BEYOND
					     ? novelty->bound
					     : sequence_memory_newest(memory, sequence->n_kept);
	verdict->facts[FACT_RUN] = novelty->run_length;
}

static void score_one(const struct sequence *sequence, struct sequence_state *state, double value,
	struct verdict *verdict)
{
	struct sequence_memory *memory = &state->memory;
	struct sequence_novelty novelties[SEQUENCE_CHANNELS];
	double n = (double)memory->n, bits;

	*verdict = (struct verdict){0};
	if (isnan(value) || (isinf(value) && memory->n == 0))
		return;
	sequence_memory_look(memory, sequence->n_kept, value, novelties);
	bits = bits_of(&novelties[SEQUENCE_VALUE]) +
	       level_weight * bits_of(&novelties[SEQUENCE_LEVEL]);
	bits *= n / (n + CONFIDENCE);
	state->last *= sequence->fade;
	if (bits / (1 + habit_weight * state->habit) > state->last) {
		state->last = bits / (1 + habit_weight * state->habit);
		verdict->surprise = surprise_per_bit * state->last;
		give_reason(sequence, memory, novelties, verdict);
	}
	if (isinf(value))
		return;
	state->habit += (bits - state->habit) / HABIT;
	sequence_memory_learn(memory, sequence->n_kept, value);
}

static void score(const void *config, void *const *states, const int64_t *,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	for (uint16_t i = 0; i < n; i++)
		score_one(config, states[i], values[0][i], &verdicts[i]);
}

// "12.5", or what the mean is called.
static void name_value(const struct verdict *verdict, char *text, size_t size)
{
	double now = verdict->facts[FACT_NOW];

	if (verdict->reason < REASON_LEVEL)
		snprintf(text, size, "%.6g", now);
	else
		snprintf(text, size, "the mean of the last %d values, %.6g,", SEQUENCE_MEAN, now);
}

static void explain(
	const void *, const struct verdict *verdict, const double *values, char *text, size_t size)
{
	const double *facts = verdict->facts;
	char name[80];

	name_value(verdict, name, sizeof(name));
	switch (verdict->reason % REASON_LEVEL) {
	case REASON_BEYOND:
		snprintf(text, size, "%s is %s %.6g, the %s of the last %.0f events",
			isinf(values[0]) ? "an infinite value" : name,
			facts[FACT_NOW] > facts[FACT_OTHER] ? "above" : "below", facts[FACT_OTHER],
			facts[FACT_NOW] > facts[FACT_OTHER] ? "highest" : "lowest",
			facts[FACT_EVENTS]);
		return;
	case REASON_VALUE:
		snprintf(text, size, "%s is not near any of the last %.0f events", name,
			facts[FACT_EVENTS]);
		return;
	case REASON_AFTER:
		snprintf(text, size, "%s after %.6g: no such step in the last %.0f events", name,
			facts[FACT_OTHER], facts[FACT_EVENTS]);
		return;
	case REASON_RUN:
		snprintf(text, size,
			"%s or so for %.0f events, longer than ever in the "
			"last %.0f",
			name, facts[FACT_RUN], facts[FACT_EVENTS]);
		return;
	default:
		text[0] = '\0';
	}
}

const struct detector_kind detector_sequence = {
	.name = "sequence",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
