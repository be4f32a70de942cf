// The way into a task: its input channels, merged. A gate hands out row blocks channel by channel,
// and what the control messages of all channels amount to: one watermark, one barrier, one end.
//
//   - watermark: time/watermark.h; a row block's own watermark counts after its rows
//   - barrier n: a channel that has brought it is not read until all have (aligned); then it is
//   out,
//     unless the task wants it to wait. Barriers come in the order of their numbers on every
//     channel, those behind wait there
//   - end: a channel that has ended no longer counts; when all have, the gate has ended
//
// Rows and their consequences come out in the order sent. One lcore.
#pragma once
#include "exchange/channel.h"
#include "time/watermark.h"

enum { GATE_CHANNELS_MAX = 1024 };

struct gate_input {
	struct channel *channel;
	bool at_barrier; // waits for the others
	bool ended;
};

struct gate {
	struct mem *mem;
	uint32_t n_inputs;
	struct gate_input *inputs;
	struct watermark_merge watermarks;
	uint32_t next; // input to look at first, round robin
	uint32_t n_at_barrier, n_ended;
	bool holds_barriers; // the task sets it: do not hand one out yet
	struct block_store *held; // handed out, to be released; came from inputs[held_input]
	uint32_t held_input;
	struct block control; // what is handed out when it is no channel's block
	struct watermark_change change; // to be handed out next
	bool end_given;
};

// A gate of channels[:n], which stay the caller's. Returns 0, -ENOMEM, or -E2BIG.
int gate_init(struct gate *gate, struct mem *mem, struct channel *const *channels, uint32_t n);
void gate_destroy(struct gate *gate);

// The next block, or NULL when there is none now. It is valid until the next call of gate_take():
// a caller that could not finish it just does not call. tsc: when, for the watermarks' telemetry.
const struct block *gate_take(struct gate *gate, uint64_t tsc);
