// ORDER BY, LIMIT and window Top-N in the logical plan.
#include <string.h>
#include "expr/function.h"
#include "sql/plan.h"

struct plan *plan_sort(struct arena *arena, struct plan *input, const struct plan_order *order)
{
	struct plan *plan = plan_new(arena, PLAN_SORT, input, input->columns, input->n_columns);

	plan->order = order;
	return plan;
}

struct plan *plan_limit(struct arena *arena, struct plan *input, const struct plan_limit *limit)
{
	struct plan *plan = plan_new(arena, PLAN_LIMIT, input, input->columns, input->n_columns);

	plan->limit = limit;
	return plan;
}

struct plan *plan_topn(struct arena *arena, struct plan *input, const struct plan_topn *topn)
{
	uint16_t n = input->n_columns;
	struct plan_column *columns = arena_alloc(arena, (n + 1u) * sizeof(*columns));
	struct plan *plan = plan_new(arena, PLAN_TOPN, input, columns, (uint16_t)(n + 1));

	memcpy(columns, input->columns, n * sizeof(*columns));
	columns[n] = (struct plan_column){
		.name = "rank", .type = type_of(TYPE_BIGINT), .pos = topn->pos};
	columns[n].type.nullable = false;
	plan->topn = topn;
	return plan;
}

// ---- rank <= n

static bool integer_of(const struct expr *expr, int64_t *value)
{
	if (!expr_is_literal(expr) || expr->is_null)
		return false;
	switch (expr->type.kind) {
	case TYPE_TINYINT:
		*value = expr->value.i8;
		return true;
	case TYPE_SMALLINT:
		*value = expr->value.i16;
		return true;
	case TYPE_INT:
		*value = expr->value.i32;
		return true;
	case TYPE_BIGINT:
		*value = expr->value.i64;
		return true;
	default:
		return false;
	}
}

static void narrow(struct plan_topn *topn, int64_t first, int64_t last)
{
	if (first > 0 && (uint64_t)first > topn->first_rank)
		topn->first_rank = (uint64_t)first;
	if (last == INT64_MAX)
		return;
	if (last < 1) { // no row: rank 1 must be at least 2
		topn->first_rank = 2;
		last = 1;
	}
	if ((uint64_t)last < topn->last_rank)
		topn->last_rank = (uint64_t)last;
}

// rank OP n. False when it is no such thing.
static bool take_comparison(
	struct plan_topn *topn, const char *op, const struct expr *n, bool is_swapped)
{
	int64_t value;

	if (!integer_of(n, &value) || value == INT64_MAX || value == INT64_MIN)
		return false;
	if (strcmp(op, "=") == 0)
		narrow(topn, value, value);
	else if (strcmp(op, is_swapped ? ">=" : "<=") == 0)
		narrow(topn, 1, value);
	else if (strcmp(op, is_swapped ? ">" : "<") == 0)
		narrow(topn, 1, value - 1);
	else if (strcmp(op, is_swapped ? "<=" : ">=") == 0)
		narrow(topn, value, INT64_MAX);
	else if (strcmp(op, is_swapped ? "<" : ">") == 0)
		narrow(topn, value + 1, INT64_MAX);
	else
		return false;
	return true;
}

static bool is_rank(const struct expr *expr, uint16_t rank)
{
	// The comparison may have widened it.
	if (expr->kind == EXPR_CALL && expr->function == NULL && expr->n_args == 1)
		expr = expr->args[0];
	return expr->kind == EXPR_COLUMN && expr->column == rank;
}

// A condition that is about the rank alone goes into topn: true when all of it did.
static bool take_condition(struct plan_topn *topn, uint16_t rank, const struct expr *condition)
{
	const struct expr *const *args = condition->args;
	bool took_all = condition->kind == EXPR_AND;

	for (uint16_t i = 0; condition->kind == EXPR_AND && i < condition->n_args; i++)
		took_all &= take_condition(topn, rank, args[i]);
	if (condition->kind == EXPR_AND)
		return took_all;
	if (condition->kind != EXPR_CALL || condition->function == NULL)
		return false;
	if (condition->n_args == 2 && is_rank(args[0], rank))
		return take_comparison(topn, condition->function->name, args[1], false);
	if (condition->n_args == 2 && is_rank(args[1], rank))
		return take_comparison(topn, condition->function->name, args[0], true);
	return false;
}

const struct expr *plan_topn_filter(
	struct arena *arena, struct plan **input, const struct expr *condition)
{
	struct plan *plan = arena_alloc(arena, sizeof(*plan));
	struct plan_topn *topn = arena_alloc(arena, sizeof(*topn));
	uint16_t rank = (uint16_t)((*input)->n_columns - 1), n = 0;
	const struct expr **rest;

	*plan = **input;
	*topn = *plan->topn;
	plan->topn = topn;
	*input = plan;
	if (condition->kind != EXPR_AND)
		return take_condition(topn, rank, condition) ? NULL : condition;
	rest = arena_alloc(arena, condition->n_args * sizeof(*rest));
	for (uint16_t i = 0; i < condition->n_args; i++)
		if (!take_condition(topn, rank, condition->args[i]))
			rest[n++] = condition->args[i];
	if (n == condition->n_args)
		return condition;
	if (n < 2)
		return n == 0 ? NULL : rest[0];
	return expr_call(arena, "AND", rest, n, condition->pos, NULL);
}
