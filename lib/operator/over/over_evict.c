// Making room (state.max-memory.policy = evict-idle): when the pool is empty, keys that had no row
// for longest go.
//
// Which these are is found by sampling, as caches do that keep no list of all keys (Redis): of some
// of a bucket's keys, which are neighbours by hash and so as good as chosen at random, the oldest
// goes. A new key takes the place of one in its own bucket, as buckets keep their pages. For what
// keys have in the slab a hand goes around all buckets, and takes a quarter of the keys it meets.
// Buckets leave an eighth of the pool to what is in the slab: rows that wait, queues, lists.
//
// A key's age is the segment that had its last row. Keys of the segment in hand stay, and those
// with rows that wait. Time: KEYED_SAMPLE keys for a new one, or a bucket where all of these are in
// use; EVICTED_MAX keys and LOOKS buckets for the rest of a block. All of it is cold memory, so it
// is fetched for several keys before the first is touched.
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

// Which of states[:n], NULL or not, had no row for longest; n when all are in use.
static uint16_t oldest_of(const struct over *over, void *const *states, uint16_t n)
{
	uint64_t least = UINT64_MAX;
	uint16_t oldest = n;

	for (uint16_t i = 0; i < n; i++) {
		const struct over_key *key = states[i];

		if (key == NULL || !may_go(over, key) || key->segment >= least)
			continue;
		least = key->segment;
		oldest = i;
	}
	return oldest;
}

// What a key leads to is on its way into the cache: there are several that go together.
static void prefetch_owned(const struct over *over, const struct over_key *key)
{
	if (key->records.first != NULL)
		slab_prefetch(&over->slab, key->records.first);
	if (key->timer != NULL)
		slab_prefetch(&over->slab, key->timer);
}

void over_evict_not(const struct over *over, void *const *states, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct over_key *key = states[i];

		if (key != NULL && key->segment < over->keep_from)
			key->segment = over->keep_from;
	}
}

// Who makes room for a key of this hash; NULL when all of its bucket are in use.
static struct over_key *choose(const struct over *over, uint64_t hash)
{
	const void *images[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	uint16_t n = keyed_store_sample(&over->store, hash, states);
	uint16_t i = oldest_of(over, states, n);

	if (i == n) {
		n = keyed_store_bucket(&over->store, &hash, images, states);
		i = oldest_of(over, states, n);
	}
	return i < n ? states[i] : NULL;
}

// The same for each row without a state, all of them first brought into the cache.
static void choose_all(struct over *over, const uint64_t *hashes, uint16_t n, void *const *states,
	struct over_key **chosen)
{
	for (uint16_t i = 0; i < n; i++)
		if (states[i] == NULL)
			keyed_store_prefetch_sample(&over->store, hashes[i]);
	for (uint16_t i = 0; i < n; i++) {
		chosen[i] = states[i] == NULL ? choose(over, hashes[i]) : NULL;
		if (chosen[i] != NULL)
			prefetch_owned(over, chosen[i]);
	}
}

void over_evict_for(
	struct over *over, const void *images, const uint64_t *hashes, uint16_t n, void **states)
{
	struct over_key *chosen[BLOCK_ROWS_MAX];
	bool has_moved = false;

	over_evict_not(over, states, n);
	choose_all(over, hashes, n, states, chosen);
	for (uint16_t i = 0; i < n; i++) {
		const char *image = (const char *)images + (size_t)i * over->keys.size;
		struct over_key *key = chosen[i];

		if (states[i] != NULL || key_extra_size(&over->keys, image) > KEY_STRING_MAX ||
			keyed_store_find(&over->store, image, &hashes[i], 1, &states[i]) > 0)
			continue;
		if (has_moved || (key != NULL && !may_go(over, key))) // another row has its place
			key = choose(over, hashes[i]);
		if (key == NULL)
			continue;
		keyed_store_touch(&over->store, hashes[i]);
		over_key_strip(over, key);
		op_count(&over->op, over->evicted_keys, 1);
		states[i] = keyed_store_replace(&over->store, key, image, hashes[i]);
		has_moved |= states[i] == NULL;
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

// How many of these keys go: a quarter of those that may, one at least if there is any.
static uint16_t a_quarter(const struct over *over, void *const *states, uint16_t n)
{
	uint16_t n_keys = 0, n_going;

	for (uint16_t i = 0; i < n; i++)
		n_keys += may_go(over, states[i]);
	n_going = n_keys / QUARTER;
	if (n_going == 0 && n_keys > 0)
		n_going = 1;
	return n_going < over->n_evict_left ? n_going : over->n_evict_left;
}

// Evict the oldest keys of the bucket at the hand, and move on. Returns how many.
static uint16_t evict_at_hand(struct over *over)
{
	const void *images[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX], *staying[BLOCK_ROWS_MAX];
	uint16_t n = keyed_store_bucket(&over->store, &over->hand, images, states);
	uint16_t n_going = a_quarter(over, states, n);

	keyed_store_prefetch(&over->store, over->hand); // the next one
	memcpy(staying, states, n * sizeof(*states));
	for (uint16_t k = 0; k < n_going; k++) {
		uint16_t i = oldest_of(over, staying, n);

		prefetch_owned(over, staying[i]);
		staying[i] = NULL;
	}
	// From the last to the first: the last one takes the place of one that goes.
	for (uint16_t i = n; i-- > 0;)
		if (staying[i] == NULL)
			over_key_forget(over, states[i]);
	op_count(&over->op, over->evicted_keys, n_going);
	return n_going;
}

bool over_evict_some(struct over *over)
{
	uint16_t n = 0;

	if (!over->op.task->evict_idle || over->n_evict_left == 0 || !has_pieces(over))
		return false;
	for (int look = 0; look < LOOKS && n == 0; look++)
		n = evict_at_hand(over);
	over->n_evict_left -= n;
	return n > 0;
}
