// Chunks that tasks have handed over and that no committed checkpoint has taken in yet, and the
// records in them that a checkpoint is made of. What was put is forgotten when the transaction
// fails: pending_rewind() and everything comes once more. One thread.
#pragma once
#include <stdbool.h>
#include "snapshot/record.h"
#include "snapshot/storage.h"

enum { PENDING_BATCH_MAX = 16384 };

// One record (or drop, or row), its value in parts where it lies in chunks.
struct pending_record {
	struct record_key key;
	uint64_t version;
	enum record_kind kind;
	uint32_t first, n_parts; // of batch->parts
	uint32_t order; // in which they came
};

struct pending_batch {
	struct pending_record *records; // [:n]
	struct bytes *parts; // [:n_parts]
	uint32_t n, n_max, n_parts, n_parts_max;
};

struct pending;

struct pending *pending_new(struct record_out *const *outs, uint32_t n_outs);
void pending_free(struct pending *pending); // may be NULL

// Take chunks that have come, at most n_max. Returns how many, or -ENOMEM.
int pending_take(struct pending *pending, uint32_t n_max);
// Records of versions ≤ checkpoint that were not in a batch since the last rewind, about
// PENDING_BATCH_MAX of them. Returns 0 or -ENOMEM.
int pending_batch(struct pending *pending, uint64_t checkpoint, struct pending_batch *batch);
// Whether all tasks have said all about the checkpoint, as far as batches have come.
bool pending_is_done(const struct pending *pending, uint64_t checkpoint);
void pending_rewind(struct pending *pending);
// The checkpoint has failed: copy what has come of it out of its chunks, and give those back. When
// there is no memory for that they are kept as they are. Rewinds.
void pending_keep(struct pending *pending, uint64_t checkpoint);
// Whether a task that has not yet said all about the checkpoint may wait for chunks: it takes no
// input then, nor the barrier behind it.
bool pending_is_short(const struct pending *pending, uint64_t checkpoint);
// Make room for it, as pending_keep() does; all that has come was in a batch, and stays put.
void pending_spill(struct pending *pending, uint64_t checkpoint);
// It is committed: give back the chunks that are not needed any more.
void pending_commit(struct pending *pending, uint64_t checkpoint);
