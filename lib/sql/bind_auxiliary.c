// What a window of GROUP BY tells in the select list and in HAVING: TUMBLE_START(ts, size),
// HOP_ROWTIME(ts, slide, size), SESSION_END(ts, gap) and so on, with the arguments of the window.
#include <string.h>
#include "sql/bind.h"

enum auxiliary { START, END, ROWTIME, PROCTIME, AUXILIARIES };

// Which of them name is; AUXILIARIES: none.
static enum auxiliary find_auxiliary(const char *name)
{
	static const char *const windows[] = {"TUMBLE_", "HOP_", "SESSION_"};
	static const char *const whats[AUXILIARIES] = {"START", "END", "ROWTIME", "PROCTIME"};
	enum auxiliary i = START;
	size_t len = 0;

	for (size_t w = 0; w < sizeof(windows) / sizeof(*windows) && len == 0; w++)
		if (strncmp(name, windows[w], strlen(windows[w])) == 0)
			len = strlen(windows[w]);
	while (i < AUXILIARIES && (len == 0 || strcmp(name + len, whats[i]) != 0))
		i++;
	return i;
}

bool bind_is_auxiliary(const struct ast_expr *ast)
{
	return find_auxiliary(ast->call->name) != AUXILIARIES;
}

static bool same_args(struct arena *arena, const struct ast_call *a, const struct ast_call *b)
{
	if (a->n_args != b->n_args)
		return false;
	for (uint32_t i = 0; i < a->n_args; i++)
		if (strcmp(ast_print_expr(arena, a->args[i]), ast_print_expr(arena, b->args[i])) !=
			0)
			return false;
	return true;
}

// Whether ast stands where it may, with the arguments of the window that is grouped by.
static bool check(const struct scope *scope, const struct ast_expr *ast, enum auxiliary what)
{
	static const char *const columns[] = {"_start", "_end", "_time", "_time"};
	const struct bind_group *group = scope->group;
	const struct ast_call *call = ast->call, *window;
	int len = (int)strcspn(call->name, "_");

	if (group == NULL) {
		err_set_at(scope->binder->err, ast->pos, "%s cannot stand in %s", call->name,
			scope->clause);
		return false;
	}
	if (group->window_call == NULL) {
		err_set_at(scope->binder->err, ast->pos,
			"%s needs GROUP BY %.*s(ts, …); behind a window function it is window%s",
			call->name, len, call->name, columns[what]);
		return false;
	}
	window = group->window_call->call;
	if (strncmp(call->name, window->name, (size_t)len) == 0 && window->name[len] == '\0' &&
		same_args(scope->binder->arena, call, window))
		return true;
	err_set_at(scope->binder->err, ast->pos, "%s must have the arguments of %s in GROUP BY",
		call->name, window->name);
	return false;
}

struct expr *bind_auxiliary(const struct scope *scope, const struct ast_expr *ast)
{
	struct arena *arena = scope->binder->arena;
	enum auxiliary what = find_auxiliary(ast->call->name);
	struct expr *expr;

	if (!check(scope, ast, what))
		return NULL;
	if (what == ROWTIME &&
		scope->plan->columns[scope->group->window_columns].window->is_proctime) {
		err_set_at(scope->binder->err, ast->pos,
			"%s: a window over processing time has no rowtime; it has %.*s_PROCTIME",
			ast->call->name, (int)strcspn(ast->call->name, "_"), ast->call->name);
		return NULL;
	}
	if (what == PROCTIME)
		return expr_call(arena, "PROCTIME", NULL, 0, ast->pos, scope->binder->err);
	expr = plan_ref(arena, scope->plan, (uint16_t)(scope->group->window_columns + (int)what));
	expr->pos = ast->pos;
	return expr;
}
