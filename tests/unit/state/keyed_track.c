// What a checkpoint store would keep of a keyed store, against a copy of its keys made at the
// freeze.
#include "state/keyed_track.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"

enum { KEYS = 3000, BUCKETS_MAX = 4096, BLOCK = 40, BUCKET_MAX = 255 };

struct entry {
	int64_t number, count;
};

// The last record of each bucket, by prefix.
struct kept {
	uint64_t prefix;
	uint16_t n;
	struct entry entries[BUCKET_MAX];
};

struct rig {
	struct page_pool pool;
	struct hash_seed seed;
	struct key_layout layout;
	struct keyed_store store;
	struct keyed_track track;
	struct random random;
	int64_t counts[KEYS], frozen[KEYS]; // 0 = the key is not there
	struct kept *kept, *next; // what is packed for the next checkpoint comes apart
	uint32_t n_kept, n_next;
	uint32_t n_packs; // since the freeze
	int64_t numbers[BLOCK_ROWS_MAX];
	uint64_t images[BLOCK_ROWS_MAX * 2];
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
};

static void keep(struct kept *kept, uint32_t *n_kept, const struct keyed_bucket *bucket)
{
	uint32_t i = 0;

	while (i < *n_kept && kept[i].prefix != bucket->prefix)
		i++;
	if (i == *n_kept)
		(*n_kept)++;
	assert_true(*n_kept < BUCKETS_MAX && bucket->n < BUCKET_MAX);
	kept[i].prefix = bucket->prefix;
	kept[i].n = bucket->n;
	for (uint16_t e = 0; e < bucket->n; e++)
		memcpy(&kept[i].entries[e],
			bucket->entries + e * bucket->store->entry_size + bucket->store->keys->size,
			sizeof(struct entry));
}

static void pack(void *owner, const struct keyed_bucket *bucket)
{
	struct rig *rig = owner;

	assert_int_equal(bucket->store->space, 7);
	rig->n_packs++;
	if (bucket->is_next)
		keep(rig->next, &rig->n_next, bucket);
	else
		keep(rig->kept, &rig->n_kept, bucket);
}

static struct rig *rig_new(uint64_t seed)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct schema *schema = calloc(1, sizeof(*schema) + sizeof(struct field));
	static const uint16_t columns[] = {0};

	schema->n_fields = 1;
	schema->fields[0].type = type_of(TYPE_BIGINT);
	rig->random.state = seed;
	hash_seed_from(&rig->seed, seed);
	key_layout_init(&rig->layout, schema, columns, 1);
	free(schema);
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, 4000 * PAGE_SIZE), 0);
	assert_int_equal(keyed_store_init(&rig->store, &rig->pool, &rig->layout, &rig->seed,
				 sizeof(struct entry)),
		0);
	keyed_track_init(&rig->track, pack, rig);
	keyed_store_track(&rig->store, &rig->track, 7);
	rig->kept = calloc(BUCKETS_MAX, sizeof(*rig->kept));
	rig->next = calloc(BUCKETS_MAX, sizeof(*rig->next));
	return rig;
}

static void rig_free(struct rig *rig)
{
	keyed_store_clear(&rig->store);
	page_pool_destroy(&rig->pool, &mem_libc);
	free(rig->kept);
	free(rig->next);
	free(rig);
}

static void make_keys(struct rig *rig, uint16_t n)
{
	struct column column = {.values = rig->numbers};
	struct block block = {.n_rows = n, .n_slots = n, .n_columns = 1, .columns = &column};

	for (uint16_t i = 0; i < n; i++)
		rig->numbers[i] = (int64_t)random_below(&rig->random, KEYS);
	key_images(&rig->layout, &block, rig->images);
	key_hashes(&rig->layout, &rig->seed, rig->images, n, rig->hashes);
}

// How many of the keys can be upserted without packing any more than now.
static uint16_t thaw_some(struct rig *rig, uint16_t n)
{
	uint64_t n_packed = rig->track.n_packed;
	bool is_frozen = keyed_store_is_frozen(&rig->store);
	uint16_t n_thawed = keyed_store_thaw(&rig->store, rig->hashes, n);

	assert_in_range(n_thawed, 1, n);
	n_packed = rig->track.n_packed - n_packed;
	assert_in_range(n_packed, 0, is_frozen ? KEYED_THAW_MAX : 0);
	assert_true(n_thawed == n || n_packed == KEYED_THAW_MAX);
	n_packed = rig->track.n_packed;
	keyed_store_upsert(&rig->store, rig->images, rig->hashes, n_thawed, rig->states);
	assert_int_equal(rig->track.n_packed, n_packed);
	return n_thawed;
}

static void count_some(struct rig *rig)
{
	uint16_t n = (uint16_t)(1 + random_below(&rig->random, BLOCK));

	make_keys(rig, n);
	if (random_below(&rig->random, 2) == 0)
		n = thaw_some(rig, n);
	assert_int_equal(
		keyed_store_upsert(&rig->store, rig->images, rig->hashes, n, rig->states), 0);
	for (uint16_t i = 0; i < n; i++) {
		struct entry *entry = rig->states[i];

		entry->number = rig->numbers[i];
		entry->count++;
		rig->counts[rig->numbers[i]]++;
	}
}

