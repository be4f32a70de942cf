// The transaction of a checkpoint, from its first record to its manifest.
#pragma once
#include "snapshot/checkpoint_store.h"

struct checkpoint_txn;

struct checkpoint_written {
	uint64_t n_records, n_bytes, n_records_all, n_bytes_all;
};

// Any but commit: 0, or -errno as storage.h says, after which it can only be aborted.
int checkpoint_txn_begin(
	struct checkpoint_store *store, uint64_t checkpoint, struct checkpoint_txn **txn);
uint64_t checkpoint_txn_number(const struct checkpoint_txn *txn);
void checkpoint_txn_abort(struct checkpoint_txn *txn); // may be NULL

// A value, in n parts. version ≤ the checkpoint's number.
int checkpoint_txn_put(struct checkpoint_txn *txn, const struct record_key *key, uint64_t version,
	const struct bytes *parts, uint32_t n);
int checkpoint_txn_drop(struct checkpoint_txn *txn, const struct record_key *key, uint64_t version);
// A row of the table of the sink op; row NULL = delete it.
int checkpoint_txn_row(
	struct checkpoint_txn *txn, uint32_t op, struct bytes key, const struct bytes *row);
// Deletes what no checkpoint needs any more, as far as is due, writes the manifest, commits. The
// transaction is over whatever comes of it.
int checkpoint_txn_commit(struct checkpoint_txn *txn, int64_t started_ns, int64_t ended_ns,
	struct checkpoint_written *written);
