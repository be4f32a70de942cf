// What a checkpoint has of OVER.
//
//   OVER_MARKS  one record of an instance: mark 8 B │ out_mark 8 B, of its sorter
//   OVER_ROWS   rows that wait: time 8 B │ mark 8 B │ number 8 B │ image │ size of its long strings
//               4 B │ these, one after another. A row stays until all that came with it have come
//               out: which of them had can be told by the marks
//   OVER_KEYS   buckets of keys (operator/keyed_record.h); of each the time of its last row 8 B │
//               when to forget it 8 B │ records in its queue 4 B │ for each frame, how many of them
//               it has left behind 4 B │ the records: time 8 B, image, size, strings │ the state of
//               each call
//
// A barrier never meets half of a group of rows: it waits until all that is due has come out.
#include <assert.h>
#include "operator/keyed_record.h"
#include "operator/over/over_state.h"

// ---- Rows that wait

static void pack_rows(
	void *owner, uint64_t space, uint64_t place, struct arrival *const *rows, uint32_t n)
{
	struct over *over = owner;
	struct record_out *out = over->op.task->out;
	struct record_key key = op_record_key(&over->op, OVER_ROWS, space, place);

	record_begin(out, &key, over->op.checkpoint);
	for (uint32_t i = 0; i < n; i++) {
		const struct sorted_row *row = time_sorter_row(&over->sorter, rows[i]);

		record_put_u64(out, (uint64_t)row->timer.when);
		record_put_u64(out, (uint64_t)row->mark);
		record_put_u64(out, row->number);
		keyed_record_key(&over->op, &over->row, row->image);
	}
	record_end(out);
}

static void drop_rows(void *owner, uint64_t space)
{
	struct over *over = owner;

	op_drop_space(&over->op, OVER_ROWS, space);
}

// ---- Keys

static uint32_t n_left_behind(const struct over *over, const struct over_key *key, uint16_t frame)
{
	const struct frame_state *state = over_frame_state(over, (void *)key, frame);

	if (over->config->frames[frame].is_unbounded)
		return 0;
	assert(state->n_in + state->n_out - key->n_popped == key->records.n);
	return (uint32_t)(state->n_out - key->n_popped);
}

static void put_records(struct over *over, const struct over_key *key)
{
	struct record_out *out = over->op.task->out;
	struct queue_cursor cursor = {0};
	const struct over_record *record;

	while ((record = queue_next(&key->records, &cursor, over->record_size)) != NULL) {
		record_put_u64(out, (uint64_t)record->time);
		keyed_record_key(&over->op, &over->arguments, record->image);
	}
}

static void put_key(struct over *over, const struct over_key *key)
{
	const struct over_config *config = over->config;
	struct record_out *out = over->op.task->out;

	record_put_u64(out, (uint64_t)key->last_time);
	record_put_u64(out, (uint64_t)key->forget_at);
	record_put_u32(out, key->records.n);
	for (uint16_t f = 0; f < config->n_frames; f++)
		record_put_u32(out, n_left_behind(over, key, f));
	put_records(over, key);
	for (uint16_t c = 0; c < config->n_calls; c++)
		aggregate_pack(&config->calls[c].call, key, over->calls_at[c], out);
}

static void pack_bucket(void *owner, const struct keyed_bucket *bucket)
{
	const struct keyed_store *store = bucket->store;
	struct over *over = owner;

	keyed_record_begin(&over->op, OVER_KEYS, bucket, 0);
	for (uint16_t i = 0; i < bucket->n; i++) {
		const char *image = bucket->entries + (size_t)i * store->entry_size;
		const struct over_key *key = (const struct over_key *)(image + store->keys->size);

		keyed_record_key(&over->op, store->keys, image);
		put_key(over, key);
		over->n_packed += key->records.n;
	}
	record_end(over->op.task->out);
}

// ---- The operator's part

void over_track(struct over *over)
{
	static const struct arrivals_ops ops = {.pack = pack_rows, .drop = drop_rows};

	keyed_track_init(&over->track, pack_bucket, over);
	keyed_store_track(&over->store, &over->track, 0);
	time_sorter_track(&over->sorter, &ops, over);
}

void over_freeze(struct op *op)
{
	struct over *over = (struct over *)op;
	struct record_key key = op_record_key(op, OVER_MARKS, 0, 0);
	int64_t marks[] = {over->sorter.mark, over->out_mark};

	assert(over->n_group == 0);
	record_write(op->task->out, &key, op->checkpoint, marks, sizeof(marks));
	keyed_record_freeze(op, &over->track);
	arrivals_freeze(&over->sorter.arrivals, op->checkpoint);
}

// Keys bucket by bucket, as their queues may be long.
static bool pack_keys(struct over *over, int32_t *n_left)
{
	bool is_done = false;

	while (!is_done && *n_left > 0) {
		int32_t n_one = 1;

		over->n_packed = 0;
		is_done = keyed_store_pack(&over->store, &n_one);
		*n_left -= 1 - n_one + (int32_t)over->n_packed;
	}
	return is_done;
}

bool over_pack(struct op *op, int32_t *n_left)
{
	struct over *over = (struct over *)op;

	return arrivals_pack(&over->sorter.arrivals, n_left) && pack_keys(over, n_left);
}
