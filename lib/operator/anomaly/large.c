// Keys whose states are large: each has marks of its own, so that a checkpoint has the states that
// changed, one record each, and no more is written at a time than one of them.
//
//	CLEAN ──changed──► marked ──freeze──► frozen ──packed──► CLEAN, or marked again
//
// as keyed_track.h has it for buckets. The store's entries hold the marks, side by side: the walk
// touches no state that is clean. A record's place is the number of the key's cell; a key that
// takes over a cell takes over its record, and for a cell that nobody took over an empty record
// says so.
#include <string.h>
#include "operator/anomaly/anomaly_state.h"
#include "operator/keyed_record.h"

enum { LOOKS_PER_UNIT = 8, BYTES_PER_UNIT = 512 }; // of packing's budget

void large_init(struct anomaly *anomaly)
{
	anomaly->large.mark = 1;
	cells_init(&anomaly->large.cells, &anomaly->op.pool, anomaly->state_size);
}

static struct record_key record_key(const struct anomaly *anomaly, const void *cell)
{
	return op_record_key(
		&anomaly->op, ANOMALY_LARGE_KEYS, 0, cell_number(&anomaly->large.cells, cell));
}

static void pack_key(struct anomaly *anomaly, struct large_key *key)
{
	const void *image = keyed_store_image(&anomaly->store, key);
	struct record_key at = record_key(anomaly, key->state);
	struct record_out *out = anomaly->op.task->out;

	record_begin(out, &at, anomaly->op.checkpoint);
	keyed_record_key(&anomaly->op, &anomaly->keys, image);
	record_put(out, key->state, anomaly->state_size);
	record_end(out);
	key->mark = KEYED_CLEAN;
}

static bool is_key_frozen(const struct large *large, const struct large_key *key)
{
	return large->is_frozen && key->mark == 3 - large->mark;
}

// ---- Changes

bool large_make(struct anomaly *anomaly, struct large_key *key)
{
	struct large *large = &anomaly->large;

	if (key == NULL)
		return false;
	key->state = cells_take(&large->cells);
	if (key->state == NULL)
		return false;
	memset(key->state, 0, anomaly->state_size);
	key->mark = large->mark;
	for (uint32_t i = 0; i < large->n_forgotten; i++)
		if (large->forgotten[i] == key->state) {
			large->forgotten[i] = large->forgotten[--large->n_forgotten];
			break;
		}
	return true;
}

void large_touch(struct anomaly *anomaly, void *const *entries, uint16_t n)
{
	struct large *large = &anomaly->large;

	for (uint16_t i = 0; i < n; i++)
		if (entries[i] != NULL)
			__builtin_prefetch(((struct large_key *)entries[i])->state, 1);
	for (uint16_t i = 0; i < n; i++) {
		struct large_key *key = entries[i];

		if (key == NULL)
			continue;
		if (is_key_frozen(large, key))
			pack_key(anomaly, key);
		key->mark = large->mark;
	}
}

bool large_may_forget(const struct anomaly *anomaly)
{
	const struct large *large = &anomaly->large;

	return large->n_forgotten < sizeof(large->forgotten) / sizeof(large->forgotten[0]);
}

void large_forget(struct anomaly *anomaly, struct large_key *key)
{
	struct large *large = &anomaly->large;

	if (is_key_frozen(large, key))
		pack_key(anomaly, key);
	large->forgotten[large->n_forgotten++] = key->state;
	cells_give(&large->cells, key->state);
}

// ---- Checkpoints

void large_freeze(struct anomaly *anomaly)
{
	struct large *large = &anomaly->large;

	for (uint32_t i = 0; i < large->n_forgotten; i++) {
		struct record_key at = record_key(anomaly, large->forgotten[i]);

		record_write(anomaly->op.task->out, &at, anomaly->op.checkpoint, NULL, 0);
	}
	large->n_forgotten = 0;
	large->mark = 3 - large->mark;
	large->is_frozen = true;
	large->packed_to = 0;
}

// The frozen keys of the bucket at *prefix. True when none is left there; then *prefix is that of
// the next one.
static bool pack_some(struct anomaly *anomaly, uint64_t *prefix, int32_t *n_left)
{
	const void *images[BLOCK_ROWS_MAX];
	void *entries[BLOCK_ROWS_MAX];
	uint64_t next = *prefix;
	uint16_t n = keyed_store_bucket(&anomaly->store, &next, images, entries);

	*n_left -= 1 + n / LOOKS_PER_UNIT;
	for (uint16_t i = 0; i < n; i++) {
		if (!is_key_frozen(&anomaly->large, entries[i]))
			continue;
		if (*n_left <= 0)
			return false;
		pack_key(anomaly, entries[i]);
		*n_left -= (int32_t)(1 + anomaly->state_size / BYTES_PER_UNIT);
	}
	*prefix = next;
	return true;
}

bool large_pack(struct anomaly *anomaly, int32_t *n_left)
{
	struct large *large = &anomaly->large;

	while (large->is_frozen) {
		if (*n_left <= 0)
			return false;
		if (pack_some(anomaly, &large->packed_to, n_left) && large->packed_to == 0)
			large->is_frozen = false;
	}
	return true;
}
