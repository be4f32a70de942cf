#include "operator/window/live_slices.h"
#include <errno.h>
#include <string.h>
#include "operator/keyed_record.h"

int live_slices_init(struct live_slices *live, struct op *op, const struct key_layout *keys,
	uint32_t state_size, void (*pack)(void *op, const struct keyed_bucket *bucket))
{
	struct mem *mem = op->task->mem;
	struct keyed_store probe;

	*live = (struct live_slices){
		.op = op,
		.keys = keys,
		.state_size = state_size,
		.next_window = INT64_MAX,
	};
	keyed_track_init(&live->track, pack, op);
	if (keyed_store_init(&probe, &op->pool, keys, op->task->seed, state_size) < 0)
		return -E2BIG;
	live->entries = mem_zalloc(mem, LIVE_SLICES_MAX * sizeof(*live->entries));
	live->sorted = mem_zalloc(mem, LIVE_SLICES_MAX * sizeof(struct slice *));
	if (live->entries == NULL || live->sorted == NULL) {
		live_slices_destroy(live, mem);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < LIVE_SLICES_MAX; i++)
		live->sorted[i] = &live->entries[i];
	return 0;
}

void live_slices_destroy(struct live_slices *live, struct mem *mem)
{
	for (uint32_t i = 0; i < live->n; i++)
		keyed_store_clear(&live->sorted[i]->store);
	graveyard_clear(&live->graves);
	mem_free(mem, live->entries);
	mem_free(mem, live->sorted);
	*live = (struct live_slices){0};
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_name(const struct slice *slice, int64_t end, int64_t first_window, int64_t start)
{
	int order = compare(slice->end, end);

	if (order == 0)
		order = compare(slice->first_window, first_window);
	return order != 0 ? order : compare(slice->start, start);
}

// Where the slice of this name is in sorted, or would be.
static uint32_t find(
	const struct live_slices *live, int64_t end, int64_t first_window, int64_t start)
{
	uint32_t low = 0, high = live->n;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (compare_name(live->sorted[middle], end, first_window, start) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct slice *live_slices_get(
	struct live_slices *live, int64_t end, int64_t first_window, int64_t start)
{
	uint32_t at = find(live, end, first_window, start);
	struct slice *slice;

	if (at < live->n && compare_name(live->sorted[at], end, first_window, start) == 0)
		return live->sorted[at];
	if (live->n == LIVE_SLICES_MAX)
		return NULL;
	slice = live->sorted[live->n];
	memmove(&live->sorted[at + 1], &live->sorted[at], (live->n - at) * sizeof(live->sorted[0]));
	live->sorted[at] = slice;
	*slice = (struct slice){
		.end = end,
		.start = start,
		.first_window = first_window,
	};
	keyed_store_init(
		&slice->store, &live->op->pool, live->keys, live->op->task->seed, live->state_size);
	live_slices_track(live, &slice->store);
	if (first_window < live->next_window)
		live->next_window = first_window;
	live->n++;
	return slice;
}

void live_slices_drop(struct live_slices *live, struct slice *slice)
{
	uint32_t at = find(live, slice->end, slice->first_window, slice->start);

	live_slices_bury(live, &slice->store);
	live->n--;
	live->n_packed -= at < live->n_packed;
	memmove(&live->sorted[at], &live->sorted[at + 1], (live->n - at) * sizeof(live->sorted[0]));
	live->sorted[live->n] = slice;
}

struct slice *live_slices_new_in(const struct live_slices *live, int64_t window_end)
{
	for (uint32_t i = 0; i < live->n && live->sorted[i]->end <= window_end; i++) {
		struct slice *slice = live->sorted[i];

		if (slice->role == SLICE_OPEN && slice->first_window == window_end)
			return slice;
	}
	return NULL;
}

void live_slices_refresh(struct live_slices *live)
{
	int64_t next = INT64_MAX;

	// No window that sees a slice ends before it does.
	for (uint32_t i = 0; i < live->n && live->sorted[i]->end < next; i++) {
		const struct slice *slice = live->sorted[i];

		if (slice->role == SLICE_OPEN && slice->first_window < next)
			next = slice->first_window;
	}
	live->next_window = next;
}

// ---- Checkpoints

void live_slices_track(struct live_slices *live, struct keyed_store *store)
{
	if (live->op->task->out != NULL)
		keyed_store_track(store, &live->track, ++live->n_spaces);
}

void live_slices_bury(struct live_slices *live, struct keyed_store *store)
{
	bool is_sealed = store->track == &keyed_untracked;

	if (store->space != 0 && (store->space <= live->n_spaces_frozen || is_sealed))
		op_drop_space(live->op, SLICES_PART_BUCKETS, store->space);
	graveyard_bury(&live->graves, store);
}

void live_slices_freeze(struct live_slices *live)
{
	struct record_out *out = live->op->task->out;

	keyed_record_freeze(live->op, &live->track);
	live->n_spaces_frozen = live->n_spaces;
	live->n_packed = 0;
	record_put_u32(out, live->n);
	for (uint32_t i = 0; i < live->n; i++) {
		const struct slice *slice = live->sorted[i];
		int64_t words[] = {
			(int64_t)slice->store.space, slice->end, slice->start, slice->first_window};

		record_put(out, words, sizeof(words));
	}
}

bool live_slices_pack(struct live_slices *live, int32_t *n_left)
{
	if (!graveyard_work(&live->graves, n_left))
		return false;
	for (; live->n_packed < live->n; live->n_packed++, --*n_left)
		if (*n_left <= 0 || !keyed_store_pack(&live->sorted[live->n_packed]->store, n_left))
			return false;
	return true;
}
