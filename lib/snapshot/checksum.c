#include "snapshot/checksum.h"
#include <string.h>

static const uint64_t P1 = 0x9e3779b185ebca87u, P2 = 0xc2b2ae3d27d4eb4fu, P3 = 0x165667b19e3779f9u,
		      P4 = 0x85ebca77c2b2ae63u, P5 = 0x27d4eb2f165667c5u;

static inline uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline uint64_t load64(const char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint32_t load32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint64_t round_of(uint64_t lane, uint64_t word)
{
	return rotate(lane + word * P2, 31) * P1;
}

static inline uint64_t merge(uint64_t hash, uint64_t lane)
{
	return (hash ^ round_of(0, lane)) * P1 + P4;
}

// Whole stripes of 32 bytes, four lanes. Returns what they come to.
static uint64_t stripes(const char *at, const char *end, uint64_t seed)
{
	uint64_t a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1, hash;

	for (; end - at >= 32; at += 32) {
		a = round_of(a, load64(at));
		b = round_of(b, load64(at + 8));
		c = round_of(c, load64(at + 16));
		d = round_of(d, load64(at + 24));
	}
	hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
	return merge(merge(merge(merge(hash, a), b), c), d);
}

static uint64_t rest(const char *at, const char *end, uint64_t hash)
{
	for (; end - at >= 8; at += 8)
		hash = rotate(hash ^ round_of(0, load64(at)), 27) * P1 + P4;
	if (end - at >= 4) {
		hash = rotate(hash ^ load32(at) * P1, 23) * P2 + P3;
		at += 4;
	}
	for (; at < end; at++)
		hash = rotate(hash ^ (uint8_t)*at * P5, 11) * P1;
	return hash;
}

uint64_t checksum(const void *data, size_t len, uint64_t seed)
{
	const char *at = data, *end = at + len;
	uint64_t hash = len >= 32 ? stripes(at, end, seed) : seed + P5;

	hash = rest(at + (len & ~(size_t)31), end, hash + len);
	hash = (hash ^ hash >> 33) * P2;
	hash = (hash ^ hash >> 29) * P3;
	return hash ^ hash >> 32;
}
