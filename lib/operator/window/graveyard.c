#include "operator/window/graveyard.h"

enum { POOL_IS_SHORT = 1024 }; // pages: four for each row of a block

static bool is_short(const struct page_pool *pool)
{
	return page_pool_n_free(pool) < POOL_IS_SHORT;
}

void graveyard_bury(struct graveyard *graves, struct keyed_store *store)
{
	int32_t n_left = graves->n == GRAVES_MAX || is_short(store->pool) ? INT32_MAX : 0;

	if (keyed_store_pack(store, &n_left))
		keyed_store_clear(store);
	else
		graves->stores[graves->n++] = *store;
	keyed_store_init(store, store->pool, store->keys, store->seed, store->state_size);
}

bool graveyard_work(struct graveyard *graves, int32_t *n_left)
{
	while (graves->n > 0) {
		struct keyed_store *store = &graves->stores[graves->n - 1];

		if (!keyed_store_pack(store, n_left))
			return false;
		keyed_store_clear(store);
		graves->n--;
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
