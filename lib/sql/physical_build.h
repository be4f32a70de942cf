// Inside the physical plan: how a logical node becomes operators. Only physical*.c include it.
#pragma once
#include "sql/physical.h"

struct tails { // the last operators of what is built so far: several of a Union
	uint32_t n;
	struct op_spec **ops;
};

// All return 0, or -EINVAL with physical->err filled.

// The operators of plan and all below it; tails are the last of them.
int physical_build(struct physical *physical, const struct plan *plan, struct tails *tails);
// The same operator behind each of tails.
int physical_append(struct physical *physical, struct tails *tails, const struct op_kind *kind,
	const void *config, const struct schema *output);
// A stage behind tails whose first operator this is, with rows exchanged by keys[:n_keys]; without
// keys all rows go to one instance. It becomes the only tail.
int physical_exchange(struct physical *physical, struct tails *tails, const struct op_kind *kind,
	const void *config, const struct schema *output, const uint16_t *keys, uint16_t n_keys);
// The same by all that *how says but where to.
int physical_exchange_as(struct physical *physical, struct tails *tails, const struct op_kind *kind,
	const void *config, const struct schema *output, const struct exchange_config *how);

// physical_late.c: the side output of rows that come too late for an aggregate over plan.
struct late_rows {
	struct catalog_table *target; // NULL = there is none
	const uint16_t *columns; // of the aggregate's input, for each of the target's
};

// physical_build() of what an aggregate hangs over, with the columns of late rows behind its own.
int physical_late_build(struct physical *physical, const struct plan *plan, struct tails *tails,
	struct late_rows *late);
int physical_late_attach(
	struct physical *physical, struct op_spec *op, const struct late_rows *late);

// physical_window.c
int physical_build_proctime(
	struct physical *physical, const struct plan *plan, struct tails *tails);
int physical_build_window(struct physical *physical, const struct plan *plan, struct tails *tails);
int physical_build_expand(struct physical *physical, const struct plan *plan, struct tails *tails);
int physical_build_aggregate(
	struct physical *physical, const struct plan *plan, struct tails *tails);

// plan_over.c
int physical_build_over(struct physical *physical, const struct plan *plan, struct tails *tails);

// plan_anomaly.c
int physical_build_anomaly(struct physical *physical, const struct plan *plan, struct tails *tails);

// physical_order.c
int physical_build_sort(struct physical *physical, const struct plan *plan, struct tails *tails);
int physical_build_limit(struct physical *physical, const struct plan *plan, struct tails *tails);
int physical_build_topn(struct physical *physical, const struct plan *plan, struct tails *tails);
