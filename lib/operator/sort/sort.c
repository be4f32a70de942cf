// Rows are in a heap by the order asked for. Those that a row's late mark or a watermark has passed
// move to a list of rows that are due: the time of the last of them decides whether a row is late,
// wherever blocks begin and end. Due rows go out with the next watermark. A row that is taken
// although its mark has passed it is due when the mark moves on, as Flink's timers for the past
// fire then.
#include <errno.h>
#include "operator/sort/sort_state.h"
#include "row/columns.h"

enum { EMIT_ROWS_MAX = 1024 }; // in one call
enum { ROW_MAX = ROW_HEAP_IMAGE_MAX - (int)sizeof(struct sort_row) };

static int64_t time_of(const struct sort *sort, const void *image)
{
	int64_t time;

	memcpy(&time, (const char *)image + sort->row.offsets[sort->config->time_column],
		sizeof(time));
	return time;
}

// Rows with a time ≤ mark are due when it is a new one. *n_left limits how many move; true when all
// have.
static bool make_due(struct sort *sort, int64_t mark, int32_t *n_left)
{
	if (mark <= sort->due_mark)
		return true;
	while (sort->waiting.n > 0 && time_of(sort, sort->waiting.top->image) <= mark) {
		struct heap_row *row;

		if ((*n_left)-- <= 0)
			return false;
		row = row_heap_pop(&sort->heaps, &sort->waiting);
		sort->last_due = time_of(sort, row->image);
		*sort->due_end = row;
		sort->due_end = &row->next;
	}
	sort->due_mark = mark;
	return true;
}

// A row is due when a mark passes it that is a new one.
static int64_t release_of(const struct sort *sort, int64_t time)
{
	if (time > sort->due_mark || sort->due_mark == WATERMARK_END)
		return time;
	return sort->due_mark + 1;
}

// A copy of image among those that wait.
static int add_row(struct sort *sort, const void *image, int64_t time)
{
	struct heap_row *row;
	int result = row_heap_make(&sort->heaps, image, &row);

	if (result < 0)
		return result;
	sort_row(sort, row)->release = release_of(sort, time);
	arrivals_add(&sort->arrivals, &sort_row(sort, row)->arrival);
	row_heap_put(&sort->heaps, &sort->waiting, row);
	return 0;
}

static void take_row(struct sort *sort, const void *image, int64_t mark)
{
	int64_t time = time_of(sort, image);
	int32_t no_limit = INT32_MAX;

	if (time <= mark) { // rare: what it comes too late for, if anything, is due by its mark
		make_due(sort, mark, &no_limit);
		if (time <= sort->last_due) {
			op_count(&sort->op, sort->late, 1);
			return;
		}
	}
	switch (add_row(sort, image, time)) {
	case 0:
		break;
	case -E2BIG:
		op_count(&sort->op, sort->row_too_long, 1);
		break;
	default:
		op_count(&sort->op, sort->state_full, 1);
		if (!sort->op.task->drop_new_keys)
			fault_set(&sort->op.task->fault,
				"state.max-memory is used up: no room for a row of ORDER BY");
		break;
	}
}

static void sort_process(struct op *op, const struct block *block)
{
	struct sort *sort = (struct sort *)op;
	const struct column *times = &block->columns[sort->config->time_column];
	const char *image = sort->images;

	key_images(&sort->row, block, sort->images);
	BLOCK_FOREACH_ROW (block, slot) {
		if (nulls_get(times->nulls, slot))
			op_count(op, sort->null_time, 1);
		else
			take_row(sort, image, op_late_mark(op, block, slot));
		image += sort->row.size;
	}
}

static void free_emitted(struct sort *sort)
{
	while (sort->emitted != NULL) {
		struct heap_row *next = sort->emitted->next;

		row_heap_free(&sort->heaps, sort->emitted);
		sort->emitted = next;
	}
}

// Take the next rows that are due, at most a block, off their list: their columns. Returns how
// many.
static uint16_t take_due(struct sort *sort)
{
	struct heap_row **end = &sort->emitted;
	uint16_t n = 0;

	free_emitted(sort);
	sort->emitted = sort->due;
	for (; *end != NULL && n < BLOCK_ROWS_MAX; end = &(*end)->next, n++) {
		arrivals_leave(&sort->arrivals, &sort_row(sort, *end)->arrival);
		for (uint16_t i = 0; i < sort->row.n_columns; i++)
			key_load(&sort->row, (*end)->image, i, &sort->columns[i], n);
	}
	sort->due = *end;
	*end = NULL;
	if (sort->due == NULL)
		sort->due_end = &sort->due;
	return n;
}

static void emit_due(struct sort *sort)
{
	struct block out = {
		.kind = BLOCK_ROWS,
		.n_columns = sort->row.n_columns,
		.columns = sort->columns,
		.late_mark = sort->passed_watermark,
		.watermark = sort->passed_watermark,
		.rx_tsc = sort->controls.waiting[0].rx_tsc,
	};

	out.n_rows = out.n_slots = take_due(sort);
	op_emit(&sort->op, &out);
}

