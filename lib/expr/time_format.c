// DATE_FORMAT, TO_TIMESTAMP, TO_DATE, FROM_UNIXTIME, UNIX_TIMESTAMP of text.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/local.h"
#include "expr/time_pattern.h"
#include "expr/time_text.h"
#include "expr/zone_argument.h"
#include <errno.h>

#define DEFAULT_PATTERN "yyyy-MM-dd HH:mm:ss"
#define SECONDS_MAX (INT64_C(86400) * MOMENT_DAYS_MAX)

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
	struct zone_span near = {0};

	CALL_FOREACH(call, row)
	put_text(call, row, local_moment(call, 0, row, &near));
}

static void from_unixtime(struct call *call)
{
	const int64_t *as = call->args[0].values;
	struct zone_span near = {0};

	CALL_FOREACH(call, row)
	{
		// Far beyond what fits below, also as milliseconds.
		int64_t utc = as[row] / 4 > SECONDS_MAX	   ? SECONDS_MAX * 4
			      : as[row] / 4 < -SECONDS_MAX ? -SECONDS_MAX * 4
							   : as[row];
		int64_t local = utc + zone_offset_near(call->expr->zone, utc * 1000, &near) / 1000;
		int64_t days = unit_floor_div(local, 86400);
		struct moment moment = {days, (local - days * 86400) * 1000000000};

		if (days > MOMENT_DAYS_MAX || days < -MOMENT_DAYS_MAX)
			nulls_set(call->nulls, row);
		else
			put_text(call, row, moment);
	}
}

static bool parse(
	struct call *call, uint16_t row, enum time_pattern_reader reader, struct moment *moment)
{
	const struct str *text = &((const struct str *)call->args[0].values)[row];
	struct time_pattern buffer;
	const struct time_pattern *pattern = pattern_at(call, row, &buffer);

	return pattern != NULL && time_pattern_parse(pattern, reader, text, moment);
}

static int64_t moment_ms(struct moment moment)
{
	return moment.days * UNIT_MS_PER_DAY + moment.ns / UNIT_NS_PER_MS;
}

// A text that the pattern does not fit may still have the form that CAST reads (Flink's
// parseTimestampData()).
static void to_timestamp(struct call *call)
{
	const struct str *as = call->args[0].values;
	int64_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (parse(call, row, TIME_PATTERN_JAVA_TIME, &moment) ||
		time_text_timestamp(str_data(&as[row]), as[row].len, 3, &moment))
		values[row] = moment_ms(moment);
	else
		nulls_set(call->nulls, row);
}

static void to_timestamp_lenient(struct call *call)
{
	int64_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (parse(call, row, TIME_PATTERN_JAVA_TEXT, &moment))
		values[row] = moment_ms(moment);
	else
		nulls_set(call->nulls, row);
}

static void to_date(struct call *call)
{
	int32_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (parse(call, row, TIME_PATTERN_JAVA_TEXT, &moment))
		values[row] = (int32_t)moment.days;
	else
		nulls_set(call->nulls, row);
}

// What is no time is the smallest BIGINT, as in Flink.
static void unix_timestamp(struct call *call)
{
	int64_t *values = call->values;
	struct moment moment;

	CALL_FOREACH(call, row)
	if (parse(call, row, TIME_PATTERN_JAVA_TEXT, &moment))
		values[row] = zone_to_utc_later(call->expr->zone, moment_ms(moment)) / 1000;
	else
		values[row] = INT64_MIN;
}

static void unix_timestamp_or_null(struct call *call)
{
	unix_timestamp(call);
	CALL_FOREACH(call, row)
	if (((int64_t *)call->values)[row] == INT64_MIN)
		nulls_set(call->nulls, row);
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

// A text of the form yyyy-MM-dd HH:mm:ss as TIMESTAMP, NULL when it is none.
static const struct expr *read_lenient(struct resolve *r, const struct expr *text)
{
	static const struct kernel kernel = {to_timestamp_lenient, KERNEL_NULLS};
	struct time_pattern *pattern = arena_alloc(r->arena, sizeof(*pattern));

	time_pattern_compile(pattern, DEFAULT_PATTERN, strlen(DEFAULT_PATTERN));
	return call_new(r, &kernel, type_timestamp(TYPE_TIMESTAMP, 3), &text, 1, pattern);
}

static int resolve_date_format(struct resolve *r)
{
	enum type_kind kind = r->args[0]->type.kind;

	if (kind == TYPE_NULL && resolve_cast(r, 0, type_timestamp(TYPE_TIMESTAMP, 3)) != 0)
		return -EINVAL;
	if (type_is_string(kind))
		r->args[0] = read_lenient(r, r->args[0]);
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
	return with_pattern(r, DEFAULT_PATTERN);
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
	static const struct kernel kernel = {unix_timestamp, 0};
	static const struct kernel kernel_of_rows = {unix_timestamp, KERNEL_NULLS};
	bool is_fixed = r->n_args == 1 || expr_is_literal(r->args[1]);

	return resolve_read(
		r, type_of(TYPE_BIGINT), is_fixed ? &kernel : &kernel_of_rows, DEFAULT_PATTERN);
}

// CONVERT_TZ(s, from, to) is FROM_UNIXTIME in zone to of UNIX_TIMESTAMP(s) in zone from.
static int resolve_convert_tz(struct resolve *r)
{
	static const struct kernel read = {unix_timestamp_or_null, KERNEL_NULLS};
	static const struct kernel write = {from_unixtime, KERNEL_NULLS};
	struct time_pattern *pattern = arena_alloc(r->arena, sizeof(*pattern));
	const struct expr *expr;
	struct session session;

	if (!type_is_string(r->args[0]->type.kind) && r->args[0]->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (resolve_cast(r, 0, type_of(TYPE_VARCHAR)) != 0)
		return -EINVAL;
	time_pattern_compile(pattern, DEFAULT_PATTERN, strlen(DEFAULT_PATTERN));
	if (zone_argument(r, 1, &session) != 0)
		return -EINVAL;
	expr = zone_call(r, &session, &read, type_of(TYPE_BIGINT), r->args[0], pattern);
	if (zone_argument(r, 2, &session) != 0)
		return -EINVAL;
	r->expr = zone_call(r, &session, &write, type_of(TYPE_VARCHAR), expr, pattern);
	return 0;
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
	{.name = "CONVERT_TZ",
		.n_min = 3,
		.n_max = 3,
		.resolve = resolve_convert_tz,
		.usage = "CONVERT_TZ(s, from, to)",
		.doc = "the time s (yyyy-MM-dd HH:mm:ss) of zone from as clocks of zone to show "
		       "it"},
};

const struct function_family family_time_format = {
	"Times as text", functions, sizeof(functions) / sizeof(*functions)};
