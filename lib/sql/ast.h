// The syntax tree of a script: what was written, nothing looked up yet. Every node lives in the
// arena given to sql_parse() and is never changed after it.
//
// A list x is an array of pointers, x[:n_x]; x may be NULL when n_x is 0. What may be absent in the
// script is NULL in the tree. Names keep the letter case they were written in (Flink's tables and
// columns are case-sensitive); the names of functions and operators are canonical upper case.
//
// depth is the height of the tree below a node, itself included: at most AST_DEPTH_MAX whatever
// kinds of node are on the way, so that walking a tree recursively is safe.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "row/str.h"
#include "row/type.h"

enum { AST_DEPTH_MAX = 400 };

struct ast_name { // an identifier
	struct pos pos;
	const char *text; // never empty
};

// ---- Types

enum ast_type_kind {
	AST_TYPE_SCALAR, // scalar
	AST_TYPE_ARRAY, // of element
	AST_TYPE_MULTISET, // of element
	AST_TYPE_MAP, // from key to element
	AST_TYPE_ROW, // of fields
};

struct ast_type {
	enum ast_type_kind kind;
	struct pos pos;
	bool nullable; // no NOT NULL behind it; the same as scalar.nullable
	struct type scalar; // valid: precision, scale and length are within Flink's bounds
	struct ast_type *key, *element;
	struct ast_field **fields;
	uint32_t n_fields;
};

struct ast_field { // of a ROW type
	struct ast_name *name;
	struct ast_type *type;
	const char *comment; // or NULL
};

// ---- Expressions

enum ast_expr_kind {
	AST_LITERAL, // literal
	AST_NAME, // parts: a, t.a, t.a.field
	AST_STAR, // parts (may be none): *, t.*; only in a select list and in COUNT(*)
	AST_CALL, // call: a function or an operator
	AST_SUBQUERY, // query: scalar, or the argument of EXISTS and IN
	AST_SYMBOL, // symbol: a word that is part of a call's syntax, see struct ast_call
	AST_TABLE, // table: the table argument of a table function
};

struct ast_expr {
	enum ast_expr_kind kind;
	struct pos pos; // an infix operator's own place, else the first character
	union {
		struct ast_literal *literal;
		struct {
			struct ast_name **parts;
			uint32_t n_parts;
		};
		struct ast_call *call;
		struct ast_query *query;
		const char *symbol;
		struct ast_table_arg *table;
	};
};

// 12 is INT, or BIGINT where it does not fit, or DECIMAL(digits, 0); 1.50 is DECIMAL(3, 2); 1e3 is
// DOUBLE; 'ab' is CHAR(2), its length counted in code points; X'0f' is BINARY(1); TIMESTAMP '…' and
// TIME '…' have as many fraction digits as written (a TIMESTAMP at most 9, a TIME 3). A NULL's
// type is TYPE_NULL, UNKNOWN's is BOOLEAN. Only those two are nullable.
struct ast_literal {
	struct type type;
	bool is_null; // then the value is not set
	union { // by type.kind, in the form that row/type.h gives
		bool boolean;
		int64_t integer; // INT, BIGINT, TIMESTAMP, DATE, TIME, both INTERVALs
		decimal decimal;
		double approximate; // DOUBLE
		struct str string; // CHAR, BINARY; long ones point into the arena
	};
};

enum ast_nulls { // IGNORE NULLS, RESPECT NULLS behind a function call
	AST_NULLS_UNSAID,
	AST_NULLS_IGNORE,
	AST_NULLS_RESPECT,
};

