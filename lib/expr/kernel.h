// Kernels: a function for one combination of argument types, run for many rows at once. Internal to
// the module: the registry (function.h) chooses them, programs and constant folding run them.
//
// A strict kernel is NULL for a row with a NULL argument, and the caller has seen to that:
// call.nulls holds the union of the arguments' NULLs. Rows that are NULL may hold any value, so a
// kernel that is not harmless (KERNEL_DENSE) skips them.
#pragma once
#include "expr/expr.h"
#include "expr/program.h"

enum kernel_flags {
	// Harmless and cheap for any bits: may be run for rows that are not selected or are NULL.
	KERNEL_DENSE = 1 << 0,
	KERNEL_LAX = 1 << 1, // not strict: reads its arguments' NULLs itself
	KERNEL_NULLS = 1 << 2, // sets NULLs of its own (decimal overflow)
	KERNEL_FAULTS = 1 << 3, // may fault; the row is NULL then
	KERNEL_TRY = 1 << 4, // TRY_CAST: what would fault is NULL and no fault
	KERNEL_STATE = 1 << 5, // has a state in each program (function.h: open, close)
};

// Bytes of strings made during a run.
struct heap {
	char *bytes;
	uint32_t used, size;
};

struct call {
	const struct expr *expr; // types, and data prepared from constant arguments
	const struct column *args; // [:expr->n_args]
	void *values; // out
	uint64_t
		*nulls; // the result's; NULL = no row is. Written only with KERNEL_NULLS or _FAULTS
	const uint16_t *rows; // for which rows; NULL = 0 … n − 1
	uint16_t n;
	struct heap *heap;
	struct eval *eval;
	uint64_t *random; // a generator's state, the node's own; 0 at first
	void *state; // with KERNEL_STATE
};

struct kernel {
	void (*run)(struct call *call);
	uint8_t flags; // enum kernel_flags
};

static inline uint16_t call_slot(const struct call *call, uint16_t i)
{
	return call->rows != NULL ? call->rows[i] : i;
}

// The rows to compute, without those that are NULL already.
#define CALL_FOREACH(call, slot)                                                        \
	for (uint16_t i_##slot = 0, slot; i_##slot < (call)->n; i_##slot++)             \
		if (slot = call_slot(call, i_##slot), nulls_get((call)->nulls, slot)) { \
		} else

static inline void call_fail(struct call *call, uint16_t slot, const char *text)
{
	if (!(call->expr->kernel->flags & KERNEL_TRY))
		fault_set_at(&call->eval->fault, call->expr->pos, text);
	nulls_set(call->nulls, slot);
}

// The row's string does not fit into the heap: it becomes NULL, which is counted.
static inline void call_str_full(struct call *call, uint16_t slot)
{
	nulls_set(call->nulls, slot);
	call->eval->n_overflow++;
}

// Room for a string of at most len bytes, to be handed to call_str_done(). NULL when the heap is
// full (call_str_full()): the kernel needs KERNEL_NULLS.
static inline char *call_str_room(struct call *call, uint16_t slot, uint64_t len)
{
	if (len <= call->heap->size - call->heap->used)
		return call->heap->bytes + call->heap->used;
	call_str_full(call, slot);
	return NULL;
}

// The row's value is text[:len] of the room last taken; a short one does not stay in the heap.
static inline void call_str_done(struct call *call, uint16_t slot, const char *text, uint32_t len)
{
	((struct str *)call->values)[slot] = str_view(text, len);
	if (len > STR_INLINE_MAX)
		call->heap->used += len;
}

// Kernels of one expression over a (and b), an R from A (and B). Two loops: the first is
// vectorised.
#define KERNEL_UNARY(name, R, A, expression)                     \
	static void name(struct call *call)                      \
	{                                                        \
		const A *restrict as = call->args[0].values;     \
		R *restrict values = call->values;               \
		uint32_t n = call->n;                            \
                                                                 \
		if (call->rows == NULL) {                        \
			for (uint32_t i = 0; i < n; i++) {       \
				A a = as[i];                     \
				values[i] = (R)(expression);     \
			}                                        \
			return;                                  \
		}                                                \
		for (uint32_t i = 0; i < n; i++) {               \
			A a = as[call->rows[i]];                 \
			values[call->rows[i]] = (R)(expression); \
		}                                                \
	}

#define KERNEL_BINARY(name, R, A, B, expression)                 \
	static void name(struct call *call)                      \
	{                                                        \
		const A *restrict as = call->args[0].values;     \
		const B *restrict bs = call->args[1].values;     \
		R *restrict values = call->values;               \
		uint32_t n = call->n;                            \
                                                                 \
		if (call->rows == NULL) {                        \
			for (uint32_t i = 0; i < n; i++) {       \
				A a = as[i];                     \
				B b = bs[i];                     \
				values[i] = (R)(expression);     \
			}                                        \
			return;                                  \
		}                                                \
		for (uint32_t i = 0; i < n; i++) {               \
			A a = as[call->rows[i]];                 \
			B b = bs[call->rows[i]];                 \
			values[call->rows[i]] = (R)(expression); \
		}                                                \
	}
