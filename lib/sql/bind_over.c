// OVER windows. While a select list is bound, its i-th OVER call is the column BIND_CALL + i of the
// input; then calls with the same PARTITION BY and ORDER BY become one OverAggregate, one on top of
// the other:
//
//   Calc (select list) ─ Over (by card) ─ Calc ─ Over (by terminal) ─ Calc ─ input
//
// Each Calc keeps the columns below it where they are and puts behind them what the next Over
// reads.
#include <errno.h>
#include <string.h>
#include "sql/bind.h"

struct over_window { // what OVER (…) says, names looked up
	const struct ast_window *partition, *order, *frame; // whose parts count
};

static struct expr *refuse(const struct scope *scope, struct pos pos, const char *what)
{
	err_set_at(scope->binder->err, pos, "%s", what);
	return NULL;
}

// ---- Named windows

static const struct ast_window *find_window(const struct scope *scope, const struct ast_name *name)
{
	const struct ast_select *select = scope->select;

	for (uint32_t i = 0; select != NULL && i < select->n_windows; i++)
		if (strcmp(select->windows[i]->name->text, name->text) == 0)
			return select->windows[i];
	err_set_at(scope->binder->err, name->pos,
		"window '%s' not found: WINDOW %s AS (…) defines it", name->text, name->text);
	return NULL;
}

// A window has the parts of the one that it extends, and may add those that one lacks.
static int resolve_window(const struct scope *scope, const struct ast_window *ast, int depth,
	struct over_window *window)
{
	const struct ast_window *base;
	struct err *err = scope->binder->err;

	*window = (struct over_window){ast, ast, ast};
	if (ast->base == NULL)
		return 0;
	base = find_window(scope, ast->base);
	if (base == NULL)
		return -EINVAL;
	if (depth == 0)
		return err_set_at(err, ast->pos, "window '%s' extends itself", ast->base->text);
	if (resolve_window(scope, base, depth - 1, window) < 0)
		return -EINVAL;
	if (ast->n_partition_by > 0)
		return err_set_at(err, ast->pos,
			"a window that extends '%s' cannot have a PARTITION BY of its own",
			ast->base->text);
	if (ast->n_order_by > 0 && window->order->n_order_by > 0)
		return err_set_at(
			err, ast->pos, "window '%s' has an ORDER BY already", ast->base->text);
	if (ast->n_order_by > 0)
		window->order = ast;
	if (ast->has_frame)
		window->frame = ast;
	return 0;
}

// ---- Frames

static int bind_count(const struct scope *scope, const struct expr *offset, int64_t *n)
{
	struct err *err = scope->binder->err;

	if (!expr_is_literal(offset) || offset->is_null || !type_is_integer(offset->type.kind))
		return err_set_at(err, offset->pos,
			"ROWS needs a number of rows, as in ROWS BETWEEN 10 PRECEDING AND CURRENT "
			"ROW");
	*n = offset->type.kind == TYPE_BIGINT ? offset->value.i64 : offset->value.i32;
	return *n >= 0 ? 0 : err_set_at(err, offset->pos, "ROWS: %lld is negative", (long long)*n);
}

static int bind_interval(const struct scope *scope, const struct expr *offset, int64_t *ms)
{
	struct err *err = scope->binder->err;

	if (!expr_is_literal(offset) || offset->is_null || offset->type.kind != TYPE_INTERVAL_DAY)
		return err_set_at(err, offset->pos,
			"RANGE needs an interval of days, hours, minutes or seconds, as in RANGE "
			"BETWEEN INTERVAL '10' MINUTE PRECEDING AND CURRENT ROW");
	*ms = offset->value.i64;
	return *ms >= 0 ? 0 : err_set_at(err, offset->pos, "RANGE: the interval is negative");
}

static int bind_frame(
	const struct scope *scope, const struct ast_window *ast, struct over_frame *frame)
{
	struct err *err = scope->binder->err;
	const struct expr *offset;

	*frame = (struct over_frame){.is_unbounded = true};
	if (!ast->has_frame)
		return 0;
	frame->is_rows = ast->rows;
	if (ast->end.kind != AST_CURRENT_ROW)
		return err_set_at(err, ast->pos,
			"a frame ends at CURRENT ROW: a stream does not know what follows");
	switch (ast->start.kind) {
	case AST_UNBOUNDED_PRECEDING:
		return 0;
	case AST_CURRENT_ROW:
		frame->is_unbounded = false;
		return 0;
	case AST_PRECEDING:
		break;
	default:
		return err_set_at(err, ast->pos,
			"a frame begins at UNBOUNDED PRECEDING, n PRECEDING or CURRENT ROW");
	}
	frame->is_unbounded = false;
	offset = bind_expr(scope, ast->start.offset);
	if (offset == NULL)
		return -EINVAL;
	return ast->rows ? bind_count(scope, offset, &frame->preceding)
			 : bind_interval(scope, offset, &frame->preceding);
}

