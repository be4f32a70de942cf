// Rows into their windows. A block's keys are looked up together, and their windows are on the way
// into the cache before the first is touched. Rows wait until a window that they are in must be
// merged or must fire, so that the aggregates take many at once.
#include "operator/window/group_window_state.h"

static int64_t row_mark(const struct group_window *group, uint16_t slot)
{
	const struct block *block = &group->held;
	int64_t mark = block_late_mark(block, slot);

	return mark > group->held_watermark ? mark : group->held_watermark;
}

static int64_t row_time(struct group_window *group, uint16_t slot)
{
	const struct group_window_config *config = group->config;
	int64_t time = ((const int64_t *)group->held.columns[config->time_column].values)[slot];

	if (config->zone == NULL)
		return time;
	return time + zone_offset_near(config->zone, time, &group->span);
}

// Leave out rows that have no time, or none that can be.
static void pick(struct group_window *group)
{
	struct block *block = &group->held;
	const struct column *column = &block->columns[group->config->time_column];
	const int64_t *times = column->values;
	uint16_t n = 0, n_null = 0;

	for (uint16_t i = 0; i < block->n_rows; i++) {
		uint16_t slot = block_slot(block, i);
		bool is_null = nulls_get(column->nulls, slot);

		n_null += is_null;
		group->picked[n] = slot;
		n += !is_null && times[slot] >= -WINDOW_TIME_LIMIT &&
		     times[slot] <= WINDOW_TIME_LIMIT;
	}
	op_count(&group->op, group->null_time, n_null);
	op_count(&group->op, group->bad_time, block->n_rows - n - n_null);
	block->rows = group->picked;
	block->n_rows = n;
}

void group_window_hold(struct group_window *group, const struct block *block)
{
	struct block *held = &group->held;

	*held = *block;
	group->held_watermark = group->op.watermark;
	pick(group);
	key_images(&group->keys, held, group->images);
	key_hashes(&group->keys, group->op.task->seed, group->images, held->n_rows, group->hashes);
	keyed_store_upsert(
		&group->store, group->images, group->hashes, held->n_rows, group->entries);
	for (uint16_t i = 0; i < held->n_rows; i++) {
		const char *window = NULL;

		if (group->entries[i] != NULL)
			window = *(char **)group->entries[i];
		__builtin_prefetch(window);
		__builtin_prefetch(window + group->window_size - 1);
	}
	group->row = 0;
	group->row_begun = false;
	group->n_late = 0;
}

void group_window_flush(struct group_window *group)
{
	const struct group_window_config *config = group->config;
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < config->n_aggregates && group->n_waiting > 0; i++)
		n_lost += aggregate_update(&config->aggregates[i], &group->held, group->waiting,
			group->n_waiting, group->windows, group->offsets[i], &group->heap);
	group->n_waiting = 0;
	op_count(&group->op, group->value_lost, n_lost);
}

static void wait(struct group_window *group, struct open_window *window)
{
	if (group->n_waiting == BLOCK_ROWS_MAX)
		group_window_flush(group);
	group->waiting[group->n_waiting] = group->held.rows[group->row];
	group->windows[group->n_waiting++] = window;
}

// No room for the row in hand: say why, and whether the job goes on.
static void count_refused(struct group_window *group)
{
	const char *image = (const char *)group->images + (size_t)group->row * group->keys.size;
	struct op *op = &group->op;

	if (group->entries[group->row] == NULL &&
		key_extra_size(&group->keys, image) > KEY_STRING_MAX) {
		op_count(op, group->key_too_long, 1);
		return;
	}
	op_count(op, group->state_full, 1);
	if (!op->task->drop_new_keys)
		fault_set(&op->task->fault,
			"state.max-memory is used up: no room for a new window of a key");
}

static void count_late(struct group_window *group)
{
	op_count(&group->op, group->late, 1);
	group->late_slots[group->n_late++] = group->held.rows[group->row];
}

// What became of a row whose key had no room: late rows need none.
static void count_keyless(struct group_window *group, int64_t last_end, int64_t mark)
{
	struct open_window own = {.end = last_end};

	if (window_due(group, &own) + group->config->allowed_lateness_ms <= mark)
		count_late(group);
	else
		count_refused(group);
}

