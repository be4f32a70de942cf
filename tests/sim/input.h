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

struct sim_file;

// Fill a file with up to n_max lines.
void input_write(struct sim_file *file, struct random *random, uint64_t n_max);