// Functions and operators. No function can have an operator's name, and operators have the args
// said here; how many a function has is up to the script. A function's name is upper case:
// "CONCAT", "CURRENT_TIMESTAMP" (with no args, with or without parentheses in the script).
// Operators and special forms, with their args:
//
//   "OR" "AND"                        two or more: chains are flat
//   "NOT"                             x
//   "=" "<>" "<" "<=" ">" ">="        a, b ("!=" becomes "<>")
//   "+" "-" "*" "/" "%" "||"          a, b; "+" and "-" also x alone
//   "IS NULL" "IS TRUE" "IS FALSE" "IS UNKNOWN" and "IS NOT …" of each    x
//   "IS DISTINCT FROM" "IS NOT DISTINCT FROM"                              a, b
//   "BETWEEN" "BETWEEN SYMMETRIC"     x, low, high (NOT BETWEEN: in a "NOT"; so are the next three)
//   "IN"                              x, then one AST_SUBQUERY or the values
//   "LIKE" "SIMILAR TO"               x, pattern [, escape]
//   "EXISTS"                          an AST_SUBQUERY
//   "CASE"                            when, then, when, then …, else (NULL when not written)
//   "SIMPLE CASE"                     x, value, then, value, then …, else: CASE x WHEN value …
//   "CAST" "TRY_CAST"                 x; to is the type
//   "ROW" "ARRAY" "MAP"               ROW(…) and (a, b); ARRAY[…]; MAP[k, v, …]
//   "[]"                              x, index: x[index]
//   "."                               x, symbol: the field of a row that is no plain name, f(x).a
//   "EXTRACT"                         unit symbol, x
//   "FLOOR" "CEIL"                    x [, unit symbol] (CEILING becomes CEIL)
//   "TIMESTAMPADD" "TIMESTAMPDIFF"    unit symbol, a, b
//   "POSITION"                        a, b: POSITION(a IN b)
//   "SUBSTRING" "OVERLAY"             their operands in the order of the script
//   "TRIM"                            symbol BOTH, LEADING or TRAILING; what (' ' when unsaid); x
//   "IS JSON"                         x, symbol VALUE, SCALAR, ARRAY or OBJECT
//   "JSON_VALUE"                      x, path, then ON EMPTY and ON ERROR: a symbol (NULL, ERROR,
//                                     DEFAULT) and the default (NULL when there is none) each; to
//                                     is RETURNING's type or NULL
//   "JSON_QUERY"                      x, path, symbol WITHOUT, CONDITIONAL or UNCONDITIONAL, then
//   ON
//                                     EMPTY's and ON ERROR's symbol; to as above
//   "JSON_EXISTS"                     x, path, ON ERROR's symbol
//   "JSON_OBJECT"                     symbol NULL or ABSENT, then keys and values in turn
//   "JSON_ARRAY"                      symbol NULL or ABSENT, then the values
//   "JSON_OBJECTAGG" "JSON_ARRAYAGG"  key, value; value; then NULL's or ABSENT's symbol, if written
//   "DESCRIPTOR"                      AST_NAMEs
//   "=>"                              symbol (the parameter's name as written), value
//   "GROUPING SETS" "ROLLUP" "CUBE"   in GROUP BY only; each a "ROW" (maybe empty) or one
//   expression
//
// Unit symbols are YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND,
// NANOSECOND, DOY, DOW, ISODOW, ISOYEAR, EPOCH, CENTURY, DECADE, MILLENNIUM; a function's
// SQL_TSI_DAY is DAY. In MATCH_RECOGNIZE, FINAL x and RUNNING x are calls of those names.
struct ast_call {
	const char *name;
	struct ast_expr **args;
	uint32_t n_args;
	bool distinct; // f(DISTINCT x)
	enum ast_nulls nulls;
	struct ast_type *to; // CAST, TRY_CAST
	struct ast_expr *filter; // FILTER (WHERE …)
	struct ast_order **within_group; // WITHIN GROUP (ORDER BY …)
	uint32_t n_within_group;
	struct ast_window *over;
};

struct ast_order { // one term of ORDER BY
	struct ast_expr *expr;
	bool descending;
	bool nulls_first; // as written, or Flink's default: ascending has NULLs first, descending
			  // last
};

enum ast_bound_kind { // in the order of the rows
	AST_UNBOUNDED_PRECEDING,
	AST_PRECEDING, // by offset
	AST_CURRENT_ROW,
	AST_FOLLOWING, // by offset
	AST_UNBOUNDED_FOLLOWING,
};

struct ast_bound {
	enum ast_bound_kind kind;
	struct ast_expr *offset; // rows, or an interval; NULL unless kind needs it
};

// OVER (…), OVER name, or one definition of the WINDOW clause.
struct ast_window {
	struct pos pos;
	struct ast_name *name; // the window that it defines (WINDOW clause), else NULL
	struct ast_name *base; // the named window that it refers to or extends, or NULL
	struct ast_expr **partition_by;
	uint32_t n_partition_by;
	struct ast_order **order_by;
	uint32_t n_order_by;
	bool has_frame;
	bool rows; // ROWS, else RANGE
	struct ast_bound start, end; // a frame with one bound ends at CURRENT ROW
};

// ---- Tables

enum ast_table_kind {
	AST_TABLE_NAME, // parts [FOR SYSTEM_TIME AS OF as_of]
	AST_TABLE_QUERY, // query
	AST_TABLE_JOIN, // join
	AST_TABLE_FUNCTION, // call: TABLE(f(…)), LATERAL TABLE(f(…)), f(…)
	AST_TABLE_UNNEST, // call "UNNEST" with its args
	AST_TABLE_MATCH, // match: input MATCH_RECOGNIZE (…)
};

