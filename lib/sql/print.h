// Printing a tree: shared by print.c (statements), print_query.c (queries, tables) and print_expr.c
// (expressions, types). Clauses print a blank in front of themselves, and nothing when absent.
#pragma once
#include "sql/ast.h"

struct out { // growing text
	struct arena *arena;
	char *text;
	size_t len, size;
};

void put_plain(struct out *out, const char *text);
void put_bytes(struct out *out, const char *bytes, size_t len);
void put_text(struct out *out, const char *text); // 'text', quotes doubled
void put_string(struct out *out, const char *text, size_t len);
void put_count(struct out *out, uint32_t count);
void put_clause(struct out *out, const char *word); // " (word"

void put_path(struct out *out, struct ast_name *const *parts, uint32_t n);
void put_names(struct out *out, const char *word, struct ast_name *const *list, uint32_t n);
void put_comment(struct out *out, const char *text);

void put_type(struct out *out, const struct ast_type *type);
void put_expr(struct out *out, const struct ast_expr *expr);
void put_exprs(struct out *out, const char *word, struct ast_expr *const *list, uint32_t n);
void put_expr_clause(struct out *out, const char *word, const struct ast_expr *expr);
void put_orders(struct out *out, struct ast_order *const *list, uint32_t n);
void put_items(struct out *out, struct ast_item *const *list, uint32_t n);
void put_window(struct out *out, const char *word, const struct ast_window *window);

void put_query(struct out *out, const struct ast_query *query);
void put_table(struct out *out, const struct ast_table *table);