// True when all rows up to watermark are out.
static bool emit_until(struct sort *sort, int64_t watermark, int32_t *n_left)
{
	bool all_due = make_due(sort, watermark, n_left);

	while (sort->due != NULL) {
		if (op_is_blocked(&sort->op))
			return false;
		emit_due(sort);
	}
	if (all_due)
		sort->out_mark = sort->due_mark;
	return all_due;
}

static void work_off(struct sort *sort)
{
	int32_t n_left = EMIT_ROWS_MAX;

	while (sort->controls.n > 0 && !op_is_blocked(&sort->op)) {
		struct block control = sort->controls.waiting[0];

		if (control.kind == BLOCK_WATERMARK) {
			if (!emit_until(sort, control.watermark, &n_left))
				break;
			sort->passed_watermark = control.watermark;
		}
		control = control_queue_pop(&sort->controls);
		op_emit(&sort->op, &control);
	}
	sort->op.pending = sort->controls.n > 0;
}

static void sort_control(struct op *op, const struct block *block)
{
	struct sort *sort = (struct sort *)op;

	control_queue_push(&sort->controls, block);
	if (!op->pending)
		work_off(sort);
	op_hold_upstream(op);
}

static bool sort_resume(struct op *op)
{
	work_off((struct sort *)op);
	return !op->pending;
}

static void sort_free(struct op *op)
{
	struct sort *sort = (struct sort *)op;
	struct mem *mem = op->task->mem;

	slab_destroy(&sort->slab);
	columns_free(mem, sort->columns, op->spec->output);
	mem_free(mem, sort->images);
	mem_free(mem, sort);
}

static const struct op_ops sort_ops = {
	.process = sort_process,
	.control = sort_control,
	.resume = sort_resume,
	.freeze = sort_freeze,
	.pack = sort_pack,
	.restore = sort_restore,
	.restored = sort_restored,
	.free = sort_free,
};

static int set_up(struct sort *sort, struct err *err)
{
	const struct schema *input = sort->op.spec->input;
	uint16_t all[SCHEMA_COLUMNS_MAX];

	for (uint16_t i = 0; i < input->n_fields; i++)
		all[i] = i;
	if (key_layout_init(&sort->row, input, all, input->n_fields) < 0 ||
		sort->row.size > ROW_MAX)
		return err_set(err, E2BIG, "a row of ORDER BY takes more than %d bytes", ROW_MAX);
	sort->images = mem_zalloc(sort->op.task->mem, (size_t)BLOCK_ROWS_MAX * sort->row.size);
	sort->columns = columns_new(sort->op.task->mem, sort->op.spec->output, BLOCK_ROWS_MAX);
	if (sort->images == NULL || sort->columns == NULL)
		return err_set(err, ENOMEM, "no memory for a TemporalSort");
	sort->heaps = (struct row_heaps){
		.row = &sort->row,
		.terms = sort->config->terms,
		.n_terms = sort->config->n_terms,
		.slab = &sort->slab,
		.room = sizeof(struct sort_row),
	};
	if (sort->op.task->out != NULL)
		sort_track(sort);
	return 0;
}

static struct op *sort_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	struct sort *sort = mem_zalloc(task->mem, sizeof(*sort));
	bool is_drop = spec->takes_events;

	if (sort == NULL) {
		err_set(err, ENOMEM, "no memory for a TemporalSort");
		return NULL;
	}
	op_init(&sort->op, &sort_ops, spec, task);
	sort->config = spec->config;
	sort->passed_watermark = sort->last_due = WATERMARK_NONE;
	sort->due_mark = sort->out_mark = WATERMARK_NONE;
	sort->due_end = &sort->due;
	slab_init(&sort->slab, &sort->op.pool);
	sort->late = op_counter_add(&sort->op, "late", is_drop);
	sort->null_time = op_counter_add(&sort->op, "null_time", is_drop);
	sort->state_full = op_counter_add(&sort->op, "state_full", is_drop);
	sort->row_too_long = op_counter_add(&sort->op, "row_too_long", is_drop);
	if (set_up(sort, err) < 0) {
		sort_free(&sort->op);
		return NULL;
	}
	return &sort->op;
}

static const char *sort_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct sort_config *config = spec->config;
	const char *text = "orderBy=[";

	for (uint16_t i = 0; i < config->n_terms; i++)
		text = arena_printf(arena, "%s%s%s %s", text, i > 0 ? ", " : "",
			spec->input->fields[config->terms[i].column].name,
			config->terms[i].descending ? "DESC" : "ASC");
	return arena_printf(arena, "%s]", text);
}

const struct op_kind sort_kind = {
	.name = "TemporalSort",
	.create = sort_create,
	.explain = sort_explain,
};
