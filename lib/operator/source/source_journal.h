// The journal of a udp source (an instance, so of one rx queue): what is received is kept, and
// after a crash what the checkpoint has not is replayed before any live input, through the same
// decoder and with the arrival times it had.
//
//	start ──► replaying ──► live: keep() ──► journal
//	              ▲ journals of earlier processes, from the checkpoint's places on
#pragma once
#include "operator/source/source_state.h"
#include "snapshot/journal_replay.h"

struct source_journal {
	struct source *source;
	const struct framing *framing;
	struct journal_disk *disk;
	struct journal *journal;
	// what earlier processes left
	struct journal_listing listing;
	struct journal_series *series; // [:n_series] those that we replay
	uint32_t n_series;
	struct journal_replay *replay; // NULL when nothing is, or when it was taken down
	struct journal_place *places; // [:n_series] how far we are
	atomic_bool is_over; // the lcore writes: nothing (more) is to be replayed
	bool is_told; // and the main lcore has said so
	uint64_t n_replayed; // datagrams
	int64_t last_arrival_ns; // of them
	// what the checkpoint says, of all queues there were
	struct journal_place *restored; // [:n_restored]
	uint32_t n_restored;
	uint64_t restored_run; // the one that took it; 0 = none was restored
	uint16_t lost, stalls, behind; // counters
	// The feed's own sequence, when it has one and there is one queue only.
	int64_t last_number; // of the last row before what is to come
	bool has_last; // it is known
	bool wants_first; // the lcore: the next live row is compared with it
	_Atomic int64_t
		n_gap; // numbers between them, + 1; 0 = not yet known; the main lcore resets it
	struct message messages[RECEIVER_MESSAGES_MAX];
};

// NULL with *err filled. Nothing is opened yet.
struct source_journal *source_journal_new(
	struct source *source, const struct framing *framing, struct err *err);
void source_journal_free(struct source_journal *own); // may be NULL
int source_journal_start(struct source_journal *own, struct err *err);

// The lcore. Replay some. Returns how many messages came.
uint32_t source_journal_poll(struct source_journal *own);
// Whether live input may come.
bool source_journal_ready(struct source_journal *own);
// Before the next live messages: whether but one is wanted, and with what came of it.
bool source_journal_wants_one(struct source_journal *own);
void source_journal_take_first(struct source_journal *own);
// At a barrier, and back; restore() sees the records of all instances.
void source_journal_freeze(struct source_journal *own, struct record_out *out);
int source_journal_restore(struct source_journal *own, struct record_reader *in, struct err *err);

// The main lcore.
bool source_journal_replayed(struct source_journal *own, char *text, size_t size);
