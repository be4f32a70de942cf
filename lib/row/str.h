// A view of a string or of bytes, 16 bytes long, as in Umbra (Neumann, Freitag 2020): short ones
// are inline, of long ones the first four bytes are, so that most comparisons touch nothing else.
//
//   len ≤ 12:  | len | 12 bytes, zero-padded          |
//   len > 12:  | len | first 4 bytes | const char *   |
//
// Who holds the bytes behind the pointer is said by who holds the view (a block's heap, a packet, a
// store's heap, a literal). The padding is zero, so equal inline views are equal as two words.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { STR_INLINE_MAX = 12, STR_PREFIX = 4 };

struct str {
	uint32_t len;
	char prefix[STR_PREFIX]; // of an inline string, its first bytes; the rest follows in rest
	union {
		char rest[STR_INLINE_MAX - STR_PREFIX];
		const char *ptr; // of a long string, all len bytes
	};
};

static inline bool str_is_inline(const struct str *str)
{
	return str->len <= STR_INLINE_MAX;
}

// The bytes: len of them, no NUL. Points into *str when inline: str must stay where it is.
static inline const char *str_data(const struct str *str)
{
	return str_is_inline(str) ? str->prefix : str->ptr;
}

// A view of data[:len]; data must outlive it when len > STR_INLINE_MAX.
static inline struct str str_view(const char *data, uint32_t len)
{
	struct str str = {.len = len};

	if (len <= STR_INLINE_MAX) {
		memcpy(str.prefix, data, len > STR_PREFIX ? STR_PREFIX : len);
		if (len > STR_PREFIX)
			memcpy(str.rest, data + STR_PREFIX, len - STR_PREFIX);
	} else {
		memcpy(str.prefix, data, STR_PREFIX);
		str.ptr = data;
	}
	return str;
}

// Whether a[:len] and b[:len] are equal, 8 bytes or more: short ones by two words that overlap, for
// which compilers make no call.
static inline bool str_same_bytes(const char *a, const char *b, uint32_t len)
{
	enum { WORD = 8, PAIR = 16 };

	if (len > 2 * PAIR)
		return memcmp(a, b, len) == 0;
	if (len > 2 * WORD)
		return memcmp(a, b, PAIR) == 0 && memcmp(a + len - PAIR, b + len - PAIR, PAIR) == 0;
	return memcmp(a, b, WORD) == 0 && memcmp(a + len - WORD, b + len - WORD, WORD) == 0;
}

static inline bool str_equal(const struct str *a, const struct str *b)
{
	uint64_t head_a, head_b; // length and prefix

	memcpy(&head_a, a, sizeof(head_a));
	memcpy(&head_b, b, sizeof(head_b));
	if (head_a != head_b)
		return false;
	if (str_is_inline(a))
		return memcmp(a->rest, b->rest, sizeof(a->rest)) == 0;
	return str_same_bytes(a->ptr, b->ptr, a->len);
}

// < 0, 0, > 0: by bytes, unsigned, which for UTF-8 is by code points.
static inline int str_compare(const struct str *a, const struct str *b)
{
	uint32_t len = a->len < b->len ? a->len : b->len;
	int order = memcmp(str_data(a), str_data(b), len);

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}
