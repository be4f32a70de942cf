#include "operator/source/proctime_assigner.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/arena.h"

enum { TIME_COLUMN = 1, COLUMNS = 2, NOTES_MAX = 100 };

// The assigner, windows of a second behind it, and a sink that notes what comes.
struct rig {
	struct op sink; // first
	struct arena *arena;
	struct op_task task;
	struct proctime_config config;
	struct op_spec spec;
	struct op *assigner;
	int64_t watermarks[NOTES_MAX];
	uint32_t n_watermarks, n_others;
	int64_t time; // of the last row
	int64_t late_mark;
};

static void sink_process(struct op *op, const struct block *block)
{
	struct rig *rig = (struct rig *)op;
	const struct column *time = &block->columns[TIME_COLUMN];

	assert_null(time->nulls);
	assert_null(block->late_marks);
	rig->time = ((int64_t *)time->values)[block_slot(block, block->n_rows - 1)];
	rig->late_mark = block->late_mark;
}

static void sink_control(struct op *op, const struct block *block)
{
	struct rig *rig = (struct rig *)op;

	if (block->kind == BLOCK_WATERMARK)
		rig->watermarks[rig->n_watermarks++] = block->watermark;
	else
		rig->n_others++;
}

static void set_up(struct rig *rig)
{
	static const struct op_ops ops = {.process = sink_process, .control = sink_control};
	struct schema *schema;
	struct err err;

	*rig = (struct rig){.arena = arena_new(), .task.mem = &mem_libc};
	schema = schema_new(rig->arena, COLUMNS);
	schema->fields[0] = (struct field){"v", type_of(TYPE_BIGINT)};
	schema->fields[1] = (struct field){"pt", type_timestamp(TYPE_TIMESTAMP_LTZ, 3)};
	rig->config = (struct proctime_config){.time_column = TIME_COLUMN, .step_ms = 1000};
	rig->spec = (struct op_spec){.config = &rig->config, .input = schema, .output = schema};
	rig->assigner = proctime_kind.create(&rig->spec, &rig->task, &err);
	op_init(&rig->sink, &ops, &rig->spec, &rig->task);
	rig->assigner->outs[0] = &rig->sink;
	rig->assigner->n_outs = 1;
}

static void tear_down(struct rig *rig)
{
	rig->assigner->ops->free(rig->assigner);
	arena_free(rig->arena);
}

static void at(struct rig *rig, int64_t ms)
{
	rig->task.now.wall_ns = ms * 1000000;
}

static void feed_row(struct rig *rig)
{
	int64_t values[BLOCK_ROWS_MAX] = {0};
	uint64_t nulls[BLOCK_NULL_WORDS] = {1};
	struct column columns[COLUMNS] = {{values, NULL}, {values, nulls}};
	struct block block = {
		.n_rows = 1,
		.n_slots = 1,
		.n_columns = COLUMNS,
		.columns = columns,
		.late_mark = 5,
		.watermark = 77,
	};

	op_feed(rig->assigner, &block);
}

static void feed_control(struct rig *rig, enum block_kind kind, int64_t watermark)
{
	struct block block = {.kind = kind, .watermark = watermark};

	op_feed(rig->assigner, &block);
}

static void rows_have_the_time_at_which_they_pass(void **)
{
	struct rig rig;

	set_up(&rig);
	at(&rig, 100500);
	feed_row(&rig);
	assert_int_equal(rig.time, 100500);
	assert_true(rig.late_mark < rig.time);
	assert_int_equal(rig.n_watermarks, 1);
	assert_int_equal(rig.watermarks[0], 100499);
	at(&rig, 100510);
	feed_row(&rig);
	assert_int_equal(rig.time, 100510);
	assert_int_equal(rig.late_mark, 100499);
	assert_int_equal(rig.n_watermarks, 1); // nothing ends there
	tear_down(&rig);
}

static void the_watermark_follows_the_clock_without_rows(void **)
{
	struct rig rig;

	set_up(&rig);
	at(&rig, 100950);
	assert_true(rig.assigner->ops->tick(rig.assigner));
	at(&rig, 100999);
	assert_false(rig.assigner->ops->tick(rig.assigner));
	at(&rig, 101000); // a window ends
	assert_true(rig.assigner->ops->tick(rig.assigner));
	assert_int_equal(rig.watermarks[1], 100999);
	at(&rig, 101099);
	assert_false(rig.assigner->ops->tick(rig.assigner));
	at(&rig, 101000 + PROCTIME_TICK_MS);
	assert_true(rig.assigner->ops->tick(rig.assigner));
	tear_down(&rig);
}

static void a_clock_that_is_set_back_stands_still(void **)
{
	struct rig rig;

	set_up(&rig);
	at(&rig, 100500);
	feed_row(&rig);
	at(&rig, 50000);
	feed_row(&rig);
	assert_int_equal(rig.time, 100500);
	assert_false(rig.assigner->ops->tick(rig.assigner));
	tear_down(&rig);
}

static void event_time_ends_here_but_for_its_end(void **)
{
	struct rig rig;

	set_up(&rig);
	at(&rig, 100500);
	feed_control(&rig, BLOCK_WATERMARK, 1234);
	feed_control(&rig, BLOCK_IDLE, 0);
	assert_int_equal(rig.n_watermarks + rig.n_others, 0);
	feed_control(&rig, BLOCK_BARRIER, 0);
	feed_control(&rig, BLOCK_WATERMARK, WATERMARK_END);
	assert_int_equal(rig.watermarks[0], WATERMARK_END);
	at(&rig, 200000);
	assert_false(rig.assigner->ops->tick(rig.assigner)); // none may follow
	feed_control(&rig, BLOCK_END, 0);
	assert_int_equal(rig.n_watermarks, 1);
	assert_int_equal(rig.n_others, 2);
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_have_the_time_at_which_they_pass),
		cmocka_unit_test(the_watermark_follows_the_clock_without_rows),
		cmocka_unit_test(a_clock_that_is_set_back_stands_still),
		cmocka_unit_test(event_time_ends_here_but_for_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
