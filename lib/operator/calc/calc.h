// Calc: filter and projection in one pass, as in Flink. Columns that are only passed on are not
// copied.
#pragma once
#include "expr/expr.h"
#include "operator/op.h"

struct calc_config {
	const struct expr *condition; // rows for which it is TRUE go on; NULL = all
	uint16_t n_exprs; // 0 = the input's columns as they are
	const struct expr *const *exprs; // the output's columns
};
extern const struct op_kind calc_kind;
