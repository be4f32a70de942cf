// Rows of one key and slice become one that carries what they came to; all others go on as they
// are.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "operator/window/local_aggregate.h"

enum { TS, KEY, AMOUNT, COLUMNS };
enum { SLIDE = 1000, OWNERS = 8, HOT = 7 };

struct rig {
	struct arena *arena;
	struct schema *schema;
	struct aggregate_call calls[2]; // COUNT(*), SUM(amount)
	struct window_aggregate_config config;
	struct key_layout keys;
	struct hash_seed seed;
	struct local_aggregate *local;
	int64_t values[COLUMNS][BLOCK_ROWS_MAX];
	uint64_t nulls[BLOCK_NULL_WORDS]; // of TS
	struct column columns[COLUMNS];
	int64_t marks[BLOCK_ROWS_MAX];
	struct block block;
	uint64_t images[BLOCK_ROWS_MAX * 2], hashes[BLOCK_ROWS_MAX];
};

static void resolve(struct rig *rig, int i, const char *name, bool distinct, uint16_t n_args)
{
	struct aggregate_arg arg = {.type = rig->schema->fields[AMOUNT].type};

	assert_int_equal(aggregate_resolve(name, &arg, n_args, distinct, false, rig->arena,
				 (struct pos){0}, &rig->calls[i], NULL),
		0);
	rig->calls[i].filter = -1;
	rig->calls[i].arguments[0] = AMOUNT;
}

static struct rig *rig_new(enum local_strategy strategy)
{
	static const uint16_t key[] = {KEY};
	struct rig *rig = calloc(1, sizeof(*rig));

	rig->arena = arena_new();
	rig->schema = schema_new(rig->arena, COLUMNS);
	for (int c = 0; c < COLUMNS; c++) {
		rig->schema->fields[c] = (struct field){"f", type_of(TYPE_BIGINT)};
		rig->columns[c].values = rig->values[c];
	}
	rig->columns[TS].nulls = rig->nulls;
	resolve(rig, 0, "COUNT", false, 0);
	resolve(rig, 1, "SUM", false, 1);
	rig->config = (struct window_aggregate_config){
		.window = {.shape = WINDOW_HOP,
			.slices = {.size = 2 * SLIDE, .slide = SLIDE},
			.time_column = TS},
		.n_keys = 1,
		.keys = key,
		.n_aggregates = 2,
		.aggregates = rig->calls,
	};
	hash_seed_from(&rig->seed, 1);
	assert_int_equal(key_layout_init(&rig->keys, rig->schema, key, 1), 0);
	rig->local = local_aggregate_new(
		&mem_libc, &rig->config, rig->schema, &rig->keys, strategy, OWNERS);
	assert_non_null(rig->local);
	rig->block = (struct block){.kind = BLOCK_ROWS,
		.n_columns = COLUMNS,
		.columns = rig->columns,
		.late_marks = rig->marks};
	return rig;
}

static void rig_free(struct rig *rig)
{
	local_aggregate_free(rig->local);
	arena_free(rig->arena);
	free(rig);
}

static void add(struct rig *rig, int64_t ts, int64_t key, int64_t amount)
{
	uint16_t slot = rig->block.n_slots++;

	rig->values[TS][slot] = ts;
	rig->values[KEY][slot] = key;
	rig->values[AMOUNT][slot] = amount;
	rig->marks[slot] = WATERMARK_NONE;
	rig->block.n_rows++;
}

static const struct block *combine(struct rig *rig)
{
	struct combiner *combiner = local_aggregate_combiner(rig->local);

	assert_true(rig->keys.size <= 2 * sizeof(uint64_t));
	key_images(&rig->keys, &rig->block, rig->images);
	key_hashes(&rig->keys, &rig->seed, rig->images, rig->block.n_rows, rig->hashes);
	return combiner->combine(combiner, &rig->block, rig->images, rig->hashes);
}

// The i-th row stands for n rows whose amounts come to sum; 0 = for itself.
static void check_row(
	const struct rig *rig, const struct block *block, uint16_t i, uint64_t n, int64_t sum)
{
	uint16_t slot = block_slot(block, i);
	const struct partial *partial = block->partials != NULL ? block->partials[slot] : NULL;
	uint64_t image[2] = {0, (uint64_t)rig->values[KEY][slot]}, hash;

	key_hashes(&rig->keys, &rig->seed, image, 1, &hash);
	assert_int_equal(rig->hashes[i], hash);
	if (n == 0) {
		assert_null(partial);
		return;
	}
	assert_non_null(partial);
	assert_int_equal(partial->n_rows, n);
	assert_int_equal(block_weight(block, slot), n);
	assert_int_equal(partial->states[0], n); // COUNT(*)
	assert_int_equal((int64_t)partial->states[1], sum);
}

