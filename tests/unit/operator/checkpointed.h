// Checkpoints without a store: the records of tasks are kept in memory, each with its checkpoint,
// and are given to new instances as a restored job gets them. The obvious model of what a store
// does: of each key the newest version up to the checkpoint counts, and nothing of a space that was
// dropped up to there.
//
//	checkpointed_begin(&saved);
//	checkpointed_add(&saved, &task);                // gives it an out
//	… op_feed() of a barrier, blocks, checkpointed_pack(op, 100) in between …
//	checkpointed_finish(&saved, &task, op);         // the rest, and RECORD_DONE
//	checkpointed_restore(&saved, 1, op);            // of new tasks
//	checkpointed_end(&saved);
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "operator/op.h"
#include "row/random.h"

enum { CHECKPOINTED_TASKS_MAX = 16 };
enum { CHECKPOINTED_BYTES = 64 << 20 }; // of an out, taken as it is used

struct checkpointed_record {
	struct record_key key;
	uint64_t checkpoint;
	uint64_t seq; // in which order they came
	bool is_drop;
	size_t len;
	char *value; // its own memory, so that a sanitizer sees who reads over the end
};

struct checkpointed_task {
	struct record_out *out;
	uint64_t done; // the last RECORD_DONE
	struct checkpointed_record open; // goes on in the next piece
	bool is_open;
};

struct checkpointed {
	struct checkpointed_task tasks[CHECKPOINTED_TASKS_MAX];
	uint16_t n_tasks;
	struct checkpointed_record *records;
	uint32_t n_records, n_records_max;
	uint64_t n_bytes; // that came in all
};

static inline void checkpointed_begin(struct checkpointed *saved)
{
	*saved = (struct checkpointed){0};
}

static inline void checkpointed_add(struct checkpointed *saved, struct op_task *task)
{
	assert_true(saved->n_tasks < CHECKPOINTED_TASKS_MAX);
	task->out = record_out_new(CHECKPOINTED_BYTES);
	assert_non_null(task->out);
	saved->tasks[saved->n_tasks++].out = task->out;
}

static inline void checkpointed_end(struct checkpointed *saved)
{
	for (uint16_t i = 0; i < saved->n_tasks; i++) {
		record_out_free(saved->tasks[i].out);
		free(saved->tasks[i].open.value);
	}
	for (uint32_t i = 0; i < saved->n_records; i++)
		free(saved->records[i].value);
	free(saved->records);
}

static inline void checkpointed_keep(
	struct checkpointed *saved, const struct checkpointed_record *record)
{
	if (saved->n_records == saved->n_records_max) {
		saved->n_records_max = 2 * saved->n_records_max + 64;
		saved->records =
			realloc(saved->records, saved->n_records_max * sizeof(saved->records[0]));
	}
	saved->records[saved->n_records] = *record;
	saved->records[saved->n_records].seq = saved->n_records;
	saved->n_records++;
	saved->n_bytes += record->len;
}

static inline void checkpointed_take_piece(struct checkpointed *saved,
	struct checkpointed_task *task, const struct record_piece *piece)
{
	struct checkpointed_record *open = &task->open;

	// What is said to be all of a checkpoint is all.
	assert_true(piece->checkpoint > task->done);
	if (piece->kind == RECORD_DONE) {
		assert_false(task->is_open);
		assert_true(task->done == 0 || piece->checkpoint == task->done + 1);
		task->done = piece->checkpoint;
		return;
	}
	if (!task->is_open)
		*open = (struct checkpointed_record){.key = piece->key,
			.checkpoint = piece->checkpoint,
			.is_drop = piece->kind == RECORD_DROP};
	assert_memory_equal(&open->key, &piece->key, sizeof(piece->key));
	open->value = realloc(open->value, open->len + piece->len + 1);
	memcpy(open->value + open->len, piece + 1, piece->len);
	open->len += piece->len;
	task->is_open = piece->more;
	if (piece->more)
		return;
	open->value = realloc(open->value, open->len + (open->len == 0));
	checkpointed_keep(saved, open);
	*open = (struct checkpointed_record){0};
}

// Take what the tasks have handed over.
static inline void checkpointed_drain(struct checkpointed *saved)
{
	for (uint16_t i = 0; i < saved->n_tasks; i++) {
		struct checkpointed_task *task = &saved->tasks[i];
		struct record_chunk *chunk;

		while ((chunk = record_chunk_take(task->out)) != NULL) {
			const struct record_piece *piece;
			uint32_t at = 0;

			while ((piece = record_piece_next(chunk, &at)) != NULL)
				checkpointed_take_piece(saved, task, piece);
			record_chunk_give(task->out, chunk);
		}
		assert_false(task->out->is_broken);
	}
}

