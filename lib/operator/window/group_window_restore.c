// Windows out of checkpoints: each instance takes those of its keys. Of a window that changed there
// are several versions; they come in the order of their checkpoints, so the last one stays.
#include <errno.h>
#include <string.h>
#include "operator/keyed_record.h"
#include "operator/window/group_window_state.h"

// A window that is read. Whether it stays is known in the end.
struct reading {
	struct record_reader in;
	struct group_window_saved saved;
	struct open_window *window; // with its aggregates and its result, in no list
	uint64_t hash;
	bool is_ours;
};

static bool is_sane(const struct group_window *group, const struct group_window_saved *saved)
{
	const int64_t limit = 2 * WINDOW_TIME_LIMIT - 1; // a time and a duration
	uint32_t of_updates = GROUP_WINDOW_FIRED | GROUP_WINDOW_HAS_CLOCK | GROUP_WINDOW_HAS_RESULT;

	if (!group->has_updates && (saved->flags & of_updates))
		return false;
	return -limit <= saved->start && saved->start < saved->end && saved->end <= limit &&
	       saved->clock >= 0 && saved->clock <= WINDOW_TIME_LIMIT;
}

// The list of the key in hand; NULL when it has none, and none was wanted or there is no room.
static struct open_window **list_of(struct group_window *group, uint64_t hash, bool is_wanted)
{
	void *first = NULL;

	if (is_wanted)
		keyed_store_upsert(&group->store, group->images, &hash, 1, &first);
	else
		keyed_store_find(&group->store, group->images, &hash, 1, &first);
	return first;
}

static void drop_absorbed(struct group_window *group, struct reading *reading)
{
	struct open_window **first = list_of(group, reading->hash, false);

	for (uint32_t i = 0; i < reading->saved.n_absorbed && !reading->in.is_short; i++) {
		uint64_t id = record_get_u64(&reading->in);

		if (first != NULL && reading->is_ours)
			group_window_erase(group, first, id);
	}
}

static int read_result(struct group_window *group, struct reading *reading)
{
	struct updates *updates = updates_of(reading->window);
	uint32_t size;
	char *kept;

	if (!keyed_record_image(&reading->in, &group->results, group->image))
		return -EINVAL;
	size = group->results.size + key_extra_size(&group->results, group->image);
	if (size > SLAB_SIZE_MAX)
		return -EINVAL;
	kept = slab_take(&group->slab, size);
	if (kept == NULL)
		return -ENOMEM;
	key_copy(&group->results, group->image, kept, kept + group->results.size);
	updates->emitted = kept;
	updates->emitted_size = size;
	return 0;
}

static int read_states(struct group_window *group, struct reading *reading)
{
	const struct group_window_config *config = group->config;
	int result = 0;

	if (reading->saved.flags & GROUP_WINDOW_HAS_RESULT)
		result = read_result(group, reading);
	for (uint16_t i = 0; i < config->n_aggregates && result == 0; i++)
		result = aggregate_unpack(&config->aggregates[i], &reading->in, reading->window,
			group->offsets[i], &group->heap);
	return reading->in.is_short && result == 0 ? -EINVAL : result;
}

// The next window of a record, its key's image in group->images. Fails with the window given back.
static int read_window(struct group_window *group, struct reading *reading)
{
	struct group_window_saved *saved = &reading->saved;
	struct open_window *window;
	int result;

	if (!keyed_record_image(&reading->in, &group->keys, group->images))
		return -EINVAL;
	record_get(&reading->in, saved, sizeof(*saved));
	if (reading->in.is_short || !is_sane(group, saved))
		return -EINVAL;
	key_hashes(&group->keys, group->op.task->seed, group->images, 1, &reading->hash);
	reading->is_ours = op_owns(&group->op, reading->hash);
	drop_absorbed(group, reading);
	window = slab_take(&group->slab, group->window_size);
	if (window == NULL)
		return -ENOMEM;
	memset(window, 0, group->window_size);
	window->id = saved->id;
	window->start = saved->start;
	window->end = saved->end;
	window->hash = reading->hash;
	reading->window = window;
	result = read_states(group, reading);
	if (result < 0)
		group_window_release(group, &window, 1);
	return result;
}

// Whether it was there when the checkpoint was frozen.
static bool is_open(const struct group_window *group, const struct open_window *window)
{
	int64_t lateness = group->config->allowed_lateness_ms;

	return window_due(group, window) + lateness > group->restored_mark;
}

// Its timers, and its place in the list of its key.
static int keep_window(struct group_window *group, struct reading *reading)
{
	struct open_window *window = reading->window;
	struct open_window **first = list_of(group, reading->hash, true);
	int64_t last = window_due(group, window) + group->config->allowed_lateness_ms;

	if (first == NULL) {
		group_window_release(group, &window, 1);
		return -ENOMEM;
	}
	group_window_erase(group, first, window->id);
	group_window_adopt(group, window, first);
	if (reading->saved.flags & GROUP_WINDOW_GOES)
		wheel_arm(&group->timers, &window->timer, last);
	if (group->has_updates)
		updates_of(window)->fired = reading->saved.flags & GROUP_WINDOW_FIRED;
	if (reading->saved.flags & GROUP_WINDOW_HAS_CLOCK)
		wheel_arm(&group->clocks, &updates_of(window)->clock, reading->saved.clock);
	if (window->id >= group->n_made)
		group->n_made = window->id + 1;
	return 0;
}

static int restore_windows(struct group_window *group, const struct record *record)
{
	struct reading reading = {.in = record_read(record)};

	while (reading.in.n_left > 0) {
		int result = read_window(group, &reading);

		if (result == 0 && reading.is_ours && is_open(group, reading.window))
			result = keep_window(group, &reading);
		else if (result == 0)
			group_window_release(group, &reading.window, 1);
		if (result < 0)
			return result;
	}
	return 0;
}

static int restore_mark(struct group_window *group, const struct record *record)
{
	struct record_reader in = record_read(record);

	group->restored_mark = (int64_t)record_get_u64(&in);
	return in.is_short || in.n_left > 0 ? -EINVAL : 0;
}

int group_window_restore(struct op *op, const struct record *record, struct err *err)
{
	struct group_window *group = (struct group_window *)op;
	int result = -EINVAL;

	if (record->key.part == PART_GROUP_WINDOWS)
		result = record->key.space == SPACE_GROUP_MARK ? restore_mark(group, record)
							       : restore_windows(group, record);
	if (result == -ENOMEM)
		return err_set(err, ENOMEM,
			"state.max-memory is too small for the windows that are restored");
	if (result < 0)
		return err_set(err, EINVAL, "a record of GroupWindowAggregate has another shape");
	return 0;
}

int group_window_restored(struct op *op, struct err *)
{
	struct group_window *group = (struct group_window *)op;

	group->passed_watermark = op->watermark;
	return 0;
}
