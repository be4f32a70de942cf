// OverAggregate: aggregates over the rows of a key up to each row (Flink's OVER windows).
//
// By event time rows wait until the watermark has reached them, and come out in the order of time;
// by processing time each comes out at once. Frames begin at a row or a time before the row, or at
// the first row there was, and end with it. A row of RANGE sees all rows of its own time, a row of
// ROWS those that came before it.
//
// Late rows, as in Flink: when a frame begins anywhere, those with a time ≤ their late mark; when
// all are bounded, those whose key has put out a row of their time or a later one.
#pragma once
#include "operator/aggregate/aggregate.h"
#include "operator/op.h"

struct over_frame {
	bool is_rows; // ROWS, else RANGE
	bool is_unbounded;
	int64_t preceding; // rows, or milliseconds; ≥ 0
};

struct over_call {
	struct aggregate_call call;
	uint16_t frame; // which of the frames
};

enum { OVER_FRAMES_MAX = 16 };

// Output columns: the input's, then one for each call.
struct over_config {
	uint16_t time_column; // milliseconds
	bool is_proctime; // rows are in the order of their time, and none is late
	uint16_t n_keys;
	const uint16_t *keys;
	uint16_t n_frames;
	const struct over_frame *frames;
	uint16_t n_calls;
	const struct over_call *calls;
	int64_t ttl_ms; // of keys without a row (table.exec.state.ttl); 0 = for ever
};
extern const struct op_kind over_kind;
