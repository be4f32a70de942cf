// Entries that go alone, or make room for others.
#include <assert.h>
#include <string.h>
#include "state/keyed_layout.h"
#include "state/slab.h"

// What keyed_insert() took for an entry's long strings.
static void give_strings(struct keyed_store *store, const void *image)
{
	uint32_t size = store->keys->has_strings ? key_extra_size(store->keys, image) : 0;

	if (size > 0 && store->slab != NULL)
		slab_give(store->slab, key_extra(store->keys, image), size);
}

// The last entry of the bucket takes the place of the i-th, whose strings are given back.
static void close_gap(struct keyed_store *store, uint32_t bucket, uint32_t i)
{
	uint8_t *tags = bucket_tags(store, bucket);
	uint32_t last = --*bucket_count(store, bucket);

	tags[i] = tags[last];
	memmove(bucket_entry(store, bucket, i), bucket_entry(store, bucket, last),
		store->entry_size);
	store->n_entries--;
}

static uint32_t index_of(const struct keyed_store *store, uint32_t bucket, const uint8_t *entry)
{
	return (uint32_t)(entry - bucket_entry(store, bucket, 0)) / store->entry_size;
}

bool keyed_store_remove(struct keyed_store *store, const void *image, uint64_t hash)
{
	uint32_t bucket;
	uint8_t *entry;

	if (store->root == PAGE_NONE)
		return false;
	keyed_store_touch(store, hash);
	bucket = locate_bucket(store, hash);
	entry = find_entry(store, bucket, image, hash);
	if (entry == NULL)
		return false;
	give_strings(store, entry);
	close_gap(store, bucket, index_of(store, bucket, entry));
	return true;
}

void *keyed_store_replace(struct keyed_store *store, void *state, const void *image, uint64_t hash)
{
	uint8_t *entry = (uint8_t *)state - store->keys->size;
	uint32_t bucket = locate_bucket(store, hash), i = index_of(store, bucket, entry);

	assert(i < *bucket_count(store, bucket));
	keyed_store_touch(store, hash);
	give_strings(store, entry);
	if (keyed_fill(store, bucket, i, image, hash) != NULL)
		return state;
	close_gap(store, bucket, i);
	return NULL;
}

// Where a sample begins: by bits of the hash that neither the tags nor the directory uses.
static uint32_t sample_begin(uint64_t hash, uint32_t count)
{
	return (uint32_t)(hash >> 8 & UINT16_MAX) * count >> 16;
}

uint16_t keyed_store_sample(const struct keyed_store *store, uint64_t hash, void **states)
{
	uint32_t bucket, count, at;
	uint16_t n = 0;

	if (store->root == PAGE_NONE)
		return 0;
	bucket = locate_bucket(store, hash);
	count = *bucket_count(store, bucket);
	at = sample_begin(hash, count);
	for (; n < KEYED_SAMPLE && n < count; n++) {
		states[n] = entry_state(store, bucket_entry(store, bucket, at));
		at = at + 1 < count ? at + 1 : 0;
	}
	return n;
}

void keyed_store_prefetch_sample(const struct keyed_store *store, uint64_t hash)
{
	void *states[KEYED_SAMPLE];
	uint16_t n = keyed_store_sample(store, hash, states);

	for (uint16_t i = 0; i < n; i++)
		__builtin_prefetch(states[i]);
}
