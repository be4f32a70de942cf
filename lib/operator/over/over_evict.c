// Making room (state.max-memory.policy = evict-idle): when the pool is empty, keys that had no row
// for longest go.
//
// Which these are is found by sampling, as caches do that keep no list of all keys (Redis): of a
// bucket's keys, which are neighbours by hash and so as good as chosen at random, the oldest goes.
// A new key takes the place of one in its own bucket, as buckets keep their pages. For what keys
// have in the slab a hand goes around all buckets, and takes a quarter of the keys it meets.
// Buckets leave an eighth of the pool to what is in the slab: rows that wait, queues, lists.
//
// A key's age is the segment that had its last row. Keys of the segment in hand stay, and those
// with rows that wait. Time: a bucket for a new key, EVICTED_MAX keys and LOOKS buckets for the
// rest of a block.
#include "operator/over/over_state.h"

enum { EVICTED_MAX = 256, LOOKS = 4, QUARTER = 4, LEFT_FREE = 8 };

void over_evict_begin(struct over *over)
{
	over->store.n_left_free = over->store.pool->n_pages / LEFT_FREE;
	over->n_evict_left = EVICTED_MAX;
}

static bool may_go(const struct over *over, const struct over_key *key)
{
	return key->segment < over->keep_from && key->n_waiting == 0;
}

// Evict the oldest key of the bucket of hash; false when all are in use. *n_keys: how many may go.
static bool evict_oldest(struct over *over, uint64_t hash, uint16_t *n_keys)
{
	const void *images[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	struct over_key *oldest = NULL;
	uint16_t n = keyed_store_bucket(&over->store, &hash, images, states);

	*n_keys = 0;
	for (uint16_t i = 0; i < n; i++) {
		struct over_key *key = states[i];

		if (!may_go(over, key))
			continue;
		(*n_keys)++;
		if (oldest == NULL || key->segment < oldest->segment)
			oldest = key;
	}
	if (oldest == NULL)
		return false;
	over_key_forget(over, oldest);
	op_count(&over->op, over->evicted_keys, 1);
	return true;
}

void over_evict_not(const struct over *over, void *const *states, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct over_key *key = states[i];

		if (key != NULL && key->segment < over->keep_from)
			key->segment = over->keep_from;
	}
}

void over_evict_for(
	struct over *over, const void *images, const uint64_t *hashes, uint16_t n, void **states)
{
	uint16_t n_keys;

	over_evict_not(over, states, n);
	for (uint16_t i = 0; i < n; i++) {
		const char *image = (const char *)images + (size_t)i * over->keys.size;

		if (states[i] != NULL || key_extra_size(&over->keys, image) > KEY_STRING_MAX)
			continue;
		if (!evict_oldest(over, hashes[i], &n_keys))
			continue;
		keyed_store_upsert(&over->store, image, &hashes[i], 1, &states[i]);
		over_evict_not(over, &states[i], 1);
	}
	keyed_store_find(&over->store, images, hashes, n, states);
}

// What keys have in the slab comes free with them.
static bool has_pieces(const struct over *over)
{
	bool has_heap = over->has_records || over->keys.has_strings;

	for (uint16_t c = 0; c < over->config->n_calls; c++)
		has_heap |= aggregate_has_heap(&over->config->calls[c].call);
	return has_heap;
}

bool over_evict_some(struct over *over)
{
	const void *images[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	bool has_evicted = false;

	if (!over->op.task->evict_idle || over->n_evict_left == 0 || !has_pieces(over))
		return false;
	for (int look = 0; look < LOOKS && !has_evicted; look++) {
		uint64_t hash = over->hand;
		uint16_t n_keys, n_going;

		has_evicted = evict_oldest(over, hash, &n_keys);
		n_going = n_keys / QUARTER;
		if (n_going > over->n_evict_left)
			n_going = over->n_evict_left;
		for (uint16_t i = 1; i < n_going; i++)
			evict_oldest(over, hash, &n_keys);
		over->n_evict_left -= has_evicted && n_going == 0 ? 1 : n_going;
		keyed_store_bucket(&over->store, &over->hand, images, states);
	}
	return has_evicted;
}
