// The footer of a TZif file: IEEE Std 1003.1-2017, 8.3 "TZ", with the hours of RFC 9636, 3.3.1.
#include <string.h>
#include "row/datetime.h"
#include "time/zone_parts.h"

enum { SECONDS_PER_DAY = 86400, DEFAULT_TIME_S = 7200 };
enum { OFFSET_HOURS_MAX = 24, RULE_HOURS_MAX = 167 };

struct input {
	const char *at, *end;
};

static bool take(struct input *in, char c)
{
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

static bool take_number(struct input *in, int32_t max, int32_t *number)
{
	const char *start = in->at;

	*number = 0;
	while (in->at < in->end && *in->at >= '0' && *in->at <= '9' && *number <= max)
		*number = *number * 10 + (*in->at++ - '0');
	return in->at > start && *number <= max;
}

// [+-]hh[:mm[:ss]] in seconds.
static bool take_time(struct input *in, int32_t hours_max, int32_t *seconds)
{
	bool negative = take(in, '-');
	int32_t hours, minutes = 0, rest = 0;

	if (!negative)
		take(in, '+');
	if (!take_number(in, hours_max, &hours))
		return false;
	if (take(in, ':') &&
		(!take_number(in, 59, &minutes) || (take(in, ':') && !take_number(in, 59, &rest))))
		return false;
	*seconds = (hours * 60 + minutes) * 60 + rest;
	if (negative)
		*seconds = -*seconds;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "CET" or "<+03>".
static bool take_name(struct input *in)
{
	const char *start = in->at;

	if (take(in, '<')) {
		while (in->at < in->end && *in->at != '>')
			in->at++;
		return take(in, '>');
	}
	while (in->at < in->end && is_letter(*in->at))
		in->at++;
	return in->at > start;
}

static bool take_weekday(struct input *in, struct zone_day *day)
{
	day->kind = ZONE_DAY_WEEKDAY;
	return take_number(in, 12, &day->month) && day->month > 0 && take(in, '.') &&
	       take_number(in, 5, &day->week) && day->week > 0 && take(in, '.') &&
	       take_number(in, 6, &day->weekday);
}

static bool take_day(struct input *in, struct zone_day *day)
{
	if (take(in, 'M')) {
		if (!take_weekday(in, day))
			return false;
	} else {
		day->kind = take(in, 'J') ? ZONE_DAY_JULIAN : ZONE_DAY_ZERO;
		if (!take_number(in, 365, &day->day) ||
			(day->kind == ZONE_DAY_JULIAN && day->day == 0))
			return false;
	}
	day->time_s = DEFAULT_TIME_S;
	return !take(in, '/') || take_time(in, RULE_HOURS_MAX, &day->time_s);
}

bool zone_rule_parse(struct zone_rule *rule, const char *text, size_t len)
{
	struct input in = {text, text + len};
	struct zone_rule read = {0};

	if (!take_name(&in) || !take_time(&in, OFFSET_HOURS_MAX, &read.offset_s))
		return false;
	read.offset_s = -read.offset_s; // POSIX counts to the west
	if (in.at < in.end) {
		read.has_dst = true;
		read.dst_offset_s = read.offset_s + 3600;
		if (!take_name(&in))
			return false;
		if (in.at < in.end && *in.at != ',') {
			if (!take_time(&in, OFFSET_HOURS_MAX, &read.dst_offset_s))
				return false;
			read.dst_offset_s = -read.dst_offset_s;
		}
		if (!take(&in, ',') || !take_day(&in, &read.start) || !take(&in, ',') ||
			!take_day(&in, &read.end) || in.at < in.end)
			return false;
	}
	*rule = read;
	return true;
}

static int32_t first_of(int32_t year, int32_t month)
{
	return month > 12 ? datetime_days(year + 1, 1, 1) : datetime_days(year, month, 1);
}

static int32_t weekday_in(const struct zone_day *day, int32_t year)
{
	int32_t first = first_of(year, day->month), next = first_of(year, day->month + 1);
	int32_t days = first;

	days += (day->weekday - (first + 4) % 7 + 7) % 7; // 1970-01-01 was a Thursday, 4
	days += (day->week - 1) * 7;
	return days < next ? days : days - 7;
}

int64_t zone_day_in(const struct zone_day *day, int32_t year)
{
	int32_t days = first_of(year, 1);

	if (day->kind == ZONE_DAY_WEEKDAY)
		days = weekday_in(day, year);
	else if (day->kind == ZONE_DAY_ZERO)
		days += day->day;
	else // 29 February is not counted
		days += day->day - 1 + (day->day > 59 && first_of(year, 3) - days == 60);
	return (int64_t)days * SECONDS_PER_DAY + day->time_s;
}
