// Limit: LIMIT and OFFSET. Of the rows in the order they come the first ones are left out, and what
// comes behind the last one. The operator has one instance.
#pragma once
#include "operator/op.h"

struct limit_config {
	uint64_t offset, n_max;
};
extern const struct op_kind limit_kind;
