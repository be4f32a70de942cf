#include <errno.h>
#include "operator/checkpointed.h"
#include "operator/source/proctime_assigner.h"
#include "operator/source/watermark_assigner.h"
#include "expr/expr.h"

enum { TIME_COLUMN, VALUE_COLUMN, COLUMNS };
enum { INSTANCES_MAX = 3, NOTES_MAX = 4000, N_ROWS = 600, TSC_HZ = 1000000 };

// What comes out of an instance: of each row its mark, and watermarks.
struct note {
	bool is_row;
	int64_t value, mark;
};

struct instance {
	struct op sink; // first
	struct op_task task;
	struct op *op;
	struct note notes[NOTES_MAX];
	uint32_t n;
};

struct rig {
	struct arena *arena;
	struct op_spec spec;
	struct watermark_config watermark;
	struct proctime_config proctime;
	struct instance instances[INSTANCES_MAX];
	uint16_t n;
	struct checkpointed saved;
};

static struct rig rig;

static void sink_process(struct op *op, const struct block *block)
{
	struct instance *instance = (struct instance *)op;
	const int64_t *times = block->columns[TIME_COLUMN].values;

	BLOCK_FOREACH_ROW (block, slot)
		instance->notes[instance->n++] =
			(struct note){true, times[slot], block_late_mark(block, slot)};
	assert_true(instance->n < NOTES_MAX - BLOCK_ROWS_MAX);
}

static void sink_control(struct op *op, const struct block *block)
{
	struct instance *instance = (struct instance *)op;

	if (block->kind == BLOCK_WATERMARK)
		instance->notes[instance->n++] = (struct note){false, block->watermark, 0};
}

static void start(const struct op_kind *kind, uint16_t n)
{
	static const struct op_ops ops = {.process = sink_process, .control = sink_control};
	struct err err;

	rig.spec.kind = kind;
	rig.n = n;
	checkpointed_begin(&rig.saved);
	for (uint16_t i = 0; i < n; i++) {
		struct instance *instance = &rig.instances[i];

		instance->n = 0;
		instance->task = (struct op_task){.mem = &mem_libc,
			.instance = i,
			.n_instances = n,
			.tsc_hz = TSC_HZ,
			.now.tsc = 77 * TSC_HZ};
		checkpointed_add(&rig.saved, &instance->task);
		instance->op = kind->create(&rig.spec, &instance->task, &err);
		assert_non_null(instance->op);
		op_init(&instance->sink, &ops, &rig.spec, &instance->task);
		instance->op->outs[0] = &instance->sink;
		instance->op->n_outs = 1;
	}
}

static void stop(struct checkpointed *saved)
{
	for (uint16_t i = 0; i < rig.n; i++)
		rig.instances[i].op->ops->free(rig.instances[i].op);
	checkpointed_end(saved);
}

static void begin(bool advances)
{
	struct type time = type_timestamp(TYPE_TIMESTAMP_LTZ, 3);
	struct schema *schema;

	rig = (struct rig){.arena = arena_new()};
	schema = schema_new(rig.arena, COLUMNS);
	schema->fields[TIME_COLUMN] = (struct field){"ts", time};
	schema->fields[VALUE_COLUMN] = (struct field){"mark", time};
	rig.watermark = (struct watermark_config){.time_column = TIME_COLUMN,
		.watermark = expr_column(rig.arena, VALUE_COLUMN, time, (struct pos){0}),
		.max_drift_ms = INT64_MAX,
		.advance_when_idle = advances};
	rig.proctime = (struct proctime_config){.time_column = TIME_COLUMN, .step_ms = 1000};
	rig.spec = (struct op_spec){.config = &rig.watermark, .input = schema, .output = schema};
}

static void feed(struct instance *instance, const int64_t *times, uint16_t n)
{
	int64_t marks[BLOCK_ROWS_MAX], values[BLOCK_ROWS_MAX];
	struct column columns[COLUMNS] = {{values, NULL}, {marks, NULL}};
	struct block block = {.n_rows = n, .n_slots = n, .n_columns = COLUMNS, .columns = columns};

	for (uint16_t i = 0; i < n; i++) {
		values[i] = times[i];
		marks[i] = times[i] - 5;
	}
	op_feed(instance->op, &block);
}

