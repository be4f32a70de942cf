// Extendible hashing over pages; see the drawing in keyed_store.h.
//
// Lookup: O(1), three dependent cache misses at the most (directory, tags, entry), each prefetched
// for the whole block. Insert: amortised O(1); a split moves about half of one bucket. Space:
// buckets are ln 2 = 69 % full on average.

#include "state/keyed_store.h"
#include <assert.h>
#include <errno.h>
#include <string.h>
#ifdef __AVX512BW__
#include <immintrin.h>
#endif

// The root directory is a page; those below it are smaller, four to a page, for they are sparse: at
// 100,000 keys there are a thousand of them with two or three buckets each.
enum { ROOT_BITS = 10, ROOT_SLOTS = 1 << ROOT_BITS };
enum { NODE_BITS = 8, NODE_SLOTS = 1 << NODE_BITS, NODES_PER_PAGE = ROOT_SLOTS / NODE_SLOTS };
enum { TAG_LINE = 64, HASH_BITS_MAX = 56 };
enum { CAPACITY_MAX = 4 * TAG_LINE - 1 }; // the count is a byte

// A directory slot: a bucket's page and how many of this directory's bits it uses; or, marked, a
// directory: its page and which of the page's nodes it is.
enum { SLOT_PAGE_BITS = PAGE_INDEX_BITS, SLOT_DIRECTORY = 1u << 31 };

static inline uint32_t slot_page(uint32_t slot)
{
	return slot & ((1u << SLOT_PAGE_BITS) - 1);
}

static inline uint32_t slot_depth(uint32_t slot)
{
	return slot >> SLOT_PAGE_BITS & 0xf;
}

static inline uint32_t slot_make(uint32_t page, uint32_t depth)
{
	return page | depth << SLOT_PAGE_BITS;
}

static inline uint32_t root_index(uint64_t hash)
{
	return (uint32_t)(hash >> (64 - ROOT_BITS));
}

// Where a directory below the root looks, when those above it have used n_used bits.
static inline uint32_t node_index(uint64_t hash, uint32_t n_used)
{
	return (uint32_t)(hash << n_used >> (64 - NODE_BITS));
}

static inline uint32_t *node_slots(const struct keyed_store *store, uint32_t slot)
{
	return (uint32_t *)page_at(store->pool, slot_page(slot)) + slot_depth(slot) * NODE_SLOTS;
}

static inline uint8_t hash_tag(uint64_t hash)
{
	return (uint8_t)hash; // the bits that the directory uses last
}

static inline uint8_t *bucket_count(const struct keyed_store *store, uint8_t *bucket)
{
	return bucket + store->tags_size - 1;
}

static inline uint8_t *bucket_entry(const struct keyed_store *store, uint8_t *bucket, uint32_t i)
{
	return bucket + store->tags_size + i * store->entry_size;
}

static inline void *entry_state(const struct keyed_store *store, uint8_t *entry)
{
	return entry + store->keys->size;
}

int keyed_store_init(struct keyed_store *store, struct page_pool *pool,
	const struct key_layout *keys, const struct hash_seed *seed, uint32_t state_size)
{
	uint32_t entry_size = keys->size + ((state_size + 7) & ~7u);
	uint32_t capacity = 0;

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
	};
	for (uint16_t tags = TAG_LINE; tags <= CAPACITY_MAX + 1; tags += TAG_LINE) {
		uint32_t fit = (PAGE_SIZE - tags) / entry_size;

		if (fit > tags - 1u)
			fit = tags - 1u;
		if (fit > capacity) {
			capacity = fit;
			store->tags_size = tags;
		}
	}
	store->capacity = (uint16_t)capacity;
	return 0;
}

// Give back what hangs below slots[:n]. A page of nodes goes with its first node: its bytes stay as
// they are, but for the first node's, until somebody takes it.
static void give_below(struct keyed_store *store, const uint32_t *slots, uint32_t n)
{
	uint32_t step;

	for (uint32_t i = 0; i < n; i += step) {
		uint32_t slot = slots[i];

		step = 1;
		if (slot & SLOT_DIRECTORY) {
			give_below(store, node_slots(store, slot), NODE_SLOTS);
			if (slot_depth(slot) == 0)
				page_give(store->pool, slot_page(slot));
			continue;
		}
		step = n >> slot_depth(slot);
		page_give(store->pool, slot_page(slot));
	}
}

