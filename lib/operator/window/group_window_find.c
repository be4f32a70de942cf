// The windows of a key: a list, newest start first, so that a row in time order meets its window at
// once. Time: O(1) for rows in order, one step more for each younger window of the key.
#include <assert.h>
#include <string.h>
#include "operator/window/group_window_state.h"

// Put a window in front of *link in its key's list, and arm it.
static void enter(struct group_window *group, struct open_window *window,
	struct open_window **first, struct open_window **link)
{
	memcpy((char *)window + group->image_at, keyed_store_image(&group->store, first),
		group->keys.size);
	window->next = *link;
	if (link != first)
		window->newer =
			(struct open_window *)((char *)link - offsetof(struct open_window, next));
	if (window->next != NULL)
		window->next->newer = window;
	*link = window;
	wheel_arm(&group->timers, &window->timer, window_due(group, window));
	if (group->tracked_at > 0)
		arrivals_add(&group->arrivals, &tracked_of(group, window)->arrival);
}

// A window with the bounds [start, end), of the key of a row, in front of *link.
static struct open_window *make(struct group_window *group, uint16_t row, struct open_window **link,
	int64_t start, int64_t end)
{
	struct open_window **first = group->entries[row];
	struct open_window *window = slab_take(&group->slab, group->window_size);

	if (window == NULL)
		return NULL;
	memset(window, 0, group->window_size);
	window->start = start;
	window->end = end;
	window->hash = group->hashes[row];
	window->id = group->n_made++;
	enter(group, window, first, link);
	return window;
}

void group_window_adopt(
	struct group_window *group, struct open_window *window, struct open_window **first)
{
	struct open_window **link = first, *at;

	while ((at = *link) != NULL &&
		(at->start > window->start || (at->start == window->start && at->id > window->id)))
		link = &at->next;
	enter(group, window, first, link);
}

// What a tracked window leaves: windows that were merged into it.
static void release_tracked(struct group_window *group, struct open_window *window)
{
	struct tracked *tracked = tracked_of(group, window);

	while (tracked->absorbed != NULL) {
		struct open_window *next = tracked->absorbed->next;

		slab_give(&group->slab, tracked->absorbed, group->window_size);
		tracked->absorbed = next;
	}
}

void group_window_release(struct group_window *group, struct open_window **windows, uint16_t n)
{
	const struct group_window_config *config = group->config;

	for (uint16_t i = 0; i < n && group->tracked_at > 0; i++)
		release_tracked(group, windows[i]);
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		aggregate_release(&config->aggregates[i], (void *const *)windows, n,
			group->offsets[i], &group->heap);
	for (uint16_t i = 0; i < n; i++) {
		struct open_window *window = windows[i];

		wheel_cancel(&group->timers, &window->timer);
		if (group->has_updates && updates_of(window)->emitted != NULL)
			slab_give(&group->slab, updates_of(window)->emitted,
				updates_of(window)->emitted_size);
		if (group->has_updates)
			wheel_cancel(&group->clocks, &updates_of(window)->clock);
		slab_give(&group->slab, window, group->window_size);
	}
}

static void leave(struct group_window *group, struct open_window **windows, uint16_t n)
{
	for (uint16_t i = 0; i < n && group->tracked_at > 0; i++)
		arrivals_leave(&group->arrivals, &tracked_of(group, windows[i])->arrival);
}

// Windows that were merged into others matter as long as a checkpoint may have them for open.
static void forget_absorbed(struct group_window *group, struct open_window **link)
{
	struct open_window *window;

	while ((window = *link) != NULL) {
		if (window_due(group, window) > group->passed_watermark) {
			link = &window->next;
			continue;
		}
		*link = window->next;
		slab_give(&group->slab, window, group->window_size);
	}
}

// newer has gone into older. When only newer is stored, older takes its place there.
static void absorb(struct group_window *group, struct open_window *newer, struct open_window *older)
{
	const struct group_window_config *config = group->config;
	struct tracked *from = tracked_of(group, newer), *into = tracked_of(group, older);
	struct open_window **end = &into->absorbed;
	void *state = newer;

	while (*end != NULL)
		end = &(*end)->next;
	*end = from->absorbed;
	from->absorbed = NULL;
	forget_absorbed(group, &into->absorbed);
	if (from->arrival.is_stored && into->arrival.is_stored) {
		for (uint16_t i = 0; i < config->n_aggregates; i++)
			aggregate_release(
				&config->aggregates[i], &state, 1, group->offsets[i], &group->heap);
		wheel_cancel(&group->timers, &newer->timer);
		newer->next = into->absorbed;
		into->absorbed = newer;
		return;
	}
	if (from->arrival.is_stored) {
		older->id = newer->id;
		into->arrival.is_stored = true;
	}
	group_window_release(group, &newer, 1);
}

