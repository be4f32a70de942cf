// The running sums of a manifest: of each operator's records, and of each table's rows.
#pragma once
#include <stdint.h>
#include "snapshot/manifest.h"

struct sums {
	struct manifest_sum *ops; // [:n_ops], by op
	struct manifest_table *tables; // [:n_tables]
	uint32_t n_ops, n_tables;
};

// The op's sum, made when it is new. Valid until the next call. NULL with errno ENOMEM.
struct manifest_sum *sums_of(struct sums *sums, uint32_t op);
struct manifest_table *sums_of_table(struct sums *sums, const char *name);
int sums_copy(struct sums *into, const struct sums *from); // 0 or -ENOMEM; into is replaced
void sums_clear(struct sums *sums);
