// Watermarks. W on an input means: no more rows with ts ≤ W. What follows several inputs has the
// minimum of those that are not idle, and never goes back (Flink's StatusWatermarkValve):
//
//   - an idle input does not hold the minimum back;
//   - when the last active input goes idle and it was the one that held the output back, the
//   maximum
//     over all inputs is put out, then idle;
//   - an input that wakes up is waited for again only when its watermark has caught up with the
//     output ("aligned").
//
// Pure state: the caller says what happened. One lcore.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/mem.h"
#include "row/block.h" // WATERMARK_NONE, WATERMARK_END

struct watermark_input {
	int64_t watermark;
	bool idle;
	bool aligned; // takes part in the minimum
	// TSC at which it last moved, for "which input holds the watermark, and since when"
	uint64_t moved_tsc;
};

struct watermark_merge {
	uint32_t n_inputs;
	struct watermark_input *inputs;
	int64_t output;
	bool idle; // all inputs are
};

// n inputs, active, nothing known. Returns 0, or -ENOMEM.
int watermark_merge_init(struct watermark_merge *merge, struct mem *mem, uint32_t n_inputs);
void watermark_merge_destroy(struct watermark_merge *merge, struct mem *mem);

// What came out of a step: compare output and idle with what they were.
struct watermark_change {
	bool advanced; // merge->output is new
	bool became_idle;
	bool became_active;
};

// An input has reached watermark, which also says that it is active again if it was idle.
struct watermark_change watermark_merge_advance(
	struct watermark_merge *merge, uint32_t input, int64_t watermark, uint64_t tsc);
struct watermark_change watermark_merge_idle(struct watermark_merge *merge, uint32_t input);
// Rows came on an input that may be idle.
struct watermark_change watermark_merge_active(struct watermark_merge *merge, uint32_t input);

// The active input with the least watermark: the one that holds the output back. -1 when all are
// idle.
int watermark_merge_holder(const struct watermark_merge *merge);
