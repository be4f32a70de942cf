// Aggregate functions as lift, combine, lower over a state of fixed size (Tangwongsan et al. 2015),
// so that slices of windows can be merged; retract for windows that slide row by row. All work on
// whole blocks: one call for many rows.
//
// Zeroed bytes are the state of no rows at all. What outgrows a state is kept in a heap.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "row/block.h"
#include "snapshot/record.h"
#include "state/heap.h"

struct aggregate; // one function for one argument type: its kernels
struct expr;

enum { AGGREGATE_ARGUMENTS_MAX = 3 };

// A call as the planner has resolved it.
struct aggregate_call {
	const struct aggregate *function;
	uint16_t n_arguments; // columns it reads; 0: COUNT(*)
	uint16_t arguments[AGGREGATE_ARGUMENTS_MAX]; // columns of the input
	int32_t filter; // a BOOLEAN column that must be TRUE: FILTER (WHERE …); −1 = none
	bool distinct;
	const void *data; // what constant arguments became, or NULL
	struct type argument_types[AGGREGATE_ARGUMENTS_MAX];
	struct type result_type;
	const char *text; // "SUM(DISTINCT amount)", for EXPLAIN
};

// An argument as written: its type, and the literal if it is one.
struct aggregate_arg {
	struct type type;
	const struct expr *literal; // EXPR_LITERAL, or NULL
};

enum aggregate_use {
	AGGREGATE_GROUPED, // rows come, states are merged
	AGGREGATE_SLIDING, // an OVER frame that rows leave again
	AGGREGATE_RUNNING, // OVER … UNBOUNDED PRECEDING: rows only come
};

// Resolve name([DISTINCT] args); no args is COUNT(*). Result types are Flink's: SUM and AVG of
// integers have the argument's type, SUM(DECIMAL(p, s)) is DECIMAL(38, s), AVG(DECIMAL(p, s)) is
// DECIMAL(38, max(s, 6)).
//
// Sets all of *call but filter and text. arguments[i] is then which of args the function reads as
// its i-th column: the caller casts it to argument_types[i] and puts the column's number there.
// Other arguments went into data, which is in the arena. Returns 0, or -EINVAL with *err filled.
int aggregate_resolve(const char *name, const struct aggregate_arg *args, uint16_t n_args,
	bool distinct, enum aggregate_use use, struct arena *arena, struct pos pos,
	struct aggregate_call *call, struct err *err);
bool aggregate_is_name(const char *name); // letter case aside

// For the reference: what there is. Returns how many (*docs)[:n] are.
struct aggregate_doc {
	const char *name;
	const char *usage; // "LISTAGG([DISTINCT] x [, separator])"
	const char *result; // the rule for its type
	const char *doc;
};
uint16_t aggregate_docs(const struct aggregate_doc **docs);

uint32_t aggregate_state_size(const struct aggregate_call *call); // bytes, a multiple of 8
// Of what aggregate_pack() writes: grows when its form or its meaning changes.
uint32_t aggregate_state_version(const struct aggregate_call *call);
// Whether values can be taken back with aggregate_retract().
bool aggregate_can_retract(const struct aggregate_call *call);
// Whether the result is of the row that was added last, so that rows cannot share one.
bool aggregate_is_of_last_row(const struct aggregate_call *call);
// Whether the last digits of the result depend on the order in which rows and states come together.
bool aggregate_rounds(const struct aggregate_call *call);
// Whether states keep anything in the heap, so that aggregate_release() has work to do.
bool aggregate_has_heap(const struct aggregate_call *call);

// Add the rows slots[i] to the states at states[i] + offset, for i < n; states[i] NULL is skipped.
// Returns how many values were lost because the heap was full, or because they were too long.
uint32_t aggregate_update(const struct aggregate_call *call, const struct block *block,
	const uint16_t *slots, uint16_t n, void *const *states, uint32_t offset,
	struct state_heap *heap);
// The same for one state, of an aggregate without a heap: many rows of one key, at less cost.
void aggregate_update_one(const struct aggregate_call *call, const struct block *block,
	const uint16_t *slots, uint16_t n, void *state, uint32_t offset);
// into[i] += from[i] for i < n; into[i] NULL is skipped. heap is into's; what from keeps elsewhere
// is copied. Returns how many values were lost.
uint32_t aggregate_combine(const struct aggregate_call *call, void *const *into,
	const void *const *from, uint16_t n, uint32_t offset, struct state_heap *heap);
// Take back the oldest rows that update() added, in the order in which they came: a frame is a
// queue. Returns how many values were lost (a value that was lost when it came has no say).
uint32_t aggregate_retract(const struct aggregate_call *call, const struct block *block,
	const uint16_t *slots, uint16_t n, void *const *states, uint32_t offset,
	struct state_heap *heap);
// In which order the slices of a hop window are combined, where that is seen in the result: lists
// from the newest slice to the oldest, as Flink does it (SliceAssigners.HoppingSlicesIterable).
enum aggregate_order { AGGREGATE_ANY_ORDER, AGGREGATE_OLDEST_FIRST, AGGREGATE_NEWEST_FIRST };
enum aggregate_order aggregate_order(const struct aggregate_call *call);
// Give back what states keep in the heap. They must not be used again unless zeroed.
void aggregate_release(const struct aggregate_call *call, void *const *states, uint16_t n,
	uint32_t offset, struct state_heap *heap);

// A state for a checkpoint: written as bytes that aggregate_unpack() understands, in another
// process too. A call's state is plain bytes, that may be copied and written as they are, exactly
// when it has no heap; they are then what is written here.
void aggregate_pack(const struct aggregate_call *call, const void *state, uint32_t offset,
	struct record_out *out);
// The state at state + offset is zeroed; what it keeps outside comes from heap. 0, -EINVAL (the
// bytes are not of such a state), -ENOMEM: then it is zeroed again, and nothing is left in the
// heap.
int aggregate_unpack(const struct aggregate_call *call, struct record_reader *in, void *state,
	uint32_t offset, struct state_heap *heap);

// Room for the bytes of results that are made here (LISTAGG …).
struct result_heap {
	char *bytes;
	uint32_t used, size;
	uint64_t n_lost; // results that did not fit: they are NULL
};

// column[slot 0 … n − 1] = the result of each state. Strings are views of the state's bytes, or of
// out's.
void aggregate_result(const struct aggregate_call *call, void *const *states, uint16_t n,
	uint32_t offset, struct column *column, struct result_heap *out);
