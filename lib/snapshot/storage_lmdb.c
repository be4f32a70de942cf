// Storage in LMDB (liblmdb 0.9.24). Default flags: MDB_NOSYNC loses databases when power fails, and
// MDB_WRITEMAP ends in SIGBUS on a full disk. A full disk comes as EIO, a full map as MDB_MAP_FULL.
#include "snapshot/storage_ops.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <lmdb.h>
#include "base/err.h"

static const uint64_t MAP_SIZE = (uint64_t)64 << 30; // address space, no memory

enum { LOCK_SIZE = 8192 }; // of lock.mdb: 126 readers, LMDB's default

struct lmdb {
	struct storage storage;
	MDB_env *env; // NULL after a reopen that failed
	uint64_t map_size;
	unsigned int flags;
	char dir[PATH_MAX];
};

struct lmdb_txn {
	struct storage_txn txn;
	MDB_txn *mdb;
};

struct lmdb_cursor {
	struct storage_cursor cursor;
	MDB_cursor *mdb;
};

static int result_of(int code)
{
	switch (code) {
	case MDB_SUCCESS:
		return 0;
	case MDB_NOTFOUND:
		return -ENOENT;
	case MDB_MAP_FULL:
		return -ENOBUFS;
	case MDB_BAD_VALSIZE:
		return -EINVAL;
	case MDB_TXN_FULL:
		return -E2BIG;
	case MDB_DBS_FULL:
	case MDB_READERS_FULL:
		return -ENFILE;
	}
	return code > 0 ? -code : -EBADMSG;
}

static struct lmdb *lmdb_of(const struct storage *storage)
{
	return (struct lmdb *)storage;
}

static MDB_txn *mdb_of(struct storage_txn *txn)
{
	return ((struct lmdb_txn *)txn)->mdb;
}

static MDB_cursor *cursor_of(struct storage_cursor *cursor)
{
	return ((struct lmdb_cursor *)cursor)->mdb;
}

static MDB_val val_of(struct bytes bytes)
{
	return (MDB_val){bytes.len, (void *)bytes.data};
}

static struct bytes bytes_of(MDB_val val)
{
	return (struct bytes){val.mv_data, val.mv_size};
}

// LMDB makes lock.mdb with a hole, maps it and writes there: on a full disk that ends in SIGBUS. So
// its blocks have to be there first.
static int allocate_lock(const struct lmdb *lmdb)
{
	char path[PATH_MAX];
	int fd, code;

	if (lmdb->flags & (MDB_NOLOCK | MDB_RDONLY))
		return 0;
	if ((size_t)snprintf(path, sizeof(path), "%s/lock.mdb", lmdb->dir) >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	code = posix_fallocate(fd, 0, LOCK_SIZE);
	close(fd);
	return -code;
}

// Opens the environment. Returns 0 or -errno.
static int open_env(struct lmdb *lmdb)
{
	int dead, code = allocate_lock(lmdb);

	if (code < 0)
		return code;
	code = mdb_env_create(&lmdb->env);
	if (code != 0)
		return result_of(code);
	code = mdb_env_set_maxdbs(lmdb->env, STORAGE_DATABASES_MAX);
	if (code == 0 && !(lmdb->flags & MDB_RDONLY))
		code = mdb_env_set_mapsize(lmdb->env, lmdb->map_size);
	if (code == 0)
		code = mdb_env_open(lmdb->env, lmdb->dir, lmdb->flags, 0640);
	if (code == 0 && !(lmdb->flags & MDB_NOLOCK))
		code = mdb_reader_check(lmdb->env, &dead); // who was killed while it read
	if (code == 0)
		return 0;
	mdb_env_close(lmdb->env);
	lmdb->env = NULL;
	return result_of(code);
}

static int lmdb_begin(struct storage *storage, bool is_write, struct storage_txn **out)
{
	struct lmdb *lmdb = lmdb_of(storage);
	struct lmdb_txn *txn;
	int code;

	if (lmdb->env == NULL)
		return -EIO;
	txn = calloc(1, sizeof(*txn));
	if (txn == NULL)
		return -ENOMEM;
	txn->txn.storage = storage;
	code = mdb_txn_begin(lmdb->env, NULL, is_write ? 0 : MDB_RDONLY, &txn->mdb);
	if (code != 0) {
		free(txn);
		return result_of(code);
	}
	*out = &txn->txn;
	return 0;
}

static int lmdb_commit(struct storage_txn *txn)
{
	int code = mdb_txn_commit(mdb_of(txn));
	free(txn);
	return result_of(code);
}

static void lmdb_abort(struct storage_txn *txn)
{
	mdb_txn_abort(mdb_of(txn));
	free(txn);
}

static int lmdb_grow(struct storage *storage)
{
	struct lmdb *lmdb = lmdb_of(storage);
	int code = mdb_env_set_mapsize(lmdb->env, lmdb->map_size * 2);

	if (code == 0)
		lmdb->map_size *= 2;
	return result_of(code);
}

static int lmdb_reopen(struct storage *storage)
{
	struct lmdb *lmdb = lmdb_of(storage);

	if (lmdb->env != NULL)
		mdb_env_close(lmdb->env);
	lmdb->env = NULL;
	return open_env(lmdb);
}

static int lmdb_copy(struct storage *storage, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640), result;

	if (fd < 0)
		return -errno;
	result = result_of(mdb_env_copyfd2(lmdb_of(storage)->env, fd, MDB_CP_COMPACT));
	if (result == 0 && fsync(fd) < 0)
		result = -errno;
	if (close(fd) < 0 && result == 0)
		result = -errno;
	if (result < 0)
		unlink(path);
	return result;
}

