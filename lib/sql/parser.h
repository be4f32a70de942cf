// What the grammar, the scanner and their actions share; only they include it.
//
//   text ─► scanner.l ─► grammar.y ─► build.c, literal.c, interval.c, typename.c (nodes)
//                            │        check.c (the tree's height)
//                            └──────► message.c (what was expected)
#pragma once
#include "sql/ast.h"

enum {
	SQL_TEXT_MAX = 16 << 20, // bytes of a script
	SQL_PARTS_MAX = 16, // of a name: a.b.c
	EXCERPT_MAX = 32,
	SQL_PATTERN_TIMES_MAX = 10000, // of a quantifier in MATCH_RECOGNIZE
};

struct token {
	int kind; // of grammar.h, 0 before the first
	const char *text; // as written
};

struct parser {
	struct arena *arena;
	struct err *err;
	bool failed; // err is set; the scanner then ends the script
	struct ast_script *script;
	struct ast_create_table *table; // whose columns are being read, or NULL
	// scanner writes, message.c reads
	struct pos pos; // where the next token begins
	struct token last, before; // the newest token and the one before it
	struct pos end; // right behind last
};

// ---- Lists: a growing array of pointers, whose capacity follows from n

struct list {
	void *items;
	uint32_t n;
};

#define NO_LIST ((struct list){0})
#define LIST(p, ...) \
	list_from(p, (void *[]){__VA_ARGS__}, sizeof((void *[]){__VA_ARGS__}) / sizeof(void *))
struct list list_append(struct parser *p, struct list list, void *item);
struct list list_from(struct parser *p, void *const *items, size_t n);
struct list list_of(struct parser *p, void *item);
struct list list_join(struct parser *p, struct list a, struct list b); // a's items, then b's

// ---- Nodes. NEW(p, struct ast_item, .expr = expr) is a copy of that compound literal in the
// arena.

// What is left out is absent: NULL, 0, false.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#define NEW(p, kind, ...) node_new(p, &(kind){__VA_ARGS__}, sizeof(kind))
#define STATEMENT(...) NEW(p, struct ast_statement, __VA_ARGS__)
void *node_new(struct parser *p, const void *value, size_t size);

