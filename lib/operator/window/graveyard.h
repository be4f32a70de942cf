// Stores that nobody needs any more but the checkpoint that is being taken: what is frozen of them
// has to be packed before they go (state/keyed_track.h), which takes milliseconds for a large one.
// So it is done in portions, behind what is urgent. A store without that goes at once.
#pragma once
#include "state/keyed_track.h"

enum { GRAVES_MAX = 16 };

struct graveyard {
	uint32_t n;
	struct keyed_store stores[GRAVES_MAX]; // [:n], each frozen
};

// Take a store's pages; *store is empty then, not tracked, and can be used again.
void graveyard_bury(struct graveyard *graves, struct keyed_store *store);
// Pack what is frozen, and give back the pages of what is packed, until *n_left is used up. True
// when all have gone.
bool graveyard_work(struct graveyard *graves, int32_t *n_left);
// Do all of it when the pool is running short: better a pause than a refused key.
void graveyard_hurry(struct graveyard *graves, const struct page_pool *pool);
// Give all pages back at the end, when no checkpoint needs them.
void graveyard_clear(struct graveyard *graves);
