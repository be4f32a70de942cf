#include "row/number.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A double is exact when it is an integer of at most 53 bits times a power of ten that is exact
// itself (10^22 is the last): then one multiplication or division rounds correctly (Clinger 1990).
enum { EXACT_POWER_MAX = 22, DIGITS_MAX = 19 };
// Significant digits that can matter for the rounding of a double are 767; one more says whether
// any came behind them.
enum { STRTOD_DIGITS_MAX = 780 };

static const double powers[EXACT_POWER_MAX + 1] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

uint32_t number_format_int(int64_t value, char text[NUMBER_TEXT_MAX])
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char reversed[NUMBER_TEXT_MAX];
	uint32_t n = 0, len = 0;

	do {
		reversed[n++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		text[len++] = '-';
	while (n > 0)
		text[len++] = reversed[--n];
	return len;
}

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

bool number_parse_int(const char *text, uint32_t len, int64_t min, int64_t max, int64_t *value)
{
	bool negative = len > 0 && text[0] == '-';
	uint32_t at = negative || (len > 0 && text[0] == '+');
	uint64_t number = 0;
	int64_t result;

	if (at == len)
		return false;
	while (at < len - 1 && text[at] == '0')
		at++;
	if (len - at > DIGITS_MAX) // 19 digits cannot overflow 64 bits
		return false;
	for (; at < len; at++) {
		if (!is_digit(text[at]))
			return false;
		number = number * 10 + (uint64_t)(text[at] - '0');
	}
	if (number > (uint64_t)INT64_MAX + negative)
		return false;
	result = (int64_t)(negative ? -number : number);
	if (result < min || result > max)
		return false;
	*value = result;
	return true;
}

// What a number's text says: digits × 10^exponent.
struct scan {
	bool negative;
	uint32_t first, end; // of digits and point in the text
	uint64_t digits; // the first DIGITS_MAX significant ones
	uint32_t n_digits; // significant ones, all of them
	int64_t exponent; // for an integer of all digits
};

static bool scan_exponent(const char *text, uint32_t len, uint32_t at, struct scan *scan)
{
	bool negative = at < len && text[at] == '-';
	int64_t exponent = 0;

	at += negative || (at < len && text[at] == '+');
	if (at == len)
		return false;
	for (; at < len; at++) {
		if (!is_digit(text[at]))
			return false;
		if (exponent < INT64_MAX / 100) // far beyond any double: more does not matter
			exponent = exponent * 10 + (text[at] - '0');
	}
	scan->exponent += negative ? -exponent : exponent;
	return true;
}

static bool scan_number(const char *text, uint32_t len, uint32_t at, struct scan *scan)
{
	bool has_point = false, has_digit = false;

	scan->first = at;
	for (; at < len; at++) {
		if (text[at] == '.' && !has_point) {
			has_point = true;
			continue;
		}
		if (!is_digit(text[at]))
			break;
		has_digit = true;
		scan->exponent -= has_point;
		if (scan->n_digits == 0 && text[at] == '0')
			continue;
		if (scan->n_digits++ < DIGITS_MAX)
			scan->digits = scan->digits * 10 + (uint64_t)(text[at] - '0');
	}
	scan->end = at;
	if (!has_digit)
		return false;
	if (at == len)
		return true;
	return (text[at] == 'e' || text[at] == 'E') && scan_exponent(text, len, at + 1, scan);
}

// The slow way: a bounded copy of the digits for strtod.
static double scan_strtod(const char *text, const struct scan *scan)
{
	char copy[STRTOD_DIGITS_MAX + 32];
	int64_t exponent = scan->exponent;
	bool has_more = false; // digits other than zero behind those copied
	uint32_t n = 0;

	for (uint32_t at = scan->first; at < scan->end; at++) {
		if (text[at] == '.' || (n == 0 && text[at] == '0'))
			continue;
		if (n < STRTOD_DIGITS_MAX)
			copy[n++] = text[at];
		else
			has_more |= text[at] != '0';
	}
	exponent += scan->n_digits - n;
	if (has_more) // a hair above what was copied
		copy[n - 1] = '1';
	if (exponent > 9999 || exponent < -9999)
		exponent = exponent > 0 ? 9999 : -9999;
	snprintf(copy + n, sizeof(copy) - n, "e%d", (int)exponent);
	return strtod(copy, NULL);
}

static bool parse_word(const char *text, uint32_t len, double *value)
{
	if (len == 3 && memcmp(text, "NaN", 3) == 0)
		*value = NAN;
	else if (len == 8 && memcmp(text, "Infinity", 8) == 0)
		*value = INFINITY;
	else
		return false;
	return true;
}

bool number_parse_double(const char *text, uint32_t len, double *value)
{
	bool negative = len > 0 && text[0] == '-';
	uint32_t at = negative || (len > 0 && text[0] == '+');
	struct scan scan = {.negative = negative};
	double result;

	if (!scan_number(text, len, at, &scan)) {
		if (!parse_word(text + at, len - at, &result))
			return false;
	} else if (scan.n_digits == 0) {
		result = 0;
	} else if (scan.n_digits <= DIGITS_MAX && scan.digits <= 1ull << 53 &&
		   scan.exponent >= -EXACT_POWER_MAX && scan.exponent <= EXACT_POWER_MAX) {
		result = (double)scan.digits;
		if (scan.exponent < 0)
			result /= powers[-scan.exponent];
		else
			result *= powers[scan.exponent];
	} else {
		result = scan_strtod(text, &scan);
	}
	*value = negative ? -result : result;
	return true;
}
