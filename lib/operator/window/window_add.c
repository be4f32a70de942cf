// Rows into slices. One pass says whether all rows of the block belong to one slice and none of
// them is late, which is nearly always so; then the block goes to that slice as it is. Otherwise
// rows are gathered slice by slice. A row that stands for others (local_aggregate.h) counts as
// many.
#include "operator/window/window_state.h"

// slices_closes_at(), remembered.
static int64_t closes_at(struct window_aggregate *window, int64_t window_end)
{
	if (window->config->window.slices.zone == NULL)
		return window_end - 1;
	if (window->closing_end != window_end) {
		window->closing_end = window_end;
		window->closing_at = slices_closes_at(&window->config->window.slices, window_end);
	}
	return window->closing_at;
}

// Where a key of the first n rows was refused, say why, and whether the job goes on.
static void count_refused(struct window_aggregate *window, const struct block *block, uint16_t n)
{
	struct op *op = &window->op;

	for (uint16_t i = 0; i < n; i++) {
		const char *image = (const char *)window->images + (size_t)i * window->keys.size;
		uint64_t weight = block_weight(block, block_slot(block, i));

		if (window->states[i] != NULL)
			continue;
		if (key_extra_size(&window->keys, image) > KEY_STRING_MAX) {
			op_count(op, window->key_too_long, weight);
			continue;
		}
		op_count(op, window->state_full, weight);
		if (!op->task->drop_new_keys)
			fault_set(&op->task->fault,
				"state.max-memory is used up: no room for a new key of a window");
	}
}

// Add rows slots[:n] to the states at window->states; those that stand for others are merged into
// them.
static void add_to_states(struct window_aggregate *window, struct slice *slice,
	const struct block *block, const uint16_t *slots, uint16_t n)
{
	const struct window_aggregate_config *config = window->config;
	struct state_heap heap = {.store = &slice->store};
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < config->n_aggregates; i++)
		n_lost += aggregate_update(&config->aggregates[i], block, slots, n, window->states,
			window->offsets[i], &heap);
	op_count(&window->op, window->value_lost, n_lost);
}

// Merge what rows slots[:n] stand for, and leave those that stand for themselves: slots and states
// of these go to singles and to the front of window->states. Returns how many they are.
static uint16_t merge_partials(struct window_aggregate *window, const struct block *block,
	const uint16_t *slots, uint16_t n, uint16_t *singles)
{
	const struct window_aggregate_config *config = window->config;
	// A partial has its states from the first on, a part may have a word in front of them.
	uint32_t before = config->n_aggregates > 0 ? window->offsets[0] : 0;
	const void *from[BLOCK_ROWS_MAX];
	void *into[BLOCK_ROWS_MAX];
	uint16_t n_merged = 0, n_singles = 0;

	for (uint16_t i = 0; i < n; i++) {
		const struct partial *partial = block->partials[slots[i]];

		if (partial != NULL) {
			from[n_merged] = (const char *)partial->states - before;
			into[n_merged++] = window->states[i];
		} else {
			singles[n_singles] = slots[i];
			window->states[n_singles++] = window->states[i];
		}
	}
	for (uint16_t i = 0; i < config->n_aggregates; i++) // they keep nothing in a heap
		aggregate_combine(
			&config->aggregates[i], into, from, n_merged, window->offsets[i], NULL);
	return n_singles;
}

// Add the selected rows of block, slots[:n], to one slice: all, or, where they make buckets be
// packed, the first ones. Returns how many.
static uint16_t add_rows(struct window_aggregate *window, struct slice *slice,
	const struct block *block, const uint16_t *slots)
{
	uint16_t n = block->n_rows, n_refused, n_own, singles[BLOCK_ROWS_MAX];

	key_images(&window->keys, block, window->images);
	key_hashes(&window->keys, window->op.task->seed, window->images, n, window->hashes);
	n = keyed_store_thaw(&slice->store, window->hashes, n);
	n_refused = keyed_store_upsert(
		&slice->store, window->images, window->hashes, n, window->states);
	if (n_refused > 0)
		count_refused(window, block, n);
	n_own = n;
	if (block->partials != NULL) {
		n_own = merge_partials(window, block, slots, n, singles);
		slots = singles;
	}
	add_to_states(window, slice, block, slots, n_own);
	return n;
}

