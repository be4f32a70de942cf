// Windows as slices (panes): an event belongs to exactly one slice, and a window is a run of
// slices. A slice is named by its end. All times are milliseconds of event time, ends are
// exclusive: the window [start, end) fires when the watermark reaches end − 1.
//
//   HOP(slide 10, size 30)   slice ends      10   20   30   40
//                            window [0, 30)  [10) [20) [30)
//                            window [10, 40)      [20) [30) [40)
//
//   CUMULATE(step 10,        slice ends      10   20   30   40
//            size 30)        window [0, 10)  [10)
//                            window [0, 20)  [10) [20)
//                            window [0, 30)  [10) [20) [30)
//                            window [30, 40)                [40)
//
// Cutty (Carbone et al. 2016); Flink's SliceAssigners.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "time/zone.h"

struct slices {
	int64_t size; // of a window; of the largest one for CUMULATE
	// Length of a slice, of which size is a multiple: the slide of HOP, the step of CUMULATE,
	// the size of TUMBLE.
	int64_t slide;
	int64_t offset; // shift of all windows
	bool cumulates; // CUMULATE: windows begin together
	// Windows of a TIMESTAMP_LTZ are cut in the wall time of this zone, so that a day may have
	// 23 hours; NULL = UTC.
	const struct zone *zone;
};

// The local time of an instant. *span is zero at first, and remembers where zone has been looked
// up.
static inline int64_t slices_local(
	const struct slices *slices, int64_t instant, struct zone_span *span)
{
	if (slices->zone == NULL)
		return instant;
	return instant + zone_offset_near(slices->zone, instant, span);
}

// The end of the slice that a local time belongs to. Times before 1970 are negative and as good.
int64_t slices_end(const struct slices *slices, int64_t local);

// The first window that a slice is part of and that has not fired at watermark, by its end; a row
// is late when even the last one has: then false.
bool slices_first_open(
	const struct slices *slices, int64_t slice_end, int64_t watermark, int64_t *window_end);

// The end of the last window that has this slice.
int64_t slices_last_window(const struct slices *slices, int64_t slice_end);
// The start of the window that ends there.
int64_t slices_window_start(const struct slices *slices, int64_t window_end);

// HOP: the last multiple of size, moved by offset, before window_end: where the slices of the
// window are cut into older ones, which are summed up together, and newer ones (sum_hop.c).
int64_t slices_turn(const struct slices *slices, int64_t window_end);

// The watermark at which the window that ends there fires: end − 1. Where local times come twice,
// it is the second one; those that a gap skips come with the first one behind it (Flink's
// TimeWindowUtil.toEpochMillsForTimer).
int64_t slices_closes_at(const struct slices *slices, int64_t window_end);
// The time attribute of its results, an instant: end − 1, the first one where that comes twice.
int64_t slices_window_time(const struct slices *slices, int64_t window_end);
