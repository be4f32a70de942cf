// Expressions: each node of the syntax tree becomes a typed expression, bottom up.
#include <string.h>
#include "sql/bind.h"

static struct expr *refuse(const struct scope *scope, struct pos pos, const char *what)
{
	err_set_at(scope->binder->err, pos, "%s", what);
	return NULL;
}

static struct expr *bind_literal(const struct scope *scope, const struct ast_expr *ast)
{
	const struct ast_literal *literal = ast->literal;
	union scalar value = {0};

	if (literal->is_null)
		return expr_null(scope->binder->arena, literal->type, ast->pos);
	switch (literal->type.kind) {
	case TYPE_BOOLEAN:
		value.boolean = literal->boolean;
		break;
	case TYPE_DECIMAL:
		value.dec = literal->decimal;
		break;
	case TYPE_DOUBLE:
		value.f64 = literal->approximate;
		break;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		value.str = literal->string;
		break;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
	case TYPE_INTERVAL_DAY:
		value.i64 = literal->integer;
		break;
	default: // INT, DATE, TIME, INTERVAL YEAR
		value.i32 = (int32_t)literal->integer;
	}
	return expr_literal(scope->binder->arena, literal->type, value, ast->pos);
}

// A word of the syntax (a unit, TRIM's BOTH) goes to the function as a string.
static struct expr *bind_symbol(const struct scope *scope, const struct ast_expr *ast)
{
	struct type type = type_of(TYPE_CHAR);
	uint32_t len = (uint32_t)strlen(ast->symbol);

	type.precision = (int32_t)len;
	return expr_literal(scope->binder->arena, type,
		(union scalar){.str = str_view(ast->symbol, len)}, ast->pos);
}

static struct expr *bind_cast(const struct scope *scope, const struct ast_expr *ast)
{
	const struct ast_call *call = ast->call;
	const struct expr *arg = bind_expr(scope, call->args[0]);
	struct type to;

	if (arg == NULL || bind_type(scope->binder, call->to, &to) < 0)
		return NULL;
	return expr_cast(
		scope->binder->arena, arg, to, call->name[0] == 'T', ast->pos, scope->binder->err);
}

// CASE x WHEN value THEN …: as CASE WHEN x = value THEN ….
static struct expr *bind_simple_case(const struct scope *scope, const struct ast_expr *ast)
{
	struct arena *arena = scope->binder->arena;
	const struct ast_call *call = ast->call;
	uint16_t n = (uint16_t)(call->n_args - 1);
	const struct expr **args = arena_alloc(arena, n * sizeof(*args));
	const struct expr *x = bind_expr(scope, call->args[0]);

	for (uint16_t i = 0; i < n && x != NULL; i++) {
		const struct ast_expr *arg = call->args[i + 1];

		args[i] = bind_expr(scope, arg);
		if (args[i] != NULL && i % 2 == 0 && i + 1 < n)
			args[i] = expr_call(arena, "=", (const struct expr *[]){x, args[i]}, 2,
				arg->pos, scope->binder->err);
		if (args[i] == NULL)
			return NULL;
	}
	if (x == NULL)
		return NULL;
	return expr_call(arena, "CASE", args, n, ast->pos, scope->binder->err);
}

static const struct unsupported {
	const char *name, *what;
} unsupported[] = {
	{"EXISTS", "EXISTS is not supported yet"},
	{"=>", "name => value names the arguments of a table function only"},
	{"DESCRIPTOR",
		"DESCRIPTOR belongs to a table function, as in TUMBLE(TABLE t, DESCRIPTOR(ts), "
		"INTERVAL '1' MINUTE)"},
	{"GROUPING SETS", "GROUPING SETS stands in GROUP BY only"},
	{"ROLLUP", "ROLLUP stands in GROUP BY only"},
	{"CUBE", "CUBE stands in GROUP BY only"},
};

