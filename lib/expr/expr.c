#include "expr/expr.h"
#include "expr/kernel.h"
#include <assert.h>
#include <string.h>

static struct expr *expr_new(
	struct arena *arena, enum expr_kind kind, struct type type, struct pos pos)
{
	struct expr *expr = arena_alloc(arena, sizeof(*expr));

	expr->kind = kind;
	expr->type = type;
	expr->pos = pos;
	return expr;
}

struct expr *expr_column(struct arena *arena, uint16_t column, struct type type, struct pos pos)
{
	struct expr *expr = expr_new(arena, EXPR_COLUMN, type, pos);

	expr->column = column;
	return expr;
}

struct expr *expr_literal(struct arena *arena, struct type type, union scalar value, struct pos pos)
{
	struct expr *expr = expr_new(arena, EXPR_LITERAL, type, pos);

	expr->type.nullable = false;
	expr->value = value;
	return expr;
}

struct expr *expr_null(struct arena *arena, struct type type, struct pos pos)
{
	struct expr *expr = expr_new(arena, EXPR_LITERAL, type, pos);

	expr->type.nullable = true;
	expr->is_null = true;
	return expr;
}

bool expr_is_literal(const struct expr *expr)
{
	return expr->kind == EXPR_LITERAL;
}

static bool literal_equal(const struct expr *a, const struct expr *b)
{
	if (a->is_null || b->is_null)
		return a->is_null && b->is_null;
	if (type_is_view(a->type.kind))
		return str_equal(&a->value.str, &b->value.str);
	// By bits: 0.0 is not -0.0 here, and NaN is NaN.
	return memcmp(&a->value, &b->value, type_width(a->type.kind)) == 0;
}

bool expr_equal(const struct expr *a, const struct expr *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || !type_equal(a->type, b->type))
		return false;
	if (a->kind == EXPR_COLUMN)
		return a->column == b->column;
	if (a->kind == EXPR_LITERAL)
		return literal_equal(a, b);
	if (a->function != b->function || a->kernel != b->kernel || a->zone != b->zone ||
		a->n_args != b->n_args)
		return false;
	if (a->n_constants != b->n_constants)
		return false;
	for (uint32_t i = 0; i < (uint32_t)a->n_args + a->n_constants; i++)
		if (!expr_equal(a->args[i], b->args[i]))
			return false;
	return true;
}

void expr_columns(
	const struct expr *expr, void (*visit)(uint16_t column, void *context), void *context)
{
	if (expr->kind == EXPR_COLUMN)
		visit(expr->column, context);
	for (uint16_t i = 0; i < expr->n_args; i++)
		expr_columns(expr->args[i], visit, context);
}

struct expr *expr_substitute(
	struct arena *arena, const struct expr *expr, const struct expr *const *columns)
{
	const struct expr *from = expr->kind == EXPR_COLUMN ? columns[expr->column] : expr;
	struct expr *copy = arena_alloc(arena, sizeof(*copy));

	*copy = *from;
	if (expr->kind == EXPR_COLUMN || expr->n_args == 0)
		return copy;
	assert(expr->args != NULL);
	copy->args = arena_alloc(
		arena, (expr->n_args + (size_t)expr->n_constants) * sizeof(*copy->args));
	for (uint16_t i = 0; i < expr->n_args; i++)
		copy->args[i] = expr_substitute(arena, expr->args[i], columns);
	for (uint32_t i = 0; i < expr->n_constants; i++)
		copy->args[expr->n_args + i] = expr->args[expr->n_args + i];
	return copy;
}
