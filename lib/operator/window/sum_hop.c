// HOP: a window's slices are a queue, summed up as two stacks (two-stacks aggregation, Tangwongsan
// et al. 2017), so that a window costs what its newest and its oldest slice hold, not what all do.
//
//   slices    30    40    50   │  60    70           the window [20, 70), slide 10
//             ▲     ▲     ▲    │
//    hold  40+50    50    –    │  their own          of each key
//
//   total     front = 30+40+50 │  back = 60+70       two parts for each key: its window's sum
//
//   enter   add the newest slice to back
//   leave   the oldest slice has what front is without it, of its keys: put that in front's place
//   turn    when front has no slice left: make total anew; from the newest to the oldest slice of
//           the back, exchange what it holds for the front so far and add that to front. So the
//           back becomes the front, in place: nothing is kept twice. Turns come at multiples of
//           the window's size, whatever slices there are and whenever the job began: how sums are
//           rounded and what sketches forget is the same in any instance, after any restore
//
// Entering is done when the watermark has come, leaving and turning ahead of the next one.
//
// Late slices: rows that come when the first windows of their slice have fired are in a slice of
// their own, named by the first window that sees them. It enters with that window, and leaves with
// its slice. If its place would be in the back, it is one of the back. If it would be in front,
// where nothing can be put in between, it stays apart and is added to each window that sees it.
//
// Checkpoints take the slices alone, as rows have made them: a slice is sealed before it is turned.
// What is summed up is made anew from them after a restore, where all slices enter again: those up
// to the last turn first, which are then turned.
//
//   time   a look-up for each key of a slice when it enters, turns, leaves; to emit, each key
//   space  slices, and two parts for each key of the window; keys with long strings and states with
//          a heap keep them twice at most
#include <string.h>
#include "operator/window/window_state.h"

// The first word of a part.
enum { PART_HAS_ROWS = 1, PART_IS_LOST = 2 };

// What a portion of a slice may write to a checkpoint, and what hangs off its keys.
enum { SEAL_ROOM_MIN = 4 << 20 };

static uint64_t *flags_of(void *part)
{
	return part;
}

static void *part_at(const struct sum *sum, uint16_t i)
{
	return (char *)sum->parts + (size_t)i * sum->part_size;
}

// parts[:n] have rows; those that are NULL are not there.
static void mark_parts(void *const *parts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		if (parts[i] != NULL)
			*flags_of(parts[i]) |= PART_HAS_ROWS;
}

// into[i] = from[i]; what into keeps outside goes to heap's store. into[i] NULL is skipped.
static void copy_parts(struct window_aggregate *window, void *const *into, void *const *from,
	uint16_t n, struct keyed_store *heap)
{
	uint32_t size = window->sum.part_size;

	for (uint16_t i = 0; i < n; i++) {
		if (into[i] == NULL)
			continue;
		if (!window->sum.has_heap) {
			copy_words(into[i], from[i], size);
			continue;
		}
		memset(into[i], 0, size);
		*flags_of(into[i]) = *flags_of(from[i]);
	}
	if (window->sum.has_heap)
		sum_combine(window, into, from, n, heap);
}

// The same as sum_combine(), from in front of into, for one aggregate.
static uint32_t put_in_front(struct window_aggregate *window, uint16_t aggregate, void *const *into,
	void *const *from, uint16_t n, struct state_heap *heap)
{
	const struct aggregate_call *call = &window->config->aggregates[aggregate];
	uint32_t offset = window->offsets[aggregate], size = aggregate_state_size(call), n_lost;
	const void *old[BLOCK_ROWS_MAX];

	for (uint16_t i = 0; i < n; i++) {
		char *copy = (char *)window->sum.old_parts + (size_t)i * window->sum.part_size;

		old[i] = copy;
		if (into[i] == NULL)
			continue;
		copy_words(copy + offset, (char *)into[i] + offset, size);
		memset((char *)into[i] + offset, 0, size);
	}
	n_lost = aggregate_combine(call, into, (const void *const *)from, n, offset, heap);
	return n_lost + aggregate_combine(call, into, old, n, offset, heap);
}

// into[i] += from[i], of slices that are newer, or older, than into's.
static void combine_ordered(struct window_aggregate *window, void *const *into, void *const *from,
	uint16_t n, bool from_is_newer, struct keyed_store *heap)
{
	const struct window_aggregate_config *config = window->config;
	enum aggregate_order in_front =
		from_is_newer ? AGGREGATE_NEWEST_FIRST : AGGREGATE_OLDEST_FIRST;
	struct state_heap state_heap = {.store = heap};
	uint32_t n_lost = 0;

	for (uint16_t i = 0; i < config->n_aggregates; i++) {
		const struct aggregate_call *call = &config->aggregates[i];

		if (aggregate_order(call) == in_front)
			n_lost += put_in_front(window, i, into, from, n, &state_heap);
		else
			n_lost += aggregate_combine(call, into, (const void *const *)from, n,
				window->offsets[i], &state_heap);
	}
	op_count(&window->op, window->value_lost, n_lost);
}

