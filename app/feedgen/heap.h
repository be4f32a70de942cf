// A priority queue of events: smallest key first; equal keys in the order they came.
// Binary heap; push and pop take log2(n) moves of one item.
#pragma once
#include "feedgen/model.h"

struct heap_item {
	int64_t key; // a time, in the caller's unit
	uint64_t order; // the heap's
	struct event event;
	bool copy; // the caller's mark
};

struct heap {
	struct heap_item *items; // items[:n]
	uint32_t n, n_max;
	uint64_t n_pushed;
};

// Returns 0 or -ENOMEM. Free with heap_free().
int heap_init(struct heap *heap, uint32_t n_max);
void heap_free(struct heap *heap);

static inline bool heap_is_full(const struct heap *heap)
{
	return heap->n == heap->n_max;
}

// The heap must not be full.
void heap_push(struct heap *heap, int64_t key, const struct event *event, bool copy);

// The heap must not be empty.
struct heap_item heap_pop(struct heap *heap);
