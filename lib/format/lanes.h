// Four short texts side by side in one AVX-512 register, a lane of sixteen bytes for each: numbers
// as in digits.h, timestamps as in moment.h. Without AVX-512 one after the other.
#pragma once
#include "format/digits.h"
#include "format/moment.h"
#include "format/texts.h"

enum {
	LANES = TEXTS_TOGETHER,
	ALL_LANES = 0xf, // a bit for each
};

// Numbers without their points.
struct lanes_numbers {
	int64_t values[TEXTS_MAX];
	uint32_t scales[TEXTS_MAX]; // how many of the digits are behind the point
};

#if defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512BITALG__) && defined(__BMI2__)

static inline __m512i lanes_join(const __m128i lanes[LANES])
{
	return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_set_m128i(lanes[1], lanes[0])),
		_mm256_set_m128i(lanes[3], lanes[2]), 1);
}

// Let what is before a lane's first point move over it. scales[i] becomes how many bytes follow it.
static inline __m512i lanes_drop_points(__m512i digits, uint64_t points, uint32_t *scales)
{
	__m128i point = _mm_cvtsi64_si128((int64_t)points); // 16 bits for each lane, none or one
	__m128i head = _mm_xor_si128(point, _mm_subs_epu16(point, _mm_set1_epi16(1))); // up to it
	__m128i tail = _mm_andnot_si128(point, _mm_sub_epi16(_mm_setzero_si128(), point));

	_mm_storeu_si128((__m128i *)scales, _mm_cvtepu16_epi32(_mm_popcnt_epi16(tail)));
	return _mm512_mask_mov_epi8(
		digits, (__mmask64)_mm_cvtsi128_si64(head), _mm512_bslli_epi128(digits, 1));
}

// The numbers of four lanes of sixteen bytes 0 to 9.
static inline __m256i lanes_sum_digits(__m512i digits)
{
	const __m512i tens = _mm512_set1_epi16(1 << 8 | 10);
	const __m512i hundreds = _mm512_set1_epi32(1 << 16 | 100);
	const __m256i thousands = _mm256_set1_epi32(1 << 16 | 10000);
	__m256i fours, eights;

	digits = _mm512_madd_epi16(_mm512_maddubs_epi16(digits, tens), hundreds);
	fours = _mm512_cvtepi32_epi16(digits);
	eights = _mm256_madd_epi16(fours, thousands);
	return _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100000000)),
		_mm256_srli_epi64(eights, 32));
}

// A bit for each lane that has bits in a mask of bytes.
static inline uint32_t lanes_with(uint64_t bytes)
{
	__m128i lanes = _mm_cvtsi64_si128((int64_t)bytes);

	return _mm_test_epi16_mask(lanes, lanes);
}

