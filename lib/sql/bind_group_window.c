// GROUP BY TUMBLE(ts, size), HOP(ts, slide, size), SESSION(ts, gap): windows that may also say what
// they have so far, and go on after their end (table.exec.emit.*).
#include <errno.h>
#include "sql/bind_window.h"

bool bind_is_group_window(const struct ast_expr *ast)
{
	return ast->kind == AST_CALL && window_form_find(ast->call->name) != NULL;
}

// What the settings say, checked as Flink's WindowEmitStrategy does.
static int bind_emit(const struct scope *scope, struct plan_window *window, bool is_proctime)
{
	const struct settings_emit *emit = &scope->binder->settings->emit;
	struct err *err = scope->binder->err;

	// Sessions cannot be taken back: they ignore lateness.
	if (!window->is_session)
		window->emit.lateness_ms = settings_lateness_ms(scope->binder->settings);
	window->emit.early_ms = emit->is_early ? emit->early_ms : -1;
	window->emit.late_ms = emit->is_late && !is_proctime ? emit->late_ms : -1;
	if (window->is_session && (emit->is_early || emit->is_late))
		return err_set_at(err, window->pos,
			"SESSION has no early and no late firing: unset "
			"table.exec.emit.early-fire.enabled "
			"and table.exec.emit.late-fire.enabled");
	if (!is_proctime && emit->is_late && window->emit.lateness_ms <= 0)
		return err_set_at(err, window->pos,
			"table.exec.emit.late-fire.enabled needs table.exec.emit.allow-lateness");
	if (emit->is_early && emit->early_ms < 0)
		return err_set_at(err, window->pos,
			"table.exec.emit.early-fire.enabled needs "
			"table.exec.emit.early-fire.delay");
	if (emit->is_late && emit->late_ms < 0)
		return err_set_at(err, window->pos,
			"table.exec.emit.late-fire.enabled needs table.exec.emit.late-fire.delay");
	return 0;
}

struct plan *bind_group_window(const struct scope *scope, const struct ast_expr *ast)
{
	const struct ast_call *call = ast->call;
	const struct window_form *form = window_form_find(call->name);
	const struct ast_expr *args[WINDOW_PARAMS] = {0};
	struct plan_window window = {.pos = ast->pos, .is_group = true};
	struct plan *plan;

	if (form->group_usage == NULL) {
		err_set_at(scope->binder->err, ast->pos,
			"%s does not stand in GROUP BY: it is FROM TABLE(%s)", form->name,
			form->usage);
		return NULL;
	}
	if (call->n_args != form->n_required - 1u) {
		err_set_at(scope->binder->err, ast->pos, "in GROUP BY it is %s", form->group_usage);
		return NULL;
	}
	for (uint16_t i = 1; i < call->n_args; i++)
		args[form->params[i + 1]] = call->args[i];
	if (window_bind_lengths(scope->binder, form, args, &window) < 0)
		return NULL;
	plan = window_make(scope, form, call->args[0], &window);
	if (plan == NULL ||
		bind_emit(scope, (struct plan_window *)plan->window, plan->window->is_proctime) < 0)
		return NULL;
	// Names that nobody can write without meaning them, as Flink has them.
	plan->columns[plan->n_columns - 3].name = "w$start";
	plan->columns[plan->n_columns - 2].name = "w$end";
	plan->columns[plan->n_columns - 1].name = "w$rowtime";
	return plan;
}
