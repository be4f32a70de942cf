// EXTRACT and its short names.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/local.h"
#include "expr/unit.h"
#include "row/datetime.h"
#include <errno.h>

static int64_t weekday(int64_t days, int64_t first_day) // first_day: days of one such weekday
{
	int64_t since = days - first_day;

	return since - unit_floor_div(since, 7) * 7;
}

enum { A_SUNDAY = 3, A_MONDAY = 4 }; // 1970-01-04, 1970-01-05

static int64_t extract_from_date(int32_t days, enum unit unit)
{
	int32_t year, month, day, iso_year, week;

	datetime_civil(days, &year, &month, &day);
	week = moment_iso_week(days, &iso_year);
	switch (unit) {
	case UNIT_YEAR:
		return year;
	case UNIT_QUARTER:
		return (month + 2) / 3;
	case UNIT_MONTH:
		return month;
	case UNIT_WEEK:
		return week;
	case UNIT_ISOYEAR:
		return iso_year;
	case UNIT_DAY:
		return day;
	case UNIT_DOY:
		return moment_day_of_year(days);
	case UNIT_DOW:
		return weekday(days, A_SUNDAY) + 1;
	case UNIT_ISODOW:
		return weekday(days, A_MONDAY) + 1;
	case UNIT_CENTURY:
		return year > 0 ? (year + 99) / 100 : -((99 - year) / 100);
	case UNIT_DECADE:
		return year / 10;
	default:
		return year > 0 ? (year + 999) / 1000 : -((999 - year) / 1000);
	}
}

static int64_t extract_one(struct moment moment, enum unit unit)
{
	int64_t ms = moment.ns / UNIT_NS_PER_MS;

	switch (unit) {
	case UNIT_HOUR:
		return ms / 3600000;
	case UNIT_MINUTE:
		return ms / 60000 % 60;
	case UNIT_SECOND:
		return ms / 1000 % 60;
	case UNIT_MILLISECOND: // of the second, as in Flink's DateTimeUtils.getFactor()
		return ms % 1000;
	case UNIT_MICROSECOND:
		return moment.ns / 1000 % 1000000;
	case UNIT_NANOSECOND:
		return moment.ns % 1000000000;
	case UNIT_EPOCH:
		return moment.days * 86400 + ms / 1000;
	default:
		return extract_from_date((int32_t)moment.days, unit);
	}
}

static void extract(struct call *call)
{
	enum unit unit = *(const enum unit *)call->expr->data;
	int64_t *values = call->values;
	struct zone_span near = {0};

	CALL_FOREACH(call, row)
	values[row] = extract_one(local_moment(call, 0, row, &near), unit);
}

static const struct kernel kernel_extract = {extract, 0};

static bool is_moment(enum type_kind kind)
{
	return kind == TYPE_DATE || kind == TYPE_TIME || type_is_timestamp(kind);
}

// The unit as a kernel's data.
static const void *keep_unit(struct resolve *r, enum unit unit)
{
	enum unit *kept = arena_alloc(r->arena, sizeof(*kept));

	*kept = unit;
	return kept;
}

static void extract_months(struct call *call)
{
	enum unit unit = *(const enum unit *)call->expr->data;
	const int32_t *as = call->args[0].values;
	int64_t *values = call->values;

	CALL_FOREACH(call, row)
	if (unit == UNIT_YEAR)
		values[row] = as[row] / 12;
	else if (unit == UNIT_QUARTER)
		values[row] = (as[row] % 12 + 2) / 3;
	else
		values[row] = as[row] % 12;
}

// Negative intervals have negative parts.
static int64_t part_of_interval(int64_t ms, enum unit unit)
{
	switch (unit) {
	case UNIT_DAY:
		return ms / UNIT_MS_PER_DAY;
	case UNIT_HOUR:
		return ms / 3600000 % 24;
	case UNIT_MINUTE:
		return ms / 60000 % 60;
	case UNIT_SECOND:
		return ms / 1000 % 60;
	case UNIT_MILLISECOND:
		return ms % 1000;
	default: // EPOCH
		return ms / 1000;
	}
}

