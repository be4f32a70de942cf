// The bytes of a message a chunk at a time: load CHUNK bytes, ask where some byte is, get a bit for
// each. Nothing is ever read behind the length given: the rest of a chunk at the end is padding,
// zeros if nothing else is said.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <rte_branch_prediction.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

enum {
	CHUNK_TEXT = 64,
	CHUNK_PLACES = 64, // what chunk_places() may write, however few there are
};

#if defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__BMI2__)

enum { CHUNK = 64 };

struct chunk {
	__m512i bytes;
};

static inline struct chunk chunk_load_padded(const char *data, size_t len, char padding)
{
	// A masked load does not touch, nor fault on, the bytes that are masked out.
	__mmask64 valid = _bzhi_u64(~0ull, len < CHUNK ? (uint32_t)len : CHUNK);

	return (struct chunk){_mm512_mask_loadu_epi8(_mm512_set1_epi8(padding), valid, data)};
}

static inline uint64_t chunk_equal(struct chunk chunk, char byte)
{
	return _mm512_cmpeq_epi8_mask(chunk.bytes, _mm512_set1_epi8(byte));
}

// Control characters and what is not ASCII.
static inline uint64_t chunk_special(struct chunk chunk)
{
	return _mm512_cmplt_epi8_mask(chunk.bytes, _mm512_set1_epi8(' '));
}

static inline uint64_t chunk_control(struct chunk chunk)
{
	return _mm512_cmplt_epu8_mask(chunk.bytes, _mm512_set1_epi8(' '));
}

static inline uint64_t chunk_not_ascii(struct chunk chunk)
{
	return _mm512_movepi8_mask(chunk.bytes);
}

static inline uint64_t chunk_digits(struct chunk chunk)
{
	return _mm512_cmplt_epu8_mask(
		_mm512_sub_epi8(chunk.bytes, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
}

// Whether data starts with text[:len], of which CHUNK_TEXT bytes can be read; len ≤ CHUNK_TEXT.
static inline bool chunk_starts_with(const char *data, const char *text, uint32_t len)
{
	if (len <= sizeof(__m128i)) { // it lies in one cache line more often
		__mmask16 few = (__mmask16)_bzhi_u32(0xffff, len);
		__m128i bytes = _mm_maskz_loadu_epi8(few, data);

		return _mm_mask_cmpneq_epi8_mask(
			       few, bytes, _mm_loadu_si128((const __m128i *)text)) == 0;
	}
	__mmask64 valid = _bzhi_u64(~0ull, len);

	return _mm512_mask_cmpneq_epi8_mask(
		       valid, _mm512_maskz_loadu_epi8(valid, data), _mm512_loadu_si512(text)) == 0;
}

#elif defined(__AVX2__)

enum { CHUNK = 32 };

struct chunk {
	__m256i bytes;
};

static inline struct chunk chunk_load_padded(const char *data, size_t len, char padding)
{
	char tail[CHUNK];

	if (len < CHUNK) {
		memset(tail, padding, CHUNK);
		memcpy(tail, data, len);
		data = tail;
	}
	return (struct chunk){_mm256_loadu_si256((const __m256i *)data)};
}

static inline uint64_t chunk_equal(struct chunk chunk, char byte)
{
	return (uint32_t)_mm256_movemask_epi8(
		_mm256_cmpeq_epi8(chunk.bytes, _mm256_set1_epi8(byte)));
}

// Control characters and what is not ASCII.
static inline uint64_t chunk_special(struct chunk chunk)
{
	return (uint32_t)_mm256_movemask_epi8(
		_mm256_cmpgt_epi8(_mm256_set1_epi8(' '), chunk.bytes));
}

static inline uint64_t chunk_control(struct chunk chunk)
{
	__m256i most = _mm256_min_epu8(chunk.bytes, _mm256_set1_epi8(' ' - 1));

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(chunk.bytes, most));
}

static inline uint64_t chunk_not_ascii(struct chunk chunk)
{
	return (uint32_t)_mm256_movemask_epi8(chunk.bytes);
}

static inline uint64_t chunk_digits(struct chunk chunk)
{
	__m256i above = _mm256_cmpgt_epi8(chunk.bytes, _mm256_set1_epi8('0' - 1));
	__m256i below = _mm256_cmpgt_epi8(_mm256_set1_epi8('9' + 1), chunk.bytes);

	return (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(above, below));
}

#else // no such instructions: the same by the byte

enum { CHUNK = 16 };

struct chunk {
	char bytes[CHUNK];
};

static inline struct chunk chunk_load_padded(const char *data, size_t len, char padding)
{
	struct chunk chunk;

	memset(chunk.bytes, padding, CHUNK);
	memcpy(chunk.bytes, data, len < CHUNK ? len : CHUNK);
	return chunk;
}

static inline uint64_t chunk_equal(struct chunk chunk, char byte)
{
	uint64_t mask = 0;

	for (int i = 0; i < CHUNK; i++)
		mask |= (uint64_t)(chunk.bytes[i] == byte) << i;
	return mask;
}

// Control characters and what is not ASCII.
static inline uint64_t chunk_special(struct chunk chunk)
{
	uint64_t mask = 0;

	for (int i = 0; i < CHUNK; i++)
		mask |= (uint64_t)((signed char)chunk.bytes[i] < ' ') << i;
	return mask;
}

static inline uint64_t chunk_not_ascii(struct chunk chunk)
{
	uint64_t mask = 0;

	for (int i = 0; i < CHUNK; i++)
		mask |= (uint64_t)((uint8_t)chunk.bytes[i] >> 7) << i;
	return mask;
}

static inline uint64_t chunk_control(struct chunk chunk)
{
	return chunk_special(chunk) & ~chunk_not_ascii(chunk);
}

static inline uint64_t chunk_digits(struct chunk chunk)
{
	uint64_t mask = 0;

	for (int i = 0; i < CHUNK; i++)
		mask |= (uint64_t)(chunk.bytes[i] >= '0' && chunk.bytes[i] <= '9') << i;
	return mask;
}

#endif

#if !defined(__AVX512BW__) || !defined(__AVX512VL__) || !defined(__BMI2__)
static inline bool chunk_starts_with(const char *data, const char *text, uint32_t len)
{
	return memcmp(data, text, len) == 0;
}
#endif

static inline struct chunk chunk_load(const char *data, size_t len)
{
	return chunk_load_padded(data, len, 0);
}

// Index of the lowest bit set, 64 when there is none.
static inline uint32_t mask_first(uint64_t mask)
{
	return mask == 0 ? 64 : (uint32_t)__builtin_ctzll(mask);
}

// Write base plus the index of each of mask's n bits to places, which has room for CHUNK_PLACES.
static inline void chunk_places(uint16_t *places, uint64_t mask, uint32_t n, uint32_t base)
{
#ifdef __AVX512VBMI2__
	const __m512i lanes = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51,
		50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30,
		29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9,
		8, 7, 6, 5, 4, 3, 2, 1, 0);
	const __m512i start = _mm512_set1_epi16((int16_t)base);
	__m512i packed = _mm512_maskz_compress_epi8(mask, lanes);
	__m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed));

	_mm512_storeu_si512(places, _mm512_add_epi16(low, start));
	if (unlikely(n > 32)) {
		low = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(packed, 1));
		_mm512_storeu_si512(places + 32, _mm512_add_epi16(low, start));
	}
#else
	for (; mask != 0; mask &= mask - 1)
		*places++ = (uint16_t)(base + mask_first(mask));
#endif
}
