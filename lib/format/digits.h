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

enum {
	DIGITS_MAX = 16,
	DIGITS_LANES = 4, // numbers that digits_join_lanes() reads at once
};

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

#if defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512BITALG__)

// The four texts that end at ends[0:4], lens of which are 16 at most, each at the right end of a
// lane of '0's.
static inline __m512i digits_load_lanes(const char *const *ends, const uint32_t *lens)
{
	const __m128i zeros = _mm_set1_epi8('0');
	__m128i lanes[DIGITS_LANES];

	for (int i = 0; i < DIGITS_LANES; i++) {
		__mmask16 valid = (__mmask16)(0xffff0000 >> lens[i]);

		lanes[i] = _mm_mask_loadu_epi8(zeros, valid, ends[i] - DIGITS_MAX);
	}
	return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_set_m128i(lanes[1], lanes[0])),
		_mm256_set_m128i(lanes[3], lanes[2]), 1);
}

// Let what is before a lane's first point move over it. scales[i] becomes how many bytes follow it.
static inline __m512i digits_drop_points(__m512i digits, __mmask64 points, uint32_t *scales)
{
	const __m128i one = _mm_set1_epi16(1);
	__m128i point = _mm_cvtsi64_si128((int64_t)points); // 16 bits for each lane
	__m128i none = _mm_cmpeq_epi16(point, _mm_setzero_si128());
	__m128i head = _mm_xor_si128(point, _mm_sub_epi16(point, one)); // up to the point
	__m128i tail = _mm_andnot_si128(_mm_or_si128(head, none), _mm_set1_epi16(-1));

	head = _mm_andnot_si128(none, head);
	_mm_storeu_si128((__m128i *)scales, _mm_cvtepu16_epi32(_mm_popcnt_epi16(tail)));
	return _mm512_mask_mov_epi8(
		digits, (__mmask64)_mm_cvtsi128_si64(head), _mm512_bslli_epi128(digits, 1));
}

// The numbers of four texts without signs, which end at ends[0:4]. With has_point each may have
// one, of which scales says how many digits follow. Returns a bit for each that is no such number.
static inline uint32_t digits_join_lanes(const char *const *ends, const uint32_t *lens,
	bool has_point, uint64_t *values, uint32_t *scales)
{
	const __m512i tens = _mm512_set1_epi16(1 << 8 | 10);
	const __m512i hundreds = _mm512_set1_epi32(1 << 16 | 100);
	const __m512i thousands = _mm512_set1_epi32(1 << 16 | 10000);
	__m512i digits = _mm512_sub_epi8(digits_load_lanes(ends, lens), _mm512_set1_epi8('0'));
	__m128i others;

	_mm_storeu_si128((__m128i *)scales, _mm_setzero_si128());
	if (has_point) {
		__mmask64 points = _mm512_cmpeq_epi8_mask(digits, _mm512_set1_epi8('.' - '0'));

		if (points != 0)
			digits = digits_drop_points(digits, points, scales);
	}
	others = _mm_cvtsi64_si128((int64_t)_mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9)));
	digits = _mm512_madd_epi16(_mm512_maddubs_epi16(digits, tens), hundreds);
	digits = _mm512_madd_epi16(_mm512_packus_epi32(digits, digits), thousands);
	digits = _mm512_add_epi64(_mm512_mul_epu32(digits, _mm512_set1_epi64(100000000)),
		_mm512_srli_epi64(digits, 32));
	_mm256_storeu_si256((__m256i *)values,
		_mm512_castsi512_si256(_mm512_maskz_compress_epi64(0x55, digits)));
	return 0xf & _mm_test_epi16_mask(others, others);
}

#else

static inline uint32_t digits_join_lanes(const char *const *ends, const uint32_t *lens,
	bool has_point, uint64_t *values, uint32_t *scales)
{
	uint32_t refused = 0;

	for (uint32_t i = 0; i < DIGITS_LANES; i++) {
		const char *text = ends[i] - lens[i];
		bool ok;

		values[i] = scales[i] = 0;
		ok = has_point ? digits_decimal(text, lens[i], &values[i], &scales[i])
			       : digits_integer(text, lens[i], &values[i]);
		refused |= (uint32_t)!ok << i;
	}
	return refused;
}

#endif
