// Inside the GroupWindowAggregate: its state, and what its files do for each other. Only files of
// this folder include it.
//
//   store       key ─► newest window ─► older window ─► …        an entry has one pointer
//   slab        window: timer, bounds │ updates, if any │ key image │ states of aggregates │
//               tracked, if any
//   timers      windows by when they fire or go;  clocks  by when they fire in between
//   arrivals    windows by whether a checkpoint has them as they are
#pragma once
#include "operator/control_queue.h"
#include "operator/window/group_window.h"
#include "state/arrivals.h"
#include "state/keyed_store.h"
#include "state/slab.h"
#include "time/wheel.h"
#include "time/zone.h"

// Windows that are looked at in one call: what an lcore is held for at most.
enum { GROUP_WINDOWS_MAX = 2048 };
// Bytes of the texts that results of one block are made of.
enum { GROUP_RESULT_HEAP = 256 << 10 };

struct open_window {
	// Armed for its end − 1, lazily: it may have moved on since. Then for when it goes.
	struct wheel_timer timer;
	struct open_window *next, *newer; // of the same key; next is older
	int64_t start, end; // local time
	uint64_t hash; // of the key
	uint64_t id; // tells windows of a key apart, whatever becomes of their bounds
};

// Behind a window when checkpoints are taken.
struct tracked {
	struct arrival arrival;
	// Windows that were merged into this one, linked by next, without timers and states: stored
	// as they were once, so that who restores this one has to be told that they are no more.
	struct open_window *absorbed;
};

// Behind the window when results are updated.
struct updates {
	struct wheel_timer clock; // the next firing in between
	void *emitted; // the result that is out: an image, its long strings behind it; or NULL
	uint32_t emitted_size;
	bool fired; // on time
};

// What went out in a block that is still being filled is given back afterwards.
struct old_result {
	void *at;
	uint32_t size;
};

struct group_window {
	struct op op;
	const struct group_window_config *config;
	bool has_updates;
	struct key_layout keys;
	struct keyed_store store; // the state is the key's newest window
	struct slab slab;
	struct state_heap heap;
	uint32_t image_at, window_size; // in a window, of a window
	uint32_t tracked_at; // 0: no checkpoints are taken
	struct arrivals arrivals;
	uint64_t n_made; // windows
	int64_t restored_mark; // what the instance whose windows are being restored had passed on
	uint32_t *offsets; // of each aggregate's state, in a window
	struct wheel timers, clocks;
	bool clocks_due; // clocks up to now_ms are being worked off
	int64_t now_ms; // wall clock; never goes back

	struct control_queue controls;
	int64_t passed_watermark; // the last one handed on
	uint64_t rx_tsc; // of what results come from

	// counters
	uint16_t late, null_time, bad_time, no_window, state_full, key_too_long;
	uint16_t value_lost, result_lost;

	// the block in hand: held.rows[row …] are still to be added
	struct block held;
	int64_t held_watermark; // ours when it came: a later one may wait behind it
	uint16_t row;
	int64_t next_start; // of row's windows, latest first; the row is begun
	bool row_begun, row_placed, row_refused;
	struct open_window **link; // where the row's next window is in its key's list, or would be
	uint16_t picked[BLOCK_ROWS_MAX];
	uint64_t *images;
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *entries[BLOCK_ROWS_MAX]; // struct open_window ** of each row's key
	uint16_t n_late, late_slots[BLOCK_ROWS_MAX]; // rows of it that came too late
	struct zone_span span; // that the last times were in
	// rows that wait to be added to their windows together
	uint16_t n_waiting;
	uint16_t waiting[BLOCK_ROWS_MAX]; // slots
	void *windows[BLOCK_ROWS_MAX];

	// the output
	struct column *columns;
	struct result_heap texts;
	bool is_out; // a block is, and what it was made of is still there
	uint16_t n_gone; // windows to drop when the block is out
	struct open_window *gone[BLOCK_ROWS_MAX];
	// with updates: the block that is being filled
	uint16_t n_out;
	uint8_t kinds[BLOCK_ROWS_MAX];
	struct key_layout results; // of the aggregates
	struct column *fresh; // one row
	uint64_t *image; // and its image
	uint16_t n_old;
	struct old_result old[BLOCK_ROWS_MAX];
};

static inline struct updates *updates_of(struct open_window *window)
{
	return (struct updates *)(window + 1);
}

static inline struct open_window *window_of_clock(struct wheel_timer *clock)
{
	return (struct open_window *)clock - 1;
}

static inline const void *window_image(
	const struct group_window *group, const struct open_window *window)
{
	return (const char *)window + group->image_at;
}

