#include "time/slices.h"

int64_t slices_end(const struct slices *slices, int64_t ts)
{
	int64_t into = (ts - slices->offset) % slices->slide;

	if (into < 0)
		into += slices->slide;
	return ts - into + slices->slide;
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
