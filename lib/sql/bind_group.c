// GROUP BY a window and keys: a Calc that computes keys, arguments and filters, the aggregate, and
// a Calc over its results (HAVING, the select list).
//
// The select list is bound over the input's columns, an aggregate being a column of its own
// (BIND_CALL + i). Then each part of it that equals a key is that key of the result; a column that
// is left over is neither grouped nor aggregated.
#include <errno.h>
#include <string.h>
#include "sql/bind_group.h"

static int fail_at(struct grouping *grouping, struct pos pos, const char *what)
{
	return err_set_at(grouping->scope->binder->err, pos, "%s", what);
}

// GROUP BY TUMBLE(…): the window's columns come into being here.
static int take_group_window(struct scope *scope, const struct ast_select *select)
{
	for (uint32_t i = 0; i < select->n_group_by; i++) {
		const struct ast_expr *ast = select->group_by[i];
		struct plan *plan;

		if (!bind_is_group_window(ast))
			continue;
		if (scope->group->window_call != NULL)
			return err_set_at(scope->binder->err, ast->pos,
				"GROUP BY has two windows: one query aggregates over one");
		plan = bind_group_window(scope, ast);
		if (plan == NULL)
			return -EINVAL;
		scope->group->window_call = ast;
		scope->group->window_columns = (uint16_t)(plan->n_columns - 3);
		scope->plan = plan;
	}
	return 0;
}

static int check_window(struct grouping *grouping, const struct ast_select *select)
{
	struct pos pos =
		select->n_group_by > 0 ? select->group_by[0]->pos : select->items[0]->expr->pos;
	bool has_start = grouping->window_columns & GROUP_START;
	bool has_end = grouping->window_columns & GROUP_END;

	if (has_start && has_end)
		return 0;
	if (grouping->window != NULL)
		return err_set_at(grouping->scope->binder->err, pos,
			"GROUP BY has %s but not %s: an aggregate over windows needs both",
			has_start ? "window_start"
			: has_end ? "window_end"
				  : "window_time",
			has_start ? "window_end"
			: has_end ? "window_start"
				  : "window_start and window_end");
	return fail_at(grouping, pos,
		select->grouped ? "GROUP BY without a window is not supported yet: group by "
				  "window_start, window_end of TUMBLE or HOP"
				: "an aggregate without GROUP BY is not supported yet: group by "
				  "window_start, window_end of TUMBLE or HOP");
}

// ---- Below the aggregate

// The column of the lower Calc that is expr.
static int lower_column(struct grouping *grouping, const struct expr *expr, uint16_t *column)
{
	for (*column = grouping->first_shared; *column < grouping->n; (*column)++)
		if (expr_equal(grouping->exprs[*column], expr))
			return 0;
	// Two columns are kept for the window's bounds.
	if (grouping->n + 2 >= SCHEMA_COLUMNS_MAX)
		return fail_at(grouping, expr->pos,
			"an aggregate needs more than 256 columns: keys, arguments and filters");
	grouping->exprs[grouping->n++] = expr;
	return 0;
}

static int lower_call(
	struct grouping *grouping, const struct bind_call *bound, struct aggregate_call *call)
{
	uint16_t filter;

	*call = bound->call;
	call->filter = -1;
	for (uint16_t i = 0; i < call->n_arguments; i++)
		if (lower_column(grouping, bound->arguments[i], &call->arguments[i]) < 0)
			return -EINVAL;
	if (bound->filter == NULL)
		return 0;
	if (lower_column(grouping, bound->filter, &filter) < 0)
		return -EINVAL;
	call->filter = filter;
	return 0;
}

static struct plan *lower_plan(struct grouping *grouping)
{
	const struct scope *scope = grouping->scope;
	struct arena *arena = scope->binder->arena;
	struct plan *input = (struct plan *)scope->plan;
	const struct schema *schema = plan_schema(arena, input);
	uint16_t n = (uint16_t)(grouping->n + 2);
	struct plan_column *columns = arena_alloc(arena, n * sizeof(*columns));
	const struct expr **exprs = arena_alloc(arena, n * sizeof(*exprs));

	grouping->exprs[n - 2] = plan_ref(arena, input, grouping->start);
	grouping->exprs[n - 1] = plan_ref(arena, input, grouping->end);
	for (uint16_t i = 0; i < n; i++) {
		exprs[i] = grouping->exprs[i];
		columns[i] = plan_pass(
			input, exprs[i], expr_text(arena, exprs[i], schema), exprs[i]->pos);
	}
	return plan_calc(arena, input, NULL, columns, exprs, n);
}

static struct plan *make_aggregate(struct grouping *grouping)
{
	struct arena *arena = grouping->scope->binder->arena;
	const struct bind_group *group = grouping->scope->group;
	struct plan_aggregate *aggregate = arena_alloc(arena, sizeof(*aggregate));