// Read the first four texts, numbers of 16 bytes at most, into to's from i on. With has_point each
// may have one, and −0, which only some types know, is none. Returns a bit for each that is no such
// number.
//
// Each text stands at the right end of its lane, behind zeros. A bit of a 64-bit mask is a byte.
static inline uint32_t lanes_read_numbers(
	const struct texts *texts, bool has_point, struct lanes_numbers *to, uint32_t i)
{
	const uint64_t first_of_lanes = 0x0001000100010001, last_of_lanes = 0x8000800080008000;
	uint64_t within = 0, first, start, minus, points, zeros, wrong;
	__mmask8 is_negative;
	__m128i lanes[LANES];
	__m256i values;
	__m512i digits;

	for (uint32_t lane = 0; lane < LANES; lane++) {
		uint32_t len, bytes;
		const char *end = texts_end(texts, lane, &len);

		bytes = len <= DIGITS_MAX ? 0xffff0000 >> len & 0xffff : 0;
		lanes[lane] = _mm_maskz_loadu_epi8((__mmask16)bytes, end - DIGITS_MAX);
		within |= (uint64_t)bytes << (16 * lane);
	}
	digits = _mm512_maskz_sub_epi8(within, lanes_join(lanes), _mm512_set1_epi8('0'));
	first = within & ~(within << 1 & ~first_of_lanes);
	minus = _mm512_mask_cmpeq_epi8_mask(first, digits, _mm512_set1_epi8('-' - '0'));
	digits = _mm512_mask_mov_epi8(digits, minus, _mm512_setzero_si512());
	wrong = (minus | ~within) & last_of_lanes; // no digit
	_mm_storeu_si128((__m128i *)(to->scales + i), _mm_setzero_si128());
	start = (first ^ minus) | (minus << 1 & ~first_of_lanes); // of the digits
	zeros = _mm512_mask_testn_epi8_mask(start, digits, digits);
	points = _mm512_cmpeq_epi8_mask(digits, _mm512_set1_epi8('.' - '0'));
	if (has_point && points != 0) {
		digits = lanes_drop_points(digits, points, to->scales + i);
		wrong |= points & start & last_of_lanes; // a point alone
	}
	wrong |= _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9));
	if (texts->is_json) // 007, .5 and 5. are none
		wrong |= (points & (start | last_of_lanes)) |
			 (zeros << 1 & ~first_of_lanes & ~points);
	values = lanes_sum_digits(digits);
	is_negative = (__mmask8)lanes_with(minus);
	values = _mm256_mask_sub_epi64(values, is_negative, _mm256_setzero_si256(), values);
	_mm256_storeu_si256((__m256i *)(to->values + i), values);
	if (!has_point)
		return lanes_with(wrong);
	return lanes_with(wrong) | _mm256_mask_testn_epi64_mask(is_negative, values, values);
}

// Days since 1970-01-01 of four dates of the years 0000 to 9999. *wrong: months without such a day.
static inline __m128i lanes_days(__m128i year, __m128i month, __m128i day, uint32_t *wrong)
{
	const __m256i month_days =
		_mm256_setr_epi16(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0);
	const __m256i before = _mm256_setr_epi16( // from March on
		0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 0, 0, 0);
	enum { EPOCH = 719468 + 146097 }; // of 1970, from March of the year -400 on
	const __m256i months = _mm256_castsi128_si256(month);
	__m128i century = _mm_srli_epi32(_mm_mulhi_epu16(year, _mm_set1_epi32(5243)), 3);
	__m128i in_century = _mm_sub_epi32(year, _mm_mullo_epi16(century, _mm_set1_epi32(100)));
	__mmask8 is_century = _mm_testn_epi32_mask(in_century, in_century);
	__mmask8 is_leap = _mm_testn_epi32_mask(
		_mm_mask_mov_epi32(year, is_century, century), _mm_set1_epi32(3));
	__m128i most = _mm256_castsi256_si128(_mm256_permutexvar_epi16(months, month_days));
	__m128i days = _mm256_castsi256_si128(_mm256_permutexvar_epi16(months, before));
	__m128i y = _mm_add_epi32(year, _mm_set1_epi32(400));

	is_leap &= _mm_cmpeq_epi32_mask(month, _mm_set1_epi32(2));
	most = _mm_mask_add_epi32(most, is_leap, most, _mm_set1_epi32(1));
	*wrong = _mm_cmpgt_epi32_mask(day, most);
	// Counted from March on, a year ends with its leap day.
	y = _mm_mask_sub_epi32(
		y, _mm_cmplt_epi32_mask(month, _mm_set1_epi32(3)), y, _mm_set1_epi32(1));
	century = _mm_srli_epi32(_mm_mulhi_epu16(y, _mm_set1_epi32(5243)), 3);
	days = _mm_add_epi32(days, _mm_sub_epi32(day, _mm_set1_epi32(1 + EPOCH)));
	days = _mm_add_epi32(days, _mm_madd_epi16(y, _mm_set1_epi32(365)));
	days = _mm_add_epi32(days, _mm_sub_epi32(_mm_srli_epi32(y, 2), century));
	return _mm_add_epi32(days, _mm_srli_epi32(century, 2));
}

