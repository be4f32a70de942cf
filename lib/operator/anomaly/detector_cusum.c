// cusum: has this key's level shifted, up or down, even by less than any one event shows?
//
// Idea: Page's two-sided scheme (E. S. Page, Continuous inspection schemes, Biometrika 1954) over
// deviations from a level and a spread that are learnt as events come, so that no clean sample is
// needed to begin with (D. M. Hawkins, Self-starting CUSUM charts, The Statistician 1987):
//
//	z = (value − level) / spread, beyond ±8 by its logarithm: one wild value is no shift
//	up = max(0, up + z − drift)     down = max(0, down − z − drift)
//
// drift is half the shift, in deviations, that is worth finding. While nothing shifts, independent
// events take a sum beyond h with a chance of exp(−2 · drift · (h + 1.166)) (D. Siegmund,
// Sequential Analysis, 1985). Events of real streams come in runs: as if there were half as many
// decimal digits of them, so the surprise is half of what that chance gives. At an alarm the sums
// begin anew (Page), the level is learnt afresh from where the values are now and nothing is judged
// for 'refractory' events; the spread stays.
// Time: O(1). Space: one cache line, of which zero is a new key.
#include <errno.h>
#include <stdio.h>
#include "operator/anomaly/ahead.h"
#include "operator/anomaly/detectors.h"
#include "operator/anomaly/habit.h"

struct cusum {
	double alpha; // least weight of the newest event
	double drift; // deviations
	double alarm; // surprise
	uint32_t warmup, refractory; // events
	uint32_t mean_until; // events of which 1 / n outweighs alpha
};

struct cusum_state {
	uint32_t n; // events, at most UINT32_MAX
	uint32_t n_level; // of them in level
	double level, deviation;
	double low, high; // of all values
	double up, down; // the sums, deviations
	uint32_t n_up, n_down; // events that they are made of
};

enum { REASON_CALM = 1, REASON_SHIFT, REASON_INFINITE };
enum { CUSUM_LEVEL, CUSUM_MEAN, CUSUM_EVENTS };

static const double cut = 8; // deviations
static const double overshoot = 1.166; // Siegmund's, of a sum at the moment when it is beyond h
static const double log10_e = 0.43429448190325183;

static const void *configure(const struct detector_call *call, struct err *err)
{
	static const char *const names[] = {
		"alpha", "drift", "alarm", "warmup", "refractory", NULL};
	// Shifts by two deviations are found soonest; an alarm is a score of 0.999; the others are
	// as those of 'ewma', for the same reasons.
	double alpha = 0.003, drift = 1, alarm = 3, warmup = 60, refractory = 256;
	struct cusum *cusum = arena_alloc(call->arena, sizeof(*cusum));

	if (detector_options(call, "cusum", names, err) < 0 ||
		detector_number(call, "alpha", 1e-6, 1, &alpha, err) < 0 ||
		detector_number(call, "drift", 0.01, 100, &drift, err) < 0 ||
		detector_number(call, "alarm", 0.1, 1e6, &alarm, err) < 0 ||
		detector_whole(call, "warmup", 2, 1e9, &warmup, err) < 0 ||
		detector_number(call, "refractory", 1, 1e9, &refractory, err) < 0)
		return NULL;
	*cusum = (struct cusum){alpha, drift, alarm, (uint32_t)warmup, (uint32_t)refractory,
		(uint32_t)(1 / alpha) + 1};
	return cusum;
}

static uint32_t state_size(const void *)
{
	return sizeof(struct cusum_state);
}

static double bent(double z)
{
	if (fabs(z) <= cut)
		return z;
	return copysign(cut + logarithm2(fmin(fabs(z), 0x1p1000) / cut), z);
}

static inline void add(double *sum, uint32_t *n, double z)
{
	*sum += z;
	*n += *n < UINT32_MAX;
	if (*sum <= 0) {
		*sum = 0;
		*n = 0;
	}
}

// The weight of the n-th event: a plain mean, until alpha outweighs it.
static inline double weight_of(const struct cusum *cusum, uint32_t n)
{
	return n >= cusum->mean_until ? cusum->alpha : 1.0 / n;
}