	aggregate->window = grouping->window;
	aggregate->n_keys = grouping->n_keys;
	aggregate->keys = arena_alloc(arena, (grouping->n_keys + 1u) * sizeof(*aggregate->keys));
	if (grouping->n_sets > 1) {
		aggregate->n_sets = (uint16_t)grouping->n_sets;
		aggregate->sets = arena_alloc(arena, grouping->n_sets * sizeof(*aggregate->sets));
		for (uint32_t i = 0; i < grouping->n_sets; i++)
			aggregate->sets[i] = grouping->sets[i].keys;
	}
	aggregate->n_calls = group->n_calls;
	aggregate->calls = arena_alloc(arena, (group->n_calls + 1u) * sizeof(*aggregate->calls));
	for (uint16_t i = 0; i < grouping->n_keys; i++)
		if (lower_column(grouping, grouping->keys[i], &aggregate->keys[i]) < 0)
			return NULL;
	// Keys that become NULL for some sets are no arguments.
	if (grouping->n_sets > 1)
		grouping->first_shared = grouping->n;
	for (uint16_t i = 0; i < group->n_calls; i++)
		if (lower_call(grouping, &group->calls[i], &aggregate->calls[i]) < 0)
			return NULL;
	return plan_aggregate(arena, lower_plan(grouping), aggregate);
}

// ---- Above it

static int upper_column(const struct grouping *grouping, const struct expr *expr)
{
	const struct bind_group *group = grouping->scope->group;
	int n_keys = grouping->n_keys + (grouping->n_sets > 1);
	const struct plan_column *column;

	for (uint16_t i = 0; i < grouping->n_keys; i++)
		if (expr_equal(grouping->keys[i], expr))
			return i;
	if (expr->kind != EXPR_COLUMN)
		return -1;
	if (expr->column == GROUP_SET_COLUMN)
		return grouping->n_keys;
	if (expr->column >= BIND_CALL)
		return n_keys + expr->column - BIND_CALL;
	column = &grouping->scope->plan->columns[expr->column];
	if (column->role == PLAN_NO_ROLE || column->window != grouping->window ||
		(column->role == PLAN_WINDOW_TIME && !(grouping->window_columns & GROUP_TIME)))
		return -1;
	return n_keys + group->n_calls + (int)column->role - PLAN_WINDOW_START;
}

// expr over the aggregate's columns; NULL with err filled.
static const struct expr *raise(
	const struct grouping *grouping, const struct plan *result, const struct expr *expr)
{
	struct arena *arena = grouping->scope->binder->arena;
	int column = upper_column(grouping, expr);
	struct expr *copy;
	uint32_t n_all;

	if (column >= 0)
		return expr_column(
			arena, (uint16_t)column, result->columns[column].type, expr->pos);
	if (expr->kind == EXPR_COLUMN) {
		err_set_at(grouping->scope->binder->err, expr->pos,
			"column '%s' is neither in GROUP BY nor in an aggregate",
			grouping->scope->plan->columns[expr->column].name);
		return NULL;
	}
	if (expr->n_args == 0)
		return expr;
	copy = arena_alloc(arena, sizeof(*copy));
	*copy = *expr;
	n_all = (uint32_t)expr->n_args + expr->n_constants;
	copy->args = arena_alloc(arena, n_all * sizeof(*copy->args));
	memcpy(copy->args, expr->args, n_all * sizeof(*copy->args));
	for (uint16_t i = 0; i < expr->n_args; i++) {
		copy->args[i] = raise(grouping, result, expr->args[i]);
		if (copy->args[i] == NULL)
			return NULL;
	}
	return copy;
}

static struct plan *finish(
	struct grouping *grouping, const struct bind_list *list, const struct expr *having)
{
	struct arena *arena = grouping->scope->binder->arena;
	struct plan *result = make_aggregate(grouping);

	if (result == NULL)
		return NULL;
	for (uint16_t i = 0; i < list->n; i++) {
		struct plan_column *column = &list->columns[i];

		list->exprs[i] = raise(grouping, result, list->exprs[i]);
		if (list->exprs[i] == NULL)
			return NULL;
		*column = plan_pass(result, list->exprs[i], column->name, column->pos);
	}
	if (having != NULL) {
		having = raise(grouping, result, having);
		if (having == NULL)
			return NULL;
	}
	return plan_calc(arena, result, having, list->columns, list->exprs, list->n);
}

struct plan *bind_grouped(struct scope *scope, const struct ast_select *select)
{
	struct grouping *grouping = arena_alloc(scope->binder->arena, sizeof(*grouping));
	struct bind_list list;
	const struct expr *having = NULL;
	struct scope having_scope;

	grouping->scope = scope;
	if (take_group_window(scope, select) < 0 || group_bind_keys(grouping, select) < 0)
		return NULL;
	scope->group->grouping = grouping;
	if (bind_items(scope, select, &list) < 0)
		return NULL;
	if (check_window(grouping, select) < 0)
		return NULL;
	having_scope = *scope;
	having_scope.clause = "HAVING";
	if (select->having != NULL) {
		having = bind_condition(&having_scope, select->having);
		if (having == NULL)
			return NULL;
	}
	return finish(grouping, &list, having);
}
