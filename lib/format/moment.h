// The timestamps that feeds send, "2020-01-01 00:00:05" with three digits of a fraction or none,
// without a loop: all digits are checked and joined to pairs at once. Any other form is for
// row/datetime.h.
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
static inline bool moment_days(int32_t year, int32_t month, int32_t day, int32_t *days)
{
	static const uint8_t month_days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (day > month_days[month] + (month == 2 && is_leap))
		return false;
	*days = datetime_days(year, month, day);
	return true;
}

// Milliseconds since 1970 of text[:len], with mark between date and time. False: look again.
static inline bool moment_parse(const char *text, uint32_t len, char mark, int64_t *ms)
{
	// Century, year, month, day, hour, minute, second, nothing.
	const __m128i most = _mm_setr_epi16(99, 99, 12, 31, 23, 59, 59, 0);
	const __m128i least = _mm_setr_epi16(0, 0, 1, 1, 0, 0, 0, 0);
	const __m128i places =
		_mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1);
	__m128i digits, wrong;
	uint16_t parts[8], seconds;
	uint32_t fraction = 0;
	int32_t days;

	if (len != MOMENT_LEN && (len != MOMENT_MS_LEN || text[MOMENT_LEN] != '.'))
		return false;
	if ((text[4] != '-') | (text[7] != '-') | (text[10] != mark) | (text[13] != ':') |
		(text[16] != ':'))
		return false;
	memcpy(&seconds, text + 17, sizeof(seconds));
	digits = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)text), _mm_set1_epi8('0'));
	digits = _mm_shuffle_epi8(digits, places);
	digits = _mm_insert_epi16(digits, (int16_t)(seconds - 0x3030), 6);
	wrong = _mm_subs_epu8(digits, _mm_set1_epi8(9));
	digits = _mm_maddubs_epi16(digits, _mm_set1_epi16(1 << 8 | 10));
	wrong = _mm_or_si128(wrong, _mm_subs_epu16(digits, most));
	wrong = _mm_or_si128(wrong, _mm_subs_epu16(least, digits));
	if (!_mm_testz_si128(wrong, wrong))
		return false;
	for (uint32_t i = MOMENT_LEN + 1; i < len; i++) {
		if ((uint8_t)(text[i] - '0') > 9)
			return false;
		fraction = fraction * 10 + (uint32_t)(text[i] - '0');
	}
	_mm_storeu_si128((__m128i *)parts, digits);
	if (!moment_days(parts[0] * 100 + parts[1], parts[2], parts[3], &days))
		return false;
	*ms = (days * 86400ll + parts[4] * 3600 + parts[5] * 60 + parts[6]) * 1000 + fraction;
	return true;
}

#else

static inline bool moment_parse(const char *text, uint32_t len, char mark, int64_t *ms)
{
	return false;
}

#endif
