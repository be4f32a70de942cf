// CREATE TABLE, CREATE VIEW, DROP.
#include <errno.h>
#include <string.h>
#include "base/units.h"
#include "sql/bind.h"

// 1 h: a timestamp further ahead of its arrival is taken for a mistake of its sender.
static const int64_t max_drift_default_ms = 3600000;

// A table on its way into the catalog.
struct making {
	struct binder *binder;
	const struct ast_create_table *ast;
	struct catalog_table *table;
	// Columns that expressions may name: the physical ones, then the computed ones so far.
	struct plan names;
	const struct expr *exprs[SCHEMA_COLUMNS_MAX]; // what each is, over the physical columns
	uint16_t declared[SCHEMA_COLUMNS_MAX]; // which of the table's columns it is
};

static int fail_at(const struct making *making, struct pos pos, const char *what)
{
	return err_set_at(making->binder->err, pos, "%s", what);
}

// ---- Columns

static int check_columns(const struct making *making, struct pos pos)
{
	const struct ast_create_table *ast = making->ast;
	uint32_t n_physical = 0;

	if (ast->n_columns >= SCHEMA_COLUMNS_MAX) // one is kept for a computed time attribute
		return err_set_at(making->binder->err, pos, "a table has at most %d columns",
			SCHEMA_COLUMNS_MAX - 1);
	for (uint32_t i = 0; i < ast->n_columns; i++) {
		const struct ast_column *column = ast->columns[i];

		if (column->kind == AST_COLUMN_METADATA)
			return fail_at(making, column->name->pos,
				"metadata columns are not supported yet");
		for (uint32_t j = 0; j < i; j++)
			if (strcmp(ast->columns[j]->name->text, column->name->text) == 0)
				return err_set_at(making->binder->err, column->name->pos,
					"column '%s' is there twice", column->name->text);
		n_physical += column->kind == AST_COLUMN_PHYSICAL;
	}
	return n_physical > 0 ? 0
			      : fail_at(making, pos,
					"a table needs at least one column that is not computed");
}

static void name_column(struct making *making, uint16_t declared, const struct expr *expr)
{
	const struct catalog_column *column = &making->table->columns[declared];
	uint16_t n = making->names.n_columns++;

	making->names.columns[n] = (struct plan_column){
		.name = column->name, .type = column->type, .pos = column->pos};
	making->exprs[n] = expr;
	making->declared[n] = declared;
}

static int add_physical(struct making *making, uint16_t i)
{
	struct catalog_column *column = &making->table->columns[i];
	uint16_t at = making->names.n_columns;

	if (bind_type(making->binder, making->ast->columns[i]->type, &column->type) < 0)
		return -EINVAL;
	column->expr = expr_column(making->binder->arena, at, column->type, column->pos);
	name_column(making, i, column->expr);
	return 0;
}

static int add_computed(struct making *making, uint16_t i)
{
	const struct scope scope = {
		.binder = making->binder,
		.plan = &making->names,
		.table = making->table->name,
		.clause = "a computed column",
	};
	const struct ast_expr *ast = making->ast->columns[i]->expr;
	struct catalog_column *column = &making->table->columns[i];
	const struct expr *expr = bind_expr(&scope, ast);

	if (expr == NULL)
		return -EINVAL;
	if (expr->type.kind == TYPE_NULL)
		return fail_at(making, ast->pos,
			"a NULL without a type is no column: write CAST(NULL AS STRING)");
	column->is_computed = true;
	if (ast->kind == AST_CALL && strcmp(ast->call->name, "PROCTIME") == 0)
		column->time = PLAN_PROCTIME;
	column->type = expr->type;
	column->expr = expr_substitute(making->binder->arena, expr, making->exprs);
	name_column(making, i, column->expr);
	return 0;
}

