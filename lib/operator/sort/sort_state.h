// Inside the TemporalSort: its state. Only files of this folder include it.
#pragma once
#include <string.h>
#include "operator/control_queue.h"
#include "operator/sort/sort.h"
#include "state/arrivals.h"
#include "state/row_heap.h"

// Behind the image of each row.
struct sort_row {
	struct arrival arrival; // from the row's coming until it goes out
	// The least mark that makes it due: its time, or the one after that which it came behind.
	int64_t release;
};

struct sort {
	struct op op;
	const struct sort_config *config;
	struct key_layout row;
	struct slab slab;
	struct row_heaps heaps;
	struct row_heap waiting;
	struct heap_row *due, **due_end; // in order, linked by next
	// Rows of the block that was emitted last: a full exchange may still read their strings.
	struct heap_row *emitted;
	int64_t last_due; // time of the last row that became due
	int64_t due_mark; // the mark by which rows became due
	int64_t out_mark; // the one by which those did that went out
	struct control_queue controls;
	int64_t passed_watermark;
	uint16_t late, null_time, state_full, row_too_long; // counters
	char *images; // room for one block
	struct column *columns; // of the output
	struct arrivals arrivals;
	uint64_t rows_seen; // until the checkpoint that is restored
};

static inline struct sort_row *sort_row(const struct sort *sort, struct heap_row *row)
{
	return row_heap_room(&sort->heaps, row);
}

// sort_checkpoint.c
void sort_track(struct sort *sort); // when checkpoints are taken
void sort_freeze(struct op *op);
bool sort_pack(struct op *op, int32_t *n_left);
int sort_restore(struct op *op, const struct record *record, struct err *err);
int sort_restored(struct op *op, struct err *err);
