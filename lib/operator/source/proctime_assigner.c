#include "operator/source/proctime_assigner.h"
#include <errno.h>
#include <string.h>

struct proctime {
	struct op op;
	const struct proctime_config *config;
	int64_t now_ms; // never goes back, whatever the wall clock does
	int64_t emitted_ms; // the last watermark is 1 ms before
	bool ended;
	int64_t values[BLOCK_ROWS_MAX];
	struct column columns[]; // [:output->n_fields]
};

static void look_at_clock(struct proctime *proctime)
{
	int64_t now_ms = proctime->op.task->now.wall_ns / 1000000;

	if (now_ms > proctime->now_ms)
		proctime->now_ms = now_ms;
}

static bool is_due(const struct proctime *proctime)
{
	const struct proctime_config *config = proctime->config;
	int64_t step = (proctime->now_ms - config->offset_ms) / config->step_ms;

	return step > (proctime->emitted_ms - config->offset_ms) / config->step_ms ||
	       proctime->now_ms - proctime->emitted_ms >= PROCTIME_TICK_MS;
}

static bool emit_watermark(struct proctime *proctime)
{
	struct block control = {.kind = BLOCK_WATERMARK, .watermark = proctime->now_ms - 1};

	if (proctime->ended || !is_due(proctime))
		return false;
	proctime->emitted_ms = proctime->now_ms;
	proctime->op.watermark = control.watermark;
	op_emit(&proctime->op, &control);
	return true;
}

static void proctime_process(struct op *op, const struct block *block)
{
	struct proctime *proctime = (struct proctime *)op;
	struct column *time = &proctime->columns[proctime->config->time_column];
	struct block out = *block;

	look_at_clock(proctime);
	memcpy(proctime->columns, block->columns, block->n_columns * sizeof(proctime->columns[0]));
	for (uint16_t slot = 0; slot < block->n_slots; slot++)
		proctime->values[slot] = proctime->now_ms;
	*time = (struct column){.values = proctime->values};
	out.columns = proctime->columns;
	out.late_marks = NULL;
	out.late_mark = proctime->emitted_ms - 1;
	out.watermark = proctime->emitted_ms - 1;
	op_emit(op, &out);
	emit_watermark(proctime);
}

// Event time ends here; but for its end, at which open windows fire.
static void proctime_control(struct op *op, const struct block *block)
{
	struct proctime *proctime = (struct proctime *)op;

	if (block->kind == BLOCK_IDLE)
		return;
	if (block->kind == BLOCK_WATERMARK && block->watermark != WATERMARK_END)
		return;
	proctime->ended |= block->kind == BLOCK_WATERMARK;
	op_emit(op, block);
}

static bool proctime_tick(struct op *op)
{
	struct proctime *proctime = (struct proctime *)op;

	look_at_clock(proctime);
	return emit_watermark(proctime);
}

static void proctime_free(struct op *op)
{
	mem_free(op->task->mem, op);
}

static const struct op_ops proctime_ops = {
	.process = proctime_process,
	.control = proctime_control,
	.tick = proctime_tick,
	.free = proctime_free,
};

static struct op *proctime_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	uint16_t n_columns = spec->output->n_fields;
	struct proctime *proctime;

	proctime =
		mem_zalloc(task->mem, sizeof(*proctime) + n_columns * sizeof(proctime->columns[0]));
	if (proctime == NULL) {
		err_set(err, ENOMEM, "no memory for a ProctimeAssigner");
		return NULL;
	}
	op_init(&proctime->op, &proctime_ops, spec, task);
	proctime->config = spec->config;
	return &proctime->op;
}

static const char *proctime_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct proctime_config *config = spec->config;

	return arena_printf(arena, "proctime=[%s]", spec->output->fields[config->time_column].name);
}

const struct op_kind proctime_kind = {
	.name = "ProctimeAssigner",
	.create = proctime_create,
	.explain = proctime_explain,
};
