// A window table function: the block as it is, with three columns beside it, once for each window
// of a row. Nothing is copied: the vectors of a block stay as they are while the task is blocked.
//
// The windows of a slide × i, of all rows, go out in turn i modulo size / slide: each row has at
// most one of them, and all rows of a window come together, in the order in which they arrived. A
// last window comes in the last turn: it is one that each row of CUMULATE has.
#include <assert.h>
#include <errno.h>
#include "operator/window/window_explain.h"

enum { COLUMN_START, COLUMN_END, COLUMN_TIME, WINDOW_COLUMNS };

struct window_function {
	struct op op;
	const struct window_function_config *config;
	struct block held; // the block in hand, its rows not yet out for all windows
	uint64_t n_turns; // size / slide
	uint64_t n_emitted; // turns; n_turns when there is no block in hand
	struct block control; // waits for it
	bool has_control;
	struct zone_span span; // of the row before
	uint16_t null_time, bad_time; // counters
	uint16_t rows[BLOCK_ROWS_MAX], turn_rows[BLOCK_ROWS_MAX];
	int64_t base; // the end of the last window of some row
	int64_t ends[BLOCK_ROWS_MAX]; // by slot: of the first window
	int64_t last_ends[BLOCK_ROWS_MAX]; // and of the last one
	int64_t values[WINDOW_COLUMNS][BLOCK_ROWS_MAX];
	struct column columns[]; // the input's and ours
};

// The windows of a row end where its slice does and every slide later, up to the last one.
static void find_windows(struct window_function *function, uint16_t slot, int64_t time)
{
	const struct slices *slices = &function->config->window.slices;
	int64_t local = slices_local(slices, time, &function->span);

	function->ends[slot] = slices_end(slices, local);
	function->last_ends[slot] = slices_last_window(slices, function->ends[slot]);
}

// Leave out rows without a time, and find the windows of the others.
static void hold(struct window_function *function, const struct block *block)
{
	const struct window_spec *window = &function->config->window;
	const struct column *column = &block->columns[window->time_column];
	const int64_t *times = column->values;
	uint16_t n = 0, n_null = 0;

	for (uint16_t i = 0; i < block->n_rows; i++) {
		uint16_t slot = block_slot(block, i);
		int64_t time = times[slot];

		if (nulls_get(column->nulls, slot)) {
			n_null++;
		} else if (time >= -WINDOW_TIME_LIMIT && time <= WINDOW_TIME_LIMIT) {
			function->rows[n++] = slot;
			find_windows(function, slot, time);
		}
	}
	op_count(&function->op, function->null_time, n_null);
	op_count(&function->op, function->bad_time, block->n_rows - n - n_null);
	function->held = *block;
	function->held.rows = function->rows;
	function->held.n_rows = n;
	function->n_emitted = n > 0 ? 0 : function->n_turns;
	function->base = n > 0 ? function->last_ends[function->rows[0]] : 0;
	for (uint16_t i = 0; i < block->n_columns; i++)
		function->columns[i] = block->columns[i];
}

// The end of the window that a row has in a turn; behind its last one when it has none.
static int64_t window_in_turn(const struct window_function *function, uint16_t slot, uint64_t turn)
{
	int64_t slide = function->config->window.slices.slide;
	int64_t first = function->ends[slot], size = function->config->window.slices.size;
	int64_t ahead = ((function->base - first) % size + slide * (int64_t)(turn + 1)) % size;

	return first + (ahead < 0 ? ahead + size : ahead);
}

// Emit the rows that have a window in the next turn.
static void emit_turn(struct window_function *function)
{
	const struct slices *slices = &function->config->window.slices;
	struct block out = function->held;
	uint16_t n = 0;

	for (uint16_t i = 0; i < function->held.n_rows; i++) {
		uint16_t slot = function->rows[i];
		int64_t end = window_in_turn(function, slot, function->n_emitted);

		if (end > function->last_ends[slot])
			continue;
		function->values[COLUMN_START][slot] = slices_window_start(slices, end);
		function->values[COLUMN_END][slot] = end;
		function->values[COLUMN_TIME][slot] = slices_window_time(slices, end);
		function->turn_rows[n++] = slot;
	}
	function->n_emitted++;
	if (n == 0)
		return;
	out.rows = function->turn_rows;
	out.n_rows = n;
	out.columns = function->columns;
	out.n_columns = function->op.spec->output->n_fields;
	if (function->n_emitted < function->n_turns)
		out.watermark = WATERMARK_NONE; // rows come again
	op_emit(&function->op, &out);
}

static void work_off(struct window_function *function)
{
	struct op *op = &function->op;

	while (function->n_emitted < function->n_turns && !op_is_blocked(op))
		emit_turn(function);
	if (function->n_emitted == function->n_turns && function->has_control &&
		!op_is_blocked(op)) {
		function->has_control = false;
		op_emit(op, &function->control);
	}
	op->pending = function->n_emitted < function->n_turns || function->has_control;
}

static void function_process(struct op *op, const struct block *block)
{
	struct window_function *function = (struct window_function *)op;

	assert(!op->pending); // a task takes no input then
	hold(function, block);
	work_off(function);
}

static void function_control(struct op *op, const struct block *block)
{
	struct window_function *function = (struct window_function *)op;

	assert(!function->has_control ||
		(block->kind == BLOCK_WATERMARK && function->control.kind == BLOCK_WATERMARK));
	function->control = *block;
	function->has_control = true;
	work_off(function);
}

static bool function_resume(struct op *op)
{
	work_off((struct window_function *)op);
	return !op->pending;
}

static void function_free(struct op *op)
{
	mem_free(op->task->mem, op);
}

static const struct op_ops function_ops = {
	.process = function_process,
	.control = function_control,
	.resume = function_resume,
	.free = function_free,
};

static struct op *function_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	const struct window_function_config *config = spec->config;
	uint16_t n_columns = spec->output->n_fields;
	struct window_function *function;

	assert(n_columns == spec->input->n_fields + WINDOW_COLUMNS);
	function =
		mem_zalloc(task->mem, sizeof(*function) + n_columns * sizeof(function->columns[0]));
	if (function == NULL) {
		err_set(err, ENOMEM, "no memory for a WindowTableFunction");
		return NULL;
	}
	op_init(&function->op, &function_ops, spec, task);
	function->config = config;
	function->n_turns = (uint64_t)(config->window.slices.size / config->window.slices.slide);
	function->n_emitted = function->n_turns;
	function->null_time = op_counter_add(&function->op, "null_time", spec->takes_events);
	function->bad_time = op_counter_add(&function->op, "bad_time", spec->takes_events);
	for (int i = 0; i < WINDOW_COLUMNS; i++)
		function->columns[spec->input->n_fields + i].values = function->values[i];
	return &function->op;
}

const struct op_kind window_function_kind = {
	.name = "WindowTableFunction",
	.create = function_create,
	.explain = window_function_explain,
};
