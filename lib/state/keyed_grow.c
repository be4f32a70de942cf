// How a store grows: a full bucket splits in two, and when it uses all bits of its directory, gets
// a directory of its own first.
//
// Insert: amortised O(1); a split moves about half of one bucket, and a
// quarter within it. Space: buckets are ln 2 = 69 %
// full on average (Fagin et al. 1979).

#include <assert.h>
#include <string.h>
#include "state/keyed_layout.h"
#include "state/slab.h"

static uint32_t take_page(struct keyed_store *store)
{
	return keyed_has_page(store) ? page_take_into(store->pool, &store->pages) : PAGE_NONE;
}

static uint32_t take_bucket(struct keyed_store *store)
{
	uint32_t page = take_page(store);

	if (page != PAGE_NONE) {
		*bucket_count(store, page) = 0;
		*bucket_mark(store, page) = store->track->mark;
	}
	return page;
}

// The first directory and its one bucket.
static bool plant(struct keyed_store *store)
{
	uint32_t root, bucket;
	uint32_t *slots;

	if (page_pool_n_free(store->pool) < store->n_left_free + 2)
		return false;
	root = take_page(store);
	bucket = take_bucket(store);
	slots = page_at(store->pool, root);
	for (uint32_t i = 0; i < ROOT_SLOTS; i++)
		slots[i] = slot_make(bucket, 0);
	store->root = root;
	return true;
}

// A slot for a new directory, or 0 when the pool is empty.
static uint32_t take_node(struct keyed_store *store)
{
	if (store->nodes == PAGE_NONE || store->n_nodes == NODES_PER_PAGE) {
		uint32_t page = take_page(store);

		if (page == PAGE_NONE)
			return 0;
		store->nodes = page;
		store->n_nodes = 0;
	}
	return slot_make(store->nodes, store->n_nodes++) | SLOT_DIRECTORY;
}

// Hang a directory under a bucket that uses all bits of its own.
static bool deepen(struct keyed_store *store, struct place *at, uint64_t hash)
{
	uint32_t slot = take_node(store), bucket = slot_page(at->slots[at->index]);

	if (slot == 0)
		return false;
	at->slots[at->index] = slot;
	at->slots = node_slots(store->pool, slot);
	for (uint32_t i = 0; i < NODE_SLOTS; i++)
		at->slots[i] = slot_make(bucket, 0);
	at->n_used += at->bits;
	at->bits = NODE_BITS;
	at->index = node_index(hash, at->n_used);
	return true;
}

// size bytes, a multiple of 8, from one place to another: in a few large pieces, the last of which
// overlaps the one before.
static void copy_entry(uint8_t *restrict to, const uint8_t *restrict from, uint32_t size)
{
	enum { PIECE = 32, WORD = 8 };
	uint32_t at = 0;

	if (size < PIECE) {
		for (; at < size; at += WORD)
			memcpy(to + at, from + at, WORD);
		return;
	}
	for (; at + PIECE < size; at += PIECE)
		memcpy(to + at, from + at, PIECE);
	memcpy(to + size - PIECE, from + size - PIECE, PIECE);
}

static void move_entry(
	const struct keyed_store *store, uint32_t from, uint32_t i, uint32_t to, uint32_t k)
{
	copy_entry(bucket_entry(store, to, k), bucket_entry(store, from, i), store->entry_size);
	bucket_tags(store, to)[k] = bucket_tags(store, from)[i];
}

// Move the entries with the bit after `bit` of their hash set from one bucket to another; the last
// ones of those that stay fill the gaps. Which way an entry goes is a coin's toss, so there is no
// branch on it.
static void divide(struct keyed_store *store, uint32_t from, uint32_t to, uint32_t bit)
{
	uint32_t n = *bucket_count(store, from), n_moving = 0, n_staying = 0;
	uint8_t moving[PAGE_SIDE_SIZE], staying[PAGE_SIDE_SIZE];
	uint64_t hashes[PAGE_SIDE_SIZE];

	key_hashes_of(store->keys, store->seed, bucket_entry(store, from, 0), store->entry_size,
		(uint16_t)n, hashes);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t moves = hashes[i] << bit >> 63;

		moving[n_moving] = staying[n_staying] = (uint8_t)i;
		n_moving += moves;
		n_staying += !moves;
	}
	for (uint32_t k = 0; k < n_moving; k++)
		move_entry(store, from, moving[k], to, k);
	for (uint32_t k = 0, last = n_staying; k < n_moving && moving[k] < n_staying; k++)
		move_entry(store, from, staying[--last], from, moving[k]);
	*bucket_count(store, from) = (uint8_t)n_staying;
	*bucket_count(store, to) = (uint8_t)n_moving;
}

static bool split(struct keyed_store *store, uint64_t hash)
{
	struct place at = locate(store, hash);
	uint32_t depth = slot_depth(at.slots[at.index]);
	uint32_t old_page, new_page, span, first;

	if (depth == at.bits) {
		if (!deepen(store, &at, hash))
			return false;
		depth = 0;
	}
	assert(at.n_used + depth <
		HASH_BITS_MAX); // a bucketful of keys that share them: not by chance
	new_page = take_bucket(store);
	if (new_page == PAGE_NONE)
		return false;
	old_page = slot_page(at.slots[at.index]);
	divide(store, old_page, new_page, at.n_used + depth);
	*bucket_mark(store, old_page) = store->track->mark;
	span = 1u << (at.bits - depth - 1); // slots of each half
	first = at.index & ~(2 * span - 1);
	for (uint32_t i = 0; i < span; i++) {
		at.slots[first + i] = slot_make(old_page, depth + 1);
		at.slots[first + span + i] = slot_make(new_page, depth + 1);
	}
	page_prefetch(store->pool, PAGE_SIZE / 2); // for the next one: half a page moves
	return true;
}

static char *take_strings(struct keyed_store *store, uint32_t size)
{
	return store->slab != NULL ? slab_take(store->slab, size) : keyed_store_heap(store, size);
}

uint8_t *keyed_fill(
	struct keyed_store *store, uint32_t bucket, uint32_t i, const void *image, uint64_t hash)
{
	uint32_t extra_size = store->keys->has_strings ? key_extra_size(store->keys, image) : 0;
	uint8_t *entry = bucket_entry(store, bucket, i);
	char *extra = NULL;

	if (extra_size > KEY_STRING_MAX ||
		(extra_size > 0 && (extra = take_strings(store, extra_size)) == NULL))
		return NULL;
	key_copy(store->keys, image, entry, extra);
	memset(entry_state(store, entry), 0, store->state_size);
	bucket_tags(store, bucket)[i] = hash_tag(hash);
	*bucket_mark(store, bucket) = store->track->mark;
	return entry;
}

static bool is_too_long(const struct keyed_store *store, const void *image)
{
	return store->keys->has_strings && key_extra_size(store->keys, image) > KEY_STRING_MAX;
}

uint8_t *keyed_insert(struct keyed_store *store, const void *image, uint64_t hash, bool *moved)
{
	uint8_t *entry, *count;
	uint32_t bucket;

	if (is_too_long(store, image) || (store->root == PAGE_NONE && !plant(store)))
		return NULL;
	for (;;) {
		bucket = locate_bucket(store, hash);
		count = bucket_count(store, bucket);
		if (*count < store->capacity)
			break;
		if (!split(store, hash))
			return NULL;
		*moved = true;
	}
	entry = keyed_fill(store, bucket, *count, image, hash);
	if (entry == NULL)
		return NULL;
	++*count;
	store->n_entries++;
	return entry;
}