static void remove_some(struct rig *rig)
{
	make_keys(rig, 1);
	assert_int_equal(keyed_store_remove(&rig->store, rig->images, rig->hashes[0]),
		rig->counts[rig->numbers[0]] > 0);
	rig->counts[rig->numbers[0]] = 0;
}

// A change of a state that was looked up before, as of what hangs off it.
static void touch_some(struct rig *rig)
{
	make_keys(rig, 1);
	keyed_store_touch(&rig->store, rig->hashes[0]);
	if (keyed_store_find(&rig->store, rig->images, rig->hashes, 1, rig->states) == 1) {
		((struct entry *)rig->states[0])->count++;
		rig->counts[rig->numbers[0]]++;
	}
}

static void change(struct rig *rig)
{
	switch (random_below(&rig->random, 8)) {
	case 0:
		remove_some(rig);
		break;
	case 1:
		touch_some(rig);
		break;
	default:
		count_some(rig);
	}
}

static void check_kept(const struct rig *rig, const int64_t *counts)
{
	int64_t *seen = calloc(KEYS, sizeof(*seen));

	for (uint32_t i = 0; i < rig->n_kept; i++)
		for (uint16_t e = 0; e < rig->kept[i].n; e++) {
			assert_int_equal(seen[rig->kept[i].entries[e].number], 0);
			seen[rig->kept[i].entries[e].number] = rig->kept[i].entries[e].count;
		}
	for (uint32_t k = 0; k < KEYS; k++)
		assert_int_equal(seen[k], counts[k]);
	free(seen);
}

static void freeze(struct rig *rig)
{
	memcpy(rig->frozen, rig->counts, sizeof(rig->frozen));
	keyed_track_freeze(&rig->track);
	rig->n_packs = 0;
}

static bool pack_some(struct rig *rig)
{
	int32_t n_left = (int32_t)random_below(&rig->random, 200);

	return keyed_store_pack(&rig->store, &n_left);
}

static void what_is_packed_is_what_was_there_at_the_freeze(void **)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct rig *rig = rig_new(seed);

		for (int checkpoint = 0; checkpoint < 12; checkpoint++) {
			uint64_t n = random_below(&rig->random, 60);

			for (uint64_t i = 0; i < n; i++)
				change(rig);
			freeze(rig);
			while (!pack_some(rig))
				for (uint64_t i = random_below(&rig->random, 4); i > 0; i--)
					change(rig);
			check_kept(rig, rig->frozen);
		}
		rig_free(rig);
	}
}

static void a_bucket_that_did_not_change_is_not_packed_again(void **)
{
	struct rig *rig = rig_new(5);
	int32_t n_left = INT32_MAX;

	for (int i = 0; i < 400; i++)
		count_some(rig);
	freeze(rig);
	assert_true(keyed_store_pack(&rig->store, &n_left));
	assert_true(rig->n_packs > 20);
	freeze(rig);
	assert_true(keyed_store_pack(&rig->store, &n_left));
	assert_int_equal(rig->n_packs, 0);
	touch_some(rig);
	freeze(rig);
	assert_true(keyed_store_pack(&rig->store, &n_left));
	assert_int_equal(rig->n_packs, 1);
	check_kept(rig, rig->counts);
	rig_free(rig);
}

static void a_store_made_behind_the_freeze_is_not_frozen(void **)
{
	struct rig *rig = rig_new(6);

	freeze(rig);
	keyed_store_clear(&rig->store);
	keyed_store_track(&rig->store, &rig->track, 7);
	for (int i = 0; i < 100; i++)
		count_some(rig);
	assert_int_equal(rig->n_packs, 0);
	rig_free(rig);
}

// What was sealed holds its value, whatever becomes of the states in memory.
static void a_sealed_store_is_packed_once_and_for_all(void **)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct rig *rig = rig_new(seed);
		int32_t n_left;
		bool is_frozen = random_below(&rig->random, 2) == 0;

		for (int i = 0; i < 100; i++)
			change(rig);
		freeze(rig);
		while (!pack_some(rig))
			change(rig);
		for (int i = 0; i < 30; i++)
			change(rig);
		if (is_frozen) { // and sealed while it is being packed
			freeze(rig);
			for (int i = 0; i < 3; i++)
				change(rig);
			pack_some(rig);
		}
		do
			n_left = (int32_t)random_below(&rig->random, 100);
		while (!keyed_store_seal(&rig->store, &n_left));
		if (is_frozen)
			check_kept(rig, rig->frozen);
		for (uint32_t i = 0; i < rig->n_next; i++) { // the next checkpoint's come later
			uint32_t k = 0;

			while (k < rig->n_kept && rig->kept[k].prefix != rig->next[i].prefix)
				k++;
			rig->n_kept += k == rig->n_kept;
			rig->kept[k] = rig->next[i];
		}
		check_kept(rig, rig->counts);
		rig->n_packs = 0;
		count_some(rig);
		keyed_track_freeze(&rig->track);
		n_left = INT32_MAX;
		assert_true(keyed_store_pack(&rig->store, &n_left));
		assert_int_equal(rig->n_packs, 0);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_is_what_was_there_at_the_freeze),
		cmocka_unit_test(a_bucket_that_did_not_change_is_not_packed_again),
		cmocka_unit_test(a_store_made_behind_the_freeze_is_not_frozen),
		cmocka_unit_test(a_sealed_store_is_packed_once_and_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
