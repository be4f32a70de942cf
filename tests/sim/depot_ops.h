// What the two kinds of store have in common; see depot.h.
#pragma once
#include "depot.h"

struct depot_ops {
	uint64_t (*newest)(struct depot *depot);
	int (*read)(struct depot *depot, int (*take)(void *arg, const struct record *record),
		void *arg);
	int (*open)(struct depot *depot, const struct checkpoint_plan *plan,
		struct record_out *const *outs, uint32_t n);
	void (*die)(struct depot *depot);
	void (*begin)(struct depot *depot, uint64_t checkpoint);
	void (*abort)(struct depot *depot, uint64_t checkpoint);
	bool (*result)(struct depot *depot, struct checkpoint_result *result);
	void (*step)(struct depot *depot);
	void (*free)(struct depot *depot);
};

struct depot {
	const struct depot_ops *ops;
};
