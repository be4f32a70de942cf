#include "base/hist.h"

void hist_merge(struct hist *into, const struct hist *from)
{
	for (uint32_t i = 0; i < HIST_BUCKETS; i++)
		into->buckets[i] += from->buckets[i];
	into->count += from->count;
	if (from->max > into->max)
		into->max = from->max;
}

static uint64_t bucket_end(uint32_t bucket)
{
	uint32_t shift = bucket / HIST_SUB;

	if (shift == 0)
		return bucket;
	return ((uint64_t)(HIST_SUB + bucket % HIST_SUB + 1) << (shift - 1)) - 1;
}

uint64_t hist_quantile(const struct hist *hist, double quantile)
{
	double wanted = quantile * (double)hist->count;
	uint64_t rank = (uint64_t)wanted;
	uint64_t seen = 0;

	rank += (double)rank < wanted; // at least as many: rounded up
	for (uint32_t i = 0; i < HIST_BUCKETS; i++) {
		seen += hist->buckets[i];
		if (seen > 0 && seen >= rank)
			return bucket_end(i) < hist->max ? bucket_end(i) : hist->max;
	}
	return hist->max;
}
