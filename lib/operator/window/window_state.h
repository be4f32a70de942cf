// Inside the WindowAggregate: its state, and what its files do for each other. Only files of this
// folder include it.
#pragma once
#include "operator/control_queue.h"
#include "operator/window/restored_slices.h"

// Entries merged or emitted in one call: what an lcore is held for at most.
enum { FIRE_ENTRIES_MAX = 256 };
// And ahead of the watermark, behind each block of input; while more of it waits, behind so many
// rows.
enum { PREPARE_ENTRIES_MAX = 256, PREPARE_ROWS = 2048 };

struct window_aggregate;

// How slices become windows: see sum_single.c, sum_cumulate.c, sum_hop.c. Each works until *n_left
// entries were seen to, and is called again when it returns false.
struct composer {
	// Get ready for the next window, whichever it is; there is time until the watermark is
	// there.
	bool (*prepare)(struct window_aggregate *window, int32_t *n_left);
	// Add what is new in the window fire.end.
	bool (*add)(struct window_aggregate *window, int32_t *n_left);
	// The window's next keys and states: window->entries[:n], window->states[:n], n_max at
	// most. A result of 0 says that *n_seen, the number of entries that were looked at, is 0
	// too only at the end.
	uint16_t (*next)(struct window_aggregate *window, uint16_t n_max, uint16_t *n_seen);
	// The window has been emitted. Drop what no other window needs.
	void (*finish)(struct window_aggregate *window);
};
extern const struct composer sum_single, sum_cumulate, sum_hop;

enum fire_phase { FIRE_NONE, FIRE_ADDING, FIRE_EMITTING };

// The window that is being fired: FIRE_NONE → FIRE_ADDING → FIRE_EMITTING → FIRE_NONE.
struct fire {
	enum fire_phase phase;
	int64_t start, end; // of the window
	struct keyed_cursor cursor; // in what is emitted
	uint16_t rows_max; // of a block of results: fewer when their text is long
};

// Slices that were added up. A part is what a slice has for a key: the states of the aggregates
// and, for HOP, a word of flags in front.
struct sum {
	uint32_t part_size;
	bool has_heap; // some aggregate keeps something outside its state
	struct keyed_store total; // HOP: two parts for each key; CUMULATE: one; else unused
	// A key had no room in total. Then no new key gets in until total is made anew, so that
	// what is in it is never part of a result.
	bool is_full;
	int64_t next_window; // that these slices are in, though nothing may be new in it; INT64_MAX
	struct keyed_cursor cursor; // in the slice in hand
	// HOP only
	bool is_stale; // slices that left the window are still in total
	bool is_spoilt; // a slice left from the back, total still has its values
	bool is_turning; // the back is becoming the front
	uint32_t n_front, n_back; // slices of these roles
	uint64_t n_keys_max; // of total since it was made
	int64_t front_end; // of the last slice in front; meaningless while there is none
	struct keyed_store late; // one part for each key: the sum of late slices
	struct keyed_store scratch; // heap of parts
	uint64_t *parts, *old_parts; // room for a block's
	void *backs[BLOCK_ROWS_MAX];
};

struct window_aggregate {
	struct op op;
	const struct window_aggregate_config *config;
	const struct composer *composer;
	struct key_layout keys;
	uint32_t *offsets; // of each aggregate's state in a part
	struct live_slices live;
	struct sum sum;
	struct fire fire;

	// where windows are cut in local time
	struct zone_span span; // of the last row
	int64_t closing_end, closing_at; // the last answer of slices_closes_at()

	uint32_t n_rows_unprepared; // that have come since something was prepared
	struct control_queue controls;
	int64_t passed_watermark; // the last one handed on
	struct restored_slices restored; // before the first block
	bool is_restored;

	// counters
	uint16_t late, null_time, bad_time, slice_limit, state_full, key_too_long;
	uint16_t value_lost, result_lost;

	// room for one block
	uint64_t *images; // keys
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	const void *entries[BLOCK_ROWS_MAX]; // images in a store
	uint16_t late_slots[BLOCK_ROWS_MAX]; // of rows that a late output may still read
	struct slice *slice_of[BLOCK_ROWS_MAX]; // of each row
	uint16_t picked[BLOCK_ROWS_MAX]; // slots of one slice
	struct column *columns; // of the output
	struct result_heap text; // of results
};

// For a few words at a time a loop is faster than memcpy().
static inline void copy_words(void *into, const void *from, uint32_t size)
{
	uint64_t *to = into;
	const uint64_t *words = from;

	for (uint32_t i = 0; i < size / sizeof(*to); i++)
		to[i] = words[i];
}

// window_add.c: put a block's rows into their slices.
void window_add(struct window_aggregate *window, const struct block *block);

// window_fire.c: fire windows with end − 1 ≤ watermark until all have, downstream is full, or
// *n_left entries were seen to. True when all have.
bool window_fire(struct window_aggregate *window, int64_t watermark, int32_t *n_left);
// Get some of the work done that the next window, or nobody, will wait for; n_rows have just come.
void window_prepare(struct window_aggregate *window, uint16_t n_rows);

// window_checkpoint.c
void window_pack_bucket(void *op, const struct keyed_bucket *bucket);
void window_freeze(struct op *op);
bool window_pack(struct op *op, int32_t *n_left);
int window_restore(struct op *op, const struct record *record, struct err *err);
int window_restored(struct op *op, struct err *err);

// sum.c: what the composers share.

enum sum_keys { SUM_FIND, SUM_MAKE };

// Images and hashes of the keys at window->entries[:n].
void sum_hash(struct window_aggregate *window, uint16_t n);
// The next entries of slice at sum.cursor: states[:n] of the slice and into[:n] of store, NULL for
// keys that are not there or, if they are to be made, had no room. Returns n; 0 at the end, the
// cursor then stands at the beginning again.
uint16_t sum_next(struct window_aggregate *window, const struct slice *slice,
	struct keyed_store *store, enum sum_keys keys, void **states, void **into);
// into[i] += from[i], both parts, for i < n; what into keeps outside goes to heap's store. from
// comes behind into, where the order of slices is seen.
void sum_combine(struct window_aggregate *window, void *const *into, void *const *from, uint16_t n,
	struct keyed_store *heap);
// Count results that had no room, or end the job.
void sum_refuse(struct window_aggregate *window, uint64_t n);

extern const struct op_dump window_dump; // window_dump.c
