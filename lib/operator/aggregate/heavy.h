// The values that come most often, in bounded room: Space-Saving (Metwally, Agrawal, El Abbadi,
// "Efficient computation of frequent and top-k elements in data streams", 2005).
//
//   idea    m counters, each of one value. A value that has none gets the one that stands lowest,
//           and counts on from there: what the one before has counted is its error
//   error   exact while there are no more than m different values. Beyond that, with n values in
//           all: count − error ≤ times it really came ≤ count, error ≤ n / m, and every value that
//           came more than n / m times has a counter
//   merge   counters of a value add up; who has one in one sketch only may have come as often in
//           the other as its lowest counter says; the m largest stay (Cafaro, Pulimeno, Tempesta,
//           "A parallel space saving algorithm", 2016; Agarwal et al., "Mergeable summaries",
//           2012). Of any m values the counts sum up to n at most, before and after: the bounds
//           hold
//   time    a look-up by hash, and the counter's way down a heap by counts: a step or two for a
//           value that comes often, log m at most
//   space   56 bytes for each value up to m of them, long strings aside; then no more
#pragma once
#include "operator/aggregate/kept.h"
#include "snapshot/record.h"

enum {
	HEAVY_MAX = 1000, // counters
	HEAVY_PIECE = 18, // counters of a piece of the heap: 1008 bytes, what a page has four of
	HEAVY_PIECES = (HEAVY_MAX + HEAVY_PIECE - 1) / HEAVY_PIECE,
};

struct heavy_counter {
	struct kept value; // of a long string, ptr = room
	char *room; // in the heap, used again by the next long string that fits
	uint64_t count, error;
	uint32_t hash, room_size;
	uint16_t place; // in the heap by counts
	uint16_t next; // with a hash like this one
};

// Zeroed bytes are a sketch of nothing.
struct heavy {
	struct heavy_counter **pieces; // NULL: nothing was kept yet
	uint16_t n;
};

// What is the same in all calls for a sketch.
struct heavy_of {
	struct state_heap *heap;
	enum type_kind kind;
	uint16_t n_max; // m: 1 … HEAVY_MAX
	uint16_t n_pieces, n_heads; // by heavy_of()
};

struct heavy_of heavy_of(struct state_heap *heap, enum type_kind kind, uint16_t n_max);

static inline struct heavy_counter *heavy_at(const struct heavy *heavy, uint32_t i)
{
	return &heavy->pieces[i / HEAVY_PIECE][i % HEAVY_PIECE];
}

// One more of value, which is of the kind's form in a column. False when it was lost: the heap is
// full, or a string is longer than STATE_HEAP_MAX.
bool heavy_add(struct heavy *heavy, const struct heavy_of *of, const void *value);
// into += from, which stays as it is. False when something was lost.
bool heavy_merge(struct heavy *into, const struct heavy *from, const struct heavy_of *of);
void heavy_release(struct heavy *heavy, const struct heavy_of *of);

// n 4 │ n × (count 8, error 8, value as in packed.h), in the order of the heap by counts
void heavy_pack(const struct heavy *heavy, const struct heavy_of *of, struct record_out *out);
// Into zeroed bytes. 0, −EINVAL or −ENOMEM; what was taken can be released.
int heavy_unpack(
	struct heavy *heavy, const struct heavy_of *of, struct type type, struct record_reader *in);
