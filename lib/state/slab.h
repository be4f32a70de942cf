// Memory of any size up to a page, for state that comes and goes piece by piece: queues, sessions,
// sets. Each page holds pieces of one size class; it comes from the lcore's pool, and goes back
// when none of its pieces is in use. One lcore, no locks.
#pragma once
#include "state/page_pool.h"

enum { SLAB_HEADER = 64, SLAB_SIZE_MAX = PAGE_SIZE - SLAB_HEADER }; // bytes
enum { SLAB_CLASSES = 19 };

struct slab {
	struct page_pool *pool;
	uint32_t pages; // all of them, linked; PAGE_NONE at the end
	uint32_t with_room[SLAB_CLASSES]; // those of each class that have a free piece, linked
	// slab's owner writes, telemetry reads (may lag)
	uint32_t n_pages;
};

void slab_init(struct slab *slab, struct page_pool *pool);
void slab_destroy(struct slab *slab); // all pages go back, whatever is in use

// size bytes (1 … SLAB_SIZE_MAX), aligned to 16, undefined. NULL when the pool is empty.
void *slab_take(struct slab *slab, uint32_t size);
void slab_give(struct slab *slab, void *at, uint32_t size); // size as taken

// Get what slab_give() of this piece touches into the cache.
static inline void slab_prefetch(const struct slab *slab, const void *at)
{
	size_t offset = (size_t)((const uint8_t *)at - slab->pool->pages);

	__builtin_prefetch(at, 1);
	__builtin_prefetch(slab->pool->pages + offset / PAGE_SIZE * PAGE_SIZE, 1); // its header
}
