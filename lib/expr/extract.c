// EXTRACT and its short names, FLOOR and CEIL to a unit of time.
#include "expr/call.h"
#include "expr/families.h"
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
		return unit_floor_div(year, 10);
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
	case UNIT_MILLISECOND: // of the minute, as in Calcite
		return ms % 60000;
	case UNIT_MICROSECOND:
		return moment.ns / 1000 % 60000000;
	case UNIT_NANOSECOND:
		return moment.ns % 60000000000;
	case UNIT_EPOCH:
		return moment.days * 86400 + ms / 1000;
	default:
		return extract_from_date((int32_t)moment.days, unit);
	}
}

static void extract(struct call *call)
{
	enum unit unit = *(const enum unit *)call->expr->data;
	struct type type = call->expr->args[0]->type;
	int64_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = extract_one(moment_get(type, call->args[0].values, row), unit);
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

static int make_extract(struct resolve *r, const struct expr *from, enum unit unit)
{
	bool of_day = unit >= UNIT_HOUR && unit <= UNIT_NANOSECOND;

	if (type_is_string(from->type.kind) || from->type.kind == TYPE_NULL)
		from = expr_cast(
			r->arena, from, type_timestamp(TYPE_TIMESTAMP, 3), false, r->pos, NULL);
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

// The first day of the unit that days is in; weeks start on Sunday, as in Calcite.
static int32_t floor_days(int32_t days, enum unit unit)
{
	int32_t year, month, day;

	if (unit == UNIT_WEEK)
		return days - (int32_t)weekday(days, A_SUNDAY);
	datetime_civil(days, &year, &month, &day);
	if (unit == UNIT_YEAR)
		return datetime_days(year, 1, 1);
	if (unit == UNIT_QUARTER)
		return datetime_days(year, (month - 1) / 3 * 3 + 1, 1);
	return unit == UNIT_MONTH ? datetime_days(year, month, 1) : days;
}

static int32_t next_days(int32_t start, enum unit unit)
{
	static const int32_t months[] = {[UNIT_YEAR] = 12, [UNIT_QUARTER] = 3, [UNIT_MONTH] = 1};

	if (unit <= UNIT_MONTH)
		return interval_add_months(start, months[unit]);
	return start + (unit == UNIT_WEEK ? 7 : 1);
}

struct to_unit {
	enum unit unit;
	bool up;
};

// Nanoseconds of a unit that is a part of a day.
static int64_t unit_ns(enum unit unit)
{
	static const int64_t ns[] = {[UNIT_DAY] = 86400000000000,
		[UNIT_HOUR] = 3600000000000,
		[UNIT_MINUTE] = 60000000000,
		[UNIT_SECOND] = 1000000000,
		[UNIT_MILLISECOND] = 1000000,
		[UNIT_MICROSECOND] = 1000,
		[UNIT_NANOSECOND] = 1};

	return ns[unit];
}

static struct moment cut(struct moment moment, struct to_unit to)
{
	struct moment start = moment;

	if (to.unit >= UNIT_DAY) {
		int64_t size = unit_ns(to.unit);

		start.ns = moment.ns / size * size;
		if (to.up && start.ns != moment.ns)
			start.ns += size; // maybe 24:00, which is the same
		return start;
	}
	start.ns = 0;
	start.days = floor_days((int32_t)moment.days, to.unit);
	if (to.up && (start.days != moment.days || moment.ns != 0))
		start.days = next_days((int32_t)start.days, to.unit);
	return start;
}

static void to_unit(struct call *call)
{
	struct to_unit to = *(const struct to_unit *)call->expr->data;
	struct type type = call->expr->type;
	int64_t units = type_is_timestamp(type.kind) ? type_units_per_second(type) : 1;

	CALL_FOREACH(call, row)
	{
		struct moment m = cut(moment_get(type, call->args[0].values, row), to);
		uint64_t of_day = (uint64_t)(m.ns / (1000000000 / units));

		if (type.kind == TYPE_DATE)
			((int32_t *)call->values)[row] = (int32_t)m.days;
		else if (type.kind == TYPE_TIME)
			((int32_t *)call->values)[row] =
				(int32_t)(m.ns / UNIT_NS_PER_MS % UNIT_MS_PER_DAY);
		else
			((int64_t *)call->values)[row] =
				(int64_t)((uint64_t)m.days * 86400 * (uint64_t)units + of_day);
	}
}

static const struct kernel kernel_to_unit = {to_unit, 0};

int resolve_to_unit(struct resolve *r, bool up)
{
	struct to_unit *to = arena_alloc(r->arena, sizeof(*to));
	const struct expr *arg = r->args[0];

	to->up = up;
	if (!is_moment(arg->type.kind))
		return resolve_refuse(r);
	if (unit_of(r, r->args[1], &to->unit) != 0)
		return -EINVAL;
	if (to->unit > UNIT_NANOSECOND || (arg->type.kind == TYPE_TIME && to->unit < UNIT_HOUR))
		return err_set_at(
			r->err, r->pos, "'%s' cannot cut to this unit", r->function->name);
	r->constants = r->args + 1;
	r->n_constants = 1;
	r->expr = call_new(r, &kernel_to_unit, arg->type, &arg, 1, to);
	return 0;
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
