// DATE_FORMAT, TO_TIMESTAMP, TO_DATE, FROM_UNIXTIME, UNIX_TIMESTAMP of text.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/time_pattern.h"
#include <errno.h>

// The pattern is compiled when it is a literal (data), else for each row.

static const struct time_pattern *pattern_at(
	const struct call *call, uint16_t row, struct time_pattern *buffer)
{
	const struct str *text;

	if (call->expr->data != NULL)
		return call->expr->data;
	text = &((const struct str *)call->args[1].values)[row];
	return time_pattern_compile(buffer, str_data(text), text->len) ? buffer : NULL;
}

static void put_text(struct call *call, uint16_t row, struct moment moment)
{
	struct time_pattern buffer;
	const struct time_pattern *pattern = pattern_at(call, row, &buffer);
	char text[TIME_PATTERN_TEXT_MAX], *room;
	uint32_t len;

	if (pattern == NULL) {
		nulls_set(call->nulls, row);
		return;
	}
	len = time_pattern_format(pattern, moment, text);
	room = call_str_room(call, row, len);
	if (room == NULL)
		return;
	memcpy(room, text, len);
	call_str_done(call, row, room, len);
}

static void date_format(struct call *call)
{
	CALL_FOREACH(call, row)
	put_text(call, row, moment_get(call->expr->args[0]->type, call->args[0].values, row));
}

static void from_unixtime(struct call *call)
{
	const int64_t *as = call->args[0].values;

	CALL_FOREACH(call, row)
	{
		int64_t days = unit_floor_div(as[row], 86400);
		struct moment moment = {days, (as[row] - days * 86400) * 1000000000};

		if (days > MOMENT_DAYS_MAX || days < -MOMENT_DAYS_MAX)
			nulls_set(call->nulls, row);
		else
			put_text(call, row, moment);
	}
}

// What the text says, or the row is NULL.
static bool read_moment(struct call *call, uint16_t row, struct moment *moment)
{
	const struct str *text = &((const struct str *)call->args[0].values)[row];
	struct time_pattern buffer;
	const struct time_pattern *pattern = pattern_at(call, row, &buffer);

	if (pattern != NULL && time_pattern_parse(pattern, text, moment))
		return true;
	nulls_set(call->nulls, row);
	return false;
}

static void to_timestamp(struct call *call)
{
	int64_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (read_moment(call, row, &moment))
		values[row] = moment.days * UNIT_MS_PER_DAY + moment.ns / UNIT_NS_PER_MS;
}

static void to_date(struct call *call)
{
	int32_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (read_moment(call, row, &moment))
		values[row] = (int32_t)moment.days;
}

static void unix_timestamp(struct call *call)
{
	int64_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (read_moment(call, row, &moment))
		values[row] = moment.days * 86400 + moment.ns / 1000000000;
}

