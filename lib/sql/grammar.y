// Flink SQL as an LALR(1) grammar without conflicts. Expressions are layered by precedence, as in
// Calcite: OR, AND, NOT, IS, comparison, LIKE/IN/BETWEEN, + -, * / % ||, unary, postfix.
//
// Parenthesised queries follow PostgreSQL's split in two (gram.y, "select_with_parens"): `parens` is
// a query with at least one pair of parentheses around it, `bare` one with none, so that
// ((SELECT 1)) has one reading only.
%define api.pure full
%define api.prefix {sql_yy}
%define api.token.prefix {TOK_}
%define api.token.raw
%define api.value.type union
%define api.location.type {struct pos}
%define parse.error custom
%define parse.lac full
%expect 0
%locations
%param {void *scanner}
%parse-param {struct parser *p}

%code requires {
#include "sql/parser.h"
}

%code provides {
// As the scanner calls them.
#define YYSTYPE SQL_YYSTYPE
#define YYLTYPE SQL_YYLTYPE
}

%code {
#include "sql/grammar.h"
#include "sql/scanner.h"
#include <string.h>
#include <strings.h>

// A rule's place is its first token's, an empty rule's that of the token before.
#define YYLLOC_DEFAULT(current, rhs, n) ((current) = (n) > 0 ? YYRHSLOC(rhs, 1) : YYRHSLOC(rhs, 0))
#define YYMAXDEPTH 20000

static void sql_yyerror(struct pos *pos, void *scanner, struct parser *p, const char *message);

#pragma GCC diagnostic ignored "-Wunused-but-set-variable" // clang: the skeleton's own yynerrs
}

// Names and values. An alias with a blank in it is no keyword.
%token END_OF_SCRIPT 0 "end of script"
%token <struct ast_name *> WORD "a name" QUOTED "a quoted name"
%token <const char *> STRING "a string" BINARY "a binary string"
%token <const char *> INTEGER "a whole number" DECIMAL "a number"
%token <const char *> APPROXIMATE "a number with exponent"
%token <const char *> RAW "a setting"
%token SEMICOLON ";" COMMA "," DOT "." OPEN "(" CLOSE ")" OPEN_INDEX "[" CLOSE_INDEX "]"
%token EQUAL "=" NOT_EQUAL "<>" LESS "<" LESS_EQUAL "<=" GREATER ">" GREATER_EQUAL ">="
%token PLUS "+" MINUS "-" TIMES "*" DIVIDE "/" MODULO "%" CONCAT "||" ARROW "=>"
%token BAR "|" QUESTION "?" CARET "^" DOLLAR "$" OPEN_COUNT "{" CLOSE_COUNT "}"
%token OPEN_EXCLUDED "{-" CLOSE_EXCLUDED "-}"

// Keywords that cannot be names without backticks.
%token ALL "ALL" AND "AND" ARRAY "ARRAY" AS "AS" ASYMMETRIC "ASYMMETRIC" BETWEEN "BETWEEN"
%token BOTH "BOTH" BY "BY" CASE "CASE" CONSTRAINT "CONSTRAINT" CREATE "CREATE" CROSS "CROSS"
%token CURRENT "CURRENT" DISTINCT "DISTINCT" DROP "DROP" ELSE "ELSE" END "END" ESCAPE "ESCAPE"
%token EXCEPT "EXCEPT" EXISTS "EXISTS" FALSE "FALSE" FETCH "FETCH" FILTER "FILTER"
%token FINAL "FINAL" FOR "FOR" FROM "FROM" FULL "FULL" GROUP "GROUP" HAVING "HAVING"
%token IGNORE "IGNORE" IN "IN" INNER "INNER" INSERT "INSERT" INTERSECT "INTERSECT"
%token INTERVAL "INTERVAL" INTO "INTO" IS "IS" JOIN "JOIN" LATERAL "LATERAL" LEADING "LEADING"
%token LEFT "LEFT" LIKE "LIKE" LIMIT "LIMIT" MAP "MAP" MATCH_RECOGNIZE "MATCH_RECOGNIZE"
%token MULTISET "MULTISET" NATURAL "NATURAL" NOT "NOT" NULL "NULL" OFFSET "OFFSET" ON "ON"
%token OR "OR" ORDER "ORDER" OUTER "OUTER" OVER "OVER" PARTITION "PARTITION" PLACING "PLACING"
%token PATTERN "PATTERN" PERMUTE "PERMUTE" POSITION "POSITION" PRIMARY "PRIMARY"
%token RANGE "RANGE" RESPECT "RESPECT" RIGHT "RIGHT"
%token ROW "ROW" ROWS "ROWS" RUNNING "RUNNING" SELECT "SELECT" SIMILAR "SIMILAR"
%token SYMMETRIC "SYMMETRIC" TABLE "TABLE" THEN "THEN" TO "TO" TRAILING "TRAILING" TRUE "TRUE"
%token UNBOUNDED "UNBOUNDED" UNION "UNION" UNKNOWN "UNKNOWN" USING "USING" VALUES "VALUES"
%token WATERMARK "WATERMARK" WHEN "WHEN" WHERE "WHERE" WINDOW "WINDOW" WITH "WITH"
%token WITHIN "WITHIN"

// Keywords that are names elsewhere: each is in the rule `keyword_name`, too.
%token <struct ast_name *> ABSENT "ABSENT" AFTER "AFTER" ASC "ASC" BEGIN "BEGIN" COMMENT "COMMENT" DATE "DATE"
%token <struct ast_name *> DEFINE "DEFINE" DESC "DESC" DOUBLE "DOUBLE" ENFORCED "ENFORCED"
%token <struct ast_name *> EXECUTE "EXECUTE" EXPLAIN "EXPLAIN" FIRST "FIRST"
%token <struct ast_name *> FOLLOWING "FOLLOWING" GROUPING "GROUPING" IF "IF" KEY "KEY"
%token <struct ast_name *> LAST "LAST" LOCAL "LOCAL" MATCH "MATCH" MEASURES "MEASURES"
%token <struct ast_name *> METADATA "METADATA" NEXT "NEXT" NULLS "NULLS" OF "OF" ONE "ONE"
%token <struct ast_name *> ONLY "ONLY" ORDINALITY "ORDINALITY" PARTITIONED "PARTITIONED"
%token <struct ast_name *> PAST "PAST" PER "PER" PLAN "PLAN"
%token <struct ast_name *> PRECEDING "PRECEDING" PRECISION "PRECISION" REPLACE "REPLACE"
%token <struct ast_name *> RESET "RESET" SET "SET" SETS "SETS" SKIP "SKIP" STATEMENT "STATEMENT"
%token <struct ast_name *> SUBSET "SUBSET" SYSTEM_TIME "SYSTEM_TIME" TEMPORARY "TEMPORARY"
%token <struct ast_name *> TIME "TIME" TIMESTAMP "TIMESTAMP" VARYING "VARYING" VIEW "VIEW"
%token <struct ast_name *> VIRTUAL "VIRTUAL"
%token <struct ast_name *> WITHOUT "WITHOUT" ZONE "ZONE"
%token <struct ast_name *> CONDITIONAL "CONDITIONAL" DEFAULT "DEFAULT" EMPTY "EMPTY" ERROR "ERROR"
%token <struct ast_name *> JSON "JSON" OBJECT "OBJECT" RETURNING "RETURNING" SCALAR "SCALAR"
%token <struct ast_name *> UNCONDITIONAL "UNCONDITIONAL" VALUE "VALUE" WRAPPER "WRAPPER"

