#include "runtime/task.h"
#include "dataplane/receiver.h"
#include "dataplane/sender.h"
#include "operator/sink/sink.h"
#include "operator/source/source.h"
#include "runtime/exchange_op.h"
#include "runtime/network.h"

// Rows that go first, while there are more than a step can take, before an operator that is pending
// and open has its turn: it gets on, though slowly, under any load.
enum { ROWS_PER_TURN = 2048 };
enum { BLOCKS_PER_STEP = 8 };

static bool resume_leaves(struct task *task)
{
	bool done = true;

	for (uint32_t i = 0; i < task->n_ops; i++) {
		struct op *op = task->ops[i];

		if (op->pending && op->n_outs == 0 && !op->ops->resume(op))
			done = false;
	}
	return done;
}

// Finish what had to stop, downstream first. True when the task may take input again.
static bool resume(struct task *task)
{
	task->n_rows_resumed = task->common.n_rows;
	if (!resume_leaves(task))
		return false;
	task->common.blocked = false;
	for (uint32_t i = task->n_ops; i-- > 0;) {
		struct op *op = task->ops[i];

		if (!op->pending)
			continue;
		task->dirty = true;
		op->ops->resume(op);
		if (op_is_closed(op) || task->common.blocked)
			return false;
	}
	return true;
}

static bool has_pending(const struct task *task)
{
	for (uint32_t i = 0; i < task->n_ops; i++)
		if (task->ops[i]->pending)
			return true;
	return false;
}

bool task_is_closed(const struct task *task)
{
	for (uint32_t i = 0; i < task->n_ops; i++)
		if (op_is_closed(task->ops[i]))
			return true;
	return false;
}

// Whether what is pending waits for rows to go first.
static bool is_turn_of_rows(const struct task *task)
{
	const struct op_task *common = &task->common;

	return common->input_waits && !task_is_closed(task) &&
	       common->n_rows - task->n_rows_resumed < ROWS_PER_TURN;
}

static void tick(struct task *task)
{
	for (uint32_t i = 0; i < task->n_ops && !task_is_closed(task); i++)
		if (task->ops[i]->ops->tick != NULL)
			task->dirty |= task->ops[i]->ops->tick(task->ops[i]);
}

static void flush(struct task *task)
{
	bool done = true;

	for (uint32_t i = 0; i < task->n_ops; i++) {
		if (exchange_is(task->ops[i]))
			done &= exchange_flush(task->ops[i]);
		else if (task->ops[i]->spec->kind == &sink_kind)
			sink_flush(task->ops[i]);
	}
	task->dirty = !done;
}

// A burst that is not full: nothing waits at the NIC, there is time for small blocks. Rows that
// came would otherwise stay until their block is full, as some frames come in almost every poll.
static void send_open(struct task *task)
{
	for (uint32_t i = 0; i < task->n_ops; i++)
		if (exchange_is(task->ops[i]))
			exchange_send_open(task->ops[i]);
}

static uint32_t step_gate(struct task *task)
{
	uint32_t n = 0;

	while (n < BLOCKS_PER_STEP) {
		const struct block *block;

		task->gate.holds_barriers = task->checkpoint.is_open;
		block = gate_take(&task->gate, task->common.now.tsc);
		if (block == NULL)
			break;
		n++;
		task->common.n_rows += block->n_rows;
		if (block->kind == BLOCK_BARRIER)
			task_take_barrier(task, block->checkpoint_id);
		op_feed(task->head, block);
		task_note_hold(task);
		if (block->kind == BLOCK_END)
			task->ended = true;
		if (task_is_closed(task))
			break;
	}
	return n;
}

