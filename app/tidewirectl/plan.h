// The operators of a checkpoint's job, planned again from its script.
#pragma once
#include "operator/op.h"
#include "snapshot/manifest.h"
#include "sql/sql.h"

struct plan_operators {
	uint32_t n;
	const struct op_spec **specs; // [:n] by id, NULL = there is none
};

// Everything lives in arena. settings: what the job had on its command line. Returns 0, or -EINVAL
// with *err filled: the script does not plan to the operators of the checkpoint.
int plan_operators(struct plan_operators *operators, struct arena *arena,
	const struct manifest *manifest, const struct sql_setting *settings, uint32_t n_settings,
	struct err *err);
// By its number, or by its kind's name where there is one of it. NULL with *err filled.
const struct op_spec *plan_find(
	const struct plan_operators *operators, const char *name, struct err *err);
