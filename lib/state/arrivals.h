// Rows that wait for their time, as checkpoints see them. Each comes, waits and leaves, and seldom
// changes in between. So a checkpoint writes those that came or changed since the one before it,
// and says nothing of those that have left: whoever restores them can tell by their time, and of a
// row that changed takes the version of the last space. What came between two checkpoints is a
// space, which is dropped when none of its rows, as they were then, is there any more.
//
//	add ──► fresh ──freeze──► frozen ──packed──► written ──change──► fresh
//	leave, change: a frozen row is written first, and maybe some that came behind it
//
// Rows are linked through their struct arrival: all calls but pack() are O(1), or write a batch.
// A space of which little is left is written anew with the next checkpoint, so that what is stored
// stays within a multiple of what there is. One lcore.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { ARRIVALS_LISTS = 32, ARRIVALS_NO_LIST = ARRIVALS_LISTS, ARRIVALS_BATCH = 64 };

// Inside a row.
struct arrival {
	struct arrival *next, *previous; // of its list
	uint8_t list;
	bool is_written; // since it was added
	bool is_stored; // written since the caller zeroed this, maybe as it was once
};

struct arrivals_ops {
	// Write rows[:n], n ≤ ARRIVALS_BATCH, as one record of the checkpoint that was frozen.
	void (*pack)(void *owner, uint64_t space, uint64_t place, struct arrival *const *rows,
		uint32_t n);
	// From the checkpoint after it on the space is gone.
	void (*drop)(void *owner, uint64_t space);
	// Rows to write together before one leaves or changes, as rows that came together mostly do
	// at about the same time; 0 = ARRIVALS_BATCH.
	uint32_t urgent_max;
};

struct arrival_list {
	struct arrival *first, *last;
	uint64_t space;
	uint64_t n, n_frozen; // rows that are there, and that were when it was frozen
};

struct arrivals {
	const struct arrivals_ops *ops; // NULL: no checkpoints are taken
	void *owner;
	struct arrival_list lists[ARRIVALS_LISTS];
	uint8_t fresh; // the list of what has come since the last freeze
	uint8_t frozen; // the one that is being packed
	struct arrival *next_packed; // in it; NULL = all were
	uint8_t renewed; // the one whose rows are becoming fresh again, or ARRIVALS_NO_LIST
	uint64_t n_places; // records so far
};

// Zeroed bytes, or ops NULL, are one that does nothing.
static inline void arrivals_init(
	struct arrivals *arrivals, const struct arrivals_ops *ops, void *owner)
{
	*arrivals = (struct arrivals){.ops = ops, .owner = owner, .renewed = ARRIVALS_NO_LIST};
}

// A row has come; what is to be written of it is there when the next checkpoint is frozen.
void arrivals_add(struct arrivals *arrivals, struct arrival *row);
// The row is about to change.
void arrivals_change(struct arrivals *arrivals, struct arrival *row);
// The row leaves, and its bytes are still there.
void arrivals_leave(struct arrivals *arrivals, struct arrival *row);
// Freeze what is there, and call what has come space, a number that had not been one's. All was
// packed since the freeze before.
void arrivals_freeze(struct arrivals *arrivals, uint64_t space);
// Pack frozen rows until *n_left, one for each row, is used up. True when none are left.
bool arrivals_pack(struct arrivals *arrivals, int32_t *n_left);
