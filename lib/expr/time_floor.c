// FLOOR and CEIL of a time to a unit, as Flink's DateTimeUtils.timestampFloor() and
// julianDateFloor(): units of a day and more look at the date alone, so that noon of the first of a
// month is its own CEIL … TO MONTH at midnight; what is a QUARTER already but not January goes up,
// and DECADE, CENTURY and MILLENNIUM always do.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/local.h"
#include "row/datetime.h"
#include <errno.h>

enum { A_SUNDAY = 3 }; // 1970-01-04

struct to_unit {
	enum unit unit;
	bool up;
};

static int32_t first_day(int32_t year, int32_t month)
{
	return month > 12 ? datetime_days(year + 1, 1, 1) : datetime_days(year, month, 1);
}

// Years of a unit that is counted from year 1: 1901 to 2000.
static int32_t cut_years(int32_t year, int32_t size, bool up)
{
	return datetime_days(size * ((year + size - 1) / size) + (up ? 1 : 1 - size), 1, 1);
}

static int32_t cut_date(int32_t days, struct to_unit to)
{
	int32_t year, month, day, rest;

	datetime_civil(days, &year, &month, &day);
	switch (to.unit) {
	case UNIT_MILLENNIUM:
		return cut_years(year, 1000, to.up);
	case UNIT_CENTURY:
		return cut_years(year, 100, to.up);
	case UNIT_DECADE:
		return datetime_days((year / 10 + to.up) * 10, 1, 1);
	case UNIT_YEAR:
		return datetime_days(year + (to.up && (month > 1 || day > 1)), 1, 1);
	case UNIT_QUARTER:
		month = (month + 2) / 3 + (to.up && (month > 1 || day > 1));
		return first_day(year, month * 3 - 2);
	case UNIT_MONTH:
		return first_day(year, month + (to.up && day > 1));
	default: // weeks start on Sunday
		rest = days - A_SUNDAY - (int32_t)unit_floor_div(days - A_SUNDAY, 7) * 7;
		return days - rest + (to.up && rest > 0 ? 7 : 0);
	}
}

// Nanoseconds of a unit that is a day or a part of one.
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

	if (to.unit >= UNIT_DAY && to.unit <= UNIT_NANOSECOND) {
		int64_t size = unit_ns(to.unit);

		start.ns = moment.ns / size * size;
		if (to.up && start.ns != moment.ns)
			start.ns += size; // maybe 24:00, which is the same
		return start;
	}
	return (struct moment){cut_date((int32_t)moment.days, to), 0};
}

static void to_unit(struct call *call)
{
	struct to_unit to = *(const struct to_unit *)call->expr->data;
	struct type type = call->expr->type;
	int64_t units = type_is_timestamp(type.kind) ? type_units_per_second(type) : 1;
	struct zone_span near = {0};

	CALL_FOREACH(call, row)
	{
		struct moment m = cut(local_moment(call, 0, row, &near), to);
		uint64_t of_day = (uint64_t)(m.ns / (1000000000 / units)), value;

		value = (uint64_t)m.days * 86400 * (uint64_t)units + of_day;
		if (type.kind == TYPE_DATE)
			((int32_t *)call->values)[row] = (int32_t)m.days;
		else if (type.kind == TYPE_TIME)
			((int32_t *)call->values)[row] =
				(int32_t)(m.ns / UNIT_NS_PER_MS % UNIT_MS_PER_DAY);
		else if (type.kind == TYPE_TIMESTAMP)
			((int64_t *)call->values)[row] = (int64_t)value;
		else // with the offset of the argument, also across a transition
			((int64_t *)call->values)[row] =
				local_move((int64_t)value, type, -(int64_t)near.offset_ms);
	}
}

static const struct kernel kernel_to_unit = {to_unit, 0};

int resolve_to_unit(struct resolve *r, bool up)
{
	struct to_unit *to = arena_alloc(r->arena, sizeof(*to));
	const struct expr *arg = r->args[0];
	enum type_kind kind = arg->type.kind;
	bool of_date;

	to->up = up;
	if (kind != TYPE_DATE && kind != TYPE_TIME && !type_is_timestamp(kind))
		return resolve_refuse(r);
	if (unit_of(r, r->args[1], &to->unit) != 0)
		return -EINVAL;
	of_date = to->unit <= UNIT_DAY || to->unit >= UNIT_CENTURY;
	if ((to->unit > UNIT_NANOSECOND && to->unit < UNIT_CENTURY) ||
		(kind == TYPE_TIME && of_date))
		return err_set_at(
			r->err, r->pos, "'%s' cannot cut to this unit", r->function->name);
	r->constants = r->args + 1;
	r->n_constants = 1;
	r->expr = call_new(r, &kernel_to_unit, arg->type, &arg, 1, to);
	return 0;
}
