// A value that a state keeps: copied out of a column, the bytes of a long string into the heap.
#pragma once
#include <string.h>
#include "operator/aggregate/kernels.h"

struct kept { // of any type, 16 bytes
	union {
		uint64_t words[2];
		decimal_8 decimal;
		struct str str;
	};
};

// Keep the value at slot. False when a string is too long or the heap is full.
static inline bool kept_take(struct kept *kept, const struct column *column, uint16_t slot,
	enum type_kind kind, struct state_heap *heap)
{
	uint32_t width = type_width(kind);
	const struct str *view;
	char *bytes;

	if (!type_is_view(kind)) {
		kept->words[0] = 0; // narrow values are compared as words
		memcpy(kept, (const char *)column->values + (size_t)slot * width, width);
		return true;
	}
	view = (const struct str *)column->values + slot;
	kept->str = *view;
	if (str_is_inline(view))
		return true;
	bytes = view->len <= STATE_HEAP_MAX ? state_heap_take(heap, view->len) : NULL;
	if (bytes == NULL)
		return false;
	memcpy(bytes, view->ptr, view->len);
	kept->str.ptr = bytes;
	return true;
}

static inline void kept_give(struct kept *kept, enum type_kind kind, struct state_heap *heap)
{
	if (type_is_view(kind) && !str_is_inline(&kept->str))
		state_heap_give(heap, (char *)kept->str.ptr, kept->str.len);
}

// Write it into a column; strings stay views of the kept bytes.
static inline void kept_put(
	const struct kept *kept, const struct column *column, uint16_t slot, enum type_kind kind)
{
	uint32_t width = type_width(kind);

	memcpy((char *)column->values + (size_t)slot * width, kept, width);
}