// Of "YYYY-MM-DD hh:mm" in each lane: year, month · 2^8 + day, and minutes of the day, as numbers
// of 32 bits. Bits of *wrong are set in lanes that hold anything else.
static inline __m512i lanes_read_minutes(__m512i text, enum datetime_style style, __m512i *wrong)
{
	const __mmask64 marks = 0x0400040004000400;
	const __m512i form = _mm512_broadcast_i32x4(_mm_setr_epi8('0', '0', '0', '0', '-', '0', '0',
		'-', '0', '0', style == DATETIME_ISO ? 'T' : ' ', '0', '0', ':', '0', '0'));
	const __m512i most = _mm512_broadcast_i32x4(
		_mm_setr_epi8(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9));
	const __m512i places = _mm512_broadcast_i32x4(
		_mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1));
	const __m512i least_pairs = _mm512_broadcast_i32x4(_mm_setr_epi16(0, 0, 1, 1, 0, 0, 0, 0));
	const __m512i most_pairs =
		_mm512_broadcast_i32x4(_mm_setr_epi16(99, 99, 12, 31, 23, 59, 0, 0));
	const __m512i weights = _mm512_broadcast_i32x4(_mm_setr_epi16(100, 1, 256, 1, 60, 1, 0, 0));
	__m512i digits, pairs;

	if (style == DATETIME_JAVA) // both marks
		text = _mm512_mask_mov_epi8(text,
			_mm512_mask_cmpeq_epi8_mask(marks, text, _mm512_set1_epi8('T')),
			_mm512_set1_epi8(' '));
	digits = _mm512_sub_epi8(text, form);
	pairs = _mm512_maddubs_epi16(
		_mm512_shuffle_epi8(digits, places), _mm512_set1_epi16(1 << 8 | 10));
	*wrong = _mm512_or_si512(_mm512_subs_epu8(digits, most),
		_mm512_or_si512(_mm512_subs_epu16(pairs, most_pairs),
			_mm512_subs_epu16(least_pairs, pairs)));
	return _mm512_madd_epi16(pairs, weights);
}

// Of ":ss.fff" in each eight bytes: milliseconds.
static inline __m128i lanes_read_seconds(__m256i text, __m256i *wrong)
{
	const __m256i form =
		_mm256_broadcastq_epi64(_mm_setr_epi8(':', '0', '0', '.', '0', '0', '0', 0, //
			0, 0, 0, 0, 0, 0, 0, 0));
	const __m256i most = _mm256_set1_epi64x(0x0009090900090900);
	const __m256i places = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(1, 2, -1, 4, 5, 6, -1, -1, 9, 10, -1, 12, 13, 14, -1, -1));
	const __m256i most_pairs = _mm256_set1_epi64x(99ll << 32 | 99ll << 16 | 59);
	const __m256i weights = _mm256_set1_epi64x(1ll << 32 | 100ll << 16 | 1000);
	__m256i digits = _mm256_sub_epi8(text, form), pairs, ms;

	pairs = _mm256_maddubs_epi16(
		_mm256_shuffle_epi8(digits, places), _mm256_set1_epi16(1 << 8 | 10));
	*wrong = _mm256_or_si256(
		_mm256_subs_epu8(digits, most), _mm256_subs_epu16(pairs, most_pairs));
	ms = _mm256_madd_epi16(pairs, weights);
	return _mm256_cvtepi64_epi32(_mm256_add_epi32(ms, _mm256_srli_epi64(ms, 32)));
}

