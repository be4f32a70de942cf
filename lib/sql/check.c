// The height of a tree. This walk is recursive itself, and safe because it ends at the limit.
#include "sql/parser.h"

#define EACH(p, list, n, visit, depth)        \
	for (uint32_t i_ = 0; i_ < (n); i_++) \
	visit(p, (list)[i_], depth)

static void visit_expr(struct parser *p, const struct ast_expr *expr, uint32_t depth);
static void visit_query(struct parser *p, const struct ast_query *query, uint32_t depth);
static void visit_table(struct parser *p, const struct ast_table *table, uint32_t depth);

static bool too_deep(struct parser *p, struct pos pos, uint32_t depth)
{
	if (depth > AST_DEPTH_MAX)
		parse_fail(
			p, pos, "nested too deeply: at most %d levels are allowed", AST_DEPTH_MAX);
	return p->failed;
}

static void visit_type(struct parser *p, const struct ast_type *type, uint32_t depth)
{
	if (type == NULL || too_deep(p, type->pos, depth))
		return;
	visit_type(p, type->key, depth + 1);
	visit_type(p, type->element, depth + 1);
	for (uint32_t i = 0; i < type->n_fields; i++)
		visit_type(p, type->fields[i]->type, depth + 1);
}

static void visit_order(struct parser *p, const struct ast_order *order, uint32_t depth)
{
	visit_expr(p, order->expr, depth);
}

static void visit_item(struct parser *p, const struct ast_item *item, uint32_t depth)
{
	visit_expr(p, item->expr, depth);
}

static void visit_window(struct parser *p, const struct ast_window *window, uint32_t depth)
{
	EACH(p, window->partition_by, window->n_partition_by, visit_expr, depth);
	EACH(p, window->order_by, window->n_order_by, visit_order, depth);
	visit_expr(p, window->start.offset, depth);
	visit_expr(p, window->end.offset, depth);
}

static void visit_call(struct parser *p, const struct ast_call *call, uint32_t depth)
{
	EACH(p, call->args, call->n_args, visit_expr, depth);
	EACH(p, call->within_group, call->n_within_group, visit_order, depth);
	visit_type(p, call->to, depth);
	visit_expr(p, call->filter, depth);
	if (call->over != NULL)
		visit_window(p, call->over, depth);
}

static void visit_expr(struct parser *p, const struct ast_expr *expr, uint32_t depth)
{
	if (expr == NULL || too_deep(p, expr->pos, depth))
		return;
	if (expr->kind == AST_CALL) {
		visit_call(p, expr->call, depth + 1);
	} else if (expr->kind == AST_SUBQUERY) {
		visit_query(p, expr->query, depth + 1);
	} else if (expr->kind == AST_TABLE) {
		visit_table(p, expr->table->table, depth + 1);
		EACH(p, expr->table->partition_by, expr->table->n_partition_by, visit_expr,
			depth + 1);
		EACH(p, expr->table->order_by, expr->table->n_order_by, visit_order, depth + 1);
	}
}

static void visit_pattern(struct parser *p, const struct ast_pattern *pattern, uint32_t depth)
{
	if (!too_deep(p, pattern->pos, depth))
		EACH(p, pattern->parts, pattern->n_parts, visit_pattern, depth + 1);
}

static void visit_match(struct parser *p, const struct ast_match *match, uint32_t depth)
{
	visit_table(p, match->input, depth);
	EACH(p, match->partition_by, match->n_partition_by, visit_expr, depth);
	EACH(p, match->order_by, match->n_order_by, visit_order, depth);
	EACH(p, match->measures, match->n_measures, visit_item, depth);
	EACH(p, match->defines, match->n_defines, visit_item, depth);
	visit_pattern(p, match->pattern, depth);
	visit_expr(p, match->within, depth);
}

static void visit_table(struct parser *p, const struct ast_table *table, uint32_t depth)
{
	if (table == NULL || too_deep(p, table->pos, depth))
		return;
	switch (table->kind) {
	case AST_TABLE_NAME:
		visit_expr(p, table->as_of, depth + 1);
		break;
	case AST_TABLE_QUERY:
		visit_query(p, table->query, depth + 1);
		break;
	case AST_TABLE_JOIN:
		visit_table(p, table->join->left, depth + 1);
		visit_table(p, table->join->right, depth + 1);
		visit_expr(p, table->join->on, depth + 1);
		break;
	case AST_TABLE_FUNCTION:
	case AST_TABLE_UNNEST:
		visit_expr(p, table->call, depth + 1);
		break;
	case AST_TABLE_MATCH:
		visit_match(p, table->match, depth + 1);
		break;
	}
}

static void visit_select(struct parser *p, const struct ast_select *select, uint32_t depth)
{
	EACH(p, select->items, select->n_items, visit_item, depth);
	visit_table(p, select->from, depth);
	visit_expr(p, select->where, depth);
	EACH(p, select->group_by, select->n_group_by, visit_expr, depth);
	visit_expr(p, select->having, depth);
	EACH(p, select->windows, select->n_windows, visit_window, depth);
}

static void visit_query(struct parser *p, const struct ast_query *query, uint32_t depth)
{
	if (too_deep(p, query->pos, depth))
		return;
	for (uint32_t i = 0; i < query->n_ctes; i++)
		visit_query(p, query->ctes[i]->query, depth + 1);
	EACH(p, query->order_by, query->n_order_by, visit_order, depth + 1);
	if (query->kind == AST_QUERY_SELECT) {
		visit_select(p, query->select, depth + 1);
	} else if (query->kind == AST_QUERY_VALUES) {
		EACH(p, query->rows, query->n_rows, visit_expr, depth + 1);
	} else {
		visit_query(p, query->left, depth + 1);
		visit_query(p, query->right, depth + 1);
	}
}

static void visit_columns(struct parser *p, const struct ast_create_table *table)
{
	for (uint32_t i = 0; i < table->n_columns; i++) {
		visit_type(p, table->columns[i]->type, 1);
		visit_expr(p, table->columns[i]->expr, 1);
	}
	if (table->watermark != NULL)
		visit_expr(p, table->watermark->expr, 1);
}

static void visit_statement(struct parser *p, const struct ast_statement *statement)
{
	if (statement->kind == AST_QUERY)
		visit_query(p, statement->query, 1);
	else if (statement->kind == AST_INSERT)
		visit_query(p, statement->insert->query, 1);
	else if (statement->kind == AST_CREATE_VIEW)
		visit_query(p, statement->create_view->query, 1);
	else if (statement->kind == AST_CREATE_TABLE)
		visit_columns(p, statement->create_table);
	else if (statement->kind == AST_EXPLAIN)
		visit_statement(p, statement->explained);
	else if (statement->kind == AST_STATEMENT_SET)
		for (uint32_t i = 0; i < statement->n_inserts; i++)
			visit_statement(p, statement->inserts[i]);
}

void parse_check_depth(struct parser *p, const struct ast_script *script)
{
	for (uint32_t i = 0; i < script->n_statements; i++)
		visit_statement(p, script->statements[i]);
}