%nterm <struct ast_name *> name keyword_name opt_name
%nterm <const char *> opt_comment opt_from setting comparator trim_side
%nterm <bool> opt_temporary opt_enforced opt_distinct opt_all
%nterm <bool> opt_virtual opt_start opt_finish opt_rows_per_match opt_ordinality rows_or_range
%nterm <bool> sign not symmetric
%nterm <int> opt_asc opt_nulls_order
%nterm <struct list> words path names opt_names inserts opt_options options opt_partitioned_by
%nterm <struct list> fields ctes
%nterm <struct list> rows items opt_order_by order_by orders opt_group_by group_items opt_windows
%nterm <struct list> windows opt_partition_by exprs opt_exprs whens args opt_within_group
%nterm <struct list> opt_measures measures opt_subsets subsets defines patterns
%nterm <struct ast_statement *> statement insert explainable
%nterm <struct ast_option *> option
%nterm <struct target> created dropped
%nterm <struct ast_create_view *> view
%nterm <struct column_options> column_options
%nterm <struct ast_type *> type type_base
%nterm <struct ast_field *> field
%nterm <struct type_params> opt_params
%nterm <struct interval_range> interval_range
%nterm <struct interval_field> interval_field
%nterm <struct ast_query *> query bare parens clause simple
%nterm <struct limits> limits
%nterm <struct ast_cte *> cte
%nterm <struct ast_item *> item measure define
%nterm <struct ast_order *> order arg_order
%nterm <struct ast_table *> opt_from_clause tables joined joinable table source unnamed
%nterm <enum ast_join_kind> join_kind
%nterm <struct ast_expr *> opt_where opt_having group_item expr test comparison predicate value
%nterm <struct ast_expr *> product
%nterm <struct ast_expr *> unary postfix primary literal call arg arg_value arg_partition
%nterm <struct ast_expr *> opt_else opt_escape opt_filter opt_within limit
%nterm <struct call_args> call_args
%nterm <struct list> json_pairs json_clauses
%nterm <struct json_clause *> json_clause json_on_null
%nterm <const char *> json_kind json_wrapper json_answer
%nterm <struct ast_expr *> json_key
%nterm <struct ast_type *> json_type
%nterm <struct ast_window *> window_spec opt_frame opt_over
%nterm <enum ast_nulls> nulls opt_nulls
%nterm <struct ast_bound> bound
%nterm <struct ast_subset *> subset
%nterm <struct ast_match *> match
%nterm <struct skip> opt_skip
%nterm <struct ast_pattern *> pattern pattern_sequence pattern_factor pattern_primary quantifier

%left "OR"
%left "AND"
%precedence "NOT"
%left "UNION" "EXCEPT"
%left "INTERSECT"
%precedence SHORT // in FLOOR(INTERVAL '1' DAY TO HOUR) the TO is the interval's
%precedence "TO" "IGNORE" "RESPECT" // as are IGNORE NULLS the inner call's in f(g(x) IGNORE NULLS)
%precedence "VALUE" "SCALAR" "OBJECT" // behind IS JSON they say which
%precedence PAREN // ((SELECT 1)): the inner parentheses belong to the query, not to an expression
%precedence ")"

%%

script:
  opt_statement
| script ";" opt_statement
;

opt_statement:
  %empty
| statement { script_add(p, $1); }
;

// ---- Statements

statement:
  "SET" setting "=" setting {
	$$ = STATEMENT(AST_SET, @1, .option = NEW(p, struct ast_option, @2, @4, $2, $4));
}
| "RESET" {
	$$ = STATEMENT(AST_SET, @1, .option = NEW(p, struct ast_option, @1));
}
| "RESET" setting {
	$$ = STATEMENT(AST_SET, @1, .option = NEW(p, struct ast_option, @2, .key = $2));
}
| "CREATE" opt_temporary "TABLE" created "(" elements ")" opt_comment opt_partitioned_by
  opt_options {
	struct ast_create_table *table = table_take(p);

	table->name = $4.path.items, table->n_name = $4.path.n;
	table->temporary = $2, table->if_not_exists = $4.checked;
	table->comment = $8;
	table->partitioned_by = $9.items, table->n_partitioned_by = $9.n;
	table->options = $10.items, table->n_options = $10.n;
	$$ = STATEMENT(AST_CREATE_TABLE, @1, .create_table = table);
}
| "CREATE" opt_temporary "VIEW" view {
	$4->temporary = $2;
	$$ = STATEMENT(AST_CREATE_VIEW, @1, .create_view = $4);
}
| "CREATE" "OR" "REPLACE" opt_temporary "VIEW" view {
	$6->or_replace = true, $6->temporary = $4;
	$$ = STATEMENT(AST_CREATE_VIEW, @1, .create_view = $6);
}
| "DROP" opt_temporary "TABLE" dropped {
	$$ = STATEMENT(AST_DROP_TABLE, @1,
		.drop = NEW(p, struct ast_drop, $4.path.items, $4.path.n, $2, $4.checked));
}
| "DROP" opt_temporary "VIEW" dropped {
	$$ = STATEMENT(AST_DROP_VIEW, @1,
		.drop = NEW(p, struct ast_drop, $4.path.items, $4.path.n, $2, $4.checked));
}
| "EXPLAIN" explainable { $$ = STATEMENT(AST_EXPLAIN, @1, .explained = $2); }
| "EXPLAIN" "PLAN" "FOR" explainable { $$ = STATEMENT(AST_EXPLAIN, @1, .explained = $4); }
| "EXECUTE" insert { $$ = $2; }
| "EXECUTE" query { $$ = STATEMENT(AST_QUERY, @1, .query = $2); }
| "EXECUTE" "STATEMENT" "SET" "BEGIN" inserts "END" {
	$$ = STATEMENT(AST_STATEMENT_SET, @1, .inserts = $5.items, .n_inserts = $5.n);
}
| "BEGIN" "STATEMENT" "SET" ";" inserts "END" {
	$$ = STATEMENT(AST_STATEMENT_SET, @1, .inserts = $5.items, .n_inserts = $5.n);
}
| insert
| query { $$ = STATEMENT(AST_QUERY, @1, .query = $1); }
;

view:
  created opt_names opt_comment "AS" query {
	$$ = NEW(p, struct ast_create_view, $1.path.items, $1.path.n, .if_not_exists = $1.checked,
		.columns = $2.items, .n_columns = $2.n, .comment = $3, .query = $5);
}
;

explainable:
  insert