static uint64_t lmdb_size(const struct storage *storage)
{
	MDB_envinfo info;
	MDB_stat stat;

	if (lmdb_of(storage)->env == NULL || mdb_env_info(lmdb_of(storage)->env, &info) != 0 ||
		mdb_env_stat(lmdb_of(storage)->env, &stat) != 0)
		return 0;
	return (info.me_last_pgno + 1) * stat.ms_psize;
}

static void lmdb_free(struct storage *storage)
{
	if (lmdb_of(storage)->env != NULL)
		mdb_env_close(lmdb_of(storage)->env);
	free(storage);
}

static int lmdb_database(struct storage_txn *txn, const char *name, bool create, uint32_t *database)
{
	MDB_dbi dbi;
	int code = mdb_dbi_open(mdb_of(txn), name, create ? MDB_CREATE : 0, &dbi);

	if (code == 0)
		*database = dbi;
	return result_of(code);
}

static int lmdb_get(
	struct storage_txn *txn, uint32_t database, struct bytes key, struct bytes *value)
{
	MDB_val k = val_of(key), v;
	int code = mdb_get(mdb_of(txn), database, &k, &v);

	if (code == 0)
		*value = bytes_of(v);
	return result_of(code);
}

static int lmdb_put(
	struct storage_txn *txn, uint32_t database, struct bytes key, size_t len, void **room)
{
	MDB_val k = val_of(key), v = {len, NULL};
	int code = mdb_put(mdb_of(txn), database, &k, &v, MDB_RESERVE);

	if (code == 0)
		*room = v.mv_data;
	return result_of(code);
}

static int lmdb_delete(struct storage_txn *txn, uint32_t database, struct bytes key)
{
	MDB_val k = val_of(key);

	return result_of(mdb_del(mdb_of(txn), database, &k, NULL));
}

static int lmdb_cursor_new(
	struct storage_txn *txn, uint32_t database, struct storage_cursor **cursor)
{
	struct lmdb_cursor *new = calloc(1, sizeof(*new));
	int code;

	if (new == NULL)
		return -ENOMEM;
	new->cursor.storage = txn->storage;
	code = mdb_cursor_open(mdb_of(txn), database, &new->mdb);
	if (code != 0) {
		free(new);
		return result_of(code);
	}
	*cursor = &new->cursor;
	return 0;
}