// Put what newer has into older, and drop it. *link points to newer.
static void merge(struct group_window *group, struct open_window **link, struct open_window *older)
{
	const struct group_window_config *config = group->config;
	struct open_window *newer = *link;
	const void *from = newer;
	void *into = older;
	uint32_t n_lost = 0;

	group_window_flush(group); // rows may wait for newer
	window_touch(group, older);
	leave(group, &newer, 1);
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		n_lost += aggregate_combine(
			&config->aggregates[i], &into, &from, 1, group->offsets[i], &group->heap);
	op_count(&group->op, group->value_lost, n_lost);
	*link = newer->next;
	newer->next->newer = newer->newer; // older is behind it
	if (group->tracked_at > 0)
		absorb(group, newer, older);
	else
		group_window_release(group, &newer, 1);
}

static bool is_gone(
	const struct group_window *group, const struct open_window *window, int64_t mark)
{
	return window_due(group, window) <= mark;
}

// The bounds of a window and a row's [*start, *end) together. False when a session must not become
// that long; one that can still hold the row's time itself ends where it must.
static bool cover(const struct group_window *group, const struct open_window *window,
	int64_t *start, int64_t *end)
{
	int64_t max = group->config->max_size_ms, time = *start;
	int64_t from = time < window->start ? time : window->start;
	int64_t to = *end > window->end ? *end : window->end;

	if (max > 0 && to - from > max) {
		if (time < window->start || time - window->start >= max)
			return false;
		to = window->start + max;
	}
	*start = from;
	*end = to;
	return true;
}

struct open_window *group_window_session(
	struct group_window *group, uint16_t row, int64_t time, int64_t mark, bool *is_full)
{
	const struct group_window_config *config = group->config;
	int64_t max = config->max_size_ms;
	int64_t end = time + (max > 0 && max < config->gap_ms ? max : config->gap_ms);
	struct open_window *window, *found = NULL, own = {.end = end};
	struct open_window **link = group->entries[row], **found_at = NULL, **place = link;

	for (; (window = *link) != NULL; link = &window->next) {
		int64_t from = time, to = end;

		if (window->start > time)
			place = &window->next;
		if (window->start > end || is_gone(group, window, mark))
			continue;
		if (window->end < time)
			break;
		if (found != NULL) { // it has the row: both are one session
			from = found->start;
			to = found->end;
		}
		if (!cover(group, window, &from, &to) || (found != NULL && to < found->end))
			continue;
		if (found != NULL) {
			if (link == &found->next)
				link = found_at;
			merge(group, found_at, window);
		}
		window_touch(group, window);
		window->start = from;
		window->end = to;
		found = window;
		found_at = link;
	}
	if (found != NULL)
		return found;
	*is_full = !is_gone(group, &own, mark);
	return *is_full ? make(group, row, place, time, end) : NULL;
}

struct open_window *group_window_get(struct group_window *group, int64_t start, int64_t mark)
{
	const struct group_window_config *config = group->config;
	struct open_window *window;
	int64_t due;

	while ((window = *group->link) != NULL && window->start > start)
		group->link = &window->next;
	if (window != NULL && window->start == start) {
		window_touch(group, window);
		return window;
	}
	window = make(group, group->row, group->link, start, start + config->size_ms);
	if (window == NULL)
		return NULL;
	// Made by a late row: it has no firing on time.
	due = window->timer.when;
	if (due <= mark)
		wheel_arm(&group->timers, &window->timer, due + config->allowed_lateness_ms);
	return window;
}

static void unlink_window(struct open_window *window, struct open_window **first)
{
	if (window->newer != NULL)
		window->newer->next = window->next;
	else
		*first = window->next;
	if (window->next != NULL)
		window->next->newer = window->newer;
}

void group_window_drop(struct group_window *group, struct open_window **windows, uint16_t n)
{
	uint32_t key_size = group->keys.size;
	char *images = (char *)group->images;
	uint16_t n_found, n_empty = 0, empty[BLOCK_ROWS_MAX];

	for (uint16_t i = 0; i < n; i++) {
		memcpy(images + i * key_size, window_image(group, windows[i]), key_size);
		group->hashes[i] = windows[i]->hash;
	}
	n_found = keyed_store_find(&group->store, images, group->hashes, n, group->entries);
	assert(n_found == n);
	(void)n_found;
	for (uint16_t i = 0; i < n; i++) {
		unlink_window(windows[i], group->entries[i]);
		if (*(struct open_window **)group->entries[i] == NULL)
			empty[n_empty++] = i;
	}
	leave(group, windows, n);
	group_window_release(group, windows, n);
	for (uint16_t i = 0; i < n_empty; i++)
		keyed_store_remove(
			&group->store, images + empty[i] * key_size, group->hashes[empty[i]]);
}

void group_window_erase(struct group_window *group, struct open_window **first, uint64_t id)
{
	struct open_window *window = *first;

	while (window != NULL && window->id != id)
		window = window->next;
	if (window == NULL)
		return;
	unlink_window(window, first);
	leave(group, &window, 1);
	group_window_release(group, &window, 1);
}
