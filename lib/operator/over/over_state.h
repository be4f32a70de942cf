// Inside OverAggregate: its state, and what its files do for each other. Only files of this folder
// include it.
//
// A key's state in the store:
//
//   struct over_key │ struct frame_state of each frame │ aggregate states of each call
//
// What bounded frames may have to take back are records in the key's queue, one for each row: its
// time, and the values that calls of bounded frames read, as an image. Frames share the queue, each
// with a cursor; a record goes when all have passed it.
#pragma once
#include "operator/control_queue.h"
#include "operator/over/over.h"
#include "operator/over/time_sorter.h"
#include "state/keyed_track.h"
#include "state/queue.h"

struct idle_timer;

struct over_key {
	// What tells whether the key may be evicted comes first, in one cache line mostly.
	uint64_t segment; // the last one that had rows of this key
	uint32_t n_waiting; // rows in the sorter, where keys have a time to live
	uint16_t n_rows, n_groups; // in that segment, before its last row: rows, and other times
	int64_t group_time; // of that row
	struct idle_timer *timer; // NULL when the key is never forgotten
	struct queue records;
	uint64_t n_popped; // records
	int64_t last_time; // of the rows that came out; 0 at first, as in Flink
	// When its frames are empty for certain, by event time; or when its time to live is over,
	// by the wall clock. 0 = not known.
	int64_t forget_at;
};

struct frame_state {
	struct queue_cursor cursor; // the oldest record in the frame
	uint64_t n_out; // records that have left the frame
	uint64_t n_in; // rows in the frame
};

struct over_record {
	int64_t time;
	char *extra; // bytes of the image's long strings
	uint64_t extra_size;
	char image[] __attribute__((aligned(8)));
};

// A key to be looked at when its frames may be empty.
struct idle_timer {
	struct wheel_timer timer;
	uint64_t hash;
	char *extra;
	uint32_t extra_size;
	char image[] __attribute__((aligned(8))); // of the key
};

// Rows that are worked on together: groups of equal time, whole unless one is larger than a block.
// Then its rows are first added to the RANGE frames, all of them, and only then looked at.
enum over_pass { PASS_WHOLE, PASS_ADD, PASS_RESULT };

struct segment {
	uint64_t number; // from 1
	enum over_pass pass;
	struct block in; // the rows; slots[i] is the i-th one's slot
	uint16_t n;
	uint16_t slots[BLOCK_ROWS_MAX];
	int64_t times[BLOCK_ROWS_MAX];
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX]; // of each row's key
	struct sorted_row *rows[BLOCK_ROWS_MAX]; // NULL by processing time
	uint16_t row_rounds[BLOCK_ROWS_MAX], group_rounds[BLOCK_ROWS_MAX];
	uint16_t n_row_rounds, n_group_rounds;
};

// Rows of different keys (or, of RANGE, of different keys or equal time): those that kernels may
// work on at once.
struct round {
	uint16_t n;
	uint16_t slots[BLOCK_ROWS_MAX];
	void *states[BLOCK_ROWS_MAX];
	int64_t times[BLOCK_ROWS_MAX];
};

struct over {
	struct op op;
	const struct over_config *config;
	struct key_layout keys, row, arguments; // of the key; of all columns; of what records keep
	bool has_rows, has_range;
	bool has_records; // some frame is bounded
	bool is_bounded; // all are
	bool forgets; // all are bounded by time
	int64_t ttl_ms, ttl_max_ms; // of keys, 0 = for ever: over_ttl.c
	int64_t preceding_max; // of all frames, when it forgets
	uint32_t record_size;
	uint32_t frames_at; // of the frames' states in a key's state
	uint32_t *calls_at; // of each call's
	uint32_t state_size;

	struct slab slab;
	struct state_heap heap;
	struct keyed_store store;
	struct time_sorter sorter;
	struct wheel *idle;
	uint64_t keep_from; // keys of segments from here on are in use: they are not evicted
	uint64_t hand; // keys with hashes below it were looked at
	uint16_t n_evict_left; // keys that may be evicted for the rows in hand
	uint64_t swept_to; // keys with hashes below it were looked at
	int64_t next_sweep_ms; // by the wall clock
	uint64_t n_group; // rows of a group larger than a segment that are added and not yet out
	// Rows of the block that was emitted last: a full exchange may still read their strings.
	struct sorted_row *emitted[BLOCK_ROWS_MAX];
	uint16_t n_emitted;
	struct control_queue controls;
	int64_t passed_watermark;
	int64_t out_mark; // where the sorter stood when all that was due had come out

