// Frames. Each row's key has in its state the aggregates over the frame of the last row that came
// out; for the next one, what the frame has left behind is taken back, the row is added, and the
// result is read: O(1) amortised for each row and frame.
//
// Kernels work on many rows at once, but the rows of one key depend on each other: a segment is
// done in rounds. The first has each key's first row (of RANGE: all rows of its first time), the
// second its second one … Keys are many as a rule, and rounds few.
#include <assert.h>
#include "operator/over/over_state.h"

enum { CACHE_LINE = 64 };

// ---- Rounds

// Number each row by the rows, and by the times, that its key has before it in the segment.
static void number_rounds(struct over *over)
{
	struct segment *segment = &over->segment;

	segment->n_row_rounds = segment->n_group_rounds = 0;
	for (uint16_t i = 0; i < segment->n; i++) {
		struct over_key *key = segment->states[i];

		if (key->segment != segment->number) {
			key->segment = segment->number;
			key->n_rows = key->n_groups = 0;
		} else {
			key->n_rows++;
			// By processing time no row waits for others of its time.
			key->n_groups +=
				over->config->is_proctime || segment->times[i] != key->group_time;
		}
		key->group_time = segment->times[i];
		segment->row_rounds[i] = key->n_rows;
		segment->group_rounds[i] = key->n_groups;
		if (key->n_rows >= segment->n_row_rounds)
			segment->n_row_rounds = key->n_rows + 1;
		if (key->n_groups >= segment->n_group_rounds)
			segment->n_group_rounds = key->n_groups + 1;
	}
}

// order[first[r] … first[r + 1] − 1] = the rows of round r, in their order.
static void sort_by_round(
	const uint16_t *rounds, uint16_t n, uint16_t n_rounds, uint16_t *order, uint16_t *first)
{
	memset(first, 0, (n_rounds + 1u) * sizeof(*first));
	for (uint16_t i = 0; i < n; i++)
		first[rounds[i] + 1]++;
	for (uint16_t r = 0; r < n_rounds; r++)
		first[r + 1] += first[r];
	for (uint16_t i = 0; i < n; i++)
		order[first[rounds[i]]++] = i;
	for (uint16_t r = n_rounds; r > 0; r--)
		first[r] = first[r - 1];
	first[0] = 0;
}

static void make_round(struct over *over, const uint16_t *order, uint16_t n)
{
	const struct segment *segment = &over->segment;
	struct round *round = &over->round;

	round->n = n;
	for (uint16_t i = 0; i < n; i++) {
		round->slots[i] = segment->slots[order[i]];
		round->states[i] = segment->states[order[i]];
		round->times[i] = segment->times[order[i]];
	}
}

// ---- What leaves a frame