// ---- ORDER BY, PARTITION BY

static int bind_time(const struct scope *scope, const struct ast_window *ast, struct pos pos)
{
	struct err *err = scope->binder->err;
	const struct expr *expr;

	if (ast->n_order_by == 0)
		return err_set_at(err, pos,
			"OVER needs an ORDER BY of a time attribute, as in OVER (PARTITION BY card "
			"ORDER BY ts)");
	if (ast->n_order_by > 1)
		return err_set_at(err, ast->order_by[1]->expr->pos,
			"OVER is ordered by one time attribute and nothing else");
	expr = bind_expr(scope, ast->order_by[0]->expr);
	if (expr == NULL)
		return -EINVAL;
	if (expr->kind != EXPR_COLUMN || scope->plan->columns[expr->column].time == PLAN_NO_TIME)
		return err_set_at(err, expr->pos,
			"OVER must be ordered by a time attribute: a column with WATERMARK FOR, "
			"window_time, or PROCTIME()");
	if (ast->order_by[0]->descending)
		return err_set_at(err, expr->pos, "OVER is ordered by time ascending, not DESC");
	return expr->column;
}

static int bind_partition(
	const struct scope *scope, const struct ast_window *ast, struct bind_over_window *window)
{
	window->keys = arena_alloc(
		scope->binder->arena, (ast->n_partition_by + 1) * sizeof(*window->keys));
	for (uint32_t i = 0; i < ast->n_partition_by; i++) {
		const struct expr *key = bind_expr(scope, ast->partition_by[i]);

		if (key == NULL)
			return -EINVAL;
		if (window->n_keys == BIND_OVER_KEYS_MAX)
			return err_set_at(scope->binder->err, key->pos,
				"PARTITION BY has more than %d columns", BIND_OVER_KEYS_MAX);
		window->keys[window->n_keys++] = key;
	}
	return 0;
}

static bool same_window(const struct bind_over_window *a, const struct bind_over_window *b)
{
	if (a->time_column != b->time_column || a->n_keys != b->n_keys)
		return false;
	for (uint16_t i = 0; i < a->n_keys; i++)
		if (!expr_equal(a->keys[i], b->keys[i]))
			return false;
	return true;
}

static bool same_frame(const struct over_frame *a, const struct over_frame *b)
{
	return a->is_rows == b->is_rows && a->is_unbounded == b->is_unbounded &&
	       a->preceding == b->preceding;
}

// The window among those of the select list, and the frame among the window's; −1 with err filled.
static int add_window(const struct scope *scope, const struct bind_over_window *window)
{
	struct bind_over *over = scope->over;
	uint16_t i = 0;

	while (i < over->n_windows && !same_window(&over->windows[i], window))
		i++;
	if (i == BIND_OVER_WINDOWS_MAX)
		return -1;
	if (i == over->n_windows)
		over->windows[over->n_windows++] = *window;
	return i;
}

static int add_frame(struct bind_over_window *window, const struct over_frame *frame)
{
	uint16_t i = 0;

	while (i < window->n_frames && !same_frame(&window->frames[i], frame))
		i++;
	if (i == OVER_FRAMES_MAX)
		return -1;
	if (i == window->n_frames)
		window->frames[window->n_frames++] = *frame;
	return i;
}

// ---- Calls

static bool is_unframed(const char *name)
{
	return strcmp(name, "ROW_NUMBER") == 0 || strcmp(name, "LAG") == 0;
}

// ROW_NUMBER() counts the rows.
static int bind_function(const struct scope *scope, const struct ast_expr *ast,
	const struct over_frame *frame, struct bind_call *bound)
{
	enum aggregate_use use = frame->is_unbounded ? AGGREGATE_RUNNING : AGGREGATE_SLIDING;

	if (strcmp(ast->call->name, "ROW_NUMBER") != 0) {
		if (bind_aggregate_call(scope, ast, use, bound) < 0)
			return -EINVAL;
		if (!frame->is_rows && aggregate_is_of_last_row(&bound->call))
			return err_set_at(scope->binder->err, ast->pos,
				"%s is of the last row, and rows of one time share a RANGE frame: "
				"it needs ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW, or "
				"less",
				bound->call.text);
		if (frame->is_unbounded || aggregate_can_retract(&bound->call))
			return 0;
		return err_set_at(scope->binder->err, ast->pos,
			"%s cannot give up rows that leave a frame: it needs UNBOUNDED PRECEDING",
			bound->call.text);
	}
	*bound = (struct bind_call){.pos = ast->pos, .call.filter = -1};
	if (ast->call->n_args > 0)
		return err_set_at(scope->binder->err, ast->pos, "ROW_NUMBER has no arguments");
	if (aggregate_resolve("COUNT", NULL, 0, false, use, scope->binder->arena, ast->pos,
		    &bound->call, scope->binder->err) < 0)
		return -EINVAL;
	bound->call.text = "ROW_NUMBER()";
	return 0;
}

