// The walk over frozen buckets, and what comes before it for buckets that are to be changed.
//
// Only two marks are alive at a time, as every frozen bucket is packed before the next freeze: the
// walk leaves CLEAN behind, or the new mark.
#include "state/keyed_track.h"
#include <assert.h>
#include "state/keyed_layout.h"

struct keyed_track keyed_untracked = {.mark = 1};

void keyed_track_init(struct keyed_track *track,
	void (*pack)(void *owner, const struct keyed_bucket *bucket), void *owner)
{
	*track = (struct keyed_track){.mark = 1, .pack = pack, .owner = owner};
}

void keyed_store_track(struct keyed_store *store, struct keyed_track *track, uint64_t space)
{
	assert(store->root == PAGE_NONE);
	store->track = track;
	store->space = space;
	store->round = track->round;
}

void keyed_track_freeze(struct keyed_track *track)
{
	track->mark = (uint8_t)(3 - track->mark);
	track->round++;
}

// The mark of buckets that were changed before the freeze and not since.
static uint8_t frozen_mark(const struct keyed_store *store)
{
	return (uint8_t)(3 - store->track->mark);
}

static uint64_t prefix_of(uint64_t hash, uint32_t bits)
{
	return bits == 0 ? 0 : hash & ~0ull << (64 - bits);
}

static void pack_bucket(const struct keyed_store *store, uint32_t bucket, uint64_t hash,
	uint32_t bits, bool is_next)
{
	struct keyed_track *track = store->track;
	struct keyed_bucket packed = {
		.store = store,
		.prefix = prefix_of(hash, bits),
		.bits = (uint8_t)bits,
		.n = *bucket_count(store, bucket),
		.is_next = is_next,
		.entries = (const char *)bucket_entry(store, bucket, 0),
	};

	track->pack(track->owner, &packed);
	track->n_packed++;
}

static void thaw(struct keyed_store *store, uint64_t hash)
{
	struct place at = locate(store, hash);
	uint32_t slot = at.slots[at.index], bucket = slot_page(slot);

	if (*bucket_mark(store, bucket) == frozen_mark(store)) {
		pack_bucket(store, bucket, hash, at.n_used + slot_depth(slot), false);
		store->track->n_urgent++;
	}
	*bucket_mark(store, bucket) = store->track->mark;
}

// To copy a bucket costs what it takes to get it into the cache: the next ones are on their way
// meanwhile.
static void prefetch_frozen(const struct keyed_store *store, uint32_t bucket)
{
	const uint8_t *entries = bucket_entry(store, bucket, 0);
	uint32_t size = *bucket_count(store, bucket) * store->entry_size;

	if (*bucket_mark(store, bucket) == frozen_mark(store))
		for (uint32_t at = 0; at < size; at += TAG_LINE)
			__builtin_prefetch(entries + at);
}

// Of the first rows, until n_max buckets had to be packed. Returns how many rows those are.
static uint16_t thaw_rows(
	struct keyed_store *store, const uint64_t *hashes, uint16_t n, uint32_t n_max)
{
	enum { AHEAD = 3 };
	const uint64_t end = store->track->n_urgent + n_max;
	uint32_t buckets[BLOCK_ROWS_MAX];
	uint16_t i;

	for (i = 0; i < n; i++) {
		buckets[i] = locate_bucket(store, hashes[i]);
		__builtin_prefetch(bucket_mark(store, buckets[i]));
	}
	for (i = 0; i < n && store->track->n_urgent < end; i++) {
		if (i + AHEAD < n)
			prefetch_frozen(store, buckets[i + AHEAD]);
		if (*bucket_mark(store, buckets[i]) == frozen_mark(store))
			thaw(store, hashes[i]);
	}
	return i;
}

// The same, its time noted.
static uint16_t thaw_noted(
	struct keyed_store *store, const uint64_t *hashes, uint16_t n, uint32_t n_max)
{
	struct keyed_track *track = store->track;
	uint64_t start, n_before = track->n_urgent, ticks;

	if (track->ticks == NULL)
		return thaw_rows(store, hashes, n, n_max);
	ticks = *track->ticks;
	start = track->tsc();
	n = thaw_rows(store, hashes, n, n_max);
	if (track->n_urgent > n_before) // all of it, not what pack() has noted alone
		*track->ticks = ticks + track->tsc() - start;
	return n;
}

void keyed_thaw(struct keyed_store *store, const uint64_t *hashes, uint16_t n)
{
	thaw_noted(store, hashes, n, UINT32_MAX);
}

uint16_t keyed_store_thaw(struct keyed_store *store, const uint64_t *hashes, uint16_t n)
{
	if (store->root == PAGE_NONE || !keyed_store_is_frozen(store))
		return n;
	return thaw_noted(store, hashes, n, KEYED_THAW_MAX);
}

void keyed_store_touch(struct keyed_store *store, uint64_t hash)
{
	if (store->root == PAGE_NONE)
		return;
	if (keyed_store_is_frozen(store))
		thaw(store, hash);
	else
		*bucket_mark(store, locate_bucket(store, hash)) = store->track->mark;
}

// A look at the bucket at *prefix; then *prefix is where the next one begins. True when it was the
// last one.
static bool step(struct keyed_store *store, uint64_t *prefix, bool is_seal, int32_t *n_left)
{
	struct place at = locate(store, *prefix);
	uint32_t slot = at.slots[at.index], bits = at.n_used + slot_depth(slot);
	uint32_t bucket = slot_page(slot);
	uint8_t *mark = bucket_mark(store, bucket);
	bool is_frozen_now = keyed_store_is_frozen(store) && *mark == frozen_mark(store);
	uint64_t end;
	bool is_last = bits == 0 || __builtin_add_overflow(*prefix, 1ull << (64 - bits), &end);

	if (!is_last)
		__builtin_prefetch(bucket_mark(store, locate_bucket(store, end)));
	(*n_left)--;
	if (is_frozen_now || (is_seal && *mark != KEYED_CLEAN)) {
		*n_left -= *bucket_count(store, bucket);
		pack_bucket(store, bucket, *prefix, bits, !is_frozen_now);
		*mark = KEYED_CLEAN;
	}
	*prefix = is_last ? 0 : end;
	return is_last;
}

bool keyed_store_pack(struct keyed_store *store, int32_t *n_left)
{
	while (keyed_store_is_frozen(store)) {
		if (*n_left <= 0)
			return false;
		if (store->root == PAGE_NONE || step(store, &store->packed_to, false, n_left)) {
			store->round = store->track->round;
			store->packed_to = 0;
		}
	}
	return true;
}

bool keyed_store_seal(struct keyed_store *store, int32_t *n_left)
{
	bool is_done = store->root == PAGE_NONE || store->track == &keyed_untracked;

	while (!is_done) {
		if (*n_left <= 0)
			return false;
		is_done = step(store, &store->sealed_to, true, n_left);
	}
	store->sealed_to = 0;
	keyed_store_untrack(store);
	return true;
}