struct leaving {
	uint16_t n;
	uint16_t slots[BLOCK_ROWS_MAX];
	const void *images[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
};

static void take_back(struct over *over, uint16_t frame, struct leaving *leaving)
{
	const struct over_config *config = over->config;
	const struct key_layout *arguments = &over->arguments;
	struct block block = {.n_rows = leaving->n,
		.n_slots = leaving->n,
		.n_columns = over->op.spec->input->n_fields,
		.columns = over->taken_back};

	if (leaving->n == 0)
		return;
	for (uint16_t i = 0; i < arguments->n_columns; i++)
		key_load_many(arguments, leaving->images, leaving->n, i,
			&over->taken_back[arguments->columns[i]]);
	for (uint16_t i = 0; i < config->n_calls; i++)
		if (config->calls[i].frame == frame)
			op_count(&over->op, over->value_lost,
				aggregate_retract(&config->calls[i].call, &block, leaving->slots,
					leaving->n, leaving->states, over->calls_at[i],
					&over->heap));
	leaving->n = 0;
}

static int64_t minus(int64_t time, int64_t ms)
{
	int64_t difference;

	return __builtin_sub_overflow(time, ms, &difference) ? INT64_MIN : difference;
}

// Whether a record leaves the frame before a row of this time comes in.
static inline bool leaves(const struct over_frame *frame, const struct frame_state *state,
	const struct over_record *record, int64_t time)
{
	if (frame->is_rows)
		return state->n_in > (uint64_t)frame->preceding;
	return state->n_in > 0 && record->time < minus(time, frame->preceding);
}

static void expire(struct over *over, uint16_t f)
{
	const struct over_frame *frame = &over->config->frames[f];
	const struct round *round = &over->round;
	struct leaving leaving;

	leaving.n = 0;
	for (uint16_t i = 0; i < round->n; i++) {
		struct over_key *key = round->states[i];
		struct frame_state *state = over_frame_state(over, key, f);
		struct over_record *record;

		while ((record = queue_peek(&key->records, &state->cursor, over->record_size)) !=
				NULL &&
			leaves(frame, state, record, round->times[i])) {
			queue_next(&key->records, &state->cursor, over->record_size);
			state->n_in--;
			state->n_out++;
			leaving.slots[leaving.n] = leaving.n;
			leaving.images[leaving.n] = record->image;
			leaving.states[leaving.n++] = key;
			if (leaving.n == BLOCK_ROWS_MAX)
				take_back(over, f, &leaving);
		}
	}
	take_back(over, f, &leaving);
}

// A frame that nothing is left in begins anew: what rounding has left of a sum is not carried on.
static void reset_empty(struct over *over, uint16_t f)
{
	const struct over_config *config = over->config;
	struct round *round = &over->round;

	for (uint16_t i = 0; i < round->n; i++) {
		struct frame_state *state = over_frame_state(over, round->states[i], f);

		if (state->n_in > 0 || state->n_out == 0)
			continue;
		for (uint16_t c = 0; c < config->n_calls; c++) {
			const struct aggregate_call *call = &config->calls[c].call;

			if (config->calls[c].frame != f)
				continue;
			if (aggregate_has_heap(call))
				aggregate_release(
					call, &round->states[i], 1, over->calls_at[c], &over->heap);
			memset((char *)round->states[i] + over->calls_at[c], 0,
				aggregate_state_size(call));
		}
	}
}

// ---- What comes in, and results

static void add(struct over *over, uint16_t f)
{
	const struct over_config *config = over->config;
	const struct round *round = &over->round;

	for (uint16_t i = 0; i < round->n; i++)
		over_frame_state(over, round->states[i], f)->n_in++;
	for (uint16_t i = 0; i < config->n_calls; i++)
		if (config->calls[i].frame == f)
			op_count(&over->op, over->value_lost,
				aggregate_update(&config->calls[i].call, &over->segment.in,
					round->slots, round->n, round->states, over->calls_at[i],
					&over->heap));
}

// The next round may change the bytes that a view of a state looks at.
static void keep_bytes(struct over *over, struct str *view)
{
	struct result_heap *heap = &over->results;

	if (str_is_inline(view))
		return;
	memcpy(heap->bytes + heap->used, view->ptr, view->len);
	view->ptr = heap->bytes + heap->used;
	heap->used += view->len;
}

static void put_result(
	struct over *over, struct column *column, enum type_kind kind, uint16_t i, uint16_t slot)
{
	const struct result_heap *heap = &over->results;
	uint32_t width = type_width(kind);
	void *to = (char *)column->values + (size_t)slot * width;