| query { $$ = STATEMENT(AST_QUERY, @1, .query = $1); }
| "STATEMENT" "SET" "BEGIN" inserts "END" {
	$$ = STATEMENT(AST_STATEMENT_SET, @1, .inserts = $4.items, .n_inserts = $4.n);
}
;

inserts:
  insert ";" { $$ = list_of(p, $1); }
| inserts insert ";" { $$ = list_append(p, $1, $2); }
;

insert:
  "INSERT" "INTO" path query {
	$$ = STATEMENT(AST_INSERT, @1,
		.insert = NEW(p, struct ast_insert, $3.items, $3.n, .query = $4));
}
| "INSERT" "INTO" path "(" names ")" query {
	$$ = STATEMENT(AST_INSERT, @1,
		.insert = NEW(p, struct ast_insert, $3.items, $3.n, $5.items, $5.n, $7));
}
;

setting:
  STRING
| words { $$ = words_join(p, $1); }
;

words:
  RAW { $$ = list_of(p, (char *)$1); }
| words RAW { $$ = list_append(p, $1, (char *)$2); }
;

opt_temporary: %empty { $$ = false; } | "TEMPORARY" { $$ = true; };
created:
  path { $$ = (struct target){$1}; }
| "IF" "NOT" "EXISTS" path { $$ = (struct target){$4, true}; }
;

dropped:
  path { $$ = (struct target){$1}; }
| "IF" "EXISTS" path { $$ = (struct target){$3, true}; }
;

opt_comment: %empty { $$ = NULL; } | "COMMENT" STRING { $$ = $2; };

opt_partitioned_by: %empty { $$ = NO_LIST; } | "PARTITIONED" "BY" "(" names ")" { $$ = $4; };
opt_options: %empty { $$ = NO_LIST; } | "WITH" "(" options ")" { $$ = $3; };

options:
  option { $$ = list_of(p, $1); }
| options "," option { $$ = list_append(p, $1, $3); }
;

option: STRING "=" STRING { $$ = NEW(p, struct ast_option, @1, @3, $1, $3); };

// ---- CREATE TABLE's columns

elements:
  element
| elements "," element
;

element:
  name type column_options { table_column(p, $1, $2, $3); }
| name "AS" expr opt_comment {
	table_add(p, NEW(p, struct ast_column, AST_COLUMN_COMPUTED, $1, .expr = $3, .comment = $4));
}
| "WATERMARK" "FOR" path "AS" expr {
	table_watermark(p, NEW(p, struct ast_watermark, @1, $3.items, $3.n, $5));
}
| "PRIMARY" "KEY" "(" names ")" opt_enforced { table_key(p, @1, $4, $6); }
| "CONSTRAINT" name "PRIMARY" "KEY" "(" names ")" opt_enforced { table_key(p, @3, $6, $8); }
;

column_options:
  %empty { $$ = (struct column_options){0}; }
| column_options "COMMENT" STRING { $$ = $1, $$.comment = $3; }
| column_options "METADATA" opt_from opt_virtual {
	$$ = $1, $$.metadata = true, $$.metadata_key = $3, $$.is_virtual = $4;
}
| column_options "PRIMARY" "KEY" opt_enforced {
	$$ = $1, $$.key = true, $$.key_pos = @2, $$.not_enforced = $4;
}
;

opt_from: %empty { $$ = NULL; } | "FROM" STRING { $$ = $2; };
opt_virtual: %empty { $$ = false; } | "VIRTUAL" { $$ = true; };
opt_enforced: %empty { $$ = false; } | "ENFORCED" { $$ = false; } | "NOT" "ENFORCED" { $$ = true; };

// ---- Types

type:
  type_base
| type "NOT" "NULL" { $$ = type_nullable($1, false); }
| type "NULL" { $$ = type_nullable($1, true); }
| type "ARRAY" { $$ = type_nested(p, @1, AST_TYPE_ARRAY, NULL, $1); }
| type "MULTISET" { $$ = type_nested(p, @1, AST_TYPE_MULTISET, NULL, $1); }
;

type_base:
  WORD opt_params { $$ = type_named(p, $1, $2); }
| WORD "VARYING" opt_params { $$ = type_varying(p, $1, $3); }
| "DATE" { $$ = type_scalar(p, @1, TYPE_DATE, NO_PARAMS); }
| "DOUBLE" { $$ = type_scalar(p, @1, TYPE_DOUBLE, NO_PARAMS); }
| "DOUBLE" "PRECISION" { $$ = type_scalar(p, @1, TYPE_DOUBLE, NO_PARAMS); }
| "TIME" opt_params { $$ = type_scalar(p, @1, TYPE_TIME, $2); }
| "TIME" opt_params "WITHOUT" "TIME" "ZONE" { $$ = type_scalar(p, @1, TYPE_TIME, $2); }
| "TIMESTAMP" opt_params { $$ = type_scalar(p, @1, TYPE_TIMESTAMP, $2); }
| "TIMESTAMP" opt_params "WITHOUT" "TIME" "ZONE" {
	$$ = type_scalar(p, @1, TYPE_TIMESTAMP, $2);
}
| "TIMESTAMP" opt_params "WITH" "LOCAL" "TIME" "ZONE" {
	$$ = type_scalar(p, @1, TYPE_TIMESTAMP_LTZ, $2);
}
| "INTERVAL" interval_range { $$ = type_interval(p, @1, $2); }
| "ARRAY" "<" type ">" { $$ = type_nested(p, @1, AST_TYPE_ARRAY, NULL, $3); }
| "MULTISET" "<" type ">" { $$ = type_nested(p, @1, AST_TYPE_MULTISET, NULL, $3); }
| "MAP" "<" type "," type ">" { $$ = type_nested(p, @1, AST_TYPE_MAP, $3, $5); }
| "ROW" "<" fields ">" { $$ = type_fields(p, @1, $3); }
| "ROW" "(" fields ")" { $$ = type_fields(p, @1, $3); }
;

opt_params:
  %empty { $$ = NO_PARAMS; }
| "(" INTEGER ")" { $$ = (struct type_params){@2, $2, NULL}; }
| "(" INTEGER "," INTEGER ")" { $$ = (struct type_params){@2, $2, $4}; }
;

fields:
  field { $$ = list_of(p, $1); }
| fields "," field { $$ = list_append(p, $1, $3); }
;

field: name type opt_comment { $$ = NEW(p, struct ast_field, $1, $2, $3); };

interval_range:
  interval_field %prec SHORT { $$ = (struct interval_range){.from = $1}; }
| interval_field "TO" interval_field { $$ = (struct interval_range){$1, $3}; }
;

interval_field: WORD opt_params { $$ = (struct interval_field){$1, $2}; };

// ---- Queries

query:
  bare
| parens %prec PAREN
;

parens:
  "(" bare ")" { $$ = $2; }
| "(" parens ")" { $$ = $2; }
;

bare:
  simple
