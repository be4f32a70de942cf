#include "operator/calc/calc.h"
#include <errno.h>
#include <string.h>
#include "expr/program.h"

struct calc {
	struct op op;
	struct program *condition; // NULL = all rows go on
	struct program *projection; // NULL = the columns as they are
	uint16_t overflow;
	uint16_t rows[BLOCK_ROWS_MAX];
	struct column columns[]; // [:output->n_fields]
};

// What the evaluation of a block had to tell.
static void take_eval(struct calc *calc, const struct eval *eval)
{
	if (eval->fault.text != NULL)
		fault_set_at(&calc->op.task->fault, eval->fault.pos, eval->fault.text);
	op_count(&calc->op, calc->overflow, eval->n_overflow);
}

// Keep the rows for which the condition is true.
static void filter(struct calc *calc, struct block *block, struct eval *eval)
{
	uint16_t n = program_select(calc->condition, block, eval, calc->rows);

	if (n == block->n_rows) // all: a dense block stays dense
		return;
	block->rows = calc->rows;
	block->n_rows = n;
}

static void calc_process(struct op *op, const struct block *block)
{
	struct calc *calc = (struct calc *)op;
	struct eval eval = {.now = op->task->now};
	struct block out = *block;

	if (calc->condition != NULL)
		filter(calc, &out, &eval);
	if (out.n_rows > 0 && calc->projection != NULL) {
		program_run(calc->projection, &out, &eval, calc->columns);
		out.columns = calc->columns;
		out.n_columns = op->spec->output->n_fields;
	}
	take_eval(calc, &eval);
	if (out.n_rows > 0 && op->task->fault.text == NULL)
		op_emit(op, &out);
}

static void calc_free(struct op *op)
{
	struct calc *calc = (struct calc *)op;

	program_free(calc->condition);
	program_free(calc->projection);
	mem_free(op->task->mem, calc);
}

static const struct op_ops calc_ops = {.process = calc_process, .free = calc_free};

static struct op *calc_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	const struct calc_config *config = spec->config;
	struct calc *calc;

	calc = mem_zalloc(
		task->mem, sizeof(*calc) + spec->output->n_fields * sizeof(calc->columns[0]));
	if (calc == NULL)
		goto no_memory;
	op_init(&calc->op, &calc_ops, spec, task);
	calc->overflow = op_counter_add(&calc->op, "string_overflow", false);
	if (config->condition != NULL) {
		calc->condition = program_new(task->mem, &config->condition, 1, spec->input);
		if (calc->condition == NULL)
			goto free_calc;
	}
	if (config->n_exprs > 0) {
		calc->projection =
			program_new(task->mem, config->exprs, config->n_exprs, spec->input);
		if (calc->projection == NULL)
			goto free_calc;
	}
	return &calc->op;

free_calc:
	calc_free(&calc->op);
no_memory:
	err_set(err, ENOMEM, "no memory for a Calc");
	return NULL;
}

static const char *calc_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct calc_config *config = spec->config;
	const char *text = "";

	if (config->n_exprs > 0)
		text = "select=[";
	for (uint16_t i = 0; i < config->n_exprs; i++) {
		const char *expr = expr_text(arena, config->exprs[i], spec->input);
		const char *name = spec->output->fields[i].name;
		bool is_named = strcmp(expr, name) == 0;

		text = arena_printf(arena, "%s%s%s%s%s", text, i > 0 ? ", " : "", expr,
			is_named ? "" : " AS ", is_named ? "" : name);
	}
	if (config->n_exprs > 0)
		text = arena_printf(arena, "%s]", text);
	if (config->condition != NULL)
		text = arena_printf(arena, "%s%swhere=[%s]", text, *text != '\0' ? ", " : "",
			expr_text(arena, config->condition, spec->input));
	return text;
}

const struct op_kind calc_kind = {
	.name = "Calc",
	.create = calc_create,
	.explain = calc_explain,
};
