// The physical plan: stages of operators, joined by exchanges. Built of pruned logical plans, one
// INSERT INTO after the other; queries share the sources of tables and the sinks of targets.
#pragma once
#include "runtime/job.h"
#include "sql/catalog.h"
#include "sql/settings.h"

enum { PHYSICAL_OPS_MAX = 10000 };

struct stage_list {
	uint32_t n;
	struct stage **stages;
};

struct physical {
	struct arena *arena;
	const struct settings *settings;
	const struct catalog *catalog;
	struct err *err;
	struct stage_list flow; // sources and keyed stages, upstream before downstream
	struct stage_list sinks;
	uint32_t n_ops;
};

// All return 0 or NULL-free results, or -EINVAL or NULL with *err filled.

// The rows of plan, whose columns are target's physical columns, go into target.
int physical_insert(
	struct physical *physical, const struct plan *plan, struct catalog_table *target);
// The rows of plan are printed.
int physical_print(struct physical *physical, const struct plan *plan);
// Whether all that was planned goes with the settings of checkpoints; notes go to settings.
int physical_check_checkpoints(const struct physical *physical, struct settings *settings);
struct job *physical_job(struct physical *physical);

// ---- Between physical.c and physical_table.c

struct stage *physical_stage(struct physical *physical, struct stage_list *list,
	enum stage_kind kind, const char *name, const struct schema *input);
// An operator behind parent (NULL: the head of a stage), which hands its rows to it.
struct op_spec *physical_op(struct physical *physical, struct op_spec *parent,
	const struct op_kind *kind, const void *config, const struct schema *output);
// The last operator of what reads table: source, computed time attribute, watermarks.
struct op_spec *physical_source(struct physical *physical, struct catalog_table *table);
// The stage that writes table.
struct stage *physical_sink(struct physical *physical, struct catalog_table *table);
