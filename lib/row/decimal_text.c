// Decimals as text and as doubles.
#include "row/decimal.h"
#include "row/number.h"
#include "row/wide.h"
#include <math.h>

// Digits that fit 64 bits: division of 128 bits is slow, so that it is done once in so many.
enum { PIECE_DIGITS = 18 };
#define PIECE 1000000000000000000u

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

// Length of the mantissa in text[:len] and where its point is (its end when there is none).
// 0 when there is no digit.
static uint32_t scan_mantissa(const char *text, uint32_t len, uint32_t *point)
{
	uint32_t at = 0, n_digits = 0;
	bool has_point = false;

	for (; at < len; at++) {
		if (is_digit(text[at]))
			n_digits++;
		else if (text[at] == '.' && !has_point)
			*point = at;
		else
			break;
		has_point |= text[at] == '.';
	}
	if (!has_point)
		*point = at;
	return n_digits == 0 ? 0 : at;
}

// text[:len]: nothing, or an exponent of any size; far ones are all alike.
static bool parse_exponent(const char *text, uint32_t len, int64_t *exponent)
{
	bool negative;
	uint32_t at = 1;

	*exponent = 0;
	if (len == 0)
		return true;
	if (text[0] != 'e' && text[0] != 'E')
		return false;
	negative = len > 1 && text[1] == '-';
	at += negative || (len > 1 && text[1] == '+');
	if (at == len)
		return false;
	for (; at < len; at++) {
		if (!is_digit(text[at]))
			return false;
		if (*exponent < INT64_MAX / 100)
			*exponent = *exponent * 10 + (text[at] - '0');
	}
	if (negative)
		*exponent = -*exponent;
	return true;
}

// The digits of a mantissa of which n_whole stand before the point (any number: exponent included),
// as an integer at scale. False when more than 38 digits are left.
static bool take_digits(
	const char *text, uint32_t len, int64_t n_whole, int32_t scale, u128 *number)
{
	int64_t n_kept = n_whole + scale; // digits from here on only round
	int64_t i = 0;

	*number = 0;
	for (uint32_t at = 0; at < len; at++) {
		if (text[at] == '.')
			continue;
		if (i == n_kept)
			*number += text[at] >= '5';
		if (i++ >= n_kept)
			continue;
		if (*number >= (u128)decimal_power(DECIMAL_PRECISION_MAX - 1))
			return false;
		*number = *number * 10 + (u128)(text[at] - '0');
	}
	for (; *number > 0 && i < n_kept; i++) {
		if (*number >= (u128)decimal_power(DECIMAL_PRECISION_MAX - 1))
			return false;
		*number *= 10;
	}
	return true;
}

bool decimal_parse(
	const char *text, uint32_t len, int32_t precision, int32_t scale, decimal *result)
{
	bool negative = len > 0 && text[0] == '-';
	uint32_t sign = negative || (len > 0 && text[0] == '+');
	uint32_t mantissa_len, point = 0;
	int64_t exponent;
	u128 number;

	text += sign;
	len -= sign;
	mantissa_len = scan_mantissa(text, len, &point);
	if (mantissa_len == 0 ||
		!parse_exponent(text + mantissa_len, len - mantissa_len, &exponent))
		return false;
	if (!take_digits(text, mantissa_len, exponent + point, scale, &number))
		return false;
	if (number >= (u128)decimal_power(precision))
		return false;
	*result = negative ? -(decimal)number : (decimal)number;
	return true;
}

uint32_t decimal_format(decimal value, int32_t scale, char text[DECIMAL_TEXT_MAX])
{
	u128 rest = value < 0 ? -(u128)value : (u128)value;
	char reversed[DECIMAL_TEXT_MAX];
	uint32_t n = 0, len = 0;

	while (rest > 0 || (int32_t)n <= scale) {
		uint64_t piece = (uint64_t)(rest % PIECE);

		rest /= PIECE;
		for (int i = 0; i < PIECE_DIGITS && (rest > 0 || piece > 0 || (int32_t)n <= scale);
			i++) {
			reversed[n++] = (char)('0' + piece % 10);
			piece /= 10;
		}
	}
	if (value < 0)
		text[len++] = '-';
	while (n > 0) {
		text[len++] = reversed[--n];
		if (n > 0 && (int32_t)n == scale)
			text[len++] = '.';
	}
	return len;
}

double decimal_to_double(decimal value, int32_t scale)
{
	char text[DECIMAL_TEXT_MAX];
	double result = 0;

	number_parse_double(text, decimal_format(value, scale, text), &result);
	return result;
}

bool decimal_from_double(double value, int32_t precision, int32_t scale, decimal *result)
{
	char text[NUMBER_TEXT_MAX];

	if (!isfinite(value))
		return false;
	return decimal_parse(text, number_format_double(value, text), precision, scale, result);
}