// ---- Enter

static bool add_to_back(struct window_aggregate *window, const struct slice *slice, int32_t *n_left)
{
	struct sum *sum = &window->sum;
	void *states[BLOCK_ROWS_MAX];
	uint16_t n;

	while (*n_left > 0) {
		n = sum_next(window, slice, &sum->total, SUM_MAKE, states, window->states);
		if (n == 0)
			return true;
		for (uint16_t i = 0; i < n; i++)
			if (window->states[i] != NULL)
				window->states[i] = (char *)window->states[i] + sum->part_size;
		combine_ordered(window, window->states, states, n, true, &sum->total);
		mark_parts(window->states, n);
		*n_left -= n;
	}
	return false;
}

// Add a slice to the sum of late ones. Its keys get a place in total too, for that is what is
// walked to emit; those whose late rows have no room are not emitted at all.
static bool add_late(struct window_aggregate *window, const struct slice *slice, int32_t *n_left)
{
	struct sum *sum = &window->sum;
	void *states[BLOCK_ROWS_MAX], *totals[BLOCK_ROWS_MAX];
	uint16_t n, n_refused;

	while (*n_left > 0) {
		n = sum_next(window, slice, &sum->total, SUM_MAKE, states, totals);
		if (n == 0)
			return true;
		n_refused = keyed_store_upsert(
			&sum->late, window->images, window->hashes, n, window->states);
		sum_refuse(window, n_refused);
		sum->is_full |= n_refused > 0;
		for (uint16_t i = 0; i < n; i++)
			if (window->states[i] == NULL && totals[i] != NULL)
				*flags_of(totals[i]) |= PART_IS_LOST;
		sum_combine(window, window->states, states, n, &sum->late);
		*n_left -= n;
	}
	return false;
}

// A late slice that the window has not got yet.
static struct slice *find_late(const struct window_aggregate *window)
{
	const struct live_slices *live = &window->live;

	for (uint32_t i = 0; i < live->n && live->sorted[i]->end <= window->fire.end; i++)
		if (live->sorted[i]->role == SLICE_LATE &&
			live->sorted[i]->late_in != window->fire.end)
			return live->sorted[i];
	return NULL;
}

// ---- Emit

// Leave out keys without rows in the window, of the n at entries and states; sort the others' parts
// into fronts, backs and lates. Returns how many are left.
static uint16_t choose(struct window_aggregate *window, uint16_t n, void **fronts, void **lates)
{
	struct sum *sum = &window->sum;
	uint16_t n_kept = 0;

	memset(lates, 0, n * sizeof(*lates));
	if (sum->late.root != PAGE_NONE) {
		sum_hash(window, n);
		keyed_store_find(&sum->late, window->images, window->hashes, n, lates);
	}
	for (uint16_t i = 0; i < n; i++) {
		void *front = window->states[i], *back = (char *)front + sum->part_size;
		uint64_t flags = *flags_of(front) | *flags_of(back);

		if ((flags & PART_IS_LOST) || (flags == 0 && lates[i] == NULL))
			continue;
		window->entries[n_kept] = window->entries[i];
		fronts[n_kept] = front;
		sum->backs[n_kept] = back;
		lates[n_kept++] = lates[i];
	}
	return n_kept;
}

static uint16_t hop_next(struct window_aggregate *window, uint16_t n_max, uint16_t *n_seen)
{
	struct sum *sum = &window->sum;
	void *fronts[BLOCK_ROWS_MAX], *lates[BLOCK_ROWS_MAX], *into[BLOCK_ROWS_MAX];
	bool any_late = false;
	uint16_t n;

	keyed_store_clear(&sum->scratch); // the block before is through
	*n_seen = keyed_store_next(
		&sum->total, &window->fire.cursor, window->entries, window->states, n_max);
	n = choose(window, *n_seen, fronts, lates);
	for (uint16_t i = 0; i < n; i++)
		window->states[i] = part_at(sum, i);
	copy_parts(window, window->states, fronts, n, &sum->scratch);
	combine_ordered(window, window->states, sum->backs, n, true, &sum->scratch);
	for (uint16_t i = 0; i < n; i++) {
		into[i] = lates[i] != NULL ? window->states[i] : NULL;
		any_late |= lates[i] != NULL;
	}
	if (any_late)
		sum_combine(window, into, lates, n, &sum->scratch);
	return n;
}

