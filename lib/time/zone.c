// Offsets of a zone by binary search.
//
// Idea: the table of transitions is continued by the rule until the Gregorian calendar repeats
// itself, which it does every 400 years = 146097 days = 20871 weeks; later times are looked up some
// cycles earlier. So there is no rule to be worked out at run time, for at most 2000 + 804 entries.
//
// Local times: each transition i has the local time from which on offset[i + 1] is right for sure,
// at + max(offset before, after). Before that the offset before is right: in an overlap it gives
// the earlier instant, in a gap the local time moved on by the gap, which is Java's rule for both.
#include "time/zone.h"
#include "time/zone_parts.h"

const struct zone zone_utc = {
	.name = "UTC",
	.offsets = (const int32_t[]){0},
	.cycle_ms = INT64_MAX,
};

const char *zone_name(const struct zone *zone)
{
	return zone->name;
}

bool zone_is_utc(const struct zone *zone)
{
	return zone->n == 0 && zone->offsets[0] == 0;
}

// How many of times[:n], ascending, are at or before ms.
static uint32_t count_until(const int64_t *times, uint32_t n, int64_t ms)
{
	uint32_t low = 0;

	while (n > 0) {
		uint32_t half = n / 2;
		bool above = times[low + half] <= ms;

		low = above ? low + half + 1 : low;
		n = above ? n - half - 1 : half;
	}
	return low;
}

// How much earlier the same day of the calendar is in the table.
static int64_t cycles_back(int64_t ms, int64_t from_ms)
{
	return ms < from_ms ? 0 : (ms - from_ms) / ZONE_CYCLE_MS * ZONE_CYCLE_MS;
}

struct zone_span zone_span_at(const struct zone *zone, int64_t utc_ms)
{
	int64_t back = cycles_back(utc_ms, zone->cycle_ms);
	uint32_t i = count_until(zone->at, zone->n, utc_ms - back);
	struct zone_span span = {INT64_MIN, INT64_MAX, zone->offsets[i]};

	if (i > 0)
		span.start_ms = zone->at[i - 1] + back;
	if (i < zone->n && __builtin_add_overflow(zone->at[i], back, &span.end_ms))
		span.end_ms = INT64_MAX;
	return span;
}

int32_t zone_offset_ms(const struct zone *zone, int64_t utc_ms)
{
	int64_t back = cycles_back(utc_ms, zone->cycle_ms);

	return zone->offsets[count_until(zone->at, zone->n, utc_ms - back)];
}

// Times at the ends of int64 wrap around rather than trap.
static int64_t plus(int64_t ms, int64_t offset_ms)
{
	return (int64_t)((uint64_t)ms + (uint64_t)offset_ms);
}

int64_t zone_to_local(const struct zone *zone, int64_t utc_ms)
{
	return plus(utc_ms, zone_offset_ms(zone, utc_ms));
}

int64_t zone_to_utc(const struct zone *zone, int64_t local_ms)
{
	int64_t from = zone->cycle_ms < INT64_MAX ? zone->cycle_ms + ZONE_MARGIN_MS : INT64_MAX;
	int64_t back = cycles_back(local_ms, from);

	return plus(local_ms,
		-(int64_t)zone->offsets[count_until(zone->local, zone->n, local_ms - back)]);
}

int64_t zone_to_utc_later(const struct zone *zone, int64_t local_ms)
{
	int64_t utc_ms = zone_to_utc(zone, local_ms);
	struct zone_span span = zone_span_at(zone, utc_ms);
	int64_t later;

	// Were the offset behind the next transition in force, would it be behind it?
	if (span.end_ms == INT64_MAX)
		return utc_ms;
	later = plus(local_ms, -(int64_t)zone_offset_ms(zone, span.end_ms));
	return later >= span.end_ms && later > utc_ms ? later : utc_ms;
}
