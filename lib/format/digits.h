// Short numbers without a loop: up to sixteen bytes of digits, with at most one point.
//
// The bytes are moved to the right end of a vector, then neighbours are joined: digits to pairs, to
// fours, to eights (Muła, "SIMD-ized parsing of a sequence of digits", 2014). The length decides no
// branch, so that numbers of all lengths cost the same.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

enum { DIGITS_MAX = 16 };

#ifdef __AVX2__

// text[:len] at the right end of a vector of '0's; 1 ≤ len ≤ 16.
static inline __m128i digits_load(const char *text, uint32_t len)
{
	static const int8_t shifts[2 * DIGITS_MAX] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
		-1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	__m128i shift = _mm_loadu_si128((const __m128i *)(shifts + len));
	__m128i bytes;

#if defined(__AVX512BW__) && defined(__AVX512VL__)
	bytes = _mm_maskz_loadu_epi8((__mmask16)((1u << len) - 1), text);
#else
	char copy[DIGITS_MAX] = {0};

	memcpy(copy, text, len);
	bytes = _mm_loadu_si128((const __m128i *)copy);
#endif
	return _mm_shuffle_epi8(_mm_sub_epi8(bytes, _mm_set1_epi8('0')), shift);
}

// The number of sixteen bytes 0 to 9; false when one of them is more.
static inline bool digits_join(__m128i digits, uint64_t *value)
{
	const __m128i tens = _mm_set1_epi16(1 << 8 | 10);
	const __m128i hundreds = _mm_set1_epi32(1 << 16 | 100);
	const __m128i thousands = _mm_set1_epi32(1 << 16 | 10000);
	__m128i excess = _mm_subs_epu8(digits, _mm_set1_epi8(9));
	uint64_t halves;

	if (!_mm_testz_si128(excess, excess))
		return false;
	digits = _mm_madd_epi16(_mm_maddubs_epi16(digits, tens), hundreds);
	digits = _mm_madd_epi16(_mm_packus_epi32(digits, digits), thousands);
	halves = (uint64_t)_mm_cvtsi128_si64(digits);
	*value = (halves & UINT32_MAX) * 100000000 + (halves >> 32);
	return true;
}

// The number of text[:len], all digits. False when it is not, or too long for here.
static inline bool digits_integer(const char *text, uint32_t len, uint64_t *value)
{
	if (len - 1 >= DIGITS_MAX)
		return false;
	return digits_join(digits_load(text, len), value);
}

// The same where one of the bytes may be a point: *scale is how many digits follow it.
static inline bool digits_decimal(const char *text, uint32_t len, uint64_t *value, uint32_t *scale)
{
	const __m128i lanes = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	__m128i digits, head;
	uint32_t points, lane;

	if (len - 1 >= DIGITS_MAX)
		return false;
	digits = digits_load(text, len);
	points = (uint32_t)_mm_movemask_epi8(
		_mm_cmpeq_epi8(digits, _mm_set1_epi8((char)('.' - '0'))));
	*scale = 0;
	if (points != 0) {
		// What is before the point moves over it. A second point stays, and is no digit.
		lane = (uint32_t)__builtin_ctz(points);
		head = _mm_cmpgt_epi8(_mm_set1_epi8((char)(lane + 1)), lanes);
		digits = _mm_blendv_epi8(digits, _mm_slli_si128(digits, 1), head);
		*scale = DIGITS_MAX - 1 - lane;
		if (len == 1)
			return false;
	}
	return digits_join(digits, value);
}

#else // no such instructions

static inline bool digits_decimal(const char *text, uint32_t len, uint64_t *value, uint32_t *scale)
{
	uint32_t point = len;
	uint64_t sum = 0;

	if (len - 1 >= DIGITS_MAX)
		return false;
	for (uint32_t i = 0; i < len; i++) {
		if (text[i] == '.' && point == len)
			point = i;
		else if (text[i] >= '0' && text[i] <= '9')
			sum = 10 * sum + (uint64_t)(text[i] - '0');
		else
			return false;
	}
	*value = sum;
	*scale = point < len ? len - point - 1 : 0;
	return len > 1 || point == len;
}

static inline bool digits_integer(const char *text, uint32_t len, uint64_t *value)
{
	uint32_t scale;

	return digits_decimal(text, len, value, &scale) && memchr(text, '.', len) == NULL;
}

#endif
