// Inside the keyed store: what a directory and a bucket look like. Only files of this folder
// include it.
//
//   slot     page 27 bits │ depth or node 4 bits │ is a directory 1 bit
//   bucket   a page: entry 0 │ entry 1 …; beside it tags[64 or 124], the last two mark and count
//   entry    key image │ state
#pragma once
#include "state/keyed_store.h"
#include "state/keyed_track.h"
#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif

// The root directory is a page; those below it are smaller, four to a page, for they are sparse: at
// 100,000 keys there are a thousand of them with two or three buckets each.
enum { ROOT_BITS = 10, ROOT_SLOTS = 1 << ROOT_BITS };
enum { NODE_BITS = 8, NODE_SLOTS = 1 << NODE_BITS, NODES_PER_PAGE = ROOT_SLOTS / NODE_SLOTS };
enum { TAG_LINE = 64, HASH_BITS_MAX = 56 };

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

static inline uint32_t *node_slots(const struct page_pool *pool, uint32_t slot)
{
	return (uint32_t *)page_at(pool, slot_page(slot)) + slot_depth(slot) * NODE_SLOTS;
}

static inline uint8_t hash_tag(uint64_t hash)
{
	return (uint8_t)hash; // the bits that the directory uses last
}

// Whether it may take a page.
static inline bool keyed_has_page(const struct keyed_store *store)
{
	return page_pool_n_free(store->pool) > store->n_left_free;
}

// A bucket is named by its page.
static inline uint8_t *bucket_tags(const struct keyed_store *store, uint32_t bucket)
{
	return page_side(store->pool, bucket);
}

static inline uint8_t *bucket_count(const struct keyed_store *store, uint32_t bucket)
{
	return bucket_tags(store, bucket) + store->tags_size - 1;
}

// KEYED_CLEAN, or the mark of the epoch in which the bucket was last changed.
static inline uint8_t *bucket_mark(const struct keyed_store *store, uint32_t bucket)
{
	return bucket_tags(store, bucket) + store->tags_size - 2;
}

static inline uint8_t *bucket_entry(const struct keyed_store *store, uint32_t bucket, uint32_t i)
{
	return (uint8_t *)page_at(store->pool, bucket) + i * store->entry_size;
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
		at.slots = node_slots(store->pool, at.slots[at.index]);
		at.n_used += at.bits;
		at.bits = NODE_BITS;
		at.index = node_index(hash, at.n_used);
	}
	return at;
}

static inline uint32_t locate_bucket(const struct keyed_store *store, uint64_t hash)
{
	struct place at = locate(store, hash);

	return slot_page(at.slots[at.index]);
}

// Bit i set: tag i of this line equals tag.
static inline uint64_t match_line(const uint8_t *tags, uint8_t tag)
{
#ifdef __AVX512BW__
	return _mm512_cmpeq_epi8_mask(
		_mm512_loadu_si512((const void *)tags), _mm512_set1_epi8((char)tag));
#elif defined(__AVX2__)
	__m256i wanted = _mm256_set1_epi8((char)tag);
	const __m256i *halves = (const __m256i *)tags;
	__m256i low = _mm256_cmpeq_epi8(_mm256_loadu_si256(&halves[0]), wanted);
	__m256i high = _mm256_cmpeq_epi8(_mm256_loadu_si256(&halves[1]), wanted);

	return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 |
	       (uint32_t)_mm256_movemask_epi8(low);
#else
	uint64_t match = 0;

	for (uint32_t i = 0; i < TAG_LINE; i++) // compilers make vector code of this
		match |= (uint64_t)(tags[i] == tag) << i;
	return match;
#endif
}

// The same for those of the line's tags that are entries', count of them or more than a line has,
// not bytes left over behind them.
static inline uint64_t match_tags(const uint8_t *tags, uint32_t count, uint8_t tag)
{
	uint64_t match = match_line(tags, tag);

	return count < TAG_LINE ? match & ((1ull << count) - 1) : match;
}

static inline uint8_t *find_entry(
	const struct keyed_store *store, uint32_t bucket, const void *image, uint64_t hash)
{
	const uint8_t *tags = bucket_tags(store, bucket);
	uint32_t count = *bucket_count(store, bucket);

	for (uint32_t at = 0; at < count; at += TAG_LINE) {
		uint64_t match = match_tags(tags + at, count - at, hash_tag(hash));

		for (; match != 0; match &= match - 1) {
			uint32_t i = at + (uint32_t)__builtin_ctzll(match);
			uint8_t *entry = bucket_entry(store, bucket, i);

			if (key_equal(store->keys, entry, image))
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
// keyed_grow.c: make the i-th entry of a bucket that of a key, its state zeroed; NULL when there is
// no room for its long strings.
uint8_t *keyed_fill(
	struct keyed_store *store, uint32_t bucket, uint32_t i, const void *image, uint64_t hash);