static void one_row_stands_for_those_of_a_hot_key(void **)
{
	struct rig *rig = rig_new(LOCAL_HOT_KEYS);
	const struct block *block;

	for (int i = 0; i < 128; i++) {
		add(rig, i, 1000 + i, 1);
		add(rig, i, HOT, i);
	}
	block = combine(rig);
	assert_int_equal(block->n_rows, 129);
	check_row(rig, block, 0, 0, 0);
	check_row(rig, block, 1, 128, 127 * 64);
	for (uint16_t i = 2; i < 129; i++)
		check_row(rig, block, i, 0, 0);
	rig_free(rig);
}

static void rows_of_many_keys_go_on_as_they_are(void **)
{
	struct rig *rig = rig_new(LOCAL_HOT_KEYS);

	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		add(rig, i, i, 1);
	assert_ptr_equal(combine(rig), &rig->block);
	rig_free(rig);
}

// With 8 owners each gets 32 rows of a block: half of that is no burden.
static void a_key_that_is_no_burden_is_not_hot(void **)
{
	struct rig *rig = rig_new(LOCAL_HOT_KEYS);

	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		add(rig, i, i % 31 == 0 ? HOT : 1000 + i, 1); // as samples are taken
	assert_ptr_equal(combine(rig), &rig->block);
	rig_free(rig);
}

static void slices_are_kept_apart(void **)
{
	struct rig *rig = rig_new(LOCAL_ALL_KEYS);
	const struct block *block;

	add(rig, 10, HOT, 1);
	add(rig, SLIDE + 10, HOT, 10);
	add(rig, SLIDE - 1, HOT, 2);
	add(rig, SLIDE, HOT, 20);
	add(rig, -1, HOT, 100);
	block = combine(rig);
	assert_int_equal(block->n_rows, 3);
	check_row(rig, block, 0, 2, 3);
	check_row(rig, block, 1, 2, 30);
	check_row(rig, block, 2, 0, 0);
	rig_free(rig);
}

static void late_rows_and_those_without_a_time_go_on_as_they_are(void **)
{
	struct rig *rig = rig_new(LOCAL_ALL_KEYS);
	const struct block *block;

	for (int i = 0; i < 6; i++)
		add(rig, i, HOT, 1 << i);
	rig->marks[0] = rig->marks[1] = SLIDE - 1; // the first window has fired
	rig->marks[2] = SLIDE - 2;
	nulls_set(rig->nulls, 3);
	block = combine(rig);
	assert_int_equal(block->n_rows, 4);
	check_row(rig, block, 0, 0, 0);
	check_row(rig, block, 1, 0, 0);
	check_row(rig, block, 2, 3, 4 + 16 + 32);
	check_row(rig, block, 3, 0, 0);
	assert_int_equal(block_slot(block, 3), 3);
	rig_free(rig);
}

static void only_what_merges_exactly_is_combined_unasked(void **)
{
	struct rig *rig = rig_new(LOCAL_HOT_KEYS);

	assert_int_equal(local_aggregate_choose(&rig->config, LOCAL_HOT_KEYS), LOCAL_HOT_KEYS);
	assert_int_equal(local_aggregate_choose(&rig->config, LOCAL_NEVER), LOCAL_NEVER);
	rig->config.n_keys = 0;
	assert_int_equal(local_aggregate_choose(&rig->config, LOCAL_HOT_KEYS), LOCAL_NEVER);
	assert_int_equal(local_aggregate_choose(&rig->config, LOCAL_ALL_KEYS), LOCAL_ALL_KEYS);
	rig->config.n_keys = 1;
	rig->schema->fields[AMOUNT].type = type_of(TYPE_DOUBLE);
	resolve(rig, 1, "SUM", false, 1);
	assert_int_equal(local_aggregate_choose(&rig->config, LOCAL_HOT_KEYS), LOCAL_NEVER);
	assert_int_equal(local_aggregate_choose(&rig->config, LOCAL_ALL_KEYS), LOCAL_ALL_KEYS);
	resolve(rig, 1, "COUNT", true, 1);
	assert_int_equal(local_aggregate_choose(&rig->config, LOCAL_ALL_KEYS), LOCAL_NEVER);
	resolve(rig, 1, "LAST_VALUE", false, 1);
	assert_int_equal(local_aggregate_choose(&rig->config, LOCAL_ALL_KEYS), LOCAL_NEVER);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_row_stands_for_those_of_a_hot_key),
		cmocka_unit_test(rows_of_many_keys_go_on_as_they_are),
		cmocka_unit_test(a_key_that_is_no_burden_is_not_hot),
		cmocka_unit_test(slices_are_kept_apart),
		cmocka_unit_test(late_rows_and_those_without_a_time_go_on_as_they_are),
		cmocka_unit_test(only_what_merges_exactly_is_combined_unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
