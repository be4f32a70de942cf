// JSON (RFC 8259) by the token: each function takes where a token starts, checks it, and returns
// where it ends, or NULL when it is wrong. They stand at one byte at least: at < end.
#pragma once
#include <rte_branch_prediction.h>
#include <stdbool.h>
#include "format/chunk.h"

enum { JSON_DEPTH_MAX = 64 }; // objects and arrays inside each other, with the message's own

static inline bool json_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline const char *json_skip_blanks(const char *at, const char *end)
{
	while (at < end && unlikely((uint8_t)*at <= ' ') && json_is_blank(*at))
		at++;
	return at;
}

// What made a string's scan leave the quick path at `at`: an escape or a code point that is not
// ASCII. Returns what follows it, or NULL.
const char *json_scan_special(const char *at, const char *end, bool *escaped);

// The rest of a string whose opening quote is behind us: returns its closing quote. Valid UTF-8, no
// control characters. *escaped becomes true when it has escapes.
static inline const char *json_scan_string(const char *at, const char *end, bool *escaped)
{
	while (at != NULL && at < end) {
		struct chunk chunk = chunk_load(at, (size_t)(end - at));
		uint64_t stops =
			chunk_equal(chunk, '"') | chunk_equal(chunk, '\\') | chunk_special(chunk);

		if (stops == 0) {
			at += CHUNK;
			continue;
		}
		at += mask_first(stops);
		if (at == end) // the zeros behind it
			return NULL;
		if (likely(*at == '"'))
			return at;
		at = json_scan_special(at, end, escaped);
	}
	return NULL;
}

// A number of more than a chunk's digits or with an exponent.
const char *json_scan_number_slow(const char *at, const char *end);

static inline const char *json_scan_number(const char *at, const char *end)
{
	const char *digits = at + (*at == '-');
	uint64_t others;
	uint32_t n;

	if (digits == end)
		return NULL;
	others = ~chunk_digits(chunk_load(digits, (size_t)(end - digits)));
	n = mask_first(others);
	if (unlikely(n >= CHUNK))
		return json_scan_number_slow(at, end);
	if (n == 0 || (*digits == '0' && n > 1))
		return NULL;
	if (digits + n < end && digits[n] == '.') {
		uint32_t point = n;

		others &= others - 1;
		n = mask_first(others);
		if (unlikely(n >= CHUNK))
			return json_scan_number_slow(at, end);
		if (n == point + 1)
			return NULL;
	}
	if (unlikely(digits + n < end && (digits[n] | 0x20) == 'e'))
		return json_scan_number_slow(at, end);
	return digits + n;
}

// true, false, null: four bytes compared at once, the e of false apart.
static inline const char *json_scan_word(const char *at, const char *end)
{
	const char *word = *at == 't' ? "true" : *at == 'f' ? "fals" : "null";

	if (end - at < 4 || memcmp(at, word, 4) != 0)
		return NULL;
	if (*at != 'f')
		return at + 4;
	return end - at > 4 && at[4] == 'e' ? at + 5 : NULL;
}

// Any value; depth is how many objects and arrays it is in. *too_deep tells why it was refused.
const char *json_scan_value(const char *at, const char *end, int depth, bool *too_deep);

// Write the string text[:len], scanned before, without its escapes to out, which has room for len
// bytes. A lone surrogate becomes U+FFFD. Returns the length.
uint32_t json_unescape(const char *text, uint32_t len, char *out);
