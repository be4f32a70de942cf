// Slices of a checkpoint for people (operator/dump.h): which slice a space is.
#pragma once
#include "operator/dump.h"
#include "operator/window/live_slices.h"

struct dumped_slice {
	uint16_t instance;
	uint64_t space;
	int64_t end, start, first_window;
	struct dumped_slice *next;
};

// All zero at first.
struct slices_dump {
	struct arena *arena;
	struct dumped_slice *first, *last_found;
	uint16_t start_column, end_column, first_column;
};

// Columns for a slice's bounds.
void slices_dump_open(struct slices_dump *slices, struct dump *dump);
// The list that live_slices_freeze() wrote; length is that of a slice, 0 when it says its start.
// False when it is none.
bool slices_dump_take(
	struct slices_dump *slices, uint16_t instance, int64_t length, struct record_reader *in);
void slices_dump_add(struct slices_dump *slices, const struct dumped_slice *slice);
// The bounds of the record's slice into the row in hand, as far as they are known.
void slices_dump_put(struct slices_dump *slices, struct dump *dump, const struct record *record);
