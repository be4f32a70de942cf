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
//
// In a checkpoint each slice is a space of its own: live_slices_put() writes down which there are,
// what is in them comes bucket by bucket. restored_slices.h reads it.
#pragma once
#include "operator/op.h"
#include "operator/window/graveyard.h"
#include "operator/window/window.h"

// Of one second each: more than four hours of disorder.
enum { LIVE_SLICES_MAX = 16384 };

// Parts of a checkpoint: the operator's small state with the list of slices; buckets of slices.
enum { SLICES_PART_LIST = 1, SLICES_PART_BUCKETS = 2 };

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
	struct op *op;
	const struct key_layout *keys;
	uint32_t state_size;
	// checkpoints
	struct keyed_track track; // of all slices, and of what was one
	uint64_t n_spaces, n_spaces_frozen; // given away, and at the last freeze
	uint32_t n_packed; // sorted[:n_packed] have nothing frozen
};

// pack writes a bucket down; op owns the slices. Returns 0, -ENOMEM, or -E2BIG when a key with its
// state is larger than a store takes.
int live_slices_init(struct live_slices *live, struct op *op, const struct key_layout *keys,
	uint32_t state_size, void (*pack)(void *op, const struct keyed_bucket *bucket));
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

// Have checkpoints, if any are taken, take an empty store along.
void live_slices_track(struct live_slices *live, struct keyed_store *store);
// Drop what is in such a store: its pages go to the graveyard.
void live_slices_bury(struct live_slices *live, struct keyed_store *store);
// Freeze all slices, and put the list of them at the end of the record in work.
void live_slices_freeze(struct live_slices *live);
// Pack what is frozen until *n_left is used up. True when all of it is.
bool live_slices_pack(struct live_slices *live, int32_t *n_left);