// What a call may have besides its arguments.
static bool check_call(const struct scope *scope, const struct ast_expr *ast)
{
	const struct ast_call *call = ast->call;
	const char *what = NULL;

	for (size_t i = 0; i < sizeof(unsupported) / sizeof(*unsupported); i++)
		if (strcmp(call->name, unsupported[i].name) == 0)
			what = unsupported[i].what;
	if (call->n_within_group > 0)
		what = "WITHIN GROUP is not supported yet";
	else if (call->nulls != AST_NULLS_UNSAID && !bind_is_aggregate(ast))
		what = "IGNORE NULLS and RESPECT NULLS are not supported yet";
	if (what != NULL)
		refuse(scope, ast->pos, what);
	return what == NULL;
}

static struct expr *bind_call(const struct scope *scope, const struct ast_expr *ast)
{
	struct arena *arena = scope->binder->arena;
	const struct ast_call *call = ast->call;
	uint16_t n_args = (uint16_t)call->n_args;
	const struct expr **args;
	struct type to;

	if (ast == scope->topn_call)
		return plan_ref(arena, scope->plan, (uint16_t)(scope->plan->n_columns - 1));
	if (bind_is_variance(ast))
		return bind_variance(scope, ast);
	if (call->over != NULL)
		return bind_over_call(scope, ast);
	if (!check_call(scope, ast))
		return NULL;
	if (bind_is_auxiliary(ast))
		return bind_auxiliary(scope, ast);
	if (bind_is_grouping(ast))
		return bind_grouping(scope, ast);
	if (bind_is_aggregate(ast))
		return bind_aggregate(scope, ast);
	if (call->distinct || call->filter != NULL)
		return refuse(scope, ast->pos,
			"DISTINCT and FILTER belong to aggregates, and this is none");
	if (strcmp(call->name, "CAST") == 0 || strcmp(call->name, "TRY_CAST") == 0)
		return bind_cast(scope, ast);
	if (strcmp(call->name, "SIMPLE CASE") == 0)
		return bind_simple_case(scope, ast);
	if (call->n_args >= UINT16_MAX)
		return refuse(scope, ast->pos, "too many arguments: at most 65534 are allowed");
	args = arena_alloc(arena, (call->n_args + 1) * sizeof(*args));
	for (uint32_t i = 0; i < call->n_args; i++) {
		args[i] = bind_expr(scope, call->args[i]);
		if (args[i] == NULL)
			return NULL;
	}
	if (call->to != NULL) { // RETURNING goes to the function as a NULL of that type
		if (bind_type(scope->binder, call->to, &to) < 0)
			return NULL;
		args[n_args++] = expr_null(arena, to, ast->pos);
	}
	return expr_call(arena, call->name, args, n_args, ast->pos, scope->binder->err);
}

struct expr *bind_expr(const struct scope *scope, const struct ast_expr *ast)
{
	switch (ast->kind) {
	case AST_LITERAL:
		return bind_literal(scope, ast);
	case AST_NAME:
		return bind_name(scope, ast);
	case AST_CALL:
		return bind_call(scope, ast);
	case AST_SYMBOL:
		return bind_symbol(scope, ast);
	case AST_STAR:
		return refuse(scope, ast->pos, "* stands in a select list and in COUNT(*) only");
	case AST_SUBQUERY:
		return refuse(scope, ast->pos, "a subquery in an expression is not supported yet");
	case AST_TABLE:
		break;
	}
	return refuse(scope, ast->pos, "a table is no value");
}

struct expr *bind_condition(const struct scope *scope, const struct ast_expr *ast)
{
	struct expr *expr = bind_expr(scope, ast);
	char name[TYPE_NAME_MAX];

	if (expr == NULL || expr->type.kind == TYPE_BOOLEAN)
		return expr;
	if (expr->type.kind == TYPE_NULL)
		return expr_cast(scope->binder->arena, expr, type_of(TYPE_BOOLEAN), false, ast->pos,
			scope->binder->err);
	err_set_at(scope->binder->err, ast->pos, "%s needs a BOOLEAN, not %s", scope->clause,
		type_name(expr->type, name));
	return NULL;
}
