// GroupWindowAggregate: windows that are kept one by one for each key, rather than cut into slices
// that keys share: sessions, whose bounds follow from the rows, and TUMBLE and HOP that fire more
// than once (early, or again for late rows). Event time; a ProctimeAssigner upstream makes event
// time of processing time.
//
// Flink's WindowOperator, row by row:
//
//   - SESSION: the window of a row is [ts, ts + gap); windows of a key that touch merge. A row
//     whose late mark has reached a window's end − 1 does not merge with it, and is late itself
//     when it merges with none and its own window is that old. No lateness, no other firing.
//   - TUMBLE, HOP: a window is gone when the late mark reaches end − 1 + allowed lateness. It fires
//     when the watermark reaches end − 1 (+I), before that if early firing is on, and again for
//     late rows: −U of what went out and +U, or nothing when the result is the same.
#pragma once
#include "operator/window/window.h"

struct zone;

enum group_window_shape {
	GROUP_WINDOW_TUMBLE, // size_ms
	GROUP_WINDOW_HOP, // size_ms, slide_ms: any, neither needs to divide the other
	GROUP_WINDOW_SESSION, // gap_ms
};

enum { FIRE_NEVER = -1, FIRE_EACH_ROW = 0 }; // of early_fire_ms and late_fire_ms

// Durations are milliseconds up to WINDOW_TIME_LIMIT.
struct group_window_config {
	enum group_window_shape shape;
	int64_t size_ms, slide_ms, offset_ms; // TUMBLE (slide_ms = size_ms) and HOP
	int64_t gap_ms; // SESSION, ≥ 1
	// SESSION: no session becomes longer, the next row behind it opens another one. 0 = none.
	int64_t max_size_ms;
	const struct zone *zone; // windows of TIMESTAMP_LTZ are in its local time; NULL = UTC
	uint16_t time_column;
	// TIMESTAMP(3) or TIMESTAMP_LTZ(3), of the time attribute and WINDOW_TIME. WINDOW_START and
	// WINDOW_END are local times: TIMESTAMP(3), whatever the time attribute is.
	struct type time_type;
	uint16_t n_keys;
	const uint16_t *keys; // columns of the input
	uint16_t n_aggregates;
	const struct aggregate_call *aggregates;
	uint16_t n_properties;
	enum window_property properties[WINDOW_PROPERTIES_MAX];
	// TUMBLE and HOP; of a SESSION 0, FIRE_NEVER, FIRE_NEVER.
	int64_t allowed_lateness_ms;
	// Processing time from the first row on, again and again, while the window waits for its
	// end or, late_fire_ms, is behind it. Without late firing every late row fires.
	int64_t early_fire_ms, late_fire_ms;
};

// Output columns: keys, aggregates, properties. Results are a changelog (not +I only) when
// group_window_has_updates().
extern const struct op_kind group_window_kind;

static inline bool group_window_has_updates(const struct group_window_config *config)
{
	return config->allowed_lateness_ms > 0 || config->early_fire_ms != FIRE_NEVER ||
	       config->late_fire_ms != FIRE_NEVER;
}
