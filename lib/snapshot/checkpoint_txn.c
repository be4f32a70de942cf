#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include "snapshot/checkpoint_reader.h"
#include "snapshot/txn.h"

enum { END = 1 };

int checkpoint_txn_begin(
	struct checkpoint_store *store, uint64_t checkpoint, struct checkpoint_txn **out)
{
	struct checkpoint_txn *txn = calloc(1, sizeof(*txn));
	int result;

	if (txn == NULL)
		return -ENOMEM;
	txn->store = store;
	txn->checkpoint = checkpoint;
	result = sums_copy(&txn->sums, &store->sums);
	if (result == 0)
		result = storage_begin(store->storage, true, &txn->txn);
	if (result == 0)
		result = storage_database(txn->txn, STORED_RECORDS, true, &txn->records);
	if (result == 0)
		result = storage_database(txn->txn, STORED_MANIFESTS, true, &txn->manifests);
	if (result == 0)
		result = storage_cursor_new(txn->txn, txn->records, &txn->cursor);
	if (result < 0)
		checkpoint_txn_abort(txn);
	else
		*out = txn;
	return result;
}

uint64_t checkpoint_txn_number(const struct checkpoint_txn *txn)
{
	return txn->checkpoint;
}

static void txn_free(struct checkpoint_txn *txn)
{
	sums_clear(&txn->sums);
	free(txn->retained);
	free(txn);
}

void checkpoint_txn_abort(struct checkpoint_txn *txn)
{
	if (txn == NULL)
		return;
	storage_cursor_free(txn->cursor);
	storage_abort(txn->txn);
	txn_free(txn);
}

// ---- Records.

struct place { // where the cursor is
	struct stored_key at;
	struct bytes value;
};

static int look(int result, struct bytes key, struct place *place)
{
	if (result < 0)
		return result == -ENOENT ? END : result;
	return stored_key_decode(key, &place->at) ? 0 : -EBADMSG;
}

static int seek(struct checkpoint_txn *txn, const struct stored_key *to, struct place *place)
{
	uint8_t bytes[STORED_KEY_SIZE];
	struct bytes key;
	int result;

	result = storage_seek(txn->cursor, stored_key_encode(to, bytes), &key, &place->value);
	return look(result, key, place);
}

static int next(struct checkpoint_txn *txn, struct place *place)
{
	struct bytes key;
	int result = storage_next(txn->cursor, &key, &place->value);

	return look(result, key, place);
}

static bool is_own(const struct checkpoint_txn *txn, uint64_t version)
{
	return checkpoint_has(txn->checkpoint, txn->store->options.first_checkpoint, version);
}

// Whether a checkpoint of this process drops the space.
static int look_up_space(struct checkpoint_txn *txn, const struct record_key *key)
{
	struct stored_key head = {*key, STORED_DROP, UINT64_MAX, 0};
	struct place place;
	int result;

	if (txn->has_space && stored_same_space(&txn->space, key))
		return 0;
	head.key.place = 0;
	result = seek(txn, &head, &place);
	if (result < 0)
		return result;
	txn->space = *key;
	txn->has_space = true;
	txn->is_dropped = result == 0 && stored_same_space(&place.at.key, key) &&
			  place.at.kind == STORED_DROP && is_own(txn, place.at.version);
	return 0;
}

// A piece is no part of the checkpoint any more.
static int discount(struct checkpoint_txn *txn, const struct place *place)
{
	struct manifest_sum *sum = sums_of(&txn->sums, place->at.key.op);
	struct bytes bytes;
	uint64_t checksum;
	uint32_t n_behind;

	if (sum == NULL)
		return -ENOMEM;
	if (!stored_open(place->value, &checksum, &n_behind, &bytes))
		return -EBADMSG;
	sum->n_pieces--;
	sum->n_records -= place->at.piece == 0;
	sum->n_bytes -= bytes.len;
	sum->checksum -= checksum;
	return 0;
}

// The version that was the newest of a key: its pieces count no longer, and when it is to be
// written again they go. place is its first; what follows it then, or END.
static int replace(struct checkpoint_txn *txn, struct place *place, bool is_same)
{
	struct stored_key of = place->at;
	int result = 0;

	while (result == 0 && stored_same_key(&place->at.key, &of.key) &&
		place->at.kind == STORED_VALUE && place->at.version == of.version) {
		result = txn->is_dropped ? 0 : discount(txn, place);
		if (result == 0 && is_same)
			result = storage_cursor_delete(txn->cursor);
		if (result == 0)
			result = next(txn, place);
	}
	return result < 0 ? result : 0;
}

// What the key had so far. *is_newest: nothing newer than version is there.
static int make_way(
	struct checkpoint_txn *txn, const struct record_key *key, uint64_t version, bool *is_newest)
{
	const struct stored_key newest = {*key, STORED_VALUE, txn->checkpoint, 0};
	struct place place;
	int result = seek(txn, &newest, &place);

