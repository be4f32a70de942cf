// What a checkpoint store stands on: ordered maps from bytes to bytes (databases) with one write
// transaction at a time. Two kinds: LMDB in a directory, and one in memory for tests and for the
// simulator. Either can be told to fail.
//
// Functions return 0, or
//	-ENOENT   there is no such key, or nothing further
//	-ENOBUFS  the map is full: abort, storage_grow(), begin again
//	-EBADMSG  what is stored contradicts itself
//	-errno    else: the disk failed. After a failed commit call storage_reopen() before
// anything.
// A transaction in which a call failed with anything but -ENOENT can only be aborted. Keys have 1
// to STORAGE_KEY_MAX bytes, sorted as memcmp() sorts. What get() and cursors point to is valid
// until the next change in the transaction.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct storage;
struct storage_txn;
struct storage_cursor;

enum { STORAGE_KEY_MAX = 511, STORAGE_DATABASES_MAX = 1024 };

struct bytes {
	const void *data;
	size_t len;
};

// dir/data.mdb, which must be there unless is_new. To read what nobody writes (a savepoint) nothing
// is created: no lock file. map_size 0 = the default. Returns NULL with *err filled.
struct storage *storage_open_lmdb(
	const char *dir, bool is_read_only, bool is_new, uint64_t map_size, struct err *err);
// Empty. Lives until it is freed, also when those who used it were cut off in mid-transaction.
struct storage *storage_new_memory(void);
void storage_free(struct storage *storage); // may be NULL

// Let the k-th call from now on (1 = the next) that could fail do so with this error, once; k = 0:
// none. With after, a call does its work first: the disk has it although it says otherwise.
void storage_fail(struct storage *storage, uint64_t k, int error, bool after);
uint64_t storage_n_calls(const struct storage *storage); // that could have failed

int storage_begin(struct storage *storage, bool is_write, struct storage_txn **txn);
// The transaction is over whatever comes of it.
int storage_commit(struct storage_txn *txn);
void storage_abort(struct storage_txn *txn); // may be NULL
// After -ENOBUFS: room for twice as much. No transaction is open.
int storage_grow(struct storage *storage);
// After a failed commit: all that is remembered is forgotten and read again. Databases must be
// opened again.
int storage_reopen(struct storage *storage);
// A compact copy of what is committed, as a file that is synced.
int storage_copy(struct storage *storage, const char *path);
uint64_t storage_size(const struct storage *storage); // bytes in use, about

// The number of a database. Without create -ENOENT when there is none.
int storage_database(struct storage_txn *txn, const char *name, bool create, uint32_t *database);
int storage_get(struct storage_txn *txn, uint32_t database, struct bytes key, struct bytes *value);
// Room for a value of len bytes under key, for the caller to fill before its next call.
int storage_put(
	struct storage_txn *txn, uint32_t database, struct bytes key, size_t len, void **room);
int storage_delete(struct storage_txn *txn, uint32_t database, struct bytes key);

// Any number of cursors; they end with their transaction, or before.
int storage_cursor_new(struct storage_txn *txn, uint32_t database, struct storage_cursor **cursor);
void storage_cursor_free(struct storage_cursor *cursor); // may be NULL
// To the first entry whose key is not below this one.
int storage_seek(
	struct storage_cursor *cursor, struct bytes key, struct bytes *found, struct bytes *value);
int storage_next(struct storage_cursor *cursor, struct bytes *found, struct bytes *value);
int storage_last(struct storage_cursor *cursor, struct bytes *found, struct bytes *value);
// As storage_put(); the cursor is on it then, so that the next key after it costs little.
int storage_cursor_put(struct storage_cursor *cursor, struct bytes key, size_t len, void **room);
// The entry that the cursor is on; storage_next() goes to what follows it.
int storage_cursor_delete(struct storage_cursor *cursor);
