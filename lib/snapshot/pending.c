#include "snapshot/pending.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include "snapshot/kept.h"

// What a task has handed over.
struct queue {
	struct record_out *out;
	struct record_chunk **chunks; // [:n], in their order
	uint32_t n, n_max;
	// How far batches have come: the next piece to look at.
	uint32_t chunk, at;
	uint64_t done; // RECORD_DONE of this checkpoint was come by
};

struct pending {
	struct kept kept; // of checkpoints that have failed
	uint32_t kept_at; // how far batches have come in it
	uint32_t n_queues;
	struct queue queues[];
};

struct pending *pending_new(struct record_out *const *outs, uint32_t n_outs)
{
	struct pending *pending = calloc(1, sizeof(*pending) + n_outs * sizeof(struct queue));

	if (pending == NULL)
		return NULL;
	pending->n_queues = n_outs;
	for (uint32_t i = 0; i < n_outs; i++)
		pending->queues[i].out = outs[i];
	return pending;
}

void pending_free(struct pending *pending)
{
	if (pending == NULL)
		return;
	for (uint32_t i = 0; i < pending->n_queues; i++)
		free(pending->queues[i].chunks);
	kept_clear(&pending->kept);
	free(pending);
}

static void *grown(void *array, uint32_t n, uint32_t *n_max, size_t size)
{
	uint32_t more = *n_max * 2 + 64;
	void *bigger;

	if (n < *n_max)
		return array;
	bigger = realloc(array, more * size);
	if (bigger != NULL)
		*n_max = more;
	return bigger;
}

static int take(struct queue *queue)
{
	// Room first: a chunk that was taken cannot go back.
	struct record_chunk **chunks =
		grown(queue->chunks, queue->n, &queue->n_max, sizeof(struct record_chunk *));
	struct record_chunk *chunk;

	if (chunks == NULL)
		return -ENOMEM;
	queue->chunks = chunks;
	chunk = record_chunk_take(queue->out);
	if (chunk == NULL)
		return 0;
	queue->chunks[queue->n++] = chunk;
	return 1;
}

int pending_take(struct pending *pending, uint32_t n_max)
{
	uint32_t n = 0, before = 1;

	while (n < n_max && n != before) {
		before = n;
		for (uint32_t i = 0; i < pending->n_queues && n < n_max; i++) {
			int result = take(&pending->queues[i]);

			if (result < 0)
				return result;
			n += (uint32_t)result;
		}
	}
	return (int)n;
}

// ---- Batches.

static const struct record_piece *piece_at(struct queue *queue)
{
	while (queue->chunk < queue->n) {
		uint32_t at = queue->at;
		const struct record_piece *piece =
			record_piece_next(queue->chunks[queue->chunk], &at);

		if (piece != NULL)
			return piece;
		queue->chunk++;
		queue->at = 0;
	}
	return NULL;
}

static void step_over(struct queue *queue)
{
	(void)record_piece_next(queue->chunks[queue->chunk], &queue->at);
}

static int add_part(struct pending_batch *batch, struct bytes part)
{
	struct bytes *parts =
		grown(batch->parts, batch->n_parts, &batch->n_parts_max, sizeof(*parts));

	if (parts == NULL)
		return -ENOMEM;
	batch->parts = parts;
	parts[batch->n_parts++] = part;
	return 0;
}

static struct pending_record *add_record(struct pending_batch *batch, const struct record_key *key,
	uint64_t version, enum record_kind kind)
{
	struct pending_record *records =
		grown(batch->records, batch->n, &batch->n_max, sizeof(*records));

	if (records == NULL)
		return NULL;
	batch->records = records;
	records[batch->n] = (struct pending_record){
		.key = *key,
		.version = version,
		.kind = kind,
		.first = batch->n_parts,
		.order = batch->n,
	};
	return &records[batch->n];
}

// The record that begins with this piece. Returns 1; 0 when its end has not come yet: then the
// queue stays where it is; -ENOMEM.
static int add(struct queue *queue, struct pending_batch *batch, const struct record_piece *piece)
{
	const struct queue before = *queue;
	struct pending_record *record =
		add_record(batch, &piece->key, piece->checkpoint, piece->kind);
	bool more = true;

	if (record == NULL)
		return -ENOMEM;
	while (more) {
		piece = piece_at(queue);
		if (piece == NULL) {
			batch->n_parts = record->first;
			queue->chunk = before.chunk;
			queue->at = before.at;
			return 0;
		}
		if (add_part(batch, (struct bytes){piece + 1, piece->len}) < 0)
			return -ENOMEM;
		more = piece->more;
		step_over(queue);
	}
	record->n_parts = batch->n_parts - record->first;
	batch->n++;
	return 1;
}

