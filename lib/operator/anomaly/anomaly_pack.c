// What a checkpoint has of Anomaly.
//
//   ANOMALY_KEYS        buckets of keys (operator/keyed_record.h), the state of each as it is
//   ANOMALY_LARGE_KEYS  a record for each key: its image │ size of its long strings 4 B │ these │
//                       the state; or nothing: there is no such key any more
//
// Nothing is in hand then: a barrier waits until the rows before it are out.
#include <assert.h>
#include <errno.h>
#include <string.h>
#include "operator/anomaly/anomaly_state.h"
#include "operator/keyed_record.h"

void anomaly_pack_bucket(void *owner, const struct keyed_bucket *bucket)
{
	keyed_record_write_flat(&((struct anomaly *)owner)->op, ANOMALY_KEYS, bucket);
}

bool anomaly_is_frozen(const struct anomaly *anomaly)
{
	return anomaly->is_large ? anomaly->large.is_frozen
				 : keyed_store_is_frozen(&anomaly->store);
}

void anomaly_freeze(struct op *op)
{
	struct anomaly *anomaly = (struct anomaly *)op;

	assert(anomaly->held.n_rows == 0);
	if (anomaly->is_large)
		large_freeze(anomaly);
	else
		keyed_record_freeze(op, &anomaly->track);
}

bool anomaly_pack(struct op *op, int32_t *n_left)
{
	struct anomaly *anomaly = (struct anomaly *)op;

	return anomaly->is_large ? large_pack(anomaly, n_left)
				 : keyed_store_pack(&anomaly->store, n_left);
}

// ---- Restoring

// The entry of a key that is ours and new, with room for a large state. 0, -ENOMEM, -EINVAL when
// the key has come before.
static int make_key(struct anomaly *anomaly, const void *image, uint64_t hash, void **state)
{
	uint64_t n = anomaly->store.n_entries;
	void *entry;

	if (keyed_store_upsert(&anomaly->store, image, &hash, 1, &entry) > 0)
		return -ENOMEM;
	if (anomaly->store.n_entries == n)
		return -EINVAL;
	if (anomaly->is_large && !large_make(anomaly, entry)) {
		keyed_store_remove(&anomaly->store, image, hash);
		return -ENOMEM;
	}
	*state = anomaly_state(anomaly, entry);
	return 0;
}

// A key's state, which in stands at; image is the key's.
static int take_state(struct anomaly *anomaly, const void *image, struct record_reader *in)
{
	const void *bytes = record_take(in, anomaly->state_size);
	uint64_t hash;
	void *state;
	int result;

	if (bytes == NULL)
		return -EINVAL;
	key_hashes(&anomaly->keys, anomaly->op.task->seed, image, 1, &hash);
	if (!op_owns(&anomaly->op, hash))
		return 0;
	result = make_key(anomaly, image, hash, &state);
	if (result == 0)
		memcpy(state, bytes, anomaly->state_size);
	if (result != -ENOMEM || !anomaly->op.task->evict_idle)
		return result;
	op_count(&anomaly->op, anomaly->evicted_keys, 1); // fewer instances have less room
	return 0;
}

static int restore_bucket(struct anomaly *anomaly, const struct record *record)
{
	struct keyed_record keyed;
	const void *image;
	int result = keyed_record_open(&keyed, record, &anomaly->keys);

	if (anomaly->is_large || (keyed.is_flat && keyed.state_size != anomaly->store.state_size))
		result = -EINVAL;
	if (result < 0 || !keyed_record_concerns(&keyed, &anomaly->op))
		return result;
	while (result == 0 && (image = keyed_record_next(&keyed)) != NULL) {
		record_take(&keyed.in, sizeof(struct anomaly_key)); // of another process
		result = take_state(anomaly, image, &keyed.in);
	}
	return result == 0 && keyed.in.is_short ? -EINVAL : result;
}

static int restore_large(struct anomaly *anomaly, const struct record *record)
{
	struct record_reader in = record_read(record);
	uint64_t image[(KEY_IMAGE_MAX + 7) / 8];

	if (!anomaly->is_large)
		return -EINVAL;
	if (in.n_left == 0)
		return 0;
	if (!keyed_record_image(&in, &anomaly->keys, image) || in.n_left != anomaly->state_size)
		return -EINVAL;
	return take_state(anomaly, image, &in);
}

int anomaly_restore(struct op *op, const struct record *record, struct err *err)
{
	struct anomaly *anomaly = (struct anomaly *)op;
	int result = -EINVAL;

	if (record->key.part == ANOMALY_KEYS)
		result = restore_bucket(anomaly, record);
	else if (record->key.part == ANOMALY_LARGE_KEYS)
		result = restore_large(anomaly, record);
	if (result == -ENOMEM)
		return err_set(err, ENOMEM,
			"there is no room for a key of ANOMALY: raise state.max-memory");
	if (result < 0)
		return err_set(err, EINVAL, "a record of ANOMALY has another shape");
	return 0;
}
