// ORDER BY, LIMIT and OFFSET of a query.
//
// A term names a column of the result, by name or by number, or it is an expression over what FROM
// names: then the select list is bound once more with the expression behind it, and the column is
// cut off again above the sort.
#include <errno.h>
#include <string.h>
#include "sql/bind.h"

enum { TERMS_MAX = 64, NO_COLUMN = -1 };

// The column of plan that a term names, or NO_COLUMN.
static int find_column(const struct plan *plan, const struct ast_expr *ast)
{
	if (ast->kind == AST_LITERAL && ast->literal->type.kind == TYPE_INT &&
		ast->literal->integer >= 1 && ast->literal->integer <= plan->n_columns)
		return (int)ast->literal->integer - 1;
	if (ast->kind != AST_NAME || ast->n_parts != 1)
		return NO_COLUMN;
	for (uint16_t i = 0; i < plan->n_columns; i++)
		if (strcmp(plan->columns[i].name, ast->parts[0]->text) == 0)
			return i;
	return NO_COLUMN;
}

// The query with the terms that plan does not have behind its select list.
static const struct ast_query *with_terms(
	struct binder *binder, const struct ast_query *query, const struct plan *plan)
{
	struct ast_query *wider = arena_alloc(binder->arena, sizeof(*wider));
	struct ast_select *select = arena_alloc(binder->arena, sizeof(*select));
	uint32_t n = query->select->n_items;

	*wider = *query;
	*select = *query->select;
	wider->select = select;
	select->items =
		arena_alloc(binder->arena, (n + query->n_order_by) * sizeof(*select->items));
	memcpy(select->items, query->select->items, n * sizeof(*select->items));
	for (uint32_t i = 0; i < query->n_order_by; i++) {
		struct ast_item *item = arena_alloc(binder->arena, sizeof(*item));

		if (find_column(plan, query->order_by[i]->expr) != NO_COLUMN)
			continue;
		*item = (struct ast_item){.expr = query->order_by[i]->expr};
		select->items[n++] = item;
	}
	select->n_items = n;
	return wider;
}

static int check_first(
	struct binder *binder, const struct ast_order *term, const struct plan_column *column)
{
	char type[TYPE_NAME_MAX];

	if (column->time != PLAN_ROWTIME)
		return err_set_at(binder->err, term->expr->pos,
			"ORDER BY: '%s' (%s) is no time attribute; a stream is sorted by time "
			"first, as in ORDER BY ts",
			column->name, type_name(column->type, type));
	if (term->descending)
		return err_set_at(binder->err, term->expr->pos,
			"ORDER BY: a stream is sorted by time ascending, not DESC");
	return 0;
}

// plan sorted by the terms; those that it does not name are its columns from n on.
static struct plan *sort(struct binder *binder, const struct ast_query *query, struct plan *plan,
	const struct plan *named)
{
	struct plan_order *order = arena_alloc(binder->arena, sizeof(*order));
	uint16_t next = named->n_columns;

	if (query->n_order_by > TERMS_MAX) {
		err_set_at(binder->err, query->order_by[TERMS_MAX]->expr->pos,
			"ORDER BY has more than %d terms", TERMS_MAX);
		return NULL;
	}
	order->terms = arena_alloc(binder->arena, query->n_order_by * sizeof(*order->terms));
	for (uint32_t i = 0; i < query->n_order_by; i++) {
		const struct ast_order *term = query->order_by[i];
		int column = find_column(named, term->expr);

		order->terms[order->n_terms++] = (struct order_term){
			.column = column != NO_COLUMN ? (uint16_t)column : next++,
			.descending = term->descending,
			.nulls_first = term->nulls_first,
		};
	}
	if (check_first(binder, query->order_by[0], &plan->columns[order->terms[0].column]) < 0)
		return NULL;
	return plan_sort(binder->arena, plan, order);
}

static struct plan *cut(struct binder *binder, struct plan *plan, uint16_t n)
{
	if (plan->n_columns == n)
		return plan;
	return plan_calc(
		binder->arena, plan, NULL, plan->columns, plan_refs(binder->arena, plan), n);
}

static struct plan *bind_sort(
	struct binder *binder, const struct ast_query *query, struct plan *plan)
{
	struct plan *wider = plan;

	for (uint32_t i = 0; i < query->n_order_by; i++) {
		const struct ast_expr *term = query->order_by[i]->expr;

		if (find_column(plan, term) != NO_COLUMN)
			continue;
		if (query->kind != AST_QUERY_SELECT) {
			err_set_at(binder->err, term->pos,
				"ORDER BY of a UNION names columns of its result");
			return NULL;
		}
		if (wider == plan)
			wider = bind_body(binder, with_terms(binder, query, plan));
		if (wider == NULL)
			return NULL;
	}
	wider = sort(binder, query, wider, plan);
	return wider != NULL ? cut(binder, wider, plan->n_columns) : NULL;
}

static int bind_count(
	struct binder *binder, const struct ast_expr *ast, const char *what, uint64_t *count)
{
	if (ast->kind != AST_LITERAL || ast->literal->is_null ||
		!type_is_integer(ast->literal->type.kind) || ast->literal->integer < 0)
		return err_set_at(binder->err, ast->pos, "%s needs a number of rows, as in %s 10",
			what, what);
	*count = (uint64_t)ast->literal->integer;
	return 0;
}

struct plan *bind_order(struct binder *binder, const struct ast_query *query, struct plan *plan)
{
	struct plan_limit *limit = arena_alloc(binder->arena, sizeof(*limit));

	if (query->n_order_by > 0) {
		plan = bind_sort(binder, query, plan);
		if (plan == NULL)
			return NULL;
	}
	*limit = (struct plan_limit){.n_max = UINT64_MAX};
	if (query->limit != NULL && bind_count(binder, query->limit, "LIMIT", &limit->n_max) < 0)
		return NULL;
	if (query->offset != NULL &&
		bind_count(binder, query->offset, "OFFSET", &limit->offset) < 0)
		return NULL;
	if (query->limit == NULL && query->offset == NULL)
		return plan;
	return plan_limit(binder->arena, plan, limit);
}