static bool is_over(const struct window_aggregate *window, const struct slice *slice)
{
	return slices_last_window(&window->config->window.slices, slice->end) <= window->fire.end;
}

static void hop_finish(struct window_aggregate *window)
{
	struct sum *sum = &window->sum;

	graveyard_bury(&window->live.graves, &sum->late);
	sum->is_stale = true;
	sum->next_window = INT64_MAX;
	for (uint32_t i = 0; i < window->live.n; i++) {
		const struct slice *slice = window->live.sorted[i];

		if (slice->role != SLICE_OPEN && !is_over(window, slice))
			sum->next_window = window->fire.end + window->config->window.slices.slide;
	}
}

// ---- Leave

// Remove the keys of into[:n], those that sum_next() gave, that have no rows left.
static void remove_empty(struct window_aggregate *window, void *const *into, uint16_t n)
{
	struct sum *sum = &window->sum;
	uint16_t empty[BLOCK_ROWS_MAX], n_empty = 0;

	for (uint16_t i = 0; i < n; i++) {
		uint8_t *front = into[i];

		if (front != NULL && *flags_of(front) == 0 &&
			*flags_of(front + sum->part_size) == 0)
			empty[n_empty++] = i;
	}
	for (uint16_t i = 0; i < n_empty; i++) // entries move: into is of no use from here on
		keyed_store_remove(&sum->total,
			(const char *)window->images + (size_t)empty[i] * window->keys.size,
			window->hashes[empty[i]]);
}

// Put what a slice of the front holds in the front's place.
static bool take_from_front(
	struct window_aggregate *window, const struct slice *slice, int32_t *n_left)
{
	struct sum *sum = &window->sum;
	void *states[BLOCK_ROWS_MAX];
	uint16_t n;

	while (*n_left > 0) {
		n = sum_next(window, slice, &sum->total, SUM_FIND, states, window->states);
		if (n == 0)
			return true;
		copy_parts(window, window->states, states, n, &sum->total);
		remove_empty(window, window->states, n);
		*n_left -= n;
	}
	return false;
}

// The oldest slice that was in the last window, and is not in the next.
static struct slice *find_leaving(const struct window_aggregate *window)
{
	const struct live_slices *live = &window->live;

	for (uint32_t i = 0; i < live->n && is_over(window, live->sorted[i]); i++)
		if (live->sorted[i]->role != SLICE_OPEN)
			return live->sorted[i];
	return NULL;
}

static bool leave(struct window_aggregate *window, int32_t *n_left)
{
	struct sum *sum = &window->sum;
	struct slice *slice;

	while ((slice = find_leaving(window)) != NULL) {
		if (slice->role == SLICE_FRONT && !take_from_front(window, slice, n_left))
			return false;
		sum->n_front -= slice->role == SLICE_FRONT;
		sum->n_back -= slice->role == SLICE_BACK;
		sum->is_spoilt |= slice->role == SLICE_BACK;
		live_slices_drop(&window->live, slice);
		--*n_left;
	}
	return true;
}

// ---- Turn

static void empty_backs(const struct window_aggregate *window, void *const *parts, uint16_t n)
{
	uint32_t size = window->sum.part_size;

	for (uint16_t i = 0; i < n; i++)
		if (parts[i] != NULL)
			memset((char *)parts[i] + size, 0, size);
}

static bool turn_slice(struct window_aggregate *window, struct slice *slice, int32_t *n_left)
{
	struct sum *sum = &window->sum;
	void *states[BLOCK_ROWS_MAX], *own[BLOCK_ROWS_MAX], *into[BLOCK_ROWS_MAX];
	uint16_t n;

	while (*n_left > 0) {
		n = sum_next(window, slice, &sum->total, SUM_MAKE, states, window->states);
		if (n == 0)
			return true;
		for (uint16_t i = 0; i < n; i++) {
			own[i] = part_at(sum, i);
			copy_words(own[i], states[i], sum->part_size);
			into[i] = window->states[i] != NULL ? states[i] : NULL;
		}
		empty_backs(window, window->states, n);
		copy_parts(window, into, window->states, n, &slice->store);
		combine_ordered(window, window->states, own, n, false, &sum->total);
		mark_parts(window->states, n);
		*n_left -= n;
	}
	return false;
}

