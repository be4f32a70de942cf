// Queries: WITH, UNION ALL, SELECT … FROM … WHERE ….
#include <errno.h>
#include <string.h>
#include "sql/bind.h"

static struct plan *refuse(struct binder *binder, struct pos pos, const char *what)
{
	err_set_at(binder->err, pos, "%s", what);
	return NULL;
}

// ---- The select list

static int add_item(const struct scope *scope, struct bind_list *list, const struct expr *expr,
	const char *name)
{
	if (list->n == SCHEMA_COLUMNS_MAX)
		return err_set_at(scope->binder->err, expr->pos,
			"a select list has at most %d columns", SCHEMA_COLUMNS_MAX);
	list->exprs[list->n] = expr;
	list->columns[list->n++] =
		(struct plan_column){.name = name, .type = expr->type, .pos = expr->pos};
	return 0;
}

static int add_star(const struct scope *scope, struct bind_list *list, const struct ast_expr *star)
{
	const struct plan *plan = scope->plan;
	uint16_t n = (uint16_t)(plan->n_columns - (scope->topn_call != NULL));

	if (star->n_parts > 1 ||
		(star->n_parts == 1 &&
			(scope->table == NULL || strcmp(scope->table, star->parts[0]->text) != 0)))
		return err_set_at(scope->binder->err, star->pos, "there is no table '%s' here",
			star->parts[star->n_parts - 1]->text);
	for (uint16_t i = 0; i < n; i++) {
		struct expr *expr = plan_ref(scope->binder->arena, plan, i);

		expr->pos = star->pos;
		if (add_item(scope, list, expr, plan->columns[i].name) < 0)
			return -EINVAL;
	}
	return 0;
}

static const char *item_name(
	struct arena *arena, const struct ast_item *item, const struct expr *expr, uint32_t i)
{
	if (item->alias != NULL)
		return item->alias->text;
	if (item->expr->kind == AST_NAME)
		return item->expr->parts[item->expr->n_parts - 1]->text;
	return arena_printf(arena, "EXPR$%u", i); // Flink's name for a column without one
}

int bind_items(const struct scope *scope, const struct ast_select *select, struct bind_list *list)
{
	struct arena *arena = scope->binder->arena;

	*list = (struct bind_list){
		.columns = arena_alloc(arena, SCHEMA_COLUMNS_MAX * sizeof(*list->columns)),
		.exprs = arena_alloc(arena, SCHEMA_COLUMNS_MAX * sizeof(*list->exprs)),
	};
	for (uint32_t i = 0; i < select->n_items; i++) {
		const struct ast_item *item = select->items[i];
		const struct expr *expr;

		if (item->expr->kind == AST_STAR) {
			if (add_star(scope, list, item->expr) < 0)
				return -EINVAL;
			continue;
		}
		expr = bind_expr(scope, item->expr);
		if (expr == NULL ||
			add_item(scope, list, expr, item_name(arena, item, expr, i)) < 0)
			return -EINVAL;
	}
	return 0;
}

// ---- SELECT

static struct plan *project(const struct scope *scope, const struct bind_list *list)
{
	for (uint16_t i = 0; i < list->n; i++) {
		struct plan_column *column = &list->columns[i];

		*column = plan_pass(scope->plan, list->exprs[i], column->name, column->pos);
	}
	return plan_calc(scope->binder->arena, (struct plan *)scope->plan, NULL, list->columns,
		list->exprs, list->n);
}

// SELECT without FROM.
static struct plan *bind_one_row(struct binder *binder, const struct ast_select *select)
{
	for (uint32_t i = 0; i < select->n_items; i++)
		if (select->items[i]->expr->kind == AST_STAR)
			return refuse(binder, select->items[i]->expr->pos, "* needs FROM");
	return bind_rows(binder, 1);
}

static struct plan *bind_select_all(struct binder *binder, const struct ast_select *select)
{
	struct scope scope = {.binder = binder, .clause = "WHERE", .select = select};
	struct bind_list list;
	const struct expr *where;

	scope.plan = select->from != NULL ? bind_table(binder, select->from, &scope.table)
					  : bind_one_row(binder, select);
	if (scope.plan == NULL)
		return NULL;
	if (select->where != NULL) {
		where = bind_condition(&scope, select->where);
		if (where == NULL)
			return NULL;
		scope.plan = plan_filter(binder->arena, (struct plan *)scope.plan, where);
	}
	scope.group = arena_alloc(binder->arena, sizeof(*scope.group));
	scope.clause = "SELECT";
	if (select->grouped || select->having != NULL)
		return bind_grouped(&scope, select);
	if (bind_topn(&scope, select) < 0)
		return NULL;
	scope.clause = "SELECT";
	scope.over = arena_alloc(binder->arena, sizeof(*scope.over));
	if (bind_items(&scope, select, &list) < 0)
		return NULL;
	if (scope.over->n_calls > 0 && scope.group->n_calls > 0)
		return refuse(binder, scope.over->calls[0].bound.pos,
			"OVER beside an aggregate of the same query: aggregate in a subquery "
			"below");
	if (scope.over->n_calls > 0)
		return bind_over(&scope, &list);
	scope.over = NULL;
	return scope.group->n_calls > 0 ? bind_grouped(&scope, select) : project(&scope, &list);
}

