// Inside prune.h: what the files of it do for each other.
#pragma once
#include "sql/plan.h"

struct columns {
	bool needed[SCHEMA_COLUMNS_MAX];
	uint16_t at[SCHEMA_COLUMNS_MAX]; // out: where a needed column is in the pruned plan
};

struct plan *prune_node(struct arena *arena, const struct plan *plan, struct columns *columns);

// plan_over.c
struct plan *prune_over(struct arena *arena, const struct plan *plan, struct columns *columns);

// plan_anomaly.c
struct plan *prune_anomaly(struct arena *arena, const struct plan *plan, struct columns *columns);

// prune_order.c
struct plan *prune_sort(struct arena *arena, const struct plan *plan, struct columns *columns);
struct plan *prune_limit(struct arena *arena, const struct plan *plan, struct columns *columns);
struct plan *prune_topn(struct arena *arena, const struct plan *plan, struct columns *columns);
