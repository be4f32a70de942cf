// Between the files that bind windows: their forms and what was written for one.
#pragma once
#include "sql/bind.h"

enum window_param {
	WINDOW_DATA,
	WINDOW_TIMECOL,
	WINDOW_SLIDE,
	WINDOW_STEP,
	WINDOW_SIZE,
	WINDOW_GAP,
	WINDOW_OFFSET,
	WINDOW_PARAMS,
};

struct window_form {
	const char *name;
	enum window_shape shape;
	bool is_session;
	const char *usage;
	const char *group_usage; // in GROUP BY; NULL: it does not stand there
	uint16_t n_required, n_params;
	enum window_param params[WINDOW_PARAMS]; // in the order in which they are written
};

// The form of this name, or NULL.
const struct window_form *window_form_find(const char *name);
// The arguments of a call by what they are; NULL: not written. Returns 0, or -EINVAL.
int window_place_args(struct binder *binder, const struct window_form *form,
	const struct ast_expr *call, const struct ast_expr *args[WINDOW_PARAMS]);
// The time attribute that name is in scope's plan, for a table function: its column, or -EINVAL.
int bind_time_attribute(
	const struct scope *scope, const char *function, const struct ast_expr *name);
// Slide, step, size, gap and offset into window. Returns 0, or -EINVAL.
int window_bind_lengths(struct binder *binder, const struct window_form *form,
	const struct ast_expr *const args[WINDOW_PARAMS], struct plan_window *window);
// A Window over scope's plan by the time attribute that is named; window is copied. NULL with err
// filled.
struct plan *window_make(const struct scope *scope, const struct window_form *form,
	const struct ast_expr *time, const struct plan_window *window);
