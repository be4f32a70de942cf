#include "feedgen/heap.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int heap_init(struct heap *heap, uint32_t n_max)
{
	*heap = (struct heap){.n_max = n_max};
	heap->items = calloc(n_max, sizeof(*heap->items));
	return heap->items == NULL ? -ENOMEM : 0;
}

void heap_free(struct heap *heap)
{
	free(heap->items);
	heap->items = NULL;
}

static bool before(const struct heap_item *a, const struct heap_item *b)
{
	return a->key != b->key ? a->key < b->key : a->order < b->order;
}

void heap_push(struct heap *heap, int64_t key, const struct event *event, bool copy)
{
	struct heap_item item = {
		.key = key, .order = heap->n_pushed++, .event = *event, .copy = copy};
	uint32_t at = heap->n++;

	assert(at < heap->n_max);
	for (; at > 0 && before(&item, &heap->items[(at - 1) / 2]); at = (at - 1) / 2)
		heap->items[at] = heap->items[(at - 1) / 2];
	heap->items[at] = item;
}

struct heap_item heap_pop(struct heap *heap)
{
	struct heap_item top, last;
	uint32_t at = 0, child = 1;

	assert(heap->n > 0);
	top = heap->items[0];
	last = heap->items[--heap->n];
	for (; child < heap->n; at = child, child = 2 * at + 1) {
		if (child + 1 < heap->n && before(&heap->items[child + 1], &heap->items[child]))
			child++;
		if (!before(&heap->items[child], &last))
			break;
		heap->items[at] = heap->items[child];
	}
	heap->items[at] = last;
	return top;
}
