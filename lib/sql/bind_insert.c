// INSERT INTO, printing, and the conversion of a query's columns to what they go into.
#include <errno.h>
#include <string.h>
#include "base/nearest.h"
#include "sql/bind.h"

static const struct expr *convert_one(struct binder *binder, const struct expr *given,
	struct pos pos, const struct plan_column *to, bool assign)
{
	struct expr *expr = arena_alloc(binder->arena, sizeof(*expr));

	*expr = *given;
	expr->pos = pos; // of the select list, not of a view or a computed column behind it
	if (assign)
		return expr_assign(binder->arena, expr, to->type, to->name, binder->err);
	return expr_cast(binder->arena, expr, to->type, false, expr->pos, binder->err);
}

struct plan *bind_convert(struct binder *binder, struct plan *plan, struct plan_column *columns,
	const uint16_t *from, uint16_t n, bool assign)
{
	struct arena *arena = binder->arena;
	const struct expr **exprs = arena_alloc(arena, (n + 1u) * sizeof(*exprs));
	const struct expr **given;
	struct plan *left, *right;

	if (plan->kind == PLAN_UNION) {
		left = bind_convert(binder, plan->input, columns, from, n, assign);
		right = bind_convert(binder, plan->right, columns, from, n, assign);
		return left == NULL || right == NULL ? NULL
						     : plan_union(arena, left, right, columns);
	}
	// A NULL gets its type here: look at the expressions themselves, not at columns.
	given = plan->kind == PLAN_CALC ? plan->exprs : plan_refs(arena, plan);
	for (uint16_t i = 0; i < n; i++) {
		uint16_t column = from != NULL ? from[i] : i;

		exprs[i] = column == BIND_NO_COLUMN
				   ? expr_null(arena, columns[i].type, columns[i].pos)
				   : convert_one(binder, given[column], plan->columns[column].pos,
					     &columns[i], assign);
		if (exprs[i] == NULL)
			return NULL;
	}
	if (plan->kind == PLAN_CALC)
		return plan_calc(arena, plan->input, plan->condition, columns, exprs, n);
	return plan_calc(arena, plan, NULL, columns, exprs, n);
}

static const char *column_names(struct arena *arena,
	const char *(*name)(const void *of, uint16_t i), const void *of, uint16_t n)
{
	const char *text = "";

	for (uint16_t i = 0; i < n && i < 12; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "", name(of, i));
	return n > 12 ? arena_printf(arena, "%s, …", text) : text;
}

static const char *plan_name(const void *of, uint16_t i)
{
	return ((const struct plan *)of)->columns[i].name;
}

static const char *target_name(const void *of, uint16_t i)
{
	return ((const struct schema *)of)->fields[i].name;
}

static const char *written_name(const void *of, uint16_t i)
{
	return ((const struct ast_insert *)of)->columns[i]->text;
}

static int wrong_count(struct binder *binder, const struct ast_insert *insert,
	const struct catalog_table *table, const struct plan *query)
{
	struct arena *arena = binder->arena;
	bool is_listed = insert->n_columns > 0;
	uint16_t n = is_listed ? (uint16_t)insert->n_columns : table->physical->n_fields;
	const char *target = is_listed ? column_names(arena, written_name, insert, n)
				       : column_names(arena, target_name, table->physical, n);

	return err_set_at(binder->err, insert->query->pos,
		"INSERT INTO %s takes %u column%s (%s) and the query has %u (%s)", table->name, n,
		n == 1 ? "" : "s", target, query->n_columns,
		column_names(arena, plan_name, query, query->n_columns));
}

static int no_column(
	struct binder *binder, const struct catalog_table *table, const struct ast_name *name)
{
	const char *names[SCHEMA_COLUMNS_MAX], *nearest;

	for (uint16_t i = 0; i < table->n_columns; i++)
		if (strcmp(table->columns[i].name, name->text) == 0)
			return err_set_at(binder->err, name->pos,
				"column '%s' of table '%s' is computed: it cannot be written",
				name->text, table->name);
	for (uint16_t i = 0; i < table->physical->n_fields; i++)
		names[i] = table->physical->fields[i].name;
	nearest = nearest_name(name->text, names, table->physical->n_fields);
	if (nearest != NULL)
		return err_set_at(binder->err, name->pos,
			"column '%s' not found in table '%s'; did you mean '%s'?", name->text,
			table->name, nearest);
	return err_set_at(binder->err, name->pos, "column '%s' not found in table '%s'", name->text,
		table->name);
}

