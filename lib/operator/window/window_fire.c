// Firing. Windows fire in the order of their ends. A window's slices are merged key by key into a
// store of its own, then emitted from there; both walk in the order of hashes, so that merging
// touches the scratch store's pages one after another.
//
//   time    one look-up per slice and key of the window; tumbling windows skip the merge
//   space   one more entry per key of the window, while it fires
//
// All of it happens in portions: an lcore is held for FIRE_ENTRIES_MAX entries at the most.
// Rows may be added between portions: they never belong to a window that the watermark has passed.
#include <string.h>
#include "operator/window/window_state.h"

static bool has_window(const struct window_aggregate *window, const struct slice *slice)
{
	const struct fire *fire = &window->fire;

	return slice->next_window == fire->end &&
	       (window->config->window.shape != WINDOW_ATTACHED || slice->start == fire->start);
}

// The end of the last window that sees a slice.
static int64_t last_window(const struct window_aggregate *window, const struct slice *slice)
{
	if (window->config->window.shape == WINDOW_ATTACHED)
		return slice->end;
	return slices_last_window(&window->config->window.slices, slice->end);
}

static void begin(struct window_aggregate *window)
{
	struct live_slices *live = &window->live;
	struct fire *fire = &window->fire;

	fire->end = live->next_window;
	fire->start = slices_window_start(&window->config->window.slices, fire->end);
	fire->n_slices = 0;
	for (uint32_t i = 0; i < live->n && live->sorted[i]->end <= fire->end; i++) {
		struct slice *slice = live->sorted[i];

		// Of attached windows with this end, the first one's turn has come.
		if (fire->n_slices == 0 && slice->next_window == fire->end &&
			window->config->window.shape == WINDOW_ATTACHED)
			fire->start = slice->start;
		if (has_window(window, slice))
			fire->slices[fire->n_slices++] = slice;
	}
	fire->merged = 0;
	fire->cursor = (struct keyed_cursor){0};
	fire->phase = fire->n_slices == 1 ? FIRE_EMITTING : FIRE_MERGING;
}

// Slices that no window is left for go; the others wait for their next one.
static void finish(struct window_aggregate *window)
{
	struct fire *fire = &window->fire;

	keyed_store_clear(&fire->scratch);
	for (uint32_t i = 0; i < fire->n_slices; i++) {
		struct slice *slice = fire->slices[i];

		if (fire->end >= last_window(window, slice))
			live_slices_drop(&window->live, slice);
		else
			slice->next_window += window->config->window.slices.slide;
	}
	live_slices_refresh(&window->live);
	fire->phase = FIRE_NONE;
}

static void count_refused(struct window_aggregate *window, uint16_t n_refused)
{
	op_count(&window->op, window->result_lost, n_refused);
	if (!window->op.task->drop_new_keys)
		fault_set(&window->op.task->fault,
			"state.max-memory is used up: no room to merge the slices of a window");
}

// Merge the entries[:n], at states[:n], of a slice into the scratch store.
static void merge_entries(struct window_aggregate *window, void *const *states, uint16_t n)
{
	const struct window_aggregate_config *config = window->config;
	struct keyed_store *scratch = &window->fire.scratch;
	struct state_heap heap = {.store = scratch};
	uint32_t key_size = window->keys.size, n_lost = 0;
	uint16_t n_refused;

	for (uint16_t i = 0; i < n; i++)
		memcpy((char *)window->images + (size_t)i * key_size, window->entries[i], key_size);
	key_hashes(&window->keys, window->op.task->seed, window->images, n, window->hashes);
	n_refused = keyed_store_upsert(scratch, window->images, window->hashes, n, window->states);
	if (n_refused > 0)
		count_refused(window, n_refused);
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		n_lost += aggregate_combine(&config->aggregates[i], window->states,
			(const void *const *)states, n, window->offsets[i], &heap);
	op_count(&window->op, window->value_lost, n_lost);
}