// Report an error, once, and end the script. Parsing goes on until the next token is asked for: all
// functions below return something usable after it.
void parse_fail(struct parser *p, struct pos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

// text for a message: one line, shortened to EXCERPT_MAX bytes of whole characters.
const char *parse_excerpt(struct parser *p, const char *text);

// ---- build.c: expressions

struct ast_expr *build_call(struct parser *p, struct pos pos, const char *name, struct list args);
struct ast_expr *build_unary(
	struct parser *p, struct pos pos, const char *name, struct ast_expr *a);
struct ast_expr *build_binary(
	struct parser *p, struct pos pos, const char *name, struct ast_expr *a, struct ast_expr *b);
// escape may be NULL.
struct ast_expr *build_like(struct parser *p, struct pos pos, const char *name, struct ast_expr *a,
	struct ast_expr *pattern, struct ast_expr *escape);
struct ast_expr *build_not(struct parser *p, struct pos pos, bool negated, struct ast_expr *a);
struct ast_expr *build_negate(struct parser *p, struct pos pos, struct ast_expr *a);
struct ast_expr *build_symbol(struct parser *p, struct pos pos, const char *symbol);
struct ast_expr *build_query(struct parser *p, struct pos pos, struct ast_query *query);
// AND and OR: longer chains stay flat.
struct ast_expr *build_chain(
	struct parser *p, struct pos pos, const char *name, struct ast_expr *a, struct ast_expr *b);
// A word: a column, or a function that takes no parentheses (CURRENT_DATE).
struct ast_expr *build_word(struct parser *p, struct ast_name *name);
struct ast_expr *build_name(struct parser *p, struct ast_name *name);
struct ast_expr *build_field(struct parser *p, struct ast_expr *base, struct ast_name *field);
struct ast_expr *build_star(struct parser *p, struct ast_expr *base); // base.*
struct ast_expr *build_row(struct parser *p, struct ast_expr *expr); // of VALUES
// operand may be NULL: CASE WHEN …. otherwise may be NULL: no ELSE.
struct ast_expr *build_case(struct parser *p, struct pos pos, struct ast_expr *operand,
	struct list whens, struct ast_expr *otherwise);
struct ast_expr *build_map(struct parser *p, struct pos pos, struct list args);

// ---- function.c: calls with a syntax of their own

enum call_form { // what stood between a function's parentheses
	CALL_COMMAS, // a, b
	CALL_STAR, // *
	CALL_AS, // a AS type
	CALL_TO, // a TO unit
	CALL_FROM, // a FROM b [FOR c]
	CALL_PLACING, // a PLACING b FROM c [FOR d]
	CALL_TRIM, // BOTH [a] FROM b
	CALL_JSON, // a, b and clauses
	CALL_PAIRS, // a VALUE b, c VALUE d, maybe clauses
};

enum json_clause_kind {
	JSON_RETURNING, // type
	JSON_WRAPPER,
	JSON_ON_EMPTY,
	JSON_ON_ERROR,
	JSON_ON_NULL,
	JSON_CLAUSES
};

struct json_clause { // behind the arguments of a JSON function
	struct pos pos;
	enum json_clause_kind kind;
	const char *word; // "NULL", "EMPTY ARRAY", "CONDITIONAL", …
	struct ast_expr *value; // of DEFAULT
	struct ast_type *type;
};

struct call_args {
	enum call_form form;
	bool distinct;
	enum ast_nulls nulls;
	struct list args;
	struct ast_type *to;
	struct list clauses; // of JSON functions
};

struct ast_expr *build_function(struct parser *p, struct ast_name *name, struct call_args args);

// ---- json_call.c: the calls that take CALL_JSON and CALL_PAIRS, their clauses in fixed places

bool json_is_function(const char *name);
struct ast_expr *build_json(
	struct parser *p, struct pos pos, const char *name, struct call_args args);

// ---- build.c: tables and queries

struct target { // IF [NOT] EXISTS path
	struct list path;
	bool checked;
};

struct limits {
	struct ast_expr *limit, *offset;
};

#define NO_LIMITS ((struct limits){0})

struct skip { // AFTER MATCH
	enum ast_skip skip;
	struct ast_name *to;
};

struct column_options { // what follows a column's type
	bool metadata, is_virtual, key, not_enforced;
	const char *metadata_key, *comment;
	struct pos key_pos;
};

// The words of a setting's value as one text, a blank between two.
const char *words_join(struct parser *p, struct list words);
void script_add(struct parser *p, struct ast_statement *statement);
void table_add(struct parser *p, struct ast_column *column);
void table_column(struct parser *p, struct ast_name *name, struct ast_type *type,
	struct column_options options);
void table_watermark(struct parser *p, struct ast_watermark *watermark);
void table_key(struct parser *p, struct pos pos, struct list columns, bool not_enforced);
struct ast_create_table *table_take(struct parser *p);

struct list path_append(struct parser *p, struct list path, struct ast_name *name);
struct ast_table *table_of(struct parser *p, struct pos pos, struct ast_query *query);
struct ast_table *table_alias(struct ast_table *table, struct ast_name *alias, struct list columns);
struct ast_table *table_function(
	struct parser *p, struct pos pos, struct ast_expr *call, bool lateral);
struct ast_table *table_join(struct parser *p, struct pos pos, enum ast_join_kind kind,
	struct ast_table *left, struct ast_table *right);
// partition_by and order_by may be NULL; rows (a, b) stand for several terms.
struct ast_expr *table_arg(struct parser *p, struct ast_table *table, struct ast_expr *partition_by,
	struct ast_order *order_by);

struct ast_query *query_set(struct parser *p, struct pos pos, enum ast_query_kind kind,
	struct ast_query *left, bool all, struct ast_query *right);
struct ast_query *query_limited(
	struct parser *p, struct ast_query *query, struct list order_by, struct limits limits);
struct ast_query *query_with(struct parser *p, struct list ctes, struct ast_query *query);
struct ast_window *window_frame(
	struct parser *p, struct pos pos, bool rows, struct ast_bound start, struct ast_bound end);

struct ast_pattern *pattern_join(struct parser *p, struct pos pos, enum ast_pattern_kind kind,
	struct ast_pattern *a, struct ast_pattern *b);
struct ast_pattern *pattern_group(
	struct parser *p, struct pos pos, enum ast_pattern_kind kind, struct list parts);
// A quantifier is a pattern of which only min, max and reluctant count. min may be NULL (0), max
// too (no end).
struct ast_pattern *pattern_times(
	struct parser *p, struct pos pos, const char *min, const char *max);
struct ast_pattern *pattern_repeat(
	struct parser *p, struct ast_pattern *pattern, const struct ast_pattern *quantifier);

// ---- literal.c

struct ast_expr *literal_new(struct parser *p, struct pos pos, struct ast_literal literal);
struct ast_expr *literal_null(struct parser *p, struct pos pos, enum type_kind kind);
struct ast_expr *literal_boolean(struct parser *p, struct pos pos, bool value);
struct ast_expr *literal_string(struct parser *p, struct pos pos, const char *text);
struct ast_expr *literal_binary(struct parser *p, struct pos pos, const char *hex);
struct ast_expr *literal_integer(struct parser *p, struct pos pos, const char *text);
struct ast_expr *literal_decimal(struct parser *p, struct pos pos, const char *text);
struct ast_expr *literal_approximate(struct parser *p, struct pos pos, const char *text);
struct ast_expr *literal_date(struct parser *p, struct pos pos, const char *text);
struct ast_expr *literal_time(struct parser *p, struct pos pos, const char *text);
struct ast_expr *literal_timestamp(struct parser *p, struct pos pos, const char *text);

// ---- typename.c

struct type_params { // (first, second), NULL when not written
	struct pos pos;
	const char *first, *second;
};

#define NO_PARAMS ((struct type_params){0})

struct ast_type *type_named(struct parser *p, struct ast_name *name, struct type_params params);
// Two words: CHARACTER VARYING, BINARY VARYING.
struct ast_type *type_varying(struct parser *p, struct ast_name *name, struct type_params params);
struct ast_type *type_scalar(
	struct parser *p, struct pos pos, enum type_kind kind, struct type_params params);
struct ast_type *type_nested(struct parser *p, struct pos pos, enum ast_type_kind kind,
	struct ast_type *key, struct ast_type *element);
struct ast_type *type_fields(struct parser *p, struct pos pos, struct list fields);
struct ast_type *type_nullable(struct ast_type *type, bool nullable);

// ---- interval.c

struct interval_field { // DAY(3), SECOND(2, 3)
	struct ast_name *unit;
	struct type_params params;
};

struct interval_range { // from TO to
	struct interval_field from, to; // to.unit may be NULL
};

struct ast_expr *literal_interval(struct parser *p, struct pos pos, bool negative, const char *text,
	struct interval_range range);
struct ast_type *type_interval(struct parser *p, struct pos pos, struct interval_range range);
// A name that stands for a unit of time becomes its symbol.
struct ast_expr *build_unit(struct parser *p, struct ast_expr *name);

// ---- check.c

// Refuse a tree higher than AST_DEPTH_MAX.
void parse_check_depth(struct parser *p, const struct ast_script *script);

// ---- message.c

// Report that found stood at pos where one of expected[:n_expected] would be right. name tells how
// a token is called.
void parse_fail_unexpected(struct parser *p, struct pos pos, int found, const int *expected,
	int n_expected, const char *(*name)(int token));

// ---- grammar.y

// The token of a keyword (any letter case) or an operator, or 0.
int keyword_token(const char *text, size_t len);
