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

// Parse all of text[:len]. Dates are YYYY-MM-DD; times HH:MM[:SS[.fraction]]; a timestamp is date,
// 'T' or ' ' (the style's), time, for _LTZ with a Z (cast: optional). More digits of the fraction
// than type.precision are cut off. False when malformed or out of range (2020-02-30, 25:00).
bool datetime_parse_date(const char *text, uint32_t len, int32_t *days);
bool datetime_parse_time(const char *text, uint32_t len, int32_t *ms);
bool datetime_parse_timestamp(const char *text, uint32_t len, struct type type,
	enum datetime_style style, int64_t *value);

// Write value; return the length; no NUL. DATETIME_SQL and _ISO write a fraction of the digits it
// needs in Flink's JSON format (none when zero), CAST to STRING: datetime_format_cast().
uint32_t datetime_format_date(int32_t days, char text[DATETIME_TEXT_MAX]);
uint32_t datetime_format_time(
	int32_t ms, int32_t precision, enum datetime_style style, char text[DATETIME_TEXT_MAX]);
uint32_t datetime_format_timestamp(
	int64_t value, struct type type, enum datetime_style style, char text[DATETIME_TEXT_MAX]);
// CAST(ts AS STRING): "2020-01-01 00:00:05.123", the fraction with exactly type.precision digits.
uint32_t datetime_format_cast(int64_t value, struct type type, char text[DATETIME_TEXT_MAX]);

// value of type from in units of type to (rounding down to to's precision). False on overflow.
bool datetime_convert(int64_t value, struct type from, struct type to, int64_t *result);
