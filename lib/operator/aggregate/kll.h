// Quantiles of a stream in little room: the KLL sketch (Karnin, Lang, Liberty, "Optimal quantile
// approximation in streams", FOCS 2016), of whole numbers in their order.
//
//   level 2   ░░░░░░░░░░░░░░░░ 1000   each item stands for 4 values
//   level 1   ░░░░░░░░░░ 668          for 2
//   level 0   ░░░░░░ 446              values as they came
//
//   idea    a level that is full is sorted, and every second item goes to the level above, where it
//           stands for twice as many; which half goes is a throw of a coin, so that errors cancel
//           out. Lower levels have less room, by 2/3 each, since their errors weigh less
//   error   the share of values up to the result is within 0.5 % of the share asked for, in 99 of
//           100 answers; up to 1000 values nothing is lost: the result is exact. The least and the
//           largest value are kept beside
//   time    a row costs the sorting of level 0, of a few dozen items once there are many levels,
//           and about two steps of merging
//   space   3000 items of 8 bytes, and 32 for each doubling beyond; a few for a few values
//   order   none: any tree of merges keeps the bound
//
// Coins are hashes of what is in the level, each second one the opposite of the one before (Ivkin
// et al., "Streaming quantiles algorithms with small space and update time", 2019): the same values
// in the same order give the same sketch, anywhere and after any restore. Who knows the hash and
// chooses the values can spoil it.
#pragma once
#include "operator/aggregate/kll_level.h"

enum { KLL_LEVELS_MAX = 56 }; // 2^55 * 500 values

// Zeroed bytes are a sketch of nothing.
struct kll {
	uint64_t min, max;
	struct kll_level bottom; // in the order in which they came; the levels above are sorted
	struct kll_level *upper; // [:n_upper], in the heap, of room for n_upper_max
	uint32_t n_upper, n_upper_max;
};

// Add a value. False when the heap is full: then it is lost, the sketch stays one.
bool kll_add(struct kll *kll, uint64_t value, struct state_heap *heap);
// into += from, which stays as it is. False when something was lost.
bool kll_merge(struct kll *into, const struct kll *from, struct state_heap *heap);
uint64_t kll_count(const struct kll *kll); // values that it stands for
// About the smallest value that a share of p (0 to 1) of the values are not above. There is one.
uint64_t kll_quantile(const struct kll *kll, double p);
void kll_release(struct kll *kll, struct state_heap *heap);

// min 8 │ max 8 │ n levels 4 │ n × a level (kll_level.h)
void kll_pack(const struct kll *kll, struct record_out *out);
// Into zeroed bytes. 0, −EINVAL or −ENOMEM; what was taken can be released.
int kll_unpack(struct kll *kll, struct record_reader *in, struct state_heap *heap);
