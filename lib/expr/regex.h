// Regular expressions in time linear in the text, by RE2, written as in java.util.regex. Internal
// to the module. What cannot be matched in linear time (look-around, back references, possessive
// and atomic groups) is refused with the place.
//
// Memory: a compiled expression takes at most REGEX_MEMORY_MAX bytes, which includes the states of
// its automaton that matching builds and throws away. That is the only allocation of a match.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	REGEX_PATTERN_MAX = 1024, // bytes
	REGEX_TEXT_MAX = 32 * REGEX_PATTERN_MAX, // of a pattern in RE2's syntax
	REGEX_GROUPS_MAX = 100,
	REGEX_WHY_MAX = 160,
	REGEX_MEMORY_MAX = 4 << 20,
};

struct regex; // opaque: an RE2 object

// A group's place in the text, in bytes; −1, −1 when it took no part in the match.
struct regex_span {
	int32_t start, end;
};

// Compile RE2's text[:len]. whole: all of a text must match. Returns NULL with why filled.
struct regex *regex_new(const char *text, uint32_t len, bool whole, char why[REGEX_WHY_MAX]);
void regex_free(struct regex *regex); // regex may be NULL
uint32_t regex_groups(const struct regex *regex); // without the whole match

// The first match in text[:len] that does not start before `from`. spans[:n] are set to the whole
// match and its groups; n ≤ regex_groups() + 1, and the fewer the faster.
bool regex_find(const struct regex *regex, const char *text, uint32_t len, uint32_t from,
	struct regex_span *spans, uint32_t n);

// regex_java.c: java.util.regex's pattern[:len] in RE2's syntax. Returns the length, or −1 with why
// filled.
int32_t regex_from_java(
	const char *pattern, uint32_t len, char out[REGEX_TEXT_MAX], char why[REGEX_WHY_MAX]);
// regex_similar.c: the same of SIMILAR TO's pattern; escape < 0: there is none.
int32_t regex_from_similar(const char *pattern, uint32_t len, int escape, char out[REGEX_TEXT_MAX],
	char why[REGEX_WHY_MAX]);

#ifdef __cplusplus
}
#endif
