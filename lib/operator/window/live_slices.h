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
#include "state/keyed_store.h"
#include "operator/window/window.h"

// Of one second each: more than four hours of disorder.
enum { LIVE_SLICES_MAX = 16384 };

struct slice {
	int64_t end;
	int64_t start; // of an attached window; else 0
	int64_t first_window; // end of the first window that sees these rows
	int64_t next_window; // end of the next window to fire that sees these rows
	struct keyed_store store;
	uint16_t first_picked, n_picked; // while a block is being sorted: its rows for this slice
};

struct live_slices {
	struct slice *entries; // LIVE_SLICES_MAX
	struct slice **sorted; // [:n] by name; [n:] the free ones
	uint32_t n;
	int64_t next_window; // the least of all; meaningless while n is 0
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
// Drop a slice and give its pages back.
void live_slices_drop(struct live_slices *live, struct slice *slice);
// Find out next_window again after slices have moved on.
void live_slices_refresh(struct live_slices *live);
