// GROUPING(a, b), GROUPING_ID(a, b): which of its arguments the row's grouping set leaves out, a
// bit each, the last argument's the lowest. It is known from the number of the set.
#include <string.h>
#include "sql/bind_group.h"

bool bind_is_grouping(const struct ast_expr *ast)
{
	return strcmp(ast->call->name, "GROUPING") == 0 ||
	       strcmp(ast->call->name, "GROUPING_ID") == 0;
}

static struct expr *number(
	const struct scope *scope, enum type_kind kind, int64_t value, const struct ast_expr *ast)
{
	union scalar scalar = {.i64 = value};

	if (kind == TYPE_INT)
		scalar.i32 = (int32_t)value;
	return expr_literal(scope->binder->arena, type_of(kind), scalar, ast->pos);
}

// The key that ast is, as a bit; 0: a column of the window, which every set has. False with err
// filled.
static bool find_key(const struct scope *scope, const struct ast_expr *ast, uint64_t *bit)
{
	const struct grouping *grouping = scope->group->grouping;
	struct scope inner = *scope;
	const struct expr *expr;

	inner.group = NULL;
	inner.clause = "GROUPING";
	expr = bind_expr(&inner, ast);
	if (expr == NULL)
		return false;
	*bit = 0;
	for (uint16_t i = 0; i < grouping->n_keys; i++)
		if (expr_equal(grouping->keys[i], expr))
			*bit = 1ull << i;
	if (*bit != 0 || (expr->kind == EXPR_COLUMN &&
				 scope->plan->columns[expr->column].role != PLAN_NO_ROLE))
		return true;
	err_set_at(scope->binder->err, ast->pos, "GROUPING takes what is in GROUP BY");
	return false;
}

static int64_t value_in(const struct group_set *set, const uint64_t *bits, uint32_t n)
{
	int64_t value = 0;

	for (uint32_t i = 0; i < n; i++)
		value = value << 1 | ((bits[i] & ~set->keys) != 0);
	return value;
}

// CASE set WHEN 0 THEN … WHEN 1 THEN … ELSE … END.
static struct expr *by_set(
	const struct scope *scope, const struct ast_expr *ast, const uint64_t *bits)
{
	const struct grouping *grouping = scope->group->grouping;
	struct arena *arena = scope->binder->arena;
	const struct expr **args = arena_alloc(arena, 2 * grouping->n_sets * sizeof(*args));
	uint32_t n = ast->call->n_args;
	uint16_t n_args = 0;

	for (uint32_t i = 0; i < grouping->n_sets; i++) {
		const struct expr *equal[] = {
			expr_column(arena, GROUP_SET_COLUMN, type_of(TYPE_INT), ast->pos),
			number(scope, TYPE_INT, i, ast)};

		if (i + 1 < grouping->n_sets)
			args[n_args++] =
				expr_call(arena, "=", equal, 2, ast->pos, scope->binder->err);
		args[n_args++] =
			number(scope, TYPE_BIGINT, value_in(&grouping->sets[i], bits, n), ast);
	}
	return expr_call(arena, "CASE", args, n_args, ast->pos, scope->binder->err);
}

struct expr *bind_grouping(const struct scope *scope, const struct ast_expr *ast)
{
	const struct ast_call *call = ast->call;
	uint64_t bits[GROUP_COLUMNS_MAX];

	if (scope->group == NULL || scope->group->grouping == NULL) {
		err_set_at(scope->binder->err, ast->pos,
			"%s needs GROUP BY and stands in its select list or HAVING", call->name);
		return NULL;
	}
	if (call->n_args == 0 || call->n_args > GROUP_COLUMNS_MAX - 1) {
		err_set_at(scope->binder->err, ast->pos, "%s takes 1 to %d arguments, as in %s(a)",
			call->name, GROUP_COLUMNS_MAX - 1, call->name);
		return NULL;
	}
	for (uint32_t i = 0; i < call->n_args; i++)
		if (!find_key(scope, call->args[i], &bits[i]))
			return NULL;
	if (scope->group->grouping->n_sets == 1)
		return number(scope, TYPE_BIGINT, 0, ast);
	return by_set(scope, ast, bits);
}
