// Aggregates over windows that rows bring along.
#include "operator/window/window.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/arena.h"
#include "row/schema.h"

enum { START, END, COLUMNS };

struct result {
	int64_t n, start, end;
};

struct rig {
	struct arena *arena;
	struct op_task task;
	struct page_pool pool;
	struct hash_seed seed;
	struct aggregate_call count;
	struct window_aggregate_config config;
	struct op_spec spec;
	struct op *window;
	struct op sink;
	struct result results[100];
	int n_results;
};

static struct rig rig;

static void sink_process(struct op *op, const struct block *block)
{
	for (uint16_t slot = 0; slot < block->n_rows; slot++)
		rig.results[rig.n_results++] = (struct result){
			((int64_t *)block->columns[0].values)[slot],
			((int64_t *)block->columns[1].values)[slot],
			((int64_t *)block->columns[2].values)[slot],
		};
}

static struct schema *numbers(uint16_t n)
{
	struct schema *schema = schema_new(rig.arena, n);

	for (uint16_t i = 0; i < n; i++)
		schema->fields[i] = (struct field){"n", type_of(TYPE_BIGINT)};
	return schema;
}

static void set_up(void)
{
	static const struct op_ops ops = {.process = sink_process};
	struct err err;

	rig = (struct rig){.arena = arena_new()};
	hash_seed_from(&rig.seed, 1);
	page_pool_init(&rig.pool, &mem_libc, 1 << 20);
	rig.task = (struct op_task){.mem = &mem_libc, .seed = &rig.seed, .pool = &rig.pool};
	rig.count.filter = -1;
	aggregate_resolve(
		"COUNT", NULL, 0, false, false, rig.arena, (struct pos){0}, &rig.count, &err);
	rig.config = (struct window_aggregate_config){
		.window = {.shape = WINDOW_ATTACHED, .start_column = START, .end_column = END},
		.n_aggregates = 1,
		.aggregates = &rig.count,
		.n_properties = 2,
		.properties = {WINDOW_START, WINDOW_END}};
	rig.spec = (struct op_spec){.config = &rig.config};
	rig.spec.input = numbers(COLUMNS);
	rig.spec.output = numbers(3);
	rig.window = window_aggregate_kind.create(&rig.spec, &rig.task, &err);
	op_init(&rig.sink, &ops, &rig.spec, &rig.task);
	rig.window->outs[0] = &rig.sink;
	rig.window->n_outs = 1;
}

static void tear_down(void)
{
	rig.window->ops->free(rig.window);
	assert_int_equal(rig.pool.n_used, 0);
	page_pool_destroy(&rig.pool, &mem_libc);
	arena_free(rig.arena);
}

static void feed(int64_t *starts, int64_t *ends, uint16_t n, uint64_t *nulls)
{
	struct column columns[] = {{.values = starts}, {.values = ends, .nulls = nulls}};
	struct block block = {.n_rows = n,
		.n_slots = n,
		.n_columns = COLUMNS,
		.columns = columns,
		.late_mark = WATERMARK_NONE};

	op_feed(rig.window, &block);
}

static void watermark(int64_t value)
{
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = value};

	op_feed(rig.window, &control);
	assert_false(rig.window->pending);
}

static void check_result(int i, int64_t n, int64_t start, int64_t end)
{
	assert_true(i < rig.n_results);
	assert_int_equal(rig.results[i].n, n);
	assert_int_equal(rig.results[i].start, start);
	assert_int_equal(rig.results[i].end, end);
}

static void windows_fire_in_the_order_of_their_ends(void **)
{
	int64_t starts[] = {0, 10, 0, 10, 0}, ends[] = {10, 20, 10, 20, 10};

	set_up();
	feed(starts, ends, 5, NULL);
	watermark(8);
	assert_int_equal(rig.n_results, 0);
	watermark(9);
	assert_int_equal(rig.n_results, 1);
	check_result(0, 3, 0, 10);
	watermark(WATERMARK_END);
	check_result(1, 2, 10, 20);
	tear_down();
}

static void windows_of_one_end_and_different_starts_are_different(void **)
{
	int64_t starts[] = {0, 5, -5, 5}, ends[] = {10, 10, 10, 10};

	set_up();
	feed(starts, ends, 4, NULL);
	watermark(9);
	assert_int_equal(rig.n_results, 3);
	check_result(0, 1, -5, 10);
	check_result(1, 1, 0, 10);
	check_result(2, 2, 5, 10);
	tear_down();
}

static uint64_t counter(const char *name)
{
	for (uint16_t i = 0; i < rig.window->n_counters; i++)
		if (strcmp(rig.window->counters[i].name, name) == 0)
			return rig.window->counters[i].value;
	fail_msg("there is no counter %s", name);
	return 0;
}

static void rows_of_a_window_that_has_fired_are_late(void **)
{
	int64_t starts[] = {0, 10}, ends[] = {10, 20};

	set_up();
	watermark(9);
	feed(starts, ends, 2, NULL);
	watermark(WATERMARK_END);
	assert_int_equal(rig.n_results, 1);
	check_result(0, 1, 10, 20);
	assert_int_equal(counter("late"), 1);
	tear_down();
}

static void windows_that_are_none_are_dropped_and_counted(void **)
{
	int64_t starts[] = {0, 0, 0}, ends[] = {INT64_MAX, INT64_MIN, 10};
	uint64_t nulls[BLOCK_NULL_WORDS] = {4};

	set_up();
	feed(starts, ends, 3, nulls);
	watermark(WATERMARK_END);
	assert_int_equal(rig.n_results, 0);
	assert_int_equal(counter("bad_time"), 2);
	assert_int_equal(counter("null_time"), 1);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_fire_in_the_order_of_their_ends),
		cmocka_unit_test(windows_of_one_end_and_different_starts_are_different),
		cmocka_unit_test(rows_of_a_window_that_has_fired_are_late),
		cmocka_unit_test(windows_that_are_none_are_dropped_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
