// Between the files that bind GROUP BY: what is grouped by.
#pragma once
#include "row/key.h"
#include "sql/bind.h"

enum { GROUP_COLUMNS_MAX = 64, GROUP_SETS_MAX = 1024 };

enum { // the columns of a window, as bits
	GROUP_START = 1,
	GROUP_END = 2,
	GROUP_TIME = 4,
	GROUP_WINDOW = GROUP_START | GROUP_END | GROUP_TIME,
};

struct group_set {
	uint64_t keys; // bit i: keys[i] is in the set
	uint8_t window; // GROUP_START …
	struct pos pos;
};

struct grouping {
	struct scope *scope;
	const struct plan_window *window;
	uint8_t window_columns; // GROUP_START …: those of every set
	uint16_t start, end; // columns of the input
	uint16_t n_keys; // but for the window's
	const struct expr *keys[GROUP_COLUMNS_MAX];
	// More than one: GROUPING SETS, ROLLUP, CUBE. The aggregate then has a last key, the number
	// of the set.
	uint32_t n_sets;
	struct group_set *sets;
	// of the Calc below the aggregate
	uint16_t n;
	uint16_t first_shared; // exprs[first_shared:n] may serve more than one use
	const struct expr *exprs[SCHEMA_COLUMNS_MAX];
};

// The select list may name this column besides those of its input: the number of the grouping set.
enum { GROUP_SET_COLUMN = BIND_CALL - 1 };

// Bind GROUP BY: fill window, keys and sets. Returns 0, or -EINVAL with err filled.
int group_bind_keys(struct grouping *grouping, const struct ast_select *select);
