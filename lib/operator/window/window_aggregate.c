#include <assert.h>
#include <errno.h>
#include "operator/window/window_explain.h"
#include "operator/window/window_state.h"

static void window_process(struct op *op, const struct block *block)
{
	window_add((struct window_aggregate *)op, block);
}

// Work off the control messages that wait: fire what a watermark has passed, then hand it on.
// Leaves op.pending set when something is left to do.
static void work_off(struct window_aggregate *window)
{
	int32_t n_left = FIRE_ENTRIES_MAX;

	while (window->n_controls > 0 && !op_is_blocked(&window->op)) {
		struct block control = window->controls[0];

		if (control.kind == BLOCK_WATERMARK) {
			if (!window_fire(window, control.watermark, &n_left))
				break;
			window->passed_watermark = control.watermark;
		}
		window->n_controls--;
		for (uint32_t i = 0; i < window->n_controls; i++)
			window->controls[i] = window->controls[i + 1];
		op_emit(&window->op, &control);
	}
	window->op.pending = window->n_controls > 0;
}

static void window_control(struct op *op, const struct block *block)
{
	struct window_aggregate *window = (struct window_aggregate *)op;
	struct block *last = &window->controls[window->n_controls];

	// A watermark behind one that waits takes its place: what is fired for it, fires for both.
	if (window->n_controls > 0 && block->kind == BLOCK_WATERMARK &&
		last[-1].kind == BLOCK_WATERMARK) {
		last[-1] = *block;
		return;
	}
	assert(window->n_controls < CONTROLS_MAX); // a task takes no input while we are pending
	*last = *block;
	window->n_controls++;
	if (!op->pending)
		work_off(window);
}

static bool window_resume(struct op *op)
{
	work_off((struct window_aggregate *)op);
	return !op->pending;
}

static void window_free(struct op *op)
{
	struct window_aggregate *window = (struct window_aggregate *)op;
	struct mem *mem = op->task->mem;

	keyed_store_clear(&window->fire.scratch);
	live_slices_destroy(&window->live, mem);
	for (uint16_t i = 0; window->columns != NULL && i < op->spec->output->n_fields; i++) {
		mem_free(mem, window->columns[i].values);
		mem_free(mem, window->columns[i].nulls);
	}
	mem_free(mem, window->columns);
	mem_free(mem, window->images);
	mem_free(mem, window->offsets);
	mem_free(mem, window->fire.slices);
	mem_free(mem, window);
}

static const struct op_ops window_ops = {
	.process = window_process,
	.control = window_control,
	.resume = window_resume,
	.free = window_free,
};

static void add_counters(struct window_aggregate *window)
{
	struct op *op = &window->op;
	bool is_drop = op->spec->takes_events;

	window->late = op_counter_add(op, "late", is_drop);
	window->null_time = op_counter_add(op, "null_time", is_drop);
	window->bad_time = op_counter_add(op, "bad_time", is_drop);
	window->slice_limit = op_counter_add(op, "slice_limit", is_drop);
	window->state_full = op_counter_add(op, "state_full", is_drop);
	window->key_too_long = op_counter_add(op, "key_too_long", is_drop);
	window->value_lost = op_counter_add(op, "value_lost", false);
	window->result_lost = op_counter_add(op, "result_lost", false);
}

static int alloc_columns(struct window_aggregate *window)
{
	const struct schema *output = window->op.spec->output;
	struct mem *mem = window->op.task->mem;

	window->columns = mem_zalloc(mem, output->n_fields * sizeof(*window->columns));
	if (window->columns == NULL)
		return -ENOMEM;
	for (uint16_t i = 0; i < output->n_fields; i++) {
		struct column *column = &window->columns[i];
		uint32_t width = type_width(output->fields[i].type.kind);

		column->values = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * width);
		column->nulls = mem_zalloc(mem, BLOCK_NULL_WORDS * sizeof(uint64_t));
		if (column->values == NULL || column->nulls == NULL)
			return -ENOMEM;
	}
	return 0;
}

// All memory but what stores take from the pool later.
static int alloc_rest(struct window_aggregate *window)
{
	struct mem *mem = window->op.task->mem;

	window->offsets =
		mem_zalloc(mem, (window->config->n_aggregates + 1u) * sizeof(*window->offsets));
	window->images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * window->keys.size);
	window->fire.slices = mem_zalloc(mem, LIVE_SLICES_MAX * sizeof(struct slice *));
	if (window->offsets == NULL || window->images == NULL || window->fire.slices == NULL)
		return -ENOMEM;
	return alloc_columns(window);
}

// Where each aggregate's state lies; returns the size of all.
static uint32_t lay_out_states(struct window_aggregate *window)
{
	const struct window_aggregate_config *config = window->config;
	uint32_t size = 0;

	for (uint16_t i = 0; i < config->n_aggregates; i++) {
		window->offsets[i] = size;
		size += aggregate_state_size(&config->aggregates[i]);
	}
	return size;
}

static int set_up(struct window_aggregate *window, struct err *err)
{
	const struct window_aggregate_config *config = window->config;
	const struct op_spec *spec = window->op.spec;
	struct op_task *task = window->op.task;
	uint32_t state_size;
	int result;

	if (key_layout_init(&window->keys, spec->input, config->keys, config->n_keys) < 0)
		return err_set(err, E2BIG, "GROUP BY has more than %d columns", KEY_COLUMNS_MAX);
	if (alloc_rest(window) < 0)
		return err_set(err, ENOMEM, "no memory for a WindowAggregate");
	state_size = lay_out_states(window);
	result = live_slices_init(&window->live, task, &window->keys, state_size);
	if (result == -E2BIG)
		return err_set(err, E2BIG,
			"the key and aggregates of a group take %u bytes; %d are possible",
			window->keys.size + state_size, KEYED_STORE_STATE_MAX);
	if (result < 0)
		return err_set(err, ENOMEM, "no memory for a WindowAggregate");
	return keyed_store_init(
		&window->fire.scratch, task->pool, &window->keys, task->seed, state_size);
}

static struct op *window_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	struct window_aggregate *window = mem_zalloc(task->mem, sizeof(*window));

	if (window == NULL) {
		err_set(err, ENOMEM, "no memory for a WindowAggregate");
		return NULL;
	}
	op_init(&window->op, &window_ops, spec, task);
	window->config = spec->config;
	window->passed_watermark = WATERMARK_NONE;
	window->fire.scratch.root = PAGE_NONE; // nothing to clear until it is set up
	window->fire.scratch.heap = PAGE_NONE;
	add_counters(window);
	if (set_up(window, err) < 0) {
		window_free(&window->op);
		return NULL;
	}
	return &window->op;
}

const struct op_kind window_aggregate_kind = {
	.name = "WindowAggregate",
	.create = window_create,
	.explain = window_aggregate_explain,
};
