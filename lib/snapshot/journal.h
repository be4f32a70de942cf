// The journal of a source whose feed cannot be asked again: what a queue has accepted is copied,
// handed to a thread and written to files, so that a process that comes after a crash can take it
// from there. The lcore never waits for the disk; what has not come to the disk at a crash is
// bounded by the sync interval.
//
//	rx lcore ──journal_append()──► buffers ──ring──► journal_step() ──► segments on disk
//	main lcore ──journal_committed()──► segments that no checkpoint needs are removed
//
// When the disk is slower than the feed, full, or fails, a policy decides: stop (take no more input
// until there is room; when the disk has failed, the job fails), or go on without, counting every
// datagram that is in no journal.
#pragma once
#include <stdatomic.h>
#include "base/mem.h"
#include "dataplane/handoff.h"
#include "snapshot/journal_disk.h"
#include "snapshot/journal_format.h"

enum {
	JOURNAL_BUFFER = 512 << 10, // of one write at most
	JOURNAL_BUFFERS = 32,
	JOURNAL_BATCH = 8, // writes at once
	JOURNAL_MARKS = 2048, // checkpoints that may be retained or under way
	JOURNAL_FAILURE_MAX = 200,
};

enum journal_policy { JOURNAL_STOP, JOURNAL_CONTINUE };

struct journal_options {
	struct mem *mem;
	struct journal_disk *disk; // the caller's; the journal is the only one who writes there
	uint64_t run;
	uint32_t queue;
	uint64_t segment_size; // a multiple of JOURNAL_PAGE, more than a JOURNAL_BUFFER
	uint64_t max_segments; // at the same time, 2 at least
	int64_t sync_interval_ns; // at most so much is lost in a crash
	uint64_t tsc_hz;
	enum journal_policy policy;
};

// What has been frozen for a checkpoint.
struct journal_mark {
	_Atomic uint64_t checkpoint; // 0 = none; written last
	_Atomic uint64_t position; // the first datagram that is not part of it
	atomic_bool is_replayed; // nothing of earlier processes is needed any more
};

struct journal {
	// set at the start
	struct journal_options options;
	struct handoff handoff;
	uint64_t hold_ticks; // how long a datagram may wait in an open buffer
	struct journal_mark marks[JOURNAL_MARKS]; // the lcore writes, the writer reads

	// the rx lcore only
	struct handoff_buffer *open; // being filled, or NULL
	uint64_t open_tsc; // when its first datagram came
	uint64_t next; // sequence number of the next datagram
	uint64_t n_lost, n_unsaid; // that are in no journal; of them not yet said there
	uint64_t n_stalls; // times that input was stopped
	bool is_stalled;

	// the writer writes, others read
	_Atomic uint64_t durable; // datagrams below this are safe
	_Atomic uint64_t n_dropped; // that it had, and could not write
	_Atomic uint64_t n_bytes; // written
	atomic_bool is_full, has_failed; // no room for a segment; for good (failure says why)
	char failure[JOURNAL_FAILURE_MAX];
	_Atomic uint64_t oldest; // the main lcore writes: no checkpoint before this is needed

	// the writer only
	struct journal_segment segment; // being written, when file ≥ 0
	int file;
	uint64_t offset; // in it
	uint64_t n_unsynced; // datagrams written to it since the last sync
	uint64_t written; // datagrams below this are
	int64_t synced_ns; // when it last was
	int64_t retry_ns; // do not try to make a segment before
	uint64_t *firsts; // [:n_segments] of our segments, oldest first; the last is being written
	uint32_t n_segments;
	struct handoff_buffer *batch[JOURNAL_BATCH];
	uint32_t n_batch;
	uint64_t done; // the checkpoint that segments were last removed for
	char (*old)[JOURNAL_NAME_MAX]; // [:n_old] segments of earlier processes
	uint32_t n_old;
	uint8_t *page; // for headers
};

// Nothing is written before the first datagram. Returns NULL with *err filled.
struct journal *journal_new(const struct journal_options *options, struct err *err);
// The thread, if there is one, must have been stopped: what was handed over and is not yet written
// is lost.
void journal_free(struct journal *journal); // journal may be NULL
// A segment of an earlier process, to be removed when no checkpoint needs it. Before the start.
int journal_adopt(struct journal *journal, const char *name);

// A thread that steps it, until stopped, when it first writes what it has.
int journal_start(struct journal *journal, struct err *err);
void journal_stop(struct journal *journal);

// ---- The rx lcore.

// Whether there is room for a burst, or the policy does not ask for it.
bool journal_ready(struct journal *journal);
// Keep a datagram; it becomes number journal->next, unless there is no room.
void journal_append(struct journal *journal, const void *payload, uint16_t len, int64_t arrival_ns,
	uint64_t now_tsc);
// Hand over what has waited long enough. Each step of the lcore's loop.
void journal_tick(struct journal *journal, uint64_t now_tsc);
void journal_flush(struct journal *journal); // hand over at once
// A checkpoint is frozen: it has all before journal->next.
void journal_mark(struct journal *journal, uint64_t checkpoint, bool is_replayed);
// Why the disk has failed (JOURNAL_STOP), or NULL.
const char *journal_failure(const struct journal *journal);
// Datagrams that are in no journal, for either reason.
uint64_t journal_lost(const struct journal *journal);
// Datagrams that were kept and are not yet safe: a crash now would lose them.
uint64_t journal_behind(const struct journal *journal);

// ---- The main lcore: oldest is the first checkpoint that may yet be restored.
void journal_committed(struct journal *journal, uint64_t oldest);

// ---- The writer: write what was handed over, sync when it is time, remove what is not needed.
// Returns false when there was nothing to do. now_ns: any clock that goes on. May block.
bool journal_step(struct journal *journal, int64_t now_ns);
