// What a checkpoint holds of a WindowAggregate, and how it is taken up again.
//
//   part 1   watermark handed on 8 B │ end of the next window, if any 8 B │ space of CUMULATE's sum
//            8 B │ whether it is full 4 B │ n 4 B │ n × (space, end, start, first window 8 B each)
//   part 2   a bucket of a slice, or of that sum: a record each (operator/keyed_record.h)
//
// Slices are as rows have made them: what HOP has summed up is not written. Restored slices whose
// first windows have fired become open slices whose first window is the next one to fire: it takes
// all of them in, as if nothing had been summed up before.
#include <assert.h>
#include <errno.h>
#include <string.h>
#include "operator/window/window_state.h"

void window_pack_bucket(void *op, const struct keyed_bucket *bucket)
{
	struct window_aggregate *window = op;
	const struct window_aggregate_config *config = window->config;
	struct record_out *out = window->op.task->out;

	if (!window->sum.has_heap) {
		keyed_record_write_flat(op, SLICES_PART_BUCKETS, bucket);
		return;
	}
	keyed_record_begin(op, SLICES_PART_BUCKETS, bucket, 0);
	for (uint16_t i = 0; i < bucket->n; i++) {
		const char *entry = bucket->entries + (size_t)i * bucket->store->entry_size;

		keyed_record_key(op, &window->keys, entry);
		for (uint16_t k = 0; k < config->n_aggregates; k++)
			aggregate_pack(&config->aggregates[k], entry + window->keys.size,
				window->offsets[k], out);
	}
	record_end(out);
}

void window_freeze(struct op *op)
{
	struct window_aggregate *window = (struct window_aggregate *)op;
	struct record_key key = op_record_key(op, SLICES_PART_LIST, 0, 0);
	struct record_out *out = op->task->out;

	assert(window->fire.phase == FIRE_NONE); // windows come out before the barrier
	record_begin(out, &key, op->checkpoint);
	record_put_u64(out, (uint64_t)window->passed_watermark);
	record_put_u64(out, (uint64_t)window->sum.next_window);
	record_put_u64(out, window->sum.total.space);
	record_put_u32(out, window->sum.is_full);
	live_slices_freeze(&window->live);
	record_end(out);
}

bool window_pack(struct op *op, int32_t *n_left)
{
	struct window_aggregate *window = (struct window_aggregate *)op;

	return live_slices_pack(&window->live, n_left) &&
	       keyed_store_pack(&window->sum.total, n_left);
}

// ---- Restore

// All old instances have handed on the same watermark; should one know less, it counts.
static void take_watermark(struct window_aggregate *window, int64_t watermark)
{
	if (!window->is_restored || watermark < window->passed_watermark)
		window->passed_watermark = watermark;
	window->is_restored = true;
}

// CUMULATE: all old instances were in the same window.
static int take_sum(struct window_aggregate *window, uint16_t instance, int64_t next_window,
	uint64_t space, bool is_full)
{
	struct sum *sum = &window->sum;

	if (window->composer != &sum_cumulate || space == 0)
		return 0;
	if (next_window < -2 * WINDOW_TIME_LIMIT || next_window > 2 * WINDOW_TIME_LIMIT)
		return -EINVAL;
	if (next_window < sum->next_window)
		sum->next_window = next_window;
	sum->is_full |= is_full;
	if (sum->total.space == 0)
		live_slices_track(&window->live, &sum->total);
	return restored_slices_add(
		&window->restored, window->op.task->mem, instance, space, &sum->total);
}

static int take_list(struct window_aggregate *window, const struct record *record, struct err *err)
{
	const struct window_spec *spec = &window->config->window;
	struct record_reader in = record_read(record);
	int64_t watermark = (int64_t)record_get_u64(&in);
	int64_t next_window = (int64_t)record_get_u64(&in);
	uint64_t space = record_get_u64(&in);
	bool is_full = record_get_u32(&in) != 0;
	int result;

	take_watermark(window, watermark);
	result = take_sum(window, record->key.instance, next_window, space, is_full);
	if (result == -ENOMEM)
		return err_set(err, ENOMEM, "no memory for a list of slices");
	if (result < 0)
		return restored_bad(&window->op, err);
	return restored_slices_take(&window->restored, &window->live,
		spec->shape == WINDOW_ATTACHED ? NULL : &spec->slices, watermark,
		record->key.instance, &in, err);
}

