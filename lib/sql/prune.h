// Column pruning: a plan that computes, decodes and ships only what is needed of it.
#pragma once
#include "sql/plan.h"

// The same rows with all of plan's columns. What of the tables' physical columns is read is marked
// in their catalog_table.wanted.
struct plan *prune(struct arena *arena, const struct plan *plan);
