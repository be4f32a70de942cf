// Random numbers for tests: the same ones in every run.
#pragma once
#include "base/hash.h"

struct random {
	uint64_t state;
};

static inline uint64_t random_bits(struct random *random)
{
	random->state += 0x9e3779b97f4a7c15u;
	return hash_mix(random->state);
}

// 0 … n − 1.
static inline uint32_t random_below(struct random *random, uint32_t n)
{
	return (uint32_t)((random_bits(random) >> 32) * n >> 32);
}

static inline __int128 random_wide(struct random *random)
{
	return (__int128)((unsigned __int128)random_bits(random) << 64 | random_bits(random));
}
