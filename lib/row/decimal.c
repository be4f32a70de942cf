// Each operation works on magnitudes and signs apart: widen to 256 bits, compute exactly, round
// once (half away from zero, which is HALF_UP on the magnitude), check the precision. Operands of
// one scale and results that stay in 128 bits, which is nearly all of them, skip the wide
// arithmetic.
#include "row/decimal.h"
#include "row/wide.h"
#include <assert.h>

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

	if (sa == sb && sa == scale) { // two numbers of 38 digits may exceed 127 bits
		decimal sum;

		if (__builtin_add_overflow(a, b, &sum) || !decimal_fits(sum, precision))
			return false;
		*result = sum;
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
