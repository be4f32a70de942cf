#include "row/key.h"
#include "sample.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const uint64_t seed_bits = 99;

// Whether columns columns[:n] of two rows are equal, by the naive way.
static bool rows_equal(
	const struct sample *sample, const uint16_t *columns, uint16_t n, uint16_t a, uint16_t b)
{
	for (uint16_t i = 0; i < n; i++) {
		const struct column *column = &sample->columns[columns[i]];
		enum type_kind kind = sample->schema->fields[columns[i]].type.kind;
		uint32_t width = type_width(kind);
		const char *value_a = (const char *)column->values + a * width;
		const char *value_b = (const char *)column->values + b * width;

		if (nulls_get(column->nulls, a) != nulls_get(column->nulls, b))
			return false;
		if (nulls_get(column->nulls, a))
			continue;
		if (type_is_view(kind) ? !str_equal((const struct str *)value_a,
						 (const struct str *)value_b)
				       : memcmp(value_a, value_b, width) != 0)
			return false;
	}
	return true;
}

static void check_pair(const struct key_layout *layout, const uint64_t *images,
	const uint64_t *hashes, uint16_t a, uint16_t b, bool equal)
{
	const uint64_t *image_a = images + a * layout->size / 8;
	const uint64_t *image_b = images + b * layout->size / 8;

	assert_int_equal(key_equal(layout, image_a, image_b), equal);
	assert_int_equal(hashes[a] == hashes[b], equal);
	if (equal && key_extra_size(layout, image_a) == 0)
		assert_memory_equal(image_a, image_b, layout->size);
}

// Random blocks, random columns: two keys are equal, and have equal hashes, when their rows are
// equal.
static void keys_are_equal_when_their_values_are(void **)
{
	static const int32_t lengths[] = {10, 16, 28, TYPE_LENGTH_MAX};
	struct random random = {1};
	struct hash_seed seed;

	hash_seed_from(&seed, seed_bits);
	for (int round = 0; round < 100; round++) {
		static uint64_t images[BLOCK_ROWS_MAX * KEY_IMAGE_MAX / 8];
		uint64_t hashes[BLOCK_ROWS_MAX];
		uint16_t columns[SAMPLE_COLUMNS], n = 0;
		struct key_layout layout;
		struct sample sample;

		sample_init(&sample, &random);
		sample.schema->fields[5].type.precision = lengths[round % 4];
		for (uint16_t c = 0; c < SAMPLE_COLUMNS; c++)
			if (random_below(&random, 3) == 0)
				columns[n++] = c;
		assert_int_equal(key_layout_init(&layout, sample.schema, columns, n), 0);
		memset(images, 0xff, sizeof(images));
		key_images(&layout, &sample.block, images);
		key_hashes(&layout, &seed, images, sample.block.n_rows, hashes);
		for (uint16_t a = 0; a < sample.block.n_rows; a++)
			for (uint16_t b = 0; b <= a; b++)
				check_pair(&layout, images, hashes, a, b,
					rows_equal(&sample, columns, n,
						block_slot(&sample.block, a),
						block_slot(&sample.block, b)));
		sample_free(&sample);
	}
}

// A row of many texts is not made larger by room that they may not need.
static void images_of_many_strings_have_no_room_for_long_ones(void **)
{
	enum { N_WIDE = KEY_WIDE_MAX / 32 };
	static uint16_t columns[N_WIDE + 1];
	struct arena *arena = arena_new();
	struct schema *schema = sample_schema(arena);
	struct key_layout layout;

	for (int i = 0; i <= N_WIDE; i++)
		columns[i] = 5;
	schema->fields[5].type.precision = 28;
	key_layout_init(&layout, schema, columns, N_WIDE);
	assert_int_equal(layout.size, 8 + N_WIDE * 32);
	key_layout_init(&layout, schema, columns, N_WIDE + 1);
	assert_int_equal(layout.size, 8 + (N_WIDE + 1) * 16);
	arena_free(arena);
}

