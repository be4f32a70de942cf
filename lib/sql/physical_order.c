// ORDER BY, LIMIT and window Top-N as operators.
#include <errno.h>
#include "operator/sort/limit.h"
#include "operator/sort/sort.h"
#include "operator/window/window_topn.h"
#include "sql/physical_build.h"

int physical_build_sort(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct sort_config *config = arena_alloc(physical->arena, sizeof(*config));

	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	*config = (struct sort_config){
		.time_column = plan->order->terms[0].column,
		.n_terms = plan->order->n_terms,
		.terms = plan->order->terms,
	};
	return physical_exchange(
		physical, tails, &sort_kind, config, plan_schema(physical->arena, plan), NULL, 0);
}

// Whether the rows of plan come out of one instance already.
static bool is_single(const struct plan *plan)
{
	if (plan->kind == PLAN_CALC)
		return is_single(plan->input);
	return plan->kind == PLAN_SORT || plan->kind == PLAN_LIMIT;
}

int physical_build_limit(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct limit_config *config = arena_alloc(physical->arena, sizeof(*config));
	const struct schema *output = plan_schema(physical->arena, plan);

	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	*config = (struct limit_config){.offset = plan->limit->offset, .n_max = plan->limit->n_max};
	if (is_single(plan->input))
		return physical_append(physical, tails, &limit_kind, config, output);
	return physical_exchange(physical, tails, &limit_kind, config, output, NULL, 0);
}

int physical_build_topn(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct window_topn_config *config = arena_alloc(physical->arena, sizeof(*config));
	const struct plan_topn *topn = plan->topn;

	if (topn->last_rank == UINT64_MAX)
		return err_set_at(physical->err, topn->pos,
			"ROW_NUMBER over the rows of a window needs a filter behind it: SELECT … "
			"FROM (SELECT …, ROW_NUMBER() OVER (…) AS rownum FROM …) WHERE rownum <= "
			"n");
	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	*config = (struct window_topn_config){
		.start_column = topn->start_column,
		.end_column = topn->end_column,
		.slices = topn->window->slices,
		.n_keys = topn->n_keys,
		.keys = topn->keys,
		.n_terms = topn->order.n_terms,
		.terms = topn->order.terms,
		.first_rank = topn->first_rank,
		.last_rank = topn->last_rank,
		// Flink's keep-last: a row of the same time replaces the one before it.
		.last_wins =
			topn->is_by_time && topn->last_rank == 1 && topn->order.terms[0].descending,
		.with_rank = topn->with_rank,
	};
	return physical_exchange(physical, tails, &window_topn_kind, config,
		plan_schema(physical->arena, plan), config->keys, config->n_keys);
}
