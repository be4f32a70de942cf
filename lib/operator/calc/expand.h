// Expand: GROUPING SETS. Each block once for each set, with the columns that the set leaves out
// NULL and the number of the set in a last column. No value is copied.
#pragma once
#include "operator/op.h"

enum { EXPAND_COLUMNS_MAX = 64 };

struct expand_config {
	uint16_t n_sets;
	const uint64_t *sets; // bit i: columns[i] is in the set
	uint16_t n_columns; // ≤ EXPAND_COLUMNS_MAX
	const uint16_t *columns; // of the input
};
extern const struct op_kind expand_kind;
