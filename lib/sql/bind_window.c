// Windows over a time attribute, and the table functions that make them.
#include <errno.h>
#include <string.h>
#include "sql/bind_window.h"

// Sessions over processing time may end at any time.
enum { SESSION_TICK_MS = 10 };

// ---- The time attribute

static int no_rowtime(const struct scope *scope, const char *function, struct pos pos,
	const struct plan_column *column)
{
	struct err *err = scope->binder->err;
	char type[TYPE_NAME_MAX];
	const char *name = column->name, *table = scope->table;
	const char *of =
		table != NULL ? arena_printf(scope->binder->arena, " of table '%s'", table) : "";

	type_name(column->type, type);
	if (!type_is_timestamp(column->type.kind))
		return err_set_at(err, pos,
			"%s needs a time attribute: column '%s'%s has type %s; a time attribute is "
			"a "
			"TIMESTAMP(3) or TIMESTAMP_LTZ(3) with WATERMARK FOR",
			function, name, of, type);
	if (table == NULL || catalog_find_table(scope->binder->catalog, table) == NULL)
		return err_set_at(err, pos,
			"%s needs a time attribute: column '%s'%s has type %s and is none; behind "
			"an "
			"aggregate it is window_time, elsewhere the plain column of WATERMARK FOR",
			function, name, of, type);
	return err_set_at(err, pos,
		"%s needs a time attribute: column '%s'%s has type %s and no WATERMARK FOR; add "
		"WATERMARK FOR %s AS %s - INTERVAL '5' SECOND to CREATE TABLE %s",
		function, name, of, type, name, name, table);
}

int bind_time_attribute(
	const struct scope *scope, const char *function, const struct ast_expr *name)
{
	const struct expr *expr = bind_expr(scope, name);

	if (expr == NULL)
		return -EINVAL;
	if (expr->kind != EXPR_COLUMN)
		return err_set_at(scope->binder->err, name->pos,
			"%s needs a time attribute: a column, not an expression", function);
	if (scope->plan->columns[expr->column].time == PLAN_NO_TIME)
		return no_rowtime(scope, function, name->pos, &scope->plan->columns[expr->column]);
	return expr->column;
}

// How often the clock that stands for event time must be looked at, so that windows end in time.
static struct plan *over_clock(
	struct arena *arena, struct plan *input, uint16_t column, const struct plan_window *window)
{
	if (window->is_session)
		return plan_proctime(arena, input, column, SESSION_TICK_MS, 0);
	return plan_proctime(arena, input, column, window->slices.slide, window->slices.offset);
}

struct plan *window_make(const struct scope *scope, const struct window_form *form,
	const struct ast_expr *time, const struct plan_window *window)
{
	struct arena *arena = scope->binder->arena;
	struct plan *input = (struct plan *)scope->plan;
	struct plan_window *made = arena_alloc(arena, sizeof(*made));
	int column = bind_time_attribute(scope, form->name, time);

	if (column < 0)
		return NULL;
	if (input->n_columns + 3 > SCHEMA_COLUMNS_MAX) {
		err_set_at(scope->binder->err, time->pos,
			"%s adds 3 columns to %u: more than %d are not supported", form->name,
			input->n_columns, SCHEMA_COLUMNS_MAX);
		return NULL;
	}
	*made = *window;
	made->time_type = type_timestamp(input->columns[column].type.kind, 3);
	made->is_proctime = input->columns[column].time == PLAN_PROCTIME;
	// Instants are cut into the days and hours of the session's time zone.
	if (made->time_type.kind == TYPE_TIMESTAMP_LTZ &&
		!zone_is_utc(scope->binder->settings->session.zone))
		made->slices.zone = scope->binder->settings->session.zone;
	if (made->is_proctime)
		input = over_clock(arena, input, (uint16_t)column, made);
	return plan_window(arena, input, made, (uint16_t)column);
}

// ---- Table functions

// PARTITION BY of a session: the columns whose sessions are merged.
static int bind_partition(
	const struct scope *scope, const struct ast_table_arg *data, struct plan_window *window)
{
	uint16_t *partition =
		arena_alloc(scope->binder->arena, (data->n_partition_by + 1) * sizeof(*partition));

	for (uint32_t i = 0; i < data->n_partition_by; i++) {
		const struct expr *key = bind_expr(scope, data->partition_by[i]);

		if (key == NULL)
			return -EINVAL;
		if (key->kind != EXPR_COLUMN)
			return err_set_at(scope->binder->err, data->partition_by[i]->pos,
				"SESSION: PARTITION BY takes columns, not expressions");
		partition[i] = key->column;
	}
	window->n_partition = (uint16_t)data->n_partition_by;
	window->partition = partition;
	return 0;
}

// The table and the descriptor. 0, or -EINVAL.
static int check_args(struct binder *binder, const struct window_form *form,
	const struct ast_expr *const args[WINDOW_PARAMS])
{
	const struct ast_expr *data = args[WINDOW_DATA], *descriptor = args[WINDOW_TIMECOL];

	if (data->kind != AST_TABLE)
		return err_set_at(binder->err, data->pos,
			"%s: DATA is a table, written TABLE t or (SELECT …): it is %s", form->name,
			form->usage);
	if (form->is_session && data->table->n_order_by > 0)
		return err_set_at(binder->err, data->pos, "SESSION takes no ORDER BY");
	if (!form->is_session && (data->table->n_partition_by > 0 || data->table->n_order_by > 0))
		return err_set_at(binder->err, data->pos,
			"%s takes no PARTITION BY and no ORDER BY: group by the keys instead",
			form->name);
	if (descriptor->kind == AST_CALL && strcmp(descriptor->call->name, "DESCRIPTOR") == 0 &&
		descriptor->call->n_args == 1)
		return 0;
	return err_set_at(binder->err, descriptor->pos,
		"%s: TIMECOL is DESCRIPTOR(column) of one column: it is %s", form->name,
		form->usage);
}

struct plan *bind_window_function(struct binder *binder, const struct ast_expr *call)
{
	const struct window_form *form = window_form_find(call->call->name);
	const struct ast_expr *args[WINDOW_PARAMS] = {0};
	struct scope scope = {.binder = binder, .clause = "DESCRIPTOR"};
	struct plan_window window = {.pos = call->pos};

	if (form == NULL) {
		err_set_at(binder->err, call->pos,
			"there is no table function '%s'; TUMBLE, HOP, CUMULATE, SESSION and "
			"ANOMALY are",
			call->call->name);
		return NULL;
	}
	if (window_place_args(binder, form, call, args) < 0 || check_args(binder, form, args) < 0)
		return NULL;
	scope.plan = bind_table(binder, args[WINDOW_DATA]->table->table, &scope.table);
	if (scope.plan == NULL || window_bind_lengths(binder, form, args, &window) < 0)
		return NULL;
	if (bind_partition(&scope, args[WINDOW_DATA]->table, &window) < 0)
		return NULL;
	return window_make(&scope, form, args[WINDOW_TIMECOL]->call->args[0], &window);
}
