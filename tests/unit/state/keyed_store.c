#include "keyed_rig.h"
#include <errno.h>
#include "state/slab.h"

static void run_twin(enum key_kind kind, uint32_t state_size, uint64_t n_keys, uint64_t n_pages)
{
	struct random random = {state_size + n_keys};
	struct rig *rig = rig_new(kind, state_size, n_pages);
	int64_t *counts = calloc(n_keys, sizeof(*counts));

	for (int clears = 0; clears < 2; clears++) {
		for (uint64_t i = 0; i < 3 * n_keys; i += BLOCK_ROWS_MAX / 2) {
			uint16_t n = (uint16_t)random_below(&random, BLOCK_ROWS_MAX + 1);

			for (uint16_t k = 0; k < n; k++)
				rig->numbers[k] = random_below(&random, (uint32_t)n_keys);
			count_block(rig, n, counts);
		}
		check_walk(rig, counts, n_keys, BLOCK_ROWS_MAX);
		check_walk(rig, counts, n_keys, 7);
		check_find(rig, counts, n_keys);
		keyed_store_clear(&rig->store);
		assert_int_equal(rig->pool.n_used, 0);
		assert_int_equal(rig->store.n_entries, 0);
		memset(counts, 0, n_keys * sizeof(*counts));
		check_walk(rig, counts, n_keys, 7);
		check_find(rig, counts, n_keys < 1000 ? n_keys : 1000);
	}
	free(counts);
	rig_free(rig);
}

// From buckets of 170 entries to those of three.
static void is_a_map_at_any_size_of_state(void **)
{
	static const uint32_t sizes[] = {16, 24, 48, 56, 128, 504, KEYED_STORE_STATE_MAX - 16};

	for (int i = 0; i < 7; i++)
		run_twin(KEY_NUMBER, sizes[i], 5000, 10000);
}

static void keeps_the_bytes_of_long_keys(void **)
{
	run_twin(KEY_NUMBER_AND_TEXT, 16, 20000, 10000);
}

static void is_a_map_of_two_hundred_thousand_keys(void **)
{
	run_twin(KEY_NUMBER, 48, 200000, 20000);
}

// Whatever number of pages there is, keys that got in stay, others are refused, nothing is lost.
static void refuses_new_keys_when_the_pool_is_empty(void **)
{
	for (uint64_t n_pages = 0; n_pages < 60; n_pages++)
		run_twin(KEY_NUMBER, 248, 2000, n_pages);
	for (uint64_t n_pages = 0; n_pages < 60; n_pages += 3)
		run_twin(KEY_NUMBER_AND_TEXT, 248, 2000, n_pages);
}

