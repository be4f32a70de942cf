// Storage in memory: a sorted array of entries for each database, and a list of what a transaction
// has replaced, to put back when it is aborted. For small states: putting a key moves those behind.
#include "snapshot/storage_ops.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	size_t key_len, len;
	char bytes[]; // key, then at the next multiple of 8 the value
};

struct database {
	char name[128]; // is_there: as of the open transaction
	struct entry **entries; // [:n]
	size_t n, n_max;
	bool is_there, was_there;
};

// What to do to have back what was before: entry = put it, else remove the key of remove.
struct undo {
	uint32_t database;
	struct entry *entry; // what was under the key, or NULL
	struct entry *added; // what is under it now, or NULL
};

struct memory_txn {
	struct storage_txn txn;
	bool is_write;
};

struct memory {
	struct storage storage;
	struct database databases[STORAGE_DATABASES_MAX];
	uint32_t n_databases;
	struct memory_txn txn;
	bool is_open;
	struct undo *undos;
	size_t n_undos, n_undos_max;
};

struct memory_cursor {
	struct storage_cursor cursor;
	struct database *database;
	size_t at;
	bool is_deleted; // what it was on: at is already what follows
};

static struct memory *memory_of(struct storage *storage)
{
	return (struct memory *)storage;
}

static char *value_of(struct entry *entry)
{
	return entry->bytes + ((entry->key_len + 7) & ~(size_t)7);
}

static int compare(const struct entry *entry, struct bytes key)
{
	size_t n = entry->key_len < key.len ? entry->key_len : key.len;
	int order = memcmp(entry->bytes, key.data, n);

	if (order != 0)
		return order;
	return (entry->key_len > key.len) - (entry->key_len < key.len);
}

