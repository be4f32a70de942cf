#include "expr/node.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

struct program *program_new(
	struct mem *mem, const struct expr *const *exprs, uint16_t n, const struct schema *schema)
{
	struct program *program = mem_zalloc(mem, sizeof(*program));

	if (program == NULL)
		return NULL;
	program->mem = mem;
	program->n_outputs = n;
	program->heap.size = PROGRAM_HEAP_BYTES;
	program->heap.bytes = mem_zalloc(mem, PROGRAM_HEAP_BYTES);
	program->outputs = mem_zalloc(mem, (n + 1u) * sizeof(struct node *));
	if (program->heap.bytes == NULL || program->outputs == NULL ||
		nodes_new(program, exprs, n) != 0) {
		program_free(program);
		errno = ENOMEM;
		return NULL;
	}
	return program;
}

void program_free(struct program *program)
{
	if (program == NULL)
		return;
	nodes_free(program);
	mem_free(program->mem, program->outputs);
	mem_free(program->mem, program->heap.bytes);
	mem_free(program->mem, program);
}

// Unite the arguments' NULLs in nulls; returns nulls, or where the only ones are, or NULL.
static uint64_t *unite_nulls(const struct node *node, uint64_t *nulls)
{
	uint64_t *only = NULL;
	uint16_t n = 0;

	for (uint16_t i = 0; i < node->expr->n_args; i++) {
		const uint64_t *more = node->arg_columns[i].nulls;

		if (more == NULL || more == only)
			continue;
		if (n++ == 0) {
			only = node->arg_columns[i].nulls;
			continue;
		}
		for (int word = 0; word < BLOCK_NULL_WORDS; word++)
			nulls[word] = (n == 2 ? only[word] : nulls[word]) | more[word];
	}
	return n > 1 ? nulls : only;
}

// Where the kernel finds and leaves NULLs.
static uint64_t *prepare_nulls(struct node *node)
{
	uint8_t flags = node->expr->kernel->flags;
	uint64_t *own = node->own.nulls, *nulls = NULL;

	if (!(flags & KERNEL_LAX))
		nulls = unite_nulls(node, own);
	if (!(flags & (KERNEL_NULLS | KERNEL_FAULTS)) || nulls == own)
		return nulls;
	if (nulls == NULL)
		nulls_clear_all(own);
	else
		memcpy(own, nulls, BLOCK_NULL_WORDS * sizeof(*own));
	return own;
}

static bool any_null(const uint64_t *nulls)
{
	uint64_t any = 0;

	for (int word = 0; word < BLOCK_NULL_WORDS; word++)
		any |= nulls[word];
	return any != 0;
}

static void eval_call(struct program *program, struct node *node, const struct selection *selection)
{
	const struct kernel *kernel = node->expr->kernel;
	struct call call = {
		.expr = node->expr,
		.args = node->arg_columns,
		.values = node->own.values,
		.rows = selection->rows,
		.n = selection->n,
		.heap = &program->heap,
		.eval = program->eval,
		.random = &node->random,
		.state = node->state,
	};

	for (uint16_t i = 0; i < node->expr->n_args; i++) {
		node_eval(program, node->args[i], selection);
		node->arg_columns[i] = node->args[i]->result;
	}
	if (kernel == NULL) {
		node->result = node->arg_columns[0];
		return;
	}
	// A loop without a selection is several times as fast, even if it does some rows in vain.
	if (kernel->flags & KERNEL_DENSE && selection->n * 2 >= selection->n_slots) {
		call.rows = NULL;
		call.n = selection->n_slots;
	}
	call.nulls = prepare_nulls(node);
	kernel->run(&call);
	node->result.values = call.values;
	node->result.nulls = call.nulls != NULL && any_null(call.nulls) ? call.nulls : NULL;
}

static void eval_once(struct program *program, struct node *node, const struct selection *selection)
{
	switch (node->expr->kind) {
	case EXPR_COLUMN:
		node->result = program->block->columns[node->expr->column];
		break;
	case EXPR_LITERAL:
		break; // filled when it was made
	case EXPR_CALL:
		eval_call(program, node, selection);
		break;
	case EXPR_CASE:
		node_eval_case(program, node, selection);
		break;
	case EXPR_AND:
	case EXPR_OR:
		node_eval_logic(program, node, selection);
		break;
	}
}

// The rows as a bitmap.
static void rows_bits(const struct selection *selection, uint64_t bits[BLOCK_NULL_WORDS])
{
	nulls_clear_all(bits);
	if (selection->rows != NULL) {
		for (uint16_t i = 0; i < selection->n; i++)
			nulls_set(bits, selection->rows[i]);
		return;
	}
	for (uint16_t row = 0; row < selection->n; row += 64)
		bits[row / 64] =
			selection->n - row >= 64 ? UINT64_MAX : (1ull << (selection->n - row)) - 1;
}

// Whether node has been computed for these rows in this run. If not it is about to be.
//
// Being computed for other rows again overwrites what was there, which nobody needs any more: while
// a node waits for its arguments, everything below it is computed for its own rows or fewer.
static bool is_done(struct program *program, struct node *node, const struct selection *selection)
{
	uint64_t rows[BLOCK_NULL_WORDS], missing = 0;

	rows_bits(selection, rows);
	for (int word = 0; word < BLOCK_NULL_WORDS; word++)
		missing |= rows[word] & ~node->done[word];
	if (node->done_run == program->run && missing == 0)
		return true;
	node->done_run = program->run;
	memcpy(node->done, rows, sizeof(rows));
	return false;
}

void node_eval(struct program *program, struct node *node, const struct selection *selection)
{
	bool is_shared = node->n_uses > 1 && node->expr->n_args > 0;

	if (!is_shared || !is_done(program, node, selection))
		eval_once(program, node, selection);
}

// The block's selection, without rows[] when it holds every slot.
static struct selection begin(struct program *program, const struct block *block, struct eval *eval)
{
	bool all = block->rows == NULL || block->n_rows == block->n_slots;

	assert(block->n_rows <= BLOCK_ROWS_MAX);
	program->run++;
	program->block = block;
	program->eval = eval;
	program->heap.used = 0;
	return (struct selection){all ? NULL : block->rows, block->n_rows,
		block->rows == NULL ? block->n_rows : block->n_slots};
}

void program_run(struct program *program, const struct block *block, struct eval *eval,
	struct column *columns)
{
	struct selection selection = begin(program, block, eval);

	for (uint16_t i = 0; i < program->n_outputs; i++) {
		node_eval(program, program->outputs[i], &selection);
		columns[i] = program->outputs[i]->result;
	}
}

uint16_t program_select(
	struct program *program, const struct block *block, struct eval *eval, uint16_t *rows)
{
	struct selection selection = begin(program, block, eval);
	const struct column *result = &program->outputs[0]->result;
	const uint8_t *values;
	uint16_t n = 0;

	node_eval(program, program->outputs[0], &selection);
	values = result->values;
	for (uint16_t i = 0; i < selection.n; i++) {
		uint16_t slot = selection.rows != NULL ? selection.rows[i] : i;

		rows[n] = slot;
		n += (values[slot] & 1) & !nulls_get(result->nulls, slot);
	}
	return n;
}
