// Binding: from what was written to what is meant. Names become columns, calls become functions,
// queries become plans. Whatever Flink would refuse is refused here, as is what is not built yet.
#pragma once
#include "sql/ast.h"
#include "sql/catalog.h"
#include "sql/settings.h"

struct bind_cte { // of WITH
	const char *name;
	struct plan *plan;
	struct bind_cte *next; // defined before it
};

struct binder {
	struct arena *arena;
	struct err *err;
	struct catalog *catalog;
	struct settings *settings;
	struct bind_cte *ctes;
};

struct bind_group;
struct bind_over;
struct grouping;

// The columns that an expression may name.
struct scope {
	struct binder *binder;
	const struct plan *plan;
	const char *table; // alias or name of what FROM names; NULL: it has none
	const char *clause; // "WHERE", for errors
	const struct ast_select *select; // whose aliases cannot be named here; or NULL
	struct bind_group *group; // collects aggregates; NULL = none may stand here
	struct bind_over *over; // collects OVER calls; NULL = none may stand here
	// The ROW_NUMBER whose rank is plan's last column, which * does not name; NULL = none
	const struct ast_expr *topn_call;
};

// ---- Expressions (bind_expr.c, bind_name.c)

// Both return NULL with err filled.
struct expr *bind_expr(const struct scope *scope, const struct ast_expr *ast);
struct expr *bind_name(const struct scope *scope, const struct ast_expr *ast);
// A condition: BOOLEAN. what: "WHERE".
struct expr *bind_condition(const struct scope *scope, const struct ast_expr *ast);
// The type of a column or a cast (bind_type.c).
int bind_type(struct binder *binder, const struct ast_type *ast, struct type *type);
// The table's name of parts t, default_database.t or default_catalog.default_database.t.
const char *bind_path(struct binder *binder, struct ast_name *const *parts, uint32_t n);

// ---- Aggregates (bind_aggregate.c, bind_group.c, bind_keys.c)

// A call of an aggregate in a select list or HAVING.
struct bind_call {
	struct aggregate_call call;
	// What it reads, over the scope's columns: [:call.n_arguments], of the types it wants.
	const struct expr *arguments[AGGREGATE_ARGUMENTS_MAX];
	const struct expr *filter; // or NULL
	struct pos pos;
};

// While a grouped query is bound, its i-th aggregate is the column BIND_CALL + i of its input.
enum { BIND_CALL = 0x4000, BIND_CALLS_MAX = 128 };

struct bind_group {
	uint16_t n_calls;
	struct bind_call calls[BIND_CALLS_MAX];
	// GROUP BY TUMBLE(ts, …), HOP(ts, …): where the window's three columns are in the input; 0
	// = there is no such window
	uint16_t window_columns;
	const struct ast_expr *window_call;
	const struct grouping *grouping; // GROUP BY, once it is bound
};

bool bind_is_aggregate(const struct ast_expr *ast);
struct expr *bind_aggregate(const struct scope *scope, const struct ast_expr *ast);
// The call that ast is, its arguments and filter bound over scope's columns, resolved, with its
// text; call.arguments and call.filter are the caller's to set..
// Returns 0, or -EINVAL with err filled.
int bind_aggregate_call(const struct scope *scope, const struct ast_expr *ast,
	enum aggregate_use use, struct bind_call *bound);

// GROUPING(…) and GROUPING_ID(…) (bind_grouping.c).
bool bind_is_grouping(const struct ast_expr *ast);
struct expr *bind_grouping(const struct scope *scope, const struct ast_expr *ast);

// STDDEV, VAR_POP …: an expression of SUMs and COUNTs (bind_variance.c).
bool bind_is_variance(const struct ast_expr *ast);
struct expr *bind_variance(const struct scope *scope, const struct ast_expr *ast);

// OVER calls of a select list (bind_over.c): its i-th is the column BIND_CALL + i of its input.
enum { BIND_OVER_WINDOWS_MAX = 16, BIND_OVER_KEYS_MAX = 64 };

struct bind_over_window { // PARTITION BY and ORDER BY
	uint16_t time_column; // of the scope's plan
	uint16_t n_keys;
	const struct expr **keys; // over the scope's columns
	uint16_t n_frames;
	struct over_frame frames[OVER_FRAMES_MAX];
};

