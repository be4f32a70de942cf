#include "row/store.h"
#include "sample.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// What a row looked like, by the naive way: one value after another.
struct row {
	const struct block *from;
	uint16_t slot;
};

static uint32_t extra_of(struct row row, uint16_t c)
{
	const struct str *str = (const struct str *)row.from->columns[c].values + row.slot;

	if (nulls_get(row.from->columns[c].nulls, row.slot) || str_is_inline(str))
		return 0;
	return str->len;
}

static const struct partial *partial_of(struct row row)
{
	return row.from->partials != NULL ? row.from->partials[row.slot] : NULL;
}

static uint32_t extras_of(const struct schema *schema, struct row row)
{
	const struct partial *partial = partial_of(row);
	uint32_t extra = partial != NULL ? SAMPLE_PARTIAL + 7 : 0; // wherever they begin

	for (uint16_t c = 0; c < schema->n_fields; c++)
		if (type_is_view(schema->fields[c].type.kind))
			extra += extra_of(row, c);
	return extra;
}

static bool is_within(const struct block_store *store, const char *ptr, uint32_t len)
{
	return ptr >= store->heap && ptr + len <= store->heap + store->heap_used;
}

static void check_value(const struct block_store *store, uint16_t i, struct row row, uint16_t c)
{
	enum type_kind kind = store->schema->fields[c].type.kind;
	uint32_t width = type_width(kind);
	const char *got = (const char *)store->block.columns[c].values + i * width;
	const char *expected = (const char *)row.from->columns[c].values + row.slot * width;
	bool is_null = nulls_get(row.from->columns[c].nulls, row.slot);

	assert_int_equal(nulls_get(store->block.columns[c].nulls, i), is_null);
	if (is_null)
		return;
	if (!type_is_view(kind)) {
		assert_memory_equal(got, expected, width);
		return;
	}
	assert_true(str_equal((const struct str *)got, (const struct str *)expected));
	if (!str_is_inline((const struct str *)got))
		assert_true(is_within(
			store, ((const struct str *)got)->ptr, ((const struct str *)got)->len));
}

static void check_partial(const struct block_store *store, uint16_t i, struct row row)
{
	const struct block *block = &store->block;
	const struct partial *got = block->partials != NULL ? block->partials[i] : NULL;
	const struct partial *expected = partial_of(row);

	assert_int_equal(got != NULL, expected != NULL);
	assert_int_equal(block_weight(block, i), expected != NULL ? expected->n_rows : 1);
	if (expected == NULL)
		return;
	assert_int_equal((uintptr_t)got % sizeof(uint64_t), 0);
	assert_int_equal(block->partial_size, SAMPLE_PARTIAL);
	assert_memory_equal(got, expected, SAMPLE_PARTIAL);
	assert_true(is_within(store, (const char *)got, SAMPLE_PARTIAL));
}

static void check_row(const struct block_store *store, uint16_t i, struct row row)
{
	check_partial(store, i, row);
	const struct block *block = &store->block;
	int64_t mark = block->late_marks != NULL ? block->late_marks[i] : block->late_mark;

	for (uint16_t c = 0; c < block->n_columns; c++)
		check_value(store, i, row, c);
	assert_int_equal(block->kinds != NULL ? block->kinds[i] : ROW_INSERT,
		row.from->kinds != NULL ? row.from->kinds[row.slot] : ROW_INSERT);
	assert_int_equal(mark, row.from->late_marks != NULL ? row.from->late_marks[row.slot]
							    : row.from->late_mark);
}

// Random runs of random blocks into one store until it is full, against the rows themselves.
static void appended_rows_are_those_of_a_naive_copy(void **)
{
	struct random random = {1};

	for (int round = 0; round < 200; round++) {
		struct row rows[BLOCK_ROWS_MAX];
		struct sample samples[6];
		struct block_store *store;
		uint32_t used = 0;
		uint16_t n_rows = 0;

		for (int s = 0; s < 6; s++) {
			sample_init(&samples[s], &random);
			if (random_below(&random, 2))
				sample_add_partials(&samples[s], &random);
		}
		store = block_store_new(&mem_libc, samples[0].schema, random_below(&random, 20000));
		for (int s = 0; s < 6; s++) {
			const struct block *from = &samples[s].block;
			uint16_t slots[BLOCK_ROWS_MAX], n = 0, n_fit = 0, n_appended;

			for (uint16_t i = 0; i < from->n_rows; i++)
				if (random_below(&random, 4) == 0)
					slots[n++] = block_slot(from, i);
			for (; n_fit < n && n_rows < BLOCK_ROWS_MAX; n_fit++) {
				struct row row = {from, slots[n_fit]};

				if (used + extras_of(store->schema, row) > store->heap_size)
					break;
				used += extras_of(store->schema, row);
				rows[n_rows++] = row;
			}
			n_appended = block_store_append(store, from, slots, n);
			assert_int_equal(n_appended, n_fit);
			assert_int_equal(store->block.n_rows, n_rows);
			assert_int_equal(store->block.n_slots, n_rows);
			assert_int_equal(store->heap_used, used);
		}
		for (uint16_t i = 0; i < n_rows; i++)
			check_row(store, i, rows[i]);
		for (int s = 0; s < 6; s++)
			sample_free(&samples[s]);
		block_store_free(&mem_libc, store);
	}
}

