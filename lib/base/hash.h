// Keyed hash for sharding and for the keyed store. It is keyed so that nobody outside can choose
// keys that meet in one bucket, one worker or one queue: a CRC with a secret seed is no defence,
// its collisions survive any seed. With AES instructions two rounds a 16-byte word (the
// construction of aHash and of Go's runtime); without them SipHash-1-3 (Aumasson, Bernstein 2012).
#pragma once
#include <stddef.h>
#include <stdint.h>

// Random bits; drawn once for a job, kept with its state.
struct hash_seed {
	_Alignas(16) uint8_t bytes[32];
};

// Seed from 64 bits (tests, simulation): the same bits give the same seed.
void hash_seed_from(struct hash_seed *seed, uint64_t bits);

// 64 well-mixed bits of data[:len]. Any len, any alignment; never reads outside data[:len].
uint64_t hash_bytes(const struct hash_seed *seed, const void *data, size_t len);

// hashes[i] = hash_bytes(seed, data + i * stride, len), for n inputs: the form for blocks of keys.
void hash_many(const struct hash_seed *seed, const void *data, size_t stride, size_t len,
	uint32_t n, uint64_t *hashes);

// Mix 64 bits into others (not keyed): SplitMix64's finaliser (Steele et al. 2014).
static inline uint64_t hash_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}