struct ast_table {
	enum ast_table_kind kind;
	struct pos pos;
	struct ast_name *alias; // or NULL
	struct ast_name **columns; // alias(columns)
	uint32_t n_columns;
	bool lateral; // LATERAL written in front
	bool ordinality; // UNNEST(…) WITH ORDINALITY
	union {
		struct {
			struct ast_name **parts; // t, db.t, catalog.db.t
			uint32_t n_parts;
			struct ast_expr *as_of; // or NULL
		};
		struct ast_query *query;
		struct ast_join *join;
		struct ast_expr *call; // of kind AST_CALL
		struct ast_match *match;
	};
};

enum ast_join_kind {
	AST_JOIN_COMMA,
	AST_JOIN_CROSS,
	AST_JOIN_INNER,
	AST_JOIN_LEFT,
	AST_JOIN_RIGHT,
	AST_JOIN_FULL,
};

struct ast_join {
	enum ast_join_kind kind;
	bool natural;
	struct ast_table *left, *right;
	struct ast_expr *on; // or NULL
	struct ast_name **using; // or none
	uint32_t n_using;
};

// A table argument: TABLE t PARTITION BY … ORDER BY …, or (SELECT …), maybe with those too.
struct ast_table_arg {
	struct ast_table *table; // AST_TABLE_NAME or AST_TABLE_QUERY
	struct ast_expr **partition_by;
	uint32_t n_partition_by;
	struct ast_order **order_by;
	uint32_t n_order_by;
};

// ---- MATCH_RECOGNIZE

enum ast_pattern_kind {
	AST_PATTERN_VARIABLE, // variable
	AST_PATTERN_SEQUENCE, // parts one after the other
	AST_PATTERN_CHOICE, // one of parts: A | B
	AST_PATTERN_PERMUTE, // parts in any order
	AST_PATTERN_EXCLUDE, // {- parts[0] -}
};

enum { AST_PATTERN_UNBOUNDED = UINT32_MAX };

struct ast_pattern {
	enum ast_pattern_kind kind;
	struct pos pos;
	struct ast_name *variable;
	struct ast_pattern **parts;
	uint32_t n_parts;
	uint32_t min, max; // how often; 1, 1 without a quantifier; max may be AST_PATTERN_UNBOUNDED
	bool reluctant; // a '?' behind the quantifier
};

struct ast_subset { // name = (members)
	struct ast_name *name;
	struct ast_name **members;
	uint32_t n_members;
};

enum ast_skip {
	AST_SKIP_UNSAID, // Flink's default: to next row
	AST_SKIP_PAST_LAST_ROW,
	AST_SKIP_TO_NEXT_ROW,
	AST_SKIP_TO_FIRST, // skip_to
	AST_SKIP_TO_LAST, // skip_to; also SKIP TO variable
};

struct ast_match {
	struct pos pos;
	struct ast_table *input;
	struct ast_expr **partition_by;
	uint32_t n_partition_by;
	struct ast_order **order_by;
	uint32_t n_order_by;
	struct ast_item **measures;
	uint32_t n_measures;
	bool all_rows; // ALL ROWS PER MATCH
	enum ast_skip skip;
	struct ast_name *skip_to;
	struct ast_pattern *pattern;
	bool from_start, to_end; // PATTERN (^ … $)
	struct ast_expr *within; // or NULL
	struct ast_subset **subsets;
	uint32_t n_subsets;
	struct ast_item **defines; // expr is the condition, alias the variable
	uint32_t n_defines;
};

// ---- Queries

struct ast_item { // of a select list: expr [AS alias]
	struct ast_expr *expr;
	struct ast_name *alias; // or NULL
};

struct ast_cte { // WITH name [(columns)] AS (query)
	struct ast_name *name;
	struct ast_name **columns;
	uint32_t n_columns;
	struct ast_query *query;
};

enum ast_query_kind {
	AST_QUERY_SELECT, // select
	AST_QUERY_VALUES, // rows: each a "ROW" call
	AST_QUERY_UNION, // left, right; the next two as well
	AST_QUERY_INTERSECT,
	AST_QUERY_EXCEPT,
};

