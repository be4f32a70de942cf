// What a key did lately, in counts: which values came, which came after which, and for how long
// they stayed. It says how new an event is beside all of that.
//
// Idea: the range of the values that are remembered is cut into 7 cells, by three grids that are
// shifted by a third of a cell. For each grid three kinds of rows count the remembered events:
//
//	value        how often each cell came
//	after[c]     how often each cell came right after cell c
//	run[c]       how often cell c came as event 1, 2–3, 4–7, 8–15 … in a row
//
// What its row has counted often is ordinary. What it has never counted, among n events of u kinds,
// is new: log2(1 + n / u) bits, as an escape of prediction by partial matching (Witten and Bell,
// The zero-frequency problem, IEEE Trans. Inf. Theory 37(4), 1991). The mean of the last 20 events
// is watched in the same way, in rows of its own: it sees a shift that hides in noise.
//
// The memory is exact: the values of the last events are kept, an event that leaves is taken out of
// the counts, and when the range has grown by a twentieth, or all that is remembered is new, the
// grids are made anew and all remembered events counted again.
//
// Order needed: of arrival; time is not looked at. Time: 18 counts up and 18 down for an event, and
// the recount of all of them, each time the range has grown by a twentieth and once every n_kept
// events. Space: 7.2 KiB and 4 bytes for each event.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SEQUENCE_GRIDS = 3,
	SEQUENCE_CELLS = 16, // 7 across the range and one for the shift; the outer ones stay empty
	SEQUENCE_CHANNELS = 2,
	SEQUENCE_MEAN = 20, // events
};

enum sequence_channel_name { SEQUENCE_VALUE, SEQUENCE_LEVEL };

struct sequence_row {
	uint16_t n; // events counted
	uint16_t n_kinds; // counts that are not 0
	uint16_t counts[SEQUENCE_CELLS];
};

struct sequence_grid {
	struct sequence_row value;
	struct sequence_row after[SEQUENCE_CELLS]; // of the event before
	struct sequence_row run[SEQUENCE_CELLS]; // counts by the logarithm of the run
};

// Goes over events in order and knows where in a run it is.
struct sequence_coder {
	uint32_t run[SEQUENCE_GRIDS]; // events up to the last one; 0 = there was none
	uint8_t cell[SEQUENCE_GRIDS]; // of the last one
	uint8_t unused;
};

struct sequence_channel {
	float low, high; // of the remembered events, and of those that left since the grids are new
	float grid_range; // the range when the grids were made; 0 = none: all events had one value
	float grid_start[SEQUENCE_GRIDS], cells_per_unit;
	struct sequence_coder newest; // stands behind the newest event
	struct sequence_coder oldest; // stands behind the event that left last
	struct sequence_grid grids[SEQUENCE_GRIDS];
};

// Zero bytes are the memory of a new key. Numbers are little-endian, as on all that we run on.
struct sequence_memory {
	double origin; // of the values kept: the first one
	uint64_t n; // events learned; the first SEQUENCE_MEAN − 1 only make up a mean
	struct sequence_channel channels[SEQUENCE_CHANNELS];
	float values[]; // [:n_kept + SEQUENCE_MEAN], a ring; event i is at i % that
};

// How new an event is in one channel, in bits, as the mean of the grids.
struct sequence_novelty {
	double value, after, run;
	double beyond; // how far outside of the range that it had, in ranges; 0 = inside
	// in words
	double now; // the value itself, or the mean
	double bound; // when beyond: the end of the range that it is outside of
	uint32_t run_length; // events in a row about here
};

static inline size_t sequence_memory_size(uint32_t n_kept)
{
	return (sizeof(struct sequence_memory) + 4 * ((size_t)n_kept + SEQUENCE_MEAN) + 7) &
	       ~(size_t)7;
}

// Events counted in the memory, at most n_kept.
static inline uint32_t sequence_memory_count(const struct sequence_memory *memory, uint32_t n_kept)
{
	uint64_t n = memory->n < SEQUENCE_MEAN ? 0 : memory->n - (SEQUENCE_MEAN - 1);

	return n < n_kept ? (uint32_t)n : n_kept;
}

// The value of the newest event; there must be one.
double sequence_memory_newest(const struct sequence_memory *memory, uint32_t n_kept);

// How new value would be beside what is remembered: all 0 as long as nothing is. value may be
// infinite, which is very far away, but not NaN.
void sequence_memory_look(const struct sequence_memory *memory, uint32_t n_kept, double value,
	struct sequence_novelty novelties[SEQUENCE_CHANNELS]);

// Remember a finite value; the oldest is forgotten when there are n_kept.
void sequence_memory_learn(struct sequence_memory *memory, uint32_t n_kept, double value);
