// CUMULATE: windows that begin together are one sum that grows. A step adds its newest slice, which
// is then gone; the sum goes with the last window. A row that comes when the first windows of its
// slice have fired is in a slice of its own, which is added when the first window that sees it
// fires.
//
//   time   one look-up for each key of each slice, once; to emit, each key of the window
//   space  one entry for each key of the window; the first slice becomes the sum as it is
#include "operator/window/window_state.h"

static bool cumulate_prepare(struct window_aggregate *, int32_t *)
{
	return true;
}

static bool add_slice(struct window_aggregate *window, struct slice *slice, int32_t *n_left)
{
	struct sum *sum = &window->sum;
	void *states[BLOCK_ROWS_MAX];
	uint16_t n;

	if (sum->total.root == PAGE_NONE && !sum->is_full) {
		struct keyed_store empty = sum->total;

		sum->total = slice->store;
		slice->store = empty;
		return true;
	}
	while (*n_left > 0) {
		n = sum_next(window, slice, &sum->total, SUM_MAKE, states, window->states);
		if (n == 0)
			return true;
		sum_combine(window, window->states, states, n, &sum->total);
		*n_left -= n;
	}
	return false;
}

static bool cumulate_add(struct window_aggregate *window, int32_t *n_left)
{
	struct slice *slice;

	while ((slice = live_slices_new_in(&window->live, window->fire.end)) != NULL) {
		if (!add_slice(window, slice, n_left))
			return false;
		live_slices_drop(&window->live, slice);
		--*n_left;
	}
	live_slices_refresh(&window->live);
	return true;
}

static uint16_t cumulate_next(struct window_aggregate *window, uint16_t n_max, uint16_t *n_seen)
{
	return *n_seen = keyed_store_next(&window->sum.total, &window->fire.cursor, window->entries,
		       window->states, n_max);
}

static void cumulate_finish(struct window_aggregate *window)
{
	const struct slices *slices = &window->config->window.slices;
	struct sum *sum = &window->sum;

	sum->next_window = window->fire.end + slices->slide;
	if (sum->total.root != PAGE_NONE &&
		window->fire.end < slices_last_window(slices, window->fire.end))
		return;
	live_slices_bury(&window->live, &sum->total);
	sum->is_full = false;
	sum->next_window = INT64_MAX;
}

const struct composer sum_cumulate = {
	.prepare = cumulate_prepare,
	.add = cumulate_add,
	.next = cumulate_next,
	.finish = cumulate_finish,
};
