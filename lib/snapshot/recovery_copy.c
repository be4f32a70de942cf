#include "snapshot/recovery_copy.h"
#include <errno.h>
#include "snapshot/checkpoint_txn.h"
#include "snapshot/store.h"

static int put(void *arg, const struct record *record)
{
	struct checkpoint_txn **txn = arg;
	const struct bytes value = {record->value, record->len};

	return checkpoint_txn_put(*txn, &record->key, checkpoint_txn_number(*txn), &value, 1);
}

struct table_copy {
	struct checkpoint_txn *txn;
	uint32_t op; // the table's sink
};

static int copy_row(void *arg, struct bytes key, struct bytes row)
{
	const struct table_copy *copy = arg;

	return checkpoint_txn_row(copy->txn, copy->op, key, &row);
}

static int copy_table(
	struct storage_txn *from, const struct checkpoint_operator *op, struct checkpoint_txn *txn)
{
	struct table_copy copy = {txn, op->id};

	return store_table_rows(from, op->table, copy_row, &copy);
}

static int copy_tables(struct checkpoint_store *store, const struct checkpoint_plan *plan,
	struct checkpoint_txn *txn)
{
	struct storage_txn *from;
	int result = storage_begin(store->storage, false, &from);

	if (result < 0)
		return result;
	for (uint32_t i = 0; result == 0 && i < plan->n_operators; i++)
		if (plan->operators[i].table != NULL)
			result = copy_table(from, &plan->operators[i], txn);
	storage_abort(from);
	return result;
}

static int copy(struct checkpoint_store *store, const struct manifest *manifest,
	struct checkpoint_store *to, struct err *err)
{
	struct checkpoint_written written;
	struct checkpoint_txn *txn = NULL;
	int result = checkpoint_txn_begin(to, manifest->checkpoint, &txn);

	if (result < 0)
		return result;
	result = checkpoint_read(store, manifest->checkpoint, put, &txn, err);
	if (result == 0)
		result = copy_tables(store, &manifest->plan, txn);
	if (result == 0)
		return checkpoint_txn_commit(
			txn, manifest->started_ns, manifest->ended_ns, &written);
	checkpoint_txn_abort(txn);
	return result;
}

int recovery_copy(
	struct checkpoint_store *store, uint64_t checkpoint, const char *into, struct err *err)
{
	struct checkpoint_options options = {
		.dir = into, .n_retained = 2, .first_checkpoint = checkpoint};
	struct checkpoint_store *to = NULL;
	struct manifest manifest;
	int result = checkpoint_manifest(store, checkpoint, &manifest, err);

	if (result < 0)
		return result;
	options.plan = &manifest.plan;
	options.seed = manifest.seed;
	// What is large is not known before: a map of 1 TiB is only address space.
	options.storage = storage_open_lmdb(into, false, true, (uint64_t)1 << 40, err);
	if (options.storage != NULL)
		to = checkpoint_store_open(&options, err);
	result = to != NULL ? copy(store, &manifest, to, err) : -errno;
	checkpoint_store_close(to);
	storage_free(options.storage);
	manifest_clear(&manifest);
	return result;
}
