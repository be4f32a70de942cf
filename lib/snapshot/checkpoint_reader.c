#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include "snapshot/checkpoint_reader.h"
#include "snapshot/sums.h"

struct walk {
	struct storage_cursor *cursor;
	uint64_t checkpoint, base;
	struct bytes key, value; // where the cursor is
	struct stored_key at;
	struct record_key done; // the key whose version was chosen, or that has none
	bool has_done;
	char *buffer; // a record's value
	size_t buffer_size;
	struct sums *sums;
	struct err *err;
};

static int damaged(struct walk *walk, const char *what)
{
	const struct record_key *key = &walk->at.key;

	return err_set(walk->err, EBADMSG,
		"a record of operator %" PRIu32 " (part %u, instance %u, space %" PRIu64
		", place %016" PRIx64 ") %s",
		key->op, key->part, key->instance, key->space, key->place, what);
}

enum { END = 1 }; // result: there is nothing further

// What the cursor has come to. Returns 0, END or -errno.
static int look(struct walk *walk, int result)
{
	if (result < 0)
		return result == -ENOENT ? END : result;
	if (!stored_key_decode(walk->key, &walk->at))
		return err_set(walk->err, EBADMSG, "there is a key that is none");
	return 0;
}

static int next(struct walk *walk)
{
	return look(walk, storage_next(walk->cursor, &walk->key, &walk->value));
}

static int seek(struct walk *walk, const struct stored_key *to)
{
	uint8_t bytes[STORED_KEY_SIZE];

	return look(walk,
		storage_seek(walk->cursor, stored_key_encode(to, bytes), &walk->key, &walk->value));
}

static int count(struct walk *walk, uint64_t checksum, size_t len, bool is_first)
{
	struct manifest_sum *sum = sums_of(walk->sums, walk->at.key.op);

	if (sum == NULL)
		return -ENOMEM;
	sum->n_pieces++;
	sum->n_records += is_first;
	sum->n_bytes += len;
	sum->checksum += checksum;
	return 0;
}

static int reserve(struct walk *walk, size_t size)
{
	char *bigger;

	if (size <= walk->buffer_size)
		return 0;
	size = size * 2 > 65536 ? size * 2 : 65536;
	bigger = realloc(walk->buffer, size);
	if (bigger == NULL)
		return -ENOMEM;
	walk->buffer = bigger;
	walk->buffer_size = size;
	return 0;
}

// The piece that the cursor is on, behind buffer[:*len].
static int take_piece(struct walk *walk, uint32_t piece, uint32_t *n_behind, size_t *len)
{
	struct bytes bytes;
	uint64_t sum;
	int result;

	if (walk->at.piece != piece || !stored_verifies(walk->key, walk->value) ||
		!stored_open(walk->value, &sum, n_behind, &bytes))
		return damaged(walk, "does not verify");
	result = reserve(walk, *len + bytes.len);
	if (result < 0)
		return result;
	memcpy(walk->buffer + *len, bytes.data, bytes.len);
	*len += bytes.len;
	return count(walk, sum, bytes.len, piece == 0);
}

// All pieces of the version that the cursor is on; it is on the last then.
static int take_record(struct walk *walk, struct record *record)
{
	struct stored_key first = walk->at;
	uint32_t n_behind, n_left;
	size_t len = 0;
	int result = take_piece(walk, 0, &n_left, &len);

	for (uint32_t piece = 1; result == 0 && n_left > 0; piece++) {
		result = next(walk);
		if (result == END || (result == 0 && (!stored_same_key(&first.key, &walk->at.key) ||
							     walk->at.version != first.version))) {
			walk->at = first;
			return damaged(walk, "ends too early");
		}
		if (result == 0)
			result = take_piece(walk, piece, &n_behind, &len);
		if (result == 0 && n_behind != --n_left)
			return damaged(walk, "has pieces that do not fit");
	}
	*record = (struct record){first.key, walk->buffer, len};
	return result;
}

// A space that was dropped: on to what follows it, if that concerns this checkpoint.
static int take_drop(struct walk *walk)
{
	struct stored_key behind = {walk->at.key, STORED_KINDS, UINT64_MAX, 0};

	if (!stored_verifies(walk->key, walk->value))
		return damaged(walk, "does not verify");
	if (!checkpoint_has(walk->checkpoint, walk->base, walk->at.version))
		return next(walk);
	return seek(walk, &behind);
}

static int take_value(
	struct walk *walk, int (*take)(void *arg, const struct record *record), void *arg)
{
	struct record record;
	int result;

	if (walk->has_done && stored_same_key(&walk->done, &walk->at.key))
		return next(walk); // older than what was chosen
	if (walk->at.version > walk->checkpoint)
		return next(walk);
	walk->done = walk->at.key;
	walk->has_done = true;
	if (walk->at.version < walk->base)
		return next(walk);
	result = take_record(walk, &record);
	if (result == 0 && take != NULL)
		result = take(arg, &record);
	return result < 0 ? result : next(walk);
}

int checkpoint_walk(struct storage_txn *txn, uint64_t checkpoint, uint64_t base,
	int (*take)(void *arg, const struct record *record), void *arg, struct sums *sums,
	struct err *err)
{
	struct walk walk = {.checkpoint = checkpoint, .base = base, .sums = sums, .err = err};
	const struct stored_key first = {.version = UINT64_MAX};
	uint32_t records;
	int result = storage_database(txn, STORED_RECORDS, false, &records);

	if (result == 0)
		result = storage_cursor_new(txn, records, &walk.cursor);
	if (result == 0)
		result = seek(&walk, &first);
	while (result == 0)
		result = walk.at.kind == STORED_DROP ? take_drop(&walk)
						     : take_value(&walk, take, arg);
	storage_cursor_free(walk.cursor);
	free(walk.buffer);
	return result == END ? 0 : result;
}
