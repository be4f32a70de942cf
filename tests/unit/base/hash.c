#include "base/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { N_KEYS = 1 << 16, N_BUCKETS = 256, LEN_MAX = 100 };

static struct hash_seed seed_of(uint64_t bits)
{
	struct hash_seed seed;

	hash_seed_from(&seed, bits);
	return seed;
}

// Pearson's chi-squared of sequential integers over the top, middle and low bits. With 255 degrees
// of freedom 400 is passed by chance once in 10^7.
static void sequential_keys_spread_evenly(void **)
{
	struct hash_seed seed = seed_of(1);

	for (int shift = 0; shift <= 56; shift += 8) {
		uint32_t counts[N_BUCKETS] = {0};
		double chi = 0, expected = (double)N_KEYS / N_BUCKETS;

		for (uint64_t key = 0; key < N_KEYS; key++)
			counts[hash_bytes(&seed, &key, sizeof(key)) >> shift & (N_BUCKETS - 1)]++;
		for (int i = 0; i < N_BUCKETS; i++)
			chi += (counts[i] - expected) * (counts[i] - expected) / expected;
		assert_true(chi < 400);
	}
}

static void one_bit_of_the_input_flips_half_of_the_hash(void **)
{
	struct hash_seed seed = seed_of(2);
	uint8_t data[24] = {0};
	uint64_t hash = hash_bytes(&seed, data, sizeof(data));
	int flipped = 0;

	for (int bit = 0; bit < 192; bit++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		flipped += __builtin_popcountll(hash ^ hash_bytes(&seed, data, sizeof(data)));
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_in_range(flipped, 192 * 30, 192 * 34);
}

// Each input stands alone on the heap, so that ASan sees a byte read outside it.
static void every_length_has_its_own_hash_and_reads_nothing_beyond(void **)
{
	struct hash_seed seed = seed_of(3);
	uint64_t hashes[LEN_MAX];

	for (size_t len = 0; len < LEN_MAX; len++) {
		uint8_t *data = malloc(len > 0 ? len : 1);

		memset(data, 0, len);
		hashes[len] = hash_bytes(&seed, data, len);
		free(data);
		for (size_t i = 0; i < len; i++)
			assert_int_not_equal(hashes[i], hashes[len]);
	}
}

static void alignment_does_not_matter(void **)
{
	struct hash_seed seed = seed_of(4);
	char buffer[64 + 16];
	char data[64];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 37);
	for (size_t at = 0; at < 16; at++) {
		memcpy(buffer + at, data, sizeof(data));
		assert_int_equal(hash_bytes(&seed, buffer + at, sizeof(data)),
			hash_bytes(&seed, data, sizeof(data)));
	}
}

static void many_are_hashed_as_each_alone(void **)
{
	struct hash_seed seed = seed_of(5);
	uint64_t data[3 * 100], hashes[100];

	for (uint64_t i = 0; i < 300; i++)
		data[i] = hash_mix(i);
	for (size_t len = 0; len <= 24; len++) {
		hash_many(&seed, data, 24, len, 100, hashes);
		for (int i = 0; i < 100; i++)
			assert_int_equal(hashes[i], hash_bytes(&seed, data + 3 * i, len));
	}
}

static void another_seed_gives_other_hashes(void **)
{
	struct hash_seed a = seed_of(6), b = seed_of(7), again = seed_of(6);
	int flipped = 0;

	assert_memory_equal(&a, &again, sizeof(a));
	for (uint64_t key = 0; key < 1000; key++)
		flipped += __builtin_popcountll(
			hash_bytes(&a, &key, sizeof(key)) ^ hash_bytes(&b, &key, sizeof(key)));
	assert_in_range(flipped, 31000, 33000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequential_keys_spread_evenly),
		cmocka_unit_test(one_bit_of_the_input_flips_half_of_the_hash),
		cmocka_unit_test(every_length_has_its_own_hash_and_reads_nothing_beyond),
		cmocka_unit_test(alignment_does_not_matter),
		cmocka_unit_test(many_are_hashed_as_each_alone),
		cmocka_unit_test(another_seed_gives_other_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
