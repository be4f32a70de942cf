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
	uint16_t at[JSON_PLAIN_MAX + CHUNK_PLACES + JSON_INDEX_AHEAD]; // [:n], ascending
};

static inline uint64_t json_running_xor(uint64_t bits)
{
#ifdef __PCLMUL__ // a product without carries by all ones
	__m128i product =
		_mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), _mm_set1_epi8(-1), 0);

	return (uint64_t)_mm_cvtsi128_si64(product);
#else
	for (int shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
#endif
}

// Make the index of text[:len]. False when the message is not plain, is too long, or is not UTF-8.
// Behind the last entry follow JSON_INDEX_AHEAD that say len.
static inline bool json_index_make(struct json_index *index, const char *text, uint32_t len)
{
	uint64_t inside = 0, odd = 0, high = 0; // inside: all ones while a string is open
	uint32_t n = 0, n_ends;

	if (len > JSON_PLAIN_MAX)
		return false;
	for (uint32_t base = 0; base < len; base += CHUNK) {
		struct chunk chunk = chunk_load_padded(text + base, len - base, ' ');
		uint64_t quotes = chunk_equal(chunk, '"');
		uint64_t strings = json_running_xor(quotes) ^ inside;
		uint64_t ends = chunk_equal(chunk, ',') | chunk_equal(chunk, '}');

		high |= chunk_not_ascii(chunk);
		odd |= chunk_equal(chunk, '\\') | chunk_control(chunk);
		ends = quotes | (ends & ~strings);
		n_ends = (uint32_t)__builtin_popcountll(ends);
		chunk_places(index->at + n, ends, n_ends, base);
		n += n_ends;
		inside = (uint64_t)((int64_t)(strings << (64 - CHUNK)) >> 63);
	}
	if (odd != 0 || (high != 0 && !utf8_valid(text, len)))
		return false;
	index->n = n;
	for (uint32_t i = 0; i < JSON_INDEX_AHEAD; i++)
		index->at[n + i] = (uint16_t)len;
	return true;
}

static inline void json_index_copy(struct json_index *to, const struct json_index *from)
{
	to->n = from->n;
	memcpy(to->at, from->at, (from->n + JSON_INDEX_AHEAD) * sizeof(from->at[0]));
}
