// Nested values in kernels. Internal to the module.
#pragma once
#include "expr/call.h"
#include "row/nested_order.h"

static inline const struct str *nested_arg(const struct call *call, uint16_t i, uint16_t row)
{
	return &((const struct str *)call->args[i].values)[row];
}

// The argument's value as it is, or NULL.
static inline const void *nested_any(const struct call *call, uint16_t i, uint16_t row)
{
	uint32_t width = type_width(call->expr->args[i]->type.kind);

	if (nulls_get(call->args[i].nulls, row))
		return NULL;
	return (const char *)call->args[i].values + (size_t)row * width;
}

// The items of an argument that is an ARRAY.
static inline struct nested_items nested_arg_items(
	const struct call *call, uint16_t i, uint16_t row)
{
	return nested_array(
		nested_arg(call, i, row), type_part(call->expr->args[i]->type, PART_ELEMENT));
}

// Where the row's value is to be written.
static inline char *nested_heap(const struct call *call, uint64_t *size)
{
	*size = call->heap->size - call->heap->used;
	return call->heap->bytes + call->heap->used;
}

// The row's value has been written to nested_heap(): keep it, or make it NULL and count it.
static inline void nested_done(struct call *call, uint16_t row, struct nested_writer *w)
{
	uint32_t len = nested_end(w, NULL);

	if (len > 0)
		call_str_done(call, row, w->bytes, len);
	else
		call_str_full(call, row);
}

static inline void nested_begin_array(struct call *call, uint32_t n, struct nested_writer *w)
{
	uint64_t size;
	char *room = nested_heap(call, &size);

	nested_array_begin(w, type_part(call->expr->type, PART_ELEMENT), n, room, size);
}

// Put an item of another array of the same element type.
static inline void nested_put_item(
	struct nested_writer *w, const struct nested_items *items, uint32_t i)
{
	union nested_value value;

	nested_put(w, nested_get(items, i, &value) ? &value : NULL);
}

// Write the map of keys and values, of as many items, to the row's value: of several equal keys the
// last one's value at the first one's place, as Java's maps have it.
void nested_put_map(struct call *call, uint16_t row, const struct nested_items *keys,
	const struct nested_items *values);

// Refuse the call with what a resolver wants to see: "ARRAY_SORT needs an ARRAY, not INT".
int nested_refuse(struct resolve *r, uint16_t i, const char *what);
// Whether argument i is of this kind, refused if not. A bare NULL is nothing that has a type.
int nested_need(struct resolve *r, uint16_t i, enum type_kind kind);
// Make args[i] (an ARRAY) and args[j] (a value) an array and a value of one element type; r->type
// becomes that of the array.
int nested_unify(struct resolve *r, uint16_t i, uint16_t j);
// Make all arguments, ARRAYs or MAPs, of one type.
int nested_unify_all(struct resolve *r, enum type_kind kind, struct type *common);
