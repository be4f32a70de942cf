// A set of values of one type, each with how often it is in: what DISTINCT needs.
//
//   root ─► leaf: up to 16 records                  while there are few
//        └► node: 16 children by 4 bits of the hash, each a leaf or a node
//
// A hash trie (Bagwell, "Ideal hash trees", 2001) with leaves of a cache line or a few: nothing is
// ever rehashed as a whole, pieces fit a state_heap, and walking it needs no order. Values are
// hashed with a key; those whose 32 bits of hash are the same share a leaf that grows up to
// STATE_HEAP_MAX.
#pragma once
#include <stdbool.h>
#include "base/hash.h"
#include "row/type.h"
#include "state/heap.h"

// Zeroed bytes are an empty set, so that it can be part of a keyed store's state.
struct value_set {
	void *root;
	uint64_t n; // different values
};

// What is the same in all calls for a set.
struct value_set_of {
	struct state_heap *heap;
	const struct hash_seed *seed;
	enum type_kind kind; // values are compared by bits; of strings, by their bytes
};

// Add times occurrences of the value at `value`, of the kind's form in a column; bytes of a long
// string are copied. Returns 1 when the value is new, 0 when it was there, −ENOMEM when it was lost
// (the heap is full, or a string is longer than STATE_HEAP_MAX).
int value_set_add(
	struct value_set *set, const struct value_set_of *of, const void *value, uint64_t times);
// Take one occurrence back. True when it was the last one: the value is gone. A value that is not
// there is no matter.
bool value_set_remove(struct value_set *set, const struct value_set_of *of, const void *value);
void value_set_clear(struct value_set *set, const struct value_set_of *of);

enum { VALUE_SET_DEPTH_MAX = 8 };

// A walk over all values; zeroed, it stands at the beginning. The set must not change.
struct value_set_cursor {
	uint32_t path; // the leaf: 4 bits for each level, the top ones first
	uint32_t at; // in the leaf
	bool is_done;
};

// The next value, which *times says how often it is in; NULL at the end.
const void *value_set_next(const struct value_set *set, enum type_kind kind,
	struct value_set_cursor *cursor, uint64_t *times);
// How often a value that value_set_next() gave is in.
uint64_t value_set_times(const void *value);
