// The current time, in the session's time zone; TIMESTAMPADD, TIMESTAMPDIFF.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/local.h"
#include "expr/unit.h"
#include "row/datetime.h"
#include <errno.h>

static void fill64(struct call *call, int64_t value)
{
	for (uint16_t i = 0; i < call->n; i++)
		((int64_t *)call->values)[call_slot(call, i)] = value;
}

static void fill32(struct call *call, int32_t value)
{
	for (uint16_t i = 0; i < call->n; i++)
		((int32_t *)call->values)[call_slot(call, i)] = value;
}

static int64_t now_ms(const struct call *call)
{
	return unit_floor_div(call->eval->now.wall_ns, UNIT_NS_PER_MS);
}

static void current_timestamp(struct call *call)
{
	fill64(call, now_ms(call));
}

static int64_t local_now_ms(const struct call *call)
{
	return zone_to_local(call->expr->zone, now_ms(call));
}

static void local_timestamp(struct call *call)
{
	fill64(call, local_now_ms(call));
}

static void current_date(struct call *call)
{
	fill32(call, (int32_t)unit_floor_div(local_now_ms(call), UNIT_MS_PER_DAY));
}

static void current_time(struct call *call)
{
	int64_t now = local_now_ms(call);
	int64_t ms = now - unit_floor_div(now, UNIT_MS_PER_DAY) * UNIT_MS_PER_DAY;

	fill32(call, (int32_t)(ms - ms % 1000)); // TIME(0)
}

static void unix_now(struct call *call)
{
	fill64(call, unit_floor_div(now_ms(call), 1000));
}

static int resolve_now(struct resolve *r)
{
	r->kernel = &r->function->kernel;
	r->type = type_of(r->function->result);
	if (type_is_timestamp(r->type.kind))
		r->type.precision = 3;
	return 0;
}

static int resolve_unix_timestamp(struct resolve *r)
{
	if (r->n_args == 0)
		return resolve_now(r);
	return resolve_unix_timestamp_of(r);
}

// Months between two moments, as Calcite counts them: whole ones.
static int64_t months_between(struct moment a, struct moment b)
{
	int32_t year_a, month_a, day_a, year_b, month_b, day_b;
	int64_t months;

	datetime_civil((int32_t)a.days, &year_a, &month_a, &day_a);
	datetime_civil((int32_t)b.days, &year_b, &month_b, &day_b);
	months = ((int64_t)year_b - year_a) * 12 + month_b - month_a;
	if (months > 0 && (day_b < day_a || (day_b == day_a && b.ns < a.ns)))
		months--;
	if (months < 0 && (day_b > day_a || (day_b == day_a && b.ns > a.ns)))
		months++;
	return months;
}

static int64_t difference(struct moment a, struct moment b, enum unit unit)
{
	static const int64_t ms_per[] = {[UNIT_WEEK] = 604800000,
		[UNIT_DAY] = 86400000,
		[UNIT_HOUR] = 3600000,
		[UNIT_MINUTE] = 60000,
		[UNIT_SECOND] = 1000,
		[UNIT_MILLISECOND] = 1};
	int64_t ms = (b.days - a.days) * UNIT_MS_PER_DAY +
		     (b.ns / UNIT_NS_PER_MS - a.ns / UNIT_NS_PER_MS);

	switch (unit) {
	case UNIT_YEAR:
		return months_between(a, b) / 12;
	case UNIT_QUARTER:
		return months_between(a, b) / 3;
	case UNIT_MONTH:
		return months_between(a, b);
	default:
		return ms / ms_per[unit];
	}
}

static void timestamp_diff(struct call *call)
{
	enum unit unit = *(const enum unit *)call->expr->data;
	struct type type_a = call->expr->args[0]->type, type_b = call->expr->args[1]->type;
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = (int32_t)difference(moment_get(type_a, call->args[0].values, row),
		moment_get(type_b, call->args[1].values, row), unit);
}

static const struct kernel kernel_timestamp_diff = {timestamp_diff, 0};

static bool is_day_or_more(enum type_kind kind)
{
	return kind == TYPE_DATE || type_is_timestamp(kind);
}

