// Inside the WindowAggregate: its state, and what its files do for each other. Only files of this
// folder include it.
#pragma once
#include "operator/window/live_slices.h"

// Entries merged or emitted in one call: what an lcore is held for at most.
enum { FIRE_ENTRIES_MAX = 1024 };
// Control messages that may wait for windows to fire; watermarks behind one another count as one.
enum { CONTROLS_MAX = 4 };

enum fire_phase { FIRE_NONE, FIRE_MERGING, FIRE_EMITTING };

// The window that is being fired: FIRE_NONE → (FIRE_MERGING →) FIRE_EMITTING → FIRE_NONE. A window
// that sees one slice only is emitted from that slice's store as it is.
struct fire {
	enum fire_phase phase;
	int64_t start, end; // of the window
	uint32_t n_slices;
	struct slice **slices; // LIVE_SLICES_MAX; [:n_slices] are the window's
	uint32_t merged; // slices[:merged] are in scratch
	struct keyed_cursor cursor; // in slices[merged]'s store, or in what is emitted
	struct keyed_store scratch; // the merged slices; takes pages while firing only
};

struct window_aggregate {
	struct op op;
	const struct window_aggregate_config *config;
	struct key_layout keys;
	uint32_t *offsets; // of each aggregate's state
	struct live_slices live;
	struct fire fire;

	struct block controls[CONTROLS_MAX]; // [:n_controls] wait, oldest first
	uint32_t n_controls;
	int64_t passed_watermark; // the last one handed on

	// counters
	uint16_t late, null_time, bad_time, slice_limit, state_full, key_too_long;
	uint16_t value_lost, result_lost;

	// room for one block
	uint64_t *images; // keys
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	const void *entries[BLOCK_ROWS_MAX]; // images in a store
	struct slice *slice_of[BLOCK_ROWS_MAX]; // of each row
	uint16_t picked[BLOCK_ROWS_MAX]; // slots of one slice
	struct column *columns; // of the output
};

// window_add.c: put a block's rows into their slices.
void window_add(struct window_aggregate *window, const struct block *block);

// window_fire.c: fire windows with end − 1 ≤ watermark until all have, downstream is full, or
// *n_left entries were seen to. True when all have.
bool window_fire(struct window_aggregate *window, int64_t watermark, int32_t *n_left);