static inline void learn(const struct cusum *cusum, struct cusum_state *state, double value)
{
	double distance = value - state->level;
	double step = extremes_forget * (state->high - state->low);
	double low = state->low + step, high = state->high - step;

	state->level += weight_of(cusum, state->n_level) * distance;
	if (state->n > 1) // the first event has no level to deviate from
		state->deviation +=
			weight_of(cusum, state->n) * (fabs(distance) - state->deviation);
	state->low = value < low ? value : low;
	state->high = value > high ? value : high;
}

static inline void judge(
	const struct cusum *cusum, struct cusum_state *state, double value, struct verdict *verdict)
{
	double scale = habit_sigma * state->deviation + habit_grain * (state->high - state->low);
	double least = extremes_least(fabs(state->level), value);
	double z = bent((value - state->level) / (fmax(scale, least) + habit_tiny));
	bool is_up;
	double sum;

	add(&state->up, &state->n_up, z - cusum->drift);
	add(&state->down, &state->n_down, -z - cusum->drift);
	is_up = state->up >= state->down;
	sum = is_up ? state->up : state->down;
	if (sum <= 0)
		return;
	verdict->facts[CUSUM_EVENTS] = is_up ? state->n_up : state->n_down;
	verdict->facts[CUSUM_MEAN] = sum / verdict->facts[CUSUM_EVENTS] + cusum->drift;
	if (!is_up)
		verdict->facts[CUSUM_MEAN] = -verdict->facts[CUSUM_MEAN];
	verdict->surprise = cusum->drift * (sum + overshoot) * log10_e;
	if (verdict->surprise < cusum->alarm)
		return;
	verdict->reason = REASON_SHIFT;
	state->up = state->down = 0;
	state->n_up = state->n_down = 0;
	state->n_level = 0;
}

static inline void score_one(
	const struct cusum *cusum, struct cusum_state *state, double value, struct verdict *verdict)
{
	*verdict = (struct verdict){.reason = REASON_CALM, .facts = {state->level}};
	if (!habit_takes(value)) {
		verdict->reason = isnan(value) ? 0 : REASON_INFINITE;
		verdict->surprise = isnan(value) ? 0 : habit_infinite;
		return;
	}
	if (state->n == 0)
		state->low = state->high = value;
	state->n += state->n < UINT32_MAX;
	if (state->n > cusum->warmup && state->n_level >= cusum->refractory)
		judge(cusum, state, value, verdict);
	state->n_level += state->n_level < UINT32_MAX;
	learn(cusum, state, value);
}

static void score(const void *config, void *const *states, const int64_t *,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	struct cusum local = *(const struct cusum *)config;

	for (uint16_t i = 0; i < n; i++) {
		ahead_fetch_next(states, i, n, sizeof(struct cusum_state));
		score_one(&local, states[i], values[0][i], &verdicts[i]);
	}
}

static void explain(const void *config, const struct verdict *verdict, const double *values,
	char *text, size_t size)
{
	double mean = verdict->facts[CUSUM_MEAN], events = verdict->facts[CUSUM_EVENTS];
	double level = verdict->facts[CUSUM_LEVEL];

	if (verdict->reason == 0)
		snprintf(text, size, "no value");
	else if (verdict->reason == REASON_INFINITE)
		snprintf(text, size, "%.10g is no finite number that can be reckoned with",
			values[0]);
	else if (events == 0)
		snprintf(text, size, "no shift from this key's level %.10g", level);
	else
		snprintf(text, size,
			"%s%.0f event%s %s %.3g deviations %s this key's level %.10g%s",
			verdict->reason == REASON_SHIFT ? "shift: " : "the last ", events,
			events == 1 ? "" : "s", events == 1 ? "is" : "are on average", fabs(mean),
			mean > 0 ? "above" : "below", level,
			verdict->reason == REASON_SHIFT ? ", which is learnt anew" : "");
}

const struct detector_kind detector_cusum = {
	.name = "cusum",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