void keyed_store_clear(struct keyed_store *store)
{
	uint32_t next;

	if (store->root != PAGE_NONE) {
		give_below(store, page_at(store->pool, store->root), ROOT_SLOTS);
		page_give(store->pool, store->root);
	}
	for (uint32_t page = store->heap; page != PAGE_NONE; page = next) {
		memcpy(&next, page_at(store->pool, page), sizeof(next));
		page_give(store->pool, page);
	}
	store->root = PAGE_NONE;
	store->nodes = PAGE_NONE;
	store->heap = PAGE_NONE;
	store->heap_used = 0;
	store->n_entries = 0;
}

char *keyed_store_heap(struct keyed_store *store, uint32_t len)
{
	assert(len <= KEY_STRING_MAX);
	if (store->heap == PAGE_NONE || store->heap_used + len > PAGE_SIZE) {
		uint32_t page = page_take(store->pool);

		if (page == PAGE_NONE)
			return NULL;
		memcpy(page_at(store->pool, page), &store->heap, sizeof(store->heap)); // link
		store->heap = page;
		store->heap_used = 8;
	}
	store->heap_used += len;
	return (char *)page_at(store->pool, store->heap) + store->heap_used - len;
}

static uint32_t take_bucket(struct keyed_store *store)
{
	uint32_t page = page_take(store->pool);

	if (page != PAGE_NONE)
		*bucket_count(store, page_at(store->pool, page)) = 0;
	return page;
}

// The first directory and its one bucket.
static bool plant(struct keyed_store *store)
{
	uint32_t root = page_take(store->pool), bucket;
	uint32_t *slots;

	if (root == PAGE_NONE)
		return false;
	bucket = take_bucket(store);
	if (bucket == PAGE_NONE) {
		page_give(store->pool, root);
		return false;
	}
	slots = page_at(store->pool, root);
	for (uint32_t i = 0; i < ROOT_SLOTS; i++)
		slots[i] = slot_make(bucket, 0);
	store->root = root;
	return true;
}

// Where a hash's bucket hangs.
struct place {
	uint32_t *slots; // of its directory
	uint32_t index; // in them
	uint32_t bits; // how many the directory looks at
	uint32_t n_used; // bits that those above it have used
};

static inline struct place locate(const struct keyed_store *store, uint64_t hash)
{
	struct place at = {.slots = page_at(store->pool, store->root), .bits = ROOT_BITS};

	at.index = root_index(hash);
	while (at.slots[at.index] & SLOT_DIRECTORY) {
		at.slots = node_slots(store, at.slots[at.index]);
		at.n_used += at.bits;
		at.bits = NODE_BITS;
		at.index = node_index(hash, at.n_used);
	}
	return at;
}

static inline uint8_t *locate_bucket(const struct keyed_store *store, uint64_t hash)
{
	struct place at = locate(store, hash);

	return page_at(store->pool, slot_page(at.slots[at.index]));
}

// Bit i set: tag i of this line equals tag.
static inline uint64_t match_line(const uint8_t *tags, uint8_t tag)
{
#ifdef __AVX512BW__
	return _mm512_cmpeq_epi8_mask(
		_mm512_loadu_si512((const void *)tags), _mm512_set1_epi8((char)tag));
#else
	uint64_t match = 0;

	for (uint32_t i = 0; i < TAG_LINE; i++) // compilers make vector code of this
		match |= (uint64_t)(tags[i] == tag) << i;
	return match;
#endif
}

