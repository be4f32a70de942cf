#include "state/heap.h"
#include "state/keyed_store.h"
#include "state/slab.h"

void *state_heap_take(struct state_heap *heap, uint32_t size)
{
	return heap->slab != NULL ? slab_take(heap->slab, size)
				  : keyed_store_heap(heap->store, size);
}

void state_heap_give(struct state_heap *heap, void *at, uint32_t size)
{
	if (heap->slab != NULL)
		slab_give(heap->slab, at, size);
}