// While rows make buckets be packed, they are added few at a time: what holds the lcore is short.
static void add_to_slice(struct window_aggregate *window, struct slice *slice,
	const struct block *block, const uint16_t *slots)
{
	struct block part = *block;

	if (!keyed_store_is_frozen(&slice->store)) {
		add_rows(window, slice, block, slots);
		return;
	}
	for (uint16_t i = 0; i < block->n_rows;) {
		uint16_t n_left = block->n_rows - i;

		part.rows = slots + i;
		part.n_rows = n_left < KEYED_PART_ROWS ? n_left : KEYED_PART_ROWS;
		i += add_rows(window, slice, &part, part.rows);
		record_note_hold(window->op.task->out);
	}
}

static const uint16_t *all_slots(struct window_aggregate *window, const struct block *block)
{
	if (block->rows != NULL)
		return block->rows;
	for (uint16_t i = 0; i < block->n_rows; i++)
		window->picked[i] = i;
	return window->picked;
}

static inline void widen(int64_t time, int64_t *least, int64_t *most)
{
	*least = time < *least ? time : *least;
	*most = time > *most ? time : *most;
}

static void time_span(
	const struct block *block, const int64_t *times, int64_t *least, int64_t *most)
{
	*least = INT64_MAX;
	*most = INT64_MIN;
	if (block->rows == NULL)
		for (uint16_t i = 0; i < block->n_rows; i++)
			widen(times[i], least, most);
	else
		for (uint16_t i = 0; i < block->n_rows; i++)
			widen(times[block->rows[i]], least, most);
}

// The largest late mark in the block.
static int64_t last_mark(const struct window_aggregate *window, const struct block *block)
{
	int64_t last = window->op.watermark;

	if (block->late_marks == NULL)
		return block->late_mark > last ? block->late_mark : last;
	BLOCK_FOREACH_ROW (block, slot)
		if (block->late_marks[slot] > last)
			last = block->late_marks[slot];
	return last;
}

// The row is dropped.
static struct slice *refuse(
	struct window_aggregate *window, const struct block *block, uint16_t slot, uint16_t counter)
{
	op_count(&window->op, counter, block_weight(block, slot));
	return NULL;
}

// The one slice of all rows, when there is one and no row is late. False when there is not.
static bool add_at_once(struct window_aggregate *window, const struct block *block)
{
	const struct window_spec *spec = &window->config->window;
	const struct column *times = &block->columns[spec->time_column];
	const struct slices *slices = &spec->slices;
	int64_t least, most, local, end;
	struct slice *slice;

	if (spec->shape == WINDOW_ATTACHED || nulls_any(times->nulls))
		return false;
	time_span(block, times->values, &least, &most);
	if (least < -WINDOW_TIME_LIMIT || most > WINDOW_TIME_LIMIT)
		return false;
	local = slices_local(slices, least, &window->span);
	end = slices_end(slices, local);
	if (most - least >= end - local || closes_at(window, end) <= last_mark(window, block) ||
		(slices->zone != NULL && most >= window->span.end_ms))
		return false;
	slice = live_slices_get(&window->live, end, end, 0);
	if (slice == NULL)
		return false;
	add_to_slice(window, slice, block, all_slots(window, block));
	return true;
}

// The slice of one row of TUMBLE or HOP. NULL when it is dropped, and counted. last is the slice of
// the row before, NULL at first.
static struct slice *slice_of_time(struct window_aggregate *window, const struct block *block,
	uint16_t slot, const struct slice *last)
{
	const struct window_spec *spec = &window->config->window;
	const struct slices *slices = &spec->slices;
	const struct column *times = &block->columns[spec->time_column];
	int64_t time = ((const int64_t *)times->values)[slot], local, end, mark, first_window;
	struct slice *slice;

	if (nulls_get(times->nulls, slot))
		return refuse(window, block, slot, window->null_time);
	if (time < -WINDOW_TIME_LIMIT || time > WINDOW_TIME_LIMIT)
		return refuse(window, block, slot, window->bad_time);
	local = slices_local(slices, time, &window->span);
	if (last != NULL && local < last->end && local >= last->end - slices->slide)
		end = last->end;
	else
		end = slices_end(slices, local);
	mark = op_late_mark(&window->op, block, slot);
	first_window = end;
	if (closes_at(window, end) <= mark && !slices_first_open(slices, end, mark, &first_window))
		return refuse(window, block, slot, window->late);
	slice = live_slices_get(&window->live, end, first_window, 0);
	return slice != NULL ? slice : refuse(window, block, slot, window->slice_limit);
}