// Of a random block what block_store_is_plain() asks for.
static void make_plain(struct sample *sample)
{
	sample->block.kinds = NULL;
	for (uint16_t c = 0; c < SAMPLE_COLUMNS; c++) {
		struct str *views = sample->columns[c].values;

		sample->columns[c].nulls = NULL;
		for (uint16_t i = 0;
			type_is_view(sample->schema->fields[c].type.kind) && i < BLOCK_ROWS_MAX;
			i++)
			views[i] = str_view("some bytes..", i % (STR_INLINE_MAX + 1));
	}
}

enum { STORES = 3, SCATTERED = 60 }; // rows of a block
enum { SCATTER_HEAP = 4 * SCATTERED * (SAMPLE_PARTIAL + 7) }; // for their partials

static void scattered_rows_are_those_of_a_naive_copy(void **)
{
	struct random random = {1};

	for (int round = 0; round < 200; round++) {
		struct row rows[STORES][BLOCK_ROWS_MAX];
		struct block_store *stores[STORES];
		struct sample samples[4];

		for (int s = 0; s < 4; s++) {
			sample_init(&samples[s], &random);
			make_plain(&samples[s]);
			if (random_below(&random, 2))
				sample_add_partials(&samples[s], &random);
		}
		for (int t = 0; t < STORES; t++)
			stores[t] = block_store_new(&mem_libc, samples[0].schema, SCATTER_HEAP);
		for (int s = 0; s < 4; s++) {
			const struct block *from = &samples[s].block;
			uint16_t slots[SCATTERED], owners[SCATTERED], n = 0;
			uint16_t n_before[STORES];

			for (int t = 0; t < STORES; t++)
				n_before[t] = stores[t]->block.n_rows;
			for (uint16_t i = 0; i < from->n_rows && n < SCATTERED; i++) {
				if (random_below(&random, 2) == 0)
					continue;
				owners[n] = (uint16_t)random_below(&random, STORES);
				slots[n] = block_slot(from, i);
				rows[owners[n]][n_before[owners[n]]++] =
					(struct row){from, slots[n]};
				n++;
			}
			assert_true(block_store_is_plain(stores[0]->schema, from, slots, n));
			block_store_scatter(stores, from, slots, owners, n);
			for (int t = 0; t < STORES; t++) {
				assert_int_equal(stores[t]->block.n_rows, n_before[t]);
				assert_int_equal(stores[t]->block.n_slots, n_before[t]);
			}
		}
		for (int t = 0; t < STORES; t++) {
			for (uint16_t i = 0; i < stores[t]->block.n_rows; i++)
				check_row(stores[t], i, rows[t][i]);
			block_store_free(&mem_libc, stores[t]);
		}
		for (int s = 0; s < 4; s++)
			sample_free(&samples[s]);
	}
}

static void rows_with_more_than_values_are_not_plain(void **)
{
	static const uint16_t slots[] = {3, 5};
	uint64_t nulls[BLOCK_NULL_WORDS] = {1 << 3};
	uint8_t kinds[BLOCK_ROWS_MAX] = {0};
	struct random random = {1};
	struct sample sample;

	sample_init(&sample, &random);
	make_plain(&sample);
	assert_true(block_store_is_plain(sample.schema, &sample.block, slots, 2));
	sample.block.kinds = kinds;
	assert_false(block_store_is_plain(sample.schema, &sample.block, slots, 2));
	sample.block.kinds = NULL;
	sample.columns[0].nulls = nulls;
	assert_false(block_store_is_plain(sample.schema, &sample.block, slots, 2));
	sample.columns[0].nulls = NULL;
	((struct str *)sample.columns[5].values)[5] = str_view("thirteen byte", 13);
	assert_false(block_store_is_plain(sample.schema, &sample.block, slots, 2));
	assert_true(block_store_is_plain(sample.schema, &sample.block, slots, 1));
	sample_free(&sample);
}

static struct schema *schema_of(struct arena *arena, enum type_kind kind)
{
	struct schema *schema = schema_new(arena, 1);

	schema->fields[0] = (struct field){"value", type_of(kind)};
	return schema;
}

// One BIGINT row with this mark and TSC.
static void append_one(struct block_store *store, int64_t mark, uint64_t rx_tsc)
{
	int64_t value = 7;
	struct column column = {.values = &value};
	struct block from = {.n_rows = 1,
		.n_slots = 1,
		.n_columns = 1,
		.columns = &column,
		.late_mark = mark,
		.rx_tsc = rx_tsc};
	uint16_t slot = 0;

	assert_int_equal(block_store_append(store, &from, &slot, 1), 1);
}