static void lmdb_cursor_free(struct storage_cursor *cursor)
{
	mdb_cursor_close(cursor_of(cursor));
	free(cursor);
}

static int move(
	struct storage_cursor *cursor, MDB_val k, struct bytes *key, struct bytes *value, int op)
{
	MDB_val v;
	int code = mdb_cursor_get(cursor_of(cursor), &k, &v, (MDB_cursor_op)op);

	if (code != 0)
		return result_of(code);
	*key = bytes_of(k);
	*value = bytes_of(v);
	return 0;
}

static int lmdb_seek(
	struct storage_cursor *cursor, struct bytes key, struct bytes *found, struct bytes *value)
{
	return move(cursor, val_of(key), found, value, MDB_SET_RANGE);
}

static int lmdb_next(struct storage_cursor *cursor, struct bytes *found, struct bytes *value)
{
	return move(cursor, (MDB_val){0}, found, value, MDB_NEXT);
}

static int lmdb_last(struct storage_cursor *cursor, struct bytes *found, struct bytes *value)
{
	return move(cursor, (MDB_val){0}, found, value, MDB_LAST);
}

static int lmdb_cursor_put(struct storage_cursor *cursor, struct bytes key, size_t len, void **room)
{
	MDB_val k = val_of(key), v = {len, NULL};
	int code = mdb_cursor_put(cursor_of(cursor), &k, &v, MDB_RESERVE);

	if (code == 0)
		*room = v.mv_data;
	return result_of(code);
}

static int lmdb_cursor_delete(struct storage_cursor *cursor)
{
	return result_of(mdb_cursor_del(cursor_of(cursor), 0));
}

static const struct storage_ops lmdb_ops = {
	.begin = lmdb_begin,
	.commit = lmdb_commit,
	.abort = lmdb_abort,
	.grow = lmdb_grow,
	.reopen = lmdb_reopen,
	.copy = lmdb_copy,
	.size = lmdb_size,
	.free = lmdb_free,
	.database = lmdb_database,
	.get = lmdb_get,
	.put = lmdb_put,
	.delete = lmdb_delete,
	.cursor_new = lmdb_cursor_new,
	.cursor_free = lmdb_cursor_free,
	.seek = lmdb_seek,
	.next = lmdb_next,
	.last = lmdb_last,
	.cursor_put = lmdb_cursor_put,
	.cursor_delete = lmdb_cursor_delete,
};

static bool has_file(const char *dir, const char *name, off_t size_min)
{
	char path[PATH_MAX];
	struct stat stat_;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return stat(path, &stat_) == 0 && stat_.st_size >= size_min;
}

static unsigned int flags_of(const char *dir, bool is_read_only, bool is_new)
{
	if (is_new)
		return MDB_NOTLS | MDB_NOLOCK;
	if (!is_read_only)
		return MDB_NOTLS;
	return MDB_NOTLS | MDB_RDONLY | (has_file(dir, "lock.mdb", 0) ? 0 : MDB_NOLOCK);
}

struct storage *storage_open_lmdb(
	const char *dir, bool is_read_only, bool is_new, uint64_t map_size, struct err *err)
{
	struct lmdb *lmdb;
	int result;

	// LMDB takes an empty file for a new one.
	if (!is_new && !has_file(dir, "data.mdb", 1)) {
		errno = -err_set(err, ENOENT, "there is no state in '%s'", dir);
		return NULL;
	}
	lmdb = calloc(1, sizeof(*lmdb));
	if (lmdb == NULL)
		return NULL;
	lmdb->storage.ops = &lmdb_ops;
	lmdb->map_size = map_size > 0 ? map_size : MAP_SIZE;
	lmdb->flags = flags_of(dir, is_read_only, is_new);
	snprintf(lmdb->dir, sizeof(lmdb->dir), "%s", dir);
	result = open_env(lmdb);
	if (result == 0)
		return &lmdb->storage;
	free(lmdb);
	errno = -err_set(err, -result, "cannot open '%s/data.mdb': %s", dir,
		result == -EBADMSG ? "it is damaged" : strerror(-result));
	return NULL;
}
