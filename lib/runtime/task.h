// A task: a tree of operators and its input, run by one lcore. The input is a gate (blocks from
// other tasks), a source that is polled, or a NIC queue whose messages go to several sources.
//
//        input ──► op ──► op ──► exchange          ops[] holds them upstream before downstream
//                   └───► op ──► sink
//
// task_step() does a bounded piece of work and never blocks. It reads no clock: the time comes in.
#pragma once
#include <stdatomic.h>
#include "exchange/gate.h"
#include "operator/op.h"
#include "runtime/task_checkpoint.h"

enum { TASK_OPS_MAX = CHECKPOINT_OPS_MAX, TASK_SOURCES_MAX = 64 };

struct receiver;
struct transmit;
struct network_sender;

enum { TASK_SENDERS_MAX = 16 };

struct task {
	struct op_task common; // first: what the operators see
	const char *name;
	uint32_t lcore_id;
	// input: one of the three
	struct gate gate; // of a stage task
	bool has_gate;
	const struct task *const *upstream; // [:gate.n_inputs] who sends on each input
	struct receiver *receiver; // of an rx task; feeds the sources
	struct transmit *transmit; // of an rx task: what answers go out through, or NULL
	struct network_sender *senders[TASK_SENDERS_MAX]; // of udp sinks
	uint32_t n_senders;
	struct op *sources[TASK_SOURCES_MAX]; // heads of source trees
	uint32_t n_sources;
	struct op *head; // of a stage task
	struct op *ops[TASK_OPS_MAX];
	uint32_t n_ops;
	bool has_ticks; // an operator has a tick()
	bool ended; // its input is over; what is pending may still have to come out
	atomic_bool finished; // and has: the task's lcore writes, the coordinator reads
	// The coordinator writes, the lcore reads. stopping: sources take no more input, and end.
	// suspending: they take no more, and do not end: a checkpoint keeps what there is.
	atomic_bool stopping, suspending;
	bool has_ended_source; // END is behind at least one of the sources
	struct task_checkpoint checkpoint;
	bool dirty; // something may wait in open blocks to be flushed
	uint64_t n_rows_resumed; // common.n_rows when what was pending had its last turn
};

// Do some work. Returns how many rows, blocks or messages were taken; 0 = nothing to do, or
// blocked.
uint32_t task_step(struct task *task, struct now now);
bool task_is_closed(const struct task *task); // some operator has to be done before there is input
// Free the operators and the gate (channels are the topology's).
void task_destroy(struct task *task);
