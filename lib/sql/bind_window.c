// Window table functions, TUMBLE(TABLE t, DESCRIPTOR(ts), size), HOP(…, slide, size) and
// CUMULATE(…, step, size), and the older form of some in GROUP BY.
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "base/nearest.h"
#include "sql/bind.h"

enum window_param { DATA, TIMECOL, SLIDE, STEP, SIZE, OFFSET, N_PARAMS };

static const char *const param_names[N_PARAMS] = {
	"DATA", "TIMECOL", "SLIDE", "STEP", "SIZE", "OFFSET"};

static const struct window_form {
	const char *name;
	enum window_shape shape;
	const char *usage;
	const char *group_usage; // in GROUP BY; NULL: it does not stand there
	uint16_t n_params; // the last one, OFFSET, may be left out
	enum window_param params[N_PARAMS]; // in the order in which they are written
} forms[] = {
	{"TUMBLE", WINDOW_TUMBLE, "TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset])",
		"TUMBLE(ts, size)", 4, {DATA, TIMECOL, SIZE, OFFSET}},
	{"HOP", WINDOW_HOP, "HOP(TABLE t, DESCRIPTOR(ts), slide, size [, offset])",
		"HOP(ts, slide, size)", 5, {DATA, TIMECOL, SLIDE, SIZE, OFFSET}},
	{"CUMULATE", WINDOW_CUMULATE, "CUMULATE(TABLE t, DESCRIPTOR(ts), step, size [, offset])",
		NULL, 5, {DATA, TIMECOL, STEP, SIZE, OFFSET}},
};

static const struct window_form *find_form(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

static int no_form(struct binder *binder, const struct ast_expr *call)
{
	static const char *const later[] = {"SESSION"};
	const char *name = call->call->name;

	for (size_t i = 0; i < sizeof(later) / sizeof(*later); i++)
		if (strcmp(name, later[i]) == 0)
			return err_set_at(binder->err, call->pos, "%s is not supported yet", name);
	return err_set_at(binder->err, call->pos,
		"there is no table function '%s'; TUMBLE, HOP and CUMULATE are", name);
}

// ---- Arguments

static int place_named(struct binder *binder, const struct window_form *form,
	const struct ast_expr *arg, const struct ast_expr *args[N_PARAMS])
{
	const char *name = arg->call->args[0]->symbol;

	for (uint16_t i = 0; i < form->n_params; i++) {
		if (strcasecmp(param_names[form->params[i]], name) != 0)
			continue;
		if (args[form->params[i]] != NULL)
			return err_set_at(
				binder->err, arg->pos, "%s has %s twice", form->name, name);
		args[form->params[i]] = arg->call->args[1];
		return 0;
	}
	return err_set_at(binder->err, arg->pos, "%s has no argument '%s': it is %s", form->name,
		name, form->usage);
}

static int place_args(struct binder *binder, const struct window_form *form,
	const struct ast_expr *call, const struct ast_expr *args[N_PARAMS])
{
	const struct ast_call *c = call->call;

	if (c->n_args > form->n_params)
		return err_set_at(binder->err, c->args[form->n_params]->pos,
			"%s has too many arguments: it is %s", form->name, form->usage);
	for (uint16_t i = 0; i < c->n_args; i++) {
		const struct ast_expr *arg = c->args[i];

		if (arg->kind == AST_CALL && strcmp(arg->call->name, "=>") == 0) {
			if (place_named(binder, form, arg, args) < 0)
				return -EINVAL;
		} else {
			args[form->params[i]] = arg;
		}
	}
	for (uint16_t i = 0; i + 1 < form->n_params; i++)
		if (args[form->params[i]] == NULL)
			return err_set_at(binder->err, call->pos,
				"%s lacks the argument %s: it is %s", form->name,
				param_names[form->params[i]], form->usage);
	return 0;
}

// A constant interval in milliseconds.
static int bind_interval(struct binder *binder, const struct window_form *form,
	enum window_param param, const struct ast_expr *ast, int64_t *ms)
{
	static const struct plan nothing;
	const struct scope scope = {
		.binder = binder, .plan = &nothing, .clause = "an argument of a window function"};
	const struct expr *expr = bind_expr(&scope, ast);

	if (expr == NULL)
		return -EINVAL;
	if (!expr_is_literal(expr) || expr->is_null || expr->type.kind != TYPE_INTERVAL_DAY)
		return err_set_at(binder->err, ast->pos,
			"%s: %s is an interval of days, hours, minutes or seconds, as in INTERVAL "
			"'5' "
			"MINUTE",
			form->name, param_names[param]);
	*ms = expr->value.i64;
	if (param != OFFSET && *ms <= 0)
		return err_set_at(binder->err, ast->pos, "%s: %s must be positive", form->name,
			param_names[param]);
	return 0;
}

static const char *duration_text(struct arena *arena, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}, {1, "ms"}};
	size_t i = 0;

	while (ms % units[i].ms != 0)
		i++;
	return arena_printf(arena, "%lld %s", (long long)(ms / units[i].ms), units[i].unit);
}

