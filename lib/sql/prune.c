// Top down: each node is told which of its columns are needed, asks its input for what these need,
// and says where they are now. A Calc has exactly the needed columns, in their order, so that the
// branches of a Union stay alike; a scan keeps all of its own (the source decodes those marked).
#include "sql/prune.h"
#include <assert.h>
#include <string.h>
#include "sql/catalog.h"
#include "sql/prune_node.h"

static void need(uint16_t column, void *context)
{
	((struct columns *)context)->needed[column] = true;
}

static struct plan *copy_of(struct arena *arena, const struct plan *plan)
{
	struct plan *copy = arena_alloc(arena, sizeof(*copy));

	*copy = *plan;
	return copy;
}

static struct plan *prune_scan(
	struct arena *arena, const struct plan *plan, struct columns *columns)
{
	for (uint16_t i = 0; i < plan->n_columns; i++) {
		columns->at[i] = i;
		if (i < plan->table->physical->n_fields)
			plan->table->wanted[i] |= columns->needed[i];
	}
	return copy_of(arena, plan);
}

// Where expressions over the plan as it was find their columns now.
static const struct expr **moved(
	struct arena *arena, const struct plan *was, const struct columns *columns)
{
	const struct expr **refs = arena_alloc(arena, (was->n_columns + 1u) * sizeof(*refs));

	for (uint16_t i = 0; i < was->n_columns; i++)
		if (columns->needed[i])
			refs[i] = expr_column(
				arena, columns->at[i], was->columns[i].type, was->columns[i].pos);
	return refs;
}

static struct plan *prune_calc(
	struct arena *arena, const struct plan *plan, struct columns *columns)
{
	struct plan *pruned = copy_of(arena, plan);
	struct columns below = {0};
	const struct expr **refs;

	pruned->columns = arena_alloc(arena, plan->n_columns * sizeof(*pruned->columns));
	pruned->exprs = arena_alloc(arena, plan->n_columns * sizeof(*pruned->exprs));
	pruned->n_columns = 0;
	for (uint16_t i = 0; i < plan->n_columns; i++) {
		// A row needs a column at least: the last one if none is asked for.
		if (!columns->needed[i] && (i + 1 < plan->n_columns || pruned->n_columns > 0))
			continue;
		columns->at[i] = pruned->n_columns;
		pruned->columns[pruned->n_columns] = plan->columns[i];
		pruned->exprs[pruned->n_columns++] = plan->exprs[i];
		expr_columns(plan->exprs[i], need, &below);
	}
	if (plan->condition != NULL)
		expr_columns(plan->condition, need, &below);
	pruned->input = prune_node(arena, plan->input, &below);
	refs = moved(arena, plan->input, &below);
	for (uint16_t i = 0; i < pruned->n_columns; i++)
		pruned->exprs[i] = expr_substitute(arena, pruned->exprs[i], refs);
	if (plan->condition != NULL)
		pruned->condition = expr_substitute(arena, plan->condition, refs);
	return pruned;
}

static struct plan *prune_proctime(
	struct arena *arena, const struct plan *plan, struct columns *columns)
{
	struct plan *pruned = copy_of(arena, plan);

	columns->needed[plan->proctime_column] = true;
	pruned->input = prune_node(arena, plan->input, columns);
	pruned->columns = pruned->input->columns;
	pruned->n_columns = pruned->input->n_columns;
	pruned->proctime_column = columns->at[plan->proctime_column];
	return pruned;
}

static struct plan *prune_window(
	struct arena *arena, const struct plan *plan, struct columns *columns)
{
	uint16_t n = plan->input->n_columns;
	struct columns below = {0};
	struct plan *pruned, *input;

	memcpy(below.needed, columns->needed, n * sizeof(bool));
	below.needed[plan->time_column] = true;
	input = prune_node(arena, plan->input, &below);
	pruned = plan_window(arena, input, plan->window, below.at[plan->time_column]);
	memcpy(columns->at, below.at, n * sizeof(below.at[0]));
	for (uint16_t i = 0; i < 3; i++)
		columns->at[n + i] = (uint16_t)(input->n_columns + i);
	return pruned;
}

static struct plan *prune_expand(
	struct arena *arena, const struct plan *plan, struct columns *columns)
{
	const struct plan_expand *was = plan->expand;
	struct plan_expand *expand = arena_alloc(arena, sizeof(*expand));
	struct plan *pruned = copy_of(arena, plan);
	uint16_t n = plan->input->n_columns;

	for (uint16_t i = 0; i < was->n_columns; i++)
		columns->needed[was->columns[i]] = true;
	pruned->input = prune_node(arena, plan->input, columns);
	columns->at[n] = pruned->input->n_columns;
	*expand = *was;
	expand->columns = arena_alloc(arena, (was->n_columns + 1u) * sizeof(uint16_t));
	for (uint16_t i = 0; i < was->n_columns; i++)
		expand->columns[i] = columns->at[was->columns[i]];
	pruned->n_columns = (uint16_t)(pruned->input->n_columns + 1);
	pruned->columns = arena_alloc(arena, pruned->n_columns * sizeof(*pruned->columns));
	for (uint16_t i = 0; i <= n; i++)
		if (columns->needed[i] || i == n)
			pruned->columns[columns->at[i]] = plan->columns[i];
	pruned->expand = expand;
	return pruned;
}

