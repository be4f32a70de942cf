// Fetching states from memory some events before their turn: of many keys they are in no cache, and
// the caller has prefetched no more than the first line of each.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum {
	AHEAD_EVENTS = 12, // as many take as long as memory does
	AHEAD_LINE = 64,
};

// Bytes [from, to) of a state, which may be changed. States are not aligned to cache lines.
static inline void ahead_fetch(const void *state, size_t from, size_t to)
{
	for (size_t at = from; at < to; at += AHEAD_LINE)
		__builtin_prefetch((const char *)state + at, 1);
	__builtin_prefetch((const char *)state + to - 1, 1);
}

// At event i of n, all that is touched of a state: its first size bytes.
static inline void ahead_fetch_next(void *const *states, uint16_t i, uint16_t n, size_t size)
{
	if (i + AHEAD_EVENTS < n)
		ahead_fetch(states[i + AHEAD_EVENTS], 0, size);
}
