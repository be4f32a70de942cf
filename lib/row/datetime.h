// Dates and times as text and back, without libc (which is slow and reads the environment). The
// calendar is proleptic Gregorian (Hinnant, "chrono-compatible low-level date algorithms", 2013).
#pragma once
#include "row/type.h"

enum { DATETIME_TEXT_MAX = 48 };

// Days since 1970-01-01 of a date, and back. month and day are 1-based.
int32_t datetime_days(int32_t year, int32_t month, int32_t day);
void datetime_civil(int32_t days, int32_t *year, int32_t *month, int32_t *day);

// Which marks a timestamp's text has.
enum datetime_style {
	DATETIME_SQL, // 2020-01-01 00:00:05.123; _LTZ with a Z
	DATETIME_ISO, // 2020-01-01T00:00:05.123; _LTZ with a Z
	// As java.time prints it and so Flink's print connector: ISO, but seconds left out when
	// they are zero with no fraction (not for _LTZ), the fraction in groups of three digits.
	DATETIME_JAVA,
};

// Parse all of text[:len]. Dates are YYYY-MM-DD; times HH:MM[:SS[.fraction]] with one to nine
// digits of fraction; a timestamp is date, the style's separator, time, for _LTZ with a Z (else
// without). DATETIME_JAVA is what CAST reads: either separator, and for _LTZ an optional Z. More
// digits of the fraction than type.precision are cut off. False when malformed or out of range
// (2020-02-30, 25:00; beyond 1677 to 2262 where the unit is nanoseconds).
bool datetime_parse_date(const char *text, uint32_t len, int32_t *days);
bool datetime_parse_time(const char *text, uint32_t len, int32_t *ms);
bool datetime_parse_timestamp(const char *text, uint32_t len, struct type type,
	enum datetime_style style, int64_t *value);

// Write value; return the length; no NUL. Any value is allowed: years beyond 9999 get a sign, as in
// Java (+10000-01-01, -0001-12-31), a time is taken modulo a day. DATETIME_SQL and _ISO write a
// fraction of the digits it needs in Flink's JSON format (none when zero), CAST to STRING:
// datetime_format_cast().
uint32_t datetime_format_date(int32_t days, char text[DATETIME_TEXT_MAX]);
uint32_t datetime_format_time(
	int32_t ms, int32_t precision, enum datetime_style style, char text[DATETIME_TEXT_MAX]);
uint32_t datetime_format_timestamp(
	int64_t value, struct type type, enum datetime_style style, char text[DATETIME_TEXT_MAX]);
// CAST(ts AS STRING), also of _LTZ: "2020-01-01 00:00:05.123", the fraction with exactly
// type.precision digits.
uint32_t datetime_format_cast(int64_t value, struct type type, char text[DATETIME_TEXT_MAX]);

// value of type from in units of type to (rounding down to to's precision). False on overflow.
bool datetime_convert(int64_t value, struct type from, struct type to, int64_t *result);
