// Calls of aggregates: collected while the select list is bound, each different one once.
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "sql/bind.h"

// Aggregates of Flink that are not there yet, for a clear answer.
static const char *const later[] = {
	"CUME_DIST",
	"DENSE_RANK",
	"LEAD",
	"NTH_VALUE",
	"NTILE",
	"PERCENT_RANK",
	"RANK",
	"ROW_NUMBER",
};

static bool is_later(const char *name)
{
	for (size_t i = 0; i < sizeof(later) / sizeof(*later); i++)
		if (strcmp(later[i], name) == 0)
			return true;
	return false;
}

bool bind_is_aggregate(const struct ast_expr *ast)
{
	const char *name = ast->call->name;

	return aggregate_is_name(name) || is_later(name) || bind_is_variance(ast);
}

static struct expr *refuse(const struct scope *scope, struct pos pos, const char *what)
{
	err_set_at(scope->binder->err, pos, "%s", what);
	return NULL;
}

static bool same(const struct expr *a, const struct expr *b)
{
	return a == NULL || b == NULL ? a == b : expr_equal(a, b);
}

static bool same_call(const struct bind_call *a, const struct bind_call *b)
{
	if (strcmp(a->call.text, b->call.text) != 0 || // constants, DISTINCT
		a->call.n_arguments != b->call.n_arguments || !same(a->filter, b->filter))
		return false;
	for (uint16_t i = 0; i < a->call.n_arguments; i++)
		if (!expr_equal(a->arguments[i], b->arguments[i]))
			return false;
	return true;
}

// The call as the group's i-th, which may be there already.
static uint16_t add_call(struct bind_group *group, const struct bind_call *call)
{
	uint16_t i = 0;

	for (; i < group->n_calls; i++)
		if (same_call(&group->calls[i], call))
			return i;
	group->calls[group->n_calls++] = *call;
	return i;
}

// ---- One call

enum { ARGS_MAX = 8 }; // as written

struct written_args {
	uint16_t n; // 0: *
	const struct expr *exprs[ARGS_MAX];
};

static const char *call_text(const struct scope *scope, const struct ast_call *ast,
	const struct written_args *args, const struct expr *filter)
{
	struct arena *arena = scope->binder->arena;
	const struct schema *schema = plan_schema(arena, scope->plan);
	const char *text = arena_printf(arena, "%s(%s%s", ast->name,
		ast->distinct ? "DISTINCT " : "", args->n == 0 ? "*" : "");

	for (uint16_t i = 0; i < args->n; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "",
			expr_text(arena, args->exprs[i], schema));
	if (filter == NULL)
		return arena_printf(arena, "%s)", text);
	return arena_printf(arena, "%s) FILTER (WHERE %s)", text, expr_text(arena, filter, schema));
}

// JSON_ARRAYAGG and JSON_OBJECTAGG take JSON. False with err filled.
static bool json_args(
	const struct scope *inner, const struct ast_expr *ast, struct written_args *args)
{
	bool is_object = strcmp(ast->call->name, "JSON_OBJECTAGG") == 0;
	uint16_t n = is_object ? 2 : strcmp(ast->call->name, "JSON_ARRAYAGG") == 0;
	char name[TYPE_NAME_MAX];

	if (is_object && !type_is_string(args->exprs[0]->type.kind)) {
		err_set_at(inner->binder->err, args->exprs[0]->pos,
			"JSON_OBJECTAGG's key is a string, not %s",
			type_name(args->exprs[0]->type, name));
		return false;
	}
	for (uint16_t i = 0; i < n && i < args->n; i++) {
		args->exprs[i] = expr_call(inner->binder->arena, "JSON_STRING", &args->exprs[i], 1,
			args->exprs[i]->pos, inner->binder->err);
		if (args->exprs[i] == NULL)
			return false;
	}
	return true;
}

// IGNORE NULLS is what FIRST_VALUE and LAST_VALUE do, and one more argument of ARRAY_AGG. False
// with err filled.
static bool nulls_arg(
	const struct scope *inner, const struct ast_expr *ast, struct written_args *args)
{
	const struct ast_call *call = ast->call;
	bool is_array = strcmp(call->name, "ARRAY_AGG") == 0;
	bool is_value =
		strcmp(call->name, "FIRST_VALUE") == 0 || strcmp(call->name, "LAST_VALUE") == 0;

	if (is_array && args->n > 1) {
		err_set_at(inner->binder->err, ast->pos,
			"ARRAY_AGG has one argument, as in ARRAY_AGG(amount)");
		return false;
	}
	if (call->nulls == AST_NULLS_UNSAID || (is_array && call->nulls == AST_NULLS_RESPECT) ||
		(is_value && call->nulls == AST_NULLS_IGNORE))
		return true;
	if (is_array) {
		args->exprs[args->n++] = expr_literal(inner->binder->arena, type_of(TYPE_CHAR),
			(union scalar){.str = str_view("IGNORE", 6)}, ast->pos);
		return true;
	}
	if (is_value)
		err_set_at(inner->binder->err, ast->pos,
			"%s passes over NULLs: RESPECT NULLS is not supported", call->name);
	else
		err_set_at(inner->binder->err, ast->pos,
			"%s has no IGNORE NULLS and no RESPECT NULLS", call->name);
	return false;
}