static bool merge(struct window_aggregate *window, int32_t *n_left)
{
	struct fire *fire = &window->fire;
	void *states[BLOCK_ROWS_MAX];

	while (fire->merged < fire->n_slices) {
		uint16_t n;

		if (*n_left <= 0)
			return false;
		n = keyed_store_next(&fire->slices[fire->merged]->store, &fire->cursor,
			window->entries, states, BLOCK_ROWS_MAX);
		*n_left -= n;
		if (n > 0) {
			merge_entries(window, states, n);
			continue;
		}
		fire->merged++;
		fire->cursor = (struct keyed_cursor){0};
	}
	return true;
}

static int64_t property_value(const struct fire *fire, enum window_property property)
{
	switch (property) {
	case WINDOW_START:
		return fire->start;
	case WINDOW_END:
		return fire->end;
	case WINDOW_TIME:
		return fire->end - 1;
	}
	return 0;
}

// The output's columns of entries[:n] at states[:n]: keys, aggregates, properties.
static void fill_columns(struct window_aggregate *window, uint16_t n)
{
	const struct window_aggregate_config *config = window->config;
	struct column *column = window->columns;

	for (uint16_t i = 0; i < config->n_keys; i++, column++) {
		nulls_clear_all(column->nulls);
		for (uint16_t row = 0; row < n; row++)
			key_load(&window->keys, window->entries[row], i, column, row);
	}
	for (uint16_t i = 0; i < config->n_aggregates; i++, column++)
		aggregate_result(&config->aggregates[i], window->states, n, window->offsets[i],
			column, NULL);
	for (uint16_t i = 0; i < config->n_properties; i++, column++) {
		int64_t value = property_value(&window->fire, config->properties[i]);

		for (uint16_t row = 0; row < n; row++)
			((int64_t *)column->values)[row] = value;
	}
}

static bool emit(struct window_aggregate *window, int32_t *n_left)
{
	struct fire *fire = &window->fire;
	const struct keyed_store *store =
		fire->n_slices == 1 ? &fire->slices[0]->store : &fire->scratch;
	struct block out = {
		.kind = BLOCK_ROWS,
		.n_columns = window->op.spec->output->n_fields,
		.columns = window->columns,
		.late_mark = window->passed_watermark,
		.watermark = window->passed_watermark,
		.rx_tsc = window->controls[0].rx_tsc,
	};

	while (!op_is_blocked(&window->op) && *n_left > 0) {
		uint16_t n = keyed_store_next(
			store, &fire->cursor, window->entries, window->states, BLOCK_ROWS_MAX);

		if (n == 0)
			return true;
		*n_left -= n;
		fill_columns(window, n);
		out.n_rows = out.n_slots = n;
		op_emit(&window->op, &out);
	}
	return false;
}

// Nothing more comes of windows that end where the last one did, or before: say so at once. A
// watermark that passes many windows (the end of a file) would otherwise make an aggregate over
// these results hold all of them.
static void pass_watermark(struct window_aggregate *window, int64_t watermark)
{
	struct block control = {
		.kind = BLOCK_WATERMARK,
		.watermark = window->fire.end - 1,
		.rx_tsc = window->controls[0].rx_tsc,
	};

	if (control.watermark <= window->passed_watermark || control.watermark >= watermark ||
		op_is_blocked(&window->op) ||
		(window->live.n > 0 && window->live.next_window <= window->fire.end))
		return;
	window->passed_watermark = control.watermark;
	op_emit(&window->op, &control);
}

bool window_fire(struct window_aggregate *window, int64_t watermark, int32_t *n_left)
{
	struct fire *fire = &window->fire;

	for (;;) {
		if (fire->phase == FIRE_NONE) {
			if (window->live.n == 0 || window->live.next_window - 1 > watermark)
				return true;
			begin(window);
		}
		if (fire->phase == FIRE_MERGING) {
			if (!merge(window, n_left))
				return false;
			fire->phase = FIRE_EMITTING;
		}
		if (!emit(window, n_left))
			return false;
		finish(window);
		pass_watermark(window, watermark);
	}
}
