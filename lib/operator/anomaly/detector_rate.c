// rate: whether a key's events come when they use to. Values do not matter.
//
// Idea: two times are measured at each event: its gap from the event before, and the span of the
// newest `burst` gaps. Each has a habit, a gamma distribution fitted by its mean and mean logarithm
// (Minka, Estimating a gamma distribution, 2002, with its closed form for the shape), both
// exponentially forgetting; the span's own, for gaps next to each other are seldom independent.
// How rare a time t is, is bounded by Chernoff (Annals of Math. Statistics 23, 1952): with
// r = t / mean,
//
//	P ≤ exp(−shape · (r − 1 − ln r)),      for r ≤ 1 that it is so short, for r ≥ 1 so long,
//
// which has no end on either side and costs a logarithm. An exponential habit has shape 1. A burst
// is told by the span alone: one short gap is nothing. Surprise is that of the worse of the two.
//
// Times are milliseconds, so half of one is added to each gap: events of the same time have a gap
// of 0.5 ms. An event that comes late takes its place among the newest `burst`; its gap is that
// from the event before it in time. One before all of them is not judged, and teaches nothing;
// after LATE_MAX of them in a row the clock has been set back: the newest times begin anew, the
// habit stays. Times that are 20 means or more are learnt as that: a night does not make a habit.
//
// Time O(burst) for the late, else O(1). Space 48 + 8 · 17 bytes.
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "operator/anomaly/ahead.h"
#include "operator/anomaly/detectors.h"
#include "operator/anomaly/logarithm.h"

enum { BURST_MAX = 16, LATE_MAX = 8, SETTLE = 10 };

struct rate {
	uint32_t burst; // gaps
	uint32_t memory; // events
};

// What is usual of a time.
struct times {
	double mean, mean_ln; // of ms
	uint32_t n; // counted no further than memory
	uint32_t unused;
};

struct rate_state {
	struct times gap, span;
	int64_t newest[BURST_MAX + 1]; // times, in order, newest last
	uint32_t n_newest;
	uint32_t n_late; // events in a row that were before all of newest
};

enum { REASON_SILENCE = 1, REASON_BURST, REASON_SLOWER };
enum { FACT_MS, FACT_MEAN };

static const double clip = 20; // means
static const double shape_min = 0.05, shape_max = 50;
static const double resolution = 0.5; // ms
static const double ln_10 = 2.3025850929940457;

static const void *configure(const struct detector_call *call, struct err *err)
{
	static const char *const names[] = {"burst", "memory", NULL};
	struct rate *rate = arena_alloc(call->arena, sizeof(*rate));
	double burst = 5, memory = 1000;

	if (detector_options(call, "rate", names, err) < 0 ||
		detector_whole(call, "burst", 2, BURST_MAX, &burst, err) < 0 ||
		detector_whole(call, "memory", 10, 1e9, &memory, err) < 0)
		return NULL;
	*rate = (struct rate){.burst = (uint32_t)burst, .memory = (uint32_t)memory};
	return rate;
}

static uint32_t state_size(const void *)
{
	return sizeof(struct rate_state);
}

// ---- A habit

static double shape_of(const struct times *times)
{
	double s = logarithm_e(times->mean) - times->mean_ln; // ≥ 0, and 0 if all are the same

	if (s < 1 / (2 * shape_max))
		return shape_max;
	return fmax((3 - s + sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s), shape_min);
}

// Of a time that is so short (is_short), or so long.
static double surprise_of(const struct times *times, double ms, bool is_short)
{
	double r = ms / times->mean;

	if (times->n < SETTLE || (r < 1) != is_short)
		return 0;
	return shape_of(times) * (r - 1 - logarithm_e(r)) / ln_10;
}

static void learn(struct times *times, double ms, uint32_t memory)
{
	double weight;

	if (times->n >= SETTLE)
		ms = fmin(ms, clip * times->mean);
	times->n += times->n < memory;
	weight = 1.0 / times->n;
	times->mean += weight * (ms - times->mean);
	times->mean_ln += weight * (logarithm_e(ms) - times->mean_ln);
}

