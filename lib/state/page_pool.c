#include "state/page_pool.h"
#include <assert.h>
#include <errno.h>

enum { LINE = 64 }; // bytes of the cache

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

static uint32_t *link_of(const struct page_pool *pool, uint32_t page)
{
	return (uint32_t *)(page_side(pool, page) + PAGE_SIDE_SIZE);
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
		pool->free = *link_of(pool, page);
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

static void count_given(struct page_pool *pool, uint32_t n)
{
	assert(n <= pool->n_used);
	pool->n_used -= n;
}

// Put what is linked from first to last before the free pages.
static void give(struct page_pool *pool, uint32_t first, uint32_t last, uint32_t n)
{
	struct page_pool *all = pool->of != NULL ? pool->of : pool;

	assert(first < all->n_touched && last < all->n_touched);
	count_given(all, n);
	if (pool != all)
		count_given(pool, n);
	*link_of(all, last) = all->free;
	all->free = first;
}

void page_give(struct page_pool *pool, uint32_t page)
{
	give(pool, page, page, 1);
}

uint32_t page_take_into(struct page_pool *pool, struct page_chain *chain)
{
	uint32_t page = page_take(pool);

	if (page == PAGE_NONE)
		return PAGE_NONE;
	*link_of(pool, page) = chain->first;
	chain->first = page;
	if (chain->n++ == 0)
		chain->last = page;
	return page;
}

void page_give_chain(struct page_pool *pool, struct page_chain *chain)
{
	if (chain->n > 0)
		give(pool, chain->first, chain->last, chain->n);
	*chain = (struct page_chain){0};
}

void page_prefetch(const struct page_pool *pool, uint32_t n)
{
	const struct page_pool *all = pool->of != NULL ? pool->of : pool;
	uint32_t page = all->free != PAGE_NONE ? all->free : all->n_touched;

	if (page >= all->n_pages)
		return;
	for (uint32_t at = 0; at < PAGE_SIDE_STRIDE; at += LINE)
		__builtin_prefetch(page_side(all, page) + at, 1);
	for (uint32_t at = 0; at < n; at += LINE)
		__builtin_prefetch((char *)page_at(all, page) + at, 1);
}
