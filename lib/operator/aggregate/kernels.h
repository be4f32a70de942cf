// Inside the aggregates: what a function is made of. Only files of this folder include it.
#pragma once
#include "operator/aggregate/aggregate.h"

// The rows that one call adds: values[slots[i]] to the state at states[i] + offset, for i < n.
// Rows that are NULL or that the filter leaves out are not among them.
struct lift {
	const void *values; // of the argument's type; COUNT does not look at them
	const uint16_t *slots;
	void *const *states; // NULL = skip
	uint16_t n;
	uint32_t offset;
	struct keyed_store *heap;
};

// into[i] += from[i] at offset, for i < n.
struct merge {
	void *const *into; // NULL = skip
	const void *const *from;
	uint16_t n;
	uint32_t offset;
	struct keyed_store *heap;
};

// Each kernel works on a whole block, in a loop of its own for its type.
struct aggregate {
	uint32_t state_size; // bytes, a multiple of 8
	bool takes_nulls; // COUNT(*): the argument, and whether it is NULL, is no matter
	uint32_t (*lift)(const struct lift *lift); // returns how many values were lost
	uint32_t (*combine)(const struct merge *merge);
	// column[i] = result of states[i]; nulls are clear before.
	void (*lower)(const struct aggregate_call *call, void *const *states, uint16_t n,
		uint32_t offset, struct column *column);
};

// NULL when the function does not take the type.
extern const struct aggregate aggregate_count, aggregate_count_all;
const struct aggregate *sum_for(enum type_kind kind);
const struct aggregate *avg_for(enum type_kind kind);
const struct aggregate *extreme_for(enum type_kind kind, bool max); // MIN or MAX

static inline void *state_at(void *state, uint32_t offset)
{
	return (char *)state + offset;
}

static inline const void *const_state_at(const void *state, uint32_t offset)
{
	return (const char *)state + offset;
}

// A DECIMAL within a state or a column of unknown alignment: 8 bytes are certain.
typedef decimal decimal_8 __attribute__((aligned(8)));
