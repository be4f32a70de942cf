#include "snapshot/checkpoint_writer.h"
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "snapshot/checkpoint_txn.h"
#include "snapshot/pending.h"
#include "snapshot/savepoint.h"
#include "snapshot/store.h"

enum { TAKE_MAX = 256 }; // chunks in a step: 16 MiB

struct checkpoint_writer {
	struct checkpoint_store *store;
	struct record_out *const *outs;
	uint32_t n_outs;
	struct pending *pending;
	struct pending_batch batch;
	struct checkpoint_txn *txn; // open while checkpoint is being written
	uint64_t checkpoint; // in work; 0 = none
	uint64_t last; // that has its result
	int64_t started_ns;
	uint64_t results_begin; // the coordinator's: results taken

	// The coordinator writes, the writer reads.
	_Atomic uint64_t begun, aborted;
	atomic_bool has_savepoint; // set: savepoint is the writer's until it clears it
	char savepoint[PATH_MAX];
	// The writer writes, the coordinator reads.
	_Atomic uint64_t results_end;
	struct checkpoint_result results[CHECKPOINT_RESULTS_MAX];
};

struct checkpoint_writer *checkpoint_writer_new(struct checkpoint_store *store,
	struct record_out *const *outs, uint32_t n_outs, struct err *err)
{
	struct checkpoint_writer *writer = calloc(1, sizeof(*writer));

	if (writer == NULL)
		goto fail;
	writer->store = store;
	writer->outs = outs;
	writer->n_outs = n_outs;
	writer->last = store->options.first_checkpoint - 1;
	writer->begun = writer->aborted = writer->last;
	writer->pending = pending_new(outs, n_outs);
	if (writer->pending != NULL)
		return writer;
fail:
	checkpoint_writer_free(writer);
	errno = -err_set(err, ENOMEM, "no memory for the checkpoint writer");
	return NULL;
}

void checkpoint_writer_free(struct checkpoint_writer *writer)
{
	if (writer == NULL)
		return;
	checkpoint_txn_abort(writer->txn);
	pending_free(writer->pending);
	free(writer->batch.records);
	free(writer->batch.parts);
	free(writer);
}

// ---- Results.

static void report(struct checkpoint_writer *writer, const struct checkpoint_result *result)
{
	uint64_t end = atomic_load_explicit(&writer->results_end, memory_order_relaxed);

	writer->results[end % CHECKPOINT_RESULTS_MAX] = *result;
	atomic_store_explicit(&writer->results_end, end + 1, memory_order_release);
	writer->last = result->checkpoint;
	writer->checkpoint = 0;
}

static void fail(struct checkpoint_writer *writer, const char *why, int64_t now_ns)
{
	struct checkpoint_result result = {
		.checkpoint = writer->checkpoint,
		.started_ns = writer->started_ns,
		.ended_ns = now_ns,
	};

	checkpoint_txn_abort(writer->txn);
	writer->txn = NULL;
	pending_keep(writer->pending, writer->checkpoint);
	// Whoever asked for a savepoint is told; the next checkpoint is not to make it.
	atomic_store_explicit(&writer->has_savepoint, false, memory_order_release);
	snprintf(result.text, sizeof(result.text), "%s", why);
	report(writer, &result);
}

static const char *reason_of(int result)
{
	switch (-result) {
	case ENOBUFS:
		return "the map of the state is full";
	case EBADMSG:
		return "the state is damaged";
	default:
		return strerror(-result);
	}
}

// A map that is full grows, and the checkpoint begins again; else it has failed.
static void fail_with(struct checkpoint_writer *writer, int result, int64_t now_ns)
{
	if (result != -ENOBUFS) {
		writer->store->must_reopen = true;
		fail(writer, reason_of(result), now_ns);
		return;
	}
	checkpoint_txn_abort(writer->txn);
	writer->txn = NULL;
	pending_rewind(writer->pending);
	result = storage_grow(writer->store->storage);
	if (result < 0)
		fail(writer, reason_of(result), now_ns);
}

