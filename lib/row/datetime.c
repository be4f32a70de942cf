#include "row/datetime.h"

enum { MS_PER_SECOND = 1000, NS_PER_SECOND = 1000000000, FRACTION_DIGITS = 9 };
enum { SECONDS_PER_DAY = 86400, MS_PER_DAY = SECONDS_PER_DAY * MS_PER_SECOND };
// "YYYY-MM-DD"
enum { DATE_LEN = 10 };

static const int32_t powers[FRACTION_DIGITS + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

// a / b and a mod b with the quotient rounded down; b > 0.
static inline int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static inline int64_t floor_modulo(int64_t a, int64_t b)
{
	int64_t rest = a % b;

	return rest < 0 ? rest + b : rest;
}

// Years are counted from March, so that the leap day is a year's last; an era is 400 years, 146097
// days; day 0 is 719468 days after 0000-03-01.
static int64_t civil_to_days(int64_t year, int64_t month, int64_t day)
{
	int64_t y = year - (month <= 2);
	int64_t era = floor_divide(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void days_to_civil(int64_t days, int32_t *year, int32_t *month, int32_t *day)
{
	int64_t z = days + 719468;
	int64_t era = floor_divide(z, 146097);
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;

	*day = (int32_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	*month = (int32_t)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	*year = (int32_t)(year_of_era + era * 400 + (*month <= 2));
}

int32_t datetime_days(int32_t year, int32_t month, int32_t day)
{
	return (int32_t)civil_to_days(year, month, day);
}

void datetime_civil(int32_t days, int32_t *year, int32_t *month, int32_t *day)
{
	days_to_civil(days, year, month, day);
}

static inline uint32_t digit(char c) // above 9 when c is none
{
	return (uint8_t)(c - '0');
}

// Two digits, or 100 and more when they are none.
static inline int32_t two_digits(const char *text)
{
	uint32_t tens = digit(text[0]), ones = digit(text[1]);

	return tens > 9 || ones > 9 ? 100 : (int32_t)(tens * 10 + ones);
}

static int32_t days_of_month(int32_t year, int32_t month)
{
	static const uint8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month] + (month == 2 && is_leap);
}

bool datetime_parse_date(const char *text, uint32_t len, int32_t *days)
{
	int32_t century, year, month, day;

	if (len != DATE_LEN || text[4] != '-' || text[7] != '-')
		return false;
	century = two_digits(text);
	year = two_digits(text + 2);
	month = two_digits(text + 5);
	day = two_digits(text + 8);
	if (century > 99 || year > 99 || month < 1 || month > 12)
		return false;
	year += century * 100;
	if (day < 1 || day > days_of_month(year, month))
		return false;
	*days = datetime_days(year, month, day);
	return true;
}

// text[:len] = ".", one to nine digits; in nanoseconds.
static bool parse_fraction(const char *text, uint32_t len, int32_t *ns)
{
	int32_t number = 0;

	if (len < 2 || len > 1 + FRACTION_DIGITS || text[0] != '.')
		return false;
	for (uint32_t at = 1; at < len; at++) {
		if (digit(text[at]) > 9)
			return false;
		number = number * 10 + (int32_t)digit(text[at]);
	}
	*ns = number * powers[FRACTION_DIGITS + 1 - len];
	return true;
}

// HH:MM[:SS[.fraction]] as seconds of the day and nanoseconds.
static bool parse_clock(const char *text, uint32_t len, int32_t *seconds, int32_t *ns)
{
	int32_t hour, minute, second = 0;

	*ns = 0;
	if (len < 5 || text[2] != ':')
		return false;
	hour = two_digits(text);
	minute = two_digits(text + 3);
	if (len > 5) {
		if (len < 8 || text[5] != ':')
			return false;
		second = two_digits(text + 6);
		if (len > 8 && !parse_fraction(text + 8, len - 8, ns))
			return false;
	}
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*seconds = (hour * 60 + minute) * 60 + second;
	return true;
}

bool datetime_parse_time(const char *text, uint32_t len, int32_t *ms)
{
	int32_t seconds, ns;

	if (!parse_clock(text, len, &seconds, &ns))
		return false;
	*ms = seconds * MS_PER_SECOND + ns / 1000000;
	return true;
}

// Seconds and nanoseconds since 1970 in the units of type, cut to its precision.
static bool to_units(int64_t seconds, int32_t ns, struct type type, int64_t *value)
{
	int64_t units = type_units_per_second(type);
	int32_t fraction = ns - ns % powers[FRACTION_DIGITS - type.precision];
	int64_t result;

	fraction /= (int32_t)(NS_PER_SECOND / units);
	// Before 1970 the product alone may overflow where the sum does not.
	if (seconds < 0 && fraction > 0) {
		seconds++;
		fraction -= (int32_t)units;
	}
	if (__builtin_mul_overflow(seconds, units, &result) ||
		__builtin_add_overflow(result, fraction, &result))
		return false;
	*value = result;
	return true;
}

static bool is_separator(char c, enum datetime_style style)
{
	if (c == ' ')
		return style != DATETIME_ISO;
	return c == 'T' && style != DATETIME_SQL;
}

bool datetime_parse_timestamp(
	const char *text, uint32_t len, struct type type, enum datetime_style style, int64_t *value)
{
	int32_t days, seconds, ns;
	bool has_zone = len > 0 && text[len - 1] == 'Z';

	if (type.kind == TYPE_TIMESTAMP ? has_zone : !has_zone && style != DATETIME_JAVA)
		return false;
	len -= has_zone;
	if (len <= DATE_LEN || !is_separator(text[DATE_LEN], style))
		return false;
	if (!datetime_parse_date(text, DATE_LEN, &days) ||
		!parse_clock(text + DATE_LEN + 1, len - DATE_LEN - 1, &seconds, &ns))
		return false;
	return to_units((int64_t)days * SECONDS_PER_DAY + seconds, ns, type, value);
}

static char *write_two(char *at, int32_t number)
{
	*at++ = (char)('0' + number / 10);
	*at++ = (char)('0' + number % 10);
	return at;
}

// Four digits at the least; a sign where the year is negative or has more, as ISO 8601 wants it.
static char *write_year(char *at, int32_t year)
{
	uint32_t rest = year < 0 ? -(uint32_t)year : (uint32_t)year;
	char reversed[10];
	int n = 0;

	if (year < 0)
		*at++ = '-';
	else if (year > 9999)
		*at++ = '+';
	for (; rest > 0 || n < 4; rest /= 10)
		reversed[n++] = (char)('0' + rest % 10);
	while (n > 0)
		*at++ = reversed[--n];
	return at;
}

static char *write_date(char *at, int64_t days)
{
	int32_t year, month, day;

	days_to_civil(days, &year, &month, &day);
	at = write_year(at, year);
	*at++ = '-';
	at = write_two(at, month);
	*at++ = '-';
	return write_two(at, day);
}

// '.' and the first n digits of ns; nothing for n = 0.
static char *write_fraction(char *at, int32_t ns, int n)
{
	if (n == 0)
		return at;
	*at++ = '.';
	for (int i = 0; i < n; i++) {
		*at++ = (char)('0' + ns / powers[FRACTION_DIGITS - 1]);
		ns = ns % powers[FRACTION_DIGITS - 1] * 10;
	}
	return at;
}

// How many digits ns needs, a multiple of step.
static int fraction_digits(int32_t ns, int step)
{
	int n = 0;

	while (ns % powers[FRACTION_DIGITS - n] != 0)
		n += step;
	return n;
}

static char *write_clock(char *at, int32_t seconds, bool with_seconds)
{
	at = write_two(at, seconds / 3600);
	*at++ = ':';
	at = write_two(at, seconds / 60 % 60);
	if (!with_seconds)
		return at;
	*at++ = ':';
	return write_two(at, seconds % 60);
}

uint32_t datetime_format_date(int32_t days, char text[DATETIME_TEXT_MAX])
{
	return (uint32_t)(write_date(text, days) - text);
}

uint32_t datetime_format_time(
	int32_t ms, int32_t precision, enum datetime_style style, char text[DATETIME_TEXT_MAX])
{
	int32_t of_day = (int32_t)floor_modulo(ms, MS_PER_DAY);
	int32_t ns = of_day % MS_PER_SECOND * 1000000;
	int32_t seconds = of_day / MS_PER_SECOND;
	bool is_java = style == DATETIME_JAVA;
	char *at;

	ns -= ns % powers[FRACTION_DIGITS - precision];
	at = write_clock(text, seconds, !is_java || seconds % 60 != 0 || ns != 0);
	at = write_fraction(at, ns, fraction_digits(ns, is_java ? 3 : 1));
	return (uint32_t)(at - text);
}

// A timestamp taken apart.
struct moment {
	int64_t days;
	int32_t seconds, ns; // of the day, of the second
};

static struct moment split(int64_t value, struct type type)
{
	int64_t units = type_units_per_second(type);
	int64_t seconds = floor_divide(value, units);

	return (struct moment){
		.days = floor_divide(seconds, SECONDS_PER_DAY),
		.seconds = (int32_t)floor_modulo(seconds, SECONDS_PER_DAY),
		.ns = (int32_t)(floor_modulo(value, units) * (NS_PER_SECOND / units)),
	};
}

uint32_t datetime_format_timestamp(
	int64_t value, struct type type, enum datetime_style style, char text[DATETIME_TEXT_MAX])
{
	struct moment moment = split(value, type);
	bool is_ltz = type.kind == TYPE_TIMESTAMP_LTZ, is_java = style == DATETIME_JAVA;
	bool with_seconds = !is_java || is_ltz || moment.seconds % 60 != 0 || moment.ns != 0;
	char *at = write_date(text, moment.days);

	*at++ = style == DATETIME_SQL ? ' ' : 'T';
	at = write_clock(at, moment.seconds, with_seconds);
	at = write_fraction(at, moment.ns, fraction_digits(moment.ns, is_java ? 3 : 1));
	if (is_ltz)
		*at++ = 'Z';
	return (uint32_t)(at - text);
}

uint32_t datetime_format_cast(int64_t value, struct type type, char text[DATETIME_TEXT_MAX])
{
	struct moment moment = split(value, type);
	char *at = write_date(text, moment.days);

	*at++ = ' ';
	at = write_clock(at, moment.seconds, true);
	at = write_fraction(at, moment.ns, type.precision);
	return (uint32_t)(at - text);
}

bool datetime_convert(int64_t value, struct type from, struct type to, int64_t *result)
{
	int64_t units = type_units_per_second(from);

	return to_units(floor_divide(value, units),
		(int32_t)(floor_modulo(value, units) * (NS_PER_SECOND / units)), to, result);
}