// The state in hand becomes part i. 0, -EINVAL, -ENOMEM.
static int take_state(struct window_aggregate *window, struct keyed_record *record, uint16_t i)
{
	const struct window_aggregate_config *config = window->config;
	struct state_heap heap = {.store = &window->sum.scratch};
	char *part = (char *)window->sum.parts + (size_t)i * window->sum.part_size;
	int result = 0;

	if (!window->sum.has_heap) {
		record_get(&record->in, part, window->sum.part_size);
		return 0;
	}
	memset(part, 0, window->sum.part_size);
	for (uint16_t k = 0; k < config->n_aggregates && result == 0; k++)
		result = aggregate_unpack(
			&config->aggregates[k], &record->in, part, window->offsets[k], &heap);
	return result;
}

// Put what was read, the keys at images[:n] and parts[:n], into store. False when it has no room.
static bool put_keys(struct window_aggregate *window, struct keyed_store *store, uint16_t n)
{
	const struct window_aggregate_config *config = window->config;
	struct state_heap heap = {.store = store};
	void *parts[BLOCK_ROWS_MAX];
	uint32_t n_lost = 0;

	if (keyed_store_upsert(store, window->images, window->hashes, n, window->states) > 0)
		return false;
	for (uint16_t i = 0; i < n; i++)
		parts[i] = (char *)window->sum.parts + (size_t)i * window->sum.part_size;
	for (uint16_t i = 0; i < config->n_aggregates; i++)
		n_lost += aggregate_combine(&config->aggregates[i], window->states,
			(const void *const *)parts, n, window->offsets[i], &heap);
	keyed_store_clear(&window->sum.scratch);
	return n_lost == 0;
}

// Read keys until there are n_max of ours, or the record ends. Returns how many, or -errno.
static int read_keys(struct window_aggregate *window, struct keyed_record *record, uint16_t n_max)
{
	uint32_t size = window->keys.size;
	const void *image;
	uint16_t n = 0;
	int result;

	while (n < n_max && (image = keyed_record_next(record)) != NULL) {
		copy_words((char *)window->images + (size_t)n * size, image, size);
		key_hashes(&window->keys, window->op.task->seed, image, 1, &window->hashes[n]);
		result = take_state(window, record, n);
		if (result < 0)
			return result;
		n += op_owns(&window->op, window->hashes[n]);
	}
	return record->in.is_short ? -EINVAL : n;
}

static int take_bucket(
	struct window_aggregate *window, const struct record *record, struct err *err)
{
	struct keyed_store *store = restored_slices_find(&window->restored, record);
	uint32_t state_size = window->sum.has_heap ? 0 : window->sum.part_size;
	struct keyed_record keyed;
	int n;

	if (keyed_record_open(&keyed, record, &window->keys) < 0 || keyed.state_size != state_size)
		return restored_bad(&window->op, err);
	if (store == NULL || !keyed_record_concerns(&keyed, &window->op))
		return 0;
	do {
		n = read_keys(window, &keyed, BLOCK_ROWS_MAX);
		if (n == -EINVAL)
			return restored_bad(&window->op, err);
		if (n < 0 || !put_keys(window, store, (uint16_t)n))
			return restored_full(&window->op, err);
	} while (n == BLOCK_ROWS_MAX);
	return 0;
}

int window_restore(struct op *op, const struct record *record, struct err *err)
{
	struct window_aggregate *window = (struct window_aggregate *)op;

	switch (record->key.part) {
	case SLICES_PART_LIST:
		return take_list(window, record, err);
	case SLICES_PART_BUCKETS:
		return take_bucket(window, record, err);
	default:
		return restored_bad(op, err);
	}
}

int window_restored(struct op *op, struct err *)
{
	struct window_aggregate *window = (struct window_aggregate *)op;

	restored_slices_free(&window->restored, op->task->mem);
	live_slices_refresh(&window->live);
	return 0;
}
