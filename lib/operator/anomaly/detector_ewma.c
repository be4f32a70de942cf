// ewma: level, deviation and records of a key's values, and of its jumps from one to the next (the
// algorithm is in habit.h). A jump that is a record counts for a quarter: it is an early sign, but
// a noisy one. On half of NAB that is hardly more than taste: 70.6 points, and 64.7 when false
// alarms count double; with jumps in full 71.4 and 64.1. What auto has in the jump's place
// counts in full, for a quiet noon shows in nothing else.
#include "operator/anomaly/ahead.h"
#include "operator/anomaly/habit.h"

struct ewma_state { // two cache lines
	struct habit habit;
	double last; // value
};

static const double jump_weight = 0.25;

static const void *configure(const struct detector_call *call, struct err *err)
{
	struct habit_config *config = arena_alloc(call->arena, sizeof(*config));

	return habit_configure(call, "ewma", config, err) < 0 ? NULL : config;
}

static uint32_t state_size(const void *)
{
	return sizeof(struct ewma_state);
}

static inline void score_one(const struct habit_config *config, struct ewma_state *state,
	double value, struct verdict *verdict)
{
	double jump = state->habit.n > 0 ? value - state->last : 0;

	if (__builtin_expect(!habit_takes(value), 0)) {
		habit_reject(&state->habit, value, verdict);
		return;
	}
	state->last = value;
	habit_judge(config, &state->habit, value, jump, jump_weight, verdict);
}

static void score(const void *config, void *const *states, const int64_t *,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	struct habit_config local = *(const struct habit_config *)config;

	for (uint16_t i = 0; i < n; i++) {
		ahead_fetch_next(states, i, n, sizeof(struct ewma_state));
		score_one(&local, states[i], values[0][i], &verdicts[i]);
	}
}

static void explain(const void *config, const struct verdict *verdict, const double *values,
	char *text, size_t size)
{
	const char *jump = verdict->reason & HABIT_LOW ? "greatest jump down so far"
						       : "greatest jump up so far";

	habit_explain(config, verdict, values[0], jump, text, size);
}

const struct detector_kind detector_ewma = {
	.name = "ewma",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
