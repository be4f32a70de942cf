// OVER from a checkpoint: over_pack.c says what the records are.
#include <errno.h>
#include "operator/keyed_record.h"
#include "operator/over/over_state.h"

// result as it is, with *err filled when it is none of success.
static int fail(int result, const char *what, struct err *err)
{
	if (result == -ENOMEM)
		return err_set(err, ENOMEM,
			"there is no room for %s of an OVER window: raise state.max-memory", what);
	if (result < 0)
		return err_set(err, EINVAL, "%s of an OVER window cannot be read", what);
	return 0;
}

// ---- Marks

static int restore_marks(struct over *over, const struct record *record, struct err *err)
{
	struct mem *mem = over->op.task->mem;
	struct record_reader in = record_read(record);
	uint32_t n = over->n_restored_marks;
	struct over_marks *marks = mem_zalloc(mem, (n + 1u) * sizeof(*marks));

	if (marks == NULL)
		return err_set(err, ENOMEM, "no memory to restore an OverAggregate");
	if (n > 0)
		memcpy(marks, over->restored_marks, n * sizeof(*marks));
	mem_free(mem, over->restored_marks);
	over->restored_marks = marks;
	marks += n;
	marks->instance = record->key.instance;
	marks->mark = (int64_t)record_get_u64(&in);
	marks->out_mark = (int64_t)record_get_u64(&in);
	over->n_restored_marks++;
	return fail(in.is_short ? -EINVAL : 0, "the marks", err);
}

static const struct over_marks *marks_of(const struct over *over, uint16_t instance)
{
	for (uint32_t i = 0; i < over->n_restored_marks; i++)
		if (over->restored_marks[i].instance == instance)
			return &over->restored_marks[i];
	return NULL;
}

// ---- Rows that wait

struct waiting {
	int64_t time, mark;
	uint64_t number;
};

// Whether a row had come out at the checkpoint: what the sorter's mark had reached, all of it, and
// what came behind a mark when there was a later one.
static bool is_out(const struct waiting *row, const struct over_marks *marks)
{
	return row->mark == WATERMARK_NONE ? row->time <= marks->out_mark
					   : row->mark < marks->out_mark;
}

// The image of a row's key, and its hash.
static uint64_t hash_row(struct over *over, const void *image, void *key)
{
	uint64_t hash;
	struct block block = {.n_rows = 1,
		.n_slots = 1,
		.n_columns = over->row.n_columns,
		.columns = over->columns};

	for (uint16_t i = 0; i < over->keys.n_columns; i++) {
		uint16_t column = over->keys.columns[i];

		key_load_many(&over->row, &image, 1, column, &over->columns[column]);
	}
	key_images(&over->keys, &block, key);
	key_hashes(&over->keys, over->op.task->seed, key, 1, &hash);
	return hash;
}

static int restore_row(struct over *over, struct record_reader *in, const struct over_marks *marks)
{
	struct waiting row = {
		.time = (int64_t)record_get_u64(in),
		.mark = (int64_t)record_get_u64(in),
		.number = record_get_u64(in),
	};
	uint64_t key[(KEY_IMAGE_MAX + 7) / 8];

	if (!keyed_record_image(in, &over->row, over->images) || row.mark > marks->mark)
		return -EINVAL;
	if (is_out(&row, marks) || !op_owns(&over->op, hash_row(over, over->images, key)))
		return 0;
	return time_sorter_restore(&over->sorter, over->images, row.time, row.mark, row.number);
}

static int restore_rows(struct over *over, const struct record *record, struct err *err)
{
	const struct over_marks *marks = marks_of(over, record->key.instance);
	struct record_reader in = record_read(record);
	int result = marks == NULL || over->config->is_proctime ? -EINVAL : 0;

	while (in.n_left > 0 && result == 0)
		result = restore_row(over, &in, marks);
	return fail(result, "a row", err);
}

// ---- Keys

// What follows a key, read.
struct packed_key {
	int64_t last_time, forget_at;
	uint32_t n_records;
	uint32_t n_behind[OVER_FRAMES_MAX];
};

static int get_head(struct over *over, struct record_reader *in, struct packed_key *packed)
{
	packed->last_time = (int64_t)record_get_u64(in);
	packed->forget_at = (int64_t)record_get_u64(in);
	packed->n_records = record_get_u32(in);
	for (uint16_t f = 0; f < over->config->n_frames; f++) {
		packed->n_behind[f] = record_get_u32(in);
		if (packed->n_behind[f] > packed->n_records)
			return -EINVAL;
	}
	return in->is_short ? -EINVAL : 0;
}

static int get_records(
	struct over *over, struct record_reader *in, uint32_t n, struct over_key *key)
{
	for (uint32_t i = 0; i < n; i++) {
		int64_t time = (int64_t)record_get_u64(in);

		if (!keyed_record_image(in, &over->arguments, over->images))
			return -EINVAL;
		if (!over_record_push(over, key, time, over->images))
			return -ENOMEM;
	}
	return 0;
}

