#include "feedgen/dist.h"
#include <math.h>

// The next quantile is near the one before, so Newton's method settles in a few steps.
static double normal_quantile(double p, double guess)
{
	for (int step = 0; step < 8; step++) {
		double below = 0.5 * erfc(-guess * M_SQRT1_2);
		double density = exp(-guess * guess / 2) * M_2_SQRTPI * M_SQRT1_2 / 2;

		guess -= (below - p) / density;
	}
	return guess;
}

void dist_init(struct dist *dist)
{
	double z = 0, gap_sum = 0;

	// From the middle outwards, so that Newton never starts far off; the other half mirrors it.
	for (int i = DIST_STEPS / 2; i < DIST_STEPS; i++) {
		z = normal_quantile((i + 0.5) / DIST_STEPS, z);
		dist->habit[i] = (uint32_t)lround(DIST_ONE * exp(0.6 * z));
		dist->habit[DIST_STEPS - 1 - i] = (uint32_t)lround(DIST_ONE * exp(-0.6 * z));
		dist->amount[i] = (uint32_t)lround(DIST_ONE * exp(0.4 * z));
		dist->amount[DIST_STEPS - 1 - i] = (uint32_t)lround(DIST_ONE * exp(-0.4 * z));
	}
	// Cutting the tail off makes the mean a little small: scaled back, so that rates are kept.
	for (int i = 0; i < DIST_STEPS; i++)
		gap_sum += -log((i + 0.5) / DIST_STEPS);
	for (int i = 0; i < DIST_STEPS; i++)
		dist->gap[i] = (uint32_t)lround(
			DIST_ONE * -log((i + 0.5) / DIST_STEPS) * DIST_STEPS / gap_sum);
}
