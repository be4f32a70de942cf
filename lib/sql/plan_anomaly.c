// Anomaly in the plan: its constructor, what of it is needed, and its operator.
#include <errno.h>
#include <string.h>
#include "sql/physical_build.h"
#include "sql/prune_node.h"

struct plan *plan_anomaly(
	struct arena *arena, struct plan *input, const struct anomaly_config *anomaly)
{
	uint16_t n = input->n_columns;
	struct plan_column *columns = arena_alloc(arena, (n + 2u) * sizeof(*columns));
	struct plan *plan = plan_new(arena, PLAN_ANOMALY, input, columns,
		(uint16_t)(n + 1 + (anomaly->with_reason ? 1 : 0)));

	memcpy(columns, input->columns, n * sizeof(*columns));
	columns[n] = (struct plan_column){.name = "score", .type = type_of(TYPE_DOUBLE)};
	columns[n + 1] = (struct plan_column){.name = "reason", .type = type_of(TYPE_VARCHAR)};
	plan->anomaly = anomaly;
	return plan;
}

static uint16_t *moved(
	struct arena *arena, const uint16_t *was, uint16_t n, const struct columns *columns)
{
	uint16_t *to = arena_alloc(arena, (n + 1u) * sizeof(*to));

	for (uint16_t i = 0; i < n; i++)
		to[i] = columns->at[was[i]];
	return to;
}

// Reasons that nobody reads are not made; when nobody reads the score either the node goes.
struct plan *prune_anomaly(struct arena *arena, const struct plan *plan, struct columns *columns)
{
	const struct anomaly_config *was = plan->anomaly;
	struct anomaly_config *anomaly = arena_alloc(arena, sizeof(*anomaly));
	uint16_t n = plan->input->n_columns;
	struct plan *input;

	*anomaly = *was;
	anomaly->with_reason = columns->needed[n + 1];
	if (!columns->needed[n] && !anomaly->with_reason)
		return prune_node(arena, plan->input, columns);
	columns->needed[was->time_column] = true;
	for (uint16_t i = 0; i < was->n_keys; i++)
		columns->needed[was->keys[i]] = true;
	for (uint16_t i = 0; i < was->n_values; i++)
		columns->needed[was->values[i]] = true;
	input = prune_node(arena, plan->input, columns);
	anomaly->time_column = columns->at[was->time_column];
	anomaly->keys = moved(arena, was->keys, was->n_keys, columns);
	anomaly->values = moved(arena, was->values, was->n_values, columns);
	columns->at[n] = input->n_columns;
	columns->at[n + 1] = (uint16_t)(input->n_columns + 1);
	return plan_anomaly(arena, input, anomaly);
}

int physical_build_anomaly(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	const struct anomaly_config *anomaly = plan->anomaly;

	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	return physical_exchange(physical, tails, &anomaly_kind, anomaly,
		plan_schema(physical->arena, plan), anomaly->keys, anomaly->n_keys);
}
