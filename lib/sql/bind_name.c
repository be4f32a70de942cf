// Names in expressions, and tables' paths.
#include <errno.h>
#include <string.h>
#include "base/nearest.h"
#include "sql/bind.h"

static const char *nearest_column(const struct plan *plan, const char *name)
{
	const char *names[SCHEMA_COLUMNS_MAX];

	for (uint16_t i = 0; i < plan->n_columns; i++)
		names[i] = plan->columns[i].name;
	return nearest_name(name, names, plan->n_columns);
}

static bool is_alias(const struct ast_select *select, const char *name)
{
	for (uint32_t i = 0; select != NULL && i < select->n_items; i++)
		if (select->items[i]->alias != NULL &&
			strcmp(select->items[i]->alias->text, name) == 0)
			return true;
	return false;
}

static struct expr *not_found(const struct scope *scope, const struct ast_name *name)
{
	struct err *err = scope->binder->err;
	const char *nearest = nearest_column(scope->plan, name->text);
	const char *in = scope->table != NULL ? "table" : "the subquery";
	const char *table = scope->table != NULL
				    ? arena_printf(scope->binder->arena, " '%s'", scope->table)
				    : "";

	if (is_alias(scope->select, name->text))
		err_set_at(err, name->pos,
			"column '%s' not found in %s%s: aliases of SELECT cannot be named in %s; "
			"repeat "
			"the expression",
			name->text, in, table, scope->clause);
	else if (nearest != NULL)
		err_set_at(err, name->pos, "column '%s' not found in %s%s; did you mean '%s'?",
			name->text, in, table, nearest);
	else
		err_set_at(err, name->pos, "column '%s' not found in %s%s", name->text, in, table);
	return NULL;
}

static struct expr *find_column(const struct scope *scope, const struct ast_name *name)
{
	const struct plan *plan = scope->plan;
	int found = -1;
	struct expr *expr;

	for (uint16_t i = 0; i < plan->n_columns; i++) {
		if (strcmp(plan->columns[i].name, name->text) != 0)
			continue;
		if (found >= 0) {
			err_set_at(scope->binder->err, name->pos,
				"column '%s' is ambiguous: there are two of that name; give one of "
				"them "
				"another with AS",
				name->text);
			return NULL;
		}
		found = i;
	}
	if (found < 0)
		return not_found(scope, name);
	expr = plan_ref(scope->binder->arena, plan, (uint16_t)found);
	expr->pos = name->pos;
	return expr;
}

// The field of a ROW, and of a ROW in it, and so on, that parts[:n] name.
static struct expr *find_fields(
	const struct scope *scope, struct expr *expr, struct ast_name *const *parts, uint32_t n)
{
	struct arena *arena = scope->binder->arena;

	for (uint32_t i = 0; i < n && expr != NULL; i++) {
		struct type type = type_of(TYPE_CHAR);
		const char *name = parts[i]->text;
		const struct expr *args[] = {expr, NULL};

		type.precision = (int32_t)strlen(name);
		args[1] = expr_literal(arena, type,
			(union scalar){.str = str_view(name, (uint32_t)type.precision)},
			parts[i]->pos);
		expr = expr_call(arena, ".", args, 2, parts[i]->pos, scope->binder->err);
	}
	return expr;
}

static bool has_column(const struct scope *scope, const char *name)
{
	for (uint16_t i = 0; i < scope->plan->n_columns; i++)
		if (strcmp(scope->plan->columns[i].name, name) == 0)
			return true;
	return false;
}

// Whether there is a column of this name that has fields.
static bool has_row(const struct scope *scope, const char *name)
{
	for (uint16_t i = 0; i < scope->plan->n_columns; i++)
		if (scope->plan->columns[i].type.kind == TYPE_ROW &&
			strcmp(scope->plan->columns[i].name, name) == 0)
			return true;
	return false;
}

struct expr *bind_name(const struct scope *scope, const struct ast_expr *ast)
{
	struct ast_name *const *parts = ast->parts;
	struct err *err = scope->binder->err;
	bool is_table = scope->table != NULL && strcmp(scope->table, parts[0]->text) == 0;

	if (ast->n_parts == 1)
		return find_column(scope, parts[0]);
	// A table's name goes before a column's, unless only the column has such a part.
	if (is_table && (has_column(scope, parts[1]->text) || !has_row(scope, parts[0]->text)))
		return find_fields(
			scope, find_column(scope, parts[1]), parts + 2, ast->n_parts - 2);
	if (has_row(scope, parts[0]->text))
		return find_fields(
			scope, find_column(scope, parts[0]), parts + 1, ast->n_parts - 1);
	if (scope->table != NULL)
		err_set_at(err, parts[0]->pos, "there is no table '%s' here; did you mean '%s'?",
			parts[0]->text, scope->table);
	else
		err_set_at(err, parts[0]->pos,
			"there is no table '%s' here: the subquery has no name; give it one with "
			"AS",
			parts[0]->text);
	return NULL;
}

const char *bind_path(struct binder *binder, struct ast_name *const *parts, uint32_t n)
{
	const struct ast_name *last = parts[n - 1];

	if (n == 1 || (n == 2 && strcmp(parts[0]->text, "default_database") == 0) ||
		(n == 3 && strcmp(parts[0]->text, "default_catalog") == 0 &&
			strcmp(parts[1]->text, "default_database") == 0))
		return last->text;
	err_set_at(binder->err, parts[0]->pos,
		"there are no catalogs and databases here: write '%s' alone", last->text);
	return NULL;
}
