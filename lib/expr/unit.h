// Units of time in EXTRACT, FLOOR … TO, TIMESTAMPADD, TIMESTAMPDIFF; moments cut into days and the
// rest. Internal to the module.
#pragma once
#include "expr/function.h"

enum unit {
	UNIT_YEAR,
	UNIT_QUARTER,
	UNIT_MONTH,
	UNIT_WEEK,
	UNIT_DAY,
	UNIT_HOUR,
	UNIT_MINUTE,
	UNIT_SECOND,
	UNIT_MILLISECOND,
	UNIT_MICROSECOND,
	UNIT_NANOSECOND,
	// for EXTRACT only
	UNIT_DOY,
	UNIT_DOW,
	UNIT_ISODOW,
	UNIT_ISOYEAR,
	UNIT_EPOCH,
	UNIT_CENTURY,
	UNIT_DECADE,
	UNIT_MILLENNIUM,
	UNITS
};

enum { UNIT_NS_PER_MS = 1000000, UNIT_MS_PER_DAY = 86400000 };
#define UNIT_NS_PER_DAY ((int64_t)UNIT_MS_PER_DAY * UNIT_NS_PER_MS)

// Days beyond 5.7 million years are taken as these, so that neither a week nor a month on
// overflows.
enum { MOMENT_DAYS_MAX = 2100000000 };

// A point in time: any type's value.
struct moment {
	int64_t days; // since 1970-01-01, ± MOMENT_DAYS_MAX; 0 for TIME
	int64_t ns; // since midnight
};

static inline int64_t unit_floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

// The value at row of a column of DATE, TIME, TIMESTAMP or TIMESTAMP_LTZ.
struct moment moment_get(struct type type, const void *values, uint16_t row);
// The day of year 1 … 366, the ISO week 1 … 53 and the year it belongs to.
int32_t moment_day_of_year(int32_t days);
int32_t moment_iso_week(int32_t days, int32_t *iso_year);

// The unit that the literal says, in any letter case. Returns 0, or -EINVAL with r->err filled.
int unit_of(struct resolve *r, const struct expr *literal, enum unit *unit);