// The slice of one row that brings its window along: the window itself.
static struct slice *slice_of_window(
	struct window_aggregate *window, const struct block *block, uint16_t slot)
{
	const struct window_spec *spec = &window->config->window;
	const struct column *starts = &block->columns[spec->start_column];
	const struct column *ends = &block->columns[spec->end_column];
	int64_t end = ((const int64_t *)ends->values)[slot];
	struct slice *slice;

	if (nulls_get(ends->nulls, slot) || nulls_get(starts->nulls, slot))
		return refuse(window, block, slot, window->null_time);
	if (end < -WINDOW_TIME_LIMIT || end > WINDOW_TIME_LIMIT)
		return refuse(window, block, slot, window->bad_time);
	if (closes_at(window, end) <= op_late_mark(&window->op, block, slot))
		return refuse(window, block, slot, window->late);
	slice = live_slices_get(&window->live, end, end, ((const int64_t *)starts->values)[slot]);
	return slice != NULL ? slice : refuse(window, block, slot, window->slice_limit);
}

// slice_of[i] = where row i goes, NULL = nowhere. late_slots[:return value] came too late.
static uint16_t assign_slices(struct window_aggregate *window, const struct block *block)
{
	bool is_attached = window->config->window.shape == WINDOW_ATTACHED;
	const struct op_counter *late = &window->op.counters[window->late];
	struct slice *last = NULL;
	uint16_t n_late = 0;

	for (uint16_t i = 0; i < block->n_rows; i++) {
		uint16_t slot = block_slot(block, i);
		uint64_t n_before = late->value;
		struct slice *slice = is_attached ? slice_of_window(window, block, slot)
						  : slice_of_time(window, block, slot, last);

		window->slice_of[i] = slice;
		if (slice != NULL)
			last = slice;
		if (late->value > n_before)
			window->late_slots[n_late++] = slot;
	}
	return n_late;
}

// Sort slots by their slices (a counting sort): those of slices[k], slices[:n] being the slices
// that the block has rows for, become picked[first_picked …], n_picked of them. Returns n.
static uint16_t gather_by_slice(
	struct window_aggregate *window, const struct block *block, struct slice **slices)
{
	uint16_t n = 0, at = 0;

	for (uint16_t i = 0; i < block->n_rows; i++) {
		struct slice *slice = window->slice_of[i];

		if (slice != NULL && slice->n_picked++ == 0)
			slices[n++] = slice;
	}
	for (uint16_t k = 0; k < n; k++) {
		slices[k]->first_picked = at;
		at += slices[k]->n_picked;
		slices[k]->n_picked = 0;
	}
	for (uint16_t i = 0; i < block->n_rows; i++) {
		struct slice *slice = window->slice_of[i];

		if (slice != NULL)
			window->picked[slice->first_picked + slice->n_picked++] =
				block_slot(block, i);
	}
	return n;
}

void window_add(struct window_aggregate *window, const struct block *block)
{
	struct slice *slices[BLOCK_ROWS_MAX];
	uint16_t n_late, n;
	struct block part = *block;

	if (block->n_rows == 0 || add_at_once(window, block))
		return;
	n_late = assign_slices(window, block);
	n = gather_by_slice(window, block, slices);
	for (uint16_t k = 0; k < n; k++) {
		part.rows = window->picked + slices[k]->first_picked;
		part.n_rows = slices[k]->n_picked;
		slices[k]->n_picked = 0;
		add_to_slice(window, slices[k], &part, part.rows);
	}
	op_emit_dropped(&window->op, block, window->late_slots, n_late, "late");
}