// What is in a PRIMARY KEY is NOT NULL.
static bool is_key(const struct catalog_table *table, uint16_t column)
{
	for (uint16_t i = 0; i < table->n_keys; i++)
		if (table->keys[i] == column)
			return true;
	return false;
}

// from[i] = which of the query's columns goes into the table's i-th.
static int map_columns(struct binder *binder, const struct ast_insert *insert,
	const struct catalog_table *table, uint16_t from[SCHEMA_COLUMNS_MAX])
{
	const struct schema *schema = table->physical;

	for (uint16_t i = 0; i < schema->n_fields; i++)
		from[i] = insert->n_columns > 0 ? BIND_NO_COLUMN : i;
	for (uint32_t i = 0; i < insert->n_columns; i++) {
		int column = schema_find(schema, insert->columns[i]->text);

		if (column < 0)
			return no_column(binder, table, insert->columns[i]);
		if (from[column] != BIND_NO_COLUMN)
			return err_set_at(binder->err, insert->columns[i]->pos,
				"column '%s' is listed twice", insert->columns[i]->text);
		from[column] = (uint16_t)i;
	}
	for (uint16_t i = 0; i < schema->n_fields; i++)
		if (from[i] == BIND_NO_COLUMN &&
			(!schema->fields[i].type.nullable || is_key(table, i)))
			return err_set_at(binder->err, insert->columns[0]->pos,
				"column '%s' of table '%s' is NOT NULL: the list must have it",
				schema->fields[i].name, table->name);
	return 0;
}

static struct catalog_table *find_target(struct binder *binder, const struct ast_insert *insert)
{
	const struct ast_name *last = insert->name[insert->n_name - 1];
	const char *name = bind_path(binder, insert->name, insert->n_name);
	struct catalog_table *table;
	const char *nearest;

	if (name == NULL)
		return NULL;
	table = catalog_find_table(binder->catalog, name);
	if (table != NULL)
		return table;
	nearest = catalog_nearest(binder->catalog, name);
	if (catalog_find_view(binder->catalog, name) != NULL)
		err_set_at(
			binder->err, last->pos, "'%s' is a view: INSERT INTO needs a table", name);
	else if (nearest != NULL)
		err_set_at(binder->err, last->pos, "table '%s' not found; did you mean '%s'?", name,
			nearest);
	else
		err_set_at(binder->err, last->pos,
			"table '%s' not found: CREATE TABLE must come before", name);
	return NULL;
}

struct plan *bind_insert(
	struct binder *binder, const struct ast_insert *insert, struct catalog_table **target)
{
	struct catalog_table *table = find_target(binder, insert);
	uint16_t from[SCHEMA_COLUMNS_MAX];
	struct plan_column *columns;
	struct plan *query;
	uint32_t n_given;

	if (table == NULL || map_columns(binder, insert, table, from) < 0)
		return NULL;
	query = bind_query(binder, insert->query);
	if (query == NULL)
		return NULL;
	n_given = insert->n_columns > 0 ? insert->n_columns : table->physical->n_fields;
	if (n_given != query->n_columns) {
		wrong_count(binder, insert, table, query);
		return NULL;
	}
	columns = arena_alloc(binder->arena, table->physical->n_fields * sizeof(*columns));
	for (uint16_t i = 0; i < table->physical->n_fields; i++)
		columns[i] = (struct plan_column){
			.name = table->physical->fields[i].name,
			.type = table->physical->fields[i].type,
			.pos = insert->query->pos,
		};
	*target = table;
	return bind_convert(binder, query, columns, from, table->physical->n_fields, true);
}

// Intervals and the NULL that has no type are values on the way only.
static bool can_be_written(struct binder *binder, const struct plan_column *column)
{
	struct type type = column->type;
	char name[TYPE_NAME_MAX];

	if (type.kind != TYPE_NULL && type.kind != TYPE_INTERVAL_DAY &&
		type.kind != TYPE_INTERVAL_YEAR)
		return true;
	type.nullable = true;
	err_set_at(binder->err, column->pos,
		"column '%s' has the type %s, which cannot be written: use CAST", column->name,
		type_name(type, name));
	return false;
}

struct plan *bind_print(struct binder *binder, const struct ast_query *query)
{
	struct plan *plan = bind_query(binder, query);

	if (plan == NULL)
		return NULL;
	for (uint16_t i = 0; i < plan->n_columns; i++)
		if (!can_be_written(binder, &plan->columns[i]))
			return NULL;
	return bind_convert(binder, plan, plan->columns, NULL, plan->n_columns, false);
}
