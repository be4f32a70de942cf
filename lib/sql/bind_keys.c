// GROUP BY: its keys, its window, and the grouping sets that it comes to.
//
// Each item is a list of sets (an expression: one set of itself; ROLLUP(a, b): {a, b}, {a}, {}),
// and GROUP BY is their product: every set of the first with every set of the second and so on.
#include <errno.h>
#include <string.h>
#include "sql/bind_group.h"

struct sets {
	uint32_t n;
	struct group_set *items;
};

static int fail_at(struct grouping *grouping, struct pos pos, const char *what)
{
	return err_set_at(grouping->scope->binder->err, pos, "%s", what);
}

static int bind_item(struct grouping *grouping, const struct ast_expr *ast, struct sets *sets);

static bool is_call(const struct ast_expr *ast, const char *name)
{
	return ast->kind == AST_CALL && strcmp(ast->call->name, name) == 0;
}

// ---- Sets of sets

static int add_set(struct grouping *grouping, struct sets *sets, struct group_set set)
{
	struct arena *arena = grouping->scope->binder->arena;

	if (sets->n == GROUP_SETS_MAX)
		return err_set_at(grouping->scope->binder->err, set.pos,
			"GROUP BY comes to more than %d grouping sets", GROUP_SETS_MAX);
	if (sets->items == NULL)
		sets->items = arena_alloc(arena, GROUP_SETS_MAX * sizeof(*sets->items));
	sets->items[sets->n++] = set;
	return 0;
}

static struct group_set join(struct group_set a, struct group_set b)
{
	return (struct group_set){a.keys | b.keys, a.window | b.window, b.pos};
}

// into = every set of into with every set of by.
static int multiply(struct grouping *grouping, struct sets *into, const struct sets *by)
{
	struct sets product = {0};

	for (uint32_t i = 0; i < into->n; i++)
		for (uint32_t j = 0; j < by->n; j++)
			if (add_set(grouping, &product, join(into->items[i], by->items[j])) < 0)
				return -EINVAL;
	*into = product;
	return 0;
}

// The one set that ast, an expression or a row of them, stands for.
static int bind_set(struct grouping *grouping, const struct ast_expr *ast, struct group_set *set)
{
	struct sets sets = {0};

	if (bind_item(grouping, ast, &sets) < 0)
		return -EINVAL;
	*set = sets.items[0];
	return sets.n == 1 ? 0 : fail_at(grouping, ast->pos, "only GROUPING SETS may hold others");
}

// ROLLUP(a, b): {a, b}, {a}, {}.
static int bind_rollup(struct grouping *grouping, const struct ast_call *call, struct sets *sets)
{
	struct group_set set;

	for (uint32_t n = call->n_args;; n--) {
		struct group_set prefix = {.pos = call->args[0]->pos};

		for (uint32_t i = 0; i < n; i++) {
			if (bind_set(grouping, call->args[i], &set) < 0)
				return -EINVAL;
			prefix = join(prefix, set);
		}
		if (add_set(grouping, sets, prefix) < 0)
			return -EINVAL;
		if (n == 0)
			return 0;
	}
}

// CUBE(a, b): {a, b}, {a}, {b}, {}.
static int bind_cube(struct grouping *grouping, const struct ast_call *call, struct sets *sets)
{
	struct group_set none = {.pos = call->args[0]->pos};

	if (add_set(grouping, sets, none) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < call->n_args; i++) {
		struct sets by = {0};
		struct group_set set;

		if (bind_set(grouping, call->args[i], &set) < 0 ||
			add_set(grouping, &by, set) < 0 || add_set(grouping, &by, none) < 0 ||
			multiply(grouping, sets, &by) < 0)
			return -EINVAL;
	}
	return 0;
}

// ---- Keys and windows

static int take_window(struct grouping *grouping, const struct expr *key, struct group_set *set)
{
	const struct plan_column *column = &grouping->scope->plan->columns[key->column];

	if (grouping->window != NULL && grouping->window != column->window)
		return fail_at(grouping, key->pos,
			"GROUP BY has the bounds of two different windows: one query aggregates "
			"over "
			"one");
	grouping->window = column->window;
	if (column->role == PLAN_WINDOW_START) {
		set->window = GROUP_START;
		grouping->start = key->column;
	} else if (column->role == PLAN_WINDOW_END) {
		set->window = GROUP_END;
		grouping->end = key->column;
	} else {
		set->window = GROUP_TIME;
	}
	return 0;
}

static int take_key(struct grouping *grouping, const struct expr *key, struct group_set *set)
{
	uint16_t i = 0;

	if (key->kind == EXPR_COLUMN &&
		grouping->scope->plan->columns[key->column].role != PLAN_NO_ROLE)
		return take_window(grouping, key, set);
	if (expr_is_literal(key))
		return fail_at(grouping, key->pos,
			"GROUP BY needs columns or expressions of columns, not a constant");
	while (i < grouping->n_keys && !expr_equal(grouping->keys[i], key))
		i++;
	if (i == GROUP_COLUMNS_MAX)
		return fail_at(grouping, key->pos, "GROUP BY has more than 64 keys");
	if (i == grouping->n_keys)
		grouping->keys[grouping->n_keys++] = key;
	set->keys = 1ull << i;
	return 0;
}

