#include "base/hash.h"
#include <string.h>

void hash_seed_from(struct hash_seed *seed, uint64_t bits)
{
	for (size_t i = 0; i < sizeof(seed->bytes); i += 8) {
		uint64_t word = hash_mix(bits + (i + 1) * 0x9e3779b97f4a7c15u);

		memcpy(seed->bytes + i, &word, sizeof(word));
	}
}

#ifdef __AES__
#include <immintrin.h>

// The last, partial word, zero-padded. Its length is mixed in apart, so padding is unambiguous.
static inline __m128i load_tail(const uint8_t *data, size_t len)
{
	uint8_t word[16] = {0};

	if (len == 8) // mostly: what is hashed in blocks has a multiple of 8 bytes
		return _mm_loadl_epi64((const __m128i *)data);
	memcpy(word, data, len);
	return _mm_loadu_si128((const __m128i *)word);
}

// Two rounds after each word: one round leaves a word's bytes in one column each.
static inline __m128i absorb(__m128i state, __m128i word, __m128i key)
{
	state = _mm_aesenc_si128(_mm_xor_si128(state, word), key);
	return _mm_aesenc_si128(state, key);
}

static inline uint64_t hash_one(__m128i key0, __m128i key1, const uint8_t *data, size_t len)
{
	__m128i state = _mm_xor_si128(key0, _mm_set_epi64x(0, (long long)len));

	for (; len >= 16; data += 16, len -= 16)
		state = absorb(state, _mm_loadu_si128((const __m128i *)data), key1);
	if (len > 0)
		state = absorb(state, load_tail(data, len), key1);
	state = _mm_aesenc_si128(state, key0);
	state = _mm_aesenc_si128(state, key1);
	return (uint64_t)_mm_cvtsi128_si64(state) ^ (uint64_t)_mm_extract_epi64(state, 1);
}

uint64_t hash_bytes(const struct hash_seed *seed, const void *data, size_t len)
{
	__m128i key0 = _mm_load_si128((const __m128i *)seed->bytes);
	__m128i key1 = _mm_load_si128((const __m128i *)(seed->bytes + 16));

	return hash_one(key0, key1, data, len);
}

void hash_many(const struct hash_seed *seed, const void *data, size_t stride, size_t len,
	uint32_t n, uint64_t *hashes)
{
	__m128i key0 = _mm_load_si128((const __m128i *)seed->bytes);
	__m128i key1 = _mm_load_si128((const __m128i *)(seed->bytes + 16));
	const uint8_t *at = data;

	if (len == 16) { // a constant: no loop within
		for (uint32_t i = 0; i < n; i++, at += stride)
			hashes[i] = hash_one(key0, key1, at, 16);
		return;
	}
	for (uint32_t i = 0; i < n; i++, at += stride)
		hashes[i] = hash_one(key0, key1, at, len);
}

#else

static inline uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

uint64_t hash_bytes(const struct hash_seed *seed, const void *data, size_t len)
{
	const uint8_t *at = data;
	uint64_t last = (uint64_t)len << 56;
	uint64_t key[2], v[4], word;

	memcpy(key, seed->bytes, sizeof(key));
	v[0] = key[0] ^ 0x736f6d6570736575u;
	v[1] = key[1] ^ 0x646f72616e646f6du;
	v[2] = key[0] ^ 0x6c7967656e657261u;
	v[3] = key[1] ^ 0x7465646279746573u;
	for (; len >= 8; at += 8, len -= 8) {
		memcpy(&word, at, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	for (size_t i = 0; i < len; i++)
		last |= (uint64_t)at[i] << (8 * i);
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void hash_many(const struct hash_seed *seed, const void *data, size_t stride, size_t len,
	uint32_t n, uint64_t *hashes)
{
	for (uint32_t i = 0; i < n; i++)
		hashes[i] = hash_bytes(seed, (const uint8_t *)data + i * stride, len);
}

#endif
