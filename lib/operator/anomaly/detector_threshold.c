// threshold: limits that the user knows, with hysteresis. Nothing is learnt.
//
//	        above ────────────╲─────── the alarm is raised behind it
//	above − hysteresis ────────╲────── and ends here
//
// A Schmitt trigger (O. H. Schmitt, A thermionic trigger, J. Sci. Instrum. 15, 1938): a value that
// dithers about its limit makes one alarm, not many. Time: O(1). Space: 8 bytes.
//
// Surprise: 0 while all is well, 3 while the alarm lasts, more by the logarithm of how far the
// value is beyond its limit, in hystereses (without one, in limits). NaN tells nothing: 0, and the
// alarm stays as it is.
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include "operator/anomaly/detectors.h"

struct threshold {
	double above, below; // infinite when not given
	double hysteresis;
};

enum side { SIDE_NONE, SIDE_ABOVE, SIDE_BELOW };

struct threshold_state {
	uint32_t side;
	uint32_t n_events; // that the alarm has lasted, at most UINT32_MAX
};

enum { REASON_RAISED = 1, REASON_LASTS, REASON_LINGERS };
enum { FACT_SIDE, FACT_EVENTS };

static const double surprise_raised = 3, excess_max = 1e300;

static int check_limits(const struct threshold *threshold, struct err *err)
{
	if (isinf(threshold->above) && isinf(threshold->below))
		return err_set(err, EINVAL,
			"the detector 'threshold' needs a limit: 'above' => number, "
			"'below' => number or both");
	if (threshold->below >= threshold->above)
		return err_set(err, EINVAL,
			"'below' is %.10g: it must be less than 'above', which is %.10g",
			threshold->below, threshold->above);
	return 0;
}

static const void *configure(const struct detector_call *call, struct err *err)
{
	static const char *const names[] = {"above", "below", "hysteresis", NULL};
	struct threshold *threshold = arena_alloc(call->arena, sizeof(*threshold));

	*threshold = (struct threshold){.above = INFINITY, .below = -INFINITY};
	if (detector_options(call, "threshold", names, err) < 0 ||
		detector_number(call, "above", -INFINITY, INFINITY, &threshold->above, err) < 0 ||
		detector_number(call, "below", -INFINITY, INFINITY, &threshold->below, err) < 0 ||
		detector_number(call, "hysteresis", 0, INFINITY, &threshold->hysteresis, err) < 0 ||
		check_limits(threshold, err) < 0)
		return NULL;
	return threshold;
}

static uint32_t state_size(const void *)
{
	return sizeof(struct threshold_state);
}

static enum side side_of(const struct threshold *threshold, uint32_t before, double value)
{
	if (value > threshold->above)
		return SIDE_ABOVE;
	if (value < threshold->below)
		return SIDE_BELOW;
	if (before == SIDE_ABOVE && value > threshold->above - threshold->hysteresis)
		return SIDE_ABOVE;
	if (before == SIDE_BELOW && value < threshold->below + threshold->hysteresis)
		return SIDE_BELOW;
	return SIDE_NONE;
}

// How far beyond its limit, ≤ 0 when it is not.
static double excess_of(const struct threshold *threshold, enum side side, double value)
{
	double limit = side == SIDE_ABOVE ? threshold->above : threshold->below;
	double excess = side == SIDE_ABOVE ? value - limit : limit - value;
	double scale = threshold->hysteresis > 0 ? threshold->hysteresis : fabs(limit);

	if (excess <= 0)
		return excess;
	return fmin(excess / (scale > 0 ? scale : 1), excess_max);
}

static void score_one(const struct threshold *threshold, struct threshold_state *state,
	double value, struct verdict *verdict)
{
	enum side side;
	double excess;
	bool is_new;

	*verdict = (struct verdict){0};
	if (isnan(value))
		return;
	side = side_of(threshold, state->side, value);
	is_new = side != state->side;
	state->side = side;
	if (is_new)
		state->n_events = 0;
	if (side == SIDE_NONE)
		return;
	state->n_events += state->n_events < UINT32_MAX;
	excess = excess_of(threshold, side, value);
	verdict->surprise = surprise_raised + (excess > 0 ? log10(1 + excess) : 0);
	verdict->reason = is_new ? REASON_RAISED : excess > 0 ? REASON_LASTS : REASON_LINGERS;
	verdict->facts[FACT_SIDE] = side;
	verdict->facts[FACT_EVENTS] = state->n_events;
}

static void score(const void *config, void *const *states, const int64_t *,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	for (uint16_t i = 0; i < n; i++)
		score_one(config, states[i], values[0][i], &verdicts[i]);
}

static void explain(const void *config, const struct verdict *verdict, const double *values,
	char *text, size_t size)
{
	const struct threshold *threshold = config;
	bool is_above = verdict->facts[FACT_SIDE] == SIDE_ABOVE;
	const char *beyond = is_above ? "above" : "below";
	double limit = is_above ? threshold->above : threshold->below;
	double clear = is_above ? limit - threshold->hysteresis : limit + threshold->hysteresis;

	switch (verdict->reason) {
	case REASON_RAISED:
		snprintf(text, size, "%.10g is %s %.10g", values[0], beyond, limit);
		return;
	case REASON_LASTS:
		snprintf(text, size, "%.10g is %s %.10g, event %.0f of this alarm", values[0],
			beyond, limit, verdict->facts[FACT_EVENTS]);
		return;
	default:
		assert(verdict->reason == REASON_LINGERS);
		snprintf(text, size,
			"%.10g is not back at %.10g, where the alarm ends; event %.0f of it",
			values[0], clear, verdict->facts[FACT_EVENTS]);
	}
}

const struct detector_kind detector_threshold = {
	.name = "threshold",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
