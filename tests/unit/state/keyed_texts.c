// Keyed stores whose keys have strings, against a table that compares keys value by value.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"
#include "state/keyed_store.h"
#include "state/slab.h"

enum { N_KEYS = 3000, N_TEXTS = 2, LEN_MAX = 70 };

// A VARCHAR(16), a DECIMAL and a STRING. Texts begin alike, may be NULL and have any length.
struct text_key {
	bool is_null[N_TEXTS];
	uint32_t len[N_TEXTS];
	char bytes[N_TEXTS][LEN_MAX];
	decimal number;
	uint32_t first; // the first key of the table that is the same
};

struct rig {
	struct page_pool pool;
	struct hash_seed seed;
	struct key_layout layout;
	struct keyed_store store;
	struct slab slab;
	struct random random;
	struct text_key keys[N_KEYS];
	uint64_t counts[N_KEYS];
	// a block
	char *bytes; // of its long strings
	struct str texts[N_TEXTS][BLOCK_ROWS_MAX];
	uint64_t nulls[N_TEXTS][BLOCK_NULL_WORDS];
	decimal numbers[BLOCK_ROWS_MAX];
	uint32_t picked[BLOCK_ROWS_MAX];
	uint64_t images[BLOCK_ROWS_MAX * 72 / 8];
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
};

struct state {
	uint64_t key, count;
};

static bool is_same(const struct text_key *a, const struct text_key *b)
{
	for (int t = 0; t < N_TEXTS; t++) {
		if (a->is_null[t] != b->is_null[t])
			return false;
		if (a->is_null[t])
			continue;
		if (a->len[t] != b->len[t] || memcmp(a->bytes[t], b->bytes[t], a->len[t]) != 0)
			return false;
	}
	return a->number == b->number;
}

static void make_key(struct rig *rig, uint32_t i)
{
	struct text_key *key = &rig->keys[i];

	for (int t = 0; t < N_TEXTS; t++) {
		key->is_null[t] = random_below(&rig->random, 10) == 0;
		key->len[t] = random_below(&rig->random, LEN_MAX + 1);
		memset(key->bytes[t], 'a', LEN_MAX);
		if (key->len[t] > 0 && random_below(&rig->random, 4) > 0) // one byte anywhere
			key->bytes[t][random_below(&rig->random, key->len[t])] =
				(char)('b' + random_below(&rig->random, 3));
	}
	key->number = random_below(&rig->random, 2);
	key->first = i;
	for (uint32_t before = 0; before < i && key->first == i; before++)
		if (is_same(key, &rig->keys[before]))
			key->first = before;
}

static struct rig *rig_new(bool has_slab)
{
	static const uint16_t columns[] = {0, 1, 2};
	struct rig *rig = calloc(1, sizeof(*rig));
	struct schema *schema = calloc(1, sizeof(*schema) + 3 * sizeof(struct field));

	schema->n_fields = 3;
	schema->fields[0].type = type_of(TYPE_VARCHAR);
	schema->fields[0].type.precision = 16;
	schema->fields[1].type = type_of(TYPE_DECIMAL);
	schema->fields[2].type = type_of(TYPE_VARCHAR);
	hash_seed_from(&rig->seed, 5);
	assert_int_equal(key_layout_init(&rig->layout, schema, columns, 3), 0);
	assert_in_range(rig->layout.size, 1, 72);
	free(schema);
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, 2000 * PAGE_SIZE), 0);
	assert_int_equal(keyed_store_init(&rig->store, &rig->pool, &rig->layout, &rig->seed,
				 sizeof(struct state)),
		0);
	slab_init(&rig->slab, &rig->pool);
	rig->store.slab = has_slab ? &rig->slab : NULL;
	for (uint32_t i = 0; i < N_KEYS; i++)
		make_key(rig, i);
	return rig;
}

static void rig_free(struct rig *rig)
{
	keyed_store_clear(&rig->store);
	assert_int_equal(rig->pool.n_used, 0);
	page_pool_destroy(&rig->pool, &mem_libc);
	free(rig->bytes);
	free(rig);
}

