#include "runtime/restore.h"
#include <errno.h>
#include <stdlib.h>
#include "runtime/exchange_op.h"

static int by_id(const void *a, const void *b)
{
	uint32_t x = (*(struct op *const *)a)->spec->id, y = (*(struct op *const *)b)->spec->id;

	return x < y ? -1 : x > y;
}

int restore_begin(struct restore *restore, struct topology *topology, struct err *err)
{
	uint32_t n = 0;

	*restore = (struct restore){.topology = topology, .err = err};
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		n += topology->tasks[t]->n_ops;
	restore->ops = calloc(n + 1, sizeof(struct op *));
	if (restore->ops == NULL)
		return err_set(err, ENOMEM, "no memory to restore the job");
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_ops; i++)
			restore->ops[restore->n_ops++] = topology->tasks[t]->ops[i];
	qsort(restore->ops, n, sizeof(struct op *), by_id);
	return 0;
}

// The first operator that is not below this id.
static uint32_t find(const struct restore *restore, uint32_t id)
{
	uint32_t low = 0, high = restore->n_ops;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (restore->ops[middle]->spec->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int restore_take(void *arg, const struct record *record)
{
	struct restore *restore = arg;
	uint32_t i = find(restore, record->key.op);

	// An exchange that is not needed on this many lcores has nothing but its watermark.
	if (i == restore->n_ops || restore->ops[i]->spec->id != record->key.op)
		return record->key.part == 0 ? 0
					     : err_set(restore->err, EINVAL,
						       "the checkpoint has state of an operator "
						       "#%u, which the job has not",
						       record->key.op);
	for (; i < restore->n_ops && restore->ops[i]->spec->id == record->key.op; i++) {
		int result = op_restore(restore->ops[i], record, restore->err);

		if (result < 0)
			return err_set(restore->err, -result, "%s #%u cannot read its state",
				restore->ops[i]->spec->kind->name, record->key.op);
	}
	return 0;
}

// What is behind an exchange knew a watermark, and need not wait for the next row to know it again.
// One that was not needed before, on other lcores, has what the first operator behind it had: then
// it was the only way there.
static void restore_exchange(const struct restore *restore, struct op *op)
{
	const struct exchange_config *config = op->spec->config;
	uint32_t to = find(restore, config->to->head->id);

	if (!op->is_restored && to < restore->n_ops && restore->ops[to]->is_restored)
		exchange_restore(op, restore->ops[to]->watermark);
	else
		exchange_restore(op, op->watermark);
}

// What all inputs of a gate had reached together, its first operator knows. An input that was
// behind, or idle, says so again when it comes to it.
static void restore_gate(struct task *task)
{
	if (task->has_gate && task->head->is_restored)
		task->gate.watermarks.output = task->head->watermark;
	task->dirty = true; // exchanges have a watermark to send
}

int restore_end(struct restore *restore, bool has_failed)
{
	int result = 0;

	for (uint32_t i = 0; i < restore->n_ops && result == 0 && !has_failed; i++) {
		struct op *op = restore->ops[i];

		if (exchange_is(op))
			restore_exchange(restore, op);
		else if (op->ops->restored != NULL)
			result = op->ops->restored(op, restore->err);
	}
	for (uint32_t t = 0; t < restore->topology->n_tasks; t++)
		restore_gate(restore->topology->tasks[t]);
	free(restore->ops);
	return result;
}
