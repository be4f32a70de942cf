#include "base/units.h"
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct unit {
	const char *names; // each followed by a blank
	uint64_t factor;
};

static const struct unit durations[] = {
	{"ns nano nanos nanosecond nanoseconds ", 1},
	{"us µs micro micros microsecond microseconds ", 1000},
	{"ms milli millis millisecond milliseconds ", 1000000},
	{"s sec secs second seconds ", 1000000000},
	{"min m minute minutes ", 60000000000},
	{"h hour hours ", 3600000000000},
	{"d day days ", 86400000000000},
	{NULL, 0},
};

static const struct unit sizes[] = {
	{"b bytes ", 1},
	{"k kb kibibytes ", 1u << 10},
	{"m mb mebibytes ", 1u << 20},
	{"g gb gibibytes ", 1u << 30},
	{"t tb tebibytes ", 1ull << 40},
	{NULL, 0},
};

static uint64_t unit_factor(const struct unit *units, const char *name)
{
	size_t len = strlen(name);

	for (; units->names != NULL; units++)
		for (const char *at = units->names; *at != '\0'; at = strchr(at, ' ') + 1)
			if (strncasecmp(at, name, len) == 0 && at[len] == ' ')
				return units->factor;
	return 0;
}

// A whole number, blanks, a unit, blanks.
static int parse(const char *text, const struct unit *units, uint64_t bare, uint64_t *value)
{
	uint64_t number = 0, factor = bare;
	char name[32] = "";
	size_t len = 0;

	while (isspace((unsigned char)*text))
		text++;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++)
		if (__builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
			return -EINVAL;
	while (isspace((unsigned char)*text))
		text++;
	while (*text != '\0' && !isspace((unsigned char)*text) && len < sizeof(name) - 1)
		name[len++] = *text++;
	name[len] = '\0';
	while (isspace((unsigned char)*text))
		text++;
	if (*text != '\0')
		return -EINVAL;
	if (len > 0)
		factor = unit_factor(units, name);
	if (factor == 0 || __builtin_mul_overflow(number, factor, value))
		return -EINVAL;
	return 0;
}

int units_duration_ns(const char *text, int64_t *ns)
{
	uint64_t value;

	if (parse(text, durations, 1000000, &value) < 0 || value > INT64_MAX)
		return -EINVAL;
	*ns = (int64_t)value;
	return 0;
}

int units_size_bytes(const char *text, uint64_t *bytes)
{
	return parse(text, sizes, 1, bytes);
}
