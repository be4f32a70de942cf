// Where state keeps what outgrows its entry: bytes that live as long as a store's entries (a slice,
// dropped as a whole: what is given back is not used again), or pieces that come and go one by one
// (a slab). One of both is set.
#pragma once
#include <stdint.h>

struct keyed_store;
struct slab;

enum { STATE_HEAP_MAX = 4000 }; // bytes of one piece

struct state_heap {
	struct keyed_store *store;
	struct slab *slab;
};

// size bytes (1 … STATE_HEAP_MAX), aligned to 8, undefined. NULL when the pool is empty.
void *state_heap_take(struct state_heap *heap, uint32_t size);
void state_heap_give(struct state_heap *heap, void *at, uint32_t size); // size as taken
