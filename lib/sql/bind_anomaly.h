// Between the files that bind ANOMALY: what was written for it.
#pragma once
#include "sql/bind.h"

enum { ANOMALY_OPTIONS_MAX = 64 };

struct anomaly_args {
	struct pos pos; // of the call
	const struct ast_expr *table; // an AST_TABLE
	const struct ast_expr *time, *values; // DESCRIPTORs
	uint32_t n_keys;
	const struct ast_expr *keys[KEY_COLUMNS_MAX];
	uint32_t n_options;
	const struct ast_expr *options[ANOMALY_OPTIONS_MAX]; // "=>": name and value
};

// The detector and its configuration, the limit for reasons and the options' text into config; 0,
// or -EINVAL.
int anomaly_bind_options(struct binder *binder, const struct anomaly_args *args, uint16_t n_columns,
	struct anomaly_config *config);
