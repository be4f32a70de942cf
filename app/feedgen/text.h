// Appending text to a buffer that the caller knows to be big enough; each returns the new end.
// Without stdio: a feed is written at millions of fields a second.
#pragma once
#include <stdint.h>
#include <string.h>

// A string literal.
#define text_literal(at, literal) \
	((char *)memcpy(at, literal, sizeof(literal) - 1) + sizeof(literal) - 1)

static inline char *text_string(char *at, const char *string)
{
	size_t len = strlen(string);

	return (char *)memcpy(at, string, len) + len;
}

// Exactly digits digits, zeros in front; value < 10^digits.
static inline char *text_padded(char *at, uint64_t value, uint32_t digits)
{
	for (uint32_t i = digits; i > 0; i--, value /= 10)
		at[i - 1] = (char)('0' + value % 10);
	return at + digits;
}

static inline uint32_t text_digits(uint64_t value)
{
	uint32_t digits = 1;

	for (; value >= 10; value /= 10)
		digits++;
	return digits;
}

static inline char *text_uint(char *at, uint64_t value)
{
	return text_padded(at, value, text_digits(value));
}

// value / 10^decimals, with exactly decimals digits after the point.
static inline char *text_fixed(char *at, int64_t value, uint32_t decimals)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	uint64_t scale = 1;

	for (uint32_t i = 0; i < decimals; i++)
		scale *= 10;
	if (value < 0)
		*at++ = '-';
	at = text_uint(at, magnitude / scale);
	*at++ = '.';
	return text_padded(at, magnitude % scale, decimals);
}