// Keys whose hashes share the bits of the root and of the directory below it.
static void grows_deep_where_hashes_are_close(void **)
{
	enum { N = 60, SHARED_BITS = 18 };
	struct rig *rig = rig_new(KEY_NUMBER, KEYED_STORE_STATE_MAX - 16, 1000);
	const void *images[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	struct keyed_cursor cursor = {0};
	int64_t found[N];
	int n = 0;

	for (int64_t first = 0; n < N; first += BLOCK_ROWS_MAX) {
		for (int64_t i = 0; i < BLOCK_ROWS_MAX; i++)
			rig->numbers[i] = first + i;
		make_keys(rig, BLOCK_ROWS_MAX);
		for (int i = 0; i < BLOCK_ROWS_MAX && n < N; i++)
			if (rig->hashes[i] >> (64 - SHARED_BITS) == 12345)
				found[n++] = first + i;
	}
	memcpy(rig->numbers, found, sizeof(found));
	assert_int_equal(upsert(rig, N), 0);
	for (int i = 0; i < N; i++)
		((struct state *)rig->states[i])->number = found[i];
	assert_int_equal(
		keyed_store_find(&rig->store, rig->images, rig->hashes, N, rig->states), N);
	for (int i = 0; i < N; i++)
		assert_int_equal(((struct state *)rig->states[i])->number, found[i]);
	assert_int_equal(keyed_store_next(&rig->store, &cursor, images, states, BLOCK_ROWS_MAX), N);
	assert_int_equal(keyed_store_next(&rig->store, &cursor, images, states, BLOCK_ROWS_MAX), 0);
	rig_free(rig);
}

static void heap_pieces_do_not_overlap(void **)
{
	enum { N = 500 };
	struct rig *rig = rig_new(KEY_NUMBER, 16, 300);
	struct random random = {1};
	char *pieces[N];
	uint32_t lens[N];
	int n = 0;

	for (; n < N; n++) {
		lens[n] = random_below(&random, KEY_STRING_MAX + 1);
		pieces[n] = keyed_store_heap(&rig->store, lens[n]);
		if (pieces[n] == NULL)
			break;
		memset(pieces[n], n, lens[n]);
	}
	assert_true(n > 300 && n < N);
	for (int i = 0; i < n; i++)
		for (uint32_t at = 0; at < lens[i]; at++)
			assert_int_equal((uint8_t)pieces[i][at], (uint8_t)i);
	rig_free(rig);
}

static void refuses_keys_that_are_too_long(void **)
{
	struct rig *rig = rig_new(KEY_NUMBER_AND_TEXT, 16, 100);
	static char text[KEY_STRING_MAX + 1];
	struct column columns[] = {{.values = rig->numbers}, {.values = rig->views}};
	struct block block = {.n_rows = 2, .n_slots = 2, .n_columns = 2, .columns = columns};

	memset(text, 'a', sizeof(text));
	rig->views[0] = str_view(text, KEY_STRING_MAX);
	rig->views[1] = str_view(text, KEY_STRING_MAX + 1);
	key_images(&rig->layout, &block, rig->images);
	key_hashes(&rig->layout, &rig->seed, rig->images, 2, rig->hashes);
	assert_int_equal(
		keyed_store_upsert(&rig->store, rig->images, rig->hashes, 2, rig->states), 1);
	assert_non_null(rig->states[0]);
	assert_null(rig->states[1]);
	rig_free(rig);
}

// Against a table of the counts of all numbers; keys have strings in a slab.
static void is_a_map_whose_keys_come_and_go(void **)
{
	enum { N_NUMBERS = 3000 };
	struct rig *rig = rig_new(KEY_NUMBER_AND_TEXT, sizeof(struct state), 2000);
	static int64_t counts[N_NUMBERS];
	struct random random = {11};
	uint64_t n_entries = 0;
	struct slab slab;

	slab_init(&slab, &rig->pool);
	rig->store.slab = &slab;
	for (int step = 0; step < 200000; step++) {
		int64_t number = random_below(&random, N_NUMBERS);
		struct state *state;

		rig->numbers[0] = number;
		make_keys(rig, 1);
		if (random_below(&random, 2) == 0) {
			assert_int_equal(
				keyed_store_remove(&rig->store, rig->images, rig->hashes[0]),
				counts[number] > 0);
			n_entries -= counts[number] > 0;
			counts[number] = 0;
			continue;
		}
		keyed_store_upsert(&rig->store, rig->images, rig->hashes, 1, rig->states);
		state = rig->states[0];
		assert_int_equal(state->count, counts[number]);
		n_entries += counts[number]++ == 0;
		state->count++;
		assert_int_equal(rig->store.n_entries, n_entries);
	}
	for (int64_t number = 0; number < N_NUMBERS; number++) {
		rig->numbers[0] = number;
		make_keys(rig, 1);
		keyed_store_remove(&rig->store, rig->images, rig->hashes[0]);
	}
	assert_int_equal(rig->store.n_entries, 0);
	assert_int_equal(slab.n_pages, 0);
	rig_free(rig);
}

// Pages that n keys take, each the next of next_key().
static uint32_t pages_of(int64_t (*next_key)(void), uint32_t n)
{
	struct rig *rig = rig_new(KEY_NUMBER, 48, 4000);
	uint32_t n_pages;

	for (uint32_t at = 0; at < n; at += BLOCK_ROWS_MAX) {
		for (int i = 0; i < BLOCK_ROWS_MAX; i++)
			rig->numbers[i] = next_key();
		assert_int_equal(upsert(rig, BLOCK_ROWS_MAX), 0);
	}
	n_pages = rig->pool.n_used;
	rig_free(rig);
	return n_pages;
}

static int64_t next_number(void)
{
	static int64_t next;

	return next++;
}

// The next number whose hash begins with 10 zeros where the seed is 0.
static int64_t next_that_meets(void)
{
	static uint64_t next;
	struct hash_seed seed;
	uint64_t image[2] = {0};

	hash_seed_from(&seed, 0);
	do
		image[1] = next++;
	while (hash_bytes(&seed, image, sizeof(image)) >> 54 != 0);
	return (int64_t)image[1];
}

static int64_t next_high_bits(void)
{
	static uint64_t next;

	return (int64_t)(next++ << 50);
}

// Keys that somebody chose: all in one bucket under a seed that he knew, or alike in all but a few
// bits.
static void spreads_keys_that_are_chosen_to_meet(void **)
{
	enum { N_KEYS = 40 * BLOCK_ROWS_MAX };
	uint32_t n_pages = pages_of(next_number, N_KEYS);

	assert_in_range(pages_of(next_that_meets, N_KEYS), n_pages * 4 / 5, n_pages * 6 / 5);
	assert_in_range(pages_of(next_high_bits, N_KEYS), n_pages * 4 / 5, n_pages * 6 / 5);
}

// The bytes of an entry stay in its bucket when it goes.
static void forgets_a_key_that_was_the_last_of_its_bucket(void **)
{
	struct rig *rig = rig_new(KEY_NUMBER, sizeof(struct state), 10);
	struct state *state;

	rig->numbers[0] = 7;
	assert_int_equal(upsert(rig, 1), 0);
	state = rig->states[0];
	state->count = 3;
	assert_true(keyed_store_remove(&rig->store, rig->images, rig->hashes[0]));
	assert_int_equal(
		keyed_store_find(&rig->store, rig->images, rig->hashes, 1, rig->states), 0);
	assert_null(rig->states[0]);
	assert_int_equal(upsert(rig, 1), 0);
	state = rig->states[0];
	assert_int_equal(state->count, 0);
	assert_int_equal(rig->store.n_entries, 1);
	rig_free(rig);
}

static void refuses_states_that_are_too_large(void **)
{
	struct rig *rig = rig_new(KEY_NUMBER, 16, 1);
	struct keyed_store store;

	assert_int_equal(keyed_store_init(&store, &rig->pool, &rig->layout, &rig->seed,
				 KEYED_STORE_STATE_MAX - 16),
		0);
	assert_int_equal(keyed_store_init(&store, &rig->pool, &rig->layout, &rig->seed,
				 KEYED_STORE_STATE_MAX - 15),
		-E2BIG);
	rig_free(rig);
}

// Stores that take turns: each grows over the pages of the one that was dropped, and all their
// pages come back.
static void pages_of_one_that_is_dropped_are_anothers(void **)
{
	enum { KEYS = 20000, ROUNDS = 6 };
	struct random random = {1};
	struct rig *rig = rig_new(KEY_NUMBER_AND_TEXT, sizeof(struct state), 20000);
	int64_t *counts = calloc(KEYS, sizeof(*counts));
	struct keyed_store old;

	keyed_store_init(&old, &rig->pool, &rig->layout, &rig->seed, sizeof(struct state));
	for (int round = 0; round < ROUNDS; round++) {
		memset(counts, 0, KEYS * sizeof(*counts));
		for (int i = 0; i < KEYS / BLOCK_ROWS_MAX; i++) {
			for (uint16_t k = 0; k < BLOCK_ROWS_MAX; k++)
				rig->numbers[k] = random_below(&random, KEYS);
			count_block(rig, BLOCK_ROWS_MAX, counts);
			if (i == KEYS / BLOCK_ROWS_MAX / 2)
				keyed_store_clear(&old); // while this one grows
		}
		assert_int_equal(old.pages.n, 0);
		assert_int_equal(rig->pool.n_used, rig->store.pages.n);
		check_walk(rig, counts, KEYS, BLOCK_ROWS_MAX);
		check_find(rig, counts, KEYS);
		old = rig->store;
		keyed_store_init(
			&rig->store, &rig->pool, &rig->layout, &rig->seed, sizeof(struct state));
	}
	assert_true(rig->pool.n_used_max < 2 * old.pages.n + old.pages.n / 4);
	keyed_store_clear(&old);
	assert_int_equal(rig->pool.n_used, 0);
	free(counts);
	rig_free(rig);
}

// A store in a pool that is soon empty: a new key that is refused takes the place of one of a
// sample. n_strings pages are left to long strings, which fail now and then.
static void run_replacing(enum key_kind kind, uint32_t n_strings)
{
	enum { KEYS = 30000, PAGES = 60, ROUNDS = 40000 };
	struct random random = {(uint64_t)kind + n_strings};
	struct rig *rig = rig_new(kind, sizeof(struct state), PAGES);
	int64_t *counts = calloc(KEYS, sizeof(*counts));
	uint32_t n_replaced = 0, n_lost = 0;
	struct slab slab;

	slab_init(&slab, &rig->pool);
	rig->store.slab = &slab;
	rig->store.n_left_free = n_strings;
	for (int round = 0; round < ROUNDS; round++) {
		void *states[KEYED_SAMPLE];
		struct state *state;
		uint16_t n;

		rig->numbers[0] = random_below(&random, KEYS);
		count_block(rig, 1, counts);
		if (rig->states[0] != NULL)
			continue;
		n = keyed_store_sample(&rig->store, rig->hashes[0], states);
		keyed_store_prefetch_sample(&rig->store, rig->hashes[0]);
		assert_true(n > 0);
		state = states[random_below(&random, n)];
		counts[state->number] = 0;
		state = keyed_store_replace(&rig->store, state, rig->images, rig->hashes[0]);
		n_lost += state == NULL;
		if (state == NULL)
			continue;
		n_replaced++;
		assert_int_equal(state->count, 0);
		*state = (struct state){.number = rig->numbers[0], .count = 1};
		counts[rig->numbers[0]] = 1;
	}
	assert_true(n_replaced > ROUNDS / 4);
	assert_int_equal(n_lost > 0, kind == KEY_NUMBER_AND_TEXT && n_strings == 0);
	check_walk(rig, counts, KEYS, BLOCK_ROWS_MAX);
	check_find(rig, counts, KEYS);
	for (uint64_t key = 0; key < KEYS; key++) { // all strings come back
		rig->numbers[0] = (int64_t)key;
		make_keys(rig, 1);
		assert_int_equal(keyed_store_remove(&rig->store, rig->images, rig->hashes[0]),
			counts[key] > 0);
	}
	assert_int_equal(slab.n_pages, 0);
	free(counts);
	rig_free(rig);
}

static void a_new_key_takes_the_place_of_another(void **)
{
	run_replacing(KEY_NUMBER, 0);
	run_replacing(KEY_NUMBER_AND_TEXT, 30);
	run_replacing(KEY_NUMBER_AND_TEXT, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_a_map_at_any_size_of_state),
		cmocka_unit_test(keeps_the_bytes_of_long_keys),
		cmocka_unit_test(is_a_map_of_two_hundred_thousand_keys),
		cmocka_unit_test(refuses_new_keys_when_the_pool_is_empty),
		cmocka_unit_test(grows_deep_where_hashes_are_close),
		cmocka_unit_test(pages_of_one_that_is_dropped_are_anothers),
		cmocka_unit_test(a_new_key_takes_the_place_of_another),
		cmocka_unit_test(heap_pieces_do_not_overlap),
		cmocka_unit_test(refuses_keys_that_are_too_long),
		cmocka_unit_test(refuses_states_that_are_too_large),
		cmocka_unit_test(is_a_map_whose_keys_come_and_go),
		cmocka_unit_test(spreads_keys_that_are_chosen_to_meet),
		cmocka_unit_test(forgets_a_key_that_was_the_last_of_its_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
