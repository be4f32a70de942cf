// ProctimeAssigner: windows over processing time. Writes the time of processing into a column and
// replaces the watermark by that time − 1 ms, also while no rows come, so that what is behind it is
// event time and nothing else.
#pragma once
#include "operator/op.h"

// While nothing else moves, watermarks come so often.
enum { PROCTIME_TICK_MS = 100 };

struct proctime_config {
	uint16_t time_column; // TIMESTAMP_LTZ(3): milliseconds
	// Where windows end: a watermark comes at once when processing time reaches offset_ms + n ×
	// step_ms.
	int64_t step_ms, offset_ms;
};
extern const struct op_kind proctime_kind;
