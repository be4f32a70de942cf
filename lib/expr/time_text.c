#include "expr/time_text.h"
#include "row/datetime.h"
#include <string.h>

enum { FRACTION_DIGITS = 9, NS_PER_SECOND = 1000000000, SECONDS_PER_DAY = 86400 };

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

static bool take_number(struct input *in, int min, int max, int32_t *number)
{
	int n = 0;

	*number = 0;
	while (in->at < in->end && n < max && *in->at >= '0' && *in->at <= '9') {
		*number = *number * 10 + (*in->at++ - '0');
		n++;
	}
	return n >= min;
}

static bool is_digit(const struct input *in)
{
	return in->at < in->end && *in->at >= '0' && *in->at <= '9';
}

// ".123", or nothing, in nanoseconds.
static bool take_fraction(struct input *in, int32_t *ns)
{
	int n = 0;

	*ns = 0;
	if (!take(in, '.'))
		return true;
	for (; is_digit(in) && n < FRACTION_DIGITS; n++)
		*ns = *ns * 10 + (*in->at++ - '0');
	for (int i = n; i < FRACTION_DIGITS; i++)
		*ns *= 10;
	return n > 0;
}

static int32_t month_days(int32_t year, int32_t month)
{
	return month == 12 ? 31 : datetime_days(year, month + 1, 1) - datetime_days(year, month, 1);
}

static bool take_clock(struct input *in, int32_t precision, struct moment *moment)
{
	int32_t hour, minute, second, ns, step = 1;

	if (!take_number(in, 1, 2, &hour) || !take(in, ':') || !take_number(in, 1, 2, &minute) ||
		!take(in, ':') || !take_number(in, 1, 2, &second) || !take_fraction(in, &ns))
		return false;
	if (minute > 59 || second > 59 ||
		(hour > 23 && (hour > 24 || minute > 0 || second > 0 || ns > 0)))
		return false;
	for (int32_t i = precision; i < FRACTION_DIGITS; i++)
		step *= 10;
	moment->days += hour == 24;
	moment->ns =
		((hour % 24 * 60 + minute) * 60 + second) * (int64_t)NS_PER_SECOND + ns - ns % step;
	return true;
}

bool time_text_timestamp(const char *text, uint32_t len, int32_t precision, struct moment *moment)
{
	struct input in = {text, text + len};
	struct moment read = {0};
	int32_t year, month, day, last;

	if (!take_number(&in, 4, 4, &year) || !take(&in, '-') || !take_number(&in, 1, 2, &month) ||
		!take(&in, '-') || !take_number(&in, 1, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	last = month_days(year, month);
	read.days = datetime_days(year, month, day < last ? day : last);
	if (in.at < in.end && (!take(&in, ' ') || !take_clock(&in, precision, &read)))
		return false;
	*moment = read;
	return in.at == in.end;
}

static void skip_blanks(struct input *in)
{
	while (in->at < in->end && *in->at == ' ')
		in->at++;
}

bool time_text_date(const char *text, uint32_t len, int32_t *days)
{
	const char *blank = len > 0 ? memchr(text + 1, ' ', len - 1) : NULL;
	struct input in = {text, blank != NULL ? blank : text + len};
	int32_t parts[3] = {0, 1, 1};

	for (int i = 0; i < 3; i++) {
		if (i > 0 && in.at == in.end)
			break;
		if (i > 0 && !take(&in, '-'))
			return false;
		skip_blanks(&in);
		if (!take_number(&in, 1, 9, &parts[i]))
			return false;
	}
	if (in.at < in.end || parts[0] > 9999 || parts[1] < 1 || parts[1] > 12 || parts[2] < 1 ||
		parts[2] > month_days(parts[0], parts[1]))
		return false;
	*days = datetime_days(parts[0], parts[1], parts[2]);
	return true;
}

bool time_text_time(const char *text, uint32_t len, int32_t *ms)
{
	static const int32_t limits[3] = {23, 59, 59};
	struct input in = {text, text + len};
	int32_t parts[3] = {0}, ns;

	for (int i = 0; i < 3 && (i == 0 || in.at < in.end); i++)
		if ((i > 0 && !take(&in, ':')) || !take_number(&in, 1, 9, &parts[i]) ||
			parts[i] > limits[i])
			return false;
	if (!take_fraction(&in, &ns) || in.at < in.end)
		return false;
	*ms = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + ns / UNIT_NS_PER_MS;
	return true;
}

bool time_text_value(struct moment moment, struct type type, int64_t *value)
{
	int64_t units = type_units_per_second(type), result;

	if (__builtin_mul_overflow(moment.days, SECONDS_PER_DAY * units, &result) ||
		__builtin_add_overflow(result, moment.ns / (NS_PER_SECOND / units), &result))
		return false;
	*value = result;
	return true;
}
