// Row blocks: what operators work on and what travels over the rings. A block holds up to
// BLOCK_ROWS_MAX rows, column by column, or one control message; order within a channel is meaning.
//
// struct block is a set of pointers to vectors that somebody else holds: an operator that filters
// makes a new header with other rows over the same columns, one that projects puts other columns
// beside them. A block that is handed on is const: whoever receives it reads it during the call and
// keeps nothing. What crosses a ring is a struct block_store, which owns its vectors (store.h).
//
//   rows      0 1 2 3 4 5 6 7          slots of the vectors
//   rows[]    1 3 4 6                  selected slots, ascending; n_rows = 4
//   rows NULL                          all of 0 … n_rows − 1
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "row/schema.h"
#include "row/str.h"

enum { BLOCK_ROWS_MAX = 256, BLOCK_NULL_WORDS = BLOCK_ROWS_MAX / 64 };

enum block_kind {
	BLOCK_ROWS,
	BLOCK_WATERMARK, // nothing but block.watermark
	BLOCK_BARRIER, // checkpoint block.checkpoint_id
	BLOCK_IDLE, // the channel has nothing to say: do not wait for its watermark
	BLOCK_END, // no more input; the last block of a channel
};

// Row kinds of a changelog, Flink's +I −U +U −D.
enum row_kind {
	ROW_INSERT,
	ROW_UPDATE_BEFORE,
	ROW_UPDATE_AFTER,
	ROW_DELETE,
};

// Watermarks are milliseconds of event time since 1970. W means: no more rows with ts ≤ W.
#define WATERMARK_NONE INT64_MIN // nothing is known yet
#define WATERMARK_END INT64_MAX // the end of a bounded input

// What several rows of one key came to, which travels with one of them in place of all.
struct partial {
	uint64_t n_rows; // that it stands for
	uint64_t states[]; // as who made it and who merges it have agreed
};

struct column {
	void *values; // BLOCK_ROWS_MAX of them, of the type's width
	uint64_t *nulls; // bit set = NULL, BLOCK_NULL_WORDS words; NULL pointer = no row is NULL
};

struct block {
	enum block_kind kind;
	uint16_t n_rows; // selected
	uint16_t n_slots; // filled slots of the vectors; ≥ every rows[i] + 1
	uint16_t n_columns;
	const uint16_t *rows; // selected slots; NULL = 0 … n_rows − 1
	const struct column *columns;
	const uint8_t *kinds; // a row_kind for each slot; NULL = all ROW_INSERT
	// For each slot what it stands for, NULL = itself; NULL = each row stands for itself. Only
	// between an exchange that combines rows and the aggregate behind it.
	const struct partial *const *partials;
	uint32_t partial_size; // bytes of each partial

	// Lateness is decided row by row: late_marks[slot] is the watermark that the row's split
	// had reached just before it. NULL = the same for all rows: late_mark.
	const int64_t *late_marks;
	int64_t late_mark;
	// After this block's rows no row with ts ≤ watermark comes on this channel.
	int64_t watermark;

	uint64_t checkpoint_id;
	// TSC at which the oldest packet that this block comes from was received; 0 = not from a
	// packet.
	uint64_t rx_tsc;
	// Wall clock at which its events arrived (a capture's own time stamp), nanoseconds since
	// 1970; 0 = unknown (files). Only timestamps of events that arrived can be too far in the
	// future.
	int64_t arrival_ns;
};

static inline uint16_t block_slot(const struct block *block, uint16_t i)
{
	return block->rows != NULL ? block->rows[i] : i;
}

// How many rows of the input this one is.
static inline uint64_t block_weight(const struct block *block, uint16_t slot)
{
	if (block->partials == NULL || block->partials[slot] == NULL)
		return 1;
	return block->partials[slot]->n_rows;
}

// The watermark that the row's split had reached just before it.
static inline int64_t block_late_mark(const struct block *block, uint16_t slot)
{
	return block->late_marks != NULL ? block->late_marks[slot] : block->late_mark;
}

// Walk the selected slots: BLOCK_FOREACH_ROW (block, slot) body. For loops that are not hot;
// kernels write two loops, so that the one without a selection is vectorised.
#define BLOCK_FOREACH_ROW(block, slot)                                                    \
	for (uint16_t i_##slot = 0, slot;                                                 \
		i_##slot < (block)->n_rows && (slot = block_slot(block, i_##slot), true); \
		i_##slot++)

static inline bool nulls_get(const uint64_t *nulls, uint16_t slot)
{
	return nulls != NULL && (nulls[slot / 64] >> (slot % 64) & 1);
}

// Whether any slot of a block's column is NULL.
static inline bool nulls_any(const uint64_t *nulls)
{
	uint64_t any = 0;

	for (int i = 0; nulls != NULL && i < BLOCK_NULL_WORDS; i++)
		any |= nulls[i];
	return any != 0;
}

static inline void nulls_set(uint64_t *nulls, uint16_t slot)
{
	nulls[slot / 64] |= 1ull << (slot % 64);
}

static inline void nulls_clear_all(uint64_t *nulls)
{
	for (int i = 0; i < BLOCK_NULL_WORDS; i++)
		nulls[i] = 0;
}
