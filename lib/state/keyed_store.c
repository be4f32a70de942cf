// Looking up: three dependent cache misses at the most (directory, tags, entry), each prefetched
// for the whole block. See the drawing in keyed_store.h.

#include <assert.h>
#include <errno.h>
#include <string.h>
#include "state/keyed_layout.h"

// A second line of tags has to pay for the look at it: where a few more entries would fit, the page
// is left less than full.
static uint16_t tags_size_for(uint32_t n_entries)
{
	enum { LINE_ENTRIES = TAG_LINE - 2 };

	return n_entries <= LINE_ENTRIES + LINE_ENTRIES / 8 ? TAG_LINE : PAGE_SIDE_SIZE;
}

int keyed_store_init(struct keyed_store *store, struct page_pool *pool,
	const struct key_layout *keys, const struct hash_seed *seed, uint32_t state_size)
{
	uint32_t entry_size = keys->size + ((state_size + 7) & ~7u);
	uint32_t fit = PAGE_SIZE / entry_size;

	if (entry_size > KEYED_STORE_STATE_MAX)
		return -E2BIG;
	*store = (struct keyed_store){
		.pool = pool,
		.keys = keys,
		.seed = seed,
		.state_size = entry_size - keys->size,
		.entry_size = entry_size,
		.root = PAGE_NONE,
		.nodes = PAGE_NONE,
		.heap = PAGE_NONE,
		.track = &keyed_untracked,
	};
	store->tags_size = tags_size_for(fit);
	store->capacity = (uint16_t)(fit < store->tags_size - 2u ? fit : store->tags_size - 2u);
	return 0;
}

void keyed_store_clear(struct keyed_store *store)
{
	if (store->pages.n == 0)
		return; // it may never have been initialised
	page_give_chain(store->pool, &store->pages);
	store->root = store->nodes = store->heap = PAGE_NONE;
	store->n_entries = 0;
	store->round = store->track->round;
	store->packed_to = store->sealed_to = 0;
}

char *keyed_store_heap(struct keyed_store *store, uint32_t len)
{
	assert(len <= KEY_STRING_MAX);
	len = (len + 7) & ~7u;
	if (store->heap == PAGE_NONE || store->heap_used + len > PAGE_SIZE) {
		uint32_t page = page_take_into(store->pool, &store->pages);

		if (page == PAGE_NONE)
			return NULL;
		store->heap = page;
		store->heap_used = 0;
	}
	store->heap_used += len;
	return (char *)page_at(store->pool, store->heap) + store->heap_used - len;
}

// An entry's first lines: what is longer is rare, and the hardware runs ahead on it.
static inline void prefetch_entry(const uint8_t *entry, uint32_t entry_size)
{
	__builtin_prefetch(entry);
	__builtin_prefetch(entry + (entry_size < 2 * TAG_LINE ? entry_size : 2 * TAG_LINE) - 1);
}

// Where a key is most likely: with a byte of hash for each of some 40 keys the first entry that the
// tags point to is another key's one time in twelve, which no branch predictor foresees.
struct guess {
	uint8_t *first, *second; // NULL when the tags point to none, the same when to one only
};

// What the first line's tags point to, on its way into the cache; or else where a new key goes.
static inline __attribute__((always_inline)) struct guess guess_entries(
	uint8_t *entries, const uint8_t *tags, uint32_t tags_size, uint32_t entry_size, uint8_t tag)
{
	uint32_t count = tags[tags_size - 1];
	uint64_t match = match_tags(tags, count, tag), others = match & (match - 1);
	struct guess guess;

	if (match == 0) {
		prefetch_entry(entries + count * entry_size, entry_size);
		return (struct guess){NULL, NULL};
	}
	others = others != 0 ? others : match;
	guess.first = entries + (uint32_t)__builtin_ctzll(match) * entry_size;
	guess.second = entries + (uint32_t)__builtin_ctzll(others) * entry_size;
	prefetch_entry(guess.first, entry_size);
	prefetch_entry(guess.second, entry_size);
	return guess;
}

// Buckets of all hashes, their tags on the way.
static inline __attribute__((always_inline)) void find_buckets(const struct keyed_store *store,
	const uint64_t *hashes, uint16_t n, uint32_t tags_size, uint32_t *buckets)
{
	const struct page_pool pool = *store->pool; // in registers, whatever is written
	const uint32_t *root = page_at(&pool, store->root);

	for (uint16_t i = 0; i < n; i++) {
		uint32_t slot = root[root_index(hashes[i])];

		if (slot & SLOT_DIRECTORY)
			__builtin_prefetch(
				node_slots(&pool, slot) + node_index(hashes[i], ROOT_BITS));
	}
	for (uint16_t i = 0; i < n; i++) {
		uint32_t slot = root[root_index(hashes[i])];

		for (uint32_t n_used = ROOT_BITS; slot & SLOT_DIRECTORY; n_used += NODE_BITS)
			slot = node_slots(&pool, slot)[node_index(hashes[i], n_used)];
		buckets[i] = slot_page(slot);
		for (uint32_t line = 0; line < tags_size; line += TAG_LINE)
			__builtin_prefetch(page_side(&pool, buckets[i]) + line);
	}
}

