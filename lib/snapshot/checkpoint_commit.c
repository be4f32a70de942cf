// The rows of tables, the manifest, and the end of a checkpoint's transaction.
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "row/key.h"
#include "snapshot/checkpoint_reader.h"
#include "snapshot/txn.h"

static uint64_t row_sum(struct bytes key, struct bytes row)
{
	return checksum(row.data, row.len, checksum(key.data, key.len, 0));
}

static const char *table_of(const struct checkpoint_plan *plan, uint32_t op)
{
	for (uint32_t i = 0; i < plan->n_operators; i++)
		if (plan->operators[i].id == op)
			return plan->operators[i].table;
	return NULL;
}

static int open_table(struct checkpoint_txn *txn, uint32_t op)
{
	char name[300];

	if (txn->table_name != NULL && txn->table_op == op)
		return 0;
	txn->table_name = table_of(txn->store->options.plan, op);
	txn->table_op = op;
	assert(txn->table_name != NULL); // who writes rows is a sink of a table
	snprintf(name, sizeof(name), STORED_TABLE "%s", txn->table_name);
	return storage_database(txn->txn, name, true, &txn->table);
}

int checkpoint_txn_row(
	struct checkpoint_txn *txn, uint32_t op, struct bytes key, const struct bytes *row)
{
	int result = open_table(txn, op), has_old;
	struct manifest_table *sum;
	struct bytes old;
	void *room;

	if (result < 0)
		return result;
	sum = sums_of_table(&txn->sums, txn->table_name);
	if (sum == NULL)
		return -ENOMEM;
	has_old = storage_get(txn->txn, txn->table, key, &old);
	if (has_old < 0 && has_old != -ENOENT)
		return has_old;
	if (has_old == 0) {
		sum->n_rows--;
		sum->checksum -= row_sum(key, old);
	}
	if (row == NULL)
		return has_old == 0 ? storage_delete(txn->txn, txn->table, key) : 0;
	result = storage_put(txn->txn, txn->table, key, row->len, &room);
	if (result < 0)
		return result;
	memcpy(room, row->data, row->len);
	sum->n_rows++;
	sum->checksum += row_sum(key, *row);
	return 0;
}

// ---- Manifests.

static int put_manifest(struct checkpoint_txn *txn, const char *text)
{
	size_t left = strlen(text);
	uint32_t n = (uint32_t)((left + STORED_PIECE_MAX - 1) / STORED_PIECE_MAX);
	int result = 0;

	for (uint32_t piece = 0; result == 0 && piece < n; piece++) {
		size_t len = left < STORED_PIECE_MAX ? left : STORED_PIECE_MAX;
		uint8_t bytes[STORED_MANIFEST_KEY_SIZE];
		struct bytes key = stored_manifest_key(txn->checkpoint, piece, bytes);
		void *room;

		result = storage_put(txn->txn, txn->manifests, key, STORED_HEAD_SIZE + len, &room);
		if (result < 0)
			return result;
		memcpy((char *)room + STORED_HEAD_SIZE, text, len);
		stored_seal(key, room, STORED_HEAD_SIZE + len, n - piece - 1);
		text += len;
		left -= len;
	}
	return result;
}

static int write_manifest(struct checkpoint_txn *txn, int64_t started_ns, int64_t ended_ns)
{
	const struct checkpoint_options *options = &txn->store->options;
	const struct manifest manifest = {
		.format = MANIFEST_FORMAT,
		.checkpoint = txn->checkpoint,
		.base = options->first_checkpoint,
		.started_ns = started_ns,
		.ended_ns = ended_ns,
		.n_written = txn->n_records,
		.n_written_bytes = txn->n_bytes,
		.seed = options->seed,
		.key_groups = KEY_GROUPS,
		.plan = *options->plan,
		.n_sums = txn->sums.n_ops,
		.sums = txn->sums.ops,
		.n_tables = txn->sums.n_tables,
		.tables = txn->sums.tables,
	};
	char *text = manifest_encode(&manifest);
	int result;

	if (text == NULL)
		return -ENOMEM;
	result = put_manifest(txn, text);
	free(text);
	return result;
}

static int delete_manifest(struct checkpoint_txn *txn, uint64_t checkpoint)
{
	int result = 0;

	for (uint32_t piece = 0; result == 0; piece++) {
		uint8_t bytes[STORED_MANIFEST_KEY_SIZE];

		result = storage_delete(
			txn->txn, txn->manifests, stored_manifest_key(checkpoint, piece, bytes));
	}
	return result == -ENOENT ? 0 : result;
}

// What is retained from this one on. Manifests of others go.
static int retain(struct checkpoint_txn *txn)
{
	const struct checkpoint_store *store = txn->store;
	uint32_t n = store->n_retained, n_gone;
	int result = 0;

	n_gone = n + 1 > store->options.n_retained ? n + 1 - store->options.n_retained : 0;
	for (uint32_t i = 0; result == 0 && i < n_gone; i++)
		result = delete_manifest(txn, store->retained[i].checkpoint);
	txn->n_retained = n - n_gone + 1;
	txn->retained = calloc(txn->n_retained, sizeof(*txn->retained));
	if (txn->retained == NULL)
		return -ENOMEM;
	if (n > n_gone)
		memcpy(txn->retained, store->retained + n_gone,
			(n - n_gone) * sizeof(*txn->retained));
	txn->retained[n - n_gone] =
		(struct retained){txn->checkpoint, store->options.first_checkpoint};
	return result;
}

// It is committed: so the store is as the transaction left it.
static void take_over(struct checkpoint_txn *txn)
{
	struct checkpoint_store *store = txn->store;

	sums_clear(&store->sums);
	store->sums = txn->sums;
	txn->sums = (struct sums){0};
	free(store->retained);
	store->retained = txn->retained;
	store->n_retained = txn->n_retained;
	txn->retained = NULL;
	store->swept = txn->swept;
}

static void describe(const struct checkpoint_txn *txn, struct checkpoint_written *written)
{
	const struct manifest all = {.n_sums = txn->sums.n_ops, .sums = txn->sums.ops};

	*written = (struct checkpoint_written){
		.n_records = txn->n_records,
		.n_bytes = txn->n_bytes,
		.n_records_all = manifest_n_records(&all),
		.n_bytes_all = manifest_n_bytes(&all),
	};
}

int checkpoint_txn_commit(struct checkpoint_txn *txn, int64_t started_ns, int64_t ended_ns,
	struct checkpoint_written *written)
{
	int result = retain(txn);

	if (result == 0)
		result = txn_sweep(txn);
	if (result == 0)
		result = write_manifest(txn, started_ns, ended_ns);
	if (result < 0) {
		checkpoint_txn_abort(txn);
		return result;
	}
	describe(txn, written);
	storage_cursor_free(txn->cursor);
	txn->cursor = NULL;
	result = storage_commit(txn->txn);
	txn->txn = NULL;
	if (result == 0)
		take_over(txn);
	checkpoint_txn_abort(txn);
	return result;
}
