// The slices of a window operator that hold rows, each with a keyed store of its own.
//
// A slice is named by where it ends, by the first window that sees its rows, and by its start where
// windows of one end may start at different times (attached windows). Rows that come when the first
// windows of their slice have fired already, but not the last one, go to an entry of their own:
//
//   HOP(slide 10, size 30), watermark 15; the window ending at 10 has fired
//   a row of ts 5 goes to (10, first window 20): windows 20 and 30 count it, as all rows of (10,
//   10)
//
// Which window counts a row is thereby said by the row's own late mark, never by when firing
// physically happens.
#pragma once
#include "operator/window/graveyard.h"
#include "operator/window/window.h"

// Of one second each: more than four hours of disorder.
enum { LIVE_SLICES_MAX = 16384 };

// OPEN → BACK → FRONT, or OPEN → LATE: see sum_hop.c. Only an open slice takes rows.
enum slice_role { SLICE_OPEN, SLICE_BACK, SLICE_FRONT, SLICE_LATE };

struct slice {
	int64_t end;
	int64_t start; // of an attached window; else 0
	int64_t first_window; // end of the first window that sees these rows
	enum slice_role role;
	int64_t late_in; // the window that a late slice was added to last
	struct keyed_store store;
	uint16_t first_picked, n_picked; // while a block is being sorted: its rows for this slice
};

struct live_slices {
	struct slice *entries; // LIVE_SLICES_MAX
	struct slice **sorted; // [:n] by name; [n:] the free ones
	uint32_t n;
	int64_t next_window; // the least first_window of an open slice; INT64_MAX when there is
			     // none
	struct graveyard graves; // of slices that were dropped
	// what stores are made of
	struct page_pool *pool;
	const struct key_layout *keys;
	const struct hash_seed *seed;
	uint32_t state_size;
};

// Returns 0, -ENOMEM, or -E2BIG when a key with its state is larger than a store takes.
int live_slices_init(struct live_slices *live, const struct op_task *task,
	const struct key_layout *keys, uint32_t state_size);
void live_slices_destroy(struct live_slices *live, struct mem *mem); // gives all pages back

// The slice of this name, made when there is none; NULL when LIVE_SLICES_MAX are there already.
struct slice *live_slices_get(
	struct live_slices *live, int64_t end, int64_t first_window, int64_t start);
// Drop a slice; its pages go to the graveyard.
void live_slices_drop(struct live_slices *live, struct slice *slice);
// The first open slice that window_end is the first window of; NULL when there is none.
struct slice *live_slices_new_in(const struct live_slices *live, int64_t window_end);
// Find out next_window again after open slices went or changed their role.
void live_slices_refresh(struct live_slices *live);
