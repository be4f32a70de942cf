// Results that are updated. What went out last is kept as an image of the row (row/key.h), to
// compare the next result with and to take it back.
#include "operator/window/group_window_state.h"

static void put(struct group_window *group, const struct open_window *window, const void *image,
	enum row_kind kind)
{
	const struct group_window_config *config = group->config;
	uint16_t slot = group->n_out++;

	group_window_fill(group, window, slot);
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		key_load(&group->results, image, i, &group->columns[config->n_keys + i], slot);
	group->kinds[slot] = (uint8_t)kind;
}

// group->image = the window's result now, its strings views of the state's bytes.
static void look_at_result(struct group_window *group, struct open_window *window)
{
	const struct group_window_config *config = group->config;
	struct block row = {
		.kind = BLOCK_ROWS,
		.n_rows = 1,
		.n_slots = 1,
		.n_columns = group->op.spec->output->n_fields,
		.columns = group->fresh,
	};
	void *state = window;

	group->texts.used = 0;
	for (uint16_t i = 0; i < config->n_aggregates; i++) {
		struct column *column = &group->fresh[config->n_keys + i];

		nulls_clear_all(column->nulls);
		aggregate_result(&config->aggregates[i], &state, 1, group->offsets[i], column,
			&group->texts);
	}
	op_count(&group->op, group->result_lost, group->texts.n_lost);
	group->texts.n_lost = 0;
	key_images(&group->results, &row, group->image);
}

// A copy of group->image; NULL when there is no room for it, and counted.
static void *keep_result(struct group_window *group, uint32_t *size)
{
	struct op *op = &group->op;
	char *kept = NULL;

	*size = group->results.size + key_extra_size(&group->results, group->image);
	if (*size <= SLAB_SIZE_MAX) {
		kept = slab_take(&group->slab, *size);
		if (kept == NULL && !op->task->drop_new_keys)
			fault_set(&op->task->fault,
				"state.max-memory is used up: no room for a window's result");
	}
	if (kept == NULL)
		op_count(op, group->result_lost, 1);
	else
		key_copy(&group->results, group->image, kept, kept + group->results.size);
	return kept;
}

void group_window_update(struct group_window *group, struct open_window *window)
{
	struct updates *updates = updates_of(window);
	uint32_t size;
	void *result;

	group_window_flush(group);
	look_at_result(group, window);
	if (updates->emitted != NULL && key_equal(&group->results, updates->emitted, group->image))
		return;
	result = keep_result(group, &size);
	if (result == NULL)
		return;
	if (updates->emitted != NULL) {
		put(group, window, updates->emitted, ROW_UPDATE_BEFORE);
		group->old[group->n_old++] =
			(struct old_result){updates->emitted, updates->emitted_size};
	}
	put(group, window, result, updates->emitted != NULL ? ROW_UPDATE_AFTER : ROW_INSERT);
	updates->emitted = result;
	updates->emitted_size = size;
}

void group_window_emit_updates(struct group_window *group)
{
	if (group->n_out > 0)
		group_window_emit(group, group->n_out, group->kinds);
	group->n_out = 0;
}

void group_window_before_row(struct group_window *group, struct open_window *window, int64_t mark)
{
	struct updates *updates = updates_of(window);
	int64_t due = window_due(group, window);

	// To this row the window has fired, although the watermark is still on its way to us.
	if (due > mark || updates->fired || window->timer.when > due)
		return;
	group_window_update(group, window);
	updates->fired = true;
	wheel_cancel(&group->clocks, &updates->clock);
}

void group_window_after_row(struct group_window *group, struct open_window *window, int64_t mark)
{
	const struct group_window_config *config = group->config;
	struct updates *updates = updates_of(window);
	int64_t delay = config->early_fire_ms;

	if (window_due(group, window) <= mark) {
		delay = FIRE_EACH_ROW;
		if (updates->fired && config->late_fire_ms != FIRE_NEVER)
			delay = config->late_fire_ms;
	}
	if (delay == FIRE_EACH_ROW)
		group_window_update(group, window);
	else if (delay > 0 && updates->clock.link == NULL)
		wheel_arm(&group->clocks, &updates->clock, group->now_ms + delay);
}
