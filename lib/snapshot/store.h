// What is behind checkpoint_store.h: for this module's own files.
#pragma once
#include "snapshot/checkpoint_store.h"
#include "snapshot/stored.h"
#include "snapshot/sums.h"

struct retained {
	uint64_t checkpoint, base;
};

struct checkpoint_store {
	struct storage *storage;
	bool owns_storage;
	int lock; // file descriptor, or -1
	struct checkpoint_options options; // none when it is for reading
	// As of the last commit:
	struct retained *retained; // [:n_retained], the oldest first
	uint32_t n_retained;
	struct sums sums; // of the newest checkpoint; operators' only if it is of this process
	struct stored_key swept; // up to here old versions were deleted
	bool must_reopen; // a checkpoint has failed: what is there is to be looked at again
};

// The manifest of a checkpoint in a transaction. As checkpoint_manifest().
int store_manifest(
	struct storage_txn *txn, uint64_t checkpoint, struct manifest *manifest, struct err *err);
// Numbers of all checkpoints, the oldest first; free *numbers. Returns how many, or -errno.
int store_numbers(struct storage_txn *txn, uint64_t **numbers);
// The rows of an lmdb sink's table in the order of their keys, none when there is no such table.
// take() returns 0 or -errno, which ends the walk. Returns 0, or -errno.
int store_table_rows(struct storage_txn *txn, const char *table,
	int (*take)(void *arg, struct bytes key, struct bytes row), void *arg);

struct checkpoint_txn;
// Begin a checkpoint's transaction. After one that failed the storage is opened anew first,
// and what is there is verified.
int store_begin(struct checkpoint_store *store, uint64_t checkpoint, struct checkpoint_txn **txn);

static inline uint64_t store_newest(const struct checkpoint_store *store)
{
	return store->n_retained > 0 ? store->retained[store->n_retained - 1].checkpoint : 0;
}
