#include "operator/window/graveyard.h"

enum { WORK_PER_PAGE = 2, PORTION_PAGES = 16 };
enum { POOL_IS_SHORT = 1024 }; // pages: four for each row of a block

static bool is_short(const struct page_pool *pool)
{
	return page_pool_n_free(pool) < POOL_IS_SHORT;
}

// Pack what is frozen; then no later checkpoint takes anything of the store.
static bool settle(struct keyed_store *store, int32_t *n_left)
{
	if (!keyed_store_pack(store, n_left))
		return false;
	keyed_store_untrack(store);
	return true;
}

void graveyard_bury(struct graveyard *graves, struct keyed_store *store)
{
	int32_t none = 0, all = INT32_MAX;

	settle(store, &none);
	if (graves->n == GRAVES_MAX || is_short(store->pool)) { // this one goes at once
		settle(store, &all);
		keyed_store_clear(store);
	}
	if (store->root != PAGE_NONE || store->heap != PAGE_NONE)
		graves->stores[graves->n++] = *store;
	keyed_store_init(store, store->pool, store->keys, store->seed, store->state_size);
}

bool graveyard_pack(struct graveyard *graves, int32_t *n_left)
{
	for (uint32_t i = 0; i < graves->n; i++)
		if (!settle(&graves->stores[i], n_left))
			return false;
	return true;
}

bool graveyard_work(struct graveyard *graves, int32_t *n_left)
{
	while (graves->n > 0) {
		struct keyed_store *store = &graves->stores[graves->n - 1];
		uint32_t n_used = store->pool->n_used;

		if (!settle(store, n_left) || *n_left <= 0)
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

void graveyard_clear(struct graveyard *graves)
{
	while (graves->n > 0)
		keyed_store_clear(&graves->stores[--graves->n]);
}
