#include "time/slices.h"

// The start of the interval that ts is in, when the line of time is cut into intervals of length.
static int64_t interval_start(const struct slices *slices, int64_t ts, int64_t length)
{
	int64_t into = (ts - slices->offset) % length;

	return ts - into - (into < 0 ? length : 0);
}

int64_t slices_end(const struct slices *slices, int64_t ts)
{
	return interval_start(slices, ts, slices->slide) + slices->slide;
}

int64_t slices_last_window(const struct slices *slices, int64_t slice_end)
{
	if (slices->cumulates)
		return interval_start(slices, slice_end - 1, slices->size) + slices->size;
	return slice_end + slices->size - slices->slide;
}

int64_t slices_window_start(const struct slices *slices, int64_t window_end)
{
	if (slices->cumulates)
		return interval_start(slices, window_end - 1, slices->size);
	return window_end - slices->size;
}

bool slices_first_open(
	const struct slices *slices, int64_t slice_end, int64_t watermark, int64_t *window_end)
{
	int64_t behind;

	if (slice_end - 1 > watermark) { // the usual case
		*window_end = slice_end;
		return true;
	}
	if (slices_last_window(slices, slice_end) - 1 <= watermark)
		return false;
	behind = watermark + 1 - slice_end; // ≥ 0: windows with end ≤ watermark + 1 have fired
	*window_end = slice_end + (behind / slices->slide + 1) * slices->slide;
	return true;
}
