#include "operator/source/watermark_assigner.h"
#include <errno.h>
#include "expr/program.h"

enum { PART_WATERMARK = 1 };

struct assigner {
	struct op op;
	struct program *program; // of the watermark expression
	int64_t watermark; // the rows so far have reached it, or the clock since
	int64_t row_watermark; // what the last row left, at last_row_tsc
	uint64_t last_row_tsc;
	bool knows_last_row; // last_row_tsc is one of this process
	bool must_announce; // the watermark was restored: what is downstream has to hear of it
	uint16_t n_restored; // instances whose watermarks were
	uint16_t null_time, future; // counters
	uint16_t rows[BLOCK_ROWS_MAX];
	int64_t late_marks[BLOCK_ROWS_MAX];
};

// Leave out rows that must not be looked at: no time, or one too far ahead of their arrival.
static void filter(struct assigner *assigner, struct block *block)
{
	const struct watermark_config *config = assigner->op.spec->config;
	const struct column *time = &block->columns[config->time_column];
	const int64_t *times = time->values;
	int64_t limit = INT64_MAX;
	uint16_t n = 0, n_null = 0;

	if (block->arrival_ns != 0 && config->max_drift_ms != INT64_MAX)
		limit = block->arrival_ns / 1000000 + config->max_drift_ms;
	for (uint16_t i = 0; i < block->n_rows; i++) {
		uint16_t slot = block_slot(block, i);
		bool is_null = nulls_get(time->nulls, slot);

		n_null += is_null;
		assigner->rows[n] = slot;
		n += !is_null && times[slot] <= limit;
	}
	if (n == block->n_rows)
		return;
	op_count(&assigner->op, assigner->null_time, n_null);
	op_count(&assigner->op, assigner->future, block->n_rows - n - n_null);
	block->rows = assigner->rows;
	block->n_rows = n;
}

// late_marks[slot] = the maximum of the marks before it; returns the maximum of all.
static int64_t mark_rows(struct assigner *assigner, const struct block *block,
	const struct column *marks, int64_t *least_time)
{
	const struct watermark_config *config = assigner->op.spec->config;
	const int64_t *times = block->columns[config->time_column].values;
	const int64_t *values = marks->values;
	int64_t reached = assigner->watermark, least = INT64_MAX;

	for (uint16_t i = 0; i < block->n_rows; i++) {
		uint16_t slot = block_slot(block, i);

		assigner->late_marks[slot] = reached;
		if (values[slot] > reached && !nulls_get(marks->nulls, slot))
			reached = values[slot];
		if (times[slot] < least)
			least = times[slot];
	}
	*least_time = least;
	return reached;
}

static void emit_watermark(struct assigner *assigner, uint64_t rx_tsc)
{
	struct block control = {
		.kind = BLOCK_WATERMARK,
		.watermark = assigner->watermark,
		.rx_tsc = rx_tsc,
	};

	assigner->must_announce = false;
	assigner->op.watermark = assigner->watermark;
	op_emit(&assigner->op, &control);
}

static void assigner_process(struct op *op, const struct block *block)
{
	struct assigner *assigner = (struct assigner *)op;
	const struct watermark_config *config = op->spec->config;
	struct eval eval = {.now = op->task->now};
	struct block out = *block;
	struct column marks;
	int64_t before = assigner->watermark, least_time;

	if (assigner->must_announce)
		emit_watermark(assigner, 0);
	filter(assigner, &out);
	if (out.n_rows == 0)
		return;
	program_run(assigner->program, &out, &eval, &marks);
	if (eval.fault.text != NULL) {
		fault_set_at(&op->task->fault, eval.fault.pos, eval.fault.text);
		return;
	}
	assigner->watermark = mark_rows(assigner, &out, &marks, &least_time);
	assigner->row_watermark = assigner->watermark;
	assigner->last_row_tsc = op->task->now.tsc;
	assigner->knows_last_row = true;
	out.late_mark = before;
	// When every row is ahead of all marks, none can be late: one mark does for all.
	if (!config->on_periodic && least_time <= assigner->watermark)
		out.late_marks = assigner->late_marks;
	out.watermark = assigner->watermark;
	op_emit(op, &out);
	if (assigner->watermark > before)
		emit_watermark(assigner, block->rx_tsc);
}

