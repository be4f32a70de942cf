// Random events for the simulation, as CSV files: k,v,ts with disorder, late rows and NULLs.
#pragma once
#include <stdint.h>

// SplitMix64 (Steele et al. 2014).
struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random);
// 0 ≤ result < n, n > 0.
uint64_t random_below(struct random *random, uint64_t n);

// Write a file of up to n_max lines. Returns how many lines it has.
uint64_t input_write(const char *path, struct random *random, uint64_t n_max);
