// Calls of aggregates: collected while the select list is bound, each different one once.
#include <string.h>
#include <strings.h>
#include "sql/bind.h"

// Aggregates of Flink that are not there yet, for a clear answer.
static const char *const later[] = {
	"APPROX_COUNT_DISTINCT",
	"ARRAY_AGG",
	"COLLECT",
	"CUME_DIST",
	"DENSE_RANK",
	"FIRST_VALUE",
	"JSON_ARRAYAGG",
	"JSON_OBJECTAGG",
	"LAG",
	"LAST_VALUE",
	"LEAD",
	"LISTAGG",
	"NTH_VALUE",
	"NTILE",
	"PERCENT_RANK",
	"RANK",
	"ROW_NUMBER",
	"STDDEV",
	"STDDEV_POP",
	"STDDEV_SAMP",
	"VARIANCE",
	"VAR_POP",
	"VAR_SAMP",
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

	return aggregate_is_name(name) || is_later(name);
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

// The call as the group's i-th, which may be there already.
static uint16_t add_call(struct bind_group *group, const struct bind_call *call)
{
	uint16_t i = 0;

	for (; i < group->n_calls; i++)
		if (group->calls[i].call.function == call->call.function &&
			same(group->calls[i].argument, call->argument) &&
			same(group->calls[i].filter, call->filter))
			return i;
	group->calls[group->n_calls++] = *call;
	return i;
}

static const char *call_text(
	const struct scope *scope, const char *name, const struct bind_call *call)
{
	struct arena *arena = scope->binder->arena;
	const struct schema *schema = plan_schema(arena, scope->plan);
	const char *argument =
		call->argument != NULL ? expr_text(arena, call->argument, schema) : "*";

	if (call->filter == NULL)
		return arena_printf(arena, "%s(%s)", name, argument);
	return arena_printf(arena, "%s(%s) FILTER (WHERE %s)", name, argument,
		expr_text(arena, call->filter, schema));
}

// The argument and the filter. False with err filled.
static bool bind_args(
	const struct scope *scope, const struct ast_expr *ast, struct bind_call *bound)
{
	const struct ast_call *call = ast->call;
	struct scope inner = *scope;
	bool is_star = call->n_args == 1 && call->args[0]->kind == AST_STAR;

	inner.group = NULL;
	inner.clause = "an aggregate";
	if (call->n_args != 1 || (is_star && strcmp(call->name, "COUNT") != 0)) {
		err_set_at(scope->binder->err, ast->pos, "%s has one argument, as in %s(amount)",
			call->name, call->name);
		return false;
	}
	if (!is_star) {
		bound->argument = bind_expr(&inner, call->args[0]);
		if (bound->argument == NULL)
			return false;
	}
	inner.clause = "FILTER";
	if (call->filter != NULL) {
		bound->filter = bind_condition(&inner, call->filter);
		return bound->filter != NULL;
	}
	return true;
}

struct expr *bind_aggregate(const struct scope *scope, const struct ast_expr *ast)
{
	const struct ast_call *call = ast->call;
	struct bind_group *group = scope->group;
	struct bind_call bound = {.pos = ast->pos};
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
	if (call->distinct) {
		err_set_at(scope->binder->err, ast->pos, "%s(DISTINCT …) is not supported yet",
			call->name);
		return NULL;
	}
	if (!bind_args(scope, ast, &bound) ||
		aggregate_resolve(call->name, bound.argument != NULL ? &bound.argument->type : NULL,
			ast->pos, &bound.call, scope->binder->err) < 0)
		return NULL;
	if (group->n_calls == BIND_CALLS_MAX)
		return refuse(scope, ast->pos, "more than 128 aggregates in one query");
	bound.call.text = call_text(scope, call->name, &bound);
	i = add_call(group, &bound);
	return expr_column(
		scope->binder->arena, (uint16_t)(BIND_CALL + i), bound.call.result_type, ast->pos);
}
