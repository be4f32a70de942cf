// Rows of a key in a heap by an order, in a slab: the first row (to sort) or the last one (to keep
// the best n) is on top. Rows are images (row/key.h); what arrived first comes first among equals.
// One lcore.
#pragma once
#include "row/order.h"
#include "state/slab.h"

// A row in the heap.
struct heap_row {
	struct heap_row *child, *next; // the heap's; next is the caller's once the row is popped
	uint64_t seq; // order of arrival
	char *extra; // bytes of the image's long strings, NULL when there are none
	uint32_t extra_size;
	char image[] __attribute__((aligned(8)));
};

// What all heaps of an operator have in common. The operator owns it.
struct row_heaps {
	const struct key_layout *row; // of the images
	const struct order_term *terms;
	uint16_t n_terms;
	bool last_on_top;
	bool last_is_first; // of rows that are equal: keep-last by time
	uint64_t seq; // rows seen
	struct slab *slab;
	uint32_t room; // bytes behind each image that are the caller's, a multiple of 8
};

// One heap; zeroed bytes are an empty one, so that it can be a keyed store's state.
struct row_heap {
	struct heap_row *top; // root of a pairing heap (Fredman et al. 1986)
	uint64_t n;
};

// The largest image that a row may have, with its room.
enum { ROW_HEAP_IMAGE_MAX = SLAB_SIZE_MAX - (int)sizeof(struct heap_row) };

// Bytes behind the image of a row.
static inline void *row_heap_room(const struct row_heaps *heaps, struct heap_row *row)
{
	return row->image + heaps->row->size;
}

// A copy of image, of the next seq, in no heap yet; its room is undefined. Returns 0, -E2BIG when
// its long strings exceed SLAB_SIZE_MAX, -ENOMEM when the pool is empty.
int row_heap_make(struct row_heaps *heaps, const void *image, struct heap_row **row);
void row_heap_put(const struct row_heaps *heaps, struct row_heap *heap, struct heap_row *row);
// Both. O(1).
int row_heap_add(struct row_heaps *heaps, struct row_heap *heap, const void *image);
// Keep the best n_max (≥ 1) rows: the same, but of n_max + 1 the one on top goes, and a row that
// would be that one is not even copied. Needs last_on_top.
int row_heap_add_best(
	struct row_heaps *heaps, struct row_heap *heap, const void *image, uint64_t n_max);
// Take the top off, O(log n) amortised; the heap is not empty. The row is the caller's then.
struct heap_row *row_heap_pop(const struct row_heaps *heaps, struct row_heap *heap);
// Visit all rows, in no order: the heap is the same afterwards, though not meanwhile.
void row_heap_visit(
	struct row_heap *heap, void (*visit)(void *arg, const struct heap_row *row), void *arg);
void row_heap_free(const struct row_heaps *heaps, struct heap_row *row);