// What of the aggregates and properties is needed stays; keys always do.
static void keep_results(const struct plan *plan, struct plan *pruned,
	struct plan_aggregate *aggregate, struct columns *columns)
{
	const struct plan_aggregate *was = plan->aggregate;
	uint16_t n = 0;

	aggregate->n_calls = aggregate->n_properties = 0;
	for (uint16_t i = 0; i < plan->n_columns; i++) {
		uint16_t call = (uint16_t)(i - was->n_keys);
		bool is_key = i < was->n_keys, is_last = i + 1 == plan->n_columns;

		if (!is_key && !columns->needed[i] && !(is_last && n == 0))
			continue;
		columns->at[i] = n;
		pruned->columns[n++] = plan->columns[i];
		if (is_key)
			continue;
		if (call < was->n_calls)
			aggregate->calls[aggregate->n_calls++] = was->calls[call];
		else
			aggregate->properties[aggregate->n_properties++] =
				was->properties[call - was->n_calls];
	}
	pruned->n_columns = n;
}

static void need_inputs(const struct plan_aggregate *aggregate, struct columns *below)
{
	for (uint16_t i = 0; i < aggregate->n_keys; i++)
		below->needed[aggregate->keys[i]] = true;
	for (uint16_t i = 0; i < aggregate->n_calls; i++) {
		const struct aggregate_call *call = &aggregate->calls[i];

		for (uint16_t k = 0; k < call->n_arguments; k++)
			below->needed[call->arguments[k]] = true;
		if (call->filter >= 0)
			below->needed[call->filter] = true;
	}
	if (!aggregate->attached) {
		below->needed[aggregate->time_column] = true;
		return;
	}
	below->needed[aggregate->start_column] = true;
	below->needed[aggregate->end_column] = true;
}

static void move_inputs(struct plan_aggregate *aggregate, const struct columns *below)
{
	for (uint16_t i = 0; i < aggregate->n_keys; i++)
		aggregate->keys[i] = below->at[aggregate->keys[i]];
	for (uint16_t i = 0; i < aggregate->n_calls; i++) {
		struct aggregate_call *call = &aggregate->calls[i];

		for (uint16_t k = 0; k < call->n_arguments; k++)
			call->arguments[k] = below->at[call->arguments[k]];
		if (call->filter >= 0)
			call->filter = below->at[call->filter];
	}
	if (!aggregate->attached) {
		aggregate->time_column = below->at[aggregate->time_column];
		return;
	}
	aggregate->start_column = below->at[aggregate->start_column];
	aggregate->end_column = below->at[aggregate->end_column];
}

static struct plan *prune_aggregate(
	struct arena *arena, const struct plan *plan, struct columns *columns)
{
	const struct plan_aggregate *was = plan->aggregate;
	struct plan_aggregate *aggregate = arena_alloc(arena, sizeof(*aggregate));
	struct plan *pruned = copy_of(arena, plan);
	struct columns below = {0};

	*aggregate = *was;
	aggregate->calls = arena_alloc(arena, (was->n_calls + 1u) * sizeof(*aggregate->calls));
	aggregate->keys = arena_alloc(arena, (was->n_keys + 1u) * sizeof(*aggregate->keys));
	memcpy(aggregate->keys, was->keys, was->n_keys * sizeof(*aggregate->keys));
	pruned->columns = arena_alloc(arena, plan->n_columns * sizeof(*pruned->columns));
	pruned->aggregate = aggregate;
	keep_results(plan, pruned, aggregate, columns);
	need_inputs(aggregate, &below);
	pruned->input = prune_node(arena, plan->input, &below);
	move_inputs(aggregate, &below);
	return pruned;
}

static struct plan *prune_union(
	struct arena *arena, const struct plan *plan, struct columns *columns)
{
	struct plan *pruned = copy_of(arena, plan);
	struct columns right = *columns;

	pruned->input = prune_node(arena, plan->input, columns);
	pruned->right = prune_node(arena, plan->right, &right);
	assert(memcmp(columns->at, right.at, sizeof(right.at)) == 0);
	pruned->n_columns = pruned->input->n_columns;
	pruned->columns = pruned->input->columns;
	return pruned;
}

struct plan *prune_node(struct arena *arena, const struct plan *plan, struct columns *columns)
{
	switch (plan->kind) {
	case PLAN_SCAN:
		return prune_scan(arena, plan, columns);
	case PLAN_CALC:
		return prune_calc(arena, plan, columns);
	case PLAN_CLOCK:
		return prune_proctime(arena, plan, columns);
	case PLAN_WINDOW:
		return prune_window(arena, plan, columns);
	case PLAN_EXPAND:
		return prune_expand(arena, plan, columns);
	case PLAN_AGGREGATE:
		return prune_aggregate(arena, plan, columns);
	case PLAN_OVER:
		return prune_over(arena, plan, columns);
	case PLAN_ANOMALY:
		return prune_anomaly(arena, plan, columns);
	case PLAN_SORT:
		return prune_sort(arena, plan, columns);
	case PLAN_LIMIT:
		return prune_limit(arena, plan, columns);
	case PLAN_TOPN:
		return prune_topn(arena, plan, columns);
	case PLAN_UNION:
		break;
	}
	return prune_union(arena, plan, columns);
}

struct plan *prune(struct arena *arena, const struct plan *plan)
{
	struct columns columns = {0};

	for (uint16_t i = 0; i < plan->n_columns; i++)
		columns.needed[i] = true;
	return prune_node(arena, plan, &columns);
}