| clause order_by { $$ = query_limited(p, $1, $2, NO_LIMITS); }
| clause limits { $$ = query_limited(p, $1, NO_LIST, $2); }
| clause order_by limits { $$ = query_limited(p, $1, $2, $3); }
| "WITH" ctes clause { $$ = query_with(p, $2, $3); }
| "WITH" ctes clause order_by { $$ = query_with(p, $2, query_limited(p, $3, $4, NO_LIMITS)); }
| "WITH" ctes clause limits { $$ = query_with(p, $2, query_limited(p, $3, NO_LIST, $4)); }
| "WITH" ctes clause order_by limits { $$ = query_with(p, $2, query_limited(p, $3, $4, $5)); }
;

clause:
  simple
| parens
;

simple:
  "SELECT" opt_distinct items opt_from_clause opt_where opt_group_by opt_having opt_windows {
	$$ = NEW(p, struct ast_query, AST_QUERY_SELECT, @1, .select = NEW(p, struct ast_select, $2,
		$3.items, $3.n, $4, $5, $6.n > 0, $6.items, $6.n, $7, $8.items, $8.n));
}
| "VALUES" rows {
	$$ = NEW(p, struct ast_query, AST_QUERY_VALUES, @1, .rows = $2.items, .n_rows = $2.n);
}
| clause "UNION" opt_all clause { $$ = query_set(p, @2, AST_QUERY_UNION, $1, $3, $4); }
| clause "EXCEPT" opt_all clause { $$ = query_set(p, @2, AST_QUERY_EXCEPT, $1, $3, $4); }
| clause "INTERSECT" opt_all clause { $$ = query_set(p, @2, AST_QUERY_INTERSECT, $1, $3, $4); }
;

opt_distinct: %empty { $$ = false; } | "ALL" { $$ = false; } | "DISTINCT" { $$ = true; };
opt_all: %empty { $$ = false; } | "ALL" { $$ = true; } | "DISTINCT" { $$ = false; };

ctes:
  cte { $$ = list_of(p, $1); }
| ctes "," cte { $$ = list_append(p, $1, $3); }
;

cte: name opt_names "AS" parens { $$ = NEW(p, struct ast_cte, $1, $2.items, $2.n, $4); };

rows:
  expr { $$ = list_of(p, build_row(p, $1)); }
| rows "," expr { $$ = list_append(p, $1, build_row(p, $3)); }
;

limits:
  "LIMIT" limit { $$ = (struct limits){$2, NULL}; }
| "LIMIT" limit "OFFSET" limit opt_rows { $$ = (struct limits){$2, $4}; }
| "LIMIT" limit "," limit { $$ = (struct limits){$4, $2}; }
| "LIMIT" "ALL" { $$ = (struct limits){NULL, NULL}; }
| "OFFSET" limit opt_rows { $$ = (struct limits){NULL, $2}; }
| "OFFSET" limit opt_rows fetch limit row_or_rows "ONLY" { $$ = (struct limits){$5, $2}; }
| fetch limit row_or_rows "ONLY" { $$ = (struct limits){$2, NULL}; }
;

fetch: "FETCH" "FIRST" | "FETCH" "NEXT";
row_or_rows: "ROW" | "ROWS";
opt_rows: %empty | row_or_rows;
limit: INTEGER { $$ = literal_integer(p, @1, $1); };

items:
  item { $$ = list_of(p, $1); }
| items "," item { $$ = list_append(p, $1, $3); }
;

item:
  expr { $$ = NEW(p, struct ast_item, $1); }
| expr name { $$ = NEW(p, struct ast_item, $1, $2); }
| expr "AS" name { $$ = NEW(p, struct ast_item, $1, $3); }
| "*" { $$ = NEW(p, struct ast_item, NEW(p, struct ast_expr, AST_STAR, @1)); }
| postfix "." "*" { $$ = NEW(p, struct ast_item, build_star(p, $1)); }
;

opt_where: %empty { $$ = NULL; } | "WHERE" expr { $$ = $2; };
opt_having: %empty { $$ = NULL; } | "HAVING" expr { $$ = $2; };
opt_group_by: %empty { $$ = NO_LIST; } | "GROUP" "BY" group_items { $$ = $3; };

group_items:
  group_item { $$ = list_of(p, $1); }
| group_items "," group_item { $$ = list_append(p, $1, $3); }
;

group_item:
  expr
| "(" ")" { $$ = build_call(p, @1, "ROW", NO_LIST); }
| "GROUPING" "SETS" "(" group_items ")" { $$ = build_call(p, @1, "GROUPING SETS", $4); }
;

opt_windows: %empty { $$ = NO_LIST; } | "WINDOW" windows { $$ = $2; };

windows:
  name "AS" "(" window_spec ")" { $4->name = $1; $$ = list_of(p, $4); }
| windows "," name "AS" "(" window_spec ")" { $6->name = $3; $$ = list_append(p, $1, $6); }
;

opt_order_by: %empty { $$ = NO_LIST; } | order_by;
order_by: "ORDER" "BY" orders { $$ = $3; };

orders:
  order { $$ = list_of(p, $1); }
| orders "," order { $$ = list_append(p, $1, $3); }
;

order:
  expr opt_asc opt_nulls_order {
	$$ = NEW(p, struct ast_order, $1, $2 > 0, $3 == 0 ? $2 == 0 : $3 > 0);
}
;

opt_asc: %empty { $$ = 0; } | "ASC" { $$ = 0; } | "DESC" { $$ = 1; };
opt_nulls_order: %empty { $$ = 0; } | "NULLS" "FIRST" { $$ = 1; } | "NULLS" "LAST" { $$ = -1; };

// ---- Tables

opt_from_clause: %empty { $$ = NULL; } | "FROM" tables { $$ = $2; };

tables:
  joined
| table
| tables "," joined { $$ = table_join(p, @2, AST_JOIN_COMMA, $1, $3); }
| tables "," table { $$ = table_join(p, @2, AST_JOIN_COMMA, $1, $3); }
;

joinable: joined | table;

joined:
  joinable join_kind table "ON" expr {
	$$ = table_join(p, @2, $2, $1, $3);
	$$->join->on = $5;
}
| joinable join_kind table "USING" "(" names ")" {
	$$ = table_join(p, @2, $2, $1, $3);
	$$->join->using = $6.items, $$->join->n_using = $6.n;
}
| joinable "NATURAL" join_kind table {
	$$ = table_join(p, @2, $3, $1, $4);
	$$->join->natural = true;
}
| joinable "CROSS" "JOIN" table { $$ = table_join(p, @2, AST_JOIN_CROSS, $1, $4); }
| "(" joined ")" { $$ = $2; }
;

join_kind:
  "JOIN" { $$ = AST_JOIN_INNER; }
| "INNER" "JOIN" { $$ = AST_JOIN_INNER; }
| "LEFT" opt_outer "JOIN" { $$ = AST_JOIN_LEFT; }
| "RIGHT" opt_outer "JOIN" { $$ = AST_JOIN_RIGHT; }
| "FULL" opt_outer "JOIN" { $$ = AST_JOIN_FULL; }
;

opt_outer: %empty | "OUTER";

table:
  source
| source name opt_names { $$ = table_alias($1, $2, $3); }
| source "AS" name opt_names { $$ = table_alias($1, $3, $4); }
;