static int fill(struct queue *queue, uint64_t checkpoint, struct pending_batch *batch)
{
	const struct record_piece *piece;
	int result = 1;

	while (result == 1 && batch->n < PENDING_BATCH_MAX && (piece = piece_at(queue)) != NULL) {
		if (piece->is_stored || piece->checkpoint > checkpoint) {
			step_over(queue);
		} else if (piece->kind == RECORD_DONE) {
			queue->done = piece->checkpoint;
			step_over(queue);
		} else {
			result = add(queue, batch, piece);
		}
	}
	return result < 0 ? result : 0;
}

static int fill_from_kept(struct pending *pending, struct pending_batch *batch)
{
	while (batch->n < PENDING_BATCH_MAX && pending->kept_at < pending->kept.n) {
		const struct kept_record *kept = &pending->kept.records[pending->kept_at];
		struct pending_record *record =
			add_record(batch, &kept->key, kept->version, kept->kind);

		if (record == NULL || add_part(batch, kept->value) < 0)
			return -ENOMEM;
		record->n_parts = 1;
		batch->n++;
		pending->kept_at++;
	}
	return 0;
}

int pending_batch(struct pending *pending, uint64_t checkpoint, struct pending_batch *batch)
{
	int result;

	batch->n = 0;
	batch->n_parts = 0;
	result = fill_from_kept(pending, batch);
	for (uint32_t i = 0; result == 0 && i < pending->n_queues; i++)
		result = fill(&pending->queues[i], checkpoint, batch);
	return result;
}

bool pending_is_done(const struct pending *pending, uint64_t checkpoint)
{
	for (uint32_t i = 0; i < pending->n_queues; i++)
		if (pending->queues[i].done < checkpoint)
			return false;
	return true;
}

void pending_rewind(struct pending *pending)
{
	pending->kept_at = 0;
	for (uint32_t i = 0; i < pending->n_queues; i++) {
		pending->queues[i].chunk = 0;
		pending->queues[i].at = 0;
	}
}

// Mark what is stored, up to a place in the chunk. Whether all of the chunk is.
static bool mark(struct record_chunk *chunk, uint64_t checkpoint, uint32_t end)
{
	const struct record_piece *piece;
	uint32_t at = 0, before = 0;
	bool all = true;

	while ((piece = record_piece_next(chunk, &at)) != NULL) {
		if (piece->checkpoint <= checkpoint && before < end)
			((struct record_piece *)piece)->is_stored = true;
		all &= piece->is_stored != 0;
		before = at;
	}
	return all;
}

// Records of versions ≤ checkpoint are elsewhere, as far as batches have come: give back the chunks
// that hold nothing else.
static void release(struct queue *queue, uint64_t checkpoint)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < queue->n; k++) {
		uint32_t end = k < queue->chunk ? UINT32_MAX : k == queue->chunk ? queue->at : 0;

		if (mark(queue->chunks[k], checkpoint, end))
			record_chunk_give(queue->out, queue->chunks[k]);
		else
			queue->chunks[n++] = queue->chunks[k];
	}
	queue->n = n;
}

void pending_commit(struct pending *pending, uint64_t checkpoint)
{
	for (uint32_t i = 0; i < pending->n_queues; i++)
		release(&pending->queues[i], checkpoint);
	kept_clear(&pending->kept);
	pending_rewind(pending);
}

static int keep_all(struct pending *pending, uint64_t checkpoint, struct pending_batch *batch)
{
	int result;

	pending->kept_at = pending->kept.n; // these are kept already
	do {
		result = pending_batch(pending, checkpoint, batch);
		for (uint32_t i = 0; result == 0 && i < batch->n; i++) {
			const struct pending_record *record = &batch->records[i];
			const struct kept_record kept = {
				.key = record->key,
				.version = record->version,
				.kind = record->kind,
			};

			result = kept_add(&pending->kept, &kept, batch->parts + record->first,
				record->n_parts);
			pending->kept_at = pending->kept.n;
		}
	} while (result == 0 && batch->n > 0);
	return result;
}

void pending_keep(struct pending *pending, uint64_t checkpoint)
{
	struct pending_batch batch = {0};
	uint32_t n = pending->kept.n;

	pending_rewind(pending);
	if (keep_all(pending, checkpoint, &batch) == 0) {
		for (uint32_t i = 0; i < pending->n_queues; i++)
			release(&pending->queues[i], checkpoint);
		kept_settle(&pending->kept);
	} else {
		kept_cut(&pending->kept, n);
	}
	free(batch.records);
	free(batch.parts);
	pending_rewind(pending);
}

bool pending_is_short(const struct pending *pending, uint64_t checkpoint)
{
	for (uint32_t i = 0; i < pending->n_queues; i++) {
		const struct queue *queue = &pending->queues[i];

		if (queue->done < checkpoint &&
			queue->out->n_chunks - queue->n <= record_chunks_least(queue->out))
			return true;
	}
	return false;
}

void pending_spill(struct pending *pending, uint64_t checkpoint)
{
	pending_keep(pending, checkpoint);
	pending->kept_at = pending->kept.n;
}
