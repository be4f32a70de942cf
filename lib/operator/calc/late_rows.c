#include "operator/calc/late_rows.h"
#include <errno.h>

struct late_rows {
	struct op op;
	struct str reasons[BLOCK_ROWS_MAX];
	struct column columns[];
};

static void late_rows_process(struct op *op, const struct block *block)
{
	const struct late_rows_config *config = op->spec->config;
	struct late_rows *late = (struct late_rows *)op;
	const char *reason = op->task->drop_reason;
	struct str text = str_view(reason, (uint32_t)strlen(reason));
	struct block out = *block;

	for (uint16_t i = 0; i < op->spec->output->n_fields; i++) {
		bool is_reason = config->columns[i] == LATE_ROWS_REASON;

		late->columns[i] = is_reason ? (struct column){.values = late->reasons}
					     : block->columns[config->columns[i]];
	}
	BLOCK_FOREACH_ROW (block, slot)
		late->reasons[slot] = text;
	out.columns = late->columns;
	out.n_columns = op->spec->output->n_fields;
	op_emit(op, &out);
}

static void late_rows_free(struct op *op)
{
	mem_free(op->task->mem, op);
}

static const struct op_ops late_rows_ops = {
	.process = late_rows_process,
	.free = late_rows_free,
};

static struct op *late_rows_create(
	const struct op_spec *spec, struct op_task *task, struct err *err)
{
	struct late_rows *late = mem_zalloc(
		task->mem, sizeof(*late) + spec->output->n_fields * sizeof(late->columns[0]));

	if (late == NULL) {
		err_set(err, ENOMEM, "no memory for LateRows");
		return NULL;
	}
	op_init(&late->op, &late_rows_ops, spec, task);
	return &late->op;
}

static const char *late_rows_explain(const struct op_spec *spec, struct arena *arena)
{
	const char *text = "fields=[";

	for (uint16_t i = 0; i < spec->output->n_fields; i++)
		text = arena_printf(
			arena, "%s%s%s", text, i > 0 ? ", " : "", spec->output->fields[i].name);
	return arena_printf(arena, "%s]", text);
}

const struct op_kind late_rows_kind = {
	.name = "LateRows",
	.create = late_rows_create,
	.explain = late_rows_explain,
};
