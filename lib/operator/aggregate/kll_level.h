// One level of a KLL sketch (kll.h): items in pieces of a heap, and the coin that halves them.
#pragma once
#include <errno.h>
#include "snapshot/record.h"
#include "state/heap.h"

enum {
	KLL_K = 1000, // items of the top level
	KLL_PIECE = 500, // items of a piece of the heap
	KLL_PIECES = KLL_K / KLL_PIECE,
};

// Zeroed bytes are an empty level, without room.
struct kll_level {
	uint64_t *pieces[KLL_PIECES];
	uint64_t
		left; // the item of a level without room: its pieces went up just now, it could not
	uint16_t n, room; // items: that there are, that there is room for
	uint8_t coin; // the last throw
	bool is_second; // the next throw is its opposite
};

static inline uint64_t *kll_item(struct kll_level *level, uint32_t i)
{
	return level->room > 0 ? &level->pieces[i / KLL_PIECE][i % KLL_PIECE] : &level->left;
}

static inline uint64_t kll_get(const struct kll_level *level, uint32_t i)
{
	return level->room > 0 ? level->pieces[i / KLL_PIECE][i % KLL_PIECE] : level->left;
}

// Room for so many items, all that there are at least. False when the heap is full: then nothing
// has changed.
bool kll_level_resize(struct kll_level *level, uint32_t room, struct state_heap *heap);
void kll_level_release(struct kll_level *level, struct state_heap *heap);
void kll_level_sort(struct kll_level *level);
// Items from[start, start + n), sorted, into a sorted level, which has room for them.
void kll_level_merge(
	struct kll_level *level, const struct kll_level *from, uint32_t start, uint32_t n);
// Every second item of a sorted level goes up; one is left when their number is odd. above has room
// for them, or has none at all: then it gets this level's pieces.
void kll_level_halve(struct kll_level *level, struct kll_level *above);
uint32_t kll_level_below(const struct kll_level *level, uint64_t value); // items; it is sorted

// n 2 │ room 2 │ coin 1 │ is_second 1 │ n × item 8
void kll_level_pack(const struct kll_level *level, struct record_out *out);
// Into an empty level. 0, −EINVAL or −ENOMEM; what was taken can be released.
int kll_level_unpack(struct kll_level *level, struct record_reader *in, struct state_heap *heap);
