// Stores that nobody needs any more. To give the pages of a large one back takes milliseconds, so
// it is done in portions, behind what is urgent. What a checkpoint still needs of them is packed
// first (state/keyed_track.h).
#pragma once
#include "state/keyed_track.h"

enum { GRAVES_MAX = 16 };

struct graveyard {
	uint32_t n;
	struct keyed_store stores[GRAVES_MAX]; // [:n], each frozen, or no longer tracked
};

// Take a store's pages; *store is empty then, not tracked, and can be used again.
void graveyard_bury(struct graveyard *graves, struct keyed_store *store);
// Pack what is frozen until *n_left is used up. True when all of it is.
bool graveyard_pack(struct graveyard *graves, int32_t *n_left);
// Give pages back until all have gone or *n_left, a measure of work, is used up. True when all
// have.
bool graveyard_work(struct graveyard *graves, int32_t *n_left);
// Give all of them back when the pool is running short: better a pause than a refused key.
void graveyard_hurry(struct graveyard *graves, const struct page_pool *pool);
// The same at the end, when no checkpoint needs them.
void graveyard_clear(struct graveyard *graves);
