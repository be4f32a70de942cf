// WindowTopN: of each window and key the best rows in an order, when the window closes (Flink's
// WindowRank, and WindowDeduplicate when it is one row in the order of time):
//
//   ROW_NUMBER() OVER (PARTITION BY window_start, window_end, keys ORDER BY terms) <= n
//
// Rows bring their window along in two columns. Output: the input's columns, and the rank when it
// is asked for. A row whose window has closed at its late mark is dropped as `late`.
#pragma once
#include "operator/op.h"
#include "row/order.h"
#include "time/slices.h"

struct window_topn_config {
	uint16_t start_column, end_column; // of the window, milliseconds
	struct slices slices; // it was cut by: its time zone says when it closes
	uint16_t n_keys;
	const uint16_t *keys; // columns of the input, without the window's
	uint16_t n_terms;
	const struct order_term *terms; // over columns of the input
	uint64_t first_rank, last_rank; // 1 ≤ first_rank ≤ last_rank
	bool last_wins; // of equal rows: keep-last by time
	bool with_rank; // BIGINT NOT NULL, the last column of the output
};
extern const struct op_kind window_topn_kind;