	*is_newest = true;
	if (result == END)
		return 0;
	if (result < 0)
		return result;
	if (place.at.kind != STORED_VALUE || !stored_same_key(&place.at.key, key) ||
		!is_own(txn, place.at.version))
		return 0;
	*is_newest = place.at.version <= version;
	return *is_newest ? replace(txn, &place, place.at.version == version) : 0;
}

// The next len bytes of parts into a piece.
struct source {
	const struct bytes *part;
	size_t at; // in it
};

static void copy_from(struct source *source, char *into, size_t len)
{
	while (len > 0) {
		size_t left = source->part->len - source->at;
		size_t n = left < len ? left : len;

		memcpy(into, (const char *)source->part->data + source->at, n);
		into += n;
		len -= n;
		source->at += n;
		if (source->at == source->part->len)
			*source = (struct source){source->part + 1, 0};
	}
}

static int put_piece(struct checkpoint_txn *txn, const struct stored_key *key,
	struct source *source, size_t len, uint32_t n_behind, uint64_t *checksum)
{
	uint8_t bytes[STORED_KEY_SIZE];
	struct bytes encoded = stored_key_encode(key, bytes);
	void *room;
	int result = storage_cursor_put(txn->cursor, encoded, STORED_HEAD_SIZE + len, &room);

	if (result < 0)
		return result;
	copy_from(source, (char *)room + STORED_HEAD_SIZE, len);
	*checksum += stored_seal(encoded, room, STORED_HEAD_SIZE + len, n_behind);
	txn->n_entries++;
	return 0;
}

int checkpoint_txn_put(struct checkpoint_txn *txn, const struct record_key *key, uint64_t version,
	const struct bytes *parts, uint32_t n)
{
	struct stored_key at = {*key, STORED_VALUE, version, 0};
	struct source source = {parts, 0};
	struct manifest_sum add = {.n_records = 1};
	struct manifest_sum *sum;
	bool is_newest;
	int result;

	assert(is_own(txn, version));
	result = look_up_space(txn, key);
	if (result == 0)
		result = make_way(txn, key, version, &is_newest);
	if (result < 0)
		return result;
	for (uint32_t i = 0; i < n; i++)
		add.n_bytes += parts[i].len;
	add.n_pieces = (add.n_bytes + STORED_PIECE_MAX - 1) / STORED_PIECE_MAX;
	add.n_pieces += add.n_pieces == 0;
	for (uint64_t left = add.n_bytes; result == 0 && at.piece < add.n_pieces; at.piece++) {
		size_t len = left < STORED_PIECE_MAX ? left : STORED_PIECE_MAX;

		result = put_piece(txn, &at, &source, len, (uint32_t)add.n_pieces - at.piece - 1,
			&add.checksum);
		left -= len;
	}
	if (result < 0)
		return result;
	txn->n_records++;
	txn->n_bytes += add.n_bytes;
	if (txn->is_dropped || !is_newest)
		return 0;
	sum = sums_of(&txn->sums, key->op);
	if (sum == NULL)
		return -ENOMEM;
	sum->n_records++;
	sum->n_pieces += add.n_pieces;
	sum->n_bytes += add.n_bytes;
	sum->checksum += add.checksum;
	return 0;
}

// All that the space has counts no longer.
static int discount_space(struct checkpoint_txn *txn, const struct record_key *space)
{
	const struct stored_key first = {
		.key = *space, .kind = STORED_VALUE, .version = UINT64_MAX};
	struct stored_key newest = {0};
	struct place place;
	int result = seek(txn, &first, &place);

	for (; result == 0 && stored_same_space(&place.at.key, space); result = next(txn, &place)) {
		bool is_other =
			newest.kind != STORED_VALUE || !stored_same_key(&newest.key, &place.at.key);

		if (is_other)
			newest = place.at;
		if (place.at.version != newest.version || !is_own(txn, newest.version))
			continue;
		result = discount(txn, &place);
		if (result < 0)
			break;
	}
	return result < 0 ? result : 0;
}

int checkpoint_txn_drop(struct checkpoint_txn *txn, const struct record_key *key, uint64_t version)
{
	struct stored_key at = {*key, STORED_DROP, version, 0};
	struct source nothing = {0};
	uint64_t checksum = 0;
	int result;

	assert(is_own(txn, version));
	at.key.place = 0;
	result = look_up_space(txn, &at.key);
	if (result == 0 && !txn->is_dropped)
		result = discount_space(txn, &at.key);
	if (result < 0)
		return result;
	txn->is_dropped = true;
	return put_piece(txn, &at, &nothing, 0, 0, &checksum);
}