struct bind_over_call {
	struct bind_call bound;
	uint16_t window, frame;
};

struct bind_over {
	uint16_t n_windows;
	struct bind_over_window windows[BIND_OVER_WINDOWS_MAX];
	uint16_t n_calls;
	struct bind_over_call calls[BIND_CALLS_MAX];
};

struct expr *bind_over_call(const struct scope *scope, const struct ast_expr *ast);

// The select list, bound: exprs over the input's columns.
struct bind_list {
	uint16_t n;
	struct plan_column *columns;
	const struct expr **exprs;
};

// SELECT items FROM input GROUP BY … HAVING ….
struct plan *bind_grouped(struct scope *scope, const struct ast_select *select);
int bind_items(const struct scope *scope, const struct ast_select *select, struct bind_list *list);
// The list over scope's plan with the list's OVER calls.
struct plan *bind_over(const struct scope *scope, struct bind_list *list);

// ---- Queries (bind_query.c, bind_from.c, bind_window.c, bind_values.c, bind_distinct.c)

struct plan *bind_query(struct binder *binder, const struct ast_query *query);
struct plan *bind_values(struct binder *binder, const struct ast_query *query);
// n rows with their number, from 1, in a column.
struct plan *bind_rows(struct binder *binder, uint32_t n);
// plan's rows without those that are there already. pos: of the select list.
struct plan *bind_distinct(struct binder *binder, struct plan *plan, struct pos pos);
// A query without its WITH, ORDER BY, LIMIT and OFFSET.
struct plan *bind_body(struct binder *binder, const struct ast_query *query);
// plan, the body of query, with its ORDER BY, LIMIT and OFFSET (bind_order.c).
struct plan *bind_order(struct binder *binder, const struct ast_query *query, struct plan *plan);
// When the select list ranks the rows of windows: scope's plan becomes a Top-N of it (bind_topn.c).
int bind_topn(struct scope *scope, const struct ast_select *select);
// FROM: the plan, and the name that qualifies its columns.
struct plan *bind_table(struct binder *binder, const struct ast_table *table, const char **name);
struct plan *bind_window_function(struct binder *binder, const struct ast_expr *call);
// ANOMALY(TABLE t PARTITION BY key, DESCRIPTOR(ts), DESCRIPTOR(x), …) (bind_anomaly.c).
bool bind_is_anomaly(const struct ast_expr *call);
struct plan *bind_anomaly(struct binder *binder, const struct ast_expr *call);
// GROUP BY TUMBLE(ts, size), HOP(ts, slide, size): ts's table with the window's columns behind.
bool bind_is_group_window(const struct ast_expr *ast);
struct plan *bind_group_window(const struct scope *scope, const struct ast_expr *ast);
// TUMBLE_START(ts, size) and its like: what such a window tells (bind_auxiliary.c).
bool bind_is_auxiliary(const struct ast_expr *ast);
struct expr *bind_auxiliary(const struct scope *scope, const struct ast_expr *ast);
// The same with other names for its columns.
struct plan *bind_rename(
	struct binder *binder, struct plan *plan, struct ast_name *const *names, uint32_t n);
// plan's columns as columns[:n]: the i-th is its column from[i] (BIND_NO_COLUMN: NULL; from NULL:
// its i-th), cast, or as assignment converts it.
enum { BIND_NO_COLUMN = UINT16_MAX };
struct plan *bind_convert(struct binder *binder, struct plan *plan, struct plan_column *columns,
	const uint16_t *from, uint16_t n, bool assign);
int bind_check_size(struct binder *binder, const struct plan *plan, struct pos pos);

// ---- Statements (bind_table.c, bind_insert.c)

int bind_create_table(struct binder *binder, const struct ast_create_table *create, struct pos pos);
int bind_create_view(struct binder *binder, const struct ast_create_view *create, struct pos pos);
int bind_drop(struct binder *binder, const struct ast_drop *drop, bool is_view, struct pos pos);
// The query's columns as the target's physical columns, and the target.
struct plan *bind_insert(
	struct binder *binder, const struct ast_insert *insert, struct catalog_table **target);
// A query whose rows are printed.
struct plan *bind_print(struct binder *binder, const struct ast_query *query);
