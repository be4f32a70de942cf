// UTF-8 by code points, for kernels. Bytes that are not UTF-8 count as one code point each, so that
// nothing here reads past the end or fails.
#pragma once
#include "row/str.h"

// Bytes of the code point that starts with this byte, 1 … 4.
static inline uint32_t text_width(char first)
{
	unsigned char byte = (unsigned char)first;

	return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

// Where the code point behind the one at text[at] starts; len when there is none.
static inline uint32_t text_next(const char *text, uint32_t len, uint32_t at)
{
	uint32_t width = text_width(text[at]);

	return width < len - at ? at + width : len;
}

// Bytes of the first n code points of text[:len]; all of them when there are fewer.
static inline uint32_t text_prefix(const char *text, uint32_t len, uint64_t n)
{
	uint32_t at = 0;

	while (n > 0 && at < len) {
		at += text_width(text[at]);
		n--;
	}
	return at < len ? at : len;
}

static inline uint32_t text_count(const char *text, uint32_t len)
{
	uint32_t n = 0;

	for (uint32_t at = 0; at < len; at += text_width(text[at]))
		n++;
	return n;
}
