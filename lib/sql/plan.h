// The logical plan: a query as a tree of relational nodes. Immutable once made: a view's tree hangs
// in as many queries as use it.
//
// The constructors keep it in a normal form: adjacent Calcs are one (filters thereby sink to right
// behind what made the rows), a Calc over a Union is a Union of Calcs, and a window aggregate hangs
// directly over the input of its window function where it can.
#pragma once
#include "expr/expr.h"
#include "operator/anomaly/anomaly.h"
#include "operator/over/over.h"
#include "operator/window/window.h"
#include "row/order.h"

struct catalog_table;

enum plan_time { PLAN_NO_TIME, PLAN_ROWTIME, PLAN_PROCTIME };

enum plan_role { // of a column that tells a window's bounds
	PLAN_NO_ROLE,
	PLAN_WINDOW_START,
	PLAN_WINDOW_END,
	PLAN_WINDOW_TIME,
};

// When GROUP BY TUMBLE(…) and HOP(…) say something besides the final result: table.exec.emit.*.
struct plan_emit {
	int64_t lateness_ms; // how long after its end a window takes rows and fires again
	int64_t early_ms, late_ms; // how often it fires before and after; 0: each row; −1: does not
};

struct plan_window { // its address is its identity
	struct pos pos;
	enum window_shape shape; // TUMBLE, HOP or CUMULATE; of a session: meaningless
	struct slices slices;
	struct type time_type; // of the time attribute
	bool is_proctime;
	bool is_session;
	int64_t gap_ms; // of a session
	// SESSION(TABLE t PARTITION BY …): columns of the window's input.
	uint16_t n_partition;
	const uint16_t *partition;
	bool is_group; // GROUP BY TUMBLE(ts, …)
	struct plan_emit emit; // then
};

struct plan_column {
	const char *name;
	struct type type;
	struct pos pos; // where the script says it
	enum plan_time time;
	bool was_time; // a time attribute until a window function made it a plain column
	enum plan_role role;
	const struct plan_window *window; // that has this role
};

enum plan_kind {
	PLAN_SCAN, // table: what its source emits
	PLAN_CALC, // input, condition, exprs
	PLAN_CLOCK, // input, proctime_column: input's columns, one of them event time from here on
	PLAN_WINDOW, // input, window, time_column: input's columns, then start, end and time
	PLAN_EXPAND, // input, expand: each row once for each grouping set, the set's number behind
	PLAN_AGGREGATE, // input, aggregate: keys, calls, properties
	PLAN_SORT, // input, order: the first term is a time attribute, ascending
	PLAN_LIMIT, // input, limit
	PLAN_OVER, // input, over: input's columns, then the calls
	PLAN_ANOMALY, // input, anomaly: input's columns, then score and reason
	PLAN_TOPN, // input, topn: input's columns, then the rank
	PLAN_UNION, // input, right: UNION ALL; both have the same types
};

struct plan_expand {
	uint16_t n_sets;
	const uint64_t *sets; // bit i: columns[i] is in the set; elsewhere it is NULL
	uint16_t n_columns;
	uint16_t *columns; // of input
};

struct plan_aggregate {
	const struct plan_window *window;
	// GROUPING SETS, bit i: keys[i] is in the set. The set's number is one key more. 0: all
	// keys
	uint16_t n_sets;
	uint64_t *sets;
	bool by_partition; // the keys are the columns of a session's PARTITION BY
	bool attached; // the rows bring the window along in start_column and end_column
	uint16_t time_column; // else
	uint16_t start_column, end_column;
	uint16_t n_keys;
	uint16_t *keys; // columns of input
	uint16_t n_calls;
	struct aggregate_call *calls;
	uint16_t n_properties;
	enum window_property properties[WINDOW_PROPERTIES_MAX];
};

struct plan_order {
	uint16_t n_terms;
	struct order_term *terms; // over input's columns
};

struct plan_limit {
	uint64_t offset, n_max; // UINT64_MAX: no LIMIT
};

// ROW_NUMBER() OVER (PARTITION BY window_start, window_end, keys ORDER BY …), whose filter becomes
// the ranks that are kept.
struct plan_topn {
	struct pos pos; // of ROW_NUMBER
	const struct plan_window *window;
	uint16_t start_column, end_column;
	uint16_t n_keys; // but for the window's
	uint16_t *keys;
	struct plan_order order;
	bool is_by_time; // the one term is a time attribute: deduplication
	uint64_t first_rank, last_rank; // last_rank UINT64_MAX: no filter has come yet
	bool with_rank; // somebody reads it
};

