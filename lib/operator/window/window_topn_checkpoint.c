// What a checkpoint holds of a WindowTopN, and how it is taken up again.
//
//   part 1   watermark handed on 8 B │ rows seen 8 B │ n 4 B │ n × (space, end, start, first window
//            8 B each)
//   part 2   a bucket of a window: a record (operator/keyed_record.h), with n 8 B and n rows for
//            each key: order of arrival 8 B │ image │ size of its long strings 4 B │ these
#include <assert.h>
#include <errno.h>
#include "operator/window/window_topn_state.h"

static void put_row(void *op, const struct heap_row *row)
{
	struct window_topn *topn = op;

	record_put_u64(topn->op.task->out, row->seq);
	keyed_record_key(&topn->op, &topn->row, row->image);
}

void topn_pack_bucket(void *op, const struct keyed_bucket *bucket)
{
	struct window_topn *topn = op;

	keyed_record_begin(op, SLICES_PART_BUCKETS, bucket, 0);
	for (uint16_t i = 0; i < bucket->n; i++) {
		const char *entry = bucket->entries + (size_t)i * bucket->store->entry_size;
		struct row_heap heap;

		memcpy(&heap, entry + topn->keys.size, sizeof(heap));
		keyed_record_key(op, &topn->keys, entry);
		record_put_u64(topn->op.task->out, heap.n);
		row_heap_visit(&heap, put_row, topn);
	}
	record_end(topn->op.task->out);
}

void topn_freeze(struct op *op)
{
	struct window_topn *topn = (struct window_topn *)op;
	struct record_key key = op_record_key(op, SLICES_PART_LIST, 0, 0);
	struct record_out *out = op->task->out;

	assert(topn->fire.slice == NULL); // windows come out before the barrier
	record_begin(out, &key, op->checkpoint);
	record_put_u64(out, (uint64_t)topn->passed_watermark);
	record_put_u64(out, topn->heaps.seq);
	live_slices_freeze(&topn->live);
	record_end(out);
}

bool topn_pack(struct op *op, int32_t *n_left)
{
	return live_slices_pack(&((struct window_topn *)op)->live, n_left);
}

// ---- Restore

static int take_list(struct window_topn *topn, const struct record *record, struct err *err)
{
	struct record_reader in = record_read(record);
	int64_t watermark = (int64_t)record_get_u64(&in);
	uint64_t seq = record_get_u64(&in);

	// Old instances have handed on the same; should one know less, it counts.
	if (!topn->is_restored || watermark < topn->passed_watermark)
		topn->passed_watermark = watermark;
	topn->is_restored = true;
	if (seq > topn->heaps.seq) // what comes now has come last
		topn->heaps.seq = seq;
	return restored_slices_take(
		&topn->restored, &topn->live, NULL, watermark, record->key.instance, &in, err);
}

// The next row of the record into heap; NULL: leave it out.
static int take_row(struct window_topn *topn, struct record_reader *in, struct row_heap *heap)
{
	char *image = topn->row_images;
	uint64_t seq = record_get_u64(in);
	struct heap_row *row;
	uint32_t extra_size;
	const char *extra;
	int result;

	record_get(in, image, topn->row.size);
	extra_size = record_get_u32(in);
	extra = record_take(in, extra_size);
	if (in->is_short || !key_attach(&topn->row, image, extra, extra_size))
		return -EINVAL;
	if (heap == NULL)
		return 0;
	result = row_heap_make(&topn->heaps, image, &row);
	if (result < 0)
		return result;
	row->seq = seq;
	row_heap_put(&topn->heaps, heap, row);
	return 0;
}

// The rows of a key, which is image, if it is ours.
static int take_rows_of(struct window_topn *topn, struct keyed_store *store, const void *image,
	struct record_reader *in)
{
	uint64_t hash, n = record_get_u64(in);
	void *heap = NULL;
	int result = 0;

	key_hashes(&topn->keys, topn->op.task->seed, image, 1, &hash);
	if (op_owns(&topn->op, hash) && keyed_store_upsert(store, image, &hash, 1, &heap) > 0)
		return -ENOMEM;
	for (uint64_t i = 0; i < n && result == 0; i++)
		result = take_row(topn, in, heap);
	return result;
}

static int take_bucket(struct window_topn *topn, const struct record *record, struct err *err)
{
	struct keyed_store *store = restored_slices_find(&topn->restored, record);
	struct keyed_record keyed;
	const void *image;
	int result = 0;

	if (keyed_record_open(&keyed, record, &topn->keys) < 0 || keyed.is_flat)
		return restored_bad(&topn->op, err);
	if (store == NULL || !keyed_record_concerns(&keyed, &topn->op))
		return 0;
	while (result == 0 && (image = keyed_record_next(&keyed)) != NULL)
		result = take_rows_of(topn, store, image, &keyed.in);
	if (result == -ENOMEM)
		return restored_full(&topn->op, err);
	return result < 0 || keyed.in.is_short ? restored_bad(&topn->op, err) : 0;
}

int topn_restore(struct op *op, const struct record *record, struct err *err)
{
	struct window_topn *topn = (struct window_topn *)op;

	switch (record->key.part) {
	case SLICES_PART_LIST:
		return take_list(topn, record, err);
	case SLICES_PART_BUCKETS:
		return take_bucket(topn, record, err);
	default:
		return restored_bad(op, err);
	}
}

int topn_restored(struct op *op, struct err *)
{
	struct window_topn *topn = (struct window_topn *)op;

	restored_slices_free(&topn->restored, op->task->mem);
	live_slices_refresh(&topn->live);
	return 0;
}
