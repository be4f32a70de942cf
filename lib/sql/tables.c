#include "sql/parser.h"
#include <string.h>

struct ast_table *table_of(struct parser *p, struct pos pos, struct ast_query *query)
{
	return NEW(p, struct ast_table, AST_TABLE_QUERY, pos, .query = query);
}

struct ast_table *table_alias(struct ast_table *table, struct ast_name *alias, struct list columns)
{
	table->alias = alias;
	table->columns = columns.items;
	table->n_columns = columns.n;
	return table;
}

struct ast_table *table_join(struct parser *p, struct pos pos, enum ast_join_kind kind,
	struct ast_table *left, struct ast_table *right)
{
	struct ast_join *join = NEW(p, struct ast_join, kind, .left = left, .right = right);

	return NEW(p, struct ast_table, AST_TABLE_JOIN, pos, .join = join);
}

static bool is_row(const struct ast_expr *expr)
{
	return expr->kind == AST_CALL && strcmp(expr->call->name, "ROW") == 0;
}

// The terms of PARTITION BY expr, where (a, b) are two.
static struct list terms_of(struct parser *p, struct ast_expr *expr)
{
	if (is_row(expr))
		return (struct list){expr->call->args, expr->call->n_args};
	return list_of(p, expr);
}

struct ast_expr *table_arg(struct parser *p, struct ast_table *table, struct ast_expr *partition_by,
	struct ast_order *order_by)
{
	struct list keys = partition_by != NULL ? terms_of(p, partition_by) : NO_LIST;
	struct list terms = order_by != NULL ? terms_of(p, order_by->expr) : NO_LIST;
	struct list orders = NO_LIST;

	for (uint32_t i = 0; i < terms.n; i++)
		orders = list_append(p, orders,
			NEW(p, struct ast_order, ((struct ast_expr **)terms.items)[i],
				order_by->descending, order_by->nulls_first));
	return NEW(p, struct ast_expr, AST_TABLE, table->pos,
		.table = NEW(p, struct ast_table_arg, table, keys.items, keys.n, orders.items,
			orders.n));
}

// A table function's (SELECT …) is a table, not a value.
static void query_arg(struct parser *p, struct ast_expr **arg)
{
	if ((*arg)->kind == AST_CALL && strcmp((*arg)->call->name, "=>") == 0)
		arg = &(*arg)->call->args[1];
	if ((*arg)->kind == AST_SUBQUERY)
		*arg = table_arg(p, table_of(p, (*arg)->pos, (*arg)->query), NULL, NULL);
}

struct ast_table *table_function(
	struct parser *p, struct pos pos, struct ast_expr *call, bool lateral)
{
	bool unnest = strcmp(call->call->name, "UNNEST") == 0;

	for (uint32_t i = 0; !unnest && i < call->call->n_args; i++)
		query_arg(p, &call->call->args[i]);
	return NEW(p, struct ast_table, unnest ? AST_TABLE_UNNEST : AST_TABLE_FUNCTION, pos,
		.lateral = lateral, .call = call);
}