// Images and hashes of keys picked[:n], whose strings lie in memory of this block alone.
static void make_block(struct rig *rig, uint16_t n)
{
	struct column columns[] = {{.values = rig->texts[0], .nulls = rig->nulls[0]},
		{.values = rig->numbers}, {.values = rig->texts[1], .nulls = rig->nulls[1]}};
	struct block block = {.n_rows = n, .n_slots = n, .n_columns = 3, .columns = columns};
	char *at;

	free(rig->bytes);
	rig->bytes = at = malloc(BLOCK_ROWS_MAX * N_TEXTS * LEN_MAX);
	memset(rig->nulls, 0, sizeof(rig->nulls));
	for (uint16_t i = 0; i < n; i++) {
		const struct text_key *key = &rig->keys[rig->picked[i]];

		rig->numbers[i] = key->number;
		for (int t = 0; t < N_TEXTS; t++, at += LEN_MAX) {
			memcpy(at, key->bytes[t], key->len[t]);
			rig->texts[t][i] = str_view(at, key->len[t]);
			if (key->is_null[t])
				nulls_set(rig->nulls[t], i);
		}
	}
	key_images(&rig->layout, &block, rig->images);
	key_hashes(&rig->layout, &rig->seed, rig->images, n, rig->hashes);
}

static uint16_t pick_block(struct rig *rig)
{
	uint16_t n = (uint16_t)random_below(&rig->random, BLOCK_ROWS_MAX + 1);

	for (uint16_t i = 0; i < n; i++)
		rig->picked[i] = random_below(&rig->random, N_KEYS);
	make_block(rig, n);
	return n;
}

static void count_block(struct rig *rig)
{
	uint16_t n = pick_block(rig);

	assert_int_equal(
		keyed_store_upsert(&rig->store, rig->images, rig->hashes, n, rig->states), 0);
	for (uint16_t i = 0; i < n; i++) {
		struct state *state = rig->states[i];
		uint32_t key = rig->keys[rig->picked[i]].first;

		assert_int_equal(state->count++, rig->counts[key]++);
		assert_true(state->count == 1 || state->key == key);
		state->key = key;
	}
}

static void find_block(struct rig *rig)
{
	uint16_t n = pick_block(rig), n_there = 0;

	for (uint16_t i = 0; i < n; i++)
		n_there += rig->counts[rig->keys[rig->picked[i]].first] > 0;
	assert_int_equal(
		keyed_store_find(&rig->store, rig->images, rig->hashes, n, rig->states), n_there);
	for (uint16_t i = 0; i < n; i++) {
		const struct state *state = rig->states[i];
		uint32_t key = rig->keys[rig->picked[i]].first;

		assert_int_equal(state != NULL, rig->counts[key] > 0);
		if (state == NULL)
			continue;
		assert_int_equal(state->key, key);
		assert_true(key_equal(&rig->layout, keyed_store_image(&rig->store, state),
			(const char *)rig->images + (size_t)i * rig->layout.size));
	}
}

static void remove_block(struct rig *rig)
{
	uint16_t n = pick_block(rig);

	for (uint16_t i = 0; i < n; i++) {
		const char *image = (const char *)rig->images + (size_t)i * rig->layout.size;
		uint32_t key = rig->keys[rig->picked[i]].first;

		assert_int_equal(keyed_store_remove(&rig->store, image, rig->hashes[i]),
			rig->counts[key] > 0);
		rig->counts[key] = 0;
	}
}

static void is_a_map(void **)
{
	struct rig *rig = rig_new(false);

	for (int round = 0; round < 300; round++) {
		count_block(rig);
		find_block(rig);
	}
	rig_free(rig);
}

static void is_a_map_whose_keys_come_and_go(void **)
{
	struct rig *rig = rig_new(true);

	for (int round = 0; round < 300; round++) {
		count_block(rig);
		remove_block(rig);
		find_block(rig);
	}
	for (uint32_t i = 0; i < N_KEYS; i++) {
		rig->picked[0] = i;
		make_block(rig, 1);
		keyed_store_remove(&rig->store, rig->images, rig->hashes[0]);
	}
	assert_int_equal(rig->store.n_entries, 0);
	assert_int_equal(rig->slab.n_pages, 0);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_a_map),
		cmocka_unit_test(is_a_map_whose_keys_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