static int add_columns(struct making *making)
{
	const struct ast_create_table *ast = making->ast;
	struct catalog_table *table = making->table;
	struct arena *arena = making->binder->arena;
	struct schema *physical;

	table->n_columns = (uint16_t)ast->n_columns;
	table->columns = arena_alloc(arena, ast->n_columns * sizeof(*table->columns));
	making->names.columns = arena_alloc(arena, ast->n_columns * sizeof(*making->names.columns));
	for (uint16_t i = 0; i < table->n_columns; i++) {
		table->columns[i].name = ast->columns[i]->name->text;
		table->columns[i].pos = ast->columns[i]->name->pos;
		if (ast->columns[i]->kind == AST_COLUMN_PHYSICAL && add_physical(making, i) < 0)
			return -EINVAL;
	}
	physical = schema_new(arena, making->names.n_columns);
	for (uint16_t i = 0; i < physical->n_fields; i++)
		physical->fields[i] = (struct field){
			making->names.columns[i].name, making->names.columns[i].type};
	table->physical = physical;
	table->scan = physical;
	for (uint16_t i = 0; i < table->n_columns; i++)
		if (ast->columns[i]->kind == AST_COLUMN_COMPUTED && add_computed(making, i) < 0)
			return -EINVAL;
	return 0;
}

static int add_primary_key(struct making *making)
{
	const struct ast_create_table *ast = making->ast;
	struct catalog_table *table = making->table;

	table->keys =
		arena_alloc(making->binder->arena, (ast->n_primary_key + 1) * sizeof(*table->keys));
	for (uint32_t i = 0; i < ast->n_primary_key; i++) {
		const struct ast_name *name = ast->primary_key[i];
		int column = schema_find(table->physical, name->text);

		if (column < 0)
			return err_set_at(making->binder->err, name->pos,
				"PRIMARY KEY: table '%s' has no physical column '%s'", table->name,
				name->text);
		for (uint16_t k = 0; k < table->n_keys; k++)
			if (table->keys[k] == column)
				return err_set_at(making->binder->err, name->pos,
					"PRIMARY KEY: column '%s' is given twice", name->text);
		table->keys[table->n_keys++] = (uint16_t)column;
	}
	return 0;
}

// ---- WATERMARK FOR

static int check_time_type(
	const struct making *making, struct pos pos, const char *what, struct type type)
{
	char name[TYPE_NAME_MAX];

	if (type_is_timestamp(type.kind) && type.precision <= 3)
		return 0;
	type.nullable = true;
	return err_set_at(making->binder->err, pos,
		"%s must be a TIMESTAMP(3) or TIMESTAMP_LTZ(3), and it is %s", what,
		type_name(type, name));
}

// A computed time attribute becomes a column of the scan, behind the physical ones.
static void compute_time(struct making *making, uint16_t named)
{
	struct catalog_table *table = making->table;
	struct catalog_column *column = &table->columns[making->declared[named]];
	uint16_t n = table->physical->n_fields;
	struct schema *scan = schema_new(making->binder->arena, (uint16_t)(n + 1));

	memcpy(scan->fields, table->physical->fields, n * sizeof(scan->fields[0]));
	scan->fields[n] = (struct field){column->name, column->type};
	table->scan = scan;
	table->rowtime = n;
	table->time_expr = column->expr;
	column->expr = expr_column(making->binder->arena, n, column->type, column->pos);
	making->exprs[named] = column->expr;
}