static void one_late_mark_stays_one_number(void **)
{
	struct arena *arena = arena_new();
	struct block_store *store = block_store_new(&mem_libc, schema_of(arena, TYPE_BIGINT), 0);

	append_one(store, 10, 5);
	append_one(store, 10, 9);
	append_one(store, 10, 7);
	assert_null(store->block.late_marks);
	assert_int_equal(store->block.late_mark, 10);
	assert_int_equal(store->block.rx_tsc, 5);
	append_one(store, 12, 0);
	append_one(store, 12, 0);
	assert_non_null(store->block.late_marks);
	assert_int_equal(store->block.late_marks[2], 10);
	assert_int_equal(store->block.late_marks[3], 12);
	assert_int_equal(store->block.late_marks[4], 12);
	assert_true(store->block.watermark == WATERMARK_NONE);
	block_store_free(&mem_libc, store);
	arena_free(arena);
}

static void a_reset_store_is_as_new(void **)
{
	struct random random = {2};
	struct block_store *store, *fresh;
	struct sample sample;

	sample_init(&sample, &random);
	store = block_store_new(&mem_libc, sample.schema, 30000);
	fresh = block_store_new(&mem_libc, sample.schema, 30000);
	for (uint16_t slot = 0; slot < 100; slot++)
		block_store_append(store, &sample.block, &slot, 1);
	assert_int_equal(store->block.n_rows, 100);
	block_store_reset(store);
	assert_int_equal(store->heap_used, 0);
	for (int c = 0; c < SAMPLE_COLUMNS; c++)
		assert_memory_equal(store->columns[c].nulls, fresh->columns[c].nulls,
			BLOCK_NULL_WORDS * sizeof(uint64_t));
	fresh->block.columns = store->block.columns;
	assert_memory_equal(&store->block, &fresh->block, sizeof(struct block));
	block_store_free(&mem_libc, store);
	block_store_free(&mem_libc, fresh);
	sample_free(&sample);
}

static void a_row_too_large_for_an_empty_store_is_told(void **)
{
	char text[101];
	struct str views[2];
	struct column column = {.values = views};
	struct block from = {.n_rows = 2, .n_slots = 2, .n_columns = 1, .columns = &column};
	struct arena *arena = arena_new();
	struct block_store *store = block_store_new(&mem_libc, schema_of(arena, TYPE_VARCHAR), 100);
	uint16_t slots[] = {0, 1};

	memset(text, 'x', sizeof(text));
	views[0] = str_view(text, 100);
	views[1] = str_view(text, 101);
	assert_true(block_store_can_hold(store, &from, 0));
	assert_false(block_store_can_hold(store, &from, 1));
	assert_int_equal(block_store_append(store, &from, slots, 2), 1);
	assert_true(block_store_can_hold(store, &from, 0)); // if it were empty
	assert_int_equal(block_store_append(store, &from, slots, 1), 0);
	block_store_free(&mem_libc, store);
	arena_free(arena);
}

// Lengths that add up to more than 32 bits: nothing behind the views is touched.
static void sums_of_lengths_do_not_wrap(void **)
{
	struct str views[4] = {
		{.len = 0x80000000u}, {.len = 0x80000000u}, {.len = UINT32_MAX}, {.len = 1}};
	struct column column = {.values = views};
	struct block from = {.n_rows = 4, .n_slots = 4, .n_columns = 1, .columns = &column};
	struct arena *arena = arena_new();
	struct block_store *store =
		block_store_new(&mem_libc, schema_of(arena, TYPE_VARBINARY), 100);
	uint16_t slots[] = {0, 1, 2, 3}, last = 3;

	assert_int_equal(block_store_append(store, &from, slots, 4), 0);
	assert_int_equal(block_store_append(store, &from, &last, 1), 1);
	assert_null(block_store_alloc(store, 101));
	assert_null(block_store_alloc(store, UINT32_MAX));
	assert_non_null(block_store_alloc(store, 100));
	block_store_free(&mem_libc, store);
	arena_free(arena);
}

static void *refuse(struct mem *mem, size_t size, size_t align)
{
	return NULL;
}

static void running_out_of_memory_is_enomem(void **)
{
	struct mem none = {.alloc = refuse};
	struct arena *arena = arena_new();

	errno = 0;
	assert_null(block_store_new(&none, schema_of(arena, TYPE_INT), 100));
	assert_int_equal(errno, ENOMEM);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appended_rows_are_those_of_a_naive_copy),
		cmocka_unit_test(scattered_rows_are_those_of_a_naive_copy),
		cmocka_unit_test(rows_with_more_than_values_are_not_plain),
		cmocka_unit_test(one_late_mark_stays_one_number),
		cmocka_unit_test(a_reset_store_is_as_new),
		cmocka_unit_test(a_row_too_large_for_an_empty_store_is_told),
		cmocka_unit_test(sums_of_lengths_do_not_wrap),
		cmocka_unit_test(running_out_of_memory_is_enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
