// A task's part in checkpoints.
//
//	asked ──► barrier in ──► each operator freezes ──► their buckets are ──► RECORD_DONE
//	          (gate, or the   as it hands it on        packed in portions
//	          sources emit it)
//
// Checkpoints are taken one after the other and in full, in the order of their numbers: the next
// barrier waits at the gate until the task is done with the one before. A task that has finished
// gets no barrier any more and freezes its operators when it is asked.
//
// Packing is done in portions between blocks: a portion holds the lcore for some 20 µs, and while
// there is input it is followed by nineteen times as much of other work.
#pragma once
#include <stdatomic.h>
#include "operator/op.h"

enum { CHECKPOINT_OPS_MAX = 1024, CHECKPOINT_OP_WORDS = CHECKPOINT_OPS_MAX / 64 };

struct task;

struct task_checkpoint {
	// The newest that is to be taken, with all before it: the coordinator writes, the lcore
	// reads.
	_Atomic uint64_t asked;
	// the task's lcore only
	bool is_open; // checkpoint done + 1 is being taken
	uint32_t n_emitted; // sources that have emitted its barrier
	uint32_t n_packed; // operators that are
	uint64_t packed[CHECKPOINT_OP_WORDS]; // which ones
	int32_t budget; // entries of a portion
	uint64_t next_tsc; // of the next portion, if there is input meanwhile
	uint64_t held_since; // input waits for room in the records' memory; 0 = it does not
	uint64_t full_since; // there is no room at all for what is to be packed; 0 = there is
	// the lcore writes, others read (may lag)
	_Atomic uint64_t done; // the last one, or the one that was restored
	uint64_t room_ticks; // that input has waited for room
};

// The task has nothing to say about checkpoint and those before it: it comes from there.
void task_checkpoint_init(struct task_checkpoint *own, uint64_t checkpoint);

// Whether a source task has a barrier to emit: it then takes no input until task_emit_barrier() has
// returned true.
bool task_owes_barrier(const struct task *task);
// Emit it at the sources that have not. Only while no operator is closed. True when all have.
bool task_emit_barrier(struct task *task);
// A barrier came out of the gate, and is about to be fed.
void task_take_barrier(struct task *task, uint64_t checkpoint);
// Whether there is room for what a step's input may make operators write.
bool task_has_room(struct task *task);
// Note for how long operators have just held the lcore by freezing, or by packing urgently.
void task_note_hold(struct task *task);
// Pack a portion if it is time. is_busy: other work was done in this step. Returns 1 when it did
// something, else 0.
uint32_t task_pack(struct task *task, bool is_busy);
