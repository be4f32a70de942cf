// Results that are made here: room for their bytes, from the front of the result heap, and room to
// sort in, at its far end while it is free.
#pragma once
#include "operator/aggregate/list.h"

// Room for len bytes, or NULL.
static inline char *out_room(struct result_heap *out, uint64_t len)
{
	char *at = out->bytes + out->used;

	if (len > out->size - out->used)
		return NULL;
	out->used += (uint32_t)len;
	return at;
}

// n pointers behind the free bytes, of which *n_free are left in front of them; NULL when there is
// no room. They are good until results are written over them.
static inline const void **out_pointers(struct result_heap *out, uint64_t n, uint64_t *n_free)
{
	uint64_t end = (uintptr_t)(out->bytes + out->size) / sizeof(void *) * sizeof(void *);
	uint64_t start = (uintptr_t)(out->bytes + out->used);

	if (end < start || n > (end - start) / sizeof(void *))
		return NULL;
	*n_free = end - n * sizeof(void *) - start;
	return (const void **)(end - n * sizeof(void *));
}

// The i-th result is lost: NULL, and counted.
static inline void out_lost(const struct lower *lower, uint16_t i)
{
	nulls_set(lower->column->nulls, i);
	lower->out->n_lost++;
}
