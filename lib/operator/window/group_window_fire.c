// Firing. Timers come in the order of time; a session that has grown since its timer was armed is
// armed again, so that a row which extends one touches no timer. All of it happens in portions: an
// lcore is held for GROUP_WINDOWS_MAX windows at the most.
#include "operator/window/group_window_state.h"

static int64_t property_value(const struct group_window *group, const struct open_window *window,
	enum window_property property)
{
	const struct slices zoned = {.zone = group->config->zone};

	switch (property) {
	case WINDOW_START:
		return window->start;
	case WINDOW_END:
		return window->end;
	case WINDOW_TIME:
		return slices_window_time(&zoned, window->end);
	}
	return 0;
}

void group_window_fill(struct group_window *group, const struct open_window *window, uint16_t slot)
{
	const struct group_window_config *config = group->config;
	struct column *column = group->columns;

	for (uint16_t i = 0; i < config->n_keys; i++, column++)
		key_load(&group->keys, window_image(group, window), i, column, slot);
	column += config->n_aggregates;
	for (uint16_t i = 0; i < config->n_properties; i++, column++)
		((int64_t *)column->values)[slot] =
			property_value(group, window, config->properties[i]);
}

void group_window_emit(struct group_window *group, uint16_t n, const uint8_t *kinds)
{
	struct block out = {
		.kind = BLOCK_ROWS,
		.n_rows = n,
		.n_slots = n,
		.n_columns = group->op.spec->output->n_fields,
		.columns = group->columns,
		.kinds = kinds,
		.late_mark = group->passed_watermark,
		.watermark = group->passed_watermark,
		.rx_tsc = group->rx_tsc,
	};

	op_emit(&group->op, &out);
	group->is_out = true;
	if (!op_is_blocked(&group->op))
		group_window_forget(group);
}

void group_window_forget(struct group_window *group)
{
	if (group->n_gone > 0)
		group_window_drop(group, group->gone, group->n_gone);
	group->n_gone = 0;
	for (uint16_t i = 0; i < group->n_old; i++)
		slab_give(&group->slab, group->old[i].at, group->old[i].size);
	group->n_old = 0;
	group->is_out = false;
}

// Emit the windows that are gone: their first and only result.
static void emit_final(struct group_window *group)
{
	const struct group_window_config *config = group->config;
	uint16_t n = group->n_gone;

	for (uint16_t i = 0; i < n; i++)
		group_window_fill(group, group->gone[i], i);
	group->texts.used = 0;
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		aggregate_result(&config->aggregates[i], (void *const *)group->gone, n,
			group->offsets[i], &group->columns[config->n_keys + i], &group->texts);
	op_count(&group->op, group->result_lost, group->texts.n_lost);
	group->texts.n_lost = 0;
	if (n > 0)
		group_window_emit(group, n, NULL);
}

// Nothing more comes of what was due before the next timer: say so at once, so that an aggregate
// over these results need not hold all that a watermark fires (the end of a file).
static void pass_watermark(struct group_window *group, int64_t watermark)
{
	int64_t next = wheel_next(&group->timers);
	struct block control = {
		.kind = BLOCK_WATERMARK, .watermark = next - 1, .rx_tsc = group->rx_tsc};

	if (next > watermark || control.watermark <= group->passed_watermark ||
		op_is_blocked(&group->op))
		return;
	group->passed_watermark = control.watermark;
	op_emit(&group->op, &control);
}

static void emit_fired(struct group_window *group, int64_t watermark)
{
	if (group->has_updates)
		group_window_emit_updates(group);
	else
		emit_final(group);
	if (!op_is_blocked(&group->op) && group->n_gone > 0)
		group_window_forget(group); // windows without a result of their own
	pass_watermark(group, watermark);
}

// A window's time has come: on time, or to go.
static void expire(struct group_window *group, struct open_window *window)
{
	int64_t due = window_due(group, window), last = due + group->config->allowed_lateness_ms;

	if (window->timer.when < due) {
		wheel_arm(&group->timers, &window->timer, due);
		return;
	}
	if (group->has_updates) {
		window_touch(group, window);
		group_window_update(group, window);
		updates_of(window)->fired = true;
		wheel_cancel(&group->clocks, &updates_of(window)->clock);
	}
	if (window->timer.when < last)
		wheel_arm(&group->timers, &window->timer, last);
	else
		group->gone[group->n_gone++] = window;
}

bool group_window_fire(struct group_window *group, int64_t watermark, int32_t *n_left)
{
	while (!op_is_blocked(&group->op)) {
		struct wheel_timer *timer = NULL;

		if (*n_left > 0)
			timer = wheel_pop(&group->timers, watermark);
		if (timer == NULL) {
			emit_fired(group, watermark);
			return *n_left > 0 && !op_is_blocked(&group->op);
		}
		--*n_left;
		expire(group, (struct open_window *)timer);
		if (group->n_gone == BLOCK_ROWS_MAX || !group_window_has_room(group))
			emit_fired(group, watermark);
	}
	return false;
}

// The next firing in between, as if no time had been missed.
static void arm_again(struct group_window *group, struct updates *updates)
{
	const struct group_window_config *config = group->config;
	int64_t period = updates->fired ? config->late_fire_ms : config->early_fire_ms;
	int64_t behind = group->now_ms - updates->clock.when;

	wheel_arm(&group->clocks, &updates->clock,
		updates->clock.when + (behind / period + 1) * period);
}

bool group_window_fire_clocks(struct group_window *group, int32_t *n_left)
{
	while (!op_is_blocked(&group->op)) {
		struct wheel_timer *clock = NULL;
		struct open_window *window;

		if (*n_left > 0)
			clock = wheel_pop(&group->clocks, group->now_ms);
		if (clock == NULL) {
			group_window_emit_updates(group);
			return *n_left > 0;
		}
		--*n_left;
		window = window_of_clock(clock);
		wheel_arm(&group->clocks, clock, clock->when); // a checkpoint has to see it
		window_touch(group, window);
		group_window_update(group, window);
		arm_again(group, updates_of(window));
		if (!group_window_has_room(group))
			group_window_emit_updates(group);
	}
	return false;
}
