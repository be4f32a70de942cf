// Windows of one slice: TUMBLE, and windows that rows bring along. Nothing is added up; the slice
// is the window.
#include "operator/window/window_state.h"

static bool single_prepare(struct window_aggregate *, int32_t *)
{
	return true;
}

static bool single_add(struct window_aggregate *window, int32_t *n_left)
{
	const struct slice *slice = live_slices_new_in(&window->live, window->fire.end);

	// Of attached windows with this end, the turn of the first one has come.
	if (window->config->window.shape == WINDOW_ATTACHED)
		window->fire.start = slice->start;
	--*n_left; // a slice that holds no key costs something, too
	return true;
}

static uint16_t single_next(struct window_aggregate *window, uint16_t n_max, uint16_t *n_seen)
{
	const struct slice *slice = live_slices_new_in(&window->live, window->fire.end);

	return *n_seen = keyed_store_next(
		       &slice->store, &window->fire.cursor, window->entries, window->states, n_max);
}

static void single_finish(struct window_aggregate *window)
{
	live_slices_drop(&window->live, live_slices_new_in(&window->live, window->fire.end));
	live_slices_refresh(&window->live);
}

const struct composer sum_single = {
	.prepare = single_prepare,
	.add = single_add,
	.next = single_next,
	.finish = single_finish,
};