static int bind_slices(struct binder *binder, const struct window_form *form,
	const struct ast_expr *const args[N_PARAMS], struct slices *slices)
{
	enum window_param part = form->shape == WINDOW_CUMULATE ? STEP : SLIDE;
	const char *part_name = part == STEP ? "step" : "slide";
	int64_t limit;

	if (bind_interval(binder, form, SIZE, args[SIZE], &slices->size) < 0)
		return -EINVAL;
	slices->slide = slices->size;
	slices->cumulates = form->shape == WINDOW_CUMULATE;
	if (args[part] != NULL && bind_interval(binder, form, part, args[part], &slices->slide) < 0)
		return -EINVAL;
	if (slices->size % slices->slide != 0)
		return err_set_at(binder->err, args[part]->pos,
			"%s: the size must be a multiple of the %s, and %s is none of %s",
			form->name, part_name, duration_text(binder->arena, slices->size),
			duration_text(binder->arena, slices->slide));
	if (args[OFFSET] == NULL)
		return 0;
	if (bind_interval(binder, form, OFFSET, args[OFFSET], &slices->offset) < 0)
		return -EINVAL;
	limit = form->shape == WINDOW_HOP ? slices->slide : slices->size;
	if (slices->offset <= -limit || slices->offset >= limit)
		return err_set_at(binder->err, args[OFFSET]->pos,
			"%s: the offset must be shorter than the %s", form->name,
			form->shape == WINDOW_HOP ? "slide" : "size");
	return 0;
}

// ---- The time attribute

static int no_rowtime(const struct scope *scope, const struct window_form *form, struct pos pos,
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
			form->name, name, of, type);
	if (table == NULL || catalog_find_table(scope->binder->catalog, table) == NULL)
		return err_set_at(err, pos,
			"%s needs a time attribute: column '%s'%s has type %s and is none; behind "
			"an "
			"aggregate it is window_time, elsewhere the plain column of WATERMARK FOR",
			form->name, name, of, type);
	return err_set_at(err, pos,
		"%s needs a time attribute: column '%s'%s has type %s and no WATERMARK FOR; add "
		"WATERMARK FOR %s AS %s - INTERVAL '5' SECOND to CREATE TABLE %s",
		form->name, name, of, type, name, name, table);
}

// The time attribute's column, or -EINVAL.
static int bind_time(
	const struct scope *scope, const struct window_form *form, const struct ast_expr *name)
{
	const struct expr *expr = bind_expr(scope, name);

	if (expr == NULL)
		return -EINVAL;
	if (expr->kind != EXPR_COLUMN)
		return err_set_at(scope->binder->err, name->pos,
			"%s needs a time attribute: a column, not an expression", form->name);
	if (scope->plan->columns[expr->column].time == PLAN_NO_TIME)
		return no_rowtime(scope, form, name->pos, &scope->plan->columns[expr->column]);
	return expr->column;
}

