// Java's patterns for times (java.time.format.DateTimeFormatter). These letters are known,
// everything else that is no letter stands for itself:
//
//   y u  year   M  month (MMM, MMMM: its English name)   d  day   D  day of the year
//   H  hour 0–23   h  hour 1–12   m  minute   s  second   S  fraction   a  AM, PM
//   E  weekday's English name   ''  a quote   'text'
#pragma once
#include "expr/unit.h"
#include "row/str.h"

enum { TIME_PATTERN_MAX = 64, TIME_PATTERN_TEXT_MAX = TIME_PATTERN_MAX * 12 };

// A pattern cut into runs of one letter, and bytes that stand for themselves.
struct time_item {
	char letter; // 0 = literal
	uint8_t n; // letters; for a literal, the byte
};

struct time_pattern {
	uint32_t n;
	struct time_item items[TIME_PATTERN_MAX];
};

// False when text[:len] is too long or has a letter that is not known.
bool time_pattern_compile(struct time_pattern *pattern, const char *text, uint32_t len);
// Write moment; returns the length.
uint32_t time_pattern_format(
	const struct time_pattern *pattern, struct moment moment, char text[TIME_PATTERN_TEXT_MAX]);

// Who reads: they differ in what they let pass.
enum time_pattern_reader {
	// java.time.DateTimeFormatter: all of the text; the 31st of a shorter month is its last
	// day.
	TIME_PATTERN_JAVA_TIME,
	// java.text.SimpleDateFormat: what follows the pattern does not count, numbers of any
	// length, and numbers that are too large carry over: the 32nd is the 1st of the next month.
	TIME_PATTERN_JAVA_TEXT,
};

// Read text; what the pattern leaves out is as in 1970-01-01 00:00. False when it is malformed or
// no such time.
bool time_pattern_parse(const struct time_pattern *pattern, enum time_pattern_reader reader,
	const struct str *text, struct moment *moment);