// TUMBLE(ts, …): the window's columns are behind the input's already.
static int take_group_window(
	struct grouping *grouping, const struct ast_expr *ast, struct group_set *set)
{
	const struct plan *plan = grouping->scope->plan;
	const struct plan_window *window = plan->columns[plan->n_columns - 3].window;

	if (ast != grouping->scope->group->window_call)
		return err_set_at(grouping->scope->binder->err, ast->pos,
			"%s is an item of GROUP BY itself: it cannot stand in another",
			ast->call->name);
	if (grouping->window != NULL && grouping->window != window)
		return fail_at(grouping, ast->pos,
			"GROUP BY has two windows: one query aggregates over one");
	grouping->window = window;
	grouping->start = (uint16_t)(plan->n_columns - 3);
	grouping->end = (uint16_t)(plan->n_columns - 2);
	set->window = GROUP_WINDOW;
	return 0;
}

static int bind_key(struct grouping *grouping, const struct ast_expr *ast, struct group_set *set)
{
	struct scope scope = *grouping->scope;
	const struct expr *key;

	if (bind_is_group_window(ast))
		return take_group_window(grouping, ast, set);
	scope.group = NULL;
	scope.clause = "GROUP BY";
	key = bind_expr(&scope, ast);
	return key == NULL ? -EINVAL : take_key(grouping, key, set);
}

// (a, b): one set.
static int bind_row(struct grouping *grouping, const struct ast_expr *ast, struct group_set *set)
{
	struct group_set one;

	for (uint32_t i = 0; i < ast->call->n_args; i++) {
		if (bind_set(grouping, ast->call->args[i], &one) < 0)
			return -EINVAL;
		*set = join(*set, one);
	}
	set->pos = ast->pos;
	return 0;
}

static int bind_item(struct grouping *grouping, const struct ast_expr *ast, struct sets *sets)
{
	struct group_set set = {.pos = ast->pos};

	if (is_call(ast, "ROLLUP"))
		return bind_rollup(grouping, ast->call, sets);
	if (is_call(ast, "CUBE"))
		return bind_cube(grouping, ast->call, sets);
	if (is_call(ast, "GROUPING SETS")) {
		for (uint32_t i = 0; i < ast->call->n_args; i++)
			if (bind_item(grouping, ast->call->args[i], sets) < 0)
				return -EINVAL;
		return 0;
	}
	if ((is_call(ast, "ROW") ? bind_row(grouping, ast, &set) : bind_key(grouping, ast, &set)) <
		0)
		return -EINVAL;
	return add_set(grouping, sets, set);
}

static int bind_sets(struct grouping *grouping, const struct ast_select *select)
{
	struct sets sets = {0};

	grouping->n_keys = 0;
	if (add_set(grouping, &sets, (struct group_set){0}) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < select->n_group_by; i++) {
		struct sets by = {0};

		if (bind_item(grouping, select->group_by[i], &by) < 0 ||
			multiply(grouping, &sets, &by) < 0)
			return -EINVAL;
	}
	grouping->n_sets = sets.n;
	grouping->sets = sets.items;
	return 0;
}

// ---- What the sets have in common

static void make_nullable(uint16_t column, void *context)
{
	((struct plan_column *)context)[column].type.nullable = true;
}

// A key that some set leaves out is NULL there: whatever looks at its columns must know.
static bool find_nullable(struct grouping *grouping)
{
	const struct plan *was = grouping->scope->plan;
	struct arena *arena = grouping->scope->binder->arena;
	struct plan *plan = arena_alloc(arena, sizeof(*plan));
	uint64_t in_all = UINT64_MAX;

	for (uint32_t i = 0; i < grouping->n_sets; i++)
		in_all &= grouping->sets[i].keys;
	*plan = *was;
	plan->columns = arena_alloc(arena, (was->n_columns + 1u) * sizeof(*plan->columns));
	memcpy(plan->columns, was->columns, was->n_columns * sizeof(*plan->columns));
	for (uint16_t i = 0; i < grouping->n_keys; i++)
		if (!(in_all >> i & 1))
			expr_columns(grouping->keys[i], make_nullable, plan->columns);
	grouping->scope->plan = plan;
	return memcmp(was->columns, plan->columns, was->n_columns * sizeof(*plan->columns)) != 0;
}

int group_bind_keys(struct grouping *grouping, const struct ast_select *select)
{
	uint8_t any = 0, missing;

	if (bind_sets(grouping, select) < 0)
		return -EINVAL;
	if (grouping->n_sets > 1 && find_nullable(grouping) && bind_sets(grouping, select) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < grouping->n_sets; i++)
		any |= grouping->sets[i].window;
	grouping->window_columns = any;
	for (uint32_t i = 0; i < grouping->n_sets; i++) {
		missing = any & ~grouping->sets[i].window;
		if (missing & (GROUP_START | GROUP_END))
			return fail_at(grouping, grouping->sets[i].pos,
				"window_start and window_end must be in every grouping set: "
				"GROUP BY without a window is not supported yet");
		grouping->window_columns &= grouping->sets[i].window;
	}
	return 0;
}
