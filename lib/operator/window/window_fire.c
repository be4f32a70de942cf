// Firing. Windows fire in the order of their ends: what is new in a window is added to what is
// summed up already (sum_*.c), then the window is emitted.
//
// All of it happens in portions: an lcore is held for FIRE_ENTRIES_MAX entries at the most, and
// rows of later windows may come in between. What the next window will need is prepared before its
// watermark comes, behind blocks of input.
#include "operator/window/window_state.h"

static int64_t next_window(const struct window_aggregate *window)
{
	int64_t summed = window->sum.next_window, open = window->live.next_window;

	return summed < open ? summed : open;
}

static int64_t closes_at(const struct window_aggregate *window, int64_t window_end)
{
	return slices_closes_at(&window->config->window.slices, window_end);
}

static int64_t property_value(const struct window_aggregate *window, enum window_property property)
{
	const struct fire *fire = &window->fire;

	switch (property) {
	case WINDOW_START:
		return fire->start;
	case WINDOW_END:
		return fire->end;
	case WINDOW_TIME:
		return slices_window_time(&window->config->window.slices, fire->end);
	}
	return 0;
}

// The output's columns of entries[:n] at states[:n]: keys, aggregates, properties.
static void fill_columns(struct window_aggregate *window, uint16_t n)
{
	const struct window_aggregate_config *config = window->config;
	struct column *column = window->columns;

	window->text.used = 0;
	window->text.n_lost = 0;
	for (uint16_t i = 0; i < config->n_keys; i++, column++) {
		nulls_clear_all(column->nulls);
		for (uint16_t row = 0; row < n; row++)
			key_load(&window->keys, window->entries[row], i, column, row);
	}
	for (uint16_t i = 0; i < config->n_aggregates; i++, column++)
		aggregate_result(&config->aggregates[i], window->states, n, window->offsets[i],
			column, &window->text);
	for (uint16_t i = 0; i < config->n_properties; i++, column++) {
		int64_t value = property_value(window, config->properties[i]);

		for (uint16_t row = 0; row < n; row++)
			((int64_t *)column->values)[row] = value;
	}
}

static void emit_rows(struct window_aggregate *window, uint16_t n)
{
	struct block out = {
		.kind = BLOCK_ROWS,
		.n_rows = n,
		.n_slots = n,
		.n_columns = window->op.spec->output->n_fields,
		.columns = window->columns,
		.late_mark = window->passed_watermark,
		.watermark = window->passed_watermark,
		.rx_tsc = window->controls.waiting[0].rx_tsc,
	};

	op_count(&window->op, window->value_lost, window->text.n_lost);
	op_emit(&window->op, &out);
}

static bool emit(struct window_aggregate *window, int32_t *n_left)
{
	struct fire *fire = &window->fire;

	while (!op_is_blocked(&window->op) && *n_left > 0) {
		struct keyed_cursor before = fire->cursor;
		uint16_t n_seen, n = window->composer->next(window, fire->rows_max, &n_seen);

		if (n_seen == 0)
			return true;
		*n_left -= n_seen;
		if (n == 0)
			continue;
		fill_columns(window, n);
		if (window->text.n_lost > 0 && n > 1) { // too long together: fewer at a time
			fire->rows_max = n / 2;
			fire->cursor = before;
			continue;
		}
		emit_rows(window, n);
	}
	return false;
}

// Nothing more comes of windows that end where the last one did, or before: say so at once. A
// watermark that passes many windows (the end of a file) would otherwise make an aggregate over
// these results hold all of them.
static void pass_watermark(struct window_aggregate *window, int64_t watermark)
{
	int64_t next = next_window(window);
	struct block control = {
		.kind = BLOCK_WATERMARK,
		.watermark = closes_at(window, window->fire.end),
		.rx_tsc = window->controls.waiting[0].rx_tsc,
	};

	// Windows with other starts may end there, and in a local hour that is skipped all windows
	// close at once.
	if (control.watermark <= window->passed_watermark || control.watermark >= watermark ||
		op_is_blocked(&window->op) ||
		(next != INT64_MAX && closes_at(window, next) <= control.watermark))
		return;
	window->passed_watermark = control.watermark;
	op_emit(&window->op, &control);
}

// False when there is something to prepare first, and *n_left is used up.
static bool begin(struct window_aggregate *window, int32_t *n_left)
{
	struct fire *fire = &window->fire;

	if (!window->composer->prepare(window, n_left) || *n_left <= 0)
		return false;
	fire->end = next_window(window);
	fire->start = slices_window_start(&window->config->window.slices, fire->end);
	fire->cursor = (struct keyed_cursor){0};
	fire->rows_max = BLOCK_ROWS_MAX;
	fire->phase = FIRE_ADDING;
	return true;
}

bool window_fire(struct window_aggregate *window, int64_t watermark, int32_t *n_left)
{
	struct fire *fire = &window->fire;

	for (;;) {
		if (fire->phase == FIRE_NONE) {
			int64_t next = next_window(window);

			if (next == INT64_MAX || closes_at(window, next) > watermark)
				return true;
			if (!begin(window, n_left))
				return false;
		}
		if (fire->phase == FIRE_ADDING) {
			if (!window->composer->add(window, n_left))
				return false;
			fire->phase = FIRE_EMITTING;
		}
		if (!emit(window, n_left))
			return false;
		window->composer->finish(window);
		fire->phase = FIRE_NONE;
		pass_watermark(window, watermark);
	}
}

void window_prepare(struct window_aggregate *window, uint16_t n_rows)
{
	int32_t n_left = PREPARE_ENTRIES_MAX;

	window->n_rows_unprepared += n_rows;
	if (window->op.pending || op_is_blocked(&window->op) ||
		(window->op.task->input_waits && window->n_rows_unprepared < PREPARE_ROWS))
		return;
	window->n_rows_unprepared = 0;
	if (window->composer->prepare(window, &n_left))
		graveyard_work(&window->live.graves, &n_left);
}
