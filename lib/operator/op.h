// The operator interface. An operator takes blocks and emits blocks; a chain of them runs to
// completion inside one task on one lcore. The planner describes operators (struct op_spec, shared,
// immutable), the runtime makes an instance of each for every task that runs them.
//
//   - process() takes rows. It reads the block during the call and keeps nothing of it.
//   - control() takes a watermark, idle, barrier or end, in the order sent; NULL = just passes it
//   on.
//   - An operator emits at most one block per process() call, so that what is downstream needs to
//     hold one block only; one that has more to emit (a window that fires) looks at op_is_blocked()
//     after each block, stops when it is, and goes on in resume(). It passes a control message on
//     only after all that belongs before it.
//   - A barrier that is handed on freezes the operator (op_emit() sees to it): its small state is
//     written down at once, what is large is packed in portions, or just before it changes.
//   - While a task is blocked or has something to resume, it takes no input. An operator that is
//   left
//     pending by process() or control() blocks the task (op_hold_upstream()), so that those
//     upstream of it, when they are in the same task, stop where they are.
//   - But what comes from a NIC does not wait. An operator that says so (is_open) takes rows and
//     watermarks while it is pending: a window that fires, whose rows of now belong to later ones.
//     It closes itself when something comes that has to wait for it, as a barrier does.
//
// Operators know no clock, no ring, no file. Time comes in with the task (struct op_task), faults
// and counts go out through it.
#pragma once
#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/now.h"
#include "row/block.h"
#include "row/key.h"
#include "snapshot/record.h"
#include "state/page_pool.h"

struct op;
struct op_dump;
struct op_spec;

// What all operators of a task share. The runtime owns it.
struct op_task {
	struct now now; // the runtime sets it before each step
	uint64_t (*tsc)(void); // the time right now, for latency at the sinks: once a block
	uint64_t tsc_hz;
	struct fault fault; // operators set it, the runtime ends the job
	const char *drop_reason; // of the rows that a late output gets at the moment
	bool blocked; // downstream is full: emit nothing until it is resumed
	bool is_live; // input that has to wait may be lost: operators that are open get it
	bool input_waits; // the last step has left some behind: work that can wait does
	uint64_t n_rows; // that have come in
	int32_t portion; // entries that a window fires at once, for tests; 0 = what it thinks right
	struct mem *mem;
	const struct hash_seed *seed;
	struct page_pool *pool; // keyed state of all operators of this lcore
	bool drop_new_keys; // what happens when the pool is empty: drop and count, or fault
	bool evict_idle; // before that, by operators that can: keys without rows for longest go
	struct record_out *out; // where checkpoints go; NULL = none are taken
	const char *state_dir; // where the checkpoints are; NULL = none are taken
	uint64_t stop_after; // messages that a file is to give, for tests; 0 = all
	bool is_fresh; // whatever earlier processes left there is no matter
	uint16_t instance, n_instances; // of the stage: which key groups are ours
};

// Named counts that an operator keeps; the summary and telemetry read them (they may lag).
struct op_counter {
	const char *name; // "late"
	uint64_t value;
	bool is_drop; // part of the account of events: rows that this operator dropped
};

struct op_ops {
	void (*process)(struct op *op, const struct block *block);
	void (*control)(struct op *op, const struct block *block);
	// Go on with what had to stop; returns true when nothing is left to do.
	bool (*resume)(struct op *op);
	// Time goes on: called before each step that takes input, so never while the operator is
	// closed. Returns true when it emitted something. NULL = time does not matter.
	bool (*tick)(struct op *op);

	// Checkpoint op->checkpoint: all input before it has been worked off, none behind it. Write
	// what is small, note what is frozen. At most some 20 µs. NULL = there is no state.
	void (*freeze)(struct op *op);
	// Pack some of what is frozen, until *n_left, about an entry each, is used up. True when
	// all of it was written and (for sinks) what was emitted is safe. False with some of
	// *n_left left: it waits for a disk; ask again later. NULL = freeze() wrote it all.
	bool (*pack)(struct op *op, int32_t *n_left);
	// Take a record of this operator, from any instance of it and any parallelism, before the
	// first block; those of keys that are not ours (op_owns()) are no matter. They come in the
	// order of their keys. 0, or -errno with *err filled.
	int (*restore)(struct op *op, const struct record *record, struct err *err);
	// That was the last one. NULL = nothing to do.
	int (*restored)(struct op *op, struct err *err);

	void (*free)(struct op *op);
};

enum { OP_OUTS_MAX = 64, OP_NO_OUT = UINT16_MAX, OP_COUNTERS_MAX = 12 };

