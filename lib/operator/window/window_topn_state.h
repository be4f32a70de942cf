// Inside the WindowTopN. Only files of this folder include it.
#pragma once
#include "operator/control_queue.h"
#include "operator/window/restored_slices.h"
#include "operator/window/window_topn.h"
#include "state/row_heap.h"

// Keys taken from the store at once, and the rows that come out in one call at most.
enum { FIRE_KEYS = 64, FIRE_ROWS_MAX = 1024 };
// Packed of windows that are gone, behind each block of input.
enum { PREPARE_ENTRIES_MAX = 512 };

struct fire {
	struct slice *slice; // NULL = no window is firing
	struct keyed_cursor cursor;
	void *states[FIRE_KEYS]; // [at:n] have not come out
	uint16_t at, n;
	struct heap_row *row; // next of the key in hand; NULL = take another key
	uint64_t rank; // of row
};

struct window_topn {
	struct op op;
	const struct window_topn_config *config;
	struct key_layout keys, row;
	struct slab slab;
	struct row_heaps heaps;
	struct live_slices live;
	struct fire fire;
	struct control_queue controls;
	int64_t passed_watermark;
	struct restored_slices restored; // before the first block
	bool is_restored;
	uint16_t late, null_time, bad_time, slice_limit, state_full, row_too_long; // counters
	// room for one block
	char *images; // keys, then whole rows
	char *row_images;
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	uint16_t slots[BLOCK_ROWS_MAX];
	// Of the block that was emitted last: a full exchange may still read their strings.
	struct heap_row *out_rows[BLOCK_ROWS_MAX];
	uint16_t n_out;
	struct column *columns; // of the output
};

// window_topn_checkpoint.c
void topn_pack_bucket(void *op, const struct keyed_bucket *bucket);
void topn_freeze(struct op *op);
bool topn_pack(struct op *op, int32_t *n_left);
int topn_restore(struct op *op, const struct record *record, struct err *err);
int topn_restored(struct op *op, struct err *err);
extern const struct op_dump window_topn_dump; // window_topn_dump.c
