#include "runtime/task_checkpoint.h"
#include <assert.h>
#include "operator/source/source.h"
#include "runtime/task.h"

enum {
	BUDGET_FIRST = 32, // entries
	BUDGET_MAX = 8192,
	PORTION_US = 20, // aimed at; 50 are the limit
	BUSY_SHARE = 20, // one part in so many is packing, while there is input
	FULL_S = 10, // patience with a checkpoint that does not fit
};

void task_checkpoint_init(struct task_checkpoint *own, uint64_t checkpoint)
{
	atomic_store(&own->asked, checkpoint);
	atomic_store(&own->done, checkpoint);
	own->budget = BUDGET_FIRST;
}

static uint64_t number(const struct task_checkpoint *own)
{
	return atomic_load_explicit(&own->done, memory_order_relaxed) + 1;
}

static bool is_asked(const struct task_checkpoint *own)
{
	return atomic_load_explicit(&own->asked, memory_order_acquire) >= number(own);
}

static void open_checkpoint(struct task_checkpoint *own)
{
	assert(!own->is_open);
	own->is_open = true;
}

bool task_owes_barrier(const struct task *task)
{
	const struct task_checkpoint *own = &task->checkpoint;

	if (task->common.out == NULL || task->has_gate || task->has_ended_source)
		return false;
	return own->is_open ? own->n_emitted < task->n_sources : is_asked(own);
}

bool task_emit_barrier(struct task *task)
{
	struct task_checkpoint *own = &task->checkpoint;

	if (!own->is_open)
		open_checkpoint(own);
	while (own->n_emitted < task->n_sources) {
		source_barrier(task->sources[own->n_emitted++], number(own));
		if (task_is_closed(task))
			break;
	}
	task_note_hold(task);
	return own->n_emitted == task->n_sources;
}

void task_take_barrier(struct task *task, uint64_t checkpoint)
{
	assert(checkpoint == number(&task->checkpoint));
	open_checkpoint(&task->checkpoint);
}

bool task_has_room(struct task *task)
{
	struct task_checkpoint *own = &task->checkpoint;
	const struct record_out *out = task->common.out;
	uint64_t now = task->common.now.tsc;

	if (out == NULL)
		return true;
	if (record_room(out) >= (uint64_t)record_chunks_least(out) * RECORD_CHUNK_SIZE) {
		if (own->held_since != 0)
			own->room_ticks += now - own->held_since;
		own->held_since = 0;
		return true;
	}
	if (own->held_since == 0)
		own->held_since = now;
	return false;
}

void task_note_hold(struct task *task)
{
	if (task->common.out != NULL)
		record_note_hold(task->common.out);
}

static bool is_packed(const struct task_checkpoint *own, uint32_t i)
{
	return own->packed[i / 64] >> (i % 64) & 1;
}

// Pack operators, upstream first, as far as the barrier has come and *n_left goes. One that waits
// for something else (a disk) does not keep the others waiting.
static void pack_ops(struct task *task, int32_t *n_left)
{
	struct task_checkpoint *own = &task->checkpoint;

	for (uint32_t i = 0; i<task->n_ops && * n_left> 0; i++) {
		struct op *op = task->ops[i];

		if (is_packed(own, i))
			continue;
		if (op->checkpoint != number(own) || record_room(task->common.out) == 0)
			return;
		if (op->ops->pack != NULL && !op->ops->pack(op, n_left))
			continue;
		own->packed[i / 64] |= 1ull << (i % 64);
		own->n_packed++;
	}
}

static void close_checkpoint(struct task *task)
{
	struct task_checkpoint *own = &task->checkpoint;

	record_done(task->common.out, number(own));
	own->is_open = false;
	own->n_emitted = own->n_packed = 0;
	for (int i = 0; i < CHECKPOINT_OP_WORDS; i++)
		own->packed[i] = 0;
	atomic_fetch_add_explicit(&own->done, 1, memory_order_release);
}

// Portions take about as long as they should.
static void adapt_budget(struct task_checkpoint *own, uint64_t ticks, uint64_t tsc_hz)
{
	uint64_t aim = tsc_hz / 1000000 * PORTION_US;

	if (ticks > aim)
		own->budget = own->budget > 1 ? own->budget / 2 : 1;
	else if (ticks < aim / 2 && own->budget < BUDGET_MAX)
		own->budget *= 2;
}

static uint32_t pack_portion(struct task *task)
{
	struct task_checkpoint *own = &task->checkpoint;
	const struct op_task *common = &task->common;
	int32_t n_left = own->budget;
	uint32_t n_packed = own->n_packed;
	uint64_t start = common->tsc(), ticks;

	pack_ops(task, &n_left);
	if (n_left == own->budget && own->n_packed == n_packed && n_packed < task->n_ops)
		return 0; // something has to come first: a barrier, a disk
	if (own->n_packed == task->n_ops)
		close_checkpoint(task);
	ticks = common->tsc() - start;
	common->out->ticks = ticks; // its records are part of it
	task_note_hold(task);
	if (n_left <= 0)
		adapt_budget(own, ticks, common->tsc_hz);
	own->next_tsc = start + ticks * BUSY_SHARE;
	return 1;
}

static void freeze_all(struct task *task)
{
	open_checkpoint(&task->checkpoint);
	for (uint32_t i = 0; i < task->n_ops; i++)
		op_freeze(task->ops[i], number(&task->checkpoint));
	task_note_hold(task);
}

// Memory comes back when a checkpoint is committed: one that does not fit never will be.
static bool fits(struct task *task)
{
	struct task_checkpoint *own = &task->checkpoint;
	const struct op_task *common = &task->common;
	uint64_t now = common->now.tsc;

	if (record_room(common->out) > 0 || own->full_since == 0)
		own->full_since = record_room(common->out) > 0 ? 0 : now;
	return !common->out->is_broken &&
	       (own->full_since == 0 || now - own->full_since < FULL_S * common->tsc_hz);
}

// Memory for the next checkpoint, as if all of the state had changed. Buckets are full to 70 %.
static void want_memory(const struct task *task)
{
	uint64_t n_pages = 0;

	for (uint32_t i = 0; i < task->n_ops; i++)
		n_pages += task->ops[i]->pool.n_used;
	record_want(task->common.out, n_pages * PAGE_SIZE / 4 * 3);
}

uint32_t task_pack(struct task *task, bool is_busy)
{
	struct task_checkpoint *own = &task->checkpoint;

	if (task->common.out == NULL)
		return 0;
	if (!own->is_open)
		want_memory(task);
	if (!own->is_open && atomic_load_explicit(&task->finished, memory_order_relaxed) &&
		is_asked(own))
		freeze_all(task);
	if (!own->is_open || (is_busy && task->common.now.tsc < own->next_tsc))
		return 0;
	if (!fits(task)) {
		fault_set(&task->common.fault,
			"a checkpoint does not fit the memory for what is on its way to the disk: "
			"raise state.checkpoints.buffer-size");
		return 0;
	}
	return pack_portion(task);
}
