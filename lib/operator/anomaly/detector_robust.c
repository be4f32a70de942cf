// robust: how far a value is from the key's median, in median absolute deviations (MAD), and how
// far from the value before, in typical steps. What is odd hardly moves either, so a run of bad
// values is still odd at its end, and one huge value spoils nothing.
//
// Idea: a quantile is kept by stochastic approximation: each event moves the estimate by a small
// step to its side. The step is 1 / (n · density at the quantile), the optimal one (Tierney, A
// space-efficient recursive procedure for estimating a quantile, SIAM J. Sci. Stat. Comput. 1983);
// the density is that of a normal of the same MAD, and n stops at memory, so that the estimate
// forgets (Chen, Lambert, Pinheiro, Incremental quantile estimation for massive tracking, KDD
// 2000). The MAD moves by factors: it stays positive and finds any scale in O(memory) events. P²
// (Jain, Chlamtac, CACM 1985) never forgets: its outer markers are the extremes of all time.
//
// Deviations become a surprise by the key's own tail (own_tail.h). The first ROBUST_START values
// are kept, for an exact beginning, and have no surprise.
//
// Time O(1). Space 104 bytes. NULL and NaN: no surprise, nothing learnt. Infinite: odder than any
// number, nothing learnt. Larger than VALUE_MAX counts as that. Time does not matter.
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "operator/anomaly/ahead.h"
#include "operator/anomaly/detectors.h"
#include "operator/anomaly/own_tail.h"

enum {
	ROBUST_START = 5, // values for the first estimates
	ROBUST_SETTLE = 30, // values before deviations are trusted
};

struct robust {
	uint32_t memory; // events
	float refractory; // events
};

struct robust_state {
	double median, mad;
	double last, step; // the value before; median of |value − last|
	double mean_deviation; // of |value − median|, for keys whose MAD is 0
	double start[ROBUST_START];
	struct own_tail tail;
	uint32_t n; // values, counted no further than memory, or than it takes to settle
	uint32_t unused;
};

enum { REASON_LEVEL = 1, REASON_STEP, REASON_INFINITE };
enum { FACT_DEVIATIONS, FACT_MEDIAN, FACT_LAST, FACT_STEP };

static const double VALUE_MAX = 1e307; // differences stay finite
static const double equal = 1e-9; // of the values: what differs less is the same
static const double normal_mad = 1.4826; // standard deviations of a normal, in its MADs
// MADs, at the density that a normal has in its median and in its quartiles.
static const double median_step = 1.859, mad_step = 1.166;

static const void *configure(const struct detector_call *call, struct err *err)
{
	static const char *const names[] = {"memory", "refractory", NULL};
	struct robust *robust = arena_alloc(call->arena, sizeof(*robust));
	double memory = 1000, refractory = 200;

	if (detector_options(call, "robust", names, err) < 0 ||
		detector_whole(call, "memory", 10, 1e9, &memory, err) < 0 ||
		detector_number(call, "refractory", 0, 1e6, &refractory, err) < 0)
		return NULL;
	*robust = (struct robust){.memory = (uint32_t)memory, .refractory = (float)refractory};
	return robust;
}

