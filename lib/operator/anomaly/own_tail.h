// How rare a deviation is among those that this key had before: a p-value out of the key's own
// tail, for detectors whose raw deviations follow no known law. So scores of a calm and of a wild
// key mean the same.
//
// Idea: y = ln(1 + deviation) has a quantile that one event in twenty exceeds, and a mean excess
// above it (Hill's estimate of a tail: Hill, Annals of Statistics 3, 1975). Beyond the quantile the
// tail is taken for Pareto's, P(Y > y) = 0.05 · exp(−(y − quantile) / excess), so that surprise
// grows with the logarithm of the deviation for ever. The quantile is kept by stochastic
// approximation, its step being what the tail's own density asks for; a weight that does not fall
// below 1 / memory makes it forget (Chen, Lambert, Pinheiro, Incremental quantile estimation for
// massive tracking, KDD 2000).
//
// An incident is told once: what its first event has said is taken off those that follow, less and
// less over about `refractory` events. One that is far odder still stands out.
//
// Time O(1), space 16 bytes; zero is the tail of a new key.
#pragma once
#include <stdint.h>
#include "operator/anomaly/logarithm.h"

struct own_tail {
	float quantile; // of y
	float excess; // mean of y − quantile where it is > 0, less that of a new key
	float told; // surprise that later events are spared
	uint32_t n; // events learnt from, counted no further than memory
};

// Of an infinity: it is odder than any number, and nobody can learn from it.
static const double own_tail_infinite = 1e6;

// y of a deviation ≥ 0; what is beyond 1e300 counts as that.
static inline float own_tail_y(double deviation)
{
	return (float)logarithm_e(1 + (deviation < 1e300 ? deviation : 1e300));
}

// −log10 of the share of events that are at least so odd. Below the quantile, where it matters
// little, a straight line.
float own_tail_surprise(const struct own_tail *tail, float y);
// Learn from an event.
void own_tail_learn(struct own_tail *tail, float y, uint32_t memory);
// What is left of surprise besides what has been told lately, beyond the ordinary (the quantile);
// notes that this is told now.
// refractory = 0: all of it.
float own_tail_tell(struct own_tail *tail, float surprise, float refractory);
