// Time zones as arguments of functions. Internal to the module.
#pragma once
#include "expr/call.h"
#include "expr/session.h"
#include <errno.h>

// The session with the zone that args[i], a literal, names. Returns 0, or -EINVAL with r->err
// filled.
static inline int zone_argument(struct resolve *r, uint16_t i, struct session *session)
{
	const struct expr *name = r->args[i];
	const char *text;

	if (!expr_is_literal(name) || name->is_null || !type_is_string(name->type.kind))
		return err_set_at(r->err, name->pos,
			"'%s' takes a time zone as a string literal, such as 'Europe/Berlin'",
			r->function->name);
	text = arena_strndup(r->arena, str_data(&name->value.str), name->value.str.len);
	session->zone_files = session_zone_files(r->arena);
	session->zone = zone_find(r->arena, text, session->zone_files);
	if (session->zone == NULL)
		return err_set_at(r->err, name->pos,
			"'%.64s' is no time zone: write one of the tz database as 'Europe/Berlin', "
			"'GMT+08:00' or 'UTC'",
			text);
	return 0;
}

// call_new() of one argument in another time zone than the session's.
static inline const struct expr *zone_call(struct resolve *r, const struct session *session,
	const struct kernel *kernel, struct type type, const struct expr *arg, const void *data)
{
	const void *before = arena_context(r->arena);
	const struct expr *expr;

	session_set(r->arena, session);
	expr = call_new(r, kernel, type, &arg, 1, data);
	arena_set_context(r->arena, before);
	return expr;
}
