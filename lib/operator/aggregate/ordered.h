// Values as whole numbers in the same order, for what sorts and selects by bits.
#pragma once
#include <string.h>
#include "operator/aggregate/kernels.h"

// A double's bits in the order of numbers: −∞ … −0, 0 … ∞, NaN.
static inline uint64_t ordered_from_bits(uint64_t bits)
{
	if ((bits & ~(1ull << 63)) > 0x7ffull << 52)
		return UINT64_MAX; // of NaNs there is one
	return bits >> 63 ? ~bits : bits | 1ull << 63;
}

static inline double ordered_to_double(uint64_t ordered)
{
	uint64_t bits = ordered >> 63 ? ordered & ~(1ull << 63) : ~ordered;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static inline uint64_t ordered_from_double(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return ordered_from_bits(bits);
}

// Of a number, date, time or interval of at most 8 bytes, or of a DECIMAL of up to 18 digits, as it
// is in a column.
static inline uint64_t ordered_load(enum type_kind kind, const void *at)
{
	int64_t number;

	if (kind == TYPE_DOUBLE)
		return ordered_from_double(*(const double *)at);
	if (kind == TYPE_FLOAT)
		return ordered_from_double((double)*(const float *)at);
	switch (type_width(kind)) {
	case 1:
		number = *(const int8_t *)at;
		break;
	case 2:
		number = *(const int16_t *)at;
		break;
	case 4:
		number = *(const int32_t *)at;
		break;
	case 8:
		number = *(const int64_t *)at;
		break;
	default:
		number = (int64_t) * (const decimal_8 *)at;
	}
	return (uint64_t)number ^ 1ull << 63;
}

static inline void ordered_store(enum type_kind kind, uint64_t ordered, void *at)
{
	decimal number = (int64_t)(ordered ^ 1ull << 63); // little endian: narrow ones come first
	double real = ordered_to_double(ordered);
	float single = (float)real;

	if (kind == TYPE_DOUBLE)
		memcpy(at, &real, sizeof(real));
	else if (kind == TYPE_FLOAT)
		memcpy(at, &single, sizeof(single));
	else
		memcpy(at, &number, type_width(kind));
}
