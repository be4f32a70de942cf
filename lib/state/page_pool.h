// The memory of one lcore's keyed state: 4 KiB pages out of one allocation made at start.
// Directories, buckets and string heaps of all stores of the lcore are pages, so one number bounds
// them all. Pages are not touched before they are used. One lcore, no locks.
//
// Each page has two cache lines beside it, for what is looked at before the page itself: the tags
// of a bucket. Within the pages they would all lie at the same offset, that is in one of the 64
// sets of the first-level cache and in 16 of the second's, and a block's prefetches would throw
// each other out.
//
// The last bytes of what lies beside a page link it: to the next free one or, while it is in use,
// to the next of its chain. So what was taken into a chain is given back all at once, however much
// it is, and no page is touched for it.
#pragma once
#include <stdint.h>
#include "base/mem.h"

enum { PAGE_SIZE = 4096, PAGE_INDEX_BITS = 27 }; // 512 GiB
enum { PAGE_SIDE_STRIDE = 128, PAGE_COST = PAGE_SIZE + PAGE_SIDE_STRIDE };
enum { PAGE_SIDE_SIZE = PAGE_SIDE_STRIDE - sizeof(uint32_t) }; // without the link

struct page_pool {
	uint8_t *pages; // n_pages of PAGE_SIZE bytes
	uint8_t *sides; // PAGE_SIDE_STRIDE bytes for each
	uint32_t n_pages;
	// the lcore that owns the pool writes, telemetry reads (may lag)
	uint32_t n_used;
	uint32_t n_touched; // pages[n_touched:] were never used
	uint32_t n_used_max;
	uint32_t free; // head of the list of free pages, PAGE_NONE at its end
	struct page_pool *of; // its pages are this one's: it counts what one user has; or NULL
};

#define PAGE_NONE UINT32_MAX

// Pages that come one by one and go together. Zeroed: none.
struct page_chain {
	uint32_t first, last, n; // the newest, the oldest
};

// A pool of size bytes in pages, rounded down, of which 1 << PAGE_INDEX_BITS at most are used; what
// lies beside them is on top (PAGE_COST). Returns 0, or -ENOMEM.
int page_pool_init(struct page_pool *pool, struct mem *mem, uint64_t size);
void page_pool_destroy(struct page_pool *pool, struct mem *mem);
// A part without pages of its own, that counts those taken through it. It ends when all are back.
void page_pool_part(struct page_pool *part, struct page_pool *of);

// A page, its bytes undefined, or PAGE_NONE when all are in use.
uint32_t page_take(struct page_pool *pool);
// n pages next to each other, the first one's index, or PAGE_NONE: those that were never used are,
// so what was given back makes no run. They are given back one by one.
uint32_t page_take_run(struct page_pool *pool, uint32_t n);
void page_give(struct page_pool *pool, uint32_t page);
// A page that belongs to a chain from now on.
uint32_t page_take_into(struct page_pool *pool, struct page_chain *chain);
// Give back all that was taken into a chain, which is empty then. O(1).
void page_give_chain(struct page_pool *pool, struct page_chain *chain);
// Get the page that is taken next, and what is beside it, into the cache: its first n bytes.
void page_prefetch(const struct page_pool *pool, uint32_t n);

static inline void *page_at(const struct page_pool *pool, uint32_t page)
{
	return pool->pages + (uint64_t)page * PAGE_SIZE;
}

static inline uint8_t *page_side(const struct page_pool *pool, uint32_t page)
{
	return pool->sides + (uint64_t)page * PAGE_SIDE_STRIDE;
}

// Pages that are not in use, by any part.
static inline uint32_t page_pool_n_free(const struct page_pool *pool)
{
	const struct page_pool *all = pool->of != NULL ? pool->of : pool;

	return all->n_pages - all->n_used;
}