static void feed_control(struct instance *instance, enum block_kind kind, int64_t watermark)
{
	struct block block = {.kind = kind, .watermark = watermark, .checkpoint_id = 1};

	op_feed(instance->op, &block);
}

static void checkpoint(void)
{
	for (uint16_t i = 0; i < rig.n; i++) {
		feed_control(&rig.instances[i], BLOCK_BARRIER, 0);
		checkpointed_finish(&rig.saved, &rig.instances[i].task, rig.instances[i].op);
	}
}

// A new process of n instances.
static void restore(const struct op_kind *kind, uint16_t n)
{
	struct checkpointed saved = rig.saved;
	uint16_t n_old = rig.n;

	for (uint16_t i = 0; i < n_old; i++)
		rig.instances[i].op->ops->free(rig.instances[i].op);
	start(kind, n);
	for (uint16_t i = 0; i < n; i++)
		checkpointed_restore(&saved, 1, rig.instances[i].op);
	checkpointed_end(&saved);
}

static void random_times(struct random *random, int64_t *times, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		times[i] = 1000 + i * 2 - random_below(random, 30);
}

// Of each row the mark, and the watermark in the end.
static void feed_all(
	struct instance *instance, const int64_t *times, uint32_t n, struct random *random)
{
	for (uint32_t at = 0; at < n;) {
		uint32_t n_rows = 1 + random_below(random, 20);

		if (n_rows > n - at)
			n_rows = n - at;
		feed(instance, times + at, (uint16_t)n_rows);
		at += n_rows;
	}
}

static void rows_have_the_same_marks_as_without_the_crash(void **)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct random random = {seed};
		int64_t times[INSTANCES_MAX][N_ROWS], mark[INSTANCES_MAX];
		uint32_t n = random_below(&random, N_ROWS - 1);

		begin(false);
		start(&watermark_kind, 3);
		for (uint16_t k = 0; k < 3; k++) {
			random_times(&random, times[k], N_ROWS);
			feed_all(&rig.instances[k], times[k], n, &random);
		}
		checkpoint();
		restore(&watermark_kind, 3);
		for (uint16_t k = 0; k < 3; k++) {
			const struct note *note = rig.instances[k].notes;
			uint32_t row = n;

			mark[k] = WATERMARK_NONE;
			for (uint32_t i = 0; i < n; i++)
				mark[k] = times[k][i] - 5 > mark[k] ? times[k][i] - 5 : mark[k];
			feed_all(&rig.instances[k], times[k] + n, N_ROWS - n, &random);
			if (n > 0) { // what is downstream hears of it at once
				assert_false(note[0].is_row);
				assert_int_equal(note[0].value, mark[k]);
			}
			for (uint32_t i = 0; i < rig.instances[k].n; i++) {
				if (!note[i].is_row) {
					assert_int_equal(note[i].value, mark[k]);
					continue;
				}
				assert_int_equal(note[i].value, times[k][row]);
				if (note[i].value <= mark[k])
					assert_int_equal(note[i].mark, mark[k]);
				assert_true(note[i].mark <= mark[k]);
				if (times[k][row] - 5 > mark[k])
					mark[k] = times[k][row] - 5;
				row++;
			}
			assert_int_equal(row, N_ROWS);
		}
		stop(&rig.saved);
		arena_free(rig.arena);
	}
}

static void other_instances_go_on_from_the_least_watermark(void **)
{
	const int64_t times[] = {1000, 1007, 990};

	for (uint16_t n = 1; n <= 2; n++) {
		begin(false);
		start(&watermark_kind, 3);
		for (uint16_t k = 0; k < 3; k++)
			feed(&rig.instances[k], &times[k], 1);
		checkpoint();
		restore(&watermark_kind, n);
		for (uint16_t k = 0; k < n; k++) {
			assert_int_equal(rig.instances[k].op->watermark, 985);
			feed(&rig.instances[k], &times[0], 1);
			assert_int_equal(rig.instances[k].notes[0].value, 985);
			assert_int_equal(rig.instances[k].notes[1].mark, 985);
		}
		stop(&rig.saved);
		arena_free(rig.arena);
	}
}

