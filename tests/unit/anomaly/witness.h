// A detector for tests of the operator: its state, of any size, remembers all that it was given, so
// that one that is lost, mixed up, cut or packed too late shows in the next score.
#pragma once
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "operator/anomaly/detector.h"

struct witness_state {
	uint64_t n, sum;
	uint8_t rest[]; // all n, modulo 256
};

static inline uint64_t witness_mix(uint64_t sum, const void *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	sum = (sum ^ word) * 0x9e3779b97f4a7c15ull;
	return sum ^ sum >> 29;
}

static inline uint32_t witness_size(const void *config)
{
	return *(const uint32_t *)config;
}

static inline void witness_one(uint32_t size, struct witness_state *state, int64_t time,
	const double *value, struct verdict *verdict)
{
	uint32_t n_rest = size - (uint32_t)sizeof(*state);

	for (uint32_t i = 0; i < n_rest; i++)
		if (state->rest[i] != (uint8_t)state->n)
			fail_msg("byte %u of a state is %u, not %u", i, state->rest[i],
				(uint8_t)state->n);
	*verdict = (struct verdict){.surprise = (double)(state->sum >> 50) / 4096, .reason = 1};
	verdict->facts[0] = (double)state->n;
	state->n++;
	state->sum = witness_mix(witness_mix(state->sum, &time), value);
	memset(state->rest, (uint8_t)state->n, n_rest);
}

static inline void witness_score(const void *config, void *const *states, const int64_t *times,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	for (uint16_t i = 0; i < n; i++)
		witness_one(witness_size(config), states[i], times[i], &values[0][i], &verdicts[i]);
}

static inline void witness_explain(
	const void *, const struct verdict *verdict, const double *values, char *text, size_t size)
{
	snprintf(text, size, "%.17g came after %.0f others of its key", values[0],
		verdict->facts[0]);
}

static const struct detector_kind witness_kind = {
	.name = "witness",
	.state_size = witness_size,
	.score = witness_score,
	.explain = witness_explain,
};