// The same as find_entry(), out of the way of the loop that seldom needs it.
static __attribute__((noinline)) uint8_t *search(
	const struct keyed_store *store, uint32_t bucket, const void *image, uint64_t hash)
{
	return find_entry(store, bucket, image, hash);
}

static inline void prefetch_guesses(
	const struct key_layout *keys, const struct guess *guesses, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		if (guesses[i].first != NULL) {
			key_prefetch_strings(keys, guesses[i].first);
			key_prefetch_strings(keys, guesses[i].second);
		}
}

// Inlined with constant sizes.
static inline __attribute__((always_inline)) bool is_key(const struct key_layout *keys,
	const void *entry, const void *image, uint32_t key_size, bool has_strings)
{
	return has_strings ? key_equal(keys, entry, image)
			   : key_same_words(entry, image, 0, key_size);
}

// Find all keys of a block, each cache line prefetched a pass ahead of its use. Inlined with
// constant sizes. The buckets get the mark, unless it is KEYED_CLEAN.
static inline __attribute__((always_inline)) uint16_t find_sized(const struct keyed_store *store,
	const void *images, const uint64_t *hashes, uint16_t n, uint32_t key_size, bool has_strings,
	uint32_t tags_size, uint8_t mark, void **states)
{
	uint32_t buckets[BLOCK_ROWS_MAX];
	struct guess guesses[BLOCK_ROWS_MAX];
	uint8_t *pages = page_at(store->pool, 0), *sides = page_side(store->pool, 0);
	uint32_t entry_size = store->entry_size;
	uint16_t n_found = 0;

	find_buckets(store, hashes, n, tags_size, buckets);
	for (uint16_t i = 0; i < n; i++) {
		uint8_t *tags = sides + (uint64_t)buckets[i] * PAGE_SIDE_STRIDE;

		guesses[i] = guess_entries(pages + (uint64_t)buckets[i] * PAGE_SIZE, tags,
			tags_size, entry_size, hash_tag(hashes[i]));
		if (mark != KEYED_CLEAN && tags[tags_size - 2] != mark) // else it stays clean
			tags[tags_size - 2] = mark;
	}
	if (has_strings)
		prefetch_guesses(store->keys, guesses, n);
	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *image = (const uint8_t *)images + (uint64_t)i * key_size;
		uint8_t *entry = guesses[i].first;

		if (entry != NULL && !is_key(store->keys, entry, image, key_size, has_strings))
			entry = guesses[i].second;
		if (entry == NULL || !is_key(store->keys, entry, image, key_size, has_strings))
			entry = search(store, buckets[i], image, hashes[i]);
		states[i] = entry != NULL ? entry + key_size : NULL;
		n_found += entry != NULL;
	}
	return n_found;
}

static inline __attribute__((always_inline)) uint16_t find_block(const struct keyed_store *store,
	const void *images, const uint64_t *hashes, uint16_t n, uint8_t mark, void **states)
{
	enum { WORD_KEY = 16 }; // a single value of up to 8 bytes, or several narrow ones: the rule
	enum { TEXT_KEY = 32 }; // a string of up to 20 bytes, or several values
	const struct key_layout *keys = store->keys;
	uint32_t size = keys->size, tags_size = store->tags_size;

	if (keys->has_strings && key_any_long(keys, images, size, n))
		return find_sized(store, images, hashes, n, size, true, tags_size, mark, states);
	if (size == WORD_KEY && tags_size == TAG_LINE)
		return find_sized(
			store, images, hashes, n, WORD_KEY, false, TAG_LINE, mark, states);
	if (size == TEXT_KEY && tags_size == TAG_LINE)
		return find_sized(
			store, images, hashes, n, TEXT_KEY, false, TAG_LINE, mark, states);
	return find_sized(store, images, hashes, n, size, false, tags_size, mark, states);
}

uint16_t keyed_store_find(const struct keyed_store *store, const void *images,
	const uint64_t *hashes, uint16_t n, void **states)
{
	if (store->root != PAGE_NONE)
		return find_block(store, images, hashes, n, KEYED_CLEAN, states);
	for (uint16_t i = 0; i < n; i++)
		states[i] = NULL;
	return 0;
}

