// Reading a store: which checkpoints there are, their manifests, their records.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "snapshot/checkpoint_reader.h"
#include "snapshot/store.h"

// ---- Manifests.

static int append(uint64_t **numbers, int n, uint64_t number)
{
	uint64_t *bigger = *numbers;

	if ((n & (n - 1)) == 0) // a power of two: it is full
		bigger = realloc(*numbers, (n > 0 ? 2 * (size_t)n : 1) * sizeof(**numbers));
	if (bigger == NULL)
		return -ENOMEM;
	*numbers = bigger;
	bigger[n] = number;
	return n + 1;
}

int store_numbers(struct storage_txn *txn, uint64_t **numbers)
{
	uint8_t zero[1] = {0};
	struct storage_cursor *cursor = NULL;
	struct bytes key = {zero, 1}, value;
	uint32_t manifests;
	int n = 0, result = storage_database(txn, STORED_MANIFESTS, false, &manifests);

	*numbers = NULL;
	if (result == 0)
		result = storage_cursor_new(txn, manifests, &cursor);
	if (result == 0)
		result = storage_seek(cursor, key, &key, &value);
	while (result == 0 && n >= 0) {
		uint64_t number = 0;

		if (key.len == STORED_MANIFEST_KEY_SIZE)
			number = stored_get_number(key.data, 8);
		if (number > 0 && (n == 0 || (*numbers)[n - 1] != number))
			n = append(numbers, n, number);
		if (n >= 0)
			result = storage_next(cursor, &key, &value);
	}
	storage_cursor_free(cursor);
	if (result != -ENOENT && result < 0)
		n = result;
	if (n >= 0)
		return n;
	free(*numbers);
	*numbers = NULL;
	return n;
}

// All pieces of a manifest in a row. Returns 0 with *text to be freed.
static int manifest_text(struct storage_txn *txn, uint64_t checkpoint, char **text, size_t *len)
{
	uint32_t manifests, n_left = 1;
	int result = storage_database(txn, STORED_MANIFESTS, false, &manifests);

	*text = NULL;
	*len = 0;
	for (uint32_t piece = 0; result == 0 && n_left > 0; piece++) {
		uint8_t bytes[STORED_MANIFEST_KEY_SIZE];
		struct bytes key = stored_manifest_key(checkpoint, piece, bytes), value, part;
		uint32_t n_behind;
		uint64_t sum;
		char *bigger;

		result = storage_get(txn, manifests, key, &value);
		if (result == -ENOENT && piece > 0)
			result = -EBADMSG;
		if (result < 0)
			break;
		if (!stored_verifies(key, value) || !stored_open(value, &sum, &n_behind, &part) ||
			(piece > 0 && n_behind != n_left - 1)) {
			result = -EBADMSG;
			break;
		}
		n_left = n_behind;
		bigger = realloc(*text, *len + part.len + 1);
		if (bigger == NULL) {
			result = -ENOMEM;
			break;
		}
		*text = bigger;
		memcpy(bigger + *len, part.data, part.len);
		*len += part.len;
	}
	return result;
}

int store_manifest(
	struct storage_txn *txn, uint64_t checkpoint, struct manifest *manifest, struct err *err)
{
	size_t len;
	char *text;
	int result = manifest_text(txn, checkpoint, &text, &len);

	if (result == -EBADMSG)
		err_set(err, EBADMSG, "its manifest does not verify");
	if (result == 0)
		result = manifest_decode(manifest, text, len, err);
	free(text);
	if (result == 0 && manifest->checkpoint != checkpoint) {
		manifest_clear(manifest);
		result = -EINVAL;
	}
	return result == -EINVAL ? err_set(err, EBADMSG, "its manifest is of another") : result;
}

// store_numbers() of a moment; nothing to free after -errno.
static int numbers_now(struct checkpoint_store *store, uint64_t **all)
{
	struct storage_txn *txn;
	int n, result = storage_begin(store->storage, false, &txn);

	*all = NULL;
	if (result < 0)
		return result;
	n = store_numbers(txn, all);
	storage_abort(txn);
	return n;
}

int checkpoint_list(struct checkpoint_store *store, uint64_t *numbers, uint32_t n_max)
{
	uint64_t *all;
	int n = numbers_now(store, &all);

	for (int i = 0; i < n && (uint32_t)i < n_max; i++)
		numbers[i] = all[i];
	free(all);
	return n;
}

// 0 and the newest number; -ENOENT; -errno.
static int checkpoint_newest(struct checkpoint_store *store, uint64_t *newest)
{
	uint64_t *all;
	int n = numbers_now(store, &all);

	if (n > 0)
		*newest = all[n - 1];
	free(all);
	return n < 0 ? n : n == 0 ? -ENOENT : 0;
}

int checkpoint_manifest(struct checkpoint_store *store, uint64_t checkpoint,
	struct manifest *manifest, struct err *err)
{
	struct storage_txn *txn;
	int result = storage_begin(store->storage, false, &txn);

