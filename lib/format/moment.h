// The timestamps that feeds send, "2020-01-01 00:00:05" with three digits of a fraction or none,
// without a loop: all digits are checked and joined to pairs at once, and pairs to fours (as in
// digits.h). Any other form is for row/datetime.h.
#pragma once
#include <string.h>
#include "format/target.h"
#include "row/datetime.h"
#ifdef __AVX2__
#include <immintrin.h>
#endif

enum { MOMENT_LEN = 19, MOMENT_MS_LEN = 23 }; // without and with a fraction

#ifdef __AVX2__

// Days since 1970-01-01 of a date of the years 0000 to 9999; false when its month has no such day.
static inline bool moment_days(uint32_t year, uint32_t month, uint32_t day, int32_t *days)
{
	static const uint8_t month_days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	static const uint16_t before[13] = {
		0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275}; // from March on
	enum { EPOCH = 719468 + 146097 }; // of 1970, from March of the year -400 on
	uint32_t century = year / 100;
	bool is_leap = year % 4 == 0 && (century * 100 != year || century % 4 == 0);
	uint32_t y = year + 400 - (month <= 2); // counted from March on, it ends with a leap day

	*days = (int32_t)(365 * y + y / 4 - y / 100 + y / 400 + before[month] + day - 1) - EPOCH;
	return day <= month_days[month] + (uint32_t)(month == 2 && is_leap);
}

// The first and the last sixteen bytes of a timestamp: where its digits are, and its marks but for
// that between date and time.
struct moment_form {
	int8_t places[32];
	char marks[32]; // 0 where there is none
};

static const struct moment_form moment_forms[2] = {
	{{0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1, //
		 14, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
		{[4] = '-', [7] = '-', [13] = ':', [16 + 13] = ':'}},
	{{0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1, //
		 10, 11, -1, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
		{[4] = '-', [7] = '-', [13] = ':', [16 + 9] = ':', [16 + 12] = '.'}},
};

static inline bool moment_has_mark(const char *text, enum datetime_style style)
{
	enum { MARK = 10 };

	return (text[MARK] == ' ' && style != DATETIME_ISO) ||
	       (text[MARK] == 'T' && style != DATETIME_SQL);
}

// Milliseconds since 1970 of text[:len]; DATETIME_JAVA takes both marks. False: look again.
static inline bool moment_parse(
	const char *text, uint32_t len, enum datetime_style style, int64_t *ms)
{
	// Century, year, month, day, hour, minute; second, a tenth, hundredths of it.
	const __m256i most =
		_mm256_setr_epi16(99, 99, 12, 31, 23, 59, 0, 0, 59, 9, 99, 0, 0, 0, 0, 0);
	const __m256i least = _mm256_setr_epi16(0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	// To the year, month · 2^8 + day, minutes of the day; ms of the minute in two parts.
	const __m256i weights =
		_mm256_setr_epi16(100, 1, 256, 1, 60, 1, 0, 0, 1000, 100, 1, 0, 0, 0, 0, 0);
	const struct moment_form *form = &moment_forms[len == MOMENT_MS_LEN];
	__m256i bytes, marks, digits, wrong;
	uint32_t month_day, minutes;
	int32_t days;

	if (unlikely((len != MOMENT_LEN && len != MOMENT_MS_LEN) || !moment_has_mark(text, style)))
		return false;
	bytes = _mm256_loadu2_m128i((const __m128i *)(text + len - 16), (const __m128i *)text);
	marks = _mm256_loadu_si256((const __m256i *)form->marks);
	wrong = _mm256_and_si256(
		_mm256_xor_si256(bytes, marks), _mm256_cmpgt_epi8(marks, _mm256_setzero_si256()));
	digits = _mm256_shuffle_epi8(_mm256_sub_epi8(bytes, _mm256_set1_epi8('0')),
		_mm256_loadu_si256((const __m256i *)form->places));
	wrong = _mm256_or_si256(wrong, _mm256_subs_epu8(digits, _mm256_set1_epi8(9)));
	digits = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(1 << 8 | 10));
	wrong = _mm256_or_si256(wrong, _mm256_subs_epu16(digits, most));
	wrong = _mm256_or_si256(wrong, _mm256_subs_epu16(least, digits));
	if (unlikely(!_mm256_testz_si256(wrong, wrong)))
		return false;
	digits = _mm256_madd_epi16(digits, weights);
	month_day = (uint32_t)_mm256_extract_epi32(digits, 1);
	minutes = (uint32_t)_mm256_extract_epi32(digits, 2);
	if (unlikely(!moment_days((uint32_t)_mm256_extract_epi32(digits, 0), month_day >> 8,
		    month_day & 0xff, &days)))
		return false;
	*ms = days * 86400000ll + minutes * 60000ll + _mm256_extract_epi32(digits, 4) +
	      _mm256_extract_epi32(digits, 5);
	return true;
}

#else

static inline bool moment_parse(
	const char *text, uint32_t len, enum datetime_style style, int64_t *ms)
{
	return false;
}

#endif
