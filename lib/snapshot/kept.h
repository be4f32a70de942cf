// Records of checkpoints that have failed, or that tasks have no chunks for, copied out of their
// chunks, so that tasks have those back however long a disk fails. Of each key only what is newest
// is kept: so this is never larger than the state that it describes.
#pragma once
#include <stdbool.h>
#include "snapshot/record.h"
#include "snapshot/storage.h"

struct kept_record {
	struct record_key key;
	uint64_t version;
	enum record_kind kind;
	uint32_t order; // in which they came
	struct bytes value; // its own memory
};

struct kept {
	struct kept_record *records; // [:n]
	uint32_t n, n_max;
};

// Append a copy of a record whose value is in parts. Returns 0 or -ENOMEM.
int kept_add(struct kept *kept, const struct kept_record *record, const struct bytes *parts,
	uint32_t n_parts);
// Forget what others supersede.
void kept_settle(struct kept *kept);
// Take back what was appended from n on.
void kept_cut(struct kept *kept, uint32_t n);
void kept_clear(struct kept *kept);