source:
  unnamed
| unnamed "MATCH_RECOGNIZE" "(" match ")" {
	$4->pos = @2, $4->input = $1;
	$$ = NEW(p, struct ast_table, AST_TABLE_MATCH, @1, .match = $4);
}
;

unnamed:
  path { $$ = NEW(p, struct ast_table, AST_TABLE_NAME, @1, .parts = $1.items, .n_parts = $1.n); }
| path "FOR" "SYSTEM_TIME" "AS" "OF" value {
	$$ = NEW(p, struct ast_table, AST_TABLE_NAME, @1, .parts = $1.items, .n_parts = $1.n,
		.as_of = $6);
}
| parens { $$ = NEW(p, struct ast_table, AST_TABLE_QUERY, @1, .query = $1); }
| "LATERAL" parens {
	$$ = NEW(p, struct ast_table, AST_TABLE_QUERY, @1, .lateral = true, .query = $2);
}
| "TABLE" "(" call ")" { $$ = table_function(p, @1, $3, false); }
| "LATERAL" "TABLE" "(" call ")" { $$ = table_function(p, @1, $4, true); }
| call opt_ordinality { $$ = table_function(p, @1, $1, false); $$->ordinality = $2; }
;

opt_ordinality: %empty { $$ = false; } | "WITH" "ORDINALITY" { $$ = true; };

// ---- MATCH_RECOGNIZE

match:
  opt_partition_by opt_order_by opt_measures opt_rows_per_match opt_skip
  "PATTERN" "(" opt_start pattern opt_finish ")" opt_within opt_subsets "DEFINE" defines {
	$$ = NEW(p, struct ast_match, .partition_by = $1.items, .n_partition_by = $1.n,
		.order_by = $2.items, .n_order_by = $2.n, .measures = $3.items, .n_measures = $3.n,
		.all_rows = $4, .skip = $5.skip, .skip_to = $5.to, .pattern = $9, .from_start = $8,
		.to_end = $10, .within = $12, .subsets = $13.items, .n_subsets = $13.n,
		.defines = $15.items, .n_defines = $15.n);
}
;

opt_measures: %empty { $$ = NO_LIST; } | "MEASURES" measures { $$ = $2; };

measures:
  measure { $$ = list_of(p, $1); }
| measures "," measure { $$ = list_append(p, $1, $3); }
;

measure: expr "AS" name { $$ = NEW(p, struct ast_item, $1, $3); };

opt_rows_per_match:
  %empty { $$ = false; }
| "ONE" "ROW" "PER" "MATCH" { $$ = false; }
| "ALL" "ROWS" "PER" "MATCH" { $$ = true; }
;

opt_skip:
  %empty { $$ = (struct skip){AST_SKIP_UNSAID, NULL}; }
| "AFTER" "MATCH" "SKIP" "PAST" "LAST" "ROW" { $$ = (struct skip){AST_SKIP_PAST_LAST_ROW, NULL}; }
| "AFTER" "MATCH" "SKIP" "TO" "NEXT" "ROW" { $$ = (struct skip){AST_SKIP_TO_NEXT_ROW, NULL}; }
| "AFTER" "MATCH" "SKIP" "TO" "FIRST" name { $$ = (struct skip){AST_SKIP_TO_FIRST, $6}; }
| "AFTER" "MATCH" "SKIP" "TO" "LAST" name { $$ = (struct skip){AST_SKIP_TO_LAST, $6}; }
| "AFTER" "MATCH" "SKIP" "TO" name { $$ = (struct skip){AST_SKIP_TO_LAST, $5}; }
;

opt_start: %empty { $$ = false; } | "^" { $$ = true; };
opt_finish: %empty { $$ = false; } | "$" { $$ = true; };
opt_within: %empty { $$ = NULL; } | "WITHIN" expr { $$ = $2; };

pattern:
  pattern_sequence
| pattern "|" pattern_sequence { $$ = pattern_join(p, @2, AST_PATTERN_CHOICE, $1, $3); }
;

pattern_sequence:
  pattern_factor
| pattern_sequence pattern_factor { $$ = pattern_join(p, @1, AST_PATTERN_SEQUENCE, $1, $2); }
;

pattern_factor:
  pattern_primary
| pattern_primary quantifier { $$ = pattern_repeat(p, $1, $2); }
| pattern_primary quantifier "?" { $2->reluctant = true; $$ = pattern_repeat(p, $1, $2); }
;

quantifier:
  "*" { $$ = pattern_times(p, @1, "0", NULL); }
| "+" { $$ = pattern_times(p, @1, "1", NULL); }
| "?" { $$ = pattern_times(p, @1, "0", "1"); }
| "{" INTEGER "}" { $$ = pattern_times(p, @2, $2, $2); }
| "{" INTEGER "," "}" { $$ = pattern_times(p, @2, $2, NULL); }
| "{" "," INTEGER "}" { $$ = pattern_times(p, @3, NULL, $3); }
| "{" INTEGER "," INTEGER "}" { $$ = pattern_times(p, @2, $2, $4); }
;

pattern_primary:
  name { $$ = NEW(p, struct ast_pattern, AST_PATTERN_VARIABLE, @1, $1, .min = 1, .max = 1); }
| "(" pattern ")" { $$ = $2; }
| "{-" pattern "-}" { $$ = pattern_group(p, @1, AST_PATTERN_EXCLUDE, list_of(p, $2)); }
| "PERMUTE" "(" patterns ")" { $$ = pattern_group(p, @1, AST_PATTERN_PERMUTE, $3); }
;

patterns:
  pattern { $$ = list_of(p, $1); }
| patterns "," pattern { $$ = list_append(p, $1, $3); }
;

opt_subsets: %empty { $$ = NO_LIST; } | "SUBSET" subsets { $$ = $2; };

subsets:
  subset { $$ = list_of(p, $1); }
| subsets "," subset { $$ = list_append(p, $1, $3); }
;

subset: name "=" "(" names ")" { $$ = NEW(p, struct ast_subset, $1, $4.items, $4.n); };

defines:
  define { $$ = list_of(p, $1); }
| defines "," define { $$ = list_append(p, $1, $3); }
;

define: name "AS" expr { $$ = NEW(p, struct ast_item, $3, $1); };

// ---- Expressions

expr:
  expr "OR" expr { $$ = build_chain(p, @2, "OR", $1, $3); }
| expr "AND" expr { $$ = build_chain(p, @2, "AND", $1, $3); }
| "NOT" expr { $$ = build_unary(p, @1, "NOT", $2); }
| test
;

test:
  comparison
