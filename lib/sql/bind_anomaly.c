// ANOMALY: a table function whose rows are a table's with a score and a reason beside them.
//
//	ANOMALY(TABLE t PARTITION BY (k, …), DESCRIPTOR(ts), DESCRIPTOR(x, …), 'option' => value, …)
//	ANOMALY(DATA => TABLE t PARTITION BY …, ON_TIME => DESCRIPTOR(ts),
//		VALUE => DESCRIPTOR(x, …), 'option' => value, …)
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "sql/bind_anomaly.h"
#include "sql/bind_window.h"

#define USAGE \
	"ANOMALY(TABLE t PARTITION BY key, DESCRIPTOR(ts), DESCRIPTOR(x), 'detector' => 'auto')"

bool bind_is_anomaly(const struct ast_expr *call)
{
	return strcmp(call->call->name, "ANOMALY") == 0;
}

// ---- What was written

static bool is_call_of(const struct ast_expr *ast, const char *name)
{
	return ast->kind == AST_CALL && strcmp(ast->call->name, name) == 0;
}

static int place_key(struct binder *binder, const struct ast_expr *ast, struct anomaly_args *args)
{
	if (args->n_keys == KEY_COLUMNS_MAX)
		return err_set_at(binder->err, ast->pos, "PARTITION BY has more than %d columns",
			KEY_COLUMNS_MAX);
	args->keys[args->n_keys++] = ast;
	return 0;
}

static int place_table(struct binder *binder, const struct ast_expr *ast, struct anomaly_args *args)
{
	if (ast->kind != AST_TABLE)
		return err_set_at(binder->err, ast->pos,
			"ANOMALY: DATA is a table, written TABLE t or (SELECT …): it is " USAGE);
	if (ast->table->n_order_by > 0)
		return err_set_at(binder->err, ast->pos,
			"ANOMALY takes no ORDER BY: rows are scored in the order in which they "
			"come");
	args->table = ast;
	for (uint32_t i = 0; i < ast->table->n_partition_by; i++)
		if (place_key(binder, ast->table->partition_by[i], args) < 0)
			return -1;
	return 0;
}

static int place_descriptor(struct binder *binder, const struct ast_expr *ast, const char *name,
	const struct ast_expr **place)
{
	if (!is_call_of(ast, "DESCRIPTOR"))
		return err_set_at(binder->err, ast->pos,
			"ANOMALY: %s is a DESCRIPTOR of columns: it is " USAGE, name);
	*place = ast;
	return 0;
}

// The table, more columns of its PARTITION BY, the time, the values.
static int place_next(struct binder *binder, const struct ast_expr *ast, struct anomaly_args *args)
{
	if (args->table == NULL)
		return place_table(binder, ast, args);
	if (ast->kind == AST_NAME && args->time == NULL && args->n_keys > 0)
		return place_key(binder, ast, args);
	if (args->time == NULL)
		return place_descriptor(binder, ast, "ON_TIME", &args->time);
	if (args->values == NULL)
		return place_descriptor(binder, ast, "VALUE", &args->values);
	return err_set_at(binder->err, ast->pos,
		"ANOMALY has too many arguments: options have names, it is " USAGE);
}

static int place_named(struct binder *binder, const struct ast_expr *arg, struct anomaly_args *args)
{
	const char *name = arg->call->args[0]->symbol;
	const struct ast_expr *value = arg->call->args[1];

	if (strcasecmp(name, "DATA") == 0 && args->table == NULL)
		return place_table(binder, value, args);
	if (strcasecmp(name, "ON_TIME") == 0 && args->time == NULL)
		return place_descriptor(binder, value, "ON_TIME", &args->time);
	if (strcasecmp(name, "VALUE") == 0 && args->values == NULL)
		return place_descriptor(binder, value, "VALUE", &args->values);
	if (args->n_options == ANOMALY_OPTIONS_MAX)
		return err_set_at(binder->err, arg->pos, "ANOMALY has more than %d options",
			ANOMALY_OPTIONS_MAX);
	args->options[args->n_options++] = arg;
	return 0;
}

static int place_args(struct binder *binder, const struct ast_expr *call, struct anomaly_args *args)
{
	args->pos = call->pos;
	for (uint32_t i = 0; i < call->call->n_args; i++) {
		const struct ast_expr *arg = call->call->args[i];
		int result = is_call_of(arg, "=>") ? place_named(binder, arg, args)
						   : place_next(binder, arg, args);

		if (result < 0)
			return result;
	}
	if (args->table == NULL || args->time == NULL || args->values == NULL)
		return err_set_at(binder->err, call->pos, "ANOMALY lacks %s: it is " USAGE,
			args->table == NULL  ? "its table"
			: args->time == NULL ? "the DESCRIPTOR of its time"
					     : "the DESCRIPTOR of its values");
	if (args->time->call->n_args != 1)
		return err_set_at(binder->err, args->time->pos,
			"ANOMALY: ON_TIME is a DESCRIPTOR of one column: it is " USAGE);
	if (args->values->call->n_args == 0)
		return err_set_at(binder->err, args->values->pos,
			"ANOMALY: VALUE is a DESCRIPTOR of at least one column: it is " USAGE);
	return 0;
}