static void a_silent_source_goes_on_from_where_it_stood(void **)
{
	const int64_t time = 1000;
	struct instance *instance = &rig.instances[0];

	begin(true);
	start(&watermark_kind, 1);
	feed(instance, &time, 1);
	instance->task.now.tsc += TSC_HZ / 10;
	feed_control(instance, BLOCK_IDLE, 0);
	assert_int_equal(instance->op->watermark, 1095);
	checkpoint();
	restore(&watermark_kind, 1);
	instance->task.now.tsc = 5; // another machine
	feed_control(instance, BLOCK_IDLE, 0);
	assert_int_equal(instance->op->watermark, 1095);
	assert_int_equal(instance->n, 1);
	instance->task.now.tsc += TSC_HZ / 20;
	feed_control(instance, BLOCK_IDLE, 0);
	assert_int_equal(instance->op->watermark, 1145);
	stop(&rig.saved);
	arena_free(rig.arena);
}

static void a_finished_source_says_nothing_of_the_past(void **)
{
	const int64_t time = 1000;
	struct instance *instance = &rig.instances[0];

	begin(false);
	start(&watermark_kind, 1);
	feed(instance, &time, 1);
	feed_control(instance, BLOCK_WATERMARK, WATERMARK_END);
	checkpoint();
	restore(&watermark_kind, 1);
	feed_control(instance, BLOCK_IDLE, 0);
	assert_int_equal(instance->n, 0);
	feed_control(instance, BLOCK_WATERMARK, WATERMARK_END);
	assert_int_equal(instance->n, 1);
	assert_int_equal(instance->notes[0].value, WATERMARK_END);
	stop(&rig.saved);
	arena_free(rig.arena);
}

static void processing_time_does_not_go_back(void **)
{
	const int64_t time = 0;

	begin(false);
	rig.spec.config = &rig.proctime;
	start(&proctime_kind, 2);
	for (uint16_t k = 0; k < 2; k++) {
		rig.instances[k].task.now.wall_ns = (100500 + k) * 1000000ll;
		feed(&rig.instances[k], &time, 1);
	}
	checkpoint();
	restore(&proctime_kind, 3);
	for (uint16_t k = 0; k < 3; k++) {
		struct instance *instance = &rig.instances[k];

		instance->task.now.wall_ns = 99000 * 1000000ll; // it is a slow clock
		assert_false(instance->op->ops->tick(instance->op));
		feed(instance, &time, 1);
		assert_int_equal(instance->notes[0].value, 100501);
		assert_int_equal(instance->notes[0].mark, 100500);
		instance->task.now.wall_ns = 101000 * 1000000ll;
		assert_true(instance->op->ops->tick(instance->op));
		assert_int_equal(instance->op->watermark, 100999);
	}
	stop(&rig.saved);
	arena_free(rig.arena);
}

static void records_of_another_shape_are_refused_or_harmless(void **)
{
	const int64_t time = 1000;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		const struct op_kind *kind = seed % 2 ? &watermark_kind : &proctime_kind;
		struct random random = {seed};
		struct checkpointed saved;
		struct err err = {0};
		int result;

		begin(false);
		rig.spec.config = seed % 2 ? (const void *)&rig.watermark : &rig.proctime;
		start(kind, 1);
		feed(&rig.instances[0], &time, 1);
		checkpoint();
		saved = rig.saved;
		rig.instances[0].op->ops->free(rig.instances[0].op);
		checkpointed_spoil(&saved, &random);
		start(kind, 1);
		result = checkpointed_give(&saved, 1, rig.instances[0].op, &err);
		assert_true(result == 0 || result == -EINVAL);
		checkpointed_end(&saved);
		stop(&rig.saved);
		arena_free(rig.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_have_the_same_marks_as_without_the_crash),
		cmocka_unit_test(other_instances_go_on_from_the_least_watermark),
		cmocka_unit_test(a_silent_source_goes_on_from_where_it_stood),
		cmocka_unit_test(a_finished_source_says_nothing_of_the_past),
		cmocka_unit_test(processing_time_does_not_go_back),
		cmocka_unit_test(records_of_another_shape_are_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