// Two strings of the same length that differ in one byte, wherever it is.
static void check_any_byte(int32_t length, uint32_t len, uint32_t at)
{
	struct arena *arena = arena_new();
	struct schema *schema = sample_schema(arena);
	uint64_t images[3 * KEY_IMAGE_MAX / 8], hashes[3];
	char *texts[] = {malloc(len), malloc(len), malloc(len)};
	struct str views[3];
	struct column columns[SAMPLE_COLUMNS] = {[5].values = views};
	struct block block = {.n_rows = 3, .n_slots = 3, .columns = columns};
	struct key_layout layout;
	struct hash_seed seed;

	hash_seed_from(&seed, seed_bits);
	schema->fields[5].type.precision = length;
	key_layout_init(&layout, schema, (uint16_t[]){5}, 1);
	for (int i = 0; i < 3; i++) {
		memset(texts[i], 'a', len);
		texts[i][at] = i == 2 ? 'b' : 'a';
		views[i] = str_view(texts[i], len);
	}
	key_images(&layout, &block, images);
	key_hashes(&layout, &seed, images, 3, hashes);
	assert_int_equal(key_any_long(&layout, images, layout.size, 3), len > layout.rooms[0]);
	check_pair(&layout, images, hashes, 0, 1, true);
	check_pair(&layout, images, hashes, 0, 2, false);
	for (int i = 0; i < 3; i++)
		free(texts[i]);
	arena_free(arena);
}

static void keys_differ_in_any_byte_of_a_string(void **)
{
	static const int32_t lengths[] = {10, 20, 28, TYPE_LENGTH_MAX};

	for (uint32_t len = 1; len <= 70; len++)
		for (uint32_t at = 0; at < len; at++)
			for (int i = 0; i < 4; i++)
				check_any_byte(lengths[i], len, at);
}

// The image's c-th value, loaded into a column, against column c of the sample at slot.
static void check_loaded(const struct sample *sample, const struct key_layout *layout,
	const void *image, uint16_t c, uint16_t slot)
{
	const struct column *column = &sample->columns[c];
	uint32_t width = type_width(layout->types[c].kind);
	const char *expected = (const char *)column->values + slot * width;
	uint64_t nulls[BLOCK_NULL_WORDS] = {~0ull};
	_Alignas(16) char values[64 * sizeof(struct str)];
	struct column loaded = {.values = values, .nulls = nulls};
	const char *got = values + slot % 64 * width;

	key_load(layout, image, c, &loaded, slot % 64);
	assert_int_equal(nulls_get(nulls, slot % 64), nulls_get(column->nulls, slot));
	if (nulls_get(column->nulls, slot))
		return;
	if (type_is_view(layout->types[c].kind))
		assert_true(str_equal((const struct str *)got, (const struct str *)expected));
	else
		assert_memory_equal(got, expected, width);
}

// A copy is the same key, holds its own bytes, and gives the values back.
static void copies_hold_all_that_the_key_is(void **)
{
	static const uint16_t columns[SAMPLE_COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7};
	static uint64_t images[BLOCK_ROWS_MAX * KEY_IMAGE_MAX / 8], copy[KEY_IMAGE_MAX / 8];
	struct random random = {2};

	for (int round = 0; round < 20; round++) {
		struct key_layout layout;
		struct sample sample;

		sample_init(&sample, &random);
		sample.schema->fields[5].type.precision = 28;
		assert_int_equal(key_layout_init(&layout, sample.schema, columns, 8), 0);
		key_images(&layout, &sample.block, images);
		for (uint16_t row = 0; row < sample.block.n_rows; row++) {
			const uint64_t *image = images + row * layout.size / 8;
			uint32_t extra_size = key_extra_size(&layout, image);
			char *extra = malloc(extra_size > 0 ? extra_size : 1);

			key_copy(&layout, image, copy, extra);
			assert_true(key_equal(&layout, image, copy));
			for (uint16_t c = 0; c < SAMPLE_COLUMNS; c++)
				check_loaded(
					&sample, &layout, copy, c, block_slot(&sample.block, row));
			free(extra);
		}
		sample_free(&sample);
	}
}

