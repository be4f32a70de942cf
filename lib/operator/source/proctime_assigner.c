#include "operator/source/proctime_assigner.h"
#include <errno.h>
#include <string.h>

enum { PART_CLOCK = 1 };

struct proctime {
	struct op op;
	const struct proctime_config *config;
	int64_t now_ms; // never goes back, whatever the wall clock does
	int64_t emitted_ms; // the last watermark is 1 ms before
	bool ended;
	uint16_t n_restored; // instances whose clocks were
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

static void proctime_freeze(struct op *op)
{
	struct proctime *proctime = (struct proctime *)op;
	struct record_key key = op_record_key(op, PART_CLOCK, 0, 0);
	struct record_out *out = op->task->out;

	record_begin(out, &key, op->checkpoint);
	record_put_u64(out, (uint64_t)proctime->now_ms);
	record_put_u64(out, (uint64_t)proctime->emitted_ms);
	record_put_u32(out, proctime->ended);
	record_end(out);
}

// Time goes on from where the latest instance was, whatever the wall clock says now. It has ended
// where all had seen its end.
static int proctime_restore(struct op *op, const struct record *record, struct err *err)
{
	struct proctime *proctime = (struct proctime *)op;
	struct record_reader in = record_read(record);
	int64_t now_ms = (int64_t)record_get_u64(&in), emitted_ms = (int64_t)record_get_u64(&in);
	bool ended = record_get_u32(&in) != 0;

	if (record->key.part != PART_CLOCK || in.is_short || in.n_left > 0 || emitted_ms < 0 ||
		now_ms < emitted_ms || now_ms > INT64_MAX / 1000000)
		return err_set(err, EINVAL,
			"the checkpoint has a record that no ProctimeAssigner has written");
	proctime->ended = ended && (proctime->n_restored == 0 || proctime->ended);
	proctime->n_restored++;
	if (now_ms > proctime->now_ms)
		proctime->now_ms = now_ms;
	if (emitted_ms > proctime->emitted_ms)
		proctime->emitted_ms = emitted_ms;
	return 0;
}

static void proctime_free(struct op *op)
{
	mem_free(op->task->mem, op);
}

static const struct op_ops proctime_ops = {
	.process = proctime_process,
	.control = proctime_control,
	.tick = proctime_tick,
	.freeze = proctime_freeze,
	.restore = proctime_restore,
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
