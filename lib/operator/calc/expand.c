#include "operator/calc/expand.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

struct expand {
	struct op op;
	const struct expand_config *config;
	struct block held; // the block in hand, not yet out for all sets
	uint32_t n_emitted; // sets of it; n_sets when there is none in hand
	struct block control; // waits for it
	bool has_control;
	uint64_t all_null[BLOCK_NULL_WORDS];
	int32_t numbers[BLOCK_ROWS_MAX];
	struct column columns[]; // the input's and the number
};

static void emit_set(struct expand *expand, uint32_t set)
{
	const struct expand_config *config = expand->config;
	struct block out = expand->held;

	for (uint16_t i = 0; i < config->n_columns; i++) {
		uint16_t column = config->columns[i];

		expand->columns[column] = out.columns[column];
		if (!(config->sets[set] >> i & 1))
			expand->columns[column].nulls = expand->all_null;
	}
	for (uint16_t slot = 0; slot < out.n_slots; slot++)
		expand->numbers[slot] = (int32_t)set;
	out.columns = expand->columns;
	out.n_columns = expand->op.spec->output->n_fields;
	if (set + 1 < config->n_sets)
		out.watermark = WATERMARK_NONE; // the rows come again
	op_emit(&expand->op, &out);
}

static void work_off(struct expand *expand)
{
	struct op *op = &expand->op;
	uint32_t n_sets = expand->config->n_sets;

	while (expand->n_emitted < n_sets && !op_is_blocked(op))
		emit_set(expand, expand->n_emitted++);
	if (expand->n_emitted == n_sets && expand->has_control && !op_is_blocked(op)) {
		expand->has_control = false;
		op_emit(op, &expand->control);
	}
	op->pending = expand->n_emitted < n_sets || expand->has_control;
}

static void expand_process(struct op *op, const struct block *block)
{
	struct expand *expand = (struct expand *)op;

	assert(!op->pending); // a task takes no input then
	expand->held = *block;
	memcpy(expand->columns, block->columns, block->n_columns * sizeof(expand->columns[0]));
	expand->n_emitted = 0;
	work_off(expand);
}

static void expand_control(struct op *op, const struct block *block)
{
	struct expand *expand = (struct expand *)op;

	assert(!expand->has_control ||
		(block->kind == BLOCK_WATERMARK && expand->control.kind == BLOCK_WATERMARK));
	expand->control = *block;
	expand->has_control = true;
	work_off(expand);
}

static bool expand_resume(struct op *op)
{
	work_off((struct expand *)op);
	return !op->pending;
}

static void expand_free(struct op *op)
{
	mem_free(op->task->mem, op);
}

static const struct op_ops expand_ops = {
	.process = expand_process,
	.control = expand_control,
	.resume = expand_resume,
	.free = expand_free,
};

static struct op *expand_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	const struct expand_config *config = spec->config;
	uint16_t n_columns = spec->output->n_fields;
	struct expand *expand;

	assert(n_columns == spec->input->n_fields + 1 && config->n_columns <= EXPAND_COLUMNS_MAX);
	expand = mem_zalloc(task->mem, sizeof(*expand) + n_columns * sizeof(expand->columns[0]));
	if (expand == NULL) {
		err_set(err, ENOMEM, "no memory for an Expand");
		return NULL;
	}
	op_init(&expand->op, &expand_ops, spec, task);
	expand->config = config;
	expand->n_emitted = config->n_sets;
	memset(expand->all_null, 0xff, sizeof(expand->all_null));
	expand->columns[n_columns - 1].values = expand->numbers;
	return &expand->op;
}

// "sets=[{a, b}, {a}, {}], set=[$e]"
static const char *expand_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct expand_config *config = spec->config;
	const char *text = "sets=[";

	for (uint16_t set = 0; set < config->n_sets; set++) {
		const char *separator = "";

		text = arena_printf(arena, "%s%s{", text, set > 0 ? ", " : "");
		for (uint16_t i = 0; i < config->n_columns; i++) {
			if (!(config->sets[set] >> i & 1))
				continue;
			text = arena_printf(arena, "%s%s%s", text, separator,
				spec->input->fields[config->columns[i]].name);
			separator = ", ";
		}
		text = arena_printf(arena, "%s}", text);
	}
	return arena_printf(arena, "%s], set=[%s]", text,
		spec->output->fields[spec->output->n_fields - 1].name);
}

const struct op_kind expand_kind = {
	.name = "Expand",
	.create = expand_create,
	.explain = expand_explain,
};
