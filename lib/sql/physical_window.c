// Windows as operators.
#include <errno.h>
#include "operator/calc/expand.h"
#include "operator/source/proctime_assigner.h"
#include "operator/window/group_window.h"
#include "sql/physical_build.h"

// Whether a window has no slices that keys share: its operator keeps each key's windows one by one.
static bool is_kept_singly(const struct plan_window *window)
{
	return window->is_session || plan_window_has_updates(window) ||
	       window->slices.size % window->slices.slide != 0;
}

static int no_slices(struct physical *physical, const struct plan_window *window)
{
	return err_set_at(physical->err, window->pos,
		window->is_session
			? "SESSION must be aggregated at once, by window_start, window_end and the "
			  "columns of its PARTITION BY, no more and no fewer"
			: "nothing may look at the bounds of this window below its aggregate");
}

static struct window_spec window_spec(const struct plan_window *window, uint16_t time_column)
{
	return (struct window_spec){
		.shape = window->shape,
		.slices = window->slices,
		.time_column = time_column,
		.time_type = window->time_type,
	};
}

int physical_build_proctime(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct proctime_config *config = arena_alloc(physical->arena, sizeof(*config));

	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	config->time_column = plan->proctime_column;
	config->step_ms = plan->step_ms;
	config->offset_ms = plan->offset_ms;
	return physical_append(physical, tails, &proctime_kind, config, tails->ops[0]->output);
}

int physical_build_window(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct window_function_config *config = arena_alloc(physical->arena, sizeof(*config));

	if (is_kept_singly(plan->window))
		return no_slices(physical, plan->window);
	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	config->window = window_spec(plan->window, plan->time_column);
	return physical_append(
		physical, tails, &window_function_kind, config, plan_schema(physical->arena, plan));
}

int physical_build_expand(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct expand_config *config = arena_alloc(physical->arena, sizeof(*config));

	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	*config = (struct expand_config){
		.n_sets = plan->expand->n_sets,
		.sets = plan->expand->sets,
		.n_columns = plan->expand->n_columns,
		.columns = plan->expand->columns,
	};
	return physical_append(
		physical, tails, &expand_kind, config, plan_schema(physical->arena, plan));
}

static const struct window_aggregate_config *aggregate_config(
	struct physical *physical, const struct plan_aggregate *aggregate)
{
	struct window_aggregate_config *config = arena_alloc(physical->arena, sizeof(*config));

	config->window = window_spec(aggregate->window, aggregate->time_column);
	if (aggregate->attached) {
		config->window.shape = WINDOW_ATTACHED;
		config->window.start_column = aggregate->start_column;
		config->window.end_column = aggregate->end_column;
	}
	config->n_keys = aggregate->n_keys;
	config->keys = aggregate->keys;
	config->n_aggregates = aggregate->n_calls;
	config->aggregates = aggregate->calls;
	config->n_properties = aggregate->n_properties;
	for (uint16_t i = 0; i < aggregate->n_properties; i++)
		config->properties[i] = aggregate->properties[i];
	return config;
}

static const struct group_window_config *group_config(
	struct physical *physical, const struct plan_aggregate *aggregate)
{
	struct group_window_config *config = arena_alloc(physical->arena, sizeof(*config));
	const struct plan_window *window = aggregate->window;

	*config = (struct group_window_config){
		.shape = window->is_session	       ? GROUP_WINDOW_SESSION
			 : window->shape == WINDOW_HOP ? GROUP_WINDOW_HOP
						       : GROUP_WINDOW_TUMBLE,
		.size_ms = window->slices.size,
		.slide_ms = window->slices.slide,
		.offset_ms = window->slices.offset,
		.zone = window->slices.zone,
		.gap_ms = window->gap_ms,
		.time_column = aggregate->time_column,
		.time_type = window->time_type,
		.n_keys = aggregate->n_keys,
		.keys = aggregate->keys,
		.n_aggregates = aggregate->n_calls,
		.aggregates = aggregate->calls,
		.n_properties = aggregate->n_properties,
		.early_fire_ms = FIRE_NEVER,
		.late_fire_ms = FIRE_NEVER,
	};
	for (uint16_t i = 0; i < aggregate->n_properties; i++)
		config->properties[i] = aggregate->properties[i];
	if (!plan_window_has_updates(window))
		return config;
	config->allowed_lateness_ms = window->emit.lateness_ms;
	config->early_fire_ms = window->emit.early_ms;
	config->late_fire_ms = window->emit.late_ms;
	return config;
}

// Sessions are merged by key: theirs must be the aggregate's.
static bool is_merged_otherwise(const struct plan_aggregate *aggregate)
{
	const struct plan_window *window = aggregate->window;

	return window->is_session && !window->is_group && !aggregate->by_partition;
}

// Late rows that somebody wants to see must come one by one.
static enum local_strategy choose_local(const struct physical *physical,
	const struct window_aggregate_config *config, const struct late_rows *late)
{
	if (late->target != NULL)
		return LOCAL_NEVER;
	return local_aggregate_choose(config, physical->settings->local_aggregates);
}

int physical_build_aggregate(
	struct physical *physical, const struct plan *plan, struct tails *tails)
{
	const struct plan_aggregate *aggregate = plan->aggregate;
	struct exchange_config exchange = {
		.is_hash = true, .n_keys = aggregate->n_keys, .keys = aggregate->keys};
	struct late_rows late;
	const struct op_kind *kind = &window_aggregate_kind;
	const void *config;

	if (aggregate->attached || !is_kept_singly(aggregate->window)) {
		config = aggregate_config(physical, aggregate);
	} else if (is_merged_otherwise(aggregate)) {
		return no_slices(physical, aggregate->window);
	} else {
		kind = &group_window_kind;
		config = group_config(physical, aggregate);
	}
	if (physical_late_build(physical, plan->input, tails, &late) < 0)
		return -EINVAL;
	if (kind == &window_aggregate_kind) {
		exchange.local = choose_local(physical, config, &late);
		exchange.aggregate = config;
	}
	if (physical_exchange_as(physical, tails, kind, config, plan_schema(physical->arena, plan),
		    &exchange) < 0)
		return -EINVAL;
	return physical_late_attach(physical, tails->ops[0], &late);
}
