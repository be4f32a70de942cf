// What CREATE TABLE and CREATE VIEW have defined so far.
#pragma once
#include "operator/sink/sink.h"
#include "operator/source/source.h"
#include "sql/plan.h"

struct catalog_column {
	const char *name;
	struct type type;
	struct pos pos;
	bool is_computed;
	enum plan_time time;
	const struct expr *expr; // over the scan's columns: the column, or how it is computed
};

struct catalog_table {
	const char *name;
	struct pos pos;
	uint16_t n_columns;
	struct catalog_column *columns;
	const struct schema *physical; // what the connector reads and writes
	// What the scan emits: the physical columns, and a computed time attribute behind them.
	const struct schema *scan;
	uint16_t n_keys;
	uint16_t *keys; // physical columns of the PRIMARY KEY, in its order
	int rowtime; // the column of scan that WATERMARK FOR names; −1 = none
	const struct expr *time_expr; // over the physical columns, when it is computed; else NULL
	const struct expr *watermark; // over scan
	int64_t max_drift_ms;
	bool on_periodic;
	int64_t idle_timeout_ns; // −1 = as the settings say
	bool advance_when_idle;
	const char *late_table; // where rows go that come too late; NULL = nowhere
	struct pos late_pos;
	uint16_t n_options;
	struct table_option *options;

	// The physical plan's
	bool *wanted; // [:physical->n_fields] columns that some query reads
	struct op_spec *source; // the last operator of its source's common chain
	struct stage *sink; // that all INSERT INTOs into it share
};

struct catalog_view {
	const char *name;
	struct plan *plan;
};

struct catalog {
	struct arena *arena;
	uint32_t n_tables, n_views;
	struct catalog_table **tables;
	struct catalog_view **views;
};

struct catalog_table *catalog_find_table(const struct catalog *catalog, const char *name);
struct catalog_view *catalog_find_view(const struct catalog *catalog, const char *name);
// The name must be new.
void catalog_add_table(struct catalog *catalog, struct catalog_table *table);
void catalog_add_view(struct catalog *catalog, struct catalog_view *view);
// It must be there. What was planned of it stays planned.
void catalog_drop_table(struct catalog *catalog, const struct catalog_table *table);
void catalog_drop_view(struct catalog *catalog, const struct catalog_view *view);
// The table or view nearest to name, or NULL.
const char *catalog_nearest(const struct catalog *catalog, const char *name);