// The first member of every operator.
struct op {
	const struct op_ops *ops;
	const struct op_spec *spec;
	struct op_task *task;
	struct op *outs[OP_OUTS_MAX]; // several when several INSERTs share what is upstream
	uint16_t n_outs;
	// The out that gets rows which come too late, instead of none (late_rows.h), or OP_NO_OUT.
	// It sees all control messages, and no other rows.
	uint16_t late_out;
	bool pending; // resume() has something to do
	bool is_open; // and rows may come meanwhile, when they cannot wait
	struct page_pool pool; // where its state's pages are from: the task's, counted
	// the task's lcore writes, telemetry reads
	uint64_t n_rows_in;
	int64_t watermark; // never goes back
	uint64_t checkpoint; // the last one that it was frozen for, or restored from
	bool is_restored;
	uint16_t n_counters;
	struct op_counter counters[OP_COUNTERS_MAX];
};

// A kind of operator: what the planner and EXPLAIN know of it.
struct op_kind {
	const char *name; // "WindowAggregate", as EXPLAIN prints it
	// An instance of spec for this task, outs not yet connected. NULL with *err filled.
	struct op *(*create)(const struct op_spec *spec, struct op_task *task, struct err *err);
	// Behind the name: "keys=[user_id], window=HOP(30 s, 5 min), aggs=[SUM(amount)]".
	const char *(*explain)(const struct op_spec *spec, struct arena *arena);
	// How its state in a checkpoint reads (dump.h). NULL = as bytes only.
	const struct op_dump *dump;
	// Grows when what spec has in checkpoints changes its form or its meaning, so that older
	// ones are refused: the sum of what its parts say of theirs. NULL = 0.
	uint32_t (*state_version)(const struct op_spec *spec);
};

// An operator of the plan. Immutable once planned.
struct op_spec {
	const struct op_kind *kind;
	const void *config; // the kind's own struct
	const struct schema *input; // of the rows it takes
	const struct schema *output; // of the rows it emits
	uint32_t id; // stable within the plan, from 1
	// Its input rows are the events of a source, not results computed of them: its drops are
	// part of the account of events.
	bool takes_events;
	struct op_spec *outs[OP_OUTS_MAX];
	uint16_t n_outs;
	uint16_t late_out; // index in outs, plus 1; 0 = none
};

static inline uint32_t op_state_version(const struct op_spec *spec)
{
	return spec->kind->state_version != NULL ? spec->kind->state_version(spec) : 0;
}

static inline bool op_is_blocked(const struct op *op)
{
	return op->task->blocked;
}

// Whether what comes in has to wait until the operator is done.
static inline bool op_is_closed(const struct op *op)
{
	return op->pending && !(op->is_open && op->task->is_live);
}

// At the end of process() and control() of an operator that may be left pending: what is upstream
// in the task stops, as if downstream were full. (resume() needs no such word.)
static inline void op_hold_upstream(struct op *op)
{
	op->task->blocked |= op_is_closed(op);
}

// Hand a block to one operator: rows to process(), the rest to control() or through.
void op_feed(struct op *op, const struct block *block);
// Hand a block on to all that is downstream. A barrier freezes the operator first.
void op_emit(struct op *op, const struct block *block);
// Rows slots[:n] of block, an input of op, are dropped for this reason ("late"): the late output,
// when there is one, gets them. At most once in a process() call, or before a block is emitted.
void op_emit_dropped(struct op *op, const struct block *block, const uint16_t *slots, uint16_t n,
	const char *reason);
// Count n rows under a counter that op_counter_add() made.
static inline void op_count(struct op *op, uint16_t counter, uint64_t n)
{
	op->counters[counter].value += n;
}
// What a row of block, an input of op, is late against: its own mark, or what the watermark over
// all inputs has reached meanwhile.
static inline int64_t op_late_mark(const struct op *op, const struct block *block, uint16_t slot)
{
	int64_t mark = block_late_mark(block, slot);

	return mark > op->watermark ? mark : op->watermark;
}

// Freeze the operator for this checkpoint: for leaves, which do not emit the barrier.
void op_freeze(struct op *op, uint64_t checkpoint);
// Take a record: the runtime's (part 0, the watermark), or one for ops->restore().
int op_restore(struct op *op, const struct record *record, struct err *err);
// Where the operator's records are. part from 1.
static inline struct record_key op_record_key(
	const struct op *op, uint16_t part, uint64_t space, uint64_t place)
{
	return (struct record_key){op->spec->id, part, op->task->instance, space, place};
}
// A space of the operator's has gone: records of it end with the next checkpoint.
static inline void op_drop_space(struct op *op, uint16_t part, uint64_t space)
{
	struct record_key key = op_record_key(op, part, space, 0);

	record_drop(op->task->out, &key, op->checkpoint + 1);
}
// Whether this instance owns the keys of this hash.
static inline bool op_owns(const struct op *op, uint64_t hash)
{
	return key_group_owner(key_group(hash), op->task->n_instances) == op->task->instance;
}

// Name a counter when an instance is made; returns its index.
uint16_t op_counter_add(struct op *op, const char *name, bool is_drop);
// Initialise the common part of an instance.
void op_init(
	struct op *op, const struct op_ops *ops, const struct op_spec *spec, struct op_task *task);
