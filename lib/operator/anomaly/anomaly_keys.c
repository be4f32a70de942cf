// Keys of rows, and making room for them.
//
// With state.max-memory.policy = evict-idle a new key that there is no room for takes that of the
// key that had no row for longest: of a bucket's keys, which are neighbours by hash and so as good
// as chosen at random, the oldest goes (as OverAggregate has it, and Redis). A key that needs room
// in its bucket takes it there, of the oldest one of a sample; for cells and long strings a hand
// goes around all buckets. Keys of the block in hand stay. Time: KEYED_SAMPLE keys for a new one,
// LOOKS buckets for a cell.
#include "operator/anomaly/anomaly_state.h"

enum { LOOKS = 4 };

// Which of entries[:n] had no row for longest; NULL when all are in use.
static struct anomaly_key *oldest_of(
	const struct anomaly *anomaly, void *const *entries, uint16_t n)
{
	struct anomaly_key *oldest = NULL; // a large one begins alike

	for (uint16_t i = 0; i < n; i++) {
		struct anomaly_key *key = entries[i];

		if (key->used < anomaly->n_blocks && (oldest == NULL || key->used < oldest->used))
			oldest = key;
	}
	return oldest;
}

// What a key keeps elsewhere goes, as the key itself is about to; false when it may not.
static bool strip(struct anomaly *anomaly, struct anomaly_key *key)
{
	if (anomaly->is_large && !large_may_forget(anomaly))
		return false;
	if (anomaly->is_large)
		large_forget(anomaly, (struct large_key *)key);
	op_count(&anomaly->op, anomaly->evicted_keys, 1);
	return true;
}

// Evict the oldest key of the bucket of hash; entries are no longer valid then. False when all are
// in use.
static bool evict_oldest(struct anomaly *anomaly, uint64_t hash)
{
	const void *images[BLOCK_ROWS_MAX], *image;
	void *entries[BLOCK_ROWS_MAX];
	uint16_t n = keyed_store_bucket(&anomaly->store, &hash, images, entries);
	struct anomaly_key *oldest = oldest_of(anomaly, entries, n);

	if (oldest == NULL || !strip(anomaly, oldest))
		return false;
	image = keyed_store_image(&anomaly->store, oldest);
	key_hashes(&anomaly->keys, anomaly->op.task->seed, image, 1, &hash);
	keyed_store_remove(&anomaly->store, image, hash);
	return true;
}

static bool evict_by_hand(struct anomaly *anomaly)
{
	const void *images[BLOCK_ROWS_MAX];
	void *entries[BLOCK_ROWS_MAX];

	for (int look = 0; look < LOOKS; look++) {
		uint64_t hash = anomaly->hand;

		keyed_store_bucket(&anomaly->store, &anomaly->hand, images, entries);
		if (evict_oldest(anomaly, hash))
			return true;
	}
	return false;
}

static void note_used(struct anomaly *anomaly, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct anomaly_key *key = anomaly->entries[i];

		if (key != NULL)
			key->used = anomaly->n_blocks;
	}
}

// Row i's entry, which others may have moved.
static void *entry_of(struct anomaly *anomaly, uint16_t i)
{
	void *entry;

	keyed_store_find(
		&anomaly->store, anomaly_image(anomaly, i), &anomaly->hashes[i], 1, &entry);
	return entry;
}

// Who makes room for a key of this hash; NULL when all of its bucket are in use.
static struct anomaly_key *choose(const struct anomaly *anomaly, uint64_t hash)
{
	const void *images[BLOCK_ROWS_MAX];
	void *entries[BLOCK_ROWS_MAX];
	uint16_t n = keyed_store_sample(&anomaly->store, hash, entries);
	struct anomaly_key *key = oldest_of(anomaly, entries, n);

	if (key != NULL)
		return key;
	n = keyed_store_bucket(&anomaly->store, &hash, images, entries);
	return oldest_of(anomaly, entries, n);
}

// Room for the keys that were refused, in their buckets.
static void evict_for(struct anomaly *anomaly, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		if (anomaly->entries[i] == NULL)
			keyed_store_prefetch_sample(&anomaly->store, anomaly->hashes[i]);
	for (uint16_t i = 0; i < n; i++) {
		const void *image = anomaly_image(anomaly, i);
		struct anomaly_key *key;

		if (anomaly->entries[i] != NULL ||
			key_extra_size(&anomaly->keys, image) > KEY_STRING_MAX ||
			entry_of(anomaly, i) != NULL)
			continue;
		key = choose(anomaly, anomaly->hashes[i]);
		if (key == NULL || !strip(anomaly, key))
			continue;
		key = keyed_store_replace(&anomaly->store, key, image, anomaly->hashes[i]);
		if (key != NULL)
			key->used = anomaly->n_blocks;
	}
	keyed_store_find(&anomaly->store, anomaly->images, anomaly->hashes, n, anomaly->entries);
}

// Cells for new keys; those without one are no more.
static void make_large(struct anomaly *anomaly, uint16_t n)
{
	bool has_moved = false;

	for (uint16_t i = 0; i < n; i++) {
		struct large_key *key = has_moved ? entry_of(anomaly, i) : anomaly->entries[i];

		if (key == NULL || key->state != NULL || large_make(anomaly, key))
			continue;
		has_moved = true;
		if (anomaly->op.task->evict_idle && evict_by_hand(anomaly) &&
			large_make(anomaly, entry_of(anomaly, i)))
			continue;
		keyed_store_remove(&anomaly->store, anomaly_image(anomaly, i), anomaly->hashes[i]);
	}
	if (has_moved)
		keyed_store_find(
			&anomaly->store, anomaly->images, anomaly->hashes, n, anomaly->entries);
}

void anomaly_find_keys(struct anomaly *anomaly, uint16_t n)
{
	bool evicts = anomaly->op.task->evict_idle;
	uint16_t n_refused = keyed_store_upsert(
		&anomaly->store, anomaly->images, anomaly->hashes, n, anomaly->entries);

	if (evicts)
		note_used(anomaly, n);
	if (n_refused > 0 && evicts)
		evict_for(anomaly, n);
	if (!anomaly->is_large)
		return;
	make_large(anomaly, n);
	large_touch(anomaly, anomaly->entries, n);
}