| test "IS" "NULL" { $$ = build_unary(p, @2, "IS NULL", $1); }
| test "IS" "TRUE" { $$ = build_unary(p, @2, "IS TRUE", $1); }
| test "IS" "FALSE" { $$ = build_unary(p, @2, "IS FALSE", $1); }
| test "IS" "UNKNOWN" { $$ = build_unary(p, @2, "IS UNKNOWN", $1); }
| test "IS" "NOT" "NULL" { $$ = build_unary(p, @2, "IS NOT NULL", $1); }
| test "IS" "NOT" "TRUE" { $$ = build_unary(p, @2, "IS NOT TRUE", $1); }
| test "IS" "NOT" "FALSE" { $$ = build_unary(p, @2, "IS NOT FALSE", $1); }
| test "IS" "NOT" "UNKNOWN" { $$ = build_unary(p, @2, "IS NOT UNKNOWN", $1); }
| test "IS" "JSON" json_kind {
	$$ = build_binary(p, @2, "IS JSON", $1, build_symbol(p, @4, $4));
}
| test "IS" "NOT" "JSON" json_kind {
	$$ = build_not(p, @2, true,
		build_binary(p, @2, "IS JSON", $1, build_symbol(p, @5, $5)));
}
| test "IS" "DISTINCT" "FROM" comparison { $$ = build_binary(p, @2, "IS DISTINCT FROM", $1, $5); }
| test "IS" "NOT" "DISTINCT" "FROM" comparison {
	$$ = build_binary(p, @2, "IS NOT DISTINCT FROM", $1, $6);
}
;

json_kind:
  %empty %prec SHORT { $$ = "VALUE"; }
| "VALUE" { $$ = "VALUE"; }
| "SCALAR" { $$ = "SCALAR"; }
| "ARRAY" { $$ = "ARRAY"; }
| "OBJECT" { $$ = "OBJECT"; }
;

comparison:
  predicate
| comparison comparator predicate { $$ = build_binary(p, @2, $2, $1, $3); }
;

comparator:
  "=" { $$ = "="; }
| "<>" { $$ = "<>"; }
| "<" { $$ = "<"; }
| "<=" { $$ = "<="; }
| ">" { $$ = ">"; }
| ">=" { $$ = ">="; }
;

predicate:
  value
| predicate not "BETWEEN" symmetric value "AND" value {
	$$ = build_not(p, @2, $2,
		build_call(p, @3, $4 ? "BETWEEN SYMMETRIC" : "BETWEEN", LIST(p, $1, $5, $7)));
}
| predicate not "IN" parens %prec PAREN {
	$$ = build_not(p, @2, $2, build_binary(p, @3, "IN", $1, build_query(p, @4, $4)));
}
| predicate not "IN" "(" exprs ")" {
	$$ = build_not(p, @2, $2, build_call(p, @3, "IN", list_join(p, list_of(p, $1), $5)));
}
| predicate not "LIKE" value opt_escape {
	$$ = build_not(p, @2, $2, build_like(p, @3, "LIKE", $1, $4, $5));
}
| predicate not "SIMILAR" "TO" value opt_escape {
	$$ = build_not(p, @2, $2, build_like(p, @3, "SIMILAR TO", $1, $5, $6));
}
;

value:
  product
| value "+" product { $$ = build_binary(p, @2, "+", $1, $3); }
| value "-" product { $$ = build_binary(p, @2, "-", $1, $3); }
;

product:
  unary
| product "*" unary { $$ = build_binary(p, @2, "*", $1, $3); }
| product "/" unary { $$ = build_binary(p, @2, "/", $1, $3); }
| product "%" unary { $$ = build_binary(p, @2, "%", $1, $3); }
| product "||" unary { $$ = build_binary(p, @2, "||", $1, $3); }
;

unary:
  postfix
| "-" unary { $$ = build_negate(p, @1, $2); }
| "+" unary { $$ = build_unary(p, @1, "+", $2); }
| "FINAL" unary { $$ = build_unary(p, @1, "FINAL", $2); }
| "RUNNING" unary { $$ = build_unary(p, @1, "RUNNING", $2); }
;

postfix:
  primary
| postfix "[" expr "]" { $$ = build_binary(p, @2, "[]", $1, $3); }
| postfix "." name { $$ = build_field(p, $1, $3); }
;

primary:
  WORD { $$ = build_word(p, $1); }
| QUOTED { $$ = build_name(p, $1); }
| keyword_name { $$ = build_name(p, $1); }
| literal
| call opt_nulls opt_within_group opt_filter opt_over {
	$$ = $1;
	if ($2 != AST_NULLS_UNSAID)
		$$->call->nulls = $2;
	$$->call->within_group = $3.items, $$->call->n_within_group = $3.n;
	$$->call->filter = $4;
	$$->call->over = $5;
}
| parens %prec PAREN { $$ = build_query(p, @1, $1); }
| "(" expr ")" { $$ = $2; }
| "(" exprs "," expr ")" { $$ = build_call(p, @1, "ROW", list_append(p, $2, $4)); }
| "EXISTS" parens { $$ = build_unary(p, @1, "EXISTS", build_query(p, @2, $2)); }
| "CASE" whens opt_else "END" { $$ = build_case(p, @1, NULL, $2, $3); }
| "CASE" expr whens opt_else "END" { $$ = build_case(p, @1, $2, $3, $4); }
| "ROW" "(" opt_exprs ")" { $$ = build_call(p, @1, "ROW", $3); }
| "ARRAY" "[" opt_exprs "]" { $$ = build_call(p, @1, "ARRAY", $3); }
| "MAP" "[" opt_exprs "]" { $$ = build_map(p, @1, $3); }
| "POSITION" "(" value "IN" value ")" { $$ = build_binary(p, @1, "POSITION", $3, $5); }
;

literal:
  "NULL" { $$ = literal_null(p, @1, TYPE_NULL); }
| "TRUE" { $$ = literal_boolean(p, @1, true); }
| "FALSE" { $$ = literal_boolean(p, @1, false); }
| "UNKNOWN" { $$ = literal_null(p, @1, TYPE_BOOLEAN); }
| INTEGER { $$ = literal_integer(p, @1, $1); }
| DECIMAL { $$ = literal_decimal(p, @1, $1); }
| APPROXIMATE { $$ = literal_approximate(p, @1, $1); }
| STRING { $$ = literal_string(p, @1, $1); }
| BINARY { $$ = literal_binary(p, @1, $1); }
| "DATE" STRING { $$ = literal_date(p, @1, $2); }
| "TIME" STRING { $$ = literal_time(p, @1, $2); }
| "TIMESTAMP" STRING { $$ = literal_timestamp(p, @1, $2); }
| "INTERVAL" sign STRING interval_range { $$ = literal_interval(p, @1, $2, $3, $4); }
;

sign: %empty { $$ = false; } | "+" { $$ = false; } | "-" { $$ = true; };
not: %empty { $$ = false; } | "NOT" { $$ = true; };
symmetric: %empty { $$ = false; } | "ASYMMETRIC" { $$ = false; } | "SYMMETRIC" { $$ = true; };
opt_escape: %empty { $$ = NULL; } | "ESCAPE" value { $$ = $2; };
opt_else: %empty { $$ = NULL; } | "ELSE" expr { $$ = $2; };

whens:
  "WHEN" expr "THEN" expr { $$ = list_append(p, list_of(p, $2), $4); }
