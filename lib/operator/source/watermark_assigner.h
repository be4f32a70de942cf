// WatermarkAssigner: WATERMARK FOR c AS expr. Gives each row the watermark that the rows before it
// have reached (late marks), and after each block the watermark that all its rows have reached: the
// maximum of expr so far, as it stands. Rows whose time is NULL, or too far ahead of their arrival,
// are dropped and counted (null_time, future): they never move the watermark.
//
// A job that is restored goes on with the same watermarks, split by split; with another number of
// instances (receive queues) all of them go on from the least, so that no row is late by it.
#pragma once
#include "expr/expr.h"
#include "operator/op.h"

struct watermark_config {
	uint16_t time_column; // TIMESTAMP(p ≤ 3) or _LTZ: milliseconds
	const struct expr *watermark; // of the same type
	int64_t max_drift_ms; // how far ts may be ahead of arrival; INT64_MAX = any
	// While the source is idle, the watermark goes on with the wall clock from where the last
	// row left it, so that windows close although no data comes; otherwise it is idle, as in
	// Flink.
	bool advance_when_idle;
	bool on_periodic; // one watermark a block, all its rows judged by the one before it
};
extern const struct op_kind watermark_kind;
