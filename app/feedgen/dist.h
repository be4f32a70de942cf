// Distributions as tables of quantiles: a uniform index picks a value. Whole numbers (16 bits after
// the point), so that no rounding of a machine's floating point gets into a feed, and with an end:
// the widest ordinary value is known, which is what makes the labels sharp.
#pragma once
#include <stdint.h>

enum { DIST_STEPS = 4096, DIST_ONE = 1 << 16 };

struct dist {
	uint32_t gap[DIST_STEPS]; // exponential, mean 1
	uint32_t habit[DIST_STEPS]; // log-normal, median 1, sigma 0.6: between customers
	uint32_t amount[DIST_STEPS]; // log-normal, median 1, sigma 0.4: between one's payments
};

void dist_init(struct dist *dist);

// The value of table that random bits pick, times scale. scale < 2^43.
static inline uint64_t dist_pick(const uint32_t *table, uint64_t bits, uint64_t scale)
{
	return table[bits % DIST_STEPS] * scale >> 16;
}
