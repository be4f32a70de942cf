// Each operation works on magnitudes and signs apart: widen to 256 bits, compute exactly, round
// once (half away from zero, which is HALF_UP on the magnitude), check the precision. Operands of
// one scale and results that stay in 128 bits, which is nearly all of them, skip the wide
// arithmetic.
#include "row/decimal.h"
#include "row/number.h"
#include "row/wide.h"
#include <assert.h>
#include <math.h>

enum { TEN_18 = 18 };

// 10^38 < 2^127: every power that is asked for fits.
decimal decimal_power(int32_t exponent)
{
	static const int64_t powers[TEN_18 + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000,
		10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
		10000000000000, 100000000000000, 1000000000000000, 10000000000000000,
		100000000000000000, 1000000000000000000};
	decimal power = 1;

	assert(exponent >= 0 && exponent <= DECIMAL_PRECISION_MAX);
	for (; exponent > TEN_18; exponent -= TEN_18)
		power *= powers[TEN_18];
	return power * powers[exponent];
}

static u128 magnitude(decimal value)
{
	return value < 0 ? -(u128)value : (u128)value;
}

bool decimal_fits(decimal value, int32_t precision)
{
	return magnitude(value) < (u128)decimal_power(precision);
}

static bool finish(bool negative, struct wide value, int32_t precision, decimal *result)
{
	if (value.high != 0 || value.low >= (u128)decimal_power(precision))
		return false;
	*result = negative ? -(decimal)value.low : (decimal)value.low;
	return true;
}

// value × 10^exponent, or false when it has more than 256 bits. exponent ≥ 0.
static bool scale_up(struct wide value, int32_t exponent, struct wide *result)
{
	if (value.high == 0 && value.low == 0)
		exponent = 0;
	for (; exponent > DECIMAL_PRECISION_MAX; exponent -= DECIMAL_PRECISION_MAX)
		if (!wide_scale(value, (u128)decimal_power(DECIMAL_PRECISION_MAX), &value))
			return false;
	return wide_scale(value, (u128)decimal_power(exponent), result);
}

// value / b, half up.
static struct wide divide_rounding(struct wide value, u128 b)
{
	u128 remainder;

	value = wide_divide(value, b, &remainder);
	if (remainder >= b - remainder)
		value = wide_add(value, (struct wide){.low = 1});
	return value;
}

// value / 10^exponent, half up. Only the last step rounds: cutting digits off before it cannot turn
// less than a half into a half.
static struct wide scale_down(struct wide value, int32_t exponent)
{
	u128 remainder;

	for (; exponent > DECIMAL_PRECISION_MAX; exponent -= DECIMAL_PRECISION_MAX)
		value = wide_divide(value, (u128)decimal_power(DECIMAL_PRECISION_MAX), &remainder);
	return exponent == 0 ? value : divide_rounding(value, (u128)decimal_power(exponent));
}

// value at scale to scale_to and precision.
static bool settle(bool negative, struct wide value, int32_t scale, int32_t scale_to,
	int32_t precision, decimal *result)
{
	if (scale > scale_to)
		value = scale_down(value, scale - scale_to);
	else if (scale < scale_to && !scale_up(value, scale_to - scale, &value))
		return false;
	return finish(negative, value, precision, result);
}

bool decimal_rescale(decimal value, int32_t scale, int32_t scale_to, decimal *result)
{
	return settle(value < 0, (struct wide){.low = magnitude(value)}, scale, scale_to,
		DECIMAL_PRECISION_MAX, result);
}

// The magnitudes of a and b at their larger scale, which is returned. They stay below 10^76 <
// 2^253.
static int32_t align(decimal a, int32_t sa, decimal b, int32_t sb, struct wide *wa, struct wide *wb)
{
	int32_t scale = sa > sb ? sa : sb;

	*wa = wide_multiply(magnitude(a), (u128)decimal_power(scale - sa));
	*wb = wide_multiply(magnitude(b), (u128)decimal_power(scale - sb));
	return scale;
}

bool decimal_add(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision, int32_t scale,
	decimal *result)
{
	bool negative = a < 0;
	struct wide wa, wb;
	int32_t common;

	if (sa == sb && sa == scale) { // two numbers of 38 digits: no overflow
		if (!decimal_fits(a + b, precision))
			return false;
		*result = a + b;
		return true;
	}
	common = align(a, sa, b, sb, &wa, &wb);
	if ((a < 0) == (b < 0)) {
		wa = wide_add(wa, wb);
	} else if (wide_compare(wa, wb) >= 0) {
		wa = wide_subtract(wa, wb);
	} else {
		wa = wide_subtract(wb, wa);
		negative = !negative;
	}
	return settle(negative, wa, common, scale, precision, result);
}

bool decimal_multiply(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision,
	int32_t scale, decimal *result)
{
	struct wide product = wide_multiply(magnitude(a), magnitude(b));

	return settle((a < 0) != (b < 0), product, sa + sb, scale, precision, result);
}

// a / b = (|a| / |b|) × 10^(sb − sa), wanted × 10^scale.
bool decimal_divide(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision, int32_t scale,
	decimal *result)
{
	struct wide dividend = {.low = magnitude(a)}, divisor = {.low = magnitude(b)};
	int32_t exponent = scale + sb - sa;

	// A dividend beyond 256 bits, over at most 38 digits, is far beyond 38 digits.
	if (exponent >= 0 && !scale_up(dividend, exponent, &dividend))
		return false;
	// A divisor of 2^128 or more is more than twice any dividend.
	if (exponent < 0 && (!scale_up(divisor, -exponent, &divisor) || divisor.high != 0)) {
		*result = 0;
		return true;
	}
	return finish(
		(a < 0) != (b < 0), divide_rounding(dividend, divisor.low), precision, result);
}

bool decimal_modulo(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision, int32_t scale,
	decimal *result)
{
	struct wide wa, wb;
	int32_t common = align(a, sa, b, sb, &wa, &wb);

	// Only one of them was scaled: where it is b, beyond 128 bits, a is smaller.
	if (wb.high == 0) {
		u128 remainder;

		wide_divide(wa, wb.low, &remainder);
		wa = (struct wide){.low = remainder};
	}
	return settle(a < 0, wa, common, scale, precision, result);
}

int decimal_compare(decimal a, int32_t sa, decimal b, int32_t sb)
{
	struct wide wa, wb;

	if (sa == sb || (a < 0) != (b < 0))
		return (a > b) - (a < b);
	align(a, sa, b, sb, &wa, &wb);
	return a < 0 ? wide_compare(wb, wa) : wide_compare(wa, wb);
}

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
	return finish(negative, (struct wide){.low = number}, precision, result);
}

uint32_t decimal_format(decimal value, int32_t scale, char text[DECIMAL_TEXT_MAX])
{
	u128 rest = magnitude(value);
	char reversed[DECIMAL_TEXT_MAX];
	uint32_t n = 0, len = 0;

	// In pieces of 18 digits: division of 128 bits is slow.
	while (rest > 0 || (int32_t)n <= scale) {
		uint64_t piece = (uint64_t)(rest % 1000000000000000000u);

		rest /= 1000000000000000000u;
		for (int i = 0; i < TEN_18 && (rest > 0 || piece > 0 || (int32_t)n <= scale); i++) {
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
