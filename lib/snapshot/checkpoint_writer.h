// Takes what tasks write for checkpoints and puts it into a store. It has no thread of its own:
// whoever has it calls checkpoint_writer_step(): a thread that may block; in the simulator the
// scheduler. A second thread (the coordinator) says what to do.
//
//	begin(n) ──► records of n are put as they come ──all tasks are DONE──► commit ──► result
//	                            │ abort(n), or the storage fails
//	                            └──► result; its records are kept and go with the next one
//
// Chunks go back to their tasks when a checkpoint that holds them is committed, or has failed: then
// their records are copied; so they are when a task has written so much ahead of a barrier that it
// would take no more input, and never see it.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "snapshot/checkpoint_result.h"
#include "snapshot/checkpoint_store.h"
#include "snapshot/record.h"

struct checkpoint_writer;

enum { CHECKPOINT_RESULTS_MAX = 16 };

// store and outs must outlive the writer. Returns NULL with errno and *err.
struct checkpoint_writer *checkpoint_writer_new(struct checkpoint_store *store,
	struct record_out *const *outs, uint32_t n_outs, struct err *err);
void checkpoint_writer_free(struct checkpoint_writer *writer); // may be NULL

// True when it did something. now_ns: wall clock, for the manifest.
bool checkpoint_writer_step(struct checkpoint_writer *writer, int64_t now_ns);

// ---- The coordinator's thread.

// Numbers go up by one, from the store's first_checkpoint; one at a time: the one before has its
// result, or was aborted.
void checkpoint_writer_begin(struct checkpoint_writer *writer, uint64_t checkpoint);
// It has timed out. May come too late: the result tells.
void checkpoint_writer_abort(struct checkpoint_writer *writer, uint64_t checkpoint);
// A compacting copy of the next checkpoint, if it is committed, as the directory path, which must
// not be there or be empty. Before its begin. Returns 0; -ENAMETOOLONG; -EBUSY: one was asked for
// already.
int checkpoint_writer_savepoint(struct checkpoint_writer *writer, const char *path);
// The next result that was not yet asked for; each begin has exactly one. At most
// CHECKPOINT_RESULTS_MAX wait.
bool checkpoint_writer_result(struct checkpoint_writer *writer, struct checkpoint_result *result);