	if (result < 0)
		return result;
	result = store_manifest(txn, checkpoint, manifest, err);
	storage_abort(txn);
	return result;
}

// ---- Records.

static int compare_sums(const struct manifest *manifest, const struct sums *sums, struct err *err)
{
	uint32_t i = 0, k = 0;

	while (i < manifest->n_sums || k < sums->n_ops) {
		const struct manifest_sum none = {0};
		const struct manifest_sum *is = k < sums->n_ops ? &sums->ops[k] : NULL;
		const struct manifest_sum *want = i < manifest->n_sums ? &manifest->sums[i] : NULL;
		uint32_t op;

		if (is == NULL || (want != NULL && want->op < is->op))
			is = &none;
		else if (want == NULL || is->op < want->op)
			want = &none;
		i += want != &none;
		k += is != &none;
		op = want != &none ? want->op : is->op;
		if (is->n_records != want->n_records || is->n_pieces != want->n_pieces)
			return err_set(err, EBADMSG,
				"operator %" PRIu32 " has %" PRIu64 " records (%" PRIu64
				" pieces), not %" PRIu64 " (%" PRIu64 ")",
				op, is->n_records, is->n_pieces, want->n_records, want->n_pieces);
		if (is->checksum != want->checksum)
			return err_set(err, EBADMSG,
				"records of operator %" PRIu32 " are not those of the checkpoint",
				op);
	}
	return 0;
}

static int read_records(struct storage_txn *txn, const struct manifest *manifest,
	int (*take)(void *arg, const struct record *record), void *arg, struct err *err)
{
	struct sums sums = {0};
	int result =
		checkpoint_walk(txn, manifest->checkpoint, manifest->base, take, arg, &sums, err);

	if (result == 0)
		result = compare_sums(manifest, &sums, err);
	sums_clear(&sums);
	return result;
}

int checkpoint_read(struct checkpoint_store *store, uint64_t checkpoint,
	int (*take)(void *arg, const struct record *record), void *arg, struct err *err)
{
	struct manifest manifest;
	struct storage_txn *txn;
	int result = storage_begin(store->storage, false, &txn);

	if (result < 0)
		return result;
	result = store_manifest(txn, checkpoint, &manifest, err);
	if (result == 0) {
		result = read_records(txn, &manifest, take, arg, err);
		manifest_clear(&manifest);
	}
	storage_abort(txn);
	return result;
}

// ---- Tables.

int store_table_rows(struct storage_txn *txn, const char *table,
	int (*take)(void *arg, struct bytes key, struct bytes row), void *arg)
{
	struct storage_cursor *cursor = NULL;
	uint8_t zero[1] = {0};
	struct bytes key = {zero, 1}, row;
	char name[300];
	uint32_t database;
	int result;

	snprintf(name, sizeof(name), STORED_TABLE "%s", table);
	result = storage_database(txn, name, false, &database);
	if (result == 0)
		result = storage_cursor_new(txn, database, &cursor);
	if (result == 0)
		result = storage_seek(cursor, key, &key, &row);
	while (result == 0) {
		result = take(arg, key, row);
		if (result == 0)
			result = storage_next(cursor, &key, &row);
	}
	storage_cursor_free(cursor);
	return result == -ENOENT ? 0 : result;
}

struct row_sum {
	uint64_t n, checksum;
};

static int add_row(void *arg, struct bytes key, struct bytes row)
{
	struct row_sum *sum = arg;

	sum->n++;
	sum->checksum += checksum(row.data, row.len, checksum(key.data, key.len, 0));
	return 0;
}

static int verify_table(
	struct storage_txn *txn, const struct manifest_table *table, struct err *err)
{
	struct row_sum sum = {0};
	int result = store_table_rows(txn, table->name, add_row, &sum);

	if (result < 0 || (sum.n == table->n_rows && sum.checksum == table->checksum))
		return result;
	return err_set(err, EBADMSG,
		"table '%s' has %" PRIu64 " rows, and not the %" PRIu64 " of the checkpoint",
		table->name, sum.n, table->n_rows);
}

int checkpoint_verify_tables(
	struct checkpoint_store *store, const struct manifest *manifest, struct err *err)
{
	struct storage_txn *txn;
	int result = storage_begin(store->storage, false, &txn);

	if (result < 0)
		return result;
	for (uint32_t i = 0; result == 0 && i < manifest->n_tables; i++)
		result = verify_table(txn, &manifest->tables[i], err);
	storage_abort(txn);
	return result;
}

int checkpoint_verify(struct checkpoint_store *store, uint64_t checkpoint, struct err *err)
{
	struct manifest manifest;
	uint64_t newest;
	int n, result = checkpoint_read(store, checkpoint, NULL, NULL, err);

	if (result < 0)
		return result;
	n = checkpoint_newest(store, &newest);
	if (n < 0 || newest != checkpoint)
		return n;
	result = checkpoint_manifest(store, checkpoint, &manifest, err);
	if (result == 0) {
		result = checkpoint_verify_tables(store, &manifest, err);
		manifest_clear(&manifest);
	}
	return result;
}