static inline struct tracked *tracked_of(
	const struct group_window *group, struct open_window *window)
{
	return (struct tracked *)((char *)window + group->tracked_at);
}

// The window is about to change.
static inline void window_touch(struct group_window *group, struct open_window *window)
{
	if (group->tracked_at > 0)
		arrivals_change(&group->arrivals, &tracked_of(group, window)->arrival);
}

// The instant at which the watermark fires a window.
static inline int64_t window_due(const struct group_window *group, const struct open_window *window)
{
	const struct slices zoned = {.zone = group->config->zone};

	return zoned.zone == NULL ? window->end - 1 : slices_closes_at(&zoned, window->end);
}

// group_window_add.c: take a block in hand.
void group_window_hold(struct group_window *group, const struct block *block);
// Add its rows until all are, downstream is full, or *n_left windows were looked at. True when all
// are.
bool group_window_add(struct group_window *group, int32_t *n_left);
// Add the rows that wait to their windows.
void group_window_flush(struct group_window *group);

// group_window_find.c: the session of a row, made, extended or merged; NULL when the row is late
// or, *is_full, when there is no room. time is local.
struct open_window *group_window_session(
	struct group_window *group, uint16_t row, int64_t time, int64_t mark, bool *is_full);
// The window of the row in hand that begins at start, from group->link on; made when there is none.
// NULL when there is no room.
struct open_window *group_window_get(struct group_window *group, int64_t start, int64_t mark);
// Put a window of the key whose list begins at *first into it, and arm it.
void group_window_adopt(
	struct group_window *group, struct open_window *window, struct open_window **first);
// Take the window of this id out of the list and give it back, if it is there.
void group_window_erase(struct group_window *group, struct open_window **first, uint64_t id);
// Give back windows[:n], which are in no list.
void group_window_release(struct group_window *group, struct open_window **windows, uint16_t n);
// Take windows[:n] out of their keys' lists, give them back, and drop keys without windows.
void group_window_drop(struct group_window *group, struct open_window **windows, uint16_t n);

// group_window_fire.c: fire what is due at watermark, until all is, downstream is full, or *n_left
// windows were looked at. True when all is.
bool group_window_fire(struct group_window *group, int64_t watermark, int32_t *n_left);
// The same for what is due at now_ms.
bool group_window_fire_clocks(struct group_window *group, int32_t *n_left);
// Keys and properties of a window into a slot of the output.
void group_window_fill(struct group_window *group, const struct open_window *window, uint16_t slot);
// What is downstream is done with the last block: drop what it was made of.
void group_window_forget(struct group_window *group);
// Emit the first n slots of the output.
void group_window_emit(struct group_window *group, uint16_t n, const uint8_t *kinds);

// group_window_update.c: rows that one window may put out between two looks at the room.
enum { GROUP_UPDATES_MAX = 4 };
// Put the window's result into the output, when it is another one than the last.
void group_window_update(struct group_window *group, struct open_window *window);
// Emit the output.
void group_window_emit_updates(struct group_window *group);
// A row with this mark comes to a window: fire what its mark fires first.
void group_window_before_row(struct group_window *group, struct open_window *window, int64_t mark);
// It has come: fire what it fires itself.
void group_window_after_row(struct group_window *group, struct open_window *window, int64_t mark);

static inline bool group_window_has_room(const struct group_window *group)
{
	return group->n_out <= BLOCK_ROWS_MAX - GROUP_UPDATES_MAX;
}

// group_window_explain.c
const char *group_window_explain(const struct op_spec *spec, struct arena *arena);

// group_window_pack.c, group_window_restore.c
void group_window_track(struct group_window *group);
void group_window_freeze(struct op *op);
bool group_window_pack(struct op *op, int32_t *n_left);
int group_window_restore(struct op *op, const struct record *record, struct err *err);
int group_window_restored(struct op *op, struct err *err);

// What is said of a window in a record, between its key and the states of its aggregates.
enum group_window_flag {
	GROUP_WINDOW_FIRED = 1,
	GROUP_WINDOW_GOES = 2, // it waits for its going, no longer for its end
	GROUP_WINDOW_HAS_CLOCK = 4,
	GROUP_WINDOW_HAS_RESULT = 8,
};
struct group_window_saved {
	uint64_t id;
	int64_t start, end;
	int64_t clock; // the next firing in between, wall clock
	uint32_t flags;
	uint32_t n_absorbed; // ids behind it
};
enum { PART_GROUP_WINDOWS = 1, SPACE_GROUP_MARK = 0 }; // spaces of windows are checkpoints

extern const struct op_dump group_window_dump; // group_window_dump.c