// ---- An event

// Put time among the newest. Returns where, or -1 if it is before all of them.
static int place(const struct rate *rate, struct rate_state *state, int64_t time)
{
	uint32_t n = state->n_newest, at = n;

	while (at > 0 && state->newest[at - 1] > time)
		at--;
	if (at == 0 && n > 0)
		return -1;
	if (n == rate->burst + 1) { // the oldest goes
		memmove(state->newest, state->newest + 1, (at - 1) * sizeof(time));
		state->newest[at - 1] = time;
		return (int)at - 1;
	}
	memmove(state->newest + at + 1, state->newest + at, (n - at) * sizeof(time));
	state->newest[at] = time;
	state->n_newest++;
	return (int)at;
}

static double ms_between(int64_t from, int64_t to)
{
	return (double)((uint64_t)to - (uint64_t)from);
}

static void too_late(struct rate_state *state)
{
	if (++state->n_late >= LATE_MAX)
		state->n_newest = state->n_late = 0;
}

static void say(struct verdict *verdict, double surprise, uint32_t reason, double ms, double mean)
{
	if (surprise <= verdict->surprise)
		return;
	verdict->surprise = surprise;
	verdict->reason = reason;
	verdict->facts[FACT_MS] = ms;
	verdict->facts[FACT_MEAN] = mean;
}

static void score_one(
	const struct rate *rate, struct rate_state *state, int64_t time, struct verdict *verdict)
{
	int at = place(rate, state, time);
	double gap, span;

	*verdict = (struct verdict){0};
	if (at < 0) {
		too_late(state);
		return;
	}
	state->n_late = 0;
	if (at == 0)
		return;
	gap = ms_between(state->newest[at - 1], time) + resolution;
	say(verdict, surprise_of(&state->gap, gap, false), REASON_SILENCE, gap, state->gap.mean);
	learn(&state->gap, gap, rate->memory);
	if (state->n_newest <= rate->burst)
		return;
	span = ms_between(state->newest[0], state->newest[rate->burst]) + resolution * rate->burst;
	say(verdict, surprise_of(&state->span, span, true), REASON_BURST, span, state->span.mean);
	say(verdict, surprise_of(&state->span, span, false), REASON_SLOWER, span, state->span.mean);
	learn(&state->span, span, rate->memory);
}

static void score(const void *config, void *const *states, const int64_t *times,
	const double *const *, uint16_t n, struct verdict *verdicts)
{
	for (uint16_t i = 0; i < n; i++) {
		ahead_fetch_next(states, i, n, sizeof(struct rate_state));
		score_one(config, states[i], times[i], &verdicts[i]);
	}
}

// "12 ms", "3.4 s", "5.0 min", "2.1 h", "9.0 days"
static void write_time(char *text, size_t size, double ms)
{
	static const struct {
		double ms;
		const char *name;
	} units[] = {{86400e3, "days"}, {3600e3, "h"}, {60e3, "min"}, {1e3, "s"}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (ms >= 2 * units[i].ms) {
			snprintf(text, size, "%.3g %s", ms / units[i].ms, units[i].name);
			return;
		}
	snprintf(text, size, "%.3g ms", ms);
}

static void explain(
	const void *config, const struct verdict *verdict, const double *, char *text, size_t size)
{
	const struct rate *rate = config;
	char ms[32], mean[32];

	write_time(ms, sizeof(ms), verdict->facts[FACT_MS]);
	write_time(mean, sizeof(mean), verdict->facts[FACT_MEAN]);
	switch (verdict->reason) {
	case REASON_SILENCE:
		snprintf(text, size, "first event after %s; this key's mean gap is %s", ms, mean);
		return;
	default:
		assert(verdict->reason == REASON_BURST || verdict->reason == REASON_SLOWER);
		snprintf(text, size, "%u events in %s; this key mostly takes %s for as many",
			rate->burst + 1, ms, mean);
	}
}

const struct detector_kind detector_rate = {
	.name = "rate",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