	column->nulls[slot / 64] &= ~(1ull << slot % 64);
	memcpy(to, (const char *)over->scratch.values + (size_t)i * width, width);
	if (nulls_get(over->scratch.nulls, i)) {
		nulls_set(column->nulls, slot);
	} else if (type_is_view(kind) && !str_is_inline(to)) {
		if (((const struct str *)to)->len <= heap->size - heap->used) {
			keep_bytes(over, to);
		} else {
			nulls_set(column->nulls, slot);
			op_count(&over->op, over->result_lost, 1);
		}
	}
}

static void read_results(struct over *over, uint16_t f)
{
	const struct over_config *config = over->config;
	const struct round *round = &over->round;
	uint16_t n_inputs = over->op.spec->input->n_fields;

	for (uint16_t c = 0; c < config->n_calls; c++) {
		const struct aggregate_call *call = &config->calls[c].call;
		struct column *column = &over->columns[n_inputs + c];

		if (config->calls[c].frame != f)
			continue;
		nulls_clear_all(over->scratch.nulls);
		aggregate_result(call, round->states, round->n, over->calls_at[c], &over->scratch,
			&over->results);
		for (uint16_t i = 0; i < round->n; i++)
			put_result(over, column, call->result_type.kind, i, round->slots[i]);
	}
}

static void run_round(struct over *over, bool is_rows)
{
	const struct over_config *config = over->config;
	// Rows of a time larger than a segment are added to RANGE frames before any is read.
	bool adds = is_rows ? over->segment.pass != PASS_ADD : over->segment.pass != PASS_RESULT;
	bool reads = over->segment.pass != PASS_ADD;

	for (uint16_t f = 0; f < config->n_frames; f++) {
		if (config->frames[f].is_rows != is_rows)
			continue;
		if (adds && !config->frames[f].is_unbounded) {
			expire(over, f);
			reset_empty(over, f);
		}
		if (adds)
			add(over, f);
		if (reads)
			read_results(over, f);
	}
}

static void run_rounds(struct over *over, const uint16_t *rounds, uint16_t n_rounds, bool is_rows)
{
	uint16_t order[BLOCK_ROWS_MAX], first[BLOCK_ROWS_MAX + 1];

	sort_by_round(rounds, over->segment.n, n_rounds, order, first);
	for (uint16_t r = 0; r < n_rounds; r++) {
		make_round(over, order + first[r], (uint16_t)(first[r + 1] - first[r]));
		run_round(over, is_rows);
	}
}

// ---- Records

bool over_record_push(struct over *over, struct over_key *key, int64_t time, const void *image)
{
	uint32_t extra_size =
		over->arguments.has_strings ? key_extra_size(&over->arguments, image) : 0;
	struct over_record *record;
	char *extra = NULL;

	if (extra_size > SLAB_SIZE_MAX)
		return false;
	if (extra_size > 0 && (extra = slab_take(&over->slab, extra_size)) == NULL)
		return false;
	record = queue_push(&key->records, &over->heap, over->record_size);
	if (record == NULL) {
		if (extra != NULL)
			slab_give(&over->slab, extra, extra_size);
		return false;
	}
	*record = (struct over_record){.time = time, .extra = extra, .extra_size = extra_size};
	key_copy(&over->arguments, image, record->image, extra);
	return true;
}

static void pop_record(struct over *over, struct over_key *key)
{
	struct over_record *record = queue_front(&key->records, over->record_size);

	if (record->extra != NULL)
		slab_give(&over->slab, record->extra, (uint32_t)record->extra_size);
	queue_pop_front(&key->records, &over->heap, over->record_size);
	key->n_popped++;
}

// Records that all frames have left behind.
static void pop_records(struct over *over, struct over_key *key)
{
	const struct over_config *config = over->config;
	uint64_t n_out = UINT64_MAX;

	for (uint16_t f = 0; f < config->n_frames; f++) {
		uint64_t n = over_frame_state(over, key, f)->n_out;

		if (!config->frames[f].is_unbounded && n < n_out)
			n_out = n;
	}
	while (key->n_popped < n_out)
		pop_record(over, key);
}

// States of the segment's rows first … end − 1, after keys were evicted.
static void find_again(struct over *over, uint16_t first, uint16_t end)
{
	struct segment *segment = &over->segment;
	struct block part = segment->in;

	part.rows = segment->slots + first;
	part.n_rows = end - first;
	key_images(&over->keys, &part, over->key_images);
	keyed_store_find(&over->store, over->key_images, segment->hashes + first, part.n_rows,
		segment->states + first);
}

// The record of row i, when those of n rows before it were pushed.
static bool push_row(struct over *over, uint16_t n, uint16_t i, const void *image)
{
	struct segment *segment = &over->segment;

	if (over_record_push(over, segment->states[i], segment->times[i], image))
		return true;
	if (over->arguments.has_strings && key_extra_size(&over->arguments, image) > SLAB_SIZE_MAX)
		return false;
	over_evict_not(over, segment->states, n);
	over_evict_not(over, segment->states + i, segment->n - i);
	while (over_evict_some(over)) {
		find_again(over, 0, n);
		find_again(over, i, segment->n);
		if (over_record_push(over, segment->states[i], segment->times[i], image))
			return true;
	}
	return false;
}

// Rows without room for their record are dropped: their key would never take them back.
static void push_records(struct over *over)
{
	struct segment *segment = &over->segment;
	struct block part = segment->in;
	uint16_t n = 0;

	part.rows = segment->slots;
	part.n_rows = segment->n;
	key_images(&over->arguments, &part, over->images);
	for (uint16_t i = 0; i < segment->n; i++) {
		const char *image = over->images + (size_t)i * over->arguments.size;

		if (!push_row(over, n, i, image)) {
			op_count(&over->op, over->state_full, 1);
			if (!over->op.task->drop_new_keys)
				fault_set(&over->op.task->fault,
					"state.max-memory is used up: no room for a row of an "
					"OVER window");
			if (segment->rows[i] != NULL)
				segment->rows[i]->is_dropped = true;
			continue;
		}
		segment->slots[n] = segment->slots[i];
		segment->times[n] = segment->times[i];
		segment->hashes[n] = segment->hashes[i];
		segment->rows[n] = segment->rows[i];
		segment->states[n++] = segment->states[i];
	}
	segment->n = n;
}

void over_key_release(struct over *over, void *state)
{
	const struct over_config *config = over->config;
	struct over_key *key = state;

	while (over->arguments.has_strings && key->records.n > 0)
		pop_record(over, key);
	queue_clear(&key->records, &over->heap);
	for (uint16_t c = 0; c < config->n_calls; c++)
		if (aggregate_has_heap(&config->calls[c].call))
			aggregate_release(
				&config->calls[c].call, &state, 1, over->calls_at[c], &over->heap);
}

// Where the next record goes, and the oldest one: what is touched of each key beside its state. The
// states first, since they say where that is.
static void prefetch_records(const struct over *over)
{
	const struct segment *segment = &over->segment;

	for (uint16_t i = 0; i < segment->n; i++)
		for (uint32_t at = 0; at < over->state_size; at += CACHE_LINE)
			__builtin_prefetch((const char *)segment->states[i] + at, 1);
	for (uint16_t i = 0; i < segment->n; i++) {
		const struct queue *records =
			&((const struct over_key *)segment->states[i])->records;

		if (records->last == NULL)
			continue;
		__builtin_prefetch(records->last);
		__builtin_prefetch((const char *)records->last + sizeof(*records->last) +
					   records->last_end * (size_t)over->record_size,
			1);
		__builtin_prefetch(records->first);
		__builtin_prefetch((const char *)records->first + sizeof(*records->first) +
				   records->first_at * (size_t)over->record_size);
	}
}

void over_frames_run(struct over *over)
{
	struct segment *segment = &over->segment;

	if (over->has_records)
		prefetch_records(over);
	if (over->has_records && segment->pass != PASS_RESULT)
		push_records(over);
	number_rounds(over);
	over->results.used = 0;
	if (over->has_range)
		run_rounds(over, segment->group_rounds, segment->n_group_rounds, false);
	if (over->has_rows)
		run_rounds(over, segment->row_rounds, segment->n_row_rounds, true);
	if (segment->pass == PASS_ADD || !over->has_records)
		return;
	for (uint16_t i = 0; i < segment->n; i++)
		pop_records(over, segment->states[i]);
}