static void images_are_small_and_aligned(void **)
{
	static const uint16_t bigint[] = {3}, small[] = {2, 1, 0}, mixed[] = {5, 2};
	static const struct {
		int32_t length;
		uint32_t size;
	} texts[] = {{1, 24}, {12, 24}, {13, 32}, {20, 32}, {21, 40}, {28, 40}, {29, 24},
		{TYPE_LENGTH_MAX, 24}};
	struct arena *arena = arena_new();
	struct schema *schema = sample_schema(arena);
	struct key_layout layout;

	key_layout_init(&layout, schema, bigint, 1);
	assert_int_equal(layout.size, 16);
	key_layout_init(&layout, schema, small, 3); // mask, BOOLEAN, SMALLINT, INT
	assert_int_equal(layout.size, 8);
	assert_int_equal(layout.offsets[0], 4);
	key_layout_init(&layout, schema, mixed, 2);
	assert_int_equal(layout.size, 24);
	assert_true(layout.has_strings);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		schema->fields[5].type.precision = texts[i].length;
		key_layout_init(&layout, schema, mixed, 1);
		assert_int_equal(layout.size, texts[i].size);
	}
	arena_free(arena);
}

static void the_empty_key_is_one_key(void **)
{
	struct arena *arena = arena_new();
	struct block block = {.n_rows = 3, .n_slots = 3};
	uint64_t images[3] = {1, 2, 3}, hashes[3];
	struct key_layout layout;
	struct hash_seed seed;

	hash_seed_from(&seed, seed_bits);
	assert_int_equal(key_layout_init(&layout, sample_schema(arena), NULL, 0), 0);
	assert_int_equal(layout.size, 8);
	key_images(&layout, &block, images);
	key_hashes(&layout, &seed, images, 3, hashes);
	assert_int_equal(images[0] | images[1] | images[2], 0);
	assert_int_equal(hashes[0], hashes[2]);
	arena_free(arena);
}

static void too_many_columns_are_refused(void **)
{
	static uint16_t columns[KEY_COLUMNS_MAX + 1];
	struct arena *arena = arena_new();
	struct schema *schema = sample_schema(arena);
	struct key_layout layout;

	for (int i = 0; i <= KEY_COLUMNS_MAX; i++)
		columns[i] = 4; // DECIMAL: the widest
	assert_int_equal(key_layout_init(&layout, schema, columns, KEY_COLUMNS_MAX), 0);
	assert_int_equal(layout.size, KEY_IMAGE_MAX);
	assert_int_equal(key_layout_init(&layout, schema, columns, KEY_COLUMNS_MAX + 1), -E2BIG);
	arena_free(arena);
}

static void instances_own_contiguous_ranges_of_groups(void **)
{
	for (uint32_t n = 1; n <= KEY_GROUPS; n++) {
		uint32_t last = 0;

		for (uint32_t group = 0; group < KEY_GROUPS; group++) {
			uint32_t owner = key_group_owner(group, n);

			assert_true(owner == last || owner == last + 1);
			last = owner;
		}
		assert_int_equal(last, n - 1);
	}
	assert_int_equal(key_group(UINT64_MAX), KEY_GROUPS - 1);
	assert_int_equal(key_group(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_equal_when_their_values_are),
		cmocka_unit_test(keys_differ_in_any_byte_of_a_string),
		cmocka_unit_test(copies_hold_all_that_the_key_is),
		cmocka_unit_test(images_are_small_and_aligned),
		cmocka_unit_test(images_of_many_strings_have_no_room_for_long_ones),
		cmocka_unit_test(the_empty_key_is_one_key),
		cmocka_unit_test(too_many_columns_are_refused),
		cmocka_unit_test(instances_own_contiguous_ranges_of_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