static void extract_interval(struct call *call)
{
	enum unit unit = *(const enum unit *)call->expr->data;
	const int64_t *as = call->args[0].values;
	int64_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = part_of_interval(as[row], unit);
}

static int extract_of_interval(struct resolve *r, const struct expr *from, enum unit unit)
{
	static const struct kernel of_months = {extract_months, 0}, of_ms = {extract_interval, 0};
	bool months = from->type.kind == TYPE_INTERVAL_YEAR;
	bool is_month = unit == UNIT_YEAR || unit == UNIT_QUARTER || unit == UNIT_MONTH;
	bool is_ms = (unit >= UNIT_DAY && unit <= UNIT_MILLISECOND) || unit == UNIT_EPOCH;

	if (months ? !is_month : !is_ms)
		return resolve_refuse(r);
	r->expr = call_new(r, months ? &of_months : &of_ms, type_of(TYPE_BIGINT), &from, 1,
		keep_unit(r, unit));
	return 0;
}

static int make_extract(struct resolve *r, const struct expr *from, enum unit unit)
{
	bool of_day = unit >= UNIT_HOUR && unit <= UNIT_NANOSECOND;

	if (type_is_string(from->type.kind) || from->type.kind == TYPE_NULL)
		from = expr_cast(
			r->arena, from, type_timestamp(TYPE_TIMESTAMP, 3), false, r->pos, NULL);
	if (from->type.kind == TYPE_INTERVAL_DAY || from->type.kind == TYPE_INTERVAL_YEAR)
		return extract_of_interval(r, from, unit);
	if (!is_moment(from->type.kind) || (from->type.kind == TYPE_TIME && !of_day))
		return resolve_refuse(r);
	r->expr = call_new(r, &kernel_extract, type_of(TYPE_BIGINT), &from, 1, keep_unit(r, unit));
	return 0;
}

static int resolve_extract(struct resolve *r)
{
	enum unit unit;

	if (unit_of(r, r->args[0], &unit) != 0)
		return -EINVAL;
	r->constants = r->args;
	r->n_constants = 1;
	return make_extract(r, r->args[1], unit);
}

// YEAR(x) is EXTRACT(YEAR FROM x).
static int resolve_short(struct resolve *r)
{
	static const struct {
		const char *name;
		enum unit unit;
	} names[] = {
		{"YEAR", UNIT_YEAR},
		{"QUARTER", UNIT_QUARTER},
		{"MONTH", UNIT_MONTH},
		{"WEEK", UNIT_WEEK},
		{"DAYOFYEAR", UNIT_DOY},
		{"DAYOFMONTH", UNIT_DAY},
		{"DAYOFWEEK", UNIT_DOW},
		{"HOUR", UNIT_HOUR},
		{"MINUTE", UNIT_MINUTE},
		{"SECOND", UNIT_SECOND},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i].name, r->function->name) == 0)
			return make_extract(r, r->args[0], names[i].unit);
	return resolve_refuse(r);
}

#define SHORT(sql, text)                                                                           \
	{                                                                                          \
		.name = sql, .n_min = 1, .n_max = 1, .resolve = resolve_short, .usage = sql "(t)", \
		.doc = text                                                                        \
	}

static const struct function functions[] = {
	{.name = "EXTRACT",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_extract,
		.usage = "EXTRACT(unit FROM t)",
		.doc = "that part of a date or time"},
	SHORT("YEAR", "the year"),
	SHORT("QUARTER", "1 to 4"),
	SHORT("MONTH", "1 to 12"),
	SHORT("WEEK", "the ISO week, 1 to 53"),
	SHORT("DAYOFYEAR", "1 to 366"),
	SHORT("DAYOFMONTH", "1 to 31"),
	SHORT("DAYOFWEEK", "1 (Sunday) to 7"),
	SHORT("HOUR", "0 to 23"),
	SHORT("MINUTE", "0 to 59"),
	SHORT("SECOND", "0 to 59"),
};

const struct function_family family_extract = {
	"Parts of times", functions, sizeof(functions) / sizeof(*functions)};