static uint32_t poll_sources(struct task *task, bool stopping)
{
	uint32_t n = 0, n_ended = 0;

	if (task->receiver != NULL && !stopping)
		n = receiver_poll(task->receiver, &task->common.now);
	else if (task->receiver != NULL && !receiver_drain(task->receiver))
		return 0; // what was received comes out
	for (uint32_t i = 0; i < task->n_sources && !task_is_closed(task); i++) {
		if (stopping)
			source_stop(task->sources[i]);
		n += source_poll(task->sources[i]);
	}
	for (uint32_t i = 0; i < task->n_sources && !task_is_closed(task); i++)
		n_ended += source_finish(task->sources[i]);
	task->has_ended_source |= n_ended > 0;
	task->ended = n_ended == task->n_sources;
	return n;
}

static uint32_t step_sources(struct task *task)
{
	bool stopping = atomic_load_explicit(&task->stopping, memory_order_relaxed);
	bool suspending = atomic_load_explicit(&task->suspending, memory_order_relaxed);
	uint32_t n = 0;

	if (suspending && task->receiver != NULL && !receiver_drain(task->receiver))
		return 0; // what was received comes out
	if (task_owes_barrier(task)) {
		if (task->receiver != NULL && !receiver_drain(task->receiver))
			return 0;
		task_emit_barrier(task);
		return 1;
	}
	// Where one has ended, by stop --drain, all must: such a task gets no barrier any more.
	if (!suspending || task->has_ended_source)
		n = poll_sources(task, stopping);
	task_note_hold(task);
	return n;
}

// Give the NIC what waits to be sent. Returns how much still does.
static uint32_t transmit(struct task *task)
{
	uint32_t n_waiting = 0;

	if (task->transmit != NULL)
		transmit_flush(task->transmit);
	for (uint32_t i = 0; i < task->n_senders; i++) {
		n_waiting += sender_flush(task->senders[i]->sender);
		n_waiting += transmit_flush(&task->senders[i]->transmit);
	}
	return n_waiting;
}

// What is left when the input is over. Always returns 0.
static uint32_t step_ended(struct task *task)
{
	flush(task);
	if (!task->dirty && !has_pending(task) && transmit(task) == 0)
		atomic_store_explicit(&task->finished, true, memory_order_release);
	return 0;
}

// A step that takes so much has left more behind.
static uint32_t fill(const struct task *task)
{
	if (task->has_gate)
		return BLOCKS_PER_STEP;
	return task->receiver != NULL ? RECEIVER_BURST : 1;
}

static uint32_t step(struct task *task)
{
	uint32_t n;

	if (has_pending(task) && !is_turn_of_rows(task) && !resume(task)) {
		// Blocked is idle; a window that fires in portions is busy.
		return task->common.blocked ? 0 : 1;
	}
	if (task->ended)
		return step_ended(task);
	if (!task_has_room(task))
		return has_pending(task);
	if (task->has_ticks && !atomic_load_explicit(&task->suspending, memory_order_relaxed))
		tick(task);
	if (task_is_closed(task))
		return 1;
	n = task->has_gate ? step_gate(task) : step_sources(task);
	task->common.input_waits = task->common.is_live && n >= fill(task);
	task->dirty |= n > 0;
	if (task->dirty && n == 0 && !has_pending(task))
		flush(task);
	else if (n == 0 || (task->receiver != NULL && n < RECEIVER_BURST))
		send_open(task);
	return n == 0 && has_pending(task) ? 1 : n;
}

uint32_t task_step(struct task *task, struct now now)
{
	uint32_t n;

	// A fault ends the job. Until the coordinator has seen it nothing more comes out: that
	// would be results without the rows that faulted.
	if (task->common.fault.text != NULL)
		return 0;
	task->common.now = now;
	for (uint32_t i = 0; task->receiver != NULL && i < task->n_sources; i++)
		source_tick(task->sources[i]);
	n = step(task);
	transmit(task);
	task_note_hold(task);
	return n + task_pack(task, n > 0);
}

void task_destroy(struct task *task)
{
	for (uint32_t i = 0; i < task->n_ops; i++)
		task->ops[i]->ops->free(task->ops[i]);
	if (task->has_gate)
		gate_destroy(&task->gate);
}