static int add_watermark(struct making *making)
{
	const struct ast_watermark *ast = making->ast->watermark;
	const struct ast_expr name = {
		.kind = AST_NAME, .pos = ast->pos, .parts = ast->column, .n_parts = ast->n_column};
	const struct scope scope = {
		.binder = making->binder,
		.plan = &making->names,
		.table = making->table->name,
		.clause = "WATERMARK FOR",
	};
	const struct expr *time = bind_name(&scope, &name), *watermark;
	struct catalog_column *column;

	if (time != NULL && time->kind != EXPR_COLUMN)
		return fail_at(making, time->pos,
			"WATERMARK FOR needs a column of the table, not a field of one: make a "
			"computed column of it, as in ts AS event.ts");
	if (time == NULL ||
		check_time_type(making, time->pos, "the column of WATERMARK FOR", time->type) < 0)
		return -EINVAL;
	column = &making->table->columns[making->declared[time->column]];
	if (column->time == PLAN_PROCTIME)
		return fail_at(making, time->pos,
			"WATERMARK FOR needs event time, and this column is processing time");
	watermark = bind_expr(&scope, ast->expr);
	if (watermark == NULL ||
		check_time_type(making, ast->expr->pos, "the watermark", watermark->type) < 0)
		return -EINVAL;
	if (watermark->type.kind != time->type.kind)
		return fail_at(making, ast->expr->pos,
			"the watermark must be of its column's type: one is with a time zone, one "
			"without");
	making->table->rowtime = time->column;
	column->time = PLAN_ROWTIME;
	if (column->is_computed)
		compute_time(making, time->column);
	making->table->watermark = expr_substitute(making->binder->arena, watermark, making->exprs);
	return 0;
}

// ---- WITH

static int take_drift(struct catalog_table *table, const char *value)
{
	int64_t ns;

	table->max_drift_ms = INT64_MAX;
	if (strcmp(value, "off") == 0)
		return 0;
	if (units_duration_ns(value, &ns) < 0)
		return -EINVAL;
	table->max_drift_ms = ns / 1000000;
	return 0;
}

static int take_strategy(struct catalog_table *table, const char *value)
{
	table->on_periodic = strcmp(value, "on-periodic") == 0;
	return table->on_periodic || strcmp(value, "on-event") == 0 ? 0 : -EINVAL;
}

static int take_idle(struct catalog_table *table, const char *value)
{
	return units_duration_ns(value, &table->idle_timeout_ns);
}

static int take_advance(struct catalog_table *table, const char *value)
{
	table->advance_when_idle = strcmp(value, "true") == 0;
	return table->advance_when_idle || strcmp(value, "false") == 0 ? 0 : -EINVAL;
}

static int take_late(struct catalog_table *table, const char *value)
{
	table->late_table = value;
	return value[0] != '\0' ? 0 : -EINVAL;
}

// The options that are the planner's own.
static const struct scan_option {
	const char *key;
	int (*take)(struct catalog_table *table, const char *value);
	const char *form;
} scan_options[] = {
	{"scan.late-rows.table", take_late, "the name of a table"},
	{"scan.watermark.advance-when-idle", take_advance, "'true' or 'false'"},
	{"scan.watermark.emit.strategy", take_strategy, "'on-event' or 'on-periodic'"},
	{"scan.watermark.idle-timeout", take_idle, "a duration as '5 s'"},
	{"scan.watermark.max-drift", take_drift, "a duration as '1 h', or 'off'"},
};

static int take_option(
	const struct making *making, const struct ast_option *ast, struct table_option *option)
{
	*option = (struct table_option){.key = ast->key, .value = ast->value, .pos = ast->key_pos};
	for (size_t i = 0; i < sizeof(scan_options) / sizeof(*scan_options); i++) {
		if (strcmp(scan_options[i].key, ast->key) != 0)
			continue;
		option->used = true;
		if (scan_options[i].take(making->table, ast->value) < 0)
			return err_set_at(making->binder->err, ast->value_pos,
				"option '%s': '%s' is not %s", ast->key, ast->value,
				scan_options[i].form);
		if (scan_options[i].take == take_late)
			making->table->late_pos = ast->value_pos;
	}
	return 0;
}

static int add_options(struct making *making)
{
	const struct ast_create_table *ast = making->ast;
	struct catalog_table *table = making->table;

	if (ast->n_options > UINT16_MAX)
		return fail_at(making, ast->options[0]->key_pos, "too many options");
	table->max_drift_ms = max_drift_default_ms;
	table->idle_timeout_ns = -1;
	table->n_options = (uint16_t)ast->n_options;
	table->options =
		arena_alloc(making->binder->arena, (ast->n_options + 1) * sizeof(*table->options));
	for (uint32_t i = 0; i < ast->n_options; i++) {
		for (uint32_t j = 0; j < i; j++)
			if (strcmp(ast->options[j]->key, ast->options[i]->key) == 0)
				return err_set_at(making->binder->err, ast->options[i]->key_pos,
					"option '%s' is given twice", ast->options[i]->key);
		if (take_option(making, ast->options[i], &table->options[i]) < 0)
			return -EINVAL;
	}
	return 0;
}

