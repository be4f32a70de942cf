#include "snapshot/storage_ops.h"

void storage_fail(struct storage *storage, uint64_t k, int error, bool after)
{
	storage->fail_at = k > 0 ? storage->n_calls + k : 0;
	storage->error = error;
	storage->is_after = after;
}

uint64_t storage_n_calls(const struct storage *storage)
{
	return storage->n_calls;
}

// Whether this call is the one that fails without having done anything.
static inline bool fails_before(struct storage *storage)
{
	return ++storage->n_calls == storage->fail_at && !storage->is_after;
}

static inline bool fails_after(const struct storage *storage)
{
	return storage->n_calls == storage->fail_at && storage->is_after;
}

// Most calls: before is as good as after, the transaction can only be aborted.
static inline bool fails(struct storage *storage)
{
	return ++storage->n_calls == storage->fail_at;
}

int storage_begin(struct storage *storage, bool is_write, struct storage_txn **txn)
{
	if (fails(storage))
		return -storage->error;
	return storage->ops->begin(storage, is_write, txn);
}

int storage_commit(struct storage_txn *txn)
{
	struct storage *storage = txn->storage;
	int result;

	if (fails_before(storage)) {
		storage->ops->abort(txn);
		return -storage->error;
	}
	result = storage->ops->commit(txn);
	return fails_after(storage) ? -storage->error : result;
}

void storage_abort(struct storage_txn *txn)
{
	if (txn != NULL)
		txn->storage->ops->abort(txn);
}

int storage_grow(struct storage *storage)
{
	return fails(storage) ? -storage->error : storage->ops->grow(storage);
}

int storage_reopen(struct storage *storage)
{
	return fails(storage) ? -storage->error : storage->ops->reopen(storage);
}

int storage_copy(struct storage *storage, const char *path)
{
	return fails(storage) ? -storage->error : storage->ops->copy(storage, path);
}

uint64_t storage_size(const struct storage *storage)
{
	return storage->ops->size(storage);
}

void storage_free(struct storage *storage)
{
	if (storage != NULL)
		storage->ops->free(storage);
}

int storage_database(struct storage_txn *txn, const char *name, bool create, uint32_t *database)
{
	if (fails(txn->storage))
		return -txn->storage->error;
	return txn->storage->ops->database(txn, name, create, database);
}

int storage_get(struct storage_txn *txn, uint32_t database, struct bytes key, struct bytes *value)
{
	if (fails(txn->storage))
		return -txn->storage->error;
	return txn->storage->ops->get(txn, database, key, value);
}

int storage_put(
	struct storage_txn *txn, uint32_t database, struct bytes key, size_t len, void **room)
{
	if (fails(txn->storage))
		return -txn->storage->error;
	return txn->storage->ops->put(txn, database, key, len, room);
}

int storage_delete(struct storage_txn *txn, uint32_t database, struct bytes key)
{
	if (fails(txn->storage))
		return -txn->storage->error;
	return txn->storage->ops->delete (txn, database, key);
}

int storage_cursor_new(struct storage_txn *txn, uint32_t database, struct storage_cursor **cursor)
{
	if (fails(txn->storage))
		return -txn->storage->error;
	return txn->storage->ops->cursor_new(txn, database, cursor);
}

void storage_cursor_free(struct storage_cursor *cursor)
{
	if (cursor != NULL)
		cursor->storage->ops->cursor_free(cursor);
}

int storage_seek(
	struct storage_cursor *cursor, struct bytes key, struct bytes *found, struct bytes *value)
{
	if (fails(cursor->storage))
		return -cursor->storage->error;
	return cursor->storage->ops->seek(cursor, key, found, value);
}

int storage_next(struct storage_cursor *cursor, struct bytes *found, struct bytes *value)
{
	if (fails(cursor->storage))
		return -cursor->storage->error;
	return cursor->storage->ops->next(cursor, found, value);
}

int storage_last(struct storage_cursor *cursor, struct bytes *found, struct bytes *value)
{
	if (fails(cursor->storage))
		return -cursor->storage->error;
	return cursor->storage->ops->last(cursor, found, value);
}

int storage_cursor_put(struct storage_cursor *cursor, struct bytes key, size_t len, void **room)
{
	if (fails(cursor->storage))
		return -cursor->storage->error;
	return cursor->storage->ops->cursor_put(cursor, key, len, room);
}

int storage_cursor_delete(struct storage_cursor *cursor)
{
	if (fails(cursor->storage))
		return -cursor->storage->error;
	return cursor->storage->ops->cursor_delete(cursor);
}