// Compile the pattern in args[1] when it is a literal.
static int resolve_pattern(struct resolve *r)
{
	const struct expr *text = r->args[1];
	struct time_pattern *pattern;

	if (!type_is_string(text->type.kind) && text->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (resolve_cast(r, 1, type_of(TYPE_VARCHAR)) != 0)
		return -EINVAL;
	if (!expr_is_literal(text) || text->is_null)
		return 0;
	pattern = arena_alloc(r->arena, sizeof(*pattern));
	if (!time_pattern_compile(pattern, str_data(&text->value.str), text->value.str.len))
		return err_set_at(r->err, text->pos,
			"'%s' knows the pattern letters y, M, d, D, H, h, m, s, S, a and E",
			r->function->name);
	r->data = pattern;
	r->constants = r->args + 1;
	r->n_constants = 1;
	r->n_args = 1;
	return 0;
}

// The arguments of r with the pattern that is meant when none is said.
static int with_pattern(struct resolve *r, const char *otherwise)
{
	const struct expr **args = arena_alloc(r->arena, 2 * sizeof(*args));

	args[0] = r->args[0];
	if (r->n_args > 1) {
		args[1] = r->args[1];
	} else {
		struct str text = str_view(otherwise, (uint32_t)strlen(otherwise));

		args[1] = expr_literal(
			r->arena, type_of(TYPE_VARCHAR), (union scalar){.str = text}, r->pos);
	}
	r->args = args;
	r->n_args = 2;
	return resolve_pattern(r);
}

static int resolve_date_format(struct resolve *r)
{
	enum type_kind kind = r->args[0]->type.kind;

	if ((type_is_string(kind) || kind == TYPE_NULL) &&
		resolve_cast(r, 0, type_timestamp(TYPE_TIMESTAMP, 3)) != 0)
		return -EINVAL;
	kind = r->args[0]->type.kind;
	if (!type_is_timestamp(kind) && kind != TYPE_DATE)
		return resolve_refuse(r);
	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &r->function->kernel;
	return resolve_pattern(r);
}

static int resolve_from_unixtime(struct resolve *r)
{
	if (!type_is_integer(r->args[0]->type.kind) && r->args[0]->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (resolve_cast(r, 0, type_of(TYPE_BIGINT)) != 0)
		return -EINVAL;
	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &r->function->kernel;
	return with_pattern(r, "yyyy-MM-dd HH:mm:ss");
}

static int resolve_read(
	struct resolve *r, struct type type, const struct kernel *kernel, const char *otherwise)
{
	if (!type_is_string(r->args[0]->type.kind) && r->args[0]->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (resolve_cast(r, 0, type_of(TYPE_VARCHAR)) != 0)
		return -EINVAL;
	r->type = type;
	r->kernel = kernel;
	return with_pattern(r, otherwise);
}

// Without a pattern it reads what CAST reads.
static int resolve_read_or_cast(struct resolve *r, struct type type)
{
	if (r->n_args == 2)
		return resolve_read(r, type, &r->function->kernel, NULL);
	if (!type_is_string(r->args[0]->type.kind) && r->args[0]->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	r->expr = expr_cast(r->arena, r->args[0], type, true, r->pos, r->err);
	return r->expr != NULL ? 0 : -EINVAL;
}

static int resolve_to_timestamp(struct resolve *r)
{
	return resolve_read_or_cast(r, type_timestamp(TYPE_TIMESTAMP, 3));
}

static int resolve_to_date(struct resolve *r)
{
	return resolve_read_or_cast(r, type_of(TYPE_DATE));
}

int resolve_unix_timestamp_of(struct resolve *r)
{
	static const struct kernel kernel = {unix_timestamp, KERNEL_NULLS};

	return resolve_read(r, type_of(TYPE_BIGINT), &kernel, "yyyy-MM-dd HH:mm:ss");
}

#define F(sql, min, resolver, run, use, text)                               \
	{                                                                   \
		.name = sql, .n_min = min, .n_max = 2, .resolve = resolver, \
		.kernel = {run, KERNEL_NULLS}, .usage = use, .doc = text    \
	}

static const struct function functions[] = {
	F("DATE_FORMAT", 2, resolve_date_format, date_format, "DATE_FORMAT(t, format)",
		"t as text by Java's pattern, such as 'yyyy-MM-dd HH:mm'"),
	F("FROM_UNIXTIME", 1, resolve_from_unixtime, from_unixtime, "FROM_UNIXTIME(n [, format])",
		"n seconds since 1970 as text"),
	F("TO_TIMESTAMP", 1, resolve_to_timestamp, to_timestamp, "TO_TIMESTAMP(s [, format])",
		"the TIMESTAMP(3) that the text says; NULL when it says none"),
	F("TO_DATE", 1, resolve_to_date, to_date, "TO_DATE(s [, format])",
		"the date that the text says; NULL when it says none"),
};

const struct function_family family_time_format = {
	"Times as text", functions, sizeof(functions) / sizeof(*functions)};
