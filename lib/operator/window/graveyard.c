#include "operator/window/graveyard.h"

enum { WORK_PER_PAGE = 2, PORTION_PAGES = 16 };
enum { POOL_IS_SHORT = 1024 }; // pages: four for each row of a block

static bool is_short(const struct page_pool *pool)
{
	return pool->n_pages - pool->n_used < POOL_IS_SHORT;
}

void graveyard_bury(struct graveyard *graves, struct keyed_store *store)
{
	if (graves->n == GRAVES_MAX || is_short(store->pool)) // this one goes at once
		keyed_store_clear(store);
	if (store->root == PAGE_NONE && store->heap == PAGE_NONE)
		return;
	graves->stores[graves->n++] = *store;
	keyed_store_init(store, store->pool, store->keys, store->seed, store->state_size);
}

bool graveyard_work(struct graveyard *graves, int32_t *n_left)
{
	while (graves->n > 0) {
		struct keyed_store *store = &graves->stores[graves->n - 1];
		uint32_t n_used = store->pool->n_used;

		if (*n_left <= 0)
			return false;
		graves->n -= keyed_store_clear_some(store, PORTION_PAGES);
		*n_left -= (int32_t)(n_used - store->pool->n_used) * WORK_PER_PAGE;
	}
	return true;
}

void graveyard_hurry(struct graveyard *graves, const struct page_pool *pool)
{
	int32_t all = INT32_MAX;

	if (graves->n > 0 && is_short(pool))
		graveyard_work(graves, &all);
}
