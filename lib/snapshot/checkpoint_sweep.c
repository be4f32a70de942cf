// Deleting what no retained checkpoint needs.
//
// idea   a walk around all records that goes on with each checkpoint where it stopped, as far as
//        some entries, and some for each that was written. Nothing is remembered but where it is:
//        what was superseded, dropped, or left by earlier processes is garbage by the same rule
// space  garbage stays below a fraction of what lives: when each checkpoint makes P entries of
//        garbage and looks at 4 P of L + G entries, G settles at L / 3
// time   keys alone are read, from leaf pages; 10⁵ of them are 10 ms
#include <errno.h>
#include <string.h>
#include "snapshot/checkpoint_reader.h"
#include "snapshot/txn.h"

enum { SWEEP_ENTRIES = 8192, SWEEP_PER_PUT = 4, DROPS_MAX = 4, END = 1 };

struct sweep {
	struct checkpoint_txn *txn;
	struct stored_key at; // where the cursor is
	// The space in hand, and which checkpoints have dropped it (each process has its own
	// spaces, by the same numbers). With more of them than fit its records stay, which does no
	// harm.
	struct record_key space;
	bool has_space;
	uint64_t drops[DROPS_MAX]; // [:n_drops]
	uint32_t n_drops;
	bool is_empty; // all of it was seen, and nothing was kept
	// The key in hand, the version of it that was seen last, and the one before that.
	struct record_key key;
	bool has_key;
	uint64_t version, newer;
};

static int look(struct sweep *sweep, int result, struct bytes key)
{
	if (result < 0)
		return result == -ENOENT ? END : result;
	return stored_key_decode(key, &sweep->at) ? 0 : -EBADMSG;
}

static int seek(struct sweep *sweep, const struct stored_key *to)
{
	uint8_t bytes[STORED_KEY_SIZE];
	struct bytes key, value;
	int result = storage_seek(sweep->txn->cursor, stored_key_encode(to, bytes), &key, &value);

	return look(sweep, result, key);
}

static int next(struct sweep *sweep)
{
	struct bytes key, value;
	int result = storage_next(sweep->txn->cursor, &key, &value);

	return look(sweep, result, key);
}

static bool is_dropped(const struct sweep *sweep, const struct retained *retained)
{
	for (uint32_t i = 0; i < sweep->n_drops; i++)
		if (checkpoint_has(retained->checkpoint, retained->base, sweep->drops[i]))
			return true;
	return false;
}

// Whether some retained checkpoint has the version in hand.
static bool is_needed(const struct sweep *sweep)
{
	for (uint32_t i = 0; i < sweep->txn->n_retained; i++) {
		const struct retained *retained = &sweep->txn->retained[i];

		if (checkpoint_has(retained->checkpoint, retained->base, sweep->version) &&
			retained->checkpoint < sweep->newer && !is_dropped(sweep, retained))
			return true;
	}
	return false;
}

// The space is behind us: when all that was dropped is gone, so can be what says so. The cursor is
// where it was then.
static int leave_space(struct sweep *sweep)
{
	const struct retained *oldest = &sweep->txn->retained[0];
	const struct stored_key back = sweep->at;
	struct stored_key head = {.key = sweep->space, .kind = STORED_DROP};
	uint8_t bytes[STORED_KEY_SIZE];
	int result = 0;

	for (uint32_t i = 0; result == 0 && sweep->is_empty && i < sweep->n_drops; i++) {
		head.key.place = 0;
		head.version = sweep->drops[i];
		if (head.version <= oldest->checkpoint)
			result = storage_delete(sweep->txn->txn, sweep->txn->records,
				stored_key_encode(&head, bytes));
	}
	return result == 0 && sweep->is_empty && sweep->n_drops > 0 ? seek(sweep, &back) : result;
}

static void enter_space(struct sweep *sweep)
{
	sweep->space = sweep->at.key;
	sweep->has_space = true;
	sweep->n_drops = 0;
	sweep->is_empty = true;
	sweep->has_key = false;
}

static int sweep_drop(struct sweep *sweep)
{
	if (sweep->at.version < sweep->txn->retained[0].base)
		return storage_cursor_delete(sweep->txn->cursor);
	if (sweep->n_drops == DROPS_MAX)
		sweep->is_empty = false;
	else
		sweep->drops[sweep->n_drops++] = sweep->at.version;
	return 0;
}

static int sweep_value(struct sweep *sweep)
{
	if (!sweep->has_key || !stored_same_key(&sweep->key, &sweep->at.key)) {
		sweep->key = sweep->at.key;
		sweep->has_key = true;
		sweep->newer = UINT64_MAX;
	} else if (sweep->version != sweep->at.version) {
		sweep->newer = sweep->version;
	}
	sweep->version = sweep->at.version;
	if (!is_needed(sweep))
		return storage_cursor_delete(sweep->txn->cursor);
	sweep->is_empty = false;
	return 0;
}

// To where the last one stopped: in the middle of a space, of which the head is read again.
static int start(struct sweep *sweep, const struct stored_key *from)
{
	struct stored_key head = {.key = from->key, .kind = STORED_DROP, .version = UINT64_MAX};
	int result;

	head.key.place = 0;
	result = seek(sweep, &head);
	if (result != 0)
		return result;
	enter_space(sweep);
	while (result == 0 && stored_same_space(&sweep->space, &sweep->at.key) &&
		sweep->at.kind == STORED_DROP) {
		result = sweep_drop(sweep);
		if (result == 0)
			result = next(sweep);
	}
	if (result != 0 || from->kind != STORED_VALUE)
		return result;
	sweep->is_empty = false;
	return seek(sweep, from);
}

// Whether to stop ahead of what the cursor is on: between two keys.
static bool is_between(const struct sweep *sweep)
{
	return sweep->at.kind == STORED_VALUE && sweep->has_key &&
	       !stored_same_key(&sweep->key, &sweep->at.key);
}

int txn_sweep(struct checkpoint_txn *txn)
{
	struct sweep sweep = {.txn = txn};
	uint64_t n_left = SWEEP_ENTRIES + SWEEP_PER_PUT * txn->n_entries;
	int result = start(&sweep, &txn->store->swept);

	for (; result == 0; n_left -= n_left > 0) {
		if (n_left == 0 && is_between(&sweep)) {
			txn->swept = sweep.at;
			txn->swept.version = UINT64_MAX;
			txn->swept.piece = 0;
			return 0;
		}
		if (!stored_same_space(&sweep.space, &sweep.at.key)) {
			result = leave_space(&sweep);
			if (result != 0)
				break;
			enter_space(&sweep);
		}
		result = sweep.at.kind == STORED_DROP ? sweep_drop(&sweep) : sweep_value(&sweep);
		if (result == 0)
			result = next(&sweep);
	}
	txn->swept = (struct stored_key){0};
	if (result == END && sweep.has_space)
		result = leave_space(&sweep);
	return result == END ? 0 : result;
}