// ---- Statements

// 0 = go on, 1 = it is there and may be, -EINVAL = it is there and must not be.
static int check_new(struct binder *binder, const char *name, struct pos pos, bool if_not_exists)
{
	if (catalog_find_table(binder->catalog, name) == NULL &&
		catalog_find_view(binder->catalog, name) == NULL)
		return 0;
	if (if_not_exists)
		return 1;
	return err_set_at(binder->err, pos, "there is already a table or view '%s'", name);
}

int bind_create_table(struct binder *binder, const struct ast_create_table *create, struct pos pos)
{
	struct making *making = arena_alloc(binder->arena, sizeof(*making));
	struct catalog_table *table = arena_alloc(binder->arena, sizeof(*table));
	int there;

	*making = (struct making){.binder = binder, .ast = create, .table = table};
	table->name = bind_path(binder, create->name, create->n_name);
	table->pos = create->name[create->n_name - 1]->pos;
	table->rowtime = -1;
	if (table->name == NULL)
		return -EINVAL;
	there = check_new(binder, table->name, table->pos, create->if_not_exists);
	if (there != 0)
		return there < 0 ? there : 0;
	if (create->n_partitioned_by > 0)
		return fail_at(making, create->partitioned_by[0]->pos,
			"PARTITIONED BY is not supported yet");
	if (check_columns(making, pos) < 0 || add_columns(making) < 0 ||
		add_primary_key(making) < 0 ||
		(create->watermark != NULL && add_watermark(making) < 0) || add_options(making) < 0)
		return -EINVAL;
	table->wanted = arena_alloc(binder->arena, table->physical->n_fields * sizeof(bool));
	catalog_add_table(binder->catalog, table);
	return 0;
}

int bind_create_view(struct binder *binder, const struct ast_create_view *create, struct pos pos)
{
	struct catalog_view *view = arena_alloc(binder->arena, sizeof(*view)), *old;
	int there;

	view->name = bind_path(binder, create->name, create->n_name);
	if (view->name == NULL)
		return -EINVAL;
	old = create->or_replace ? catalog_find_view(binder->catalog, view->name) : NULL;
	there = old != NULL ? 0 : check_new(binder, view->name, pos, create->if_not_exists);
	if (there != 0)
		return there < 0 ? there : 0;
	view->plan = bind_query(binder, create->query);
	if (view->plan != NULL && create->n_columns > 0)
		view->plan = bind_rename(binder, view->plan, create->columns, create->n_columns);
	if (view->plan == NULL)
		return -EINVAL;
	if (old != NULL)
		catalog_drop_view(binder->catalog, old);
	catalog_add_view(binder->catalog, view);
	return 0;
}

int bind_drop(struct binder *binder, const struct ast_drop *drop, bool is_view, struct pos pos)
{
	const char *name = bind_path(binder, drop->name, drop->n_name);
	const struct catalog_table *table;
	const struct catalog_view *view;

	if (name == NULL)
		return -EINVAL;
	table = is_view ? NULL : catalog_find_table(binder->catalog, name);
	view = is_view ? catalog_find_view(binder->catalog, name) : NULL;
	if (table != NULL)
		catalog_drop_table(binder->catalog, table);
	else if (view != NULL)
		catalog_drop_view(binder->catalog, view);
	else if (!drop->if_exists)
		return err_set_at(binder->err, drop->name[drop->n_name - 1]->pos,
			"there is no %s '%s'", is_view ? "view" : "table", name);
	return 0;
}
