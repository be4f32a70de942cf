// Sort, Limit and Top-N pass their input's columns on: what is needed above them, and what they
// read.
#include <string.h>
#include "sql/prune_node.h"

static void need_terms(const struct plan_order *order, struct columns *columns)
{
	for (uint16_t i = 0; i < order->n_terms; i++)
		columns->needed[order->terms[i].column] = true;
}

static struct plan_order move_terms(
	struct arena *arena, const struct plan_order *was, const struct columns *columns)
{
	struct plan_order order = {.n_terms = was->n_terms};

	order.terms = arena_alloc(arena, was->n_terms * sizeof(*order.terms));
	for (uint16_t i = 0; i < was->n_terms; i++) {
		order.terms[i] = was->terms[i];
		order.terms[i].column = columns->at[was->terms[i].column];
	}
	return order;
}

struct plan *prune_sort(struct arena *arena, const struct plan *plan, struct columns *columns)
{
	struct plan_order *order = arena_alloc(arena, sizeof(*order));
	struct plan *input;

	need_terms(plan->order, columns);
	input = prune_node(arena, plan->input, columns);
	*order = move_terms(arena, plan->order, columns);
	return plan_sort(arena, input, order);
}

struct plan *prune_limit(struct arena *arena, const struct plan *plan, struct columns *columns)
{
	return plan_limit(arena, prune_node(arena, plan->input, columns), plan->limit);
}

struct plan *prune_topn(struct arena *arena, const struct plan *plan, struct columns *columns)
{
	const struct plan_topn *was = plan->topn;
	struct plan_topn *topn = arena_alloc(arena, sizeof(*topn));
	uint16_t rank = (uint16_t)(plan->n_columns - 1);
	struct plan *input, *pruned;

	*topn = *was;
	topn->with_rank = columns->needed[rank];
	columns->needed[rank] = false;
	need_terms(&was->order, columns);
	columns->needed[was->start_column] = columns->needed[was->end_column] = true;
	for (uint16_t i = 0; i < was->n_keys; i++)
		columns->needed[was->keys[i]] = true;
	input = prune_node(arena, plan->input, columns);
	topn->keys = arena_alloc(arena, (was->n_keys + 1u) * sizeof(*topn->keys));
	for (uint16_t i = 0; i < was->n_keys; i++)
		topn->keys[i] = columns->at[was->keys[i]];
	topn->order = move_terms(arena, &was->order, columns);
	topn->start_column = columns->at[was->start_column];
	topn->end_column = columns->at[was->end_column];
	pruned = plan_topn(arena, input, topn);
	columns->at[rank] = input->n_columns;
	columns->needed[rank] = topn->with_rank;
	if (!topn->with_rank)
		pruned->n_columns--;
	return pruned;
}
