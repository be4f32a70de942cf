// Inside the aggregates: what a function is made of. Only files of this folder include it.
#pragma once
#include "operator/aggregate/aggregate.h"

// The rows that one call adds or takes back: values[slots[i]] and the state at states[i] + offset,
// for i < n. Rows that are NULL or that the filter leaves out are not among them.
// A loop that writes states works with a copy of it, which the compiler then keeps in registers.
struct lift {
	const struct aggregate_call *call;
	const void *values; // columns[0]'s, of the argument's type; NULL for COUNT(*)
	const struct column *columns[AGGREGATE_ARGUMENTS_MAX];
	const uint16_t *slots;
	void *const *states; // NULL = skip
	uint16_t n;
	uint32_t offset;
	struct state_heap *heap;
};

// into[i] += from[i] at offset, for i < n.
struct merge {
	const struct aggregate_call *call;
	void *const *into; // NULL = skip
	const void *const *from;
	uint16_t n;
	uint32_t offset;
	struct state_heap *heap;
};

struct lower {
	const struct aggregate_call *call;
	void *const *states;
	uint16_t n;
	uint32_t offset;
	struct column *column; // [i] = result of states[i]; nulls are clear before
	struct result_heap *out;
};

struct release {
	const struct aggregate_call *call;
	void *const *states; // NULL = skip
	uint16_t n;
	uint32_t offset;
	struct state_heap *heap;
};

// Each kernel works on a whole block, in a loop of its own for its type.
struct aggregate {
	uint32_t state_size; // bytes, a multiple of 8
	uint32_t state_version; // grows when what pack() writes changes its form or its meaning
	bool takes_nulls; // rows whose first argument is NULL come too
	bool is_list; // the state is a list (list.h)
	bool is_of_last_row; // the result is of the row that was added last
	bool rounds; // sums of floating-point numbers: the last digits depend on the order
	enum aggregate_order order; // in which states are merged
	uint32_t (*lift)(const struct lift *lift); // returns how many values were lost
	// lift for states[:n] that are all the same, which is kept in registers. NULL = lift does.
	uint32_t (*lift_one)(const struct lift *lift);
	uint32_t (*combine)(const struct merge *merge);
	uint32_t (*retract)(const struct lift *lift); // NULL = not possible
	void (*lower)(const struct lower *lower);
	// What is in the heap. NULL = nothing: the state is plain bytes. Else both are set:
	void (*release)(const struct release *release);
	void (*pack)(const struct aggregate_call *call, const void *state, struct record_out *out);
	// Into zeroed bytes. 0, −EINVAL or −ENOMEM; what was taken can be released.
	int (*unpack)(const struct aggregate_call *call, struct record_reader *in, void *state,
		struct state_heap *heap);
};

// NULL when the function does not take the type.
extern const struct aggregate aggregate_count;
extern const struct aggregate aggregate_first, aggregate_last;
extern const struct aggregate aggregate_list_first, aggregate_list_last, aggregate_lag;
extern const struct aggregate aggregate_listagg, aggregate_percentile;
extern const struct aggregate aggregate_approx_count, aggregate_percentile_approx;
extern const struct aggregate aggregate_topk, aggregate_count_min;
extern const struct aggregate aggregate_json_array, aggregate_json_array_nulls;
extern const struct aggregate aggregate_json_object;
extern const struct aggregate aggregate_array, aggregate_array_nulls, aggregate_collect;
const struct aggregate *sum_for(enum type_kind kind);
const struct aggregate *avg_for(enum type_kind kind);
const struct aggregate *extreme_for(enum type_kind kind, bool max); // MIN or MAX
const struct aggregate *sliding_extreme_for(enum type_kind kind, bool max);
// Make call one of its function over different values only.
void distinct_wrap(struct aggregate_call *call, struct arena *arena);

struct lag_data {
	uint32_t offset;
};

struct listagg_data {
	struct str separator;
};

enum { PERCENTAGES_MAX = 64 };

struct percentile_data {
	uint16_t n; // 0: one, and the result is no array
	double p[PERCENTAGES_MAX];
};

enum { TOPK_MAX = 100 };

struct topk_data {
	uint16_t k; // 1 … TOPK_MAX
	uint16_t n_tracked; // counters
};

struct json_data {
	bool absent_on_null;
};

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
