// What is behind checkpoint_txn.h: for this module's own files.
#pragma once
#include "snapshot/checkpoint_txn.h"
#include "snapshot/store.h"

struct checkpoint_txn {
	struct checkpoint_store *store;
	uint64_t checkpoint;
	struct storage_txn *txn;
	struct storage_cursor *cursor; // of records
	uint32_t records, manifests; // databases
	struct sums sums; // as they come to be
	uint64_t n_records, n_bytes, n_entries; // put
	// The space that was put to last, and whether it has been dropped.
	struct record_key space;
	bool has_space, is_dropped;
	// The table that was written to last.
	const char *table_name;
	uint32_t table_op, table;
	// After the commit:
	struct retained *retained; // [:n_retained], this checkpoint the last
	uint32_t n_retained;
	struct stored_key swept;
};

// Delete what none of txn->retained needs, in the next portion of the records.
int txn_sweep(struct checkpoint_txn *txn);
