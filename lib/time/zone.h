// Time zones: how far local time is from UTC, at any instant. A zone is made from the bytes of a
// file of the system's tz database (this module opens none) or from a name as "GMT+08:00", is
// immutable then and shared by all lcores.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

struct zone;

extern const struct zone zone_utc;

// The tz database, handed down by those who may open files.
struct zone_files {
	// The file of the zone of this name, read into arena: its bytes, *len of them; NULL when
	// there is none.
	const void *(*read)(struct arena *arena, const char *name, size_t *len);
};

// The zone in bytes[:len], a TZif file of version 2 or later (RFC 9636), in arena. Times beyond its
// table follow its footer's rule for ever. NULL when it is malformed.
const struct zone *zone_parse(struct arena *arena, const char *name, const void *bytes, size_t len);
// UTC, GMT and fixed offsets: "GMT+8", "GMT-03:00", "GMT+0530". NULL when name is none of these.
const struct zone *zone_fixed(struct arena *arena, const char *name);
// Either, by name. files may be NULL. NULL when there is no such zone.
const struct zone *zone_find(struct arena *arena, const char *name, const struct zone_files *files);

const char *zone_name(const struct zone *zone);
bool zone_is_utc(const struct zone *zone); // offset 0, always

// Local time minus UTC at an instant, in milliseconds (some offsets before 1900 are not whole
// minutes, all are whole seconds).
int32_t zone_offset_ms(const struct zone *zone, int64_t utc_ms);
int64_t zone_to_local(const struct zone *zone, int64_t utc_ms);

// The instant of a local time, as java.time.ZonedDateTime does it: a time that a gap skips is
// later by the gap, of the two instants of a time that comes twice it is the earlier one.
int64_t zone_to_utc(const struct zone *zone, int64_t local_ms);
// The same but for the times that come twice: the later one, as java.util.Calendar does it.
int64_t zone_to_utc_later(const struct zone *zone, int64_t local_ms);

// The stretch of time around an instant in which the offset does not change: for loops over times
// that are close to each other, and to know the next transition.
struct zone_span {
	int64_t start_ms, end_ms; // UTC; end exclusive, INT64_MAX = for ever
	int32_t offset_ms;
};
struct zone_span zone_span_at(const struct zone *zone, int64_t utc_ms);

// zone_offset_ms() that looks into the span of the call before first; *span is zero at the start.
static inline int32_t zone_offset_near(
	const struct zone *zone, int64_t utc_ms, struct zone_span *span)
{
	if (utc_ms < span->start_ms || utc_ms >= span->end_ms)
		*span = zone_span_at(zone, utc_ms);
	return span->offset_ms;
}
