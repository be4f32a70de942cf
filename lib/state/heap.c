#include "state/heap.h"
#include <assert.h>
#include "state/keyed_store.h"

void *state_heap_take(struct state_heap *heap, uint32_t size)
{
	assert(heap->store != NULL);
	return keyed_store_heap(heap->store, size);
}

void state_heap_give(struct state_heap *, void *, uint32_t)
{
	// A store's heap goes as a whole.
}
