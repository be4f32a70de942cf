// OverAggregate in the plan: its constructor, what of it is needed, and its operator.
#include <errno.h>
#include <string.h>
#include "sql/physical_build.h"
#include "sql/prune_node.h"

struct plan *plan_over(struct arena *arena, struct plan *input, const struct plan_over *over)
{
	uint16_t n = (uint16_t)(input->n_columns + over->n_calls);
	struct plan_column *columns = arena_alloc(arena, n * sizeof(*columns));
	struct plan *plan = plan_new(arena, PLAN_OVER, input, columns, n);

	memcpy(columns, input->columns, input->n_columns * sizeof(*columns));
	for (uint16_t i = 0; i < over->n_calls; i++)
		columns[input->n_columns + i] = (struct plan_column){
			.name = over->calls[i].call.text,
			.type = over->calls[i].call.result_type,
		};
	plan->over = over;
	return plan;
}

static void need_call(const struct aggregate_call *call, struct columns *columns)
{
	for (uint16_t i = 0; i < call->n_arguments; i++)
		columns->needed[call->arguments[i]] = true;
	if (call->filter >= 0)
		columns->needed[call->filter] = true;
}

static void move_call(struct aggregate_call *call, const struct columns *columns)
{
	for (uint16_t i = 0; i < call->n_arguments; i++)
		call->arguments[i] = columns->at[call->arguments[i]];
	if (call->filter >= 0)
		call->filter = columns->at[call->filter];
}

// Calls that nobody reads go; without any, so does the whole node.
struct plan *prune_over(struct arena *arena, const struct plan *plan, struct columns *columns)
{
	const struct plan_over *was = plan->over;
	struct plan_over *over = arena_alloc(arena, sizeof(*over));
	uint16_t n = plan->input->n_columns;
	struct plan *input;

	*over = *was;
	over->n_calls = 0;
	over->calls = arena_alloc(arena, (was->n_calls + 1u) * sizeof(*over->calls));
	over->keys = arena_alloc(arena, (was->n_keys + 1u) * sizeof(*over->keys));
	for (uint16_t i = 0; i < was->n_calls; i++)
		if (columns->needed[n + i]) {
			need_call(&was->calls[i].call, columns);
			over->calls[over->n_calls++] = was->calls[i];
		}
	if (over->n_calls == 0)
		return prune_node(arena, plan->input, columns);
	columns->needed[was->time_column] = true;
	for (uint16_t i = 0; i < was->n_keys; i++)
		columns->needed[was->keys[i]] = true;
	input = prune_node(arena, plan->input, columns);
	over->time_column = columns->at[was->time_column];
	for (uint16_t i = 0; i < was->n_keys; i++)
		over->keys[i] = columns->at[was->keys[i]];
	for (uint16_t i = 0; i < over->n_calls; i++)
		move_call(&over->calls[i].call, columns);
	for (uint16_t i = 0, at = input->n_columns; i < was->n_calls; i++)
		if (columns->needed[n + i])
			columns->at[n + i] = at++;
	return plan_over(arena, input, over);
}

int physical_build_over(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct over_config *config = arena_alloc(physical->arena, sizeof(*config));
	const struct plan_over *over = plan->over;

	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	*config = (struct over_config){
		.time_column = over->time_column,
		.is_proctime = over->is_proctime,
		.n_keys = over->n_keys,
		.keys = over->keys,
		.n_frames = over->n_frames,
		.frames = over->frames,
		.n_calls = over->n_calls,
		.calls = over->calls,
		.ttl_ms = physical->settings->state_ttl_ms,
	};
	return physical_exchange(physical, tails, &over_kind, config,
		plan_schema(physical->arena, plan), config->keys, config->n_keys);
}