static struct plan *bind_select(struct binder *binder, const struct ast_select *select)
{
	struct plan *plan = bind_select_all(binder, select);

	if (plan == NULL || !select->distinct)
		return plan;
	return bind_distinct(binder, plan, select->items[0]->expr->pos);
}

// ---- UNION ALL

static struct plan *union_columns(
	struct binder *binder, const struct ast_query *query, struct plan *left, struct plan *right)
{
	struct plan_column *columns =
		arena_alloc(binder->arena, left->n_columns * sizeof(*columns));

	for (uint16_t i = 0; i < left->n_columns; i++) {
		const struct plan_column *a = &left->columns[i], *b = &right->columns[i];
		char left_name[TYPE_NAME_MAX], right_name[TYPE_NAME_MAX];

		columns[i] = (struct plan_column){.name = a->name, .pos = a->pos};
		if (!expr_common_type(binder->arena, a->type, b->type, &columns[i].type)) {
			err_set_at(binder->err, query->pos,
				"UNION ALL: column %u is %s on the left ('%s') and %s on the right "
				"('%s'), which have no common type",
				i + 1, type_name(a->type, left_name), a->name,
				type_name(b->type, right_name), b->name);
			return NULL;
		}
		columns[i].type.nullable = a->type.nullable || b->type.nullable;
		if (a->time == b->time && type_equal(a->type, b->type))
			columns[i].time = a->time;
	}
	left = bind_convert(binder, left, columns, NULL, left->n_columns, false);
	right = bind_convert(binder, right, columns, NULL, left->n_columns, false);
	return left == NULL || right == NULL ? NULL
					     : plan_union(binder->arena, left, right, columns);
}

static struct plan *bind_union(struct binder *binder, const struct ast_query *query)
{
	struct plan *left, *right, *plan;

	if (!query->all)
		return refuse(binder, query->pos,
			"UNION (distinct) is not supported yet: UNION ALL keeps duplicates");
	left = bind_query(binder, query->left);
	right = left != NULL ? bind_query(binder, query->right) : NULL;
	if (right == NULL)
		return NULL;
	if (left->n_columns != right->n_columns) {
		err_set_at(binder->err, query->pos,
			"UNION ALL: the left query has %u columns and the right one %u",
			left->n_columns, right->n_columns);
		return NULL;
	}
	plan = union_columns(binder, query, left, right);
	if (plan == NULL || bind_check_size(binder, plan, query->pos) < 0)
		return NULL;
	return plan;
}

// ---- Queries

static int bind_ctes(struct binder *binder, const struct ast_query *query)
{
	for (uint32_t i = 0; i < query->n_ctes; i++) {
		const struct ast_cte *ast = query->ctes[i];
		struct bind_cte *cte = arena_alloc(binder->arena, sizeof(*cte));

		cte->name = ast->name->text;
		cte->plan = bind_query(binder, ast->query);
		if (cte->plan != NULL && ast->n_columns > 0)
			cte->plan = bind_rename(binder, cte->plan, ast->columns, ast->n_columns);
		if (cte->plan == NULL)
			return -EINVAL;
		cte->next = binder->ctes;
		binder->ctes = cte;
	}
	return 0;
}

struct plan *bind_body(struct binder *binder, const struct ast_query *query)
{
	switch (query->kind) {
	case AST_QUERY_SELECT:
		return bind_select(binder, query->select);
	case AST_QUERY_UNION:
		return bind_union(binder, query);
	case AST_QUERY_VALUES:
		return bind_values(binder, query);
	case AST_QUERY_INTERSECT:
		return refuse(binder, query->pos, "INTERSECT is not supported yet");
	case AST_QUERY_EXCEPT:
		break;
	}
	return refuse(binder, query->pos, "EXCEPT is not supported yet");
}

struct plan *bind_query(struct binder *binder, const struct ast_query *query)
{
	struct bind_cte *outer = binder->ctes;
	struct plan *plan = NULL;

	if (bind_ctes(binder, query) == 0)
		plan = bind_body(binder, query);
	if (plan != NULL)
		plan = bind_order(binder, query, plan);
	binder->ctes = outer;
	return plan;
}
