// Anomaly: a detector scores each row of a key by what it has learnt of the key, and learns from
// it.
//
// Rows are scored at once, in the order in which they arrive, and passed on as they are with their
// score and, for those that are odd enough, a reason in words. Nothing waits for the watermark, and
// nothing is late: a detector learns a habit, which a row behind the watermark is part of.
#pragma once
#include "operator/anomaly/detector.h"
#include "operator/op.h"

enum { ANOMALY_REASON_MAX = 256 }; // bytes of a reason, the NUL included

// Output columns: the input's, the score (DOUBLE) and, if somebody reads it, the reason (STRING).
struct anomaly_config {
	const struct detector_kind *detector;
	const void *configuration; // the detector's
	const char *options; // as EXPLAIN prints them: "alpha=[0.05], seed=[1]", or ""
	uint16_t time_column; // milliseconds
	uint16_t n_keys;
	const uint16_t *keys;
	uint16_t n_values; // ≤ DETECTOR_COLUMNS_MAX
	const uint16_t *values; // columns of numbers
	bool with_reason;
	double reason_limit; // rows of this score or more have a reason
};
extern const struct op_kind anomaly_kind;
