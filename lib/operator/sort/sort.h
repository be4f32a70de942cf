// TemporalSort: ORDER BY a time attribute, ascending, then maybe other columns (Flink's
// RowTimeSortOperator). Rows wait until the watermark has passed their time; the operator has one
// instance. Output: the input's columns. A row that is not behind the last one that went out is
// dropped as `late`.
#pragma once
#include "operator/op.h"
#include "row/order.h"

struct sort_config {
	uint16_t time_column; // milliseconds; terms[0] is this column, ascending
	uint16_t n_terms;
	const struct order_term *terms; // over columns of the input
};
extern const struct op_kind sort_kind;
