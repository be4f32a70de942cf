#include "expr/unit.h"
#include "row/datetime.h"
#include <strings.h>

static const char *const names[UNITS] = {
	[UNIT_YEAR] = "YEAR",
	[UNIT_QUARTER] = "QUARTER",
	[UNIT_MONTH] = "MONTH",
	[UNIT_WEEK] = "WEEK",
	[UNIT_DAY] = "DAY",
	[UNIT_HOUR] = "HOUR",
	[UNIT_MINUTE] = "MINUTE",
	[UNIT_SECOND] = "SECOND",
	[UNIT_MILLISECOND] = "MILLISECOND",
	[UNIT_MICROSECOND] = "MICROSECOND",
	[UNIT_NANOSECOND] = "NANOSECOND",
	[UNIT_DOY] = "DOY",
	[UNIT_DOW] = "DOW",
	[UNIT_ISODOW] = "ISODOW",
	[UNIT_ISOYEAR] = "ISOYEAR",
	[UNIT_EPOCH] = "EPOCH",
	[UNIT_CENTURY] = "CENTURY",
	[UNIT_DECADE] = "DECADE",
	[UNIT_MILLENNIUM] = "MILLENNIUM",
};

int unit_of(struct resolve *r, const struct expr *literal, enum unit *unit)
{
	const struct str *name = &literal->value.str;

	if (!expr_is_literal(literal) || literal->is_null || !type_is_string(literal->type.kind))
		return err_set_at(
			r->err, r->pos, "'%s' takes a unit of time such as DAY", r->function->name);
	for (int i = 0; i < UNITS; i++)
		if (strlen(names[i]) == name->len &&
			strncasecmp(names[i], str_data(name), name->len) == 0) {
			*unit = (enum unit)i;
			return 0;
		}
	return err_set_at(r->err, literal->pos, "'%.*s' is no unit of time",
		(int)(name->len < 32 ? name->len : 32), str_data(name));
}

static int64_t clamp_days(int64_t days)
{
	if (days > MOMENT_DAYS_MAX)
		return MOMENT_DAYS_MAX;
	return days < -MOMENT_DAYS_MAX ? -MOMENT_DAYS_MAX : days;
}

struct moment moment_get(struct type type, const void *values, uint16_t row)
{
	int64_t units, per_day, value;
	struct moment moment = {0};

	if (type.kind == TYPE_DATE) {
		moment.days = clamp_days(((const int32_t *)values)[row]);
		return moment;
	}
	if (type.kind == TYPE_TIME) {
		moment.ns = ((const int32_t *)values)[row] * (int64_t)UNIT_NS_PER_MS;
		return moment;
	}
	units = type_units_per_second(type);
	per_day = 86400 * units;
	value = ((const int64_t *)values)[row];
	moment.days = unit_floor_div(value, per_day);
	moment.ns = (value - moment.days * per_day) * (1000000000 / units);
	moment.days = clamp_days(moment.days);
	return moment;
}

int32_t moment_day_of_year(int32_t days)
{
	int32_t year, month, day;

	datetime_civil(days, &year, &month, &day);
	return days - datetime_days(year, 1, 1) + 1;
}

// 1970-01-01 was a Thursday; a week belongs to the year of its Thursday.
int32_t moment_iso_week(int32_t days, int32_t *iso_year)
{
	int32_t weekday =
		(int32_t)(days + 3 - unit_floor_div((int64_t)days + 3, 7) * 7); // Monday 0
	int32_t thursday = days - weekday + 3, month, day;

	datetime_civil(thursday, iso_year, &month, &day);
	return (moment_day_of_year(thursday) - 1) / 7 + 1;
}
