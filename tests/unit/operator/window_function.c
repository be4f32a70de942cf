#include "operator/window/window.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/arena.h"
#include "events.h"

enum { WINDOW_COLUMNS = 3, ROWS_MAX = 100000 };

struct seen {
	int64_t user, start, end, time, mark;
};

// The function, and behind it a sink that notes rows and may say "full".
struct rig {
	struct arena *arena;
	struct op_task task;
	struct window_function_config config;
	struct op_spec spec;
	struct op *function;
	struct op sink;
	struct random random;
	bool blocks;
	struct seen *seen; // ROWS_MAX
	uint32_t n_seen, n_watermarks;
};

static struct rig *rig; // the sink is reached by no other way

static void sink_process(struct op *op, const struct block *block)
{
	const struct column *ours = &block->columns[EVENT_COLUMNS];

	assert_false(rig->task.blocked);
	assert_int_equal(block->n_columns, EVENT_COLUMNS + WINDOW_COLUMNS);
	BLOCK_FOREACH_ROW (block, slot)
		rig->seen[rig->n_seen++] =
			(struct seen){.user = ((int64_t *)block->columns[EVENT_USER].values)[slot],
				.start = ((int64_t *)ours[0].values)[slot],
				.end = ((int64_t *)ours[1].values)[slot],
				.time = ((int64_t *)ours[2].values)[slot],
				.mark = block->late_marks[slot]};
	rig->task.blocked = rig->blocks && random_below(&rig->random, 2);
}

static void sink_control(struct op *op, const struct block *block)
{
	assert_false(rig->task.blocked);
	rig->n_watermarks += block->kind == BLOCK_WATERMARK;
}

static void set_up(struct slices slices, bool blocks)
{
	static const struct op_ops ops = {.process = sink_process, .control = sink_control};
	struct schema *output;
	struct err err;

	rig = calloc(1, sizeof(*rig));
	rig->arena = arena_new();
	rig->blocks = blocks;
	rig->seen = calloc(ROWS_MAX, sizeof(*rig->seen));
	rig->task.mem = &mem_libc;
	rig->config.window =
		(struct window_spec){.shape = slices.cumulates ? WINDOW_CUMULATE : WINDOW_HOP,
			.slices = slices,
			.time_column = EVENT_TS,
			.time_type = type_timestamp(TYPE_TIMESTAMP, 3)};
	rig->spec = (struct op_spec){.config = &rig->config, .takes_events = true};
	rig->spec.input = event_schema(rig->arena);
	output = schema_new(rig->arena, EVENT_COLUMNS + WINDOW_COLUMNS);
	memcpy(output->fields, rig->spec.input->fields, EVENT_COLUMNS * sizeof(struct field));
	rig->spec.output = output;
	rig->function = window_function_kind.create(&rig->spec, &rig->task, &err);
	op_init(&rig->sink, &ops, &rig->spec, &rig->task);
	rig->function->outs[0] = &rig->sink;
	rig->function->n_outs = 1;
}

static void tear_down(void)
{
	rig->function->ops->free(rig->function);
	arena_free(rig->arena);
	free(rig->seen);
	free(rig);
}

static void settle(void)
{
	do {
		rig->task.blocked = false;
		if (rig->function->pending)
			rig->function->ops->resume(rig->function);
	} while (rig->function->pending);
	rig->task.blocked = false;
}

static int order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct seen));
}

// Each row comes out with each of its windows, and its late mark, once.
static void check(struct slices slices, bool blocks)
{
	const struct event_settings stream = {
		.n = 5000, .n_users = 50, .first_ts = -9000, .step = 7, .disorder = 100};
	struct event_block *block = malloc(sizeof(*block));
	struct seen *wanted = calloc(ROWS_MAX, sizeof(*wanted));
	struct event *events;
	uint32_t n = 0, n_blocks = 0;

	set_up(slices, blocks);
	events = events_new(&stream, &rig->random);
	for (uint32_t i = 0; i < stream.n; i++)
		for (int64_t end = events[i].ts + 1; end <= events[i].ts + slices.size; end++) {
			int64_t start = end - slices.size;

			while (slices.cumulates && (start - slices.offset) % slices.size != 0)
				start++;
			if ((end - slices.offset) % slices.slide == 0 && start <= events[i].ts)
				wanted[n++] = (struct seen){
					events[i].user, start, end, end - 1, events[i].mark};
		}
	for (uint32_t at = 0; at < stream.n; at += 100, n_blocks++) {
		struct block control = {.kind = BLOCK_WATERMARK, .watermark = n_blocks};

		event_block_fill(block, &events[at], 100, &rig->random);
		rig->task.blocked = blocks && random_below(&rig->random, 2);
		op_feed(rig->function, &block->block);
		op_feed(rig->function, &control);
		settle();
	}
	assert_int_equal(rig->n_watermarks, n_blocks);
	assert_int_equal(rig->n_seen, n);
	qsort(wanted, n, sizeof(*wanted), order);
	qsort(rig->seen, n, sizeof(*wanted), order);
	assert_memory_equal(rig->seen, wanted, n * sizeof(*wanted));
	tear_down();
	free(events);
	free(wanted);
	free(block);
}

static void every_row_comes_once_for_each_window(void **)
{
	check((struct slices){.size = 100, .slide = 100}, false);
	check((struct slices){.size = 100, .slide = 20}, false);
	check((struct slices){.size = 90, .slide = 30, .offset = -7}, false);
	check((struct slices){.size = 100, .slide = 20, .cumulates = true}, false);
	check((struct slices){.size = 90, .slide = 30, .offset = -7, .cumulates = true}, false);
}

static void a_full_sink_loses_and_doubles_nothing(void **)
{
	check((struct slices){.size = 100, .slide = 100}, true);
	check((struct slices){.size = 100, .slide = 10, .offset = 3}, true);
	check((struct slices){.size = 100, .slide = 10, .offset = 3, .cumulates = true}, true);
}

static void rows_without_a_time_are_dropped_and_counted(void **)
{
	struct event events[] = {
		{.ts = 5},
		{.is_null[EVENT_TS] = true},
		{.ts = INT64_MAX},
	};
	struct event_block block;

	set_up((struct slices){.size = 20, .slide = 10}, false);
	event_block_fill(&block, events, 3, &rig->random);
	op_feed(rig->function, &block.block);
	assert_int_equal(rig->n_seen, 2);
	assert_string_equal(rig->function->counters[0].name, "null_time");
	assert_int_equal(rig->function->counters[0].value, 1);
	assert_string_equal(rig->function->counters[1].name, "bad_time");
	assert_int_equal(rig->function->counters[1].value, 1);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_comes_once_for_each_window),
		cmocka_unit_test(a_full_sink_loses_and_doubles_nothing),
		cmocka_unit_test(rows_without_a_time_are_dropped_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
