// Windows in checkpoints: those that came or changed since the one before, as they were when it was
// frozen (state/arrivals.h). A window that is no more says nothing: who restores older versions of
// it knows by the mark, which a record of each checkpoint tells, that its time was over; and one
// that was merged into another is named by that.
//
//	space 0              mark 8 B: what had been passed on
//	space of checkpoint  n × (key image, size of its long strings 4 B, these,
//	                     struct group_window_saved, absorbed ids 8 B each,
//	                     result: image, size of its long strings 4 B, these; if any,
//	                     the states of the aggregates)
#include "operator/keyed_record.h"
#include "operator/window/group_window_state.h"

// Neighbours are of any keys: what is about to change is in the cache, they are not.
enum { URGENT_MAX = 4 };

static uint32_t flags_of(const struct group_window *group, struct open_window *window)
{
	uint32_t flags = window->timer.when > window_due(group, window) ? GROUP_WINDOW_GOES : 0;
	const struct updates *updates = updates_of(window);

	if (!group->has_updates)
		return flags;
	flags |= updates->fired ? GROUP_WINDOW_FIRED : 0;
	flags |= updates->clock.link != NULL ? GROUP_WINDOW_HAS_CLOCK : 0;
	return flags | (updates->emitted != NULL ? GROUP_WINDOW_HAS_RESULT : 0);
}

static void put_window(struct group_window *group, struct open_window *window)
{
	const struct group_window_config *config = group->config;
	struct record_out *out = group->op.task->out;
	const struct open_window *absorbed = tracked_of(group, window)->absorbed;
	struct group_window_saved saved = {
		.id = window->id,
		.start = window->start,
		.end = window->end,
		.flags = flags_of(group, window),
	};

	if (saved.flags & GROUP_WINDOW_HAS_CLOCK)
		saved.clock = updates_of(window)->clock.when;
	for (const struct open_window *at = absorbed; at != NULL; at = at->next)
		saved.n_absorbed++;
	keyed_record_key(&group->op, &group->keys, window_image(group, window));
	record_put(out, &saved, sizeof(saved));
	for (; absorbed != NULL; absorbed = absorbed->next)
		record_put_u64(out, absorbed->id);
	if (saved.flags & GROUP_WINDOW_HAS_RESULT)
		keyed_record_key(&group->op, &group->results, updates_of(window)->emitted);
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		aggregate_pack(&config->aggregates[i], window, group->offsets[i], out);
}

static struct open_window *window_of_arrival(
	const struct group_window *group, struct arrival *arrival)
{
	return (struct open_window *)((char *)arrival - group->tracked_at);
}

static void pack_windows(
	void *owner, uint64_t space, uint64_t place, struct arrival *const *windows, uint32_t n)
{
	struct group_window *group = owner;
	struct record_out *out = group->op.task->out;
	struct record_key key = op_record_key(&group->op, PART_GROUP_WINDOWS, space, place);

	record_begin(out, &key, group->op.checkpoint);
	for (uint32_t i = 0; i < n; i++)
		put_window(group, window_of_arrival(group, windows[i]));
	record_end(out);
}

static void drop_windows(void *owner, uint64_t space)
{
	struct group_window *group = owner;

	op_drop_space(&group->op, PART_GROUP_WINDOWS, space);
}

void group_window_track(struct group_window *group)
{
	static const struct arrivals_ops ops = {
		.pack = pack_windows, .drop = drop_windows, .urgent_max = URGENT_MAX};

	arrivals_init(&group->arrivals, &ops, group);
}

// Nothing is in hand then: rows were added, results are out, and what comes behind the barrier is
// not part of it.
void group_window_freeze(struct op *op)
{
	struct group_window *group = (struct group_window *)op;
	struct record_key key = op_record_key(op, PART_GROUP_WINDOWS, SPACE_GROUP_MARK, 0);
	int64_t mark = group->passed_watermark;

	assert(group->held.n_rows == 0 && !group->is_out && group->n_gone == 0);
	record_write(op->task->out, &key, op->checkpoint, &mark, sizeof(mark));
	arrivals_freeze(&group->arrivals, op->checkpoint);
}

bool group_window_pack(struct op *op, int32_t *n_left)
{
	return arrivals_pack(&((struct group_window *)op)->arrivals, n_left);
}
