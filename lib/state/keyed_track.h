// Which buckets of keyed stores a checkpoint has to take along: those that have changed since the
// one before it. A checkpoint freezes the stores without copying anything: freezing is a flip of
// the mark that changed buckets get. From then on a bucket that carries the other mark is frozen,
// and is packed before it is changed for the first time, or when the walk comes to it, whichever is
// first.
//
//	CLEAN ──changed──► marked ──freeze──► frozen ──packed──► CLEAN, or marked again
//
// One track serves all stores of an operator. To change a state, or what hangs off it, one must
// have it from keyed_store_upsert() or keyed_store_touch() in the same call; states that find() and
// next() give are for reading. One lcore, no locks.
#pragma once
#include "state/keyed_store.h"

enum { KEYED_CLEAN = 0 }; // marks are 1 and 2 in turn
enum { KEYED_THAW_MAX = 16 }; // buckets: they are packed in some 10 µs
enum { KEYED_PART_ROWS = 64 }; // rows to be thawed together: in the end few still have to be

// A bucket to be packed: all keys whose hashes begin with the first bits of prefix.
struct keyed_bucket {
	const struct keyed_store *store;
	uint64_t prefix; // left-aligned
	uint8_t bits;
	uint16_t n;
	bool is_next; // it was not frozen: for the checkpoint after (keyed_store_seal())
	const char *entries; // n of store->entry_size bytes: key image, state
};

struct keyed_track {
	uint8_t mark; // what buckets that are changed get
	uint64_t round; // freezes so far
	// Write the bucket down. It may be empty: then that is to be written.
	void (*pack)(void *owner, const struct keyed_bucket *bucket);
	void *owner;
	uint64_t n_packed, n_urgent; // buckets; urgent: before a change
	// Where the ticks go that the urgent ones of a block take together; NULL = nowhere.
	uint64_t *ticks;
	uint64_t (*tsc)(void);
};

// For stores whose owner takes no checkpoints.
extern struct keyed_track keyed_untracked;

void keyed_track_init(struct keyed_track *track,
	void (*pack)(void *owner, const struct keyed_bucket *bucket), void *owner);
// Before the store's first key.
void keyed_store_track(struct keyed_store *store, struct keyed_track *track, uint64_t space);

// Freeze all stores of the track as they are. All of them must have been packed from the freeze
// before.
void keyed_track_freeze(struct keyed_track *track);
// Pack frozen buckets until *n_left, about an entry or a look at a bucket each, is used up. True
// when the store has none left.
bool keyed_store_pack(struct keyed_store *store, int32_t *n_left);
// Pack all that has changed in the store, frozen or not, and track it no longer: its contents are
// final, and what happens to its states from now on is no matter. In portions as above.
bool keyed_store_seal(struct keyed_store *store, int32_t *n_left);

// Nothing of the store is frozen, and no later checkpoint takes anything of it.
static inline void keyed_store_untrack(struct keyed_store *store)
{
	store->track = &keyed_untracked;
	store->round = keyed_untracked.round;
}

// Whether buckets may have to be packed before they change. Then rows had better be thawed a few at
// a time (KEYED_PART_ROWS), for a bucket may cost as much as 20 rows do else.
static inline bool keyed_store_is_frozen(const struct keyed_store *store)
{
	return store->round != store->track->round;
}

// Pack the buckets of hashes[:n] that are frozen, KEYED_THAW_MAX at the most. Returns for how many
// of the hashes, the first ones, that was done: 1 at least, and n when the store is not frozen.
// Upserting these takes no packing any more.
uint16_t keyed_store_thaw(struct keyed_store *store, const uint64_t *hashes, uint16_t n);
// What hangs off the state of this key (which need not be there) is about to change.
void keyed_store_touch(struct keyed_store *store, uint64_t hash);