// ---- What is meant

static int bind_column(const struct scope *scope, const struct ast_expr *ast, const char *what)
{
	const struct expr *expr = bind_expr(scope, ast);

	if (expr == NULL)
		return -EINVAL;
	if (expr->kind != EXPR_COLUMN)
		return err_set_at(scope->binder->err, ast->pos,
			"ANOMALY: %s takes columns, not expressions", what);
	return expr->column;
}

static int bind_keys(
	struct scope *scope, const struct anomaly_args *args, struct anomaly_config *config)
{
	uint16_t *keys = arena_alloc(scope->binder->arena, (args->n_keys + 1) * sizeof(*keys));

	scope->clause = "PARTITION BY";
	for (uint32_t i = 0; i < args->n_keys; i++) {
		int column = bind_column(scope, args->keys[i], "PARTITION BY");

		if (column < 0)
			return -EINVAL;
		keys[i] = (uint16_t)column;
	}
	config->n_keys = (uint16_t)args->n_keys;
	config->keys = keys;
	return 0;
}

static int bind_value(const struct scope *scope, const struct ast_expr *ast)
{
	int column = bind_column(scope, ast, "DESCRIPTOR");
	const struct plan_column *found;
	char type[TYPE_NAME_MAX];

	if (column < 0)
		return column;
	found = &scope->plan->columns[column];
	if (type_is_numeric(found->type.kind))
		return column;
	return err_set_at(scope->binder->err, ast->pos,
		"ANOMALY scores numbers: column '%s' has type %s", found->name,
		type_name(found->type, type));
}

static int bind_value_columns(
	struct scope *scope, const struct anomaly_args *args, struct anomaly_config *config)
{
	const struct ast_call *call = args->values->call;
	uint16_t *values =
		arena_alloc(scope->binder->arena, DETECTOR_COLUMNS_MAX * sizeof(*values));

	scope->clause = "DESCRIPTOR";
	if (call->n_args > DETECTOR_COLUMNS_MAX)
		return err_set_at(scope->binder->err, args->values->pos,
			"ANOMALY scores at most %d columns together; %u are given",
			DETECTOR_COLUMNS_MAX, call->n_args);
	for (uint32_t i = 0; i < call->n_args; i++) {
		int column = bind_value(scope, call->args[i]);

		if (column < 0)
			return -EINVAL;
		values[i] = (uint16_t)column;
	}
	config->n_values = (uint16_t)call->n_args;
	config->values = values;
	return 0;
}

// The names of what is added must be free.
static int check_columns(const struct scope *scope, const struct anomaly_args *args)
{
	const struct plan *plan = scope->plan;
	struct err *err = scope->binder->err;

	for (uint16_t i = 0; i < plan->n_columns; i++) {
		const char *name = plan->columns[i].name;

		if (strcmp(name, "score") == 0 || strcmp(name, "reason") == 0)
			return err_set_at(err, args->table->pos,
				"ANOMALY adds the columns 'score' and 'reason', and its table has "
				"a column '%s': give that another name, TABLE (SELECT %s AS …)",
				name, name);
	}
	if (plan->n_columns + 2 > SCHEMA_COLUMNS_MAX)
		return err_set_at(err, args->table->pos,
			"ANOMALY adds 2 columns to %u: more than %d are not supported",
			plan->n_columns, SCHEMA_COLUMNS_MAX);
	return 0;
}

static int bind_all(
	struct scope *scope, const struct anomaly_args *args, struct anomaly_config *config)
{
	int time;

	scope->clause = "DESCRIPTOR";
	time = bind_time_attribute(scope, "ANOMALY", args->time->call->args[0]);
	if (time < 0 || bind_keys(scope, args, config) < 0 ||
		bind_value_columns(scope, args, config) < 0 || check_columns(scope, args) < 0)
		return -EINVAL;
	config->time_column = (uint16_t)time;
	config->with_reason = true; // until it is known that nobody reads it
	return anomaly_bind_options(scope->binder, args, config->n_values, config);
}

struct plan *bind_anomaly(struct binder *binder, const struct ast_expr *call)
{
	struct anomaly_args *args = arena_alloc(binder->arena, sizeof(*args));
	struct anomaly_config *config = arena_alloc(binder->arena, sizeof(*config));
	struct scope scope = {.binder = binder};

	if (place_args(binder, call, args) < 0)
		return NULL;
	scope.plan = bind_table(binder, args->table->table->table, &scope.table);
	if (scope.plan == NULL || bind_all(&scope, args, config) < 0)
		return NULL;
	return plan_anomaly(binder->arena, (struct plan *)scope.plan, config);
}
