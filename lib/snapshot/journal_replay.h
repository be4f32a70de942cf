// Several series of a journal, read back by a thread and handed to an lcore in the order in which
// the datagrams arrived: run by run, and within a run, which may have had more queues than there
// are now, by the wall clock.
#pragma once
#include <stdatomic.h>
#include "dataplane/handoff.h"
#include "snapshot/journal_cursor.h"

enum { JOURNAL_REPLAY_BUFFER = 512 << 10, JOURNAL_REPLAY_BUFFERS = 4 };

// A datagram on its way to the lcore; the payload is behind record.
struct journal_item {
	uint64_t series;
	struct journal_record record;
};

struct journal_replay {
	struct mem *mem;
	struct handoff handoff;
	uint32_t n_series;
	const struct journal_series *series; // [:n_series] by run, then queue
	// the reader only
	struct journal_cursor *cursors; // [:n_series]
	const struct journal_record **heads; // [:n_series] the next of each, or NULL
	uint32_t n_primed; // [:n_primed] of the cursors have begun
	// the lcore only
	struct handoff_buffer *buffer; // in hand, or NULL
	size_t at; // buffer->data[:at] is done
	bool is_over; // all of it was taken; from then on the cursors say what was found
};

// series stay the caller's. Returns NULL with *err filled.
struct journal_replay *journal_replay_new(struct mem *mem, struct journal_disk *disk,
	const struct journal_series *series, uint32_t n_series, struct err *err);
void journal_replay_free(struct journal_replay *replay); // may be NULL; its thread is not running
// A thread that reads, until the end or until stopped.
int journal_replay_start(struct journal_replay *replay, struct err *err);
void journal_replay_stop(struct journal_replay *replay);
// Or without a thread: fill one buffer. False: all are full, or everything was read.
bool journal_replay_step(struct journal_replay *replay);

// ---- The lcore.

// Have a buffer in hand; items of the one before are gone. False: there is none yet, or it is over.
bool journal_replay_hold(struct journal_replay *replay);
// The next item of the buffer in hand, NULL at its end.
const struct journal_item *journal_replay_peek(const struct journal_replay *replay);
void journal_replay_pass(struct journal_replay *replay); // over the one that peek gives