// ---- Records.

static int compare(const void *a, const void *b)
{
	const struct pending_record *x = a, *y = b;

#define ORDER(field)              \
	if (x->field != y->field) \
	return x->field < y->field ? -1 : 1
	ORDER(key.op);
	ORDER(key.part);
	ORDER(key.instance);
	ORDER(key.space);
	ORDER(key.place);
	ORDER(order);
#undef ORDER
	return 0;
}

static int put_row(struct checkpoint_writer *writer, const struct pending_record *record)
{
	const struct bytes *parts = writer->batch.parts + record->first;
	struct bytes key, row;
	size_t len = 0;
	uint32_t key_len;
	char *bytes;
	int result;

	for (uint32_t i = 0; i < record->n_parts; i++)
		len += parts[i].len;
	bytes = malloc(len + 1);
	if (bytes == NULL)
		return -ENOMEM;
	len = 0;
	for (uint32_t i = 0; i < record->n_parts; i++) {
		memcpy(bytes + len, parts[i].data, parts[i].len);
		len += parts[i].len;
	}
	memcpy(&key_len, bytes, sizeof(key_len));
	assert(sizeof(key_len) + key_len <= len);
	key = (struct bytes){bytes + sizeof(key_len), key_len};
	row = (struct bytes){bytes + sizeof(key_len) + key_len, len - sizeof(key_len) - key_len};
	result = checkpoint_txn_row(
		writer->txn, record->key.op, key, record->kind == RECORD_PUT_ROW ? &row : NULL);
	free(bytes);
	return result;
}

static int put(struct checkpoint_writer *writer, const struct pending_record *record)
{
	switch (record->kind) {
	case RECORD_VALUE:
		return checkpoint_txn_put(writer->txn, &record->key, record->version,
			writer->batch.parts + record->first, record->n_parts);
	case RECORD_DROP:
		return checkpoint_txn_drop(writer->txn, &record->key, record->version);
	case RECORD_PUT_ROW:
	case RECORD_DELETE_ROW:
		return put_row(writer, record);
	case RECORD_DONE:
		break;
	}
	assert(false);
	return -EINVAL;
}

// Puts a batch in the order of its keys: what lies together is found together.
static int put_batch(struct checkpoint_writer *writer)
{
	struct pending_batch *batch = &writer->batch;
	int result = 0;

	if (batch->n > 0)
		qsort(batch->records, batch->n, sizeof(*batch->records), compare);
	for (uint32_t i = 0; result == 0 && i < batch->n; i++)
		result = put(writer, &batch->records[i]);
	return result;
}

// ---- Checkpoints.

static bool has_broken(const struct checkpoint_writer *writer)
{
	for (uint32_t i = 0; i < writer->n_outs; i++)
		if (writer->outs[i]->is_broken)
			return true;
	return false;
}

// The savepoint that was asked for, now that there is something to save.
static void save(struct checkpoint_writer *writer, struct checkpoint_result *result)
{
	struct err err = {0};

	if (!atomic_load_explicit(&writer->has_savepoint, memory_order_acquire))
		return;
	result->is_savepoint =
		savepoint_write(writer->store->storage, writer->savepoint, &err) == 0;
	if (!result->is_savepoint)
		snprintf(result->text, sizeof(result->text), "%.*s", CHECKPOINT_TEXT_MAX - 1,
			err.text);
	atomic_store_explicit(&writer->has_savepoint, false, memory_order_release);
}

