// SELECT DISTINCT over the bounds of a window and other columns: GROUP BY all of them.
#include <string.h>
#include "sql/bind_group.h"

// The column of plan with this role, or −1. *window is the window it belongs to; NULL: not known
// yet.
static int find_role(
	const struct plan *plan, enum plan_role role, const struct plan_window **window)
{
	for (uint16_t i = 0; i < plan->n_columns; i++) {
		const struct plan_column *column = &plan->columns[i];

		if (column->role != role || (*window != NULL && column->window != *window))
			continue;
		*window = column->window;
		return i;
	}
	return -1;
}

static bool is_of(const struct plan_column *column, const struct plan_window *window)
{
	return column->role != PLAN_NO_ROLE && column->window == window;
}

// Keys first, the window's start and end last.
static struct plan *lower_plan(struct arena *arena, struct plan *plan,
	const struct plan_aggregate *aggregate, int start, int end)
{
	uint16_t n = (uint16_t)(aggregate->n_keys + 2);
	struct plan_column *columns = arena_alloc(arena, n * sizeof(*columns));
	const struct expr **exprs = arena_alloc(arena, n * sizeof(*exprs));
	uint16_t at = 0;

	for (uint16_t i = 0; i < plan->n_columns; i++)
		if (!is_of(&plan->columns[i], aggregate->window))
			exprs[at++] = plan_ref(arena, plan, i);
	exprs[at++] = plan_ref(arena, plan, (uint16_t)start);
	exprs[at] = plan_ref(arena, plan, (uint16_t)end);
	for (uint16_t i = 0; i < n; i++)
		columns[i] = plan->columns[exprs[i]->column];
	return plan_calc(arena, plan, NULL, columns, exprs, n);
}

// The columns of plan in their order, from the aggregate's.
static struct plan *upper_plan(struct arena *arena, const struct plan *plan, struct plan *aggregate,
	const struct plan_window *window)
{
	struct plan_column *columns = arena_alloc(arena, plan->n_columns * sizeof(*columns));
	const struct expr **exprs = arena_alloc(arena, plan->n_columns * sizeof(*exprs));
	uint16_t n_keys = aggregate->aggregate->n_keys, key = 0;

	for (uint16_t i = 0; i < plan->n_columns; i++) {
		const struct plan_column *column = &plan->columns[i];
		uint16_t from = is_of(column, window)
					? (uint16_t)(n_keys + column->role - PLAN_WINDOW_START)
					: key++;

		exprs[i] = plan_ref(arena, aggregate, from);
		columns[i] = plan_pass(aggregate, exprs[i], column->name, column->pos);
	}
	return plan_calc(arena, aggregate, NULL, columns, exprs, plan->n_columns);
}

struct plan *bind_distinct(struct binder *binder, struct plan *plan, struct pos pos)
{
	struct arena *arena = binder->arena;
	struct plan_aggregate *aggregate = arena_alloc(arena, sizeof(*aggregate));
	const struct plan_window *window = NULL;
	int start = find_role(plan, PLAN_WINDOW_START, &window);
	int end = find_role(plan, PLAN_WINDOW_END, &window);
	struct plan *lower;

	if (start < 0 || end < 0) {
		err_set_at(binder->err, pos,
			"SELECT DISTINCT without a window is not supported yet: select "
			"window_start and window_end, too");
		return NULL;
	}
	for (uint16_t i = 0; i < plan->n_columns; i++)
		aggregate->n_keys += !is_of(&plan->columns[i], window);
	if (aggregate->n_keys > GROUP_COLUMNS_MAX) {
		err_set_at(binder->err, pos, "SELECT DISTINCT has more than %d columns",
			GROUP_COLUMNS_MAX);
		return NULL;
	}
	aggregate->window = window;
	aggregate->keys = arena_alloc(arena, (aggregate->n_keys + 1u) * sizeof(*aggregate->keys));
	for (uint16_t i = 0; i < aggregate->n_keys; i++)
		aggregate->keys[i] = i;
	lower = lower_plan(arena, plan, aggregate, start, end);
	return upper_plan(arena, plan, plan_aggregate(arena, lower, aggregate), window);
}
