// A 64-bit checksum that is the same on every machine and in every version: xxHash64 (Collet 2014,
// doc/xxhash_spec.md). Each step of it can be undone, so that one changed word always shows.
#pragma once
#include <stddef.h>
#include <stdint.h>

uint64_t checksum(const void *data, size_t len, uint64_t seed);
