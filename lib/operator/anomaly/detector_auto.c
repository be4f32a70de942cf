// auto: needs no tuning. Level, deviation and records as ewma has them (the algorithm is in
// habit.h), and what is usual at each hour of the day (UTC): the mean of the key's values in that
// hour, in which the newest weighs 1/255 at least. What differs from it more than ever is a record
// like the others, so a quiet noon is told, even if nights are as quiet.
//
// Nothing can be usual at an hour before a day has passed since the key's first event, and records
// of the difference do not count before two have: the second day shows how much is normal. By event
// time, so gaps, late events and several keys of different ages are no matter.
// Time: O(1). Space: 344 bytes, four cache lines of which are touched.
#include <stdio.h>
#include "operator/anomaly/ahead.h"
#include "operator/anomaly/habit.h"

enum { HOURS = 24, HOUR_MS = 3600000, DAY_MS = HOURS * HOUR_MS };

struct auto_state {
	struct habit habit;
	int64_t first_ms; // time of the first event
	double usual[HOURS];
	uint8_t n[HOURS]; // events in usual[], at most UINT8_MAX
};

static const void *configure(const struct detector_call *call, struct err *err)
{
	struct habit_config *config = arena_alloc(call->arena, sizeof(*config));

	return habit_configure(call, "auto", config, err) < 0 ? NULL : config;
}

static uint32_t state_size(const void *)
{
	return sizeof(struct auto_state);
}

static inline uint32_t hour_of(int64_t time_ms)
{
	int64_t hour = time_ms / HOUR_MS - (time_ms % HOUR_MS < 0); // rounded down

	return (uint32_t)((hour % HOURS + HOURS) % HOURS);
}

// What value differs by from what is usual, then it becomes part of that.
static inline double differ(struct auto_state *state, uint32_t hour, int64_t age_ms, double value)
{
	double distance = value - state->usual[hour];
	bool is_known = state->n[hour] > 0 && age_ms >= DAY_MS;

	state->n[hour] += state->n[hour] < UINT8_MAX;
	state->usual[hour] += distance / state->n[hour];
	return is_known ? distance : 0;
}

static inline void score_one(const struct habit_config *config, struct auto_state *state,
	int64_t time_ms, double value, struct verdict *verdict)
{
	uint32_t hour = hour_of(time_ms);
	int64_t age_ms;
	double residual;

	if (__builtin_expect(!habit_takes(value), 0)) {
		habit_reject(&state->habit, value, verdict);
		return;
	}
	if (state->habit.n == 0)
		state->first_ms = time_ms;
	age_ms = (int64_t)((uint64_t)time_ms - (uint64_t)state->first_ms);
	residual = differ(state, hour, age_ms, value);
	habit_judge(config, &state->habit, value, residual, age_ms >= 2 * DAY_MS, verdict);
	verdict->reason |= hour << HABIT_DETECTOR;
}

static void score(const void *config, void *const *states, const int64_t *times,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	struct habit_config local = *(const struct habit_config *)config;

	for (uint16_t i = 0; i < n; i++) {
		ahead_fetch_next(states, i, n, offsetof(struct auto_state, usual));
		score_one(&local, states[i], times[i], values[0][i], &verdicts[i]);
	}
}

static void explain(const void *config, const struct verdict *verdict, const double *values,
	char *text, size_t size)
{
	char usual[80];

	snprintf(usual, sizeof(usual), "further %s what is usual at %02u:00 UTC than ever",
		verdict->reason & HABIT_LOW ? "below" : "above", verdict->reason >> HABIT_DETECTOR);
	habit_explain(config, verdict, values[0], usual, text, size);
}

const struct detector_kind detector_auto = {
	.name = "auto",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