// A query that wraps a parenthesised one which has an ORDER BY, LIMIT or WITH of its own in another
// is written out as SELECT * FROM (it).
struct ast_query {
	enum ast_query_kind kind;
	struct pos pos;
	struct ast_cte **ctes;
	uint32_t n_ctes;
	union {
		struct ast_select *select;
		struct {
			struct ast_expr **rows; // at least one
			uint32_t n_rows;
		};
		struct {
			struct ast_query *left, *right;
			bool all; // UNION ALL …, else distinct
		};
	};
	struct ast_order **order_by;
	uint32_t n_order_by;
	struct ast_expr *limit, *offset; // or NULL; LIMIT n and FETCH NEXT n ROWS ONLY alike
};

struct ast_select {
	bool distinct;
	struct ast_item **items; // at least one
	uint32_t n_items;
	struct ast_table *from; // or NULL
	struct ast_expr *where; // or NULL
	bool grouped; // there is a GROUP BY, maybe of nothing: GROUP BY ()
	struct ast_expr **group_by;
	uint32_t n_group_by;
	struct ast_expr *having; // or NULL
	struct ast_window **windows; // the WINDOW clause
	uint32_t n_windows;
};

// ---- Statements

enum ast_statement_kind {
	AST_SET, // option; option.value NULL: RESET option.key; key NULL too: RESET
	AST_CREATE_TABLE, // create_table
	AST_CREATE_VIEW, // create_view
	AST_DROP_TABLE, // drop
	AST_DROP_VIEW, // drop
	AST_INSERT, // insert
	AST_STATEMENT_SET, // inserts: EXECUTE STATEMENT SET BEGIN … END
	AST_EXPLAIN, // explained: a query, an INSERT or a statement set
	AST_QUERY, // query
};

struct ast_option { // 'key' = 'value'
	struct pos key_pos, value_pos;
	const char *key, *value;
};

struct ast_statement {
	enum ast_statement_kind kind;
	struct pos pos; // its first word
	union {
		struct ast_option *option;
		struct ast_create_table *create_table;
		struct ast_create_view *create_view;
		struct ast_drop *drop;
		struct ast_insert *insert;
		struct {
			struct ast_statement **inserts; // each an AST_INSERT; at least one
			uint32_t n_inserts;
		};
		struct ast_statement *explained;
		struct ast_query *query;
	};
};

enum ast_column_kind {
	AST_COLUMN_PHYSICAL, // type
	AST_COLUMN_COMPUTED, // expr
	AST_COLUMN_METADATA, // type, metadata_key, is_virtual
};

struct ast_column {
	enum ast_column_kind kind;
	struct ast_name *name;
	struct ast_type *type;
	struct ast_expr *expr;
	const char *metadata_key; // METADATA FROM 'key'; NULL: the column's name
	bool is_virtual;
	const char *comment; // or NULL
};

struct ast_watermark { // WATERMARK FOR column AS expr
	struct pos pos;
	struct ast_name **column; // parts: a column, or a field of a ROW column
	uint32_t n_column;
	struct ast_expr *expr;
};

struct ast_create_table {
	struct ast_name **name; // parts, as of AST_TABLE_NAME
	uint32_t n_name;
	bool temporary, if_not_exists;
	struct ast_column **columns;
	uint32_t n_columns;
	struct ast_watermark *watermark; // or NULL
	struct ast_name **primary_key; // or none; also from a column's own PRIMARY KEY
	uint32_t n_primary_key;
	struct ast_name **partitioned_by;
	uint32_t n_partitioned_by;
	struct ast_option **options; // as written: a key may be there twice
	uint32_t n_options;
	const char *comment; // or NULL
};

struct ast_create_view {
	struct ast_name **name;
	uint32_t n_name;
	bool or_replace, temporary, if_not_exists;
	struct ast_name **columns;
	uint32_t n_columns;
	const char *comment; // or NULL
	struct ast_query *query;
};

struct ast_drop {
	struct ast_name **name;
	uint32_t n_name;
	bool temporary, if_exists;
};

struct ast_insert {
	struct ast_name **name;
	uint32_t n_name;
	struct ast_name **columns; // or none: all
	uint32_t n_columns;
	struct ast_query *query;
};

struct ast_script {
	struct ast_statement **statements;
	uint32_t n_statements;
};

// The tree in one canonical line for tests and people: calls as (name arg …), statements as
// (select …), each statement followed by a newline. Lives in arena.
const char *ast_print(struct arena *arena, const struct ast_script *script);
// The same for one expression and one type.
const char *ast_print_expr(struct arena *arena, const struct ast_expr *expr);
const char *ast_print_type(struct arena *arena, const struct ast_type *type);
