// STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP: rewritten into what Flink's planner makes of them
// (Calcite's AggregateReduceFunctionsRule), so that types, rounding and overflow are the same:
//
//   VAR_POP(x)     CAST((SUM(x * x) - SUM(x) * SUM(x) / COUNT(x)) / COUNT(x) AS type)
//   VAR_SAMP(x)    the same, / NULLIF(COUNT(x) - 1, 0)
//   STDDEV_…(x)    CAST(POWER(the variance, 0.5) AS type)
//
// type is AVG's: x's own, and DECIMAL(38, max(s, 6)) of a DECIMAL, which x and SUM(x) become first.
// DISTINCT, FILTER and OVER go to each SUM and COUNT.
#include <string.h>
#include "sql/bind.h"

static const struct variance {
	const char *name;
	bool is_sample, is_root;
} variances[] = {
	{"STDDEV", true, true},
	{"STDDEV_POP", false, true},
	{"STDDEV_SAMP", true, true},
	{"VARIANCE", true, false},
	{"VAR_POP", false, false},
	{"VAR_SAMP", true, false},
};

static const struct variance *find(const char *name)
{
	for (size_t i = 0; i < sizeof(variances) / sizeof(*variances); i++)
		if (strcmp(variances[i].name, name) == 0)
			return &variances[i];
	return NULL;
}

bool bind_is_variance(const struct ast_expr *ast)
{
	return find(ast->call->name) != NULL;
}

struct rewriting {
	struct arena *arena;
	const struct ast_expr *ast; // as written
	struct type type; // of the result
};

static struct ast_expr *call_of(
	const struct rewriting *r, const char *name, struct ast_expr *a, struct ast_expr *b)
{
	struct ast_expr *expr = arena_alloc(r->arena, sizeof(*expr));

	expr->kind = AST_CALL;
	expr->pos = r->ast->pos;
	expr->call = arena_alloc(r->arena, sizeof(*expr->call));
	expr->call->name = name;
	expr->call->args = arena_alloc(r->arena, 2 * sizeof(*expr->call->args));
	expr->call->args[0] = a;
	expr->call->args[1] = b;
	expr->call->n_args = b != NULL ? 2 : 1;
	return expr;
}

static struct ast_expr *aggregate_of(
	const struct rewriting *r, const char *name, struct ast_expr *arg)
{
	struct ast_expr *expr = call_of(r, name, arg, NULL);

	expr->call->distinct = r->ast->call->distinct;
	expr->call->filter = r->ast->call->filter;
	expr->call->over = r->ast->call->over;
	return expr;
}

static struct ast_expr *cast_of(const struct rewriting *r, struct ast_expr *arg)
{
	struct ast_expr *expr = call_of(r, "CAST", arg, NULL);
	struct ast_type *to = arena_alloc(r->arena, sizeof(*to));

	to->kind = AST_TYPE_SCALAR;
	to->pos = r->ast->pos;
	to->nullable = true;
	to->scalar = r->type;
	expr->call->to = to;
	return expr;
}

static struct ast_expr *literal_of(const struct rewriting *r, struct ast_literal value)
{
	struct ast_expr *expr = arena_alloc(r->arena, sizeof(*expr));

	expr->kind = AST_LITERAL;
	expr->pos = r->ast->pos;
	expr->literal = arena_alloc(r->arena, sizeof(*expr->literal));
	*expr->literal = value;
	return expr;
}

static struct ast_expr *int_of(const struct rewriting *r, int64_t value)
{
	return literal_of(r, (struct ast_literal){.type = {.kind = TYPE_INT}, .integer = value});
}

static struct ast_expr *rewrite(const struct rewriting *r, const struct variance *variance)
{
	struct ast_expr *x = r->ast->call->args[0], *cast = cast_of(r, x);
	struct ast_expr *squares = aggregate_of(r, "SUM", call_of(r, "*", cast, cast));
	struct ast_expr *sum = cast_of(r, aggregate_of(r, "SUM", x));
	struct ast_expr *n = aggregate_of(r, "COUNT", x), *by = n, *result;

	if (variance->is_sample)
		by = call_of(r, "NULLIF", call_of(r, "-", n, int_of(r, 1)), int_of(r, 0));
	result = call_of(r, "/", call_of(r, "*", sum, sum), n);
	result = call_of(r, "/", call_of(r, "-", squares, result), by);
	if (variance->is_root)
		result = call_of(r, "POWER", result,
			literal_of(r, (struct ast_literal){
					      .type = {.kind = TYPE_DOUBLE}, .approximate = 0.5}));
	return cast_of(r, result);
}

struct expr *bind_variance(const struct scope *scope, const struct ast_expr *ast)
{
	enum { AVG_SCALE_MIN = 6 };
	struct rewriting r = {.arena = scope->binder->arena, .ast = ast};
	struct scope inner = *scope;
	const struct expr *x;
	char type_text[TYPE_NAME_MAX];

	if (scope->group == NULL && ast->call->over == NULL) {
		err_set_at(scope->binder->err, ast->pos, "%s cannot stand in %s", ast->call->name,
			scope->clause);
		return NULL;
	}
	inner.group = NULL;
	inner.clause = "an aggregate";
	if (ast->call->n_args != 1 || ast->call->args[0]->kind == AST_STAR) {
		err_set_at(scope->binder->err, ast->pos, "%s has one argument, as in %s(amount)",
			ast->call->name, ast->call->name);
		return NULL;
	}
	x = bind_expr(&inner, ast->call->args[0]);
	if (x == NULL)
		return NULL;
	if (!type_is_numeric(x->type.kind)) {
		err_set_at(scope->binder->err, ast->pos, "%s does not take %s", ast->call->name,
			type_name(x->type, type_text));
		return NULL;
	}
	r.type = x->type;
	if (x->type.kind == TYPE_DECIMAL)
		r.type = type_decimal(DECIMAL_PRECISION_MAX,
			x->type.scale > AVG_SCALE_MIN ? x->type.scale : AVG_SCALE_MIN);
	r.type.nullable = true;
	return bind_expr(scope, rewrite(&r, find(ast->call->name)));
}