static uint32_t state_size(const void *)
{
	return sizeof(struct robust_state);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_of(double *values, uint32_t n)
{
	qsort(values, n, sizeof(*values), compare);
	return n % 2 == 1 ? values[n / 2] : values[n / 2 - 1] / 2 + values[n / 2] / 2;
}

// The first estimates, from start[] as it is in the order of time.
static void start(struct robust_state *state)
{
	double values[ROBUST_START], steps[ROBUST_START - 1];

	memcpy(values, state->start, sizeof(values));
	state->median = median_of(values, ROBUST_START);
	for (uint32_t i = 0; i < ROBUST_START; i++) {
		values[i] = fabs(state->start[i] - state->median);
		state->mean_deviation += values[i] / ROBUST_START;
	}
	state->mad = median_of(values, ROBUST_START);
	for (uint32_t i = 0; i + 1 < ROBUST_START; i++)
		steps[i] = fabs(state->start[i + 1] - state->start[i]);
	state->step = median_of(steps, ROBUST_START - 1);
}

// What counts as a deviation when more than half of the values are the same.
static double least_deviation(const struct robust_state *state, double value)
{
	return state->mean_deviation / 4 + equal * (fabs(state->median) + fabs(value)) + DBL_MIN;
}

// A median of what is ≥ 0, moved towards value by a factor; never so small that it cannot recover.
static double scale_towards(double scale, double value, double n, double least)
{
	return fmax(scale * (1 + (value > scale ? mad_step : -mad_step) / n), least);
}

static void learn(const struct robust *robust, struct robust_state *state, double value, float y)
{
	double deviation = fabs(value - state->median);
	double least = least_deviation(state, value);
	double n, way;

	state->n += state->n < robust->memory || state->n <= ROBUST_SETTLE;
	n = state->n < robust->memory ? state->n : robust->memory;
	way = fmin(fmax(median_step * state->mad, least) / n, deviation);
	if (state->n > ROBUST_SETTLE)
		own_tail_learn(&state->tail, y, robust->memory);
	state->mean_deviation += (fmin(deviation, 8 * normal_mad * fmax(state->mad, least)) -
					 state->mean_deviation) /
				 n;
	state->median += value > state->median ? way : -way;
	state->mad = scale_towards(state->mad, deviation, n, least / 1024);
	state->step = scale_towards(state->step, fabs(value - state->last), n, least / 1024);
	state->last = value;
}

static void score_one(const struct robust *robust, struct robust_state *state, double value,
	struct verdict *verdict)
{
	double least, level, step;
	float y;

	*verdict = (struct verdict){0};
	if (isinf(value))
		*verdict = (struct verdict){own_tail_infinite, REASON_INFINITE, {0}};
	if (!isfinite(value))
		return;
	value = fmin(fmax(value, -VALUE_MAX), VALUE_MAX);
	if (state->n < ROBUST_START) {
		state->start[state->n++] = value;
		state->last = value;
		if (state->n == ROBUST_START)
			start(state);
		return;
	}
	least = least_deviation(state, value);
	level = (value - state->median) / fmax(normal_mad * state->mad, least);
	step = (value - state->last) / fmax(normal_mad * state->step, least);
	y = own_tail_y(fmax(fabs(level), fabs(step)));
	verdict->surprise =
		own_tail_tell(&state->tail, own_tail_surprise(&state->tail, y), robust->refractory);
	verdict->reason = fabs(level) >= fabs(step) ? REASON_LEVEL : REASON_STEP;
	verdict->facts[FACT_DEVIATIONS] = level;
	verdict->facts[FACT_MEDIAN] = state->median;
	verdict->facts[FACT_LAST] = state->last;
	verdict->facts[FACT_STEP] = state->step;
	learn(robust, state, value, y);
}

static void score(const void *config, void *const *states, const int64_t *,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	for (uint16_t i = 0; i < n; i++) {
		ahead_fetch_next(states, i, n, sizeof(struct robust_state));
		score_one(config, states[i], values[0][i], &verdicts[i]);
	}
}

static void explain(
	const void *, const struct verdict *verdict, const double *values, char *text, size_t size)
{
	const double *facts = verdict->facts;
	double deviations = facts[FACT_DEVIATIONS];

	switch (verdict->reason) {
	case REASON_LEVEL:
		snprintf(text, size, "%.6g is %.3g deviations %s this key's median %.6g", values[0],
			fabs(deviations), deviations < 0 ? "below" : "above", facts[FACT_MEDIAN]);
		return;
	case REASON_STEP:
		snprintf(text, size,
			"%.6g comes after %.6g; half of this key's steps are %.3g or less",
			values[0], facts[FACT_LAST], facts[FACT_STEP]);
		return;
	default:
		assert(verdict->reason == REASON_INFINITE);
		snprintf(text, size, "%g is no finite number", values[0]);
	}
}

const struct detector_kind detector_robust = {
	.name = "robust",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