static void put_cursors(struct over *over, const struct packed_key *packed, struct over_key *key)
{
	for (uint16_t f = 0; f < over->config->n_frames; f++) {
		struct frame_state *state = over_frame_state(over, key, f);

		if (over->config->frames[f].is_unbounded)
			continue;
		for (uint32_t i = 0; i < packed->n_behind[f]; i++)
			queue_next(&key->records, &state->cursor, over->record_size);
		state->n_out = packed->n_behind[f];
		state->n_in = packed->n_records - packed->n_behind[f];
	}
}

static int get_calls(struct over *over, struct record_reader *in, void *state)
{
	const struct over_config *config = over->config;
	int result = 0;

	for (uint16_t c = 0; c < config->n_calls && result == 0; c++)
		result = aggregate_unpack(
			&config->calls[c].call, in, state, over->calls_at[c], &over->heap);
	return result;
}

// What follows a key, into its state of zeroes.
static int get_state(struct over *over, struct record_reader *in, struct over_key *key)
{
	struct packed_key packed;
	int result = get_head(over, in, &packed);

	if (result == 0)
		result = get_records(over, in, packed.n_records, key);
	if (result < 0)
		return result;
	key->last_time = packed.last_time;
	key->forget_at = packed.forget_at;
	put_cursors(over, &packed, key);
	return get_calls(over, in, key);
}

static int take_key(struct over *over, const void *image, uint64_t hash, struct record_reader *in)
{
	uint64_t n = over->store.n_entries;
	void *state;
	int result;

	if (keyed_store_upsert(&over->store, image, &hash, 1, &state) > 0)
		return -ENOMEM;
	if (over->store.n_entries == n)
		return -EINVAL; // it has come before
	result = get_state(over, in, state);
	if (result == 0 && over->forgets && ((struct over_key *)state)->forget_at != 0)
		over_idle_arm(over, state, image, hash);
	return result;
}

// Another instance's key: read, and forgotten.
static int skip_key(struct over *over, struct record_reader *in)
{
	uint64_t state[KEYED_STORE_STATE_MAX / 8] = {0};
	int result = get_state(over, in, (struct over_key *)state);

	over_key_release(over, state);
	return result;
}

static int restore_keys(struct over *over, const struct record *record, struct err *err)
{
	struct keyed_record keyed;
	const void *image;
	int result = keyed_record_open(&keyed, record, &over->keys);

	if (result == 0 && !keyed_record_concerns(&keyed, &over->op))
		return 0;
	if (keyed.is_flat)
		result = -EINVAL;
	while (result == 0 && (image = keyed_record_next(&keyed)) != NULL) {
		uint64_t hash;

		key_hashes(&over->keys, over->op.task->seed, image, 1, &hash);
		result = op_owns(&over->op, hash) ? take_key(over, image, hash, &keyed.in)
						  : skip_key(over, &keyed.in);
	}
	return fail(result == 0 && keyed.in.is_short ? -EINVAL : result, "a key", err);
}

// ---- The operator's part

int over_restore(struct op *op, const struct record *record, struct err *err)
{
	struct over *over = (struct over *)op;

	switch (record->key.part) {
	case OVER_MARKS:
		return restore_marks(over, record, err);
	case OVER_ROWS:
		return restore_rows(over, record, err);
	case OVER_KEYS:
		return restore_keys(over, record, err);
	default:
		return err_set(err, EINVAL, "an OVER window has no part %u", record->key.part);
	}
}

// Keys with a time to live know how many of their rows wait.
static int count_waiting(struct over *over, struct err *err)
{
	const struct sorted_row *row = over->sorter.restored.first;

	for (; row != NULL; row = row->next) {
		uint64_t key[(KEY_IMAGE_MAX + 7) / 8], hash;
		void *state;

		hash = hash_row(over, row->image, key);
		if (keyed_store_upsert(&over->store, key, &hash, 1, &state) > 0)
			return fail(-ENOMEM, "a key", err);
		((struct over_key *)state)->n_waiting++;
	}
	return 0;
}

// Where several sorters were, one has to stand at the last mark: rows that the others had not
// reached there are due, as they would be had one instance had all rows.
int over_restored(struct op *op, struct err *err)
{
	struct over *over = (struct over *)op;
	int64_t mark = WATERMARK_NONE;

	for (uint32_t i = 0; i < over->n_restored_marks; i++) {
		const struct over_marks *marks = &over->restored_marks[i];

		mark = marks->mark > mark ? marks->mark : mark;
		if (i == 0 || marks->out_mark < over->out_mark)
			over->out_mark = marks->out_mark;
	}
	if (over->ttl_ms > 0 && count_waiting(over, err) < 0)
		return -ENOMEM;
	time_sorter_restored(&over->sorter, mark);
	over->passed_watermark = op->watermark;
	return 0;
}
