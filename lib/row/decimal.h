// Exact decimals to 38 digits: an integer of 128 bits, the scale is the type's. Rules are Flink's
// (java.math.BigDecimal, HALF_UP); a result that does not fit its precision is NULL in SQL, so the
// functions here return false for it.
#pragma once
#include "row/type.h"

enum { DECIMAL_TEXT_MAX = 48 };

// 10^exponent, 0 ≤ exponent ≤ 38.
decimal decimal_power(int32_t exponent);
// |value| < 10^precision.
bool decimal_fits(decimal value, int32_t precision);

// value from scale to scale_to, rounding half away from zero. False on overflow of 38 digits.
bool decimal_rescale(decimal value, int32_t scale, int32_t scale_to, decimal *result);

// Results at the scale given, rounded HALF_UP, or false when they do not fit precision digits.
// The operands are at scales sa and sb.
bool decimal_add(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision, int32_t scale,
	decimal *result);
bool decimal_multiply(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision,
	int32_t scale, decimal *result);
bool decimal_divide(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision, int32_t scale,
	decimal *result); // b ≠ 0
// a mod b with the sign of a, at the larger of both scales. b ≠ 0.
bool decimal_modulo(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision, int32_t scale,
	decimal *result);
int decimal_compare(decimal a, int32_t sa, decimal b, int32_t sb); // < 0, 0, > 0

// text[:len] like "-12.340" or "1.5e3" to precision and scale, rounding HALF_UP. False when it is
// no number or does not fit. Blanks around it are the caller's to strip.
bool decimal_parse(
	const char *text, uint32_t len, int32_t precision, int32_t scale, decimal *result);
// With its full scale: "-1.10". Returns the length; no NUL.
uint32_t decimal_format(decimal value, int32_t scale, char text[DECIMAL_TEXT_MAX]);

double decimal_to_double(decimal value, int32_t scale);
// The decimal nearest to value's shortest text form, as BigDecimal.valueOf(double) has it.
bool decimal_from_double(double value, int32_t precision, int32_t scale, decimal *result);
