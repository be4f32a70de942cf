#include "state/page_pool.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

int page_pool_init(struct page_pool *pool, struct mem *mem, uint64_t size)
{
	uint64_t n_pages = size / PAGE_SIZE, n_pages_max = 1ull << PAGE_INDEX_BITS;

	*pool = (struct page_pool){.free = PAGE_NONE};
	pool->n_pages = (uint32_t)(n_pages < n_pages_max ? n_pages : n_pages_max);
	pool->pages = mem_zalloc_aligned(mem, (uint64_t)pool->n_pages * PAGE_COST, PAGE_SIZE);
	if (pool->pages == NULL)
		return -ENOMEM;
	pool->sides = pool->pages + (uint64_t)pool->n_pages * PAGE_SIZE;
	return 0;
}

void page_pool_destroy(struct page_pool *pool, struct mem *mem)
{
	mem_free(mem, pool->pages);
	pool->pages = NULL;
}

void page_pool_part(struct page_pool *part, struct page_pool *of)
{
	*part = (struct page_pool){.pages = of->pages,
		.sides = of->sides,
		.n_pages = of->n_pages,
		.free = PAGE_NONE,
		.of = of};
}

static void count_taken(struct page_pool *pool, uint32_t n)
{
	pool->n_used += n;
	if (pool->n_used > pool->n_used_max)
		pool->n_used_max = pool->n_used;
}

// A page of a pool that is no part.
static uint32_t take(struct page_pool *pool)
{
	uint32_t page = pool->free;

	if (page != PAGE_NONE)
		memcpy(&pool->free, page_at(pool, page), sizeof(pool->free)); // its link
	else if (pool->n_touched < pool->n_pages)
		page = pool->n_touched++;
	else
		return PAGE_NONE;
	count_taken(pool, 1);
	return page;
}

uint32_t page_take(struct page_pool *pool)
{
	uint32_t page = take(pool->of != NULL ? pool->of : pool);

	if (pool->of != NULL && page != PAGE_NONE)
		count_taken(pool, 1);
	return page;
}

uint32_t page_take_run(struct page_pool *pool, uint32_t n)
{
	struct page_pool *all = pool->of != NULL ? pool->of : pool;
	uint32_t first = all->n_touched;

	if (n == 1)
		return page_take(pool);
	if (n > all->n_pages - all->n_touched)
		return PAGE_NONE;
	all->n_touched += n;
	count_taken(all, n);
	if (pool->of != NULL)
		count_taken(pool, n);
	return first;
}

void page_give(struct page_pool *pool, uint32_t page)
{
	if (pool->of != NULL) {
		assert(pool->n_used > 0);
		pool->n_used--;
		pool = pool->of;
	}
	assert(page < pool->n_touched && pool->n_used > 0);
	memcpy(page_at(pool, page), &pool->free, sizeof(pool->free));
	pool->free = page;
	pool->n_used--;
}
