// Keyed state: key → a fixed number of bytes, by extendible hashing (Fagin et al. 1979) over pages.
//
//   directory        1024 slots at the root, by the top 10 bits of the hash; 256 below it
//        │ slot      a bucket and how many of these bits it really uses, or a directory for the
//        ▼           8 bits after them
//   bucket page      entries: key image, state; beside it tags[] (a byte of the hash each), a mark
//                    and a count
//
// A full bucket splits in two and nothing else moves: there is no rehash. The hash's top bits are
// the key group, so a key group is a contiguous range of the directory. A store is dropped as a
// whole, or entry by entry. Long strings of keys live in heap pages of the store, which go with it;
// a store whose keys come and go has them in a slab.
//
// A block's keys are looked up together: directory, tags and entries are prefetched for all of them
// before each is touched. One lcore, no locks.
#pragma once
#include <stdbool.h>
#include "base/hash.h"
#include "row/key.h"
#include "state/page_pool.h"

struct slab;
struct keyed_track;

struct keyed_store {
	struct page_pool *pool;
	const struct key_layout *keys;
	const struct hash_seed *seed;
	uint32_t state_size; // bytes, a multiple of 8
	uint32_t entry_size; // key image and state
	uint16_t tags_size; // of a bucket: one cache line, or nearly two; the last bytes are the
			    // mark and the count
	uint16_t capacity; // entries of a bucket
	uint32_t root; // a directory page, PAGE_NONE while the store is empty
	uint32_t nodes,
		n_nodes; // the page that small directories are taken from, and how many were
	uint32_t heap; // the open heap page; PAGE_NONE while there is none
	uint32_t heap_used; // bytes of the open heap page
	struct page_chain pages; // all that it has
	uint64_t n_entries;
	uint32_t n_left_free; // pages of the pool that it leaves to others; 0 unless the owner says
	// Where keys' long strings are, NULL = in the heap pages. To be set before the first key;
	// the strings of keys that are still there are the owner's to drop with the slab.
	struct slab *slab;
	// Which buckets have changed since the last checkpoint, and the walk over those that had at
	// the one being taken: keyed_track.h.
	struct keyed_track *track;
	uint64_t space; // the owner's name for this store, in records
	uint64_t round; // the last freeze that all frozen buckets have been packed for
	uint64_t packed_to, sealed_to; // buckets with prefixes below it were visited
};

// Bytes of state and of key image together: a page holds two such entries. With one alone a bucket
// could not be split where two keys share all bits of their hashes.
enum { KEYED_STORE_STATE_MAX = 2016 };

// An empty store that takes no page yet. keys, seed and pool stay the caller's and must outlive it.
// Returns 0, or -E2BIG when key image and state exceed KEYED_STORE_STATE_MAX.
int keyed_store_init(struct keyed_store *store, struct page_pool *pool,
	const struct key_layout *keys, const struct hash_seed *seed, uint32_t state_size);

// Give all pages back; the store is empty then. O(1).
void keyed_store_clear(struct keyed_store *store);

// states[i] = the state of images[i] (hashes[i]), made and zeroed when the key is new, for n ≤
// BLOCK_ROWS_MAX keys; the same key may come several times. states[i] = NULL when the key is new
// and the pool is empty or, for keys with long strings, when they exceed KEY_STRING_MAX; returns
// how many those are. Pointers stay valid until the next upsert or clear.
uint16_t keyed_store_upsert(struct keyed_store *store, const void *images, const uint64_t *hashes,
	uint16_t n, void **states);
// The same, but states[i] = NULL for keys that are not there. Returns how many were found.
uint16_t keyed_store_find(const struct keyed_store *store, const void *images,
	const uint64_t *hashes, uint16_t n, void **states);

// The key image before a state that was found.
static inline const void *keyed_store_image(const struct keyed_store *store, const void *state)
{
	return (const char *)state - store->keys->size;
}

// Remove the entry of image, whose hash is hash; false when it is not there. The bucket's last
// entry takes its place, so pointers to states of the store are no longer valid. A bucket that has
// become empty stays until the store is cleared.
bool keyed_store_remove(struct keyed_store *store, const void *image, uint64_t hash);

// Get all entries of the bucket that keys of this hash are in into the cache.
void keyed_store_prefetch(const struct keyed_store *store, uint64_t hash);
// For who makes room for new keys in a store whose buckets keep their pages: at most KEYED_SAMPLE
// states of the bucket that keys of this hash are in, as good as drawn at random. Returns how many.
enum { KEYED_SAMPLE = 8 };
uint16_t keyed_store_sample(const struct keyed_store *store, uint64_t hash, void **states);
// The same, their first words on the way into the cache.
void keyed_store_prefetch_sample(const struct keyed_store *store, uint64_t hash);
// Put the key of image, which is not there, into the place of an entry of its own bucket, and
// return its state, zeroed; other entries stay where they are. NULL when there is no room for its
// long strings: then the entry is removed.
void *keyed_store_replace(struct keyed_store *store, void *state, const void *image, uint64_t hash);

// len bytes (≤ KEY_STRING_MAX), aligned to 8, that live as long as the store's entries, or NULL
// when the pool is empty. For state that outgrows its entry (state/heap.h).
char *keyed_store_heap(struct keyed_store *store, uint32_t len);

// All entries of the bucket that hashes of *prefix are in, at most BLOCK_ROWS_MAX; returns how
// many. *prefix is then that of the next bucket, 0 behind the last one. The store may change
// between calls.
uint16_t keyed_store_bucket(
	const struct keyed_store *store, uint64_t *prefix, const void **images, void **states);

// A walk over all entries in the order of their hashes' prefixes. The store must not change.
struct keyed_cursor {
	uint64_t prefix; // hashes below this were visited
	uint16_t entry; // next entry of the bucket at prefix
	bool done;
};

// Visit the next entries: images[i] and states[i] point into the store. Returns how many, at most
// n_max (≤ BLOCK_ROWS_MAX); 0 at the end. A zeroed cursor stands at the beginning.
uint16_t keyed_store_next(const struct keyed_store *store, struct keyed_cursor *cursor,
	const void **images, void **states, uint16_t n_max);