// Milliseconds since 1970 of the first four texts, with a Z behind if has_zone; styles are those of
// moment_parse(). Returns a bit for each that it does not know.
static inline uint32_t lanes_read_moments(
	const struct texts *texts, bool has_zone, enum datetime_style style, int64_t *moments)
{
	enum { HEAD = 16, WRONG_HALVES = 0x55 };
	const __m128i no_fraction = _mm_set1_epi64x(0x003030302e30303a); // ":00.000"
	const __m512i to_columns =
		_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
	__m128i heads[LANES], tails[LANES], month_day, days, ms;
	__m512i columns, head_wrong;
	__m256i tail_wrong;
	uint32_t wrong, no_such_day;

	for (uint32_t lane = 0; lane < LANES; lane++) {
		uint32_t len;
		const char *text = texts_at(texts, lane, &len);
		bool is_ms = len - has_zone == MOMENT_MS_LEN;
		bool is_known = is_ms || len - has_zone == MOMENT_LEN;

		if (has_zone)
			is_known = is_known && text[len - 1] == 'Z';
		heads[lane] = _mm_maskz_loadu_epi8(is_known ? 0xffff : 0, text);
		tails[lane] = _mm_mask_loadu_epi8(
			no_fraction, is_ms ? 0x7f : 0x7, is_known ? text + HEAD : ":00.000");
	}
	columns = _mm512_permutexvar_epi32(
		to_columns, lanes_read_minutes(lanes_join(heads), style, &head_wrong));
	ms = lanes_read_seconds(_mm256_set_m128i(_mm_unpacklo_epi64(tails[2], tails[3]),
					_mm_unpacklo_epi64(tails[0], tails[1])),
		&tail_wrong);
	wrong = _mm512_test_epi64_mask(head_wrong, head_wrong);
	wrong = _pext_u32(wrong | wrong >> 1, WRONG_HALVES) |
		_mm256_test_epi64_mask(tail_wrong, tail_wrong);
	month_day = _mm512_extracti32x4_epi32(columns, 1);
	days = lanes_days(_mm512_castsi512_si128(columns), _mm_srli_epi32(month_day, 8),
		_mm_and_si128(month_day, _mm_set1_epi32(0xff)), &no_such_day);
	ms = _mm_add_epi32(
		ms, _mm_mullo_epi32(_mm512_extracti32x4_epi32(columns, 2), _mm_set1_epi32(60000)));
	_mm256_storeu_si256(
		(__m256i *)moments, _mm256_add_epi64(_mm256_cvtepi32_epi64(ms),
					    _mm256_mul_epi32(_mm256_cvtepi32_epi64(days),
						    _mm256_set1_epi64x(86400000))));
	return wrong | no_such_day;
}

#else

// Whether JSON has numbers like text[:len], which is one without a sign.
static inline bool lanes_is_json(const char *text, uint32_t len)
{
	return text[0] != '.' && text[len - 1] != '.' &&
	       (text[0] != '0' || len == 1 || text[1] == '.');
}

static inline uint32_t lanes_read_numbers(
	const struct texts *texts, bool has_point, struct lanes_numbers *to, uint32_t i)
{
	uint32_t refused = 0;

	for (uint32_t lane = 0; lane < LANES; lane++) {
		uint32_t len, scale = 0;
		const char *text = texts_at(texts, lane, &len);
		uint32_t minus = len > 0 && *text == '-';
		uint64_t digits = 0;
		bool ok = has_point ? digits_decimal(text + minus, len - minus, &digits, &scale)
				    : digits_integer(text + minus, len - minus, &digits);

		if (texts->is_json)
			ok = ok && lanes_is_json(text + minus, len - minus);
		if (has_point)
			ok = ok && (digits > 0 || !minus);
		to->values[i + lane] = minus ? -(int64_t)digits : (int64_t)digits;
		to->scales[i + lane] = scale;
		refused |= (uint32_t)!ok << lane;
	}
	return refused;
}

static inline uint32_t lanes_read_moments(
	const struct texts *texts, bool has_zone, enum datetime_style style, int64_t *moments)
{
	uint32_t refused = 0;

	for (uint32_t lane = 0; lane < LANES; lane++) {
		uint32_t len;
		const char *text = texts_at(texts, lane, &len);
		bool ok = moment_parse(text, len - has_zone, style, moments + lane) &&
			  (!has_zone || text[len - 1] == 'Z');

		if (!ok)
			moments[lane] = 0;
		refused |= (uint32_t)!ok << lane;
	}
	return refused;
}

#endif
