#include "time/slices.h"

#define HOUR_MS 3600000
#define FAR_FUTURE_MS (253402300800000 / 2) // beyond what tables list, where only rules hold

// The start of the interval that ts is in, when the line of time is cut into intervals of length.
static int64_t interval_start(const struct slices *slices, int64_t ts, int64_t length)
{
	int64_t into = (ts - slices->offset) % length;

	return ts - into - (into < 0 ? length : 0);
}

int64_t slices_end(const struct slices *slices, int64_t local)
{
	return interval_start(slices, local, slices->slide) + slices->slide;
}

int64_t slices_last_window(const struct slices *slices, int64_t slice_end)
{
	if (slices->cumulates)
		return interval_start(slices, slice_end - 1, slices->size) + slices->size;
	return slice_end + slices->size - slices->slide;
}

int64_t slices_turn(const struct slices *slices, int64_t window_end)
{
	return interval_start(slices, window_end - 1, slices->size);
}

int64_t slices_window_start(const struct slices *slices, int64_t window_end)
{
	if (slices->cumulates)
		return interval_start(slices, window_end - 1, slices->size);
	return window_end - slices->size;
}

// Whether a zone's clocks are still put forward and back: the only ones whose past changes Flink
// minds, as java.util.TimeZone.useDaylightTime() says it.
static bool changes_for_ever(const struct zone *zone)
{
	return zone_span_at(zone, FAR_FUTURE_MS).end_ms != INT64_MAX;
}

int64_t slices_closes_at(const struct slices *slices, int64_t window_end)
{
	int64_t first, later;

	if (slices->zone == NULL)
		return window_end - 1;
	first = zone_to_utc(slices->zone, window_end - 1);
	if (!changes_for_ever(slices->zone))
		return first;
	later = zone_to_utc(slices->zone, window_end - 1 + HOUR_MS);
	if (first == later) // an hour that is skipped
		return first - first % HOUR_MS;
	return later - first > HOUR_MS ? first + HOUR_MS : first;
}

int64_t slices_window_time(const struct slices *slices, int64_t window_end)
{
	return slices->zone != NULL ? zone_to_utc(slices->zone, window_end - 1) : window_end - 1;
}

bool slices_first_open(
	const struct slices *slices, int64_t slice_end, int64_t watermark, int64_t *window_end)
{
	int64_t closed = slice_end, open; // ends, of which the window is known to be so

	if (slices_closes_at(slices, slice_end) > watermark) { // the usual case
		*window_end = slice_end;
		return true;
	}
	open = slices_last_window(slices, slice_end);
	if (slices_closes_at(slices, open) <= watermark)
		return false;
	while (open - closed > slices->slide) {
		int64_t middle = closed + (open - closed) / slices->slide / 2 * slices->slide;

		if (slices_closes_at(slices, middle) > watermark)
			open = middle;
		else
			closed = middle;
	}
	*window_end = open;
	return true;
}
