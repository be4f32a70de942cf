// Kernels of CAST and TRY_CAST, by the kind of both types. Each returns NULL when it has none.
// Internal to the module.
#pragma once
#include "expr/kernel.h"

// A kernel that can fail comes twice: for CAST it faults, for TRY_CAST the row is NULL.
#define CAST_PAIR(run)                                 \
	{                                              \
		{run, KERNEL_FAULTS},                  \
		{                                      \
			run, KERNEL_NULLS | KERNEL_TRY \
		}                                      \
	}

const struct kernel *cast_number(struct type from, struct type to); // numbers and BOOLEAN
const struct kernel *cast_decimal(struct type from, struct type to); // one of them a DECIMAL
const struct kernel *cast_to_text(struct type from, struct type to);
const struct kernel *cast_from_text(struct type from, struct type to, bool try_cast);
const struct kernel *cast_time(struct type from, struct type to, bool try_cast);
