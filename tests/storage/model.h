// Random records for random checkpoints, and what each checkpoint must read back as: a copy of all
// records that is kept apart from any storage.
#pragma once
#include "row/random.h"
#include "snapshot/record.h"

enum { MODEL_RECORDS_MAX = 4096, MODEL_CHECKPOINTS_MAX = 64, MODEL_SPACES = 6 };

struct model_record {
	struct record_key key;
	uint64_t digest; // of key and value
};

struct model {
	struct random random;
	// The numbers of the spaces that are in use: a dropped one's never comes again.
	uint64_t spaces[MODEL_SPACES], n_spaces;
	uint32_t n;
	struct model_record records[MODEL_RECORDS_MAX]; // of the last checkpoint that was written
	uint64_t digests[MODEL_CHECKPOINTS_MAX]; // of each checkpoint, order aside
	uint32_t counts[MODEL_CHECKPOINTS_MAX];
};

// Change some records for this checkpoint, about n_changes of them, and write them to out, with
// RECORD_DONE behind.
void model_write(
	struct model *model, struct record_out *out, uint64_t checkpoint, uint32_t n_changes);

// Reading back: start from zero, add each record, compare.
struct model_sum {
	uint64_t digest;
	uint32_t count;
};
int model_add(void *sum, const struct record *record); // for checkpoint_read()
bool model_matches(const struct model *model, uint64_t checkpoint, const struct model_sum *sum);