struct plan_over {
	uint16_t time_column;
	bool is_proctime;
	uint16_t n_keys;
	uint16_t *keys; // columns of input
	uint16_t n_frames;
	const struct over_frame *frames;
	uint16_t n_calls;
	struct over_call *calls;
};

struct plan {
	enum plan_kind kind;
	uint32_t size; // nodes from here down
	bool has_updates; // its rows are a changelog, not insertions only
	uint16_t n_columns;
	struct plan_column *columns;
	struct plan *input;
	union {
		struct catalog_table *table;
		struct {
			const struct expr *condition; // NULL = all rows
			const struct expr **exprs; // [:n_columns]
		};
		struct {
			const struct plan_window *window;
			uint16_t time_column;
		};
		struct {
			uint16_t proctime_column;
			int64_t step_ms, offset_ms; // where its windows end
		};
		const struct plan_expand *expand;
		struct plan_aggregate *aggregate;
		const struct plan_order *order;
		const struct plan_limit *limit;
		const struct plan_topn *topn;
		const struct plan_over *over;
		const struct anomaly_config *anomaly; // columns of input
		struct plan *right;
	};
};

// A plan may use a view many times over, and its view another: bounds for what that can grow to.
// The binder refuses to build on a plan of more than PLAN_SIZE_MAX nodes; Calcs are not made one
// when that has more than PLAN_EXPR_MAX nodes of expressions.
enum { PLAN_SIZE_MAX = 2000, PLAN_EXPR_MAX = 4000 };

// A node over input (NULL: a scan); the kind's own members are zero.
struct plan *plan_new(struct arena *arena, enum plan_kind kind, struct plan *input,
	struct plan_column *columns, uint16_t n_columns);
struct plan *plan_scan(struct arena *arena, struct catalog_table *table);
// columns[:n] and exprs[:n] over input's columns; they stay the caller's to keep alive.
struct plan *plan_calc(struct arena *arena, struct plan *input, const struct expr *condition,
	struct plan_column *columns, const struct expr **exprs, uint16_t n);
// Rows for which condition is TRUE.
struct plan *plan_filter(struct arena *arena, struct plan *input, const struct expr *condition);
// Whether the results of window are updated: a changelog, not insertions only.
bool plan_window_has_updates(const struct plan_window *window);
// input's column becomes the time at which a row passes, and the watermark follows it. For windows
// that end at offset_ms + n × step_ms.
struct plan *plan_proctime(struct arena *arena, struct plan *input, uint16_t column,
	int64_t step_ms, int64_t offset_ms);
struct plan *plan_window(struct arena *arena, struct plan *input, const struct plan_window *window,
	uint16_t time_column);
// aggregate->start_column and end_column must be input's last two columns. keys has room for one
// more when there are sets.
struct plan *plan_aggregate(
	struct arena *arena, struct plan *input, struct plan_aggregate *aggregate);
struct plan *plan_sort(struct arena *arena, struct plan *input, const struct plan_order *order);
struct plan *plan_limit(struct arena *arena, struct plan *input, const struct plan_limit *limit);
// The rank is the last column.
struct plan *plan_topn(struct arena *arena, struct plan *input, const struct plan_topn *topn);
struct plan *plan_over(struct arena *arena, struct plan *input, const struct plan_over *over);
// The score, and behind it the reason if the config has it.
struct plan *plan_anomaly(
	struct arena *arena, struct plan *input, const struct anomaly_config *anomaly);
// What condition says of the rank of *input, a Top-N, narrows its ranks: *input becomes another
// node. Returns the rest of the condition, or NULL.
const struct expr *plan_topn_filter(
	struct arena *arena, struct plan **input, const struct expr *condition);
struct plan *plan_union(
	struct arena *arena, struct plan *left, struct plan *right, struct plan_column *columns);

// Column i of plan as an expression.
struct expr *plan_ref(struct arena *arena, const struct plan *plan, uint16_t i);
// All of plan's columns as they are.
const struct expr **plan_refs(struct arena *arena, const struct plan *plan);
struct schema *plan_schema(struct arena *arena, const struct plan *plan);
// What a column of this name, alone in the select list, gets from where it comes from.
struct plan_column plan_pass(
	const struct plan *plan, const struct expr *expr, const char *name, struct pos pos);
