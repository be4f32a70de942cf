// The local half of a window aggregate in two phases (Flink's LocalWindowAggregate): before rows
// are sent to the owners of their keys, those of one key and slice in one block become one row that
// carries what they came to (struct partial). So a key that has most of the events costs its owner
// a row or two a block, and the work on it is shared by all sources.
//
// It keeps nothing from block to block: no state in checkpoints, no row that waits. What rows say
// of time stays: only rows that are on time by their own late marks are combined, and all rows of a
// block that are late for another reason (other inputs are ahead) are so alike.
#pragma once
#include "exchange/sharder.h"
#include "operator/window/window.h"

enum local_strategy {
	LOCAL_NEVER,
	// Keys of which a block has more than half of what an owner gets of it on average, once
	// a sample shows that there are any.
	LOCAL_HOT_KEYS,
	LOCAL_ALL_KEYS, // of which a block has two rows
};

enum { LOCAL_OWNERS_MIN = 4 }; // with fewer a hot key is no matter

struct local_aggregate;

// How far an aggregate can go: its states must be plain bytes, and the order of rows must not
// matter; where it matters to the last digits (sums of FLOAT and DOUBLE), only when all keys were
// asked for. An aggregate without keys has no hot one. Returns wanted or LOCAL_NEVER.
enum local_strategy local_aggregate_choose(
	const struct window_aggregate_config *config, enum local_strategy wanted);

// For rows of input, by keys, that n_owners instances share. NULL with errno ENOMEM.
struct local_aggregate *local_aggregate_new(struct mem *mem,
	const struct window_aggregate_config *config, const struct schema *input,
	const struct key_layout *keys, enum local_strategy strategy, uint32_t n_owners);
void local_aggregate_free(struct local_aggregate *local);
// What it is for a sharder.
struct combiner *local_aggregate_combiner(struct local_aggregate *local);
