// For tests of operators of one instance that pass rows on: the same steps once undisturbed, and
// once with checkpoints that are frozen and packed at random moments, and crashes, after which a
// new operator goes on from the last checkpoint that was whole.
#pragma once
#include "operator/checkpointed.h"
#include "operator/rows_rig.h"

enum { CRASH_STEPS_MAX = 4000 };

// Rows, then a watermark, if any.
struct crash_step {
	uint32_t first;
	uint16_t n;
	int64_t watermark;
};

// Where a checkpoint stands: what had come in and gone out.
struct crash_point {
	struct checkpointed *saved; // by whom it was written; NULL: the beginning
	uint64_t checkpoint;
	uint32_t step, n_outs;
	int64_t out_watermark;
};

struct crash {
	struct crash_step steps[CRASH_STEPS_MAX];
	uint32_t n_steps, step;
	struct checkpointed *saved; // of this process
	bool is_open; // a checkpoint is in work
	struct crash_point last, open; // the last whole one
	uint32_t n_crashes, n_restored;
};

static struct crash crash;

// The rows of the rig cut into blocks, with watermarks that are sometimes far behind their marks.
static inline void crash_plan(void)
{
	uint16_t n;

	crash = (struct crash){0};
	for (uint32_t first = 0; first < rig.n_rows; first += n) {
		struct crash_step *step = &crash.steps[crash.n_steps++];
		uint32_t at, behind = random_below(&rig.random, 3) * random_below(&rig.random, 60);

		assert_true(crash.n_steps < CRASH_STEPS_MAX);
		n = (uint16_t)(1 + random_below(&rig.random, 20));
		if (n > rig.n_rows - first)
			n = (uint16_t)(rig.n_rows - first);
		at = first + n - 1;
		*step = (struct crash_step){first, n, WATERMARK_NONE};
		if (random_below(&rig.random, 3) > 0)
			step->watermark = rig.rows[at > behind ? at - behind : 0].mark;
	}
}

static inline void crash_do_step(const struct crash_step *step)
{
	rig_feed(step->first, step->n);
	if (step->watermark > rig.op->watermark)
		rig_control(BLOCK_WATERMARK, step->watermark);
}

static inline void crash_end(void)
{
	rig_control(BLOCK_WATERMARK, WATERMARK_END);
	rig_control(BLOCK_END, 0);
	assert_true(rig.ended);
}

static inline void crash_pack_some(void)
{
	if (crash.is_open)
		checkpointed_pack(rig.op, (int32_t)random_below(&rig.random, 40));
}

static inline void crash_new_process(void)
{
	crash.saved = calloc(1, sizeof(*crash.saved));
	checkpointed_begin(crash.saved);
	checkpointed_add(crash.saved, &rig.task);
	crash.saved->tasks[0].done = crash.last.checkpoint;
	crash.is_open = false;
	rig_make_op();
}

static inline void crash_drop_process(void)
{
	rig.op->ops->free(rig.op);
	assert_int_equal(rig.pool.n_used, 0);
	if (crash.saved == crash.last.saved)
		return;
	checkpointed_end(crash.saved);
	free(crash.saved);
}

static inline void crash_now(void)
{
	crash_drop_process();
	crash_new_process();
	if (crash.last.saved != NULL) {
		checkpointed_restore(crash.last.saved, crash.last.checkpoint, rig.op);
		crash.n_restored++;
	}
	crash.step = crash.last.step;
	rig.n_outs = crash.last.n_outs;
	rig.out_watermark = crash.last.out_watermark;
	crash.n_crashes++;
}

static inline void crash_freeze(void)
{
	struct block barrier = {.kind = BLOCK_BARRIER, .checkpoint_id = rig.op->checkpoint + 1};

	op_feed(rig.op, &barrier);
	rig_settle();
	crash.open = (struct crash_point){
		crash.saved, rig.op->checkpoint, crash.step, rig.n_outs, rig.out_watermark};
	crash.is_open = true;
}

static inline void crash_finish(void)
{
	struct checkpointed *before = crash.last.saved;

	checkpointed_finish(crash.saved, &rig.task, rig.op);
	crash.is_open = false;
	if (before != NULL && before != crash.saved) {
		checkpointed_end(before);
		free(before);
	}
	crash.last = crash.open;
}

// All steps, with checkpoints and crashes.
static inline void crash_run(uint32_t crash_in)
{
	rig.op->ops->free(rig.op);
	rig.n_outs = 0;
	rig.out_watermark = WATERMARK_NONE;
	rig.ended = false;
	crash.last = (struct crash_point){.out_watermark = WATERMARK_NONE};
	crash_new_process();
	rig.between = crash_pack_some;
	for (crash.step = 0; crash.step < crash.n_steps;) {
		crash_do_step(&crash.steps[crash.step++]);
		crash_pack_some();
		if (!crash.is_open && random_below(&rig.random, 4) == 0)
			crash_freeze();
		else if (crash.is_open && random_below(&rig.random, 3) == 0)
			crash_finish();
		if (random_below(&rig.random, crash_in) == 0)
			crash_now();
	}
	crash_end();
	rig.between = NULL;
}

static inline void crash_close(void)
{
	struct checkpointed *last = crash.last.saved;

	crash_drop_process();
	if (last != NULL) {
		checkpointed_end(last);
		free(last);
	}
	rig.task.out = NULL;
	rig_make_op(); // the rig's to free
}
