#include "operator/op.h"
#include <assert.h>
#include <errno.h>

enum { PART_RUNTIME = 0 };

void op_init(
	struct op *op, const struct op_ops *ops, const struct op_spec *spec, struct op_task *task)
{
	op->ops = ops;
	op->spec = spec;
	op->task = task;
	op->watermark = WATERMARK_NONE;
	if (task->pool != NULL)
		page_pool_part(&op->pool, task->pool);
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
	if (block->kind == BLOCK_WATERMARK && block->watermark > op->watermark)
		op->watermark = block->watermark;
	if (op->ops->control != NULL)
		op->ops->control(op, block);
	else
		op_emit(op, block);
}

void op_freeze(struct op *op, uint64_t checkpoint)
{
	struct record_key key = op_record_key(op, PART_RUNTIME, 0, 0);
	struct op_task *task = op->task;
	uint64_t before, start;

	op->checkpoint = checkpoint;
	if (task->out == NULL)
		return;
	before = task->out->ticks;
	start = task->tsc != NULL ? task->tsc() : 0;
	record_write(task->out, &key, checkpoint, &op->watermark, sizeof(op->watermark));
	if (op->ops->freeze != NULL)
		op->ops->freeze(op);
	if (task->tsc != NULL) // all of it, not its records alone
		task->out->ticks = before + task->tsc() - start;
}

// All instances were frozen at the same barrier and know the same watermark; should one know less,
// no row must be late for it.
static void restore_watermark(struct op *op, const struct record *record)
{
	struct record_reader in = record_read(record);
	int64_t watermark = (int64_t)record_get_u64(&in);

	if (!op->is_restored || watermark < op->watermark)
		op->watermark = watermark;
	op->is_restored = true;
}

int op_restore(struct op *op, const struct record *record, struct err *err)
{
	if (record->key.part == PART_RUNTIME) {
		restore_watermark(op, record);
		return 0;
	}
	if (op->ops->restore == NULL)
		return err_set(err, EINVAL, "%s has no state to restore", op->spec->kind->name);
	return op->ops->restore(op, record, err);
}

void op_emit(struct op *op, const struct block *block)
{
	if (block->kind == BLOCK_BARRIER)
		op_freeze(op, block->checkpoint_id);
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
