// Aggregate functions as lift, combine, lower over a state of fixed size (Tangwongsan et al. 2015),
// so that slices of windows can be merged. All work on whole blocks: one call for many rows.
//
// States live in a keyed store: zeroed bytes are the state of no rows at all.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "row/block.h"
#include "state/keyed_store.h"

struct aggregate; // one function for one argument type: its kernels

// A call as the planner has resolved it.
struct aggregate_call {
	const struct aggregate *function;
	uint16_t argument; // column of the input; unused for COUNT(*)
	int32_t filter; // a BOOLEAN column that must be TRUE: FILTER (WHERE …); −1 = none
	struct type argument_type;
	struct type result_type;
	const char *text; // "SUM(amount)", for EXPLAIN
};

// Resolve name(argument): "COUNT" (argument NULL = COUNT(*)), "SUM", "MIN", "MAX", "AVG". Result
// types are Flink's: SUM and AVG of integers have the argument's type, SUM(DECIMAL(p, s)) is
// DECIMAL(38, s), AVG(DECIMAL(p, s)) is DECIMAL(38, max(s, 6)). Sets function, argument_type and
// result_type. Returns 0, or -EINVAL with *err filled.
int aggregate_resolve(const char *name, const struct type *argument, struct pos pos,
	struct aggregate_call *call, struct err *err);
bool aggregate_is_name(const char *name); // letter case aside

uint32_t aggregate_state_size(const struct aggregate *function); // bytes, a multiple of 8

// Add argument->values[slots[i]] to the state at states[i] + offset, for i < n; states[i] NULL is
// skipped. heap: where MIN and MAX of long strings keep bytes; returns how many values were lost
// because it was full.
uint32_t aggregate_update(const struct aggregate_call *call, const struct block *block,
	const uint16_t *slots, uint16_t n, void *const *states, uint32_t offset,
	struct keyed_store *heap);
// into[i] += from[i] for i < n.
uint32_t aggregate_combine(const struct aggregate_call *call, void *const *into,
	const void *const *from, uint16_t n, uint32_t offset, struct keyed_store *heap);
// column[slot 0 … n − 1] = the result of each state. Strings stay views of the store's bytes.
void aggregate_result(const struct aggregate_call *call, void *const *states, uint16_t n,
	uint32_t offset, struct column *column);
