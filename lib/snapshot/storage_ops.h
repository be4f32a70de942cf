// What a kind of storage implements; storage.c does the failing on demand.
#pragma once
#include "snapshot/storage.h"

struct storage_ops {
	int (*begin)(struct storage *storage, bool is_write, struct storage_txn **txn);
	int (*commit)(struct storage_txn *txn);
	void (*abort)(struct storage_txn *txn);
	int (*grow)(struct storage *storage);
	int (*reopen)(struct storage *storage);
	int (*copy)(struct storage *storage, const char *path);
	uint64_t (*size)(const struct storage *storage);
	void (*free)(struct storage *storage);
	int (*database)(struct storage_txn *txn, const char *name, bool create, uint32_t *database);
	int (*get)(
		struct storage_txn *txn, uint32_t database, struct bytes key, struct bytes *value);
	int (*put)(struct storage_txn *txn, uint32_t database, struct bytes key, size_t len,
		void **room);
	int (*delete)(struct storage_txn *txn, uint32_t database, struct bytes key);
	int (*cursor_new)(
		struct storage_txn *txn, uint32_t database, struct storage_cursor **cursor);
	void (*cursor_free)(struct storage_cursor *cursor);
	int (*seek)(struct storage_cursor *cursor, struct bytes key, struct bytes *found,
		struct bytes *value);
	int (*next)(struct storage_cursor *cursor, struct bytes *found, struct bytes *value);
	int (*last)(struct storage_cursor *cursor, struct bytes *found, struct bytes *value);
	int (*cursor_put)(struct storage_cursor *cursor, struct bytes key, size_t len, void **room);
	int (*cursor_delete)(struct storage_cursor *cursor);
};

// First members of what they implement.
struct storage {
	const struct storage_ops *ops;
	uint64_t n_calls, fail_at; // fail_at 0 = never
	int error;
	bool is_after;
};

struct storage_txn {
	struct storage *storage;
};

struct storage_cursor {
	struct storage *storage;
};