static void add_to_session(struct group_window *group)
{
	uint16_t slot = group->held.rows[group->row];
	int64_t time = row_time(group, slot), mark = row_mark(group, slot);
	struct open_window *window;
	bool is_full;

	if (group->entries[group->row] == NULL) {
		count_keyless(group, time + group->config->gap_ms, mark);
		return;
	}
	window = group_window_session(group, group->row, time, mark, &is_full);
	if (window != NULL)
		wait(group, window);
	else if (is_full)
		count_refused(group);
	else
		count_late(group);
}

// The latest window of a row begins at the last multiple of the slide.
static int64_t last_start(const struct group_window_config *config, int64_t time)
{
	int64_t into = (time - config->offset_ms) % config->slide_ms;

	return time - into - (into < 0 ? config->slide_ms : 0);
}

static void add_to_window(struct group_window *group, int64_t start, int64_t mark)
{
	struct open_window *window = group_window_get(group, start, mark);

	if (window == NULL) {
		group->row_refused = true;
		return;
	}
	group_window_before_row(group, window, mark);
	wait(group, window);
	group->row_placed = true;
	group_window_after_row(group, window, mark);
}

// All windows of the row in hand, the latest first. False when it has to stop.
static bool add_to_windows(struct group_window *group, int64_t time, int64_t mark, int32_t *n_left)
{
	const struct group_window_config *config = group->config;

	while (group->next_start > time - config->size_ms) {
		struct open_window own = {.end = group->next_start + config->size_ms};

		if (window_due(group, &own) + config->allowed_lateness_ms <= mark)
			break; // so are all before it
		if (!group_window_has_room(group))
			group_window_emit_updates(group);
		if (op_is_blocked(&group->op) || --*n_left < 0)
			return false;
		add_to_window(group, group->next_start, mark);
		group->next_start -= config->slide_ms;
	}
	return true;
}

// The row in hand into its windows; false when it has to stop.
static bool add_row(struct group_window *group, int32_t *n_left)
{
	const struct group_window_config *config = group->config;
	uint16_t slot = group->held.rows[group->row];
	int64_t time = row_time(group, slot), mark = row_mark(group, slot);
	int64_t start = last_start(config, time);

	if (start <= time - config->size_ms) {
		op_count(&group->op, group->no_window, 1);
		return true;
	}
	if (group->entries[group->row] == NULL) {
		count_keyless(group, start + config->size_ms, mark);
		return true;
	}
	if (!group->row_begun) {
		group->link = group->entries[group->row];
		group->next_start = start;
		group->row_placed = group->row_refused = false;
		group->row_begun = true;
	}
	if (!add_to_windows(group, time, mark, n_left))
		return false;
	group->row_begun = false;
	if (group->row_placed)
		op_count(&group->op, group->value_lost, group->row_refused);
	else if (group->row_refused)
		count_refused(group);
	else
		count_late(group);
	return true;
}

// Keys that were made for rows which then had no window.
static void drop_empty_keys(struct group_window *group)
{
	const char *images = (const char *)group->images;
	uint16_t n_empty = 0, empty[BLOCK_ROWS_MAX];

	for (uint16_t i = 0; i < group->held.n_rows; i++)
		if (group->entries[i] != NULL && *(void **)group->entries[i] == NULL)
			empty[n_empty++] = i;
	for (uint16_t i = 0; i < n_empty; i++)
		keyed_store_remove(&group->store, images + (size_t)empty[i] * group->keys.size,
			group->hashes[empty[i]]);
}

bool group_window_add(struct group_window *group, int32_t *n_left)
{
	bool is_session = group->config->shape == GROUP_WINDOW_SESSION;

	for (; group->row < group->held.n_rows; group->row++) {
		if (is_session)
			add_to_session(group);
		else if (!add_row(group, n_left))
			return false;
	}
	group_window_flush(group);
	if (group->n_out > 0) {
		if (op_is_blocked(&group->op))
			return false;
		group_window_emit_updates(group);
	}
	if (group->n_late > 0)
		op_emit_dropped(&group->op, &group->held, group->late_slots, group->n_late, "late");
	drop_empty_keys(group);
	group->held.n_rows = 0;
	return true;
}
