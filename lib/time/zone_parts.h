// What a zone is made of, for those who make and search it. Internal to the module.
#pragma once
#include <stdbool.h>
#include "time/zone.h"

#define ZONE_MS_PER_DAY INT64_C(86400000)
#define ZONE_CYCLE_MS (146097 * ZONE_MS_PER_DAY) // 400 years
// No offset is further from UTC than this.
#define ZONE_MARGIN_MS (2 * ZONE_MS_PER_DAY)

struct zone {
	const char *name;
	uint32_t n;
	const int64_t *at; // [:n] transitions, UTC, ascending
	const int64_t *local; // [:n] local times from which on the offset behind at[i] is right
	const int32_t *offsets; // [:n + 1] offsets[i + 1] is in force from at[i] on
	int64_t cycle_ms; // from here on the table repeats itself; INT64_MAX = it has an end
};

// A rule for all years, as POSIX writes it in TZ: "CET-1CEST,M3.5.0,M10.5.0/3".
struct zone_day {
	enum { ZONE_DAY_WEEKDAY, ZONE_DAY_JULIAN, ZONE_DAY_ZERO } kind;
	int32_t month, week, weekday; // Mm.w.d; week 5 = the last
	int32_t day; // Jn, 1 … 365 (no leap day); n, 0 … 365
	int32_t time_s; // since midnight, local; − 167 to 167 hours
};

struct zone_rule {
	int32_t offset_s, dst_offset_s;
	bool has_dst;
	struct zone_day start, end; // of DST
};

// Read text[:len]. False when malformed.
bool zone_rule_parse(struct zone_rule *rule, const char *text, size_t len);
// When the day of this rule starts plus its time, in seconds since 1970 by local time.
int64_t zone_day_in(const struct zone_day *day, int32_t year);
