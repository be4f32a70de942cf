// What may be written for a window: TUMBLE(TABLE t, DESCRIPTOR(ts), size) and its like, by position
// or by name.
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "sql/bind_window.h"

static const char *const param_names[WINDOW_PARAMS] = {
	"DATA", "TIMECOL", "SLIDE", "STEP", "SIZE", "GAP", "OFFSET"};

static const struct window_form forms[] = {
	{"TUMBLE", WINDOW_TUMBLE, false, "TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset])",
		"TUMBLE(ts, size)", 3, 4,
		{WINDOW_DATA, WINDOW_TIMECOL, WINDOW_SIZE, WINDOW_OFFSET}},
	{"HOP", WINDOW_HOP, false, "HOP(TABLE t, DESCRIPTOR(ts), slide, size [, offset])",
		"HOP(ts, slide, size)", 4, 5,
		{WINDOW_DATA, WINDOW_TIMECOL, WINDOW_SLIDE, WINDOW_SIZE, WINDOW_OFFSET}},
	{"CUMULATE", WINDOW_CUMULATE, false,
		"CUMULATE(TABLE t, DESCRIPTOR(ts), step, size [, offset])", NULL, 4, 5,
		{WINDOW_DATA, WINDOW_TIMECOL, WINDOW_STEP, WINDOW_SIZE, WINDOW_OFFSET}},
	{"SESSION", WINDOW_TUMBLE, true, "SESSION(TABLE t [PARTITION BY key], DESCRIPTOR(ts), gap)",
		"SESSION(ts, gap)", 3, 3, {WINDOW_DATA, WINDOW_TIMECOL, WINDOW_GAP}},
};

const struct window_form *window_form_find(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

static int place_named(struct binder *binder, const struct window_form *form,
	const struct ast_expr *arg, const struct ast_expr *args[WINDOW_PARAMS])
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

int window_place_args(struct binder *binder, const struct window_form *form,
	const struct ast_expr *call, const struct ast_expr *args[WINDOW_PARAMS])
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
	for (uint16_t i = 0; i < form->n_required; i++)
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
	if (param != WINDOW_OFFSET && *ms <= 0)
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
	const struct ast_expr *const args[WINDOW_PARAMS], bool is_group, struct slices *slices)
{
	enum window_param part = form->shape == WINDOW_CUMULATE ? WINDOW_STEP : WINDOW_SLIDE;
	const char *part_name = part == WINDOW_STEP ? "step" : "slide";
	int64_t limit;

	if (bind_interval(binder, form, WINDOW_SIZE, args[WINDOW_SIZE], &slices->size) < 0)
		return -EINVAL;
	slices->slide = slices->size;
	slices->cumulates = form->shape == WINDOW_CUMULATE;
	if (args[part] != NULL && bind_interval(binder, form, part, args[part], &slices->slide) < 0)
		return -EINVAL;
	if (slices->size % slices->slide != 0 && !is_group)
		return err_set_at(binder->err, args[part]->pos,
			"%s: the size must be a multiple of the %s, and %s is none of %s",
			form->name, part_name, duration_text(binder->arena, slices->size),
			duration_text(binder->arena, slices->slide));
	if (args[WINDOW_OFFSET] == NULL)
		return 0;
	if (bind_interval(binder, form, WINDOW_OFFSET, args[WINDOW_OFFSET], &slices->offset) < 0)
		return -EINVAL;
	limit = form->shape == WINDOW_HOP ? slices->slide : slices->size;
	if (slices->offset <= -limit || slices->offset >= limit)
		return err_set_at(binder->err, args[WINDOW_OFFSET]->pos,
			"%s: the offset must be shorter than the %s", form->name,
			form->shape == WINDOW_HOP ? "slide" : "size");
	return 0;
}

int window_bind_lengths(struct binder *binder, const struct window_form *form,
	const struct ast_expr *const args[WINDOW_PARAMS], struct plan_window *window)
{
	window->shape = form->shape;
	window->is_session = form->is_session;
	if (!form->is_session)
		return bind_slices(binder, form, args, window->is_group, &window->slices);
	return bind_interval(binder, form, WINDOW_GAP, args[WINDOW_GAP], &window->gap_ms);
}