// Candidates of line `line` that are entries, not bytes left over behind them.
static inline uint64_t candidates(
	const struct keyed_store *store, uint8_t *bucket, uint32_t line, uint8_t tag)
{
	uint32_t count = *bucket_count(store, bucket);
	uint64_t valid = ~0ull;

	if (count <= line * TAG_LINE)
		return 0;
	if (count < (line + 1) * TAG_LINE)
		valid = (1ull << (count % TAG_LINE)) - 1;
	return match_line(bucket + line * TAG_LINE, tag) & valid;
}

// Images are words; only those with long strings need a closer look when they differ.
static inline bool is_same_key(const struct keyed_store *store, const void *a, const void *b)
{
	const uint64_t *words_a = a, *words_b = b;
	uint64_t differ = 0;

	for (uint32_t i = 0; i < store->keys->size / 8; i++)
		differ |= words_a[i] ^ words_b[i];
	return differ == 0 || (store->keys->has_strings && key_equal(store->keys, a, b));
}

static uint8_t *find_entry(
	const struct keyed_store *store, uint8_t *bucket, const void *image, uint64_t hash)
{
	for (uint32_t line = 0; line * TAG_LINE < store->tags_size; line++) {
		uint64_t match = candidates(store, bucket, line, hash_tag(hash));

		for (; match != 0; match &= match - 1) {
			uint32_t i = line * TAG_LINE + (uint32_t)__builtin_ctzll(match);
			uint8_t *entry = bucket_entry(store, bucket, i);

			if (is_same_key(store, entry, image))
				return entry;
		}
	}
	return NULL;
}

// A slot for a new directory, or 0 when the pool is empty.
static uint32_t take_node(struct keyed_store *store)
{
	if (store->nodes == PAGE_NONE || store->n_nodes == NODES_PER_PAGE) {
		uint32_t page = page_take(store->pool);

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
	at->slots = node_slots(store, slot);
	for (uint32_t i = 0; i < NODE_SLOTS; i++)
		at->slots[i] = slot_make(bucket, 0);
	at->n_used += at->bits;
	at->bits = NODE_BITS;
	at->index = node_index(hash, at->n_used);
	return true;
}

// Move the entries with the bit after `bit` of their hash set from one bucket to another.
static void divide(struct keyed_store *store, uint8_t *from, uint8_t *to, uint32_t bit)
{
	uint32_t n = *bucket_count(store, from), n_kept = 0, n_moved = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint8_t *entry = bucket_entry(store, from, i);
		uint8_t tag = from[i];
		uint64_t hash;

		key_hashes(store->keys, store->seed, entry, 1, &hash);
		if (hash << bit >> 63) {
			memcpy(bucket_entry(store, to, n_moved), entry, store->entry_size);
			to[n_moved++] = tag;
			continue;
		}
		if (n_kept != i)
			memcpy(bucket_entry(store, from, n_kept), entry, store->entry_size);
		from[n_kept++] = tag;
	}
	*bucket_count(store, from) = (uint8_t)n_kept;
	*bucket_count(store, to) = (uint8_t)n_moved;
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
	divide(store, page_at(store->pool, old_page), page_at(store->pool, new_page),
		at.n_used + depth);
	span = 1u << (at.bits - depth - 1); // slots of each half
	first = at.index & ~(2 * span - 1);
	for (uint32_t i = 0; i < span; i++) {
		at.slots[first + i] = slot_make(old_page, depth + 1);
		at.slots[first + span + i] = slot_make(new_page, depth + 1);
	}
	return true;
}

// An entry for a key that is not there, its state zeroed; NULL when there is no room for it.
// *moved is set when other entries moved.
static uint8_t *insert(struct keyed_store *store, const void *image, uint64_t hash, bool *moved)
{
	uint32_t extra_size = store->keys->has_strings ? key_extra_size(store->keys, image) : 0;
	uint8_t *bucket, *entry, *count;
	char *extra = NULL;

	if (extra_size > KEY_STRING_MAX || (store->root == PAGE_NONE && !plant(store)))
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
	if (extra_size > 0 && (extra = keyed_store_heap(store, extra_size)) == NULL)
		return NULL;
	entry = bucket_entry(store, bucket, *count);
	key_copy(store->keys, image, entry, extra);
	memset(entry_state(store, entry), 0, store->state_size);
	bucket[(*count)++] = hash_tag(hash);
	store->n_entries++;
	return entry;
}

