// Making a program's nodes. Subtrees that are equal become one node, found by comparing with all
// nodes made before (arguments are nodes already, so that one level is enough): quadratic in the
// size of the expressions, which people write.
#include "expr/node.h"
#include "expr/function.h"
#include <errno.h>
#include <string.h>

enum { CHEAP_CALLS_MAX = 8 };

static bool literal_same(const struct expr *a, const struct expr *b)
{
	return type_equal(a->type, b->type) && expr_equal(a, b);
}

static bool node_is(const struct node *node, const struct expr *expr, struct node *const *args)
{
	const struct expr *mine = node->expr;

	if (mine->kind != expr->kind || !type_equal(mine->type, expr->type))
		return false;
	if (expr->kind == EXPR_COLUMN)
		return mine->column == expr->column;
	if (expr->kind == EXPR_LITERAL)
		return literal_same(mine, expr);
	if (mine->function != expr->function || mine->kernel != expr->kernel ||
		mine->n_args != expr->n_args || mine->n_constants != expr->n_constants)
		return false;
	if (expr->function != NULL && expr->function->varies && mine != expr)
		return false; // two UUID() are two
	for (uint32_t i = expr->n_args; i < (uint32_t)expr->n_args + expr->n_constants; i++)
		if (!expr_equal(mine->args[i], expr->args[i]))
			return false;
	for (uint16_t i = 0; i < expr->n_args; i++)
		if (node->args[i] != args[i])
			return false;
	return true;
}

static void fill_literal(struct node *node)
{
	uint32_t width = type_width(node->expr->type.kind);

	for (uint16_t row = 0; row < BLOCK_ROWS_MAX; row++)
		memcpy((char *)node->own.values + row * width, &node->expr->value, width);
	node->result.values = node->own.values;
	if (node->expr->is_null) {
		memset(node->own.nulls, 0xff, BLOCK_NULL_WORDS * sizeof(uint64_t));
		node->result.nulls = node->own.nulls;
	}
}

static int alloc_vectors(struct program *program, struct node *node)
{
	const struct expr *expr = node->expr;
	bool is_lazy = expr->kind >= EXPR_CASE;

	if (expr->kind == EXPR_COLUMN || (expr->kind == EXPR_CALL && expr->kernel == NULL))
		return 0;
	node->own.values = mem_zalloc(program->mem, BLOCK_ROWS_MAX * type_width(expr->type.kind));
	node->own.nulls = mem_zalloc(program->mem, BLOCK_NULL_WORDS * sizeof(uint64_t));
	if (is_lazy) {
		node->matched = mem_zalloc(program->mem, BLOCK_ROWS_MAX * sizeof(uint16_t));
		node->rest = mem_zalloc(program->mem, BLOCK_ROWS_MAX * sizeof(uint16_t));
	}
	if (node->own.values == NULL || node->own.nulls == NULL)
		return -ENOMEM;
	return is_lazy && (node->matched == NULL || node->rest == NULL) ? -ENOMEM : 0;
}

// How many kernel calls it takes, when all are harmless for any row; beyond CHEAP_CALLS_MAX or with
// others among them it does not matter how many.
static uint32_t count_calls(const struct expr *expr)
{
	uint32_t n = expr->kind == EXPR_COLUMN || expr->kind == EXPR_LITERAL ? 0 : 1;

	if (expr->kind == EXPR_CASE)
		return CHEAP_CALLS_MAX + 1;
	if (expr->kind == EXPR_CALL && expr->kernel != NULL &&
		!(expr->kernel->flags & KERNEL_DENSE))
		return CHEAP_CALLS_MAX + 1;
	for (uint16_t i = 0; i < expr->n_args && n <= CHEAP_CALLS_MAX; i++)
		n += count_calls(expr->args[i]);
	return n;
}

static bool has_state(const struct expr *expr)
{
	return expr->kind == EXPR_CALL && expr->kernel != NULL &&
	       expr->kernel->flags & KERNEL_STATE;
}

static struct node *node_new(struct program *program, const struct expr *expr, struct node **args)
{
	struct node *node = mem_zalloc(program->mem, sizeof(*node));

	if (node == NULL)
		return NULL;
	node->next = program->nodes;
	program->nodes = node; // from here on nodes_free() knows it
	node->expr = expr;
	node->args = args;
	node->n_uses = 1;
	node->is_cheap = count_calls(expr) <= CHEAP_CALLS_MAX;
	if (expr->n_args > 0) {
		node->arg_columns = mem_zalloc(program->mem, expr->n_args * sizeof(struct column));
		if (node->arg_columns == NULL)
			goto fail;
	}
	if (alloc_vectors(program, node) != 0)
		goto fail;
	if (has_state(expr)) {
		node->state = expr->function->open(expr);
		if (node->state == NULL)
			goto fail;
	}
	if (expr->kind == EXPR_LITERAL)
		fill_literal(node);
	return node;

fail:
	node->args = NULL; // the caller frees it
	return NULL;
}

static struct node *node_get(struct program *program, const struct expr *expr);

static struct node *find_or_new(
	struct program *program, const struct expr *expr, struct node **args)
{
	struct node *node;

	for (node = program->nodes; node != NULL; node = node->next)
		if (node_is(node, expr, args)) {
			node->n_uses += node->n_uses < UINT16_MAX;
			for (uint16_t i = 0; i < expr->n_args; i++) // not by a node of its own
				args[i]->n_uses--;
			mem_free(program->mem, args);
			return node;
		}
	node = node_new(program, expr, args);
	if (node == NULL)
		mem_free(program->mem, args);
	return node;
}

static struct node *node_get(struct program *program, const struct expr *expr)
{
	struct node **args = NULL;

	if (expr->n_args > 0) {
		args = mem_zalloc(program->mem, expr->n_args * sizeof(struct node *));
		if (args == NULL)
			return NULL;
	}
	for (uint16_t i = 0; i < expr->n_args; i++) {
		args[i] = node_get(program, expr->args[i]);
		if (args[i] == NULL) {
			mem_free(program->mem, args);
			return NULL;
		}
	}
	return find_or_new(program, expr, args);
}

int nodes_new(struct program *program, const struct expr *const *exprs, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		program->outputs[i] = node_get(program, exprs[i]);
		if (program->outputs[i] == NULL)
			return -ENOMEM;
	}
	return 0;
}

void nodes_free(struct program *program)
{
	struct node *next;

	for (struct node *node = program->nodes; node != NULL; node = next) {
		next = node->next;
		if (node->state != NULL)
			node->expr->function->close(node->state);
		mem_free(program->mem, node->own.values);
		mem_free(program->mem, node->own.nulls);
		mem_free(program->mem, node->matched);
		mem_free(program->mem, node->rest);
		mem_free(program->mem, node->arg_columns);
		mem_free(program->mem, node->args);
		mem_free(program->mem, node);
	}
	program->nodes = NULL;
}
