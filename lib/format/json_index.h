// Where the quotes, commas and closing braces of a plain JSON message are: the ends of its strings
// and numbers are then known without looking for one after the other.
//
// Idea: a byte is inside a string when the number of quotes before it is odd, and that, for 64
// bytes at once, is the running exclusive or of their bits (simdjson, Langdale, Lemire 2019). A
// message with an escape or a control character is not plain.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "format/chunk.h"
#include "format/utf8.h"

enum {
	JSON_PLAIN_MAX = 1024, // bytes of a plain message; a power of two
	JSON_INDEX_AHEAD = 4, // entries that can be read behind the last
};

struct json_index {
	uint32_t n;
	uint16_t at[JSON_PLAIN_MAX + CHUNK_TEXT + JSON_INDEX_AHEAD]; // [:n], ascending
};

static inline uint64_t json_running_xor(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

static inline void json_index_add(struct json_index *index, uint64_t mask, uint32_t base)
{
	uint16_t *to = index->at + index->n;

	index->n += (uint32_t)__builtin_popcountll(mask);
#ifdef __AVX512VBMI2__
	const __m512i lanes = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51,
		50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30,
		29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9,
		8, 7, 6, 5, 4, 3, 2, 1, 0);
	const __m512i start = _mm512_set1_epi16((int16_t)base);
	__m512i packed = _mm512_maskz_compress_epi8(mask, lanes);
	__m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(packed));

	// All are written, those that are not there too: the next chunk's go over them.
	_mm512_storeu_si512(to, _mm512_add_epi16(low, start));
	if (index->at + index->n > to + 32) {
		low = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(packed, 1));
		_mm512_storeu_si512(to + 32, _mm512_add_epi16(low, start));
	}
#else
	for (; mask != 0; mask &= mask - 1)
		*to++ = (uint16_t)(base + mask_first(mask));
#endif
}

// Make the index of text[:len]. False when the message is not plain, is too long, or is not UTF-8.
// Behind the last entry follow JSON_INDEX_AHEAD that say len.
static inline bool json_index_make(struct json_index *index, const char *text, uint32_t len)
{
	uint64_t inside = 0, odd = 0, high = 0; // inside: all ones while a string is open

	if (len > JSON_PLAIN_MAX)
		return false;
	index->n = 0;
	for (uint32_t base = 0; base < len; base += CHUNK) {
		struct chunk chunk = chunk_load(text + base, len - base);
		uint64_t valid = len - base >= 64 ? ~0ull : (1ull << (len - base)) - 1;
		uint64_t quotes = chunk_equal(chunk, '"');
		uint64_t strings = json_running_xor(quotes) ^ inside;
		uint64_t ends = chunk_equal(chunk, ',') | chunk_equal(chunk, '}');

		high |= chunk_not_ascii(chunk);
		odd |= chunk_equal(chunk, '\\') |
		       (chunk_special(chunk) & ~chunk_not_ascii(chunk) & valid);
		json_index_add(index, quotes | (ends & ~strings), base);
		inside = (uint64_t)((int64_t)(strings << (64 - CHUNK)) >> 63);
	}
	if (odd != 0 || (high != 0 && !utf8_valid(text, len)))
		return false;
	for (uint32_t i = 0; i < JSON_INDEX_AHEAD; i++)
		index->at[index->n + i] = (uint16_t)len;
	return true;
}