// Some of what is frozen, as the runtime does between blocks. True when all of it is packed.
static inline bool checkpointed_pack(struct op *op, int32_t n_left)
{
	return op->ops->pack == NULL || op->ops->pack(op, &n_left);
}

// All of what is frozen, and the task has said all about the operator's checkpoint. (A task of
// several operators: checkpointed_pack() each, then record_done().)
static inline void checkpointed_finish(
	struct checkpointed *saved, struct op_task *task, struct op *op)
{
	while (!checkpointed_pack(op, 1000))
		;
	record_done(task->out, op->checkpoint);
	checkpointed_drain(saved);
}

static inline int checkpointed_compare(const void *a, const void *b)
{
	const struct checkpointed_record *x = *(const struct checkpointed_record *const *)a;
	const struct checkpointed_record *y = *(const struct checkpointed_record *const *)b;

#define CHECKPOINTED_COMPARE(field) \
	if (x->field != y->field)   \
		return x->field < y->field ? -1 : 1;
	CHECKPOINTED_COMPARE(key.op)
	CHECKPOINTED_COMPARE(key.part)
	CHECKPOINTED_COMPARE(key.instance)
	CHECKPOINTED_COMPARE(key.space)
	CHECKPOINTED_COMPARE(is_drop) // behind what it drops
	CHECKPOINTED_COMPARE(key.place)
	CHECKPOINTED_COMPARE(checkpoint)
	CHECKPOINTED_COMPARE(seq)
#undef CHECKPOINTED_COMPARE
	return 0;
}

static inline bool checkpointed_same_space(const struct record_key *a, const struct record_key *b)
{
	return a->op == b->op && a->part == b->part && a->instance == b->instance &&
	       a->space == b->space;
}

// What a checkpoint is made of, in the order of the keys; free() the array. Its records stay saved.
static inline struct checkpointed_record **checkpointed_list(
	const struct checkpointed *saved, uint64_t checkpoint, uint32_t *n)
{
	struct checkpointed_record **list = calloc(saved->n_records + 1, sizeof(*list));
	uint32_t n_known = 0, space = 0;

	for (uint32_t i = 0; i < saved->n_records; i++)
		if (saved->records[i].checkpoint <= checkpoint)
			list[n_known++] = &saved->records[i];
	qsort(list, n_known, sizeof(*list), checkpointed_compare);
	*n = 0;
	for (uint32_t i = 0; i < n_known; i++) {
		struct checkpointed_record *record = list[i];
		bool is_first = i == 0 || *n == space ||
				!checkpointed_same_space(&list[*n - 1]->key, &record->key);

		if (is_first)
			space = *n;
		if (record->is_drop) {
			if (*n > space && checkpointed_same_space(&list[space]->key, &record->key))
				*n = space;
			continue;
		}
		if (!is_first && list[*n - 1]->key.place == record->key.place)
			--*n; // of a key the newest
		list[(*n)++] = record;
	}
	return list;
}

// Give a checkpoint to a new instance. 0, or what the operator says.
static inline int checkpointed_give(
	const struct checkpointed *saved, uint64_t checkpoint, struct op *op, struct err *err)
{
	uint32_t n;
	struct checkpointed_record **list = checkpointed_list(saved, checkpoint, &n);
	int result = 0;

	for (uint32_t i = 0; i < n && result == 0; i++) {
		struct record record = {list[i]->key, list[i]->value, list[i]->len};

		if (record.key.op == op->spec->id)
			result = op_restore(op, &record, err);
	}
	free(list);
	if (result == 0 && op->ops->restored != NULL)
		result = op->ops->restored(op, err);
	op->checkpoint = checkpoint;
	return result;
}

static inline void checkpointed_restore(
	const struct checkpointed *saved, uint64_t checkpoint, struct op *op)
{
	struct err err = {0};

	assert_int_equal(checkpointed_give(saved, checkpoint, op, &err), 0);
}

// The same records with something wrong: a value is cut, grown, or has other bytes. No operator may
// crash of it; one that finds fault says -EINVAL or -ENOMEM.
static inline void checkpointed_spoil(struct checkpointed *saved, struct random *random)
{
	struct checkpointed_record *record;
	size_t len;

	if (saved->n_records == 0)
		return;
	record = &saved->records[random_below(random, saved->n_records)];
	len = random_below(random, 2) ? random_below(random, (uint32_t)record->len + 1)
				      : record->len + random_below(random, 40);
	record->value = realloc(record->value, len + (len == 0));
	for (size_t i = record->len; i < len; i++)
		record->value[i] = (char)random_bits(random);
	record->len = len;
	if (len > 0 && random_below(random, 2))
		record->value[random_below(random, (uint32_t)len)] ^=
			(char)(1 << random_below(random, 8));
}
