// LateRows: the rows that an operator dropped because they came too late, as rows of a table of
// their own. Each output column is one of the input's, or says why the row was dropped.
#pragma once
#include "operator/op.h"

enum { LATE_ROWS_REASON = UINT16_MAX }; // STRING: "late"

struct late_rows_config {
	const uint16_t *columns; // [:output->n_fields] of the input, or LATE_ROWS_REASON
};
extern const struct op_kind late_rows_kind;
