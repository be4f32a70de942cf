// Inside Anomaly: its state, and what its files do for each other. Only files of this folder
// include it.
//
// A key's entry in the store is its detector's state, or, when that is large, leads to a cell with
// it. Small states are packed with their buckets (keyed_track.h), large ones each on its own:
//
//	small   struct anomaly_key │ state                     marks of change: the bucket's
//	large   struct large_key ──► cell: state               marks of change: the key's
#pragma once
#include "operator/anomaly/anomaly.h"
#include "operator/control_queue.h"
#include "state/cells.h"
#include "state/keyed_track.h"
#include "state/slab.h"

struct anomaly_key {
	uint64_t used; // the last block with rows of the key; 0 = none yet, in this process
	char state[];
};

struct large_key {
	uint64_t used;
	void *state; // a cell; NULL while the key is being made
	uint8_t mark; // KEYED_CLEAN, or that of the epoch in which it was last changed
	uint8_t reserved[7];
};

// Keys whose states are large.
struct large {
	struct cells cells;
	uint8_t mark; // what keys that are changed get
	bool is_frozen; // keys of the other mark have to be packed
	uint64_t packed_to; // buckets with prefixes below it were visited
	// Cells of evicted keys that no other key has taken over: earlier checkpoints know the
	// keys.
	uint32_t n_forgotten;
	void *forgotten[2 * BLOCK_ROWS_MAX];
};

struct anomaly {
	struct op op;
	const struct anomaly_config *config;
	struct key_layout keys;
	uint32_t state_size; // of the detector
	bool is_large;
	struct slab slab; // long strings of keys
	struct keyed_store store;
	struct keyed_track track; // of small states
	struct large large;
	uint64_t n_blocks; // that came
	uint64_t hand; // evicting: keys with hashes below it were looked at

	// counters
	uint16_t state_full, key_too_long, evicted_keys, unscored;

	// The block in hand. Its rows that can be scored, packed together: slots[:n] and so on, of
	// which [:n_done] are scored.
	struct block held; // n_rows 0: none
	uint16_t n, n_done, n_dropped;
	uint16_t slots[BLOCK_ROWS_MAX];
	int64_t times[BLOCK_ROWS_MAX];
	double values[DETECTOR_COLUMNS_MAX][BLOCK_ROWS_MAX];
	uint64_t dropped[BLOCK_NULL_WORDS]; // by slot: rows without room for their key
	struct control_queue controls; // behind it

	// Room for a part of it.
	uint64_t hashes[BLOCK_ROWS_MAX];
	void *entries[BLOCK_ROWS_MAX];
	struct verdict verdicts[BLOCK_ROWS_MAX];
	char *images; // of keys

	// Of the output: the input's as they came, then ours.
	struct column *columns;
	uint16_t rows[BLOCK_ROWS_MAX];
	double scores[BLOCK_ROWS_MAX];
	uint64_t score_nulls[BLOCK_NULL_WORDS];
	struct str reasons[BLOCK_ROWS_MAX];
	uint64_t reason_nulls[BLOCK_NULL_WORDS];
	char (*texts)[ANOMALY_REASON_MAX]; // [:BLOCK_ROWS_MAX], by slot; NULL without reasons
};

static inline void *anomaly_image(const struct anomaly *anomaly, uint16_t i)
{
	return anomaly->images + (size_t)i * anomaly->keys.size;
}

// anomaly_values.c: the values of the block's selected rows that have all of them and a time, as
// doubles: slots, times, values. Returns how many.
uint16_t anomaly_gather(struct anomaly *anomaly, const struct block *block);

// anomaly_keys.c: entries[i] = the entry of the key of images[i], hashes[i], made when it is new;
// NULL where there is no room. They may be changed.
void anomaly_find_keys(struct anomaly *anomaly, uint16_t n);
// anomaly_keys.c: the detector's state of an entry.
static inline void *anomaly_state(const struct anomaly *anomaly, void *entry)
{
	return anomaly->is_large ? ((struct large_key *)entry)->state
				 : ((struct anomaly_key *)entry)->state;
}

// large.c
void large_init(struct anomaly *anomaly);
// A cell for a new key, zeroed. False when there is none.
bool large_make(struct anomaly *anomaly, struct large_key *key);
// The keys of entries[:n], NULL among them, are about to change.
void large_touch(struct anomaly *anomaly, void *const *entries, uint16_t n);
// The key goes. Not when too many have gone without a successor: large_may_forget().
bool large_may_forget(const struct anomaly *anomaly);
void large_forget(struct anomaly *anomaly, struct large_key *key);
void large_freeze(struct anomaly *anomaly);
bool large_pack(struct anomaly *anomaly, int32_t *n_left);

// anomaly_pack.c: what checkpoints have of it.
enum anomaly_part { ANOMALY_KEYS = 1, ANOMALY_LARGE_KEYS };

// Whether entries may have to be packed before they change.
bool anomaly_is_frozen(const struct anomaly *anomaly);
void anomaly_freeze(struct op *op);
bool anomaly_pack(struct op *op, int32_t *n_left);
void anomaly_pack_bucket(void *anomaly, const struct keyed_bucket *bucket);
int anomaly_restore(struct op *op, const struct record *record, struct err *err);
extern const struct op_dump anomaly_dump;