static struct plan *make_window(const struct scope *scope, const struct window_form *form,
	const struct ast_expr *time, const struct slices *slices)
{
	struct arena *arena = scope->binder->arena;
	struct plan *input = (struct plan *)scope->plan;
	struct plan_window *window = arena_alloc(arena, sizeof(*window));
	int column = bind_time(scope, form, time);

	if (column < 0)
		return NULL;
	if (input->n_columns + 3 > SCHEMA_COLUMNS_MAX) {
		err_set_at(scope->binder->err, time->pos,
			"%s adds 3 columns to %u: more than %d are not supported", form->name,
			input->n_columns, SCHEMA_COLUMNS_MAX);
		return NULL;
	}
	window->is_proctime = input->columns[column].time == PLAN_PROCTIME;
	if (window->is_proctime)
		input = plan_proctime(
			arena, input, (uint16_t)column, slices->slide, slices->offset);
	window->shape = form->shape;
	window->slices = *slices;
	window->time_type = type_timestamp(input->columns[column].type.kind, 3);
	return plan_window(arena, input, window, (uint16_t)column);
}

struct plan *bind_window_function(struct binder *binder, const struct ast_expr *call)
{
	const struct window_form *form = find_form(call->call->name);
	const struct ast_expr *args[N_PARAMS] = {0}, *descriptor;
	struct scope scope = {.binder = binder, .clause = "DESCRIPTOR"};
	const struct ast_table_arg *data;
	struct slices slices = {0};

	if (form == NULL) {
		no_form(binder, call);
		return NULL;
	}
	if (place_args(binder, form, call, args) < 0)
		return NULL;
	descriptor = args[TIMECOL];
	if (args[DATA]->kind != AST_TABLE) {
		err_set_at(binder->err, args[DATA]->pos,
			"%s: DATA is a table, written TABLE t or (SELECT …): it is %s", form->name,
			form->usage);
		return NULL;
	}
	data = args[DATA]->table;
	if (data->n_partition_by > 0 || data->n_order_by > 0) {
		err_set_at(binder->err, args[DATA]->pos,
			"%s takes no PARTITION BY and no ORDER BY: group by the keys instead",
			form->name);
		return NULL;
	}
	if (descriptor->kind != AST_CALL || strcmp(descriptor->call->name, "DESCRIPTOR") != 0 ||
		descriptor->call->n_args != 1) {
		err_set_at(binder->err, descriptor->pos,
			"%s: TIMECOL is DESCRIPTOR(column) of one column: it is %s", form->name,
			form->usage);
		return NULL;
	}
	scope.plan = bind_table(binder, data->table, &scope.table);
	if (scope.plan == NULL || bind_slices(binder, form, args, &slices) < 0)
		return NULL;
	return make_window(&scope, form, descriptor->call->args[0], &slices);
}

// ---- GROUP BY TUMBLE(ts, size)

bool bind_is_group_window(const struct ast_expr *ast)
{
	return ast->kind == AST_CALL &&
	       (find_form(ast->call->name) != NULL || strcmp(ast->call->name, "SESSION") == 0);
}

struct plan *bind_group_window(const struct scope *scope, const struct ast_expr *ast)
{
	const struct ast_call *call = ast->call;
	const struct window_form *form = find_form(call->name);
	const struct ast_expr *args[N_PARAMS] = {0};
	struct slices slices = {0};
	struct plan *plan;

	if (form == NULL) {
		no_form(scope->binder, ast);
		return NULL;
	}
	if (form->group_usage == NULL) {
		err_set_at(scope->binder->err, ast->pos,
			"%s does not stand in GROUP BY: it is FROM TABLE(%s)", form->name,
			form->usage);
		return NULL;
	}
	if (call->n_args != form->n_params - 2u) {
		err_set_at(scope->binder->err, ast->pos, "in GROUP BY it is %s", form->group_usage);
		return NULL;
	}
	for (uint16_t i = 1; i < call->n_args; i++)
		args[form->params[i + 1]] = call->args[i];
	if (bind_slices(scope->binder, form, args, &slices) < 0)
		return NULL;
	plan = make_window(scope, form, call->args[0], &slices);
	// Names that nobody can write without meaning them, as Flink has them.
	if (plan != NULL) {
		plan->columns[plan->n_columns - 3].name = "w$start";
		plan->columns[plan->n_columns - 2].name = "w$end";
		plan->columns[plan->n_columns - 1].name = "w$rowtime";
	}
	return plan;
}