// False with err filled.
static bool bind_args(
	const struct scope *inner, const struct ast_expr *ast, struct written_args *args)
{
	const struct ast_call *call = ast->call;
	struct err *err = inner->binder->err;

	args->n = 0;
	if (call->n_args == 1 && call->args[0]->kind == AST_STAR &&
		strcmp(call->name, "COUNT") == 0 && !call->distinct)
		return true;
	if (call->n_args == 0 || call->n_args > ARGS_MAX || call->args[0]->kind == AST_STAR) {
		err_set_at(err, ast->pos, "%s has one argument, as in %s(amount)", call->name,
			call->name);
		return false;
	}
	for (uint16_t i = 0; i < call->n_args; i++) {
		args->exprs[i] = bind_expr(inner, call->args[i]);
		if (args->exprs[i] == NULL)
			return false;
	}
	args->n = (uint16_t)call->n_args;
	return json_args(inner, ast, args) && nulls_arg(inner, ast, args);
}

// The arguments that are columns, cast to what the function wants.
static int take_columns(
	const struct scope *scope, const struct written_args *args, struct bind_call *bound)
{
	struct aggregate_call *call = &bound->call;

	for (uint16_t i = 0; i < call->n_arguments; i++) {
		const struct expr *expr = args->exprs[call->arguments[i]];

		if (!type_equal(expr->type, call->argument_types[i]))
			expr = expr_cast(scope->binder->arena, expr, call->argument_types[i], false,
				expr->pos, scope->binder->err);
		if (expr == NULL)
			return -EINVAL;
		bound->arguments[i] = expr;
	}
	return 0;
}

int bind_aggregate_call(const struct scope *scope, const struct ast_expr *ast,
	enum aggregate_use use, struct bind_call *bound)
{
	const struct ast_call *call = ast->call;
	struct scope inner = *scope;
	struct written_args args;
	struct aggregate_arg types[ARGS_MAX];

	*bound = (struct bind_call){.pos = ast->pos, .call.filter = -1};
	inner.group = NULL;
	inner.clause = "an aggregate";
	if (!bind_args(&inner, ast, &args))
		return -EINVAL;
	for (uint16_t i = 0; i < args.n; i++)
		types[i] = (struct aggregate_arg){args.exprs[i]->type,
			args.exprs[i]->kind == EXPR_LITERAL ? args.exprs[i] : NULL};
	if (aggregate_resolve(call->name, types, args.n, call->distinct, use, scope->binder->arena,
		    ast->pos, &bound->call, scope->binder->err) < 0)
		return -EINVAL;
	inner.clause = "FILTER";
	if (call->filter != NULL) {
		bound->filter = bind_condition(&inner, call->filter);
		if (bound->filter == NULL)
			return -EINVAL;
	}
	bound->call.text = call_text(scope, call, &args, bound->filter);
	return take_columns(scope, &args, bound);
}

struct expr *bind_aggregate(const struct scope *scope, const struct ast_expr *ast)
{
	const struct ast_call *call = ast->call;
	struct bind_group *group = scope->group;
	struct bind_call bound;
	uint16_t i;

	if (!aggregate_is_name(call->name) && is_later(call->name)) {
		err_set_at(scope->binder->err, ast->pos, "%s is not supported yet", call->name);
		return NULL;
	}
	if (group == NULL) {
		err_set_at(scope->binder->err, ast->pos, "%s cannot stand in %s", call->name,
			scope->clause);
		return NULL;
	}
	if (bind_aggregate_call(scope, ast, AGGREGATE_GROUPED, &bound) < 0)
		return NULL;
	if (group->n_calls == BIND_CALLS_MAX)
		return refuse(scope, ast->pos, "more than 128 aggregates in one query");
	i = add_call(group, &bound);
	return expr_column(
		scope->binder->arena, (uint16_t)(BIND_CALL + i), bound.call.result_type, ast->pos);
}