static int check_function(
	const struct scope *scope, const struct ast_expr *ast, const struct over_window *window)
{
	static const char *const refused[] = {
		"LEAD", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "NTH_VALUE"};
	const char *name = ast->call->name;
	struct err *err = scope->binder->err;

	if (ast->call->nulls != AST_NULLS_UNSAID)
		return err_set_at(
			err, ast->pos, "IGNORE NULLS and RESPECT NULLS are not supported yet");
	if (strcmp(name, "LEAD") == 0)
		return err_set_at(err, ast->pos,
			"LEAD cannot be computed on a stream: the row that follows is not there "
			"yet; use LAG");
	for (size_t i = 1; i < sizeof(refused) / sizeof(*refused); i++)
		if (strcmp(name, refused[i]) == 0)
			return err_set_at(err, ast->pos, "%s OVER is not supported yet", name);
	if (is_unframed(name) && window->frame->has_frame)
		return err_set_at(err, window->frame->pos, "%s has no frame", name);
	if (!is_unframed(name) && !aggregate_is_name(name))
		return err_set_at(err, ast->pos, "%s is no aggregate: it cannot have OVER", name);
	return 0;
}

static uint16_t add_call(struct bind_over *over, const struct bind_over_call *call)
{
	uint16_t i = 0;

	for (; i < over->n_calls; i++)
		if (over->calls[i].window == call->window && over->calls[i].frame == call->frame &&
			strcmp(over->calls[i].bound.call.text, call->bound.call.text) == 0)
			return i;
	over->calls[over->n_calls++] = *call;
	return i;
}

struct expr *bind_over_call(const struct scope *scope, const struct ast_expr *ast)
{
	struct bind_over *over = scope->over;
	struct over_window resolved;
	struct bind_over_window window = {0};
	struct bind_over_call call = {0};
	struct scope inner = *scope;
	struct over_frame frame;
	int time, w, f;

	if (over == NULL && strcmp(scope->clause, "SELECT") == 0)
		return refuse(scope, ast->pos,
			"OVER beside an aggregate of the same query: aggregate in a subquery "
			"below");
	if (over == NULL) {
		err_set_at(scope->binder->err, ast->pos, "%s OVER cannot stand in %s",
			ast->call->name, scope->clause);
		return NULL;
	}
	inner.group = NULL;
	inner.over = NULL;
	inner.clause = "OVER";
	if (resolve_window(&inner, ast->call->over, BIND_OVER_WINDOWS_MAX, &resolved) < 0 ||
		check_function(scope, ast, &resolved) < 0 ||
		bind_frame(&inner, resolved.frame, &frame) < 0)
		return NULL;
	if (strcmp(ast->call->name, "ROW_NUMBER") == 0)
		frame.is_rows = true;
	time = bind_time(&inner, resolved.order, ast->pos);
	if (time < 0 || bind_partition(&inner, resolved.partition, &window) < 0 ||
		bind_function(&inner, ast, &frame, &call.bound) < 0)
		return NULL;
	window.time_column = (uint16_t)time;
	w = add_window(scope, &window);
	f = w < 0 ? -1 : add_frame(&over->windows[w], &frame);
	if (f < 0 || over->n_calls == BIND_CALLS_MAX)
		return refuse(scope, ast->pos,
			"more than 16 different windows, 16 frames of one or 128 calls in a select "
			"list with OVER");
	call.window = (uint16_t)w;
	call.frame = (uint16_t)f;
	return expr_column(scope->binder->arena, (uint16_t)(BIND_CALL + add_call(over, &call)),
		call.bound.call.result_type, ast->pos);
}

// ---- The plan

// A Calc that is being made: the input's columns and more behind them.
struct widening {
	struct arena *arena;
	struct plan *input;
	uint16_t n;
	struct plan_column columns[SCHEMA_COLUMNS_MAX];
	const struct expr *exprs[SCHEMA_COLUMNS_MAX];
};

static void widening_init(struct widening *widening, struct arena *arena, struct plan *input)
{
	const struct expr **refs = plan_refs(arena, input);

	widening->arena = arena;
	widening->input = input;
	widening->n = input->n_columns;
	memcpy(widening->columns, input->columns, input->n_columns * sizeof(*input->columns));
	memcpy(widening->exprs, refs, input->n_columns * sizeof(*refs));
}