// The source is silent: event time goes on with the wall clock, or is idle.
static void assigner_control(struct op *op, const struct block *block)
{
	struct assigner *assigner = (struct assigner *)op;
	const struct watermark_config *config = op->spec->config;
	uint64_t silent_ms;
	int64_t reached;

	if (assigner->must_announce && block->kind != BLOCK_WATERMARK)
		emit_watermark(assigner, 0);
	if (block->kind != BLOCK_IDLE || !config->advance_when_idle ||
		assigner->watermark == WATERMARK_NONE) {
		op_emit(op, block);
		return;
	}
	if (!assigner->knows_last_row) { // it goes on from here, however long nobody ran
		assigner->last_row_tsc = op->task->now.tsc;
		assigner->knows_last_row = true;
	}
	silent_ms = (op->task->now.tsc - assigner->last_row_tsc) / (op->task->tsc_hz / 1000);
	reached = assigner->row_watermark + (int64_t)silent_ms;
	if (reached <= assigner->watermark)
		return;
	assigner->watermark = reached;
	emit_watermark(assigner, 0);
}

static void assigner_freeze(struct op *op)
{
	struct assigner *assigner = (struct assigner *)op;
	struct record_key key = op_record_key(op, PART_WATERMARK, 0, 0);
	struct record_out *out = op->task->out;

	record_begin(out, &key, op->checkpoint);
	record_put_u64(out, (uint64_t)assigner->watermark);
	record_put_u32(out, op->task->n_instances);
	record_end(out);
}

// Splits stay what they are while there are as many of them. Otherwise nobody knows which instance
// gets what one of them has read: none is further than the one that was behind, so that no row is
// late which was not.
static int assigner_restore(struct op *op, const struct record *record, struct err *err)
{
	struct assigner *assigner = (struct assigner *)op;
	struct record_reader in = record_read(record);
	int64_t watermark = (int64_t)record_get_u64(&in);
	uint32_t n_instances = record_get_u32(&in);

	if (record->key.part != PART_WATERMARK || in.is_short || in.n_left > 0)
		return err_set(err, EINVAL,
			"the checkpoint has a record that no WatermarkAssigner has written");
	if (n_instances == op->task->n_instances && record->key.instance != op->task->instance)
		return 0;
	if (assigner->n_restored++ == 0 || watermark < assigner->watermark)
		assigner->watermark = watermark;
	return 0;
}

static int assigner_restored(struct op *op, struct err *)
{
	struct assigner *assigner = (struct assigner *)op;

	assigner->row_watermark = assigner->watermark;
	if (assigner->watermark == WATERMARK_NONE || op->watermark == WATERMARK_END)
		return 0;
	op->watermark = assigner->watermark;
	assigner->must_announce = true;
	return 0;
}

static void assigner_free(struct op *op)
{
	struct assigner *assigner = (struct assigner *)op;

	program_free(assigner->program);
	mem_free(op->task->mem, assigner);
}

static const struct op_ops assigner_ops = {
	.process = assigner_process,
	.control = assigner_control,
	.freeze = assigner_freeze,
	.restore = assigner_restore,
	.restored = assigner_restored,
	.free = assigner_free,
};

static struct op *assigner_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	const struct watermark_config *config = spec->config;
	struct assigner *assigner = mem_zalloc(task->mem, sizeof(*assigner));

	if (assigner == NULL)
		goto no_memory;
	op_init(&assigner->op, &assigner_ops, spec, task);
	assigner->watermark = assigner->row_watermark = WATERMARK_NONE;
	assigner->null_time = op_counter_add(&assigner->op, "null_time", spec->takes_events);
	assigner->future = op_counter_add(&assigner->op, "future", spec->takes_events);
	assigner->program = program_new(task->mem, &config->watermark, 1, spec->input);
	if (assigner->program == NULL)
		goto free_assigner;
	return &assigner->op;

free_assigner:
	assigner_free(&assigner->op);
no_memory:
	err_set(err, ENOMEM, "no memory for a WatermarkAssigner");
	return NULL;
}

static const char *assigner_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct watermark_config *config = spec->config;

	return arena_printf(arena, "rowtime=[%s], watermark=[%s]",
		spec->input->fields[config->time_column].name,
		expr_text(arena, config->watermark, spec->input));
}

const struct op_kind watermark_kind = {
	.name = "WatermarkAssigner",
	.create = assigner_create,
	.explain = assigner_explain,
};
