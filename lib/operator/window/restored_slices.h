// Slices of a checkpoint, while it is restored: which of our stores takes the keys of a space. The
// lists of all old instances come first, then the buckets, by instance and space. Slices of one
// name become one slice.
#pragma once
#include "operator/keyed_record.h"
#include "operator/window/live_slices.h"

struct restored_space {
	uint16_t instance;
	uint64_t space;
	struct keyed_store *store;
};

// All zero at first.
struct restored_slices {
	struct restored_space *spaces; // [:n], by instance and space once buckets have come
	uint32_t n, n_max;
	bool is_sorted;
	struct restored_space *last; // that was asked for
};

// Take the list that live_slices_freeze() wrote. Slices whose first window has fired at watermark
// get the next one of windows as their first; those that have none left are left out. windows NULL:
// each slice has one window. Returns 0, or -errno with *err filled.
int restored_slices_take(struct restored_slices *restored, struct live_slices *live,
	const struct slices *windows, int64_t watermark, uint16_t instance,
	struct record_reader *in, struct err *err);
// The keys of this space go to store too.
int restored_slices_add(struct restored_slices *restored, struct mem *mem, uint16_t instance,
	uint64_t space, struct keyed_store *store);
// Where the keys of a bucket go; NULL = nowhere.
struct keyed_store *restored_slices_find(
	struct restored_slices *restored, const struct record *record);
void restored_slices_free(struct restored_slices *restored, struct mem *mem);

// What all operators say of records that cannot be theirs, and when their state has no room.
int restored_bad(const struct op *op, struct err *err); // returns -EINVAL
int restored_full(const struct op *op, struct err *err); // returns -ENOMEM
