#include "snapshot/checkpoint_store.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include "snapshot/checkpoint_txn.h"
#include "snapshot/directory.h"
#include "snapshot/store.h"

// ---- Opening and closing.

static struct checkpoint_store *store_new(void)
{
	struct checkpoint_store *store = calloc(1, sizeof(*store));

	if (store != NULL)
		store->lock = -1;
	return store;
}

void checkpoint_store_close(struct checkpoint_store *store)
{
	if (store == NULL)
		return;
	if (store->owns_storage)
		storage_free(store->storage);
	if (store->lock >= 0)
		close(store->lock);
	sums_clear(&store->sums);
	free(store->retained);
	free(store);
}

// An environment that holds nothing, so that from then on LMDB finds what it expects.
static int create(const char *dir, uint64_t map_size, struct err *err)
{
	char path[PATH_MAX];
	struct storage *storage;
	struct storage_txn *txn;
	uint32_t database;
	int result = directory_begin_new(dir, path, err);

	if (result < 0)
		return result;
	storage = storage_open_lmdb(path, false, true, map_size, err);
	if (storage == NULL)
		return -errno;
	result = storage_begin(storage, true, &txn);
	if (result == 0) {
		result = storage_database(txn, STORED_RECORDS, true, &database);
		if (result == 0)
			result = storage_database(txn, STORED_MANIFESTS, true, &database);
		if (result == 0)
			result = storage_commit(txn);
		else
			storage_abort(txn);
	}
	storage_free(storage);
	if (result < 0)
		return err_set(err, -result, "cannot write to '%s': %s", dir, strerror(-result));
	return directory_end_new(dir, err);
}

// An environment has its databases from the beginning: one that lacks them has lost them.
static int check_databases(const char *dir, struct storage *storage, struct err *err)
{
	struct storage_txn *txn;
	uint32_t database;
	int result = storage_begin(storage, false, &txn);

	if (result == 0) {
		result = storage_database(txn, STORED_RECORDS, false, &database);
		if (result == 0)
			result = storage_database(txn, STORED_MANIFESTS, false, &database);
		storage_abort(txn);
	}
	if (result == -ENOENT)
		return err_set(err, EBADMSG,
			"'%s/data.mdb' is damaged, or it was not made by tidewire", dir);
	return result < 0 ? err_set(err, -result, "cannot read '%s/data.mdb': %s", dir,
				    strerror(-result))
			  : 0;
}

static int open_directory(struct checkpoint_store *store, struct err *err)
{
	const struct checkpoint_options *options = &store->options;
	int result = directory_make(options->dir, err);

	if (result < 0)
		return result;
	store->lock = directory_lock(options->dir, err);
	if (store->lock < 0)
		return store->lock;
	if (!directory_has_state(options->dir))
		result = create(options->dir, options->map_size, err);
	if (result < 0)
		return result;
	store->storage = storage_open_lmdb(options->dir, false, false, options->map_size, err);
	store->owns_storage = true;
	if (store->storage == NULL)
		return -errno;
	return check_databases(options->dir, store->storage, err);
}

// The sums of the newest checkpoint, to go on from: of tables, which are as it left them whoever
// wrote it, and of operators when it is of this process.
static void take_sums(struct checkpoint_store *store, struct manifest *manifest)
{
	sums_clear(&store->sums);
	store->sums.tables = manifest->tables;
	store->sums.n_tables = manifest->n_tables;
	manifest->tables = NULL;
	if (manifest->base != store->options.first_checkpoint)
		return;
	store->sums.ops = manifest->sums;
	store->sums.n_ops = manifest->n_sums;
	manifest->sums = NULL;
}

static int take_retained(
	struct checkpoint_store *store, struct storage_txn *txn, uint64_t number, struct err *err)
{
	struct manifest manifest;
	int result = store_manifest(txn, number, &manifest, err);

	if (result < 0)
		return result;
	store->retained[store->n_retained++] = (struct retained){number, manifest.base};
	take_sums(store, &manifest);
	manifest_clear(&manifest);
	return 0;
}

// What checkpoints there are.
static int load(struct checkpoint_store *store, struct err *err)
{
	struct storage_txn *txn;
	uint64_t *numbers = NULL;
	int n, result = storage_begin(store->storage, false, &txn);

	if (result < 0)
		return result;
	n = store_numbers(txn, &numbers);
	result = n < 0 ? n : 0;
	free(store->retained);
	store->n_retained = 0;
	store->retained = calloc(n > 0 ? (size_t)n : 1, sizeof(*store->retained));
	if (store->retained == NULL)
		result = -ENOMEM;
	sums_clear(&store->sums);
	for (int i = 0; result == 0 && i < n; i++)
		result = take_retained(store, txn, numbers[i], err);
	free(numbers);
	storage_abort(txn);
	return result;
}

static int check_numbers(const struct checkpoint_store *store, struct err *err)
{
	if (store_newest(store) < store->options.first_checkpoint)
		return 0;
	return err_set(err, EEXIST,
		"'%s' has checkpoint %" PRIu64 " already: restore it, or start with another "
		"state directory",
		store->options.dir, store_newest(store));
}

struct checkpoint_store *checkpoint_store_open(
	const struct checkpoint_options *options, struct err *err)
{
	struct checkpoint_store *store = store_new();
	int result = 0;

	assert(options->n_retained >= 1 && options->n_retained <= CHECKPOINT_RETAINED_MAX);
	assert(options->first_checkpoint > 0);
	if (store == NULL)
		return NULL;
	store->options = *options;
	store->storage = options->storage;
	if (options->storage == NULL)
		result = open_directory(store, err);
	if (result == 0)
		result = load(store, err);
	if (result == 0)
		result = check_numbers(store, err);
	if (result == 0)
		return store;
	errno = -err_set(err, -result, "cannot open the state in '%s': %s",
		options->dir != NULL ? options->dir : "memory", strerror(-result));
	result = errno;
	checkpoint_store_close(store);
	errno = result;
	return NULL;
}

struct checkpoint_store *checkpoint_store_on(struct storage *storage, struct err *err)
{
	struct checkpoint_store *store = store_new();

	if (store != NULL)
		store->storage = storage;
	return store;
}

struct checkpoint_store *checkpoint_store_open_read_only(const char *dir, struct err *err)
{
	struct storage *storage = storage_open_lmdb(dir, true, false, 0, err);
	struct checkpoint_store *store;
	int result;

	if (storage == NULL)
		return NULL;
	result = check_databases(dir, storage, err);
	store = result == 0 ? checkpoint_store_on(storage, err) : NULL;
	if (store != NULL) {
		store->owns_storage = true;
		return store;
	}
	storage_free(storage);
	errno = result < 0 ? -result : ENOMEM;
	return NULL;
}

// ---- After a commit that failed.

// A failed sync may have left the disk without what memory says is on it, so nothing that LMDB
// remembers counts: the environment is opened anew, and must hold the checkpoint before, whole, or
// the one that failed. What a failed one wrote lies in pages that are free in the state before it:
// the next one has its records too, and writes them anew.
static int reopen(struct checkpoint_store *store)
{
	int result = storage_reopen(store->storage);

	if (result == 0)
		result = load(store, NULL);
	if (result == 0 && store->n_retained > 0)
		result = checkpoint_verify(store, store_newest(store), NULL);
	if (result == 0)
		store->must_reopen = false;
	return result;
}

int store_begin(struct checkpoint_store *store, uint64_t checkpoint, struct checkpoint_txn **txn)
{
	int result = store->must_reopen ? reopen(store) : 0;

	return result < 0 ? result : checkpoint_txn_begin(store, checkpoint, txn);
}
