// The records of one checkpoint, out of all versions that are stored.
#pragma once
#include "snapshot/checkpoint_store.h"
#include "snapshot/stored.h"
#include "snapshot/sums.h"

// Of which versions a checkpoint consists.
static inline bool checkpoint_has(uint64_t checkpoint, uint64_t base, uint64_t version)
{
	return base <= version && version <= checkpoint;
}

// All of checkpoint, in order, in a transaction; what they come to is added to sums.
int checkpoint_walk(struct storage_txn *txn, uint64_t checkpoint, uint64_t base,
	int (*take)(void *arg, const struct record *record), void *arg, struct sums *sums,
	struct err *err);
