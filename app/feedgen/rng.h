// Random numbers of the generator: SplitMix64 (Steele et al. 2014), integers only, so that a seed
// gives the same feed on every machine.
#pragma once
#include "base/hash.h"

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
	return hash_mix(rng->state += 0x9e3779b97f4a7c15u);
}

// 0 … n - 1; n > 0.
static inline uint32_t rng_below(struct rng *rng, uint32_t n)
{
	return (uint32_t)((rng_next(rng) >> 32) * n >> 32);
}

// low … high, both included.
static inline uint32_t rng_between(struct rng *rng, uint32_t low, uint32_t high)
{
	return low + rng_below(rng, high - low + 1);
}

// 64 bits that belong to (seed, what, index) for ever: how customers and merchants get their traits
// without being stored.
static inline uint64_t rng_of(uint64_t seed, uint64_t what, uint64_t index)
{
	return hash_mix(
		hash_mix(seed + what * 0x9e3779b97f4a7c15u) + (index + 1) * 0xd1342543de82ef95u);
}
