// ROW_NUMBER() OVER (PARTITION BY window_start, window_end, … ORDER BY …) in a select list: the
// rank of a row in its window, a Top-N or, by time, a deduplication of each window.
#include <errno.h>
#include <string.h>
#include "sql/bind.h"

enum { TERMS_MAX = 64 };

// What OVER says, by a name of the WINDOW clause or itself.
static const struct ast_window *window_of(
	const struct ast_select *select, const struct ast_window *over)
{
	if (over->base == NULL || over->n_partition_by > 0 || over->n_order_by > 0)
		return over;
	for (uint32_t i = 0; i < select->n_windows; i++)
		if (strcmp(select->windows[i]->name->text, over->base->text) == 0)
			return select->windows[i];
	return over;
}

// The column of the scope's plan that a PARTITION BY or ORDER BY is, or -EINVAL with err filled.
static int bind_column(const struct scope *scope, const struct ast_expr *ast)
{
	const struct expr *expr = bind_expr(scope, ast);

	if (expr == NULL)
		return -EINVAL;
	if (expr->kind != EXPR_COLUMN)
		return err_set_at(scope->binder->err, ast->pos,
			"ROW_NUMBER over a window needs a column here: compute it in the query "
			"below");
	return expr->column;
}

// Whether the names in PARTITION BY have the start and the end of one window among them.
static bool is_by_window(const struct scope *scope, const struct ast_window *over)
{
	const struct plan_column *columns = scope->plan->columns;
	const struct plan_window *start = NULL, *end = NULL;

	for (uint32_t i = 0; i < over->n_partition_by; i++) {
		const struct ast_expr *ast = over->partition_by[i];

		if (ast->kind != AST_NAME)
			continue;
		for (uint16_t c = 0; c < scope->plan->n_columns; c++) {
			if (strcmp(columns[c].name, ast->parts[ast->n_parts - 1]->text) != 0)
				continue;
			if (columns[c].role == PLAN_WINDOW_START)
				start = columns[c].window;
			if (columns[c].role == PLAN_WINDOW_END)
				end = columns[c].window;
		}
	}
	return start != NULL && start == end;
}

static const struct ast_expr *find_call(const struct scope *scope, const struct ast_select *select)
{
	for (uint32_t i = 0; i < select->n_items; i++) {
		const struct ast_expr *ast = select->items[i]->expr;

		if (ast->kind == AST_CALL && strcmp(ast->call->name, "ROW_NUMBER") == 0 &&
			ast->call->over != NULL &&
			is_by_window(scope, window_of(select, ast->call->over)))
			return ast;
	}
	return NULL;
}

static int take_partition(
	const struct scope *scope, const struct ast_window *over, struct plan_topn *topn)
{
	topn->keys = arena_alloc(scope->binder->arena, over->n_partition_by * sizeof(*topn->keys));
	for (uint32_t i = 0; i < over->n_partition_by; i++) {
		int column = bind_column(scope, over->partition_by[i]);
		const struct plan_column *what;

		if (column < 0)
			return -EINVAL;
		what = &scope->plan->columns[column];
		if (what->role == PLAN_WINDOW_START) {
			topn->start_column = (uint16_t)column;
			topn->window = what->window;
		} else if (what->role == PLAN_WINDOW_END) {
			topn->end_column = (uint16_t)column;
		} else if (what->role == PLAN_NO_ROLE) {
			topn->keys[topn->n_keys++] = (uint16_t)column;
		}
	}
	return 0;
}

static int take_order(const struct scope *scope, const struct ast_expr *call,
	const struct ast_window *over, struct plan_topn *topn)
{
	const struct plan_column *by;

	if (over->n_order_by == 0 || over->n_order_by > TERMS_MAX)
		return err_set_at(scope->binder->err, call->pos,
			"ROW_NUMBER needs an ORDER BY of 1 to %d columns", TERMS_MAX);
	topn->order.terms =
		arena_alloc(scope->binder->arena, over->n_order_by * sizeof(*topn->order.terms));
	for (uint32_t i = 0; i < over->n_order_by; i++) {
		const struct ast_order *term = over->order_by[i];
		int column = bind_column(scope, term->expr);

		if (column < 0)
			return -EINVAL;
		topn->order.terms[topn->order.n_terms++] = (struct order_term){
			.column = (uint16_t)column,
			.descending = term->descending,
			.nulls_first = term->nulls_first,
		};
	}
	by = &scope->plan->columns[topn->order.terms[0].column];
	topn->is_by_time = over->n_order_by == 1 && (by->time != PLAN_NO_TIME || by->was_time);
	return 0;
}

int bind_topn(struct scope *scope, const struct ast_select *select)
{
	const struct ast_expr *call = find_call(scope, select);
	const struct ast_window *over;
	struct plan_topn *topn;

	if (call == NULL)
		return 0;
	over = window_of(select, call->call->over);
	if (over->has_frame)
		return err_set_at(scope->binder->err, over->pos, "ROW_NUMBER has no frame");
	if (scope->plan->n_columns == SCHEMA_COLUMNS_MAX)
		return err_set_at(scope->binder->err, call->pos,
			"ROW_NUMBER adds a column to %d: more are not supported",
			SCHEMA_COLUMNS_MAX);
	topn = arena_alloc(scope->binder->arena, sizeof(*topn));
	*topn = (struct plan_topn){
		.pos = call->pos, .first_rank = 1, .last_rank = UINT64_MAX, .with_rank = true};
	scope->clause = "OVER";
	if (take_partition(scope, over, topn) < 0 || take_order(scope, call, over, topn) < 0)
		return -EINVAL;
	scope->topn_call = call;
	scope->plan = plan_topn(scope->binder->arena, (struct plan *)scope->plan, topn);
	return 0;
}