	struct keyed_track track;
	uint64_t n_packed; // records of queues
	struct over_marks *restored_marks; // [:n_restored_marks]
	uint32_t n_restored_marks;

	// counters
	uint16_t late, null_time, state_full, row_too_long, value_lost, result_lost;
	uint16_t expired_keys, evicted_keys;

	// room for a segment
	struct segment segment;
	struct round round;
	char *images; // of keys or rows
	char *key_images; // where images is in use
	const void *gathered[BLOCK_ROWS_MAX];
	// Of the output. By processing time the input's are those of the block in hand.
	struct column *columns;
	struct column *taken_back; // by columns of the input: values of records
	struct column scratch; // results of a round
	struct result_heap results;
};

// Where the sorter of an instance stood at a checkpoint: what of its rows had come out.
struct over_marks {
	uint16_t instance;
	int64_t mark, out_mark;
};

static inline struct frame_state *over_frame_state(
	const struct over *over, void *state, uint16_t frame)
{
	return (struct frame_state *)((char *)state + over->frames_at) + frame;
}

// over_frames.c: the calls' results of segment's rows, at their slots. Rows that there is no room
// for are gone from it.
void over_frames_run(struct over *over);
// over_frames.c: give back what a key's state keeps in the heap.
void over_key_release(struct over *over, void *state);
// over_frames.c: put a row's values, an image, into a key's queue. False when there is no room.
bool over_record_push(struct over *over, struct over_key *key, int64_t time, const void *image);

// over_idle.c: keys whose frames are empty at watermark go, *n_left at most. True when all have.
bool over_idle_forget(struct over *over, int64_t watermark, int32_t *n_left);
// over_idle.c: the key of state was seen with a row of this time.
void over_idle_note(
	struct over *over, struct over_key *key, const void *image, uint64_t hash, int64_t time);
// over_idle.c: arm the timer of a key for its forget_at.
void over_idle_arm(struct over *over, struct over_key *key, const void *image, uint64_t hash);

// over_idle.c: the key goes, with all that it keeps, and states that were found are no longer
// valid.
void over_key_forget(struct over *over, struct over_key *key);

// over_idle.c: what the key keeps elsewhere goes.
void over_key_strip(struct over *over, struct over_key *key);

// over_ttl.c: how long keys live, when they are not forgotten with their frames.
void over_ttl_init(struct over *over);
// over_ttl.c: the key has a row, or puts one out: it begins anew if its time was over.
void over_ttl_note(struct over *over, struct over_key *key);
// over_ttl.c: a block of rows comes in, to wait. The states of their keys are in the segment's,
// NULL where there is no room.
void over_ttl_arrive(struct over *over, const struct block *block);
// over_ttl.c: of its n_rows rows, refused[:n] do not wait.
void over_ttl_refuse(struct over *over, uint16_t n_rows, const uint16_t *refused, uint16_t n);
// over_ttl.c: look at some keys, and let those go whose time is over.
void over_ttl_sweep(struct over *over);

// over_evict.c: before rows come in, or come out.
void over_evict_begin(struct over *over);
// over_evict.c: room for keys that upsert() has refused, in their buckets.
void over_evict_for(
	struct over *over, const void *images, const uint64_t *hashes, uint16_t n, void **states);
// over_evict.c: keys of these states, NULL or not, are in use.
void over_evict_not(const struct over *over, void *const *states, uint16_t n);
// over_evict.c: some keys go for what others keep in the slab, and states that were found are no
// longer valid. False when none may.
bool over_evict_some(struct over *over);

// over_segment.c: count a row whose key, of this image, was refused.
void over_count_refused(struct over *over, const void *image);

// over_pack.c, over_restore.c: what checkpoints have of it.
enum over_part { OVER_MARKS = 1, OVER_ROWS, OVER_KEYS };

void over_track(struct over *over); // before the first key and row
void over_freeze(struct op *op);
bool over_pack(struct op *op, int32_t *n_left);
int over_restore(struct op *op, const struct record *record, struct err *err);
int over_restored(struct op *op, struct err *err);

// over.c: the columns that calls of bounded frames read. Returns n of columns[:n].
uint16_t over_argument_columns(const struct over_config *config, uint16_t *columns);
extern const struct op_dump over_dump;
