#include "operator/sort/limit.h"
#include <errno.h>

enum { PART_SEEN = 1 }; // of a checkpoint: rows seen, 8 B

struct limit {
	struct op op;
	uint64_t n_seen;
	uint16_t rows[BLOCK_ROWS_MAX];
};

static void limit_process(struct op *op, const struct block *block)
{
	const struct limit_config *config = op->spec->config;
	struct limit *limit = (struct limit *)op;
	struct block out = *block;

	out.n_rows = 0;
	out.rows = limit->rows;
	BLOCK_FOREACH_ROW (block, slot) {
		uint64_t row = limit->n_seen++;

		if (row >= config->offset && row - config->offset < config->n_max)
			limit->rows[out.n_rows++] = slot;
	}
	if (out.n_rows > 0)
		op_emit(op, &out);
}

static void limit_freeze(struct op *op)
{
	struct record_key key = op_record_key(op, PART_SEEN, 0, 0);
	const struct limit *limit = (struct limit *)op;

	record_write(op->task->out, &key, op->checkpoint, &limit->n_seen, sizeof(limit->n_seen));
}

static int limit_restore(struct op *op, const struct record *record, struct err *err)
{
	struct record_reader in = record_read(record);
	struct limit *limit = (struct limit *)op;

	if (op->task->instance != 0 || record->key.instance != 0)
		return 0; // all rows go to the first instance, whatever the parallelism
	limit->n_seen = record_get_u64(&in);
	if (record->key.part != PART_SEEN || in.is_short || in.n_left > 0)
		return err_set(
			err, EINVAL, "the checkpoint has a record that no Limit has written");
	return 0;
}

static void limit_free(struct op *op)
{
	mem_free(op->task->mem, op);
}

static const struct op_ops limit_ops = {
	.process = limit_process,
	.freeze = limit_freeze,
	.restore = limit_restore,
	.free = limit_free,
};

static struct op *limit_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	struct limit *limit = mem_zalloc(task->mem, sizeof(*limit));

	if (limit == NULL) {
		err_set(err, ENOMEM, "no memory for a Limit");
		return NULL;
	}
	op_init(&limit->op, &limit_ops, spec, task);
	return &limit->op;
}

static const char *limit_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct limit_config *config = spec->config;

	if (config->n_max == UINT64_MAX)
		return arena_printf(arena, "offset=[%llu]", (unsigned long long)config->offset);
	return arena_printf(arena, "offset=[%llu], fetch=[%llu]",
		(unsigned long long)config->offset, (unsigned long long)config->n_max);
}

const struct op_kind limit_kind = {
	.name = "Limit",
	.create = limit_create,
	.explain = limit_explain,
};
