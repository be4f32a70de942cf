#include "operator/op.h"
#include <assert.h>

void op_init(
	struct op *op, const struct op_ops *ops, const struct op_spec *spec, struct op_task *task)
{
	op->ops = ops;
	op->spec = spec;
	op->task = task;
	op->watermark = WATERMARK_NONE;
	op->late_out = spec->late_out > 0 ? (uint16_t)(spec->late_out - 1) : OP_NO_OUT;
}

uint16_t op_counter_add(struct op *op, const char *name, bool is_drop)
{
	assert(op->n_counters < OP_COUNTERS_MAX);
	op->counters[op->n_counters] = (struct op_counter){.name = name, .is_drop = is_drop};
	return op->n_counters++;
}

void op_feed(struct op *op, const struct block *block)
{
	if (block->kind == BLOCK_ROWS) {
		op->n_rows_in += block->n_rows;
		op->ops->process(op, block);
		return;
	}
	if (block->kind == BLOCK_WATERMARK)
		op->watermark = block->watermark;
	if (op->ops->control != NULL)
		op->ops->control(op, block);
	else
		op_emit(op, block);
}

void op_emit(struct op *op, const struct block *block)
{
	for (uint16_t i = 0; i < op->n_outs; i++)
		if (i != op->late_out || block->kind != BLOCK_ROWS)
			op_feed(op->outs[i], block);
}

void op_emit_dropped(struct op *op, const struct block *block, const uint16_t *slots, uint16_t n,
	const char *reason)
{
	struct block dropped = *block;

	if (n == 0 || op->late_out == OP_NO_OUT)
		return;
	dropped.rows = slots;
	dropped.n_rows = n;
	op->task->drop_reason = reason;
	op_feed(op->outs[op->late_out], &dropped);
}