// An entry's first lines: what is longer is rare, and the hardware runs ahead on it.
static inline void prefetch_entry(const struct keyed_store *store, const uint8_t *entry)
{
	__builtin_prefetch(entry);
	__builtin_prefetch(
		entry + (store->entry_size < 2 * TAG_LINE ? store->entry_size : 2 * TAG_LINE) - 1);
}

// Find all keys of a block, each cache line prefetched a pass ahead of its use.
static uint16_t find_block(const struct keyed_store *store, const void *images,
	const uint64_t *hashes, uint16_t n, void **states)
{
	uint8_t *buckets[BLOCK_ROWS_MAX];
	const uint32_t *root = page_at(store->pool, store->root);
	uint32_t key_size = store->keys->size;
	uint16_t n_found = 0;

	for (uint16_t i = 0; i < n; i++) {
		uint32_t slot = root[root_index(hashes[i])];

		if (slot & SLOT_DIRECTORY)
			__builtin_prefetch(
				node_slots(store, slot) + node_index(hashes[i], ROOT_BITS));
	}
	for (uint16_t i = 0; i < n; i++) {
		buckets[i] = locate_bucket(store, hashes[i]);
		for (uint32_t line = 0; line < store->tags_size; line += TAG_LINE)
			__builtin_prefetch(buckets[i] + line);
	}
	for (uint16_t i = 0; i < n; i++) {
		uint64_t match = candidates(store, buckets[i], 0, hash_tag(hashes[i]));

		if (match != 0)
			prefetch_entry(store,
				bucket_entry(store, buckets[i], (uint32_t)__builtin_ctzll(match)));
	}
	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *image = (const uint8_t *)images + (uint64_t)i * key_size;
		uint8_t *entry = find_entry(store, buckets[i], image, hashes[i]);

		states[i] = entry != NULL ? entry_state(store, entry) : NULL;
		n_found += entry != NULL;
	}
	return n_found;
}

uint16_t keyed_store_find(const struct keyed_store *store, const void *images,
	const uint64_t *hashes, uint16_t n, void **states)
{
	if (store->root != PAGE_NONE)
		return find_block(store, images, hashes, n, states);
	for (uint16_t i = 0; i < n; i++)
		states[i] = NULL;
	return 0;
}

uint16_t keyed_store_upsert(struct keyed_store *store, const void *images, const uint64_t *hashes,
	uint16_t n, void **states)
{
	uint16_t n_found = keyed_store_find(store, images, hashes, n, states), n_refused = 0;
	bool moved = false;

	if (n_found == n)
		return 0;
	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *image = (const uint8_t *)images + (uint64_t)i * store->keys->size;
		uint8_t *entry = NULL;

		if (states[i] != NULL)
			continue;
		if (store->root != PAGE_NONE) // the block may have had it before
			entry = find_entry(
				store, locate_bucket(store, hashes[i]), image, hashes[i]);
		if (entry == NULL)
			entry = insert(store, image, hashes[i], &moved);
		if (entry != NULL)
			states[i] = entry_state(store, entry);
		else
			n_refused++;
	}
	if (moved) // a split may have moved what was found before it
		keyed_store_find(store, images, hashes, n, states);
	return n_refused;
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
		uint8_t *bucket = page_at(store->pool, slot_page(slot));
		uint16_t count = *bucket_count(store, bucket);

		for (; n < n_max && cursor->entry < count; cursor->entry++, n++) {
			uint8_t *entry = bucket_entry(store, bucket, cursor->entry);

			images[n] = entry;
			states[n] = entry_state(store, entry);
		}
		if (cursor->entry < count)
			break;
		cursor->entry = 0;
		// The next bucket begins where this one's range of hashes ends.
		cursor->done = bits == 0 || __builtin_add_overflow(cursor->prefix,
						    1ull << (64 - bits), &cursor->prefix);
	}
	return n;
}