// Have checkpoints take a slice as it is, before it is changed. Waits for the writer of records
// when there is little room for them: a slice may be as large as all that is on its way to the
// disk.
static bool seal(const struct window_aggregate *window, struct slice *slice, int32_t *n_left)
{
	const struct record_out *out = window->op.task->out;
	uint64_t half = out != NULL ? (uint64_t)out->n_chunks * RECORD_CHUNK_SIZE / 2 : 0;

	if (out != NULL && !out->is_broken &&
		record_room(out) < (half < SEAL_ROOM_MIN ? half : SEAL_ROOM_MIN))
		return false;
	return keyed_store_seal(&slice->store, n_left);
}

static struct slice *newest_back(const struct live_slices *live)
{
	for (uint32_t i = live->n; i-- > 0;)
		if (live->sorted[i]->role == SLICE_BACK)
			return live->sorted[i];
	return NULL;
}

// Whether total has to be made anew: to let in keys that had no room; without what left before it
// was turned to the front; without what states kept in its heap; to give pages back, when it was
// twice as large once.
static bool must_remake(struct sum *sum)
{
	if (sum->total.n_entries > sum->n_keys_max)
		sum->n_keys_max = sum->total.n_entries;
	return sum->is_full || sum->is_spoilt || sum->has_heap || sum->n_back == 0 ||
	       2 * sum->total.n_entries < sum->n_keys_max;
}

// Whether all that is in the back is older than where the window that ends there is cut.
static bool back_is_old(const struct window_aggregate *window, int64_t window_end)
{
	return window->sum.n_back > 0 &&
	       newest_back(&window->live)->end <=
		       slices_turn(&window->config->window.slices, window_end);
}

static bool turn(struct window_aggregate *window, int32_t *n_left)
{
	struct sum *sum = &window->sum;
	struct slice *slice;

	if (!sum->is_turning) {
		if (must_remake(sum)) {
			graveyard_bury(&window->live.graves, &sum->total);
			sum->is_full = false;
			sum->is_spoilt = false;
			sum->n_keys_max = 0;
		}
		sum->is_turning = true;
		if (sum->n_back > 0)
			sum->front_end = newest_back(&window->live)->end;
	}
	while (sum->n_back > 0) {
		slice = newest_back(&window->live);
		if (!seal(window, slice, n_left) || !turn_slice(window, slice, n_left))
			return false;
		slice->role = SLICE_FRONT;
		sum->n_back--;
		sum->n_front++;
		--*n_left;
	}
	sum->is_turning = false;
	return true;
}

static bool hop_prepare(struct window_aggregate *window, int32_t *n_left)
{
	int64_t next = window->fire.end + window->config->window.slices.slide;
	struct sum *sum = &window->sum;
	bool turns;

	if (!sum->is_stale)
		return true;
	if (!leave(window, n_left))
		return false;
	turns = sum->n_back == 0 || sum->is_spoilt || back_is_old(window, next);
	turns = sum->is_turning || (sum->n_front == 0 && turns);
	sum->is_stale = turns && !turn(window, n_left);
	return !sum->is_stale;
}

// ---- Add

// When nothing has been summed up yet, as after a restore: what the window has in front.
static bool enter_front(struct window_aggregate *window, int32_t *n_left)
{
	int64_t end = window->fire.end;
	int64_t turned = slices_turn(&window->config->window.slices, end);
	struct sum *sum = &window->sum;
	struct slice *slice;

	while (sum->n_front == 0 && !sum->is_turning &&
		(slice = live_slices_new_in(&window->live, end)) != NULL && slice->end <= turned) {
		if (!add_to_back(window, slice, n_left))
			return false;
		slice->role = SLICE_BACK;
		sum->n_back++;
		--*n_left;
	}
	if (sum->is_turning || (sum->n_front == 0 && back_is_old(window, end)))
		return turn(window, n_left);
	return true;
}

static bool hop_add(struct window_aggregate *window, int32_t *n_left)
{
	struct sum *sum = &window->sum;
	struct slice *slice;

	if (!enter_front(window, n_left))
		return false;
	while ((slice = live_slices_new_in(&window->live, window->fire.end)) != NULL) {
		if (sum->n_front > 0 && slice->end <= sum->front_end) {
			slice->role = SLICE_LATE;
			slice->late_in = INT64_MIN;
		} else {
			if (!add_to_back(window, slice, n_left))
				return false;
			slice->role = SLICE_BACK;
			sum->n_back++;
		}
		--*n_left;
	}
	while ((slice = find_late(window)) != NULL) {
		if (!add_late(window, slice, n_left))
			return false;
		slice->late_in = window->fire.end;
		--*n_left;
	}
	live_slices_refresh(&window->live);
	return true;
}

const struct composer sum_hop = {
	.prepare = hop_prepare,
	.add = hop_add,
	.next = hop_next,
	.finish = hop_finish,
};
