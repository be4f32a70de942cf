// Window operators: what the planner says of them, and the kinds.
#pragma once
#include "expr/expr.h"
#include "operator/aggregate/aggregate.h"
#include "operator/op.h"
#include "time/slices.h"

enum window_shape {
	WINDOW_TUMBLE,
	WINDOW_HOP,
	WINDOW_CUMULATE, // slices.cumulates is set
	// Rows bring their window along in two columns (an aggregate over the windows of another
	// one, or rows that passed a window table function): each window is one slice.
	WINDOW_ATTACHED,
};

// Times further from 1970 than this are no times: so no sum of a time, a window's size (at most
// this too) and an offset overflows.
#define WINDOW_TIME_LIMIT (INT64_MAX / 4)

// A window, whoever uses it.
struct window_spec {
	enum window_shape shape;
	struct slices slices; // ATTACHED: only zone
	uint16_t time_column; // all but ATTACHED: the time attribute, milliseconds
	uint16_t start_column, end_column; // ATTACHED
	// TIMESTAMP(3) or TIMESTAMP_LTZ(3), of the time attribute and WINDOW_TIME. WINDOW_START and
	// WINDOW_END are local times: TIMESTAMP(3), whatever the time attribute is.
	struct type time_type;
};

// What a result row has behind its keys and aggregates.
enum window_property {
	WINDOW_START,
	WINDOW_END,
	WINDOW_TIME, // end − 1 ms: the time attribute of the result
};

enum { WINDOW_PROPERTIES_MAX = 8 };

// WindowAggregate: GROUP BY window and keys. Output columns: keys, aggregates, properties.
struct window_aggregate_config {
	struct window_spec window;
	uint16_t n_keys;
	const uint16_t *keys; // columns of the input
	uint16_t n_aggregates;
	const struct aggregate_call *aggregates;
	uint16_t n_properties;
	enum window_property properties[WINDOW_PROPERTIES_MAX];
};
extern const struct op_kind window_aggregate_kind;

// WindowTableFunction: TUMBLE, HOP or CUMULATE without an aggregate that could use slices. Each row
// comes out once for each of its windows, with window_start, window_end, window_time behind its
// columns. No row is late here (as in Flink).
struct window_function_config {
	struct window_spec window;
};
extern const struct op_kind window_function_kind;