| whens "WHEN" expr "THEN" expr { $$ = list_append(p, list_append(p, $1, $3), $5); }
;

opt_exprs: %empty { $$ = NO_LIST; } | exprs;

exprs:
  expr { $$ = list_of(p, $1); }
| exprs "," expr { $$ = list_append(p, $1, $3); }
;

// ---- Calls

call:
  name "(" call_args ")" {
	$$ = build_function(p, $1, $3);
	$$->call->nulls = $3.nulls;
}
| "LEFT" "(" exprs ")" { $$ = build_call(p, @1, "LEFT", $3); }
| "RIGHT" "(" exprs ")" { $$ = build_call(p, @1, "RIGHT", $3); }
;

call_args:
  %empty { $$ = (struct call_args){0}; }
| "*" {
	$$ = (struct call_args){CALL_STAR,
		.args = list_of(p, NEW(p, struct ast_expr, AST_STAR, @1))};
}
| args { $$ = (struct call_args){.args = $1}; }
| args nulls { $$ = (struct call_args){.args = $1, .nulls = $2}; }
| args json_clauses { $$ = (struct call_args){CALL_JSON, .args = $1, .clauses = $2}; }
| json_on_null { $$ = (struct call_args){CALL_JSON, .clauses = list_of(p, $1)}; }
| json_pairs { $$ = (struct call_args){CALL_PAIRS, .args = $1}; }
| json_pairs json_clauses { $$ = (struct call_args){CALL_PAIRS, .args = $1, .clauses = $2}; }
| "ALL" args opt_nulls { $$ = (struct call_args){.args = $2, .nulls = $3}; }
| "DISTINCT" args opt_nulls {
	$$ = (struct call_args){.distinct = true, .args = $2, .nulls = $3};
}
| expr "AS" type { $$ = (struct call_args){CALL_AS, .args = list_of(p, $1), .to = $3}; }
| expr "TO" name { $$ = (struct call_args){CALL_TO, .args = LIST(p, $1, build_name(p, $3))}; }
| expr "FROM" expr { $$ = (struct call_args){CALL_FROM, .args = LIST(p, $1, $3)}; }
| expr "FROM" expr "FOR" expr { $$ = (struct call_args){CALL_FROM, .args = LIST(p, $1, $3, $5)}; }
| expr "PLACING" expr "FROM" expr {
	$$ = (struct call_args){CALL_PLACING, .args = LIST(p, $1, $3, $5)};
}
| expr "PLACING" expr "FROM" expr "FOR" expr {
	$$ = (struct call_args){CALL_PLACING, .args = LIST(p, $1, $3, $5, $7)};
}
| trim_side "FROM" expr {
	$$ = (struct call_args){CALL_TRIM,
		.args = LIST(p, build_symbol(p, @1, $1), literal_string(p, @1, " "), $3)};
}
| trim_side expr "FROM" expr {
	$$ = (struct call_args){CALL_TRIM, .args = LIST(p, build_symbol(p, @1, $1), $2, $4)};
}
;

// ---- JSON: pairs of a key and a value, and what follows the arguments without a comma

json_pairs:
  json_key "VALUE" expr { $$ = LIST(p, $1, $3); }
| json_pairs "," json_key "VALUE" expr { $$ = list_join(p, $1, LIST(p, $3, $5)); }
;

// KEY is a name, too: behind the word KEY stands what cannot follow a name.
json_key:
  expr
| "KEY" STRING { $$ = literal_string(p, @2, $2); }
| "KEY" WORD { $$ = build_name(p, $2); }
| "KEY" QUOTED { $$ = build_name(p, $2); }
| "KEY" WORD "." name { $$ = build_field(p, build_name(p, $2), $4); }
| "KEY" WORD "(" call_args ")" { $$ = build_function(p, $2, $4); }
;

json_clauses:
  json_clause { $$ = list_of(p, $1); }
| json_clauses json_clause { $$ = list_append(p, $1, $2); }
;

json_clause:
  "RETURNING" json_type {
	$$ = NEW(p, struct json_clause, @1, JSON_RETURNING, "RETURNING", .type = $2);
}
| json_wrapper "WRAPPER" { $$ = NEW(p, struct json_clause, @1, JSON_WRAPPER, $1); }
| json_on_null
| json_answer "ON" "EMPTY" { $$ = NEW(p, struct json_clause, @1, JSON_ON_EMPTY, $1); }
| json_answer "ON" "ERROR" { $$ = NEW(p, struct json_clause, @1, JSON_ON_ERROR, $1); }
| "DEFAULT" expr "ON" "EMPTY" {
	$$ = NEW(p, struct json_clause, @1, JSON_ON_EMPTY, "DEFAULT", $2);
}
| "DEFAULT" expr "ON" "ERROR" {
	$$ = NEW(p, struct json_clause, @1, JSON_ON_ERROR, "DEFAULT", $2);
}
| "NULL" "ON" "EMPTY" { $$ = NEW(p, struct json_clause, @1, JSON_ON_EMPTY, "NULL"); }
| "NULL" "ON" "ERROR" { $$ = NEW(p, struct json_clause, @1, JSON_ON_ERROR, "NULL"); }
;

json_on_null:
  "NULL" "ON" "NULL" { $$ = NEW(p, struct json_clause, @1, JSON_ON_NULL, "NULL"); }
| "ABSENT" "ON" "NULL" { $$ = NEW(p, struct json_clause, @1, JSON_ON_NULL, "ABSENT"); }
;

json_answer:
  "ERROR" { $$ = "ERROR"; }
| "TRUE" { $$ = "TRUE"; }
| "FALSE" { $$ = "FALSE"; }
| "UNKNOWN" { $$ = "UNKNOWN"; }
| "EMPTY" { $$ = "EMPTY ARRAY"; }
| "EMPTY" "ARRAY" { $$ = "EMPTY ARRAY"; }
| "EMPTY" "OBJECT" { $$ = "EMPTY OBJECT"; }
;

json_wrapper:
  "WITHOUT" { $$ = "WITHOUT"; }
| "WITHOUT" "ARRAY" { $$ = "WITHOUT"; }
| "WITH" { $$ = "UNCONDITIONAL"; }
| "WITH" "ARRAY" { $$ = "UNCONDITIONAL"; }
| "WITH" "CONDITIONAL" { $$ = "CONDITIONAL"; }
| "WITH" "CONDITIONAL" "ARRAY" { $$ = "CONDITIONAL"; }
| "WITH" "UNCONDITIONAL" { $$ = "UNCONDITIONAL"; }
| "WITH" "UNCONDITIONAL" "ARRAY" { $$ = "UNCONDITIONAL"; }
;

// Types that no NULL, WITH or WITHOUT can follow.
json_type:
  WORD opt_params { $$ = type_named(p, $1, $2); }
