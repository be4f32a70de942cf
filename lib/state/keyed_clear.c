// How what a store has grown is given back: bucket by bucket, so that a large store can go in
// portions.
//
// Four directories share a page, and may hang anywhere in the tree. So their pages are not given
// back before all buckets are: until then they are linked to each other, the link written over a
// directory whose buckets are gone.

#include <string.h>
#include "state/keyed_layout.h"

// Returns how many pages went.
static uint32_t give_below(struct keyed_store *store, uint32_t slot)
{
	uint32_t *slots, n = 0;

	if (!(slot & SLOT_DIRECTORY)) {
		page_give(store->pool, slot_page(slot));
		return 1;
	}
	slots = node_slots(store->pool, slot);
	for (uint32_t i = 0; i < NODE_SLOTS;) {
		uint32_t below = slots[i];

		i += below & SLOT_DIRECTORY ? 1 : NODE_SLOTS >> slot_depth(below);
		if (i < NODE_SLOTS && !(slots[i] & SLOT_DIRECTORY)) // it gets a link
			__builtin_prefetch(page_at(store->pool, slot_page(slots[i])), 1);
		n += give_below(store, below);
	}
	if (slot_depth(slot) == 0) { // a page goes with its first node
		memcpy(slots, &store->empty_nodes, sizeof(store->empty_nodes));
		store->empty_nodes = slot_page(slot);
	}
	return n;
}

// Give pages linked by their first bytes back, n_max at most; returns how many that were.
static uint32_t give_chain(struct keyed_store *store, uint32_t *first, uint32_t n_max)
{
	uint32_t n = 0;

	for (; *first != PAGE_NONE && n < n_max; n++) {
		uint32_t page = *first;

		memcpy(first, page_at(store->pool, page), sizeof(*first));
		page_give(store->pool, page);
	}
	return n;
}

// The root's slots from root_cleared on, until n_max pages went. True when none is left.
static bool give_buckets(struct keyed_store *store, uint32_t n, uint32_t n_max)
{
	const uint32_t *root = page_at(store->pool, store->root);

	while (store->root_cleared < ROOT_SLOTS) {
		uint32_t slot = root[store->root_cleared];

		if (n >= n_max)
			return false;
		n += give_below(store, slot);
		store->root_cleared += slot & SLOT_DIRECTORY ? 1 : ROOT_SLOTS >> slot_depth(slot);
	}
	return true;
}

bool keyed_store_clear_some(struct keyed_store *store, uint32_t n_max)
{
	uint32_t n;

	if (store->pool == NULL)
		return true; // zeroed, never initialised
	n = give_chain(store, &store->heap, n_max);
	if (store->heap != PAGE_NONE)
		return false;
	if (store->root != PAGE_NONE) {
		if (!give_buckets(store, n, n_max))
			return false;
		give_chain(store, &store->empty_nodes, UINT32_MAX); // one for 250 buckets
		page_give(store->pool, store->root);
	}
	store->root = PAGE_NONE;
	store->root_cleared = 0;
	store->nodes = PAGE_NONE;
	store->heap_used = 0;
	store->n_entries = 0;
	store->round = store->track->round;
	store->packed_to = store->sealed_to = 0;
	return true;
}

void keyed_store_clear(struct keyed_store *store)
{
	keyed_store_clear_some(store, UINT32_MAX);
}