static int resolve_timestamp_diff(struct resolve *r)
{
	enum unit *unit = arena_alloc(r->arena, sizeof(*unit));

	if (unit_of(r, r->args[0], unit) != 0)
		return -EINVAL;
	for (uint16_t i = 1; i < 3; i++) {
		enum type_kind kind = r->args[i]->type.kind;

		if ((kind == TYPE_NULL || type_is_string(kind)) &&
			resolve_cast(r, i, type_timestamp(TYPE_TIMESTAMP, 3)) != 0)
			return -EINVAL;
		if (!is_day_or_more(r->args[i]->type.kind) || *unit > UNIT_MILLISECOND)
			return resolve_refuse(r);
	}
	r->constants = r->args;
	r->n_constants = 1;
	r->expr = call_new(r, &kernel_timestamp_diff, type_of(TYPE_INT), r->args + 1, 2, unit);
	return 0;
}

// TIMESTAMPADD(unit, n, t) is t + n * INTERVAL '1' unit.
static int resolve_timestamp_add(struct resolve *r)
{
	static const int32_t months[] = {[UNIT_YEAR] = 12, [UNIT_QUARTER] = 3, [UNIT_MONTH] = 1};
	static const int64_t ms[] = {[UNIT_WEEK] = 604800000,
		[UNIT_DAY] = 86400000,
		[UNIT_HOUR] = 3600000,
		[UNIT_MINUTE] = 60000,
		[UNIT_SECOND] = 1000,
		[UNIT_MILLISECOND] = 1};
	const struct expr *product[2], *sum[2];
	enum unit unit;

	if (unit_of(r, r->args[0], &unit) != 0)
		return -EINVAL;
	if (unit > UNIT_MILLISECOND)
		return err_set_at(r->err, r->pos, "TIMESTAMPADD takes no unit below MILLISECOND");
	if (r->args[2]->type.kind == TYPE_DATE && unit > UNIT_DAY &&
		resolve_cast(r, 2, type_timestamp(TYPE_TIMESTAMP, 3)) != 0)
		return -EINVAL;
	if (unit <= UNIT_MONTH)
		product[1] = expr_literal(r->arena, type_of(TYPE_INTERVAL_YEAR),
			(union scalar){.i32 = months[unit]}, r->pos);
	else
		product[1] = expr_literal(r->arena, type_of(TYPE_INTERVAL_DAY),
			(union scalar){.i64 = ms[unit]}, r->pos);
	product[0] = r->args[1];
	if (!type_is_integer(product[0]->type.kind))
		return resolve_refuse(r);
	sum[0] = r->args[2];
	sum[1] = call_by_name(r, "*", product, 2);
	r->expr = sum[1] != NULL ? call_by_name(r, "+", sum, 2) : NULL;
	return r->expr != NULL ? 0 : -EINVAL;
}

#define NOW(sql, run, kind, text)                                                        \
	{                                                                                \
		.name = sql, .varies = true, .resolve = resolve_now, .kernel = {run, 0}, \
		.result = kind, .usage = sql, .doc = text                                \
	}

static const struct function functions[] = {
	NOW("CURRENT_TIMESTAMP", current_timestamp, TYPE_TIMESTAMP_LTZ, "now"),
	NOW("NOW", current_timestamp, TYPE_TIMESTAMP_LTZ, "CURRENT_TIMESTAMP"),
	NOW("CURRENT_ROW_TIMESTAMP", current_timestamp, TYPE_TIMESTAMP_LTZ, "CURRENT_TIMESTAMP"),
	NOW("PROCTIME", current_timestamp, TYPE_TIMESTAMP_LTZ, "the time of processing"),
	NOW("LOCALTIMESTAMP", local_timestamp, TYPE_TIMESTAMP, "now, without time zone"),
	NOW("CURRENT_DATE", current_date, TYPE_DATE, "today"),
	NOW("CURRENT_TIME", current_time, TYPE_TIME, "the time of day"),
	NOW("LOCALTIME", current_time, TYPE_TIME, "CURRENT_TIME"),
	{.name = "UNIX_TIMESTAMP",
		.n_max = 2,
		.varies = true,
		.resolve = resolve_unix_timestamp,
		.kernel = {unix_now, 0},
		.result = TYPE_BIGINT,
		.usage = "UNIX_TIMESTAMP([s [, format]])",
		.doc = "seconds since 1970, now or of the text s"},
	{.name = "TIMESTAMPADD",
		.n_min = 3,
		.n_max = 3,
		.resolve = resolve_timestamp_add,
		.usage = "TIMESTAMPADD(unit, n, t)",
		.doc = "t moved by n units"},
	{.name = "TIMESTAMPDIFF",
		.n_min = 3,
		.n_max = 3,
		.resolve = resolve_timestamp_diff,
		.usage = "TIMESTAMPDIFF(unit, a, b)",
		.doc = "whole units from a to b"},
};

const struct function_family family_time = {
	"Time", functions, sizeof(functions) / sizeof(*functions)};
