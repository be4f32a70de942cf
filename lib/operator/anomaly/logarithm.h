// Logarithms that are the same on every machine: libm's may differ between CPUs, and a score must
// not change when a job is restored elsewhere.
#pragma once
#include <stdint.h>
#include <string.h>

// Base 2, of a positive, normal number, to 1e−9.
static inline double logarithm2(double x)
{
	const double ln2 = 0.69314718055994531;
	int64_t exponent;
	uint64_t bits;
	double s, s2;

	memcpy(&bits, &x, sizeof(bits));
	exponent = (int64_t)(bits - 0x3fe6a09e00000000) >> 52; // so that x is from √½ to √2
	bits -= (uint64_t)exponent << 52;
	memcpy(&x, &bits, sizeof(x));
	s = (x - 1) / (x + 1); // ln x = 2 artanh s
	s2 = s * s;
	s *= 1 + s2 * (1 / 3.0 + s2 * (1 / 5.0 + s2 * (1 / 7.0 + s2 * (1 / 9.0))));
	return (double)exponent + 2 / ln2 * s;
}

static inline double logarithm_e(double x)
{
	return 0.69314718055994531 * logarithm2(x);
}

static inline double logarithm10(double x)
{
	return 0.30102999566398120 * logarithm2(x);
}
