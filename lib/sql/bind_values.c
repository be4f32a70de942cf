// Queries that read no table: VALUES, and SELECT without FROM. Their rows are counted out by a
// sequence, and each column says what its value is in the row of which number.
#include "sql/bind.h"

enum { VALUES_ROWS_MAX = 1000 };

static struct table_option option(const char *key, const char *value)
{
	return (struct table_option){.key = key, .value = value, .used = false};
}

struct plan *bind_rows(struct binder *binder, uint32_t n)
{
	struct arena *arena = binder->arena;
	struct catalog_table *table = arena_alloc(arena, sizeof(*table));
	struct schema *schema = schema_new(arena, 1);
	const struct table_option options[] = {
		option("connector", "datagen"),
		option("number-of-rows", arena_printf(arena, "%u", n)),
		option("fields.$row.kind", "sequence"),
		option("fields.$row.start", "1"),
		option("fields.$row.end", arena_printf(arena, "%u", n)),
	};

	schema->fields[0] = (struct field){"$row", type_of(TYPE_INT)};
	schema->fields[0].type.nullable = false;
	table->name = "VALUES";
	table->physical = table->scan = schema;
	table->rowtime = -1;
	table->n_options = sizeof(options) / sizeof(*options);
	table->options = arena_alloc(arena, sizeof(options));
	for (uint16_t i = 0; i < table->n_options; i++)
		table->options[i] = options[i];
	table->wanted = arena_alloc(arena, sizeof(bool));
	return plan_scan(arena, table);
}

static int check_rows(struct binder *binder, const struct ast_query *query)
{
	uint32_t n_columns = query->rows[0]->call->n_args;

	if (query->n_rows > VALUES_ROWS_MAX)
		return err_set_at(
			binder->err, query->pos, "VALUES has at most %d rows", VALUES_ROWS_MAX);
	if (n_columns > SCHEMA_COLUMNS_MAX)
		return err_set_at(binder->err, query->pos, "VALUES has at most %d columns",
			SCHEMA_COLUMNS_MAX);
	for (uint32_t i = 1; i < query->n_rows; i++)
		if (query->rows[i]->call->n_args != n_columns)
			return err_set_at(binder->err, query->rows[i]->pos,
				"VALUES: this row has %u columns and the first has %u",
				query->rows[i]->call->n_args, n_columns);
	return 0;
}

static int no_common_type(struct binder *binder, const struct expr *value, struct type type)
{
	char of_value[TYPE_NAME_MAX], of_others[TYPE_NAME_MAX];

	return err_set_at(binder->err, value->pos,
		"VALUES: this is %s, and the rows before have %s there: they have no common type",
		type_name(value->type, of_value), type_name(type, of_others));
}

// values[:n] in the rows 1 to n: CASE $row WHEN 1 THEN … ELSE … END.
static const struct expr *column_of(struct binder *binder, const struct plan *rows,
	const struct expr *const *values, uint32_t n)
{
	struct arena *arena = binder->arena;
	const struct expr **args = arena_alloc(arena, 2 * n * sizeof(*args));
	uint16_t n_args = 0;

	if (n == 1)
		return values[0];
	for (uint32_t i = 0; i < n; i++) {
		const union scalar number = {.i32 = (int32_t)i + 1};
		const struct expr *equal[] = {plan_ref(arena, rows, 0),
			expr_literal(arena, type_of(TYPE_INT), number, values[i]->pos)};

		if (i + 1 < n)
			args[n_args++] =
				expr_call(arena, "=", equal, 2, values[i]->pos, binder->err);
		args[n_args++] = values[i];
	}
	return expr_call(arena, "CASE", args, n_args, values[0]->pos, binder->err);
}

static const struct expr *bind_column(
	const struct scope *scope, const struct ast_query *query, uint32_t column)
{
	struct binder *binder = scope->binder;
	const struct expr **values = arena_alloc(binder->arena, query->n_rows * sizeof(*values));
	struct type type;

	for (uint32_t i = 0; i < query->n_rows; i++) {
		values[i] = bind_expr(scope, query->rows[i]->call->args[column]);
		if (values[i] == NULL)
			return NULL;
		if (i == 0)
			type = values[i]->type;
		else if (!expr_common_type(binder->arena, type, values[i]->type, &type)) {
			no_common_type(binder, values[i], type);
			return NULL;
		}
	}
	return column_of(binder, scope->plan, values, query->n_rows);
}

struct plan *bind_values(struct binder *binder, const struct ast_query *query)
{
	static const struct plan nothing;
	struct arena *arena = binder->arena;
	uint32_t n = query->rows[0]->call->n_args;
	struct plan_column *columns = arena_alloc(arena, (n + 1) * sizeof(*columns));
	const struct expr **exprs = arena_alloc(arena, (n + 1) * sizeof(*exprs));
	struct scope scope = {.binder = binder, .plan = &nothing, .clause = "VALUES"};
	struct plan *rows;

	if (check_rows(binder, query) < 0)
		return NULL;
	rows = bind_rows(binder, query->n_rows);
	scope.plan = rows;
	for (uint32_t i = 0; i < n; i++) {
		exprs[i] = bind_column(&scope, query, i);
		if (exprs[i] == NULL)
			return NULL;
		columns[i] =
			plan_pass(rows, exprs[i], arena_printf(arena, "EXPR$%u", i), exprs[i]->pos);
	}
	return plan_calc(arena, rows, NULL, columns, exprs, (uint16_t)n);
}