// The first entry that is not below key.
static size_t find(const struct database *database, struct bytes key)
{
	size_t begin = 0, end = database->n;

	while (begin < end) {
		size_t middle = (begin + end) / 2;

		if (compare(database->entries[middle], key) < 0)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

static bool is_at(const struct database *database, size_t at, struct bytes key)
{
	return at < database->n && compare(database->entries[at], key) == 0;
}

static struct bytes key_of(const struct entry *entry)
{
	return (struct bytes){entry->bytes, entry->key_len};
}

static void *grown(void *array, size_t n, size_t *n_max, size_t size)
{
	void *bigger;

	if (n < *n_max)
		return array;
	bigger = realloc(array, (*n_max * 2 + 16) * size);
	if (bigger != NULL)
		*n_max = *n_max * 2 + 16;
	return bigger;
}

static int note_undo(
	struct memory *memory, uint32_t database, struct entry *entry, struct entry *added)
{
	struct undo *undos =
		grown(memory->undos, memory->n_undos, &memory->n_undos_max, sizeof(*undos));

	if (undos == NULL)
		return -ENOMEM;
	memory->undos = undos;
	undos[memory->n_undos++] = (struct undo){database, entry, added};
	return 0;
}

static void insert(struct database *database, size_t at, struct entry *entry)
{
	struct entry **from = database->entries + at;

	memmove(from + 1, from, (database->n - at) * sizeof(*from));
	*from = entry;
	database->n++;
}

static void remove_at(struct database *database, size_t at)
{
	struct entry **from = database->entries + at;

	database->n--;
	memmove(from, from + 1, (database->n - at) * sizeof(*from));
}

static int memory_begin(struct storage *storage, bool is_write, struct storage_txn **txn)
{
	struct memory *memory = memory_of(storage);

	// Whoever had the last transaction is no more.
	if (memory->is_open)
		storage->ops->abort(&memory->txn.txn);
	memory->is_open = true;
	memory->txn = (struct memory_txn){{storage}, is_write};
	for (uint32_t i = 0; i < memory->n_databases; i++)
		memory->databases[i].was_there = memory->databases[i].is_there;
	*txn = &memory->txn.txn;
	return 0;
}

static int memory_commit(struct storage_txn *txn)
{
	struct memory *memory = memory_of(txn->storage);

	for (size_t i = 0; i < memory->n_undos; i++)
		free(memory->undos[i].entry);
	memory->n_undos = 0;
	memory->is_open = false;
	return 0;
}

static void undo(struct memory *memory, const struct undo *undo)
{
	struct database *database = &memory->databases[undo->database];
	size_t at = find(database, key_of(undo->added != NULL ? undo->added : undo->entry));

	if (undo->added == NULL) {
		insert(database, at, undo->entry);
		return;
	}
	free(undo->added);
	if (undo->entry != NULL)
		database->entries[at] = undo->entry;
	else
		remove_at(database, at);
}

static void memory_abort(struct storage_txn *txn)
{
	struct memory *memory = memory_of(txn->storage);

	while (memory->n_undos > 0)
		undo(memory, &memory->undos[--memory->n_undos]);
	for (uint32_t i = 0; i < memory->n_databases; i++)
		memory->databases[i].is_there = memory->databases[i].was_there;
	memory->is_open = false;
}

static int memory_nothing(struct storage *storage)
{
	return 0;
}

static int memory_copy(struct storage *storage, const char *path)
{
	return -ENOTSUP;
}

static uint64_t memory_size(const struct storage *storage)
{
	const struct memory *memory = (const struct memory *)storage;
	uint64_t size = 0;

	for (uint32_t i = 0; i < memory->n_databases; i++)
		for (size_t k = 0; k < memory->databases[i].n; k++)
			size += memory->databases[i].entries[k]->len;
	return size;
}

static void memory_free(struct storage *storage)
{
	struct memory *memory = memory_of(storage);

	if (memory->is_open)
		memory_abort(&memory->txn.txn);
	for (uint32_t i = 0; i < memory->n_databases; i++) {
		for (size_t k = 0; k < memory->databases[i].n; k++)
			free(memory->databases[i].entries[k]);
		free(memory->databases[i].entries);
	}
	free(memory->undos);
	free(memory);
}

static int memory_database(
	struct storage_txn *txn, const char *name, bool create, uint32_t *database)
{
	struct memory *memory = memory_of(txn->storage);
	uint32_t i = 0;

	while (i < memory->n_databases && strcmp(memory->databases[i].name, name) != 0)
		i++;
	if ((i == memory->n_databases || !memory->databases[i].is_there) && !create)
		return -ENOENT;
	if (i == STORAGE_DATABASES_MAX)
		return -ENFILE;
	if (i == memory->n_databases) {
		snprintf(memory->databases[i].name, sizeof(memory->databases[i].name), "%s", name);
		memory->n_databases++;
	}
	memory->databases[i].is_there = true;
	*database = i;
	return 0;
}

static int memory_get(
	struct storage_txn *txn, uint32_t database, struct bytes key, struct bytes *value)
{
	struct database *in = &memory_of(txn->storage)->databases[database];
	size_t at = find(in, key);

	if (!is_at(in, at, key))
		return -ENOENT;
	*value = (struct bytes){value_of(in->entries[at]), in->entries[at]->len};
	return 0;
}

static struct entry *entry_new(struct bytes key, size_t len)
{
	struct entry *entry = calloc(1, sizeof(*entry) + ((key.len + 7) & ~(size_t)7) + len);

	if (entry == NULL)
		return NULL;
	entry->key_len = key.len;
	entry->len = len;
	memcpy(entry->bytes, key.data, key.len);
	return entry;
}

static int put_at(struct storage_txn *txn, uint32_t database, struct bytes key, size_t len,
	void **room, size_t *at)
{
	struct memory *memory = memory_of(txn->storage);
	struct database *in = &memory->databases[database];
	struct entry **entries = grown(in->entries, in->n, &in->n_max, sizeof(*entries));
	struct entry *entry;
	bool is_there;

	if (key.len == 0 || key.len > STORAGE_KEY_MAX)
		return -EINVAL;
	if (entries == NULL)
		return -ENOMEM;
	in->entries = entries;
	*at = find(in, key);
	is_there = is_at(in, *at, key);
	entry = entry_new(key, len);
	if (entry == NULL || note_undo(memory, database, is_there ? entries[*at] : NULL, entry)) {
		free(entry);
		return -ENOMEM;
	}
	if (is_there)
		entries[*at] = entry;
	else
		insert(in, *at, entry);
	*room = value_of(entry);
	return 0;
}

static int memory_put(
	struct storage_txn *txn, uint32_t database, struct bytes key, size_t len, void **room)
{
	size_t at;

	return put_at(txn, database, key, len, room, &at);
}

static int delete_at(struct memory *memory, struct database *database, size_t at)
{
	struct entry *entry = database->entries[at];

	if (note_undo(memory, (uint32_t)(database - memory->databases), entry, NULL) < 0)
		return -ENOMEM;
	remove_at(database, at);
	return 0;
}

static int memory_delete(struct storage_txn *txn, uint32_t database, struct bytes key)
{
	struct memory *memory = memory_of(txn->storage);
	size_t at = find(&memory->databases[database], key);

	if (!is_at(&memory->databases[database], at, key))
		return -ENOENT;
	return delete_at(memory, &memory->databases[database], at);
}

static int memory_cursor_new(
	struct storage_txn *txn, uint32_t database, struct storage_cursor **cursor)
{
	struct memory_cursor *new = calloc(1, sizeof(*new));

	if (new == NULL)
		return -ENOMEM;
	new->cursor.storage = txn->storage;
	new->database = &memory_of(txn->storage)->databases[database];
	*cursor = &new->cursor;
	return 0;
}

static void memory_cursor_free(struct storage_cursor *cursor)
{
	free(cursor);
}

static int look(struct memory_cursor *cursor, struct bytes *key, struct bytes *value)
{
	struct entry *entry;

	cursor->is_deleted = false;
	if (cursor->at >= cursor->database->n)
		return -ENOENT;
	entry = cursor->database->entries[cursor->at];
	*key = key_of(entry);
	*value = (struct bytes){value_of(entry), entry->len};
	return 0;
}

static int memory_seek(
	struct storage_cursor *storage, struct bytes key, struct bytes *found, struct bytes *value)
{
	struct memory_cursor *cursor = (struct memory_cursor *)storage;

	cursor->at = find(cursor->database, key);
	return look(cursor, found, value);
}

static int memory_next(struct storage_cursor *storage, struct bytes *found, struct bytes *value)
{
	struct memory_cursor *cursor = (struct memory_cursor *)storage;

	cursor->at += !cursor->is_deleted;
	return look(cursor, found, value);
}

static int memory_last(struct storage_cursor *storage, struct bytes *found, struct bytes *value)
{
	struct memory_cursor *cursor = (struct memory_cursor *)storage;

	cursor->at = cursor->database->n - 1; // of none: past any end
	return look(cursor, found, value);
}

static int memory_cursor_put(
	struct storage_cursor *storage, struct bytes key, size_t len, void **room)
{
	struct memory_cursor *cursor = (struct memory_cursor *)storage;
	struct memory *memory = memory_of(storage->storage);

	cursor->is_deleted = false;
	return put_at(&memory->txn.txn, (uint32_t)(cursor->database - memory->databases), key, len,
		room, &cursor->at);
}

static int memory_cursor_delete(struct storage_cursor *storage)
{
	struct memory_cursor *cursor = (struct memory_cursor *)storage;
	int result;

	assert(!cursor->is_deleted && cursor->at < cursor->database->n);
	result = delete_at(memory_of(storage->storage), cursor->database, cursor->at);
	cursor->is_deleted = result == 0;
	return result;
}

static const struct storage_ops memory_ops = {
	.begin = memory_begin,
	.commit = memory_commit,
	.abort = memory_abort,
	.grow = memory_nothing,
	.reopen = memory_nothing,
	.copy = memory_copy,
	.size = memory_size,
	.free = memory_free,
	.database = memory_database,
	.get = memory_get,
	.put = memory_put,
	.delete = memory_delete,
	.cursor_new = memory_cursor_new,
	.cursor_free = memory_cursor_free,
	.seek = memory_seek,
	.next = memory_next,
	.last = memory_last,
	.cursor_put = memory_cursor_put,
	.cursor_delete = memory_cursor_delete,
};

struct storage *storage_new_memory(void)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	if (memory == NULL)
		return NULL;
	memory->storage.ops = &memory_ops;
	return &memory->storage;
}
