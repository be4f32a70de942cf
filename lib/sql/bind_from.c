// FROM: tables, views, WITH's queries, subqueries, window functions.
#include <errno.h>
#include <string.h>
#include "sql/bind.h"

int bind_check_size(struct binder *binder, const struct plan *plan, struct pos pos)
{
	if (plan->size <= PLAN_SIZE_MAX)
		return 0;
	return err_set_at(binder->err, pos,
		"the query is too large with all the views that it uses: more than %d operators",
		PLAN_SIZE_MAX);
}

struct plan *bind_rename(
	struct binder *binder, struct plan *plan, struct ast_name *const *names, uint32_t n)
{
	struct plan *renamed = arena_alloc(binder->arena, sizeof(*renamed));

	if (n != plan->n_columns) {
		err_set_at(binder->err, names[0]->pos,
			"%u names are given for %u columns: each column needs one", n,
			plan->n_columns);
		return NULL;
	}
	*renamed = *plan;
	renamed->columns = arena_alloc(binder->arena, n * sizeof(*renamed->columns));
	for (uint32_t i = 0; i < n; i++) {
		renamed->columns[i] = plan->columns[i];
		renamed->columns[i].name = names[i]->text;
	}
	return renamed;
}

// A table's columns: the physical ones from the scan, the computed ones computed.
static struct plan *scan_table(struct binder *binder, struct catalog_table *table)
{
	struct arena *arena = binder->arena;
	struct plan_column *columns = arena_alloc(arena, table->n_columns * sizeof(*columns));
	const struct expr **exprs = arena_alloc(arena, table->n_columns * sizeof(*exprs));

	for (uint16_t i = 0; i < table->n_columns; i++) {
		const struct catalog_column *column = &table->columns[i];

		columns[i] = (struct plan_column){
			.name = column->name,
			.type = column->type,
			.pos = column->pos,
			.time = column->time,
		};
		exprs[i] = column->expr;
	}
	return plan_calc(arena, plan_scan(arena, table), NULL, columns, exprs, table->n_columns);
}

static struct plan *no_table(struct binder *binder, const struct ast_name *name, const char *text)
{
	const char *nearest = catalog_nearest(binder->catalog, text);

	if (nearest != NULL)
		err_set_at(binder->err, name->pos, "table '%s' not found; did you mean '%s'?", text,
			nearest);
	else
		err_set_at(binder->err, name->pos,
			"table '%s' not found: CREATE TABLE or CREATE VIEW must come before", text);
	return NULL;
}

static struct plan *bind_named(
	struct binder *binder, const struct ast_table *table, const char **name)
{
	struct catalog_table *found;
	struct catalog_view *view;

	*name = bind_path(binder, table->parts, table->n_parts);
	if (*name == NULL)
		return NULL;
	if (table->as_of != NULL) {
		err_set_at(binder->err, table->as_of->pos,
			"FOR SYSTEM_TIME AS OF is not supported yet");
		return NULL;
	}
	for (struct bind_cte *cte = binder->ctes; cte != NULL && table->n_parts == 1;
		cte = cte->next)
		if (strcmp(cte->name, *name) == 0)
			return cte->plan;
	view = catalog_find_view(binder->catalog, *name);
	if (view != NULL)
		return view->plan;
	found = catalog_find_table(binder->catalog, *name);
	return found != NULL ? scan_table(binder, found)
			     : no_table(binder, table->parts[table->n_parts - 1], *name);
}

static struct plan *bind_source(
	struct binder *binder, const struct ast_table *table, const char **name)
{
	const char *what = "UNNEST is not supported yet";

	*name = NULL;
	if (table->lateral) {
		err_set_at(binder->err, table->pos, "LATERAL is not supported yet");
		return NULL;
	}
	switch (table->kind) {
	case AST_TABLE_NAME:
		return bind_named(binder, table, name);
	case AST_TABLE_QUERY:
		return bind_query(binder, table->query);
	case AST_TABLE_FUNCTION:
		return bind_is_anomaly(table->call) ? bind_anomaly(binder, table->call)
						    : bind_window_function(binder, table->call);
	case AST_TABLE_JOIN:
		what = "joins are not supported yet";
		break;
	case AST_TABLE_MATCH:
		what = "MATCH_RECOGNIZE is not supported yet";
		break;
	case AST_TABLE_UNNEST:
		break;
	}
	err_set_at(binder->err, table->pos, "%s", what);
	return NULL;
}

// A bare NULL has no type that a column could have.
static int check_types(struct binder *binder, const struct plan *plan)
{
	for (uint16_t i = 0; i < plan->n_columns; i++)
		if (plan->columns[i].type.kind == TYPE_NULL)
			return err_set_at(binder->err, plan->columns[i].pos,
				"column '%s' is a NULL without a type: write CAST(NULL AS STRING)",
				plan->columns[i].name);
	return 0;
}

struct plan *bind_table(struct binder *binder, const struct ast_table *table, const char **name)
{
	struct plan *plan = bind_source(binder, table, name);

	if (plan == NULL || bind_check_size(binder, plan, table->pos) < 0 ||
		check_types(binder, plan) < 0)
		return NULL;
	if (table->alias != NULL)
		*name = table->alias->text;
	if (table->n_columns > 0)
		return bind_rename(binder, plan, table->columns, table->n_columns);
	return plan;
}
