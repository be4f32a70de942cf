// Histogram of non-negative numbers with a bounded relative error: buckets are powers of two, each
// cut into HIST_SUB equal parts (the idea of HdrHistogram, Tene 2012). Recording is a few
// instructions and never fails; any 64-bit value has its bucket. One writer; a reader may lag.
#pragma once
#include <stdint.h>

enum { HIST_SUB_BITS = 4, HIST_SUB = 1 << HIST_SUB_BITS }; // error ≤ 1/16
enum { HIST_BUCKETS = (64 - HIST_SUB_BITS + 1) * HIST_SUB };

struct hist {
	uint64_t count; // of values
	uint64_t max;
	uint64_t buckets[HIST_BUCKETS];
};

static inline uint32_t hist_bucket(uint64_t value)
{
	uint32_t shift;

	if (value < HIST_SUB)
		return (uint32_t)value;
	shift = 63u - (uint32_t)__builtin_clzll(value) - HIST_SUB_BITS;
	return (shift + 1) * HIST_SUB + (uint32_t)(value >> shift) - HIST_SUB;
}

// Record value n times.
static inline void hist_record(struct hist *hist, uint64_t value, uint64_t n)
{
	hist->buckets[hist_bucket(value)] += n;
	hist->count += n;
	if (n > 0 && value > hist->max)
		hist->max = value;
}

void hist_merge(struct hist *into, const struct hist *from);

// The smallest recorded value that at least quantile (0 to 1) of all values do not exceed, rounded
// up to its bucket's end and never above max. 0 when nothing was recorded.
uint64_t hist_quantile(const struct hist *hist, double quantile);