| "DOUBLE" { $$ = type_scalar(p, @1, TYPE_DOUBLE, NO_PARAMS); }
| "DOUBLE" "PRECISION" { $$ = type_scalar(p, @1, TYPE_DOUBLE, NO_PARAMS); }
| "DATE" { $$ = type_scalar(p, @1, TYPE_DATE, NO_PARAMS); }
| "TIME" opt_params { $$ = type_scalar(p, @1, TYPE_TIME, $2); }
| "TIMESTAMP" opt_params { $$ = type_scalar(p, @1, TYPE_TIMESTAMP, $2); }
| "ARRAY" "<" type ">" { $$ = type_nested(p, @1, AST_TYPE_ARRAY, NULL, $3); }
;

trim_side:
  "BOTH" { $$ = "BOTH"; }
| "LEADING" { $$ = "LEADING"; }
| "TRAILING" { $$ = "TRAILING"; }
;

args:
  arg { $$ = list_of(p, $1); }
| args "," arg { $$ = list_append(p, $1, $3); }
;

arg:
  arg_value
| name "=>" arg_value { $$ = build_binary(p, @2, "=>", build_symbol(p, @1, $1->text), $3); }
| STRING "=>" arg_value { $$ = build_binary(p, @2, "=>", build_symbol(p, @1, $1), $3); }
;

arg_value:
  expr
| "TABLE" path arg_partition arg_order {
	$$ = table_arg(p, NEW(p, struct ast_table, AST_TABLE_NAME, @2, .parts = $2.items,
		.n_parts = $2.n), $3, $4);
}
| "TABLE" parens arg_partition arg_order { $$ = table_arg(p, table_of(p, @2, $2), $3, $4); }
| parens "PARTITION" "BY" value arg_order { $$ = table_arg(p, table_of(p, @1, $1), $4, $5); }
| parens "ORDER" "BY" order { $$ = table_arg(p, table_of(p, @1, $1), NULL, $4); }
;

arg_partition: %empty { $$ = NULL; } | "PARTITION" "BY" value { $$ = $3; };
arg_order: %empty { $$ = NULL; } | "ORDER" "BY" order { $$ = $3; };

opt_nulls: %empty %prec SHORT { $$ = AST_NULLS_UNSAID; } | nulls;

// Behind a call or, as Flink has it for ARRAY_AGG, behind its arguments.
nulls:
  "IGNORE" "NULLS" { $$ = AST_NULLS_IGNORE; }
| "RESPECT" "NULLS" { $$ = AST_NULLS_RESPECT; }
;

opt_within_group: %empty { $$ = NO_LIST; } | "WITHIN" "GROUP" "(" order_by ")" { $$ = $4; };
opt_filter: %empty { $$ = NULL; } | "FILTER" "(" "WHERE" expr ")" { $$ = $4; };

opt_over:
  %empty { $$ = NULL; }
| "OVER" name { $$ = NEW(p, struct ast_window, @1, .base = $2); }
| "OVER" "(" window_spec ")" { $$ = $3; }
;

window_spec:
  opt_name opt_partition_by opt_order_by opt_frame {
	$$ = $4;
	$$->pos = @1;
	$$->base = $1;
	$$->partition_by = $2.items, $$->n_partition_by = $2.n;
	$$->order_by = $3.items, $$->n_order_by = $3.n;
}
;

opt_partition_by: %empty { $$ = NO_LIST; } | "PARTITION" "BY" exprs { $$ = $3; };

opt_frame:
  %empty { $$ = NEW(p, struct ast_window, 0); }
| rows_or_range bound {
	$$ = window_frame(p, @1, $1, $2, (struct ast_bound){.kind = AST_CURRENT_ROW});
}
| rows_or_range "BETWEEN" bound "AND" bound { $$ = window_frame(p, @1, $1, $3, $5); }
;

rows_or_range: "ROWS" { $$ = true; } | "RANGE" { $$ = false; };

bound:
  "UNBOUNDED" "PRECEDING" { $$ = (struct ast_bound){.kind = AST_UNBOUNDED_PRECEDING}; }
| "UNBOUNDED" "FOLLOWING" { $$ = (struct ast_bound){.kind = AST_UNBOUNDED_FOLLOWING}; }
| "CURRENT" "ROW" { $$ = (struct ast_bound){.kind = AST_CURRENT_ROW}; }
| value "PRECEDING" { $$ = (struct ast_bound){AST_PRECEDING, $1}; }
| value "FOLLOWING" { $$ = (struct ast_bound){AST_FOLLOWING, $1}; }
;

// ---- Names

path:
  name { $$ = list_of(p, $1); }
| path "." name { $$ = path_append(p, $1, $3); }
;

names:
  name { $$ = list_of(p, $1); }
| names "," name { $$ = list_append(p, $1, $3); }
;

opt_names: %empty { $$ = NO_LIST; } | "(" names ")" { $$ = $2; };
opt_name: %empty { $$ = NULL; } | name;

name: WORD | QUOTED | keyword_name;

keyword_name:
  "ABSENT" | "CONDITIONAL" | "DEFAULT" | "EMPTY" | "ERROR" | "JSON" | "OBJECT" | "RETURNING"
| "SCALAR" | "UNCONDITIONAL" | "VALUE" | "WRAPPER"
| "AFTER" | "ASC" | "BEGIN" | "COMMENT" | "DATE" | "DEFINE" | "DESC" | "DOUBLE" | "ENFORCED"
| "EXECUTE" | "EXPLAIN" | "FIRST" | "FOLLOWING" | "GROUPING" | "IF" | "KEY" | "LAST" | "LOCAL"
| "MATCH" | "MEASURES" | "METADATA" | "NEXT" | "NULLS" | "OF" | "ONE" | "ONLY" | "ORDINALITY"
| "PARTITIONED" | "PAST" | "PER" | "PLAN" | "PRECEDING" | "PRECISION"
| "REPLACE" | "RESET" | "SET" | "SETS" | "SKIP" | "STATEMENT" | "SUBSET" | "SYSTEM_TIME"
| "TEMPORARY" | "TIME" | "TIMESTAMP" | "VARYING" | "VIEW" | "VIRTUAL" | "WITHOUT" | "ZONE"
;

%%

static void sql_yyerror(struct pos *pos, void *scanner, struct parser *p, const char *message)
{
	// Bison's only own message here: its stack is full (syntax errors are reported below).
	parse_fail(p, *pos, "nested too deeply: write it with fewer parentheses or subqueries");
}

static const char *token_name(int token)
{
	return yysymbol_name((yysymbol_kind_t)token);
}

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct parser *p)
{
	yysymbol_kind_t expected[YYNTOKENS];
	int tokens[YYNTOKENS];
	int n = yypcontext_expected_tokens(context, expected, YYNTOKENS);

	for (int i = 0; i < n; i++)
		tokens[i] = (int)expected[i]; // api.token.raw: a token's number is its symbol's
	parse_fail_unexpected(p, *yypcontext_location(context), (int)yypcontext_token(context), tokens, n,
		token_name);
	return 0;
}

int keyword_token(const char *text, size_t len)
{
	for (int token = TOK_RAW + 1; token < YYNTOKENS; token++) {
		const char *name = token_name(token);

		if (strncasecmp(name, text, len) == 0 && name[len] == '\0')
			return token;
	}
	return 0;
}
