// Unsigned integers of 256 bits: what products of two decimals need. Only what decimal.c uses.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef unsigned __int128 u128;

struct wide {
	u128 high, low;
};

static inline struct wide wide_multiply(u128 a, u128 b)
{
	u128 a0 = (uint64_t)a, a1 = a >> 64, b0 = (uint64_t)b, b1 = b >> 64;
	u128 low = a0 * b0, middle = a0 * b1 + (low >> 64), middle2 = a1 * b0 + (uint64_t)middle;

	return (struct wide){
		.high = a1 * b1 + (middle >> 64) + (middle2 >> 64),
		.low = middle2 << 64 | (uint64_t)low,
	};
}

// a × b, or false when it has more than 256 bits.
static inline bool wide_scale(struct wide a, u128 b, struct wide *result)
{
	struct wide low = wide_multiply(a.low, b), high = wide_multiply(a.high, b);

	if (high.high != 0 || __builtin_add_overflow(low.high, high.low, &low.high))
		return false;
	*result = low;
	return true;
}

static inline int wide_compare(struct wide a, struct wide b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return (a.low > b.low) - (a.low < b.low);
}

static inline struct wide wide_add(struct wide a, struct wide b) // modulo 2^256
{
	u128 low = a.low + b.low;

	return (struct wide){.high = a.high + b.high + (low < a.low), .low = low};
}

static inline struct wide wide_subtract(struct wide a, struct wide b) // a ≥ b
{
	return (struct wide){.high = a.high - b.high - (a.low < b.low), .low = a.low - b.low};
}

// a / b, rounded down, and what remains. 0 < b < 2^127. One bit at a time where a has more than 128
// bits, which few have.
static inline struct wide wide_divide(struct wide a, u128 b, u128 *remainder)
{
	struct wide quotient = {.high = a.high / b};
	u128 rest = a.high % b;

	if (rest == 0) {
		quotient.low = a.low / b;
		*remainder = a.low % b;
		return quotient;
	}
	for (int bit = 127; bit >= 0; bit--) {
		rest = rest << 1 | (a.low >> bit & 1);
		quotient.low <<= 1;
		if (rest >= b) {
			rest -= b;
			quotient.low |= 1;
		}
	}
	*remainder = rest;
	return quotient;
}