// The column that is expr; −1 when there are too many.
static int widening_add(struct widening *widening, const struct expr *expr)
{
	uint16_t i = 0;

	while (i < widening->n && !expr_equal(widening->exprs[i], expr))
		i++;
	if (i == SCHEMA_COLUMNS_MAX)
		return -1;
	if (i == widening->n) {
		const struct schema *schema = plan_schema(widening->arena, widening->input);

		widening->exprs[i] = expr;
		widening->columns[i] = plan_pass(
			widening->input, expr, expr_text(widening->arena, expr, schema), expr->pos);
		widening->n++;
	}
	return i;
}

static struct plan *widening_plan(const struct widening *widening)
{
	uint16_t n = widening->n;
	struct plan_column *columns = arena_alloc(widening->arena, n * sizeof(*columns));
	const struct expr **exprs = arena_alloc(widening->arena, n * sizeof(*exprs));

	if (n == widening->input->n_columns)
		return widening->input;
	memcpy(columns, widening->columns, n * sizeof(*columns));
	memcpy(exprs, widening->exprs, n * sizeof(*exprs));
	return plan_calc(widening->arena, widening->input, NULL, columns, exprs, n);
}

// The call's arguments and filter as columns.
static int widen_call(
	struct widening *widening, const struct bind_call *bound, struct aggregate_call *call)
{
	*call = bound->call;
	for (uint16_t i = 0; i < call->n_arguments; i++) {
		int column = widening_add(widening, bound->arguments[i]);

		if (column < 0)
			return -1;
		call->arguments[i] = (uint16_t)column;
	}
	call->filter = bound->filter == NULL ? -1 : widening_add(widening, bound->filter);
	return bound->filter != NULL && call->filter < 0 ? -1 : 0;
}

// One window's Over on top of plan; places[i] = the column of the i-th call. NULL: too many
// columns.
static struct plan *add_over(
	const struct scope *scope, uint16_t w, struct plan *plan, uint16_t *places)
{
	struct arena *arena = scope->binder->arena;
	const struct bind_over *bound = scope->over;
	const struct bind_over_window *window = &bound->windows[w];
	struct widening *widening = arena_alloc(arena, sizeof(*widening));
	struct plan_over *over = arena_alloc(arena, sizeof(*over));

	widening_init(widening, arena, plan);
	*over = (struct plan_over){
		.time_column = window->time_column,
		.is_proctime = plan->columns[window->time_column].time == PLAN_PROCTIME,
		.n_frames = window->n_frames,
		.frames = window->frames,
		.keys = arena_alloc(arena, (window->n_keys + 1u) * sizeof(*over->keys)),
		.calls = arena_alloc(arena, bound->n_calls * sizeof(*over->calls)),
	};
	for (uint16_t i = 0; i < window->n_keys; i++) {
		int column = widening_add(widening, window->keys[i]);

		if (column < 0)
			return NULL;
		over->keys[over->n_keys++] = (uint16_t)column;
	}
	for (uint16_t i = 0; i < bound->n_calls; i++) {
		struct over_call *call = &over->calls[over->n_calls];

		if (bound->calls[i].window != w)
			continue;
		if (widen_call(widening, &bound->calls[i].bound, &call->call) < 0)
			return NULL;
		call->frame = bound->calls[i].frame;
		places[i] = over->n_calls++;
	}
	if (widening->n + over->n_calls > SCHEMA_COLUMNS_MAX)
		return NULL;
	for (uint16_t i = 0; i < bound->n_calls; i++)
		if (bound->calls[i].window == w)
			places[i] = (uint16_t)(places[i] + widening->n);
	return plan_over(arena, widening_plan(widening), over);
}

struct plan *bind_over(const struct scope *scope, struct bind_list *list)
{
	struct arena *arena = scope->binder->arena;
	const struct bind_over *over = scope->over;
	struct plan *plan = (struct plan *)scope->plan;
	uint16_t places[BIND_CALLS_MAX], n = plan->n_columns;
	const struct expr **refs;

	for (uint16_t w = 0; w < over->n_windows; w++) {
		plan = add_over(scope, w, plan, places);
		if (plan == NULL) {
			refuse(scope, over->calls[0].bound.pos,
				"a select list with OVER needs more than 256 columns");
			return NULL;
		}
	}
	refs = arena_alloc(arena, (BIND_CALL + over->n_calls) * sizeof(*refs));
	for (uint16_t i = 0; i < n; i++)
		refs[i] = plan_ref(arena, plan, i);
	for (uint16_t i = 0; i < over->n_calls; i++)
		refs[BIND_CALL + i] = plan_ref(arena, plan, places[i]);
	for (uint16_t i = 0; i < list->n; i++) {
		struct plan_column *column = &list->columns[i];

		list->exprs[i] = expr_substitute(arena, list->exprs[i], refs);
		*column = plan_pass(plan, list->exprs[i], column->name, column->pos);
	}
	return plan_calc(arena, plan, NULL, list->columns, list->exprs, list->n);
}
