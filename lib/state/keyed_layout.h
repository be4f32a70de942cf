// Inside the keyed store: what a directory and a bucket look like. Only files of this folder
// include it.
//
//   slot     page 27 bits │ depth or node 4 bits │ is a directory 1 bit
//   bucket   tags[64 … 256], the last two of them mark and count │ entry 0 │ entry 1 …
//   entry    key image │ state
#pragma once
#include "state/keyed_store.h"
#include "state/keyed_track.h"
#ifdef __AVX512BW__
#include <immintrin.h>
#endif

// The root directory is a page; those below it are smaller, four to a page, for they are sparse: at
// 100,000 keys there are a thousand of them with two or three buckets each.
enum { ROOT_BITS = 10, ROOT_SLOTS = 1 << ROOT_BITS };
enum { NODE_BITS = 8, NODE_SLOTS = 1 << NODE_BITS, NODES_PER_PAGE = ROOT_SLOTS / NODE_SLOTS };
enum { TAG_LINE = 64, HASH_BITS_MAX = 56 };
enum { CAPACITY_MAX = 4 * TAG_LINE - 2 }; // the count is a byte

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

// KEYED_CLEAN, or the mark of the epoch in which the bucket was last changed.
static inline uint8_t *bucket_mark(const struct keyed_store *store, uint8_t *bucket)
{
	return bucket + store->tags_size - 2;
}

static inline uint8_t *bucket_entry(const struct keyed_store *store, uint8_t *bucket, uint32_t i)
{
	return bucket + store->tags_size + i * store->entry_size;
}

static inline void *entry_state(const struct keyed_store *store, uint8_t *entry)
{
	return entry + store->keys->size;
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

static inline bool is_same_image(const void *a, const void *b, uint32_t size)
{
	const uint64_t *words_a = a, *words_b = b;
	uint64_t differ = 0;

	for (uint32_t i = 0; i < size / sizeof(uint64_t); i++)
		differ |= words_a[i] ^ words_b[i];
	return differ == 0;
}

// Only images with long strings need a closer look when they differ.
static inline bool is_same_key(const struct keyed_store *store, const void *a, const void *b)
{
	return is_same_image(a, b, store->keys->size) ||
	       (store->keys->has_strings && key_equal(store->keys, a, b));
}

static inline uint8_t *find_entry(
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

// keyed_track.c: pack the buckets of these hashes that are frozen, and mark all as changed.
void keyed_thaw(struct keyed_store *store, const uint64_t *hashes, uint16_t n);

// keyed_grow.c: an entry for a key that is not there, its state zeroed; NULL when there is no room
// for it. *moved is set when other entries moved.
uint8_t *keyed_insert(struct keyed_store *store, const void *image, uint64_t hash, bool *moved);