// The same for states that will be changed.
static uint16_t find_to_change(struct keyed_store *store, const void *images,
	const uint64_t *hashes, uint16_t n, void **states)
{
	if (store->root == PAGE_NONE)
		return keyed_store_find(store, images, hashes, n, states);
	if (keyed_store_is_frozen(store))
		keyed_thaw(store, hashes, n);
	return find_block(store, images, hashes, n, store->track->mark, states);
}

static void prefetch_entries(const struct keyed_store *store, uint32_t bucket)
{
	const uint8_t *entries = bucket_entry(store, bucket, 0);
	uint32_t size = *bucket_count(store, bucket) * store->entry_size;

	for (uint32_t at = 0; at < size; at += TAG_LINE)
		__builtin_prefetch(entries + at, 1);
}

void keyed_store_prefetch(const struct keyed_store *store, uint64_t hash)
{
	if (store->root != PAGE_NONE)
		prefetch_entries(store, locate_bucket(store, hash));
}

// A new key splits a full bucket, all of which is read: that takes as long as to get it.
static void prefetch_full(const struct keyed_store *store, uint64_t hash)
{
	uint32_t bucket;

	if (store->root == PAGE_NONE || !keyed_has_page(store))
		return;
	bucket = locate_bucket(store, hash);
	if (*bucket_count(store, bucket) == store->capacity)
		prefetch_entries(store, bucket);
}

uint16_t keyed_store_upsert(struct keyed_store *store, const void *images, const uint64_t *hashes,
	uint16_t n, void **states)
{
	enum { AHEAD = 12 };
	uint16_t n_found = find_to_change(store, images, hashes, n, states), n_refused = 0;
	bool moved = false;

	if (n_found == n)
		return 0;
	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *image = (const uint8_t *)images + (uint64_t)i * store->keys->size;
		uint8_t *entry = NULL;

		if (i + AHEAD < n && states[i + AHEAD] == NULL)
			prefetch_full(store, hashes[i + AHEAD]);
		if (states[i] != NULL)
			continue;
		if (store->root != PAGE_NONE) // the block may have had it before
			entry = find_entry(
				store, locate_bucket(store, hashes[i]), image, hashes[i]);
		if (entry == NULL)
			entry = keyed_insert(store, image, hashes[i], &moved);
		if (entry != NULL)
			states[i] = entry_state(store, entry);
		else
			n_refused++;
	}
	if (moved) // a split may have moved what was found before it
		keyed_store_find(store, images, hashes, n, states);
	return n_refused;
}

// The bucket at prefix, its tags on the way: it is the next one of a walk.
static inline void prefetch_bucket(const struct keyed_store *store, uint64_t prefix)
{
	uint32_t bucket = locate_bucket(store, prefix);

	__builtin_prefetch(bucket_count(store, bucket));
}

uint16_t keyed_store_next(const struct keyed_store *store, struct keyed_cursor *cursor,
	const void **images, void **states, uint16_t n_max)
{
	uint16_t n = 0;

	if (store->root == PAGE_NONE)
		return 0;
	while (n < n_max && !cursor->done) {
		struct place at = locate(store, cursor->prefix);
		uint32_t slot = at.slots[at.index];
		uint32_t bits = at.n_used + slot_depth(slot);
		uint32_t bucket = slot_page(slot);
		uint16_t count = *bucket_count(store, bucket);
		uint64_t end;
		// The next bucket begins where this one's range of hashes ends.
		bool is_last = bits == 0 ||
			       __builtin_add_overflow(cursor->prefix, 1ull << (64 - bits), &end);

		if (!is_last)
			prefetch_bucket(store, end);
		for (; n < n_max && cursor->entry < count; cursor->entry++, n++) {
			uint8_t *entry = bucket_entry(store, bucket, cursor->entry);

			prefetch_entry(entry, store->entry_size);
			images[n] = entry;
			states[n] = entry_state(store, entry);
		}
		if (cursor->entry < count)
			break;
		cursor->entry = 0;
		cursor->done = is_last;
		cursor->prefix = is_last ? 0 : end;
	}
	return n;
}

uint16_t keyed_store_bucket(
	const struct keyed_store *store, uint64_t *prefix, const void **images, void **states)
{
	struct place at;
	uint32_t bits, bucket;

	if (store->root == PAGE_NONE) {
		*prefix = 0;
		return 0;
	}
	at = locate(store, *prefix);
	bits = at.n_used + slot_depth(at.slots[at.index]);
	bucket = slot_page(at.slots[at.index]);
	for (uint16_t i = 0; i < *bucket_count(store, bucket); i++) {
		images[i] = bucket_entry(store, bucket, i);
		states[i] = entry_state(store, bucket_entry(store, bucket, i));
	}
	*prefix = bits == 0 ? 0 : ((*prefix >> (64 - bits)) + 1) << (64 - bits);
	return *bucket_count(store, bucket);
}
