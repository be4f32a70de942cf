// A keyed store of numbers that counts, and its twin: an array of counts.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"
#include "state/keyed_store.h"

// Keys are numbers: as a BIGINT, or as a BIGINT and a STRING of it that is long for most.
enum key_kind { KEY_NUMBER, KEY_NUMBER_AND_TEXT };

struct rig {
	struct page_pool pool;
	struct hash_seed seed;
	struct key_layout layout;
	struct keyed_store store;
	enum key_kind kind;
	// one block of keys
	int64_t numbers[BLOCK_ROWS_MAX];
	char texts[BLOCK_ROWS_MAX][64];
	struct str views[BLOCK_ROWS_MAX];
	uint64_t images[BLOCK_ROWS_MAX * KEY_IMAGE_MAX / 8];
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
};

struct state {
	int64_t number; // of the key
	int64_t count;
};

static struct rig *rig_new(enum key_kind kind, uint32_t state_size, uint64_t n_pages)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct schema *schema = calloc(1, sizeof(*schema) + 2 * sizeof(struct field));
	static const uint16_t columns[] = {0, 1};

	schema->n_fields = 2;
	schema->fields[0].type = type_of(TYPE_BIGINT);
	schema->fields[1].type = type_of(TYPE_VARCHAR);
	rig->kind = kind;
	hash_seed_from(&rig->seed, 3);
	key_layout_init(&rig->layout, schema, columns, kind == KEY_NUMBER ? 1 : 2);
	free(schema);
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, n_pages * PAGE_SIZE), 0);
	assert_int_equal(
		keyed_store_init(&rig->store, &rig->pool, &rig->layout, &rig->seed, state_size), 0);
	return rig;
}

static void rig_free(struct rig *rig)
{
	keyed_store_clear(&rig->store);
	assert_int_equal(rig->pool.n_used, 0);
	page_pool_destroy(&rig->pool, &mem_libc);
	free(rig);
}

// Images and hashes of numbers[:n].
static void make_keys(struct rig *rig, uint16_t n)
{
	struct column columns[] = {{.values = rig->numbers}, {.values = rig->views}};
	struct block block = {.n_rows = n, .n_slots = n, .n_columns = 2, .columns = columns};

	memset(rig->texts, 0x5a, sizeof(rig->texts));
	for (uint16_t i = 0; i < n; i++) {
		int len = sprintf(
			rig->texts[i], "%*ld", (int)(rig->numbers[i] % 40), rig->numbers[i]);

		rig->views[i] = str_view(rig->texts[i], (uint32_t)len);
	}
	key_images(&rig->layout, &block, rig->images);
	key_hashes(&rig->layout, &rig->seed, rig->images, n, rig->hashes);
}

static uint16_t upsert(struct rig *rig, uint16_t n)
{
	make_keys(rig, n);
	return keyed_store_upsert(&rig->store, rig->images, rig->hashes, n, rig->states);
}

// Count every key of the block; counts is the twin.
static void count_block(struct rig *rig, uint16_t n, int64_t *counts)
{
	uint16_t n_refused = upsert(rig, n), n_null = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct state *state = rig->states[i];

		n_null += state == NULL;
		if (state == NULL) {
			assert_int_equal(counts[rig->numbers[i]], 0); // what is there is found
			continue;
		}
		assert_int_equal(state->count, counts[rig->numbers[i]]);
		if (state->count == 0)
			assert_int_equal(state->number, 0); // made of zeros
		state->number = rig->numbers[i];
		state->count++;
		counts[rig->numbers[i]]++;
	}
	assert_int_equal(n_refused, n_null);
}

// A walk, in portions of n_max, meets each entry once, in the order of the hashes' prefixes.
static void check_walk(struct rig *rig, int64_t *counts, uint64_t n_keys, uint16_t n_max)
{
	const void *images[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	struct keyed_cursor cursor = {0};
	bool *seen = calloc(n_keys, sizeof(*seen));
	uint64_t n_seen = 0;
	uint32_t last_group = 0;
	uint16_t n;

	while ((n = keyed_store_next(&rig->store, &cursor, images, states, n_max)) > 0) {
		assert_true(n <= n_max);
		for (uint16_t i = 0; i < n; i++) {
			const struct state *state = states[i];
			uint64_t hash;

			assert_int_equal(state->count, counts[state->number]);
			assert_false(seen[state->number]);
			seen[state->number] = true;
			key_hashes(&rig->layout, &rig->seed, images[i], 1, &hash);
			if (rig->store.n_entries > 100000) // then buckets are within a group
				assert_true(key_group(hash) >= last_group);
			last_group = key_group(hash);
		}
		n_seen += n;
	}
	assert_int_equal(n_seen, rig->store.n_entries);
	for (uint64_t key = 0; key < n_keys; key++)
		assert_int_equal(seen[key], counts[key] > 0);
	free(seen);
}

// Keys that are there are found, others are not.
static void check_find(struct rig *rig, const int64_t *counts, uint64_t n_keys)
{
	for (uint64_t first = 0; first < n_keys; first += BLOCK_ROWS_MAX) {
		uint16_t n = 0, n_there = 0;

		for (; n < BLOCK_ROWS_MAX && first + n < n_keys; n++)
			rig->numbers[n] = (int64_t)first + n;
		make_keys(rig, n);
		memset(rig->states, 0x5a, sizeof(rig->states));
		for (uint16_t i = 0; i < n; i++)
			n_there += counts[first + i] > 0;
		assert_int_equal(
			keyed_store_find(&rig->store, rig->images, rig->hashes, n, rig->states),
			n_there);
		for (uint16_t i = 0; i < n; i++)
			assert_int_equal(rig->states[i] != NULL, counts[first + i] > 0);
	}
}