static void commit(struct checkpoint_writer *writer, int64_t now_ns)
{
	struct checkpoint_result result = {
		.checkpoint = writer->checkpoint,
		.is_committed = true,
		.started_ns = writer->started_ns,
		.ended_ns = now_ns,
	};
	struct checkpoint_txn *txn = writer->txn;
	struct checkpoint_written written;
	int code;

	if (has_broken(writer)) {
		fail(writer, "records were lost: the buffer of checkpoints is too small", now_ns);
		return;
	}
	writer->txn = NULL; // it is over
	code = checkpoint_txn_commit(txn, writer->started_ns, now_ns, &written);
	if (code < 0) {
		fail_with(writer, code, now_ns);
		return;
	}
	pending_commit(writer->pending, writer->checkpoint);
	result.n_records = written.n_records;
	result.n_bytes = written.n_bytes;
	result.n_records_all = written.n_records_all;
	result.n_bytes_all = written.n_bytes_all;
	save(writer, &result);
	report(writer, &result);
}

// The next number, if it has begun.
static bool start(struct checkpoint_writer *writer, int64_t now_ns)
{
	if (atomic_load_explicit(&writer->begun, memory_order_acquire) == writer->last)
		return false;
	writer->checkpoint = writer->last + 1;
	writer->started_ns = now_ns;
	return true;
}

static bool go_on(struct checkpoint_writer *writer, int64_t now_ns)
{
	int result;

	if (atomic_load_explicit(&writer->aborted, memory_order_acquire) >= writer->checkpoint) {
		fail(writer, "it took too long", now_ns);
		return true;
	}
	result = writer->txn != NULL ? 0
				     : store_begin(writer->store, writer->checkpoint, &writer->txn);
	if (result == 0)
		result = pending_batch(writer->pending, writer->checkpoint, &writer->batch);
	if (result == 0)
		result = put_batch(writer);
	if (result < 0)
		fail_with(writer, result, now_ns);
	else if (writer->batch.n == 0 && pending_is_done(writer->pending, writer->checkpoint))
		commit(writer, now_ns);
	else if (writer->batch.n == 0 && pending_is_short(writer->pending, writer->checkpoint))
		pending_spill(writer->pending, writer->checkpoint);
	else
		return writer->batch.n > 0;
	return true;
}

bool checkpoint_writer_step(struct checkpoint_writer *writer, int64_t now_ns)
{
	bool any = pending_take(writer->pending, TAKE_MAX) > 0;

	if (writer->checkpoint == 0)
		any |= start(writer, now_ns);
	if (writer->checkpoint != 0)
		any |= go_on(writer, now_ns);
	else if (pending_is_short(writer->pending, writer->last + 1))
		pending_keep(writer->pending, writer->last + 1);
	for (uint32_t i = 0; i < writer->n_outs; i++)
		any |= record_prepare(writer->outs[i]);
	return any;
}

// ---- The coordinator's side.

void checkpoint_writer_begin(struct checkpoint_writer *writer, uint64_t checkpoint)
{
	assert(checkpoint == writer->begun + 1);
	atomic_store_explicit(&writer->begun, checkpoint, memory_order_release);
}

void checkpoint_writer_abort(struct checkpoint_writer *writer, uint64_t checkpoint)
{
	assert(checkpoint <= writer->begun);
	atomic_store_explicit(&writer->aborted, checkpoint, memory_order_release);
}

int checkpoint_writer_savepoint(struct checkpoint_writer *writer, const char *path)
{
	if (atomic_load_explicit(&writer->has_savepoint, memory_order_acquire))
		return -EBUSY;
	if (strlen(path) + 32 >= sizeof(writer->savepoint))
		return -ENAMETOOLONG;
	snprintf(writer->savepoint, sizeof(writer->savepoint), "%s", path);
	atomic_store_explicit(&writer->has_savepoint, true, memory_order_release);
	return 0;
}

bool checkpoint_writer_result(struct checkpoint_writer *writer, struct checkpoint_result *result)
{
	uint64_t end = atomic_load_explicit(&writer->results_end, memory_order_acquire);

	if (writer->results_begin == end)
		return false;
	*result = writer->results[writer->results_begin++ % CHECKPOINT_RESULTS_MAX];
	return true;
}
