// A bucket of a keyed store as a record: its keys, and of each what the operator says of its state.
// Its place is the prefix of the keys' hashes.
//
//   bits 1 B │ flat 1 B │ n 2 B │ size of a key's image 4 B │ of a state 4 B, 0 unless flat │ 0 4 B
//   flat:    n × (image, state), as in memory; then the long strings of all these keys
//   else:    n × (image, size of its long strings 4 B, these, …what the operator put)
//
// Older versions wrote keys with long strings as above also when their states were flat.
#pragma once
#include "operator/op.h"
#include "state/keyed_track.h"

// Which checkpoint a bucket is for.
static inline uint64_t keyed_record_checkpoint(
	const struct op *op, const struct keyed_bucket *bucket)
{
	return op->checkpoint + bucket->is_next;
}

// Freeze the stores of a track of this operator; what its buckets will take when they are packed
// before a change is noted as time that the lcore was held.
void keyed_record_freeze(struct op *op, struct keyed_track *track);

// A bucket whose states are plain bytes, whole.
void keyed_record_write_flat(struct op *op, uint16_t part, const struct keyed_bucket *bucket);

// Others: begin, then for each entry its key and whatever the operator puts, then record_end().
void keyed_record_begin(
	struct op *op, uint16_t part, const struct keyed_bucket *bucket, uint32_t state_size);
void keyed_record_key(struct op *op, const struct key_layout *keys, const void *image);

// Reading. in stands behind the key in hand: at its state.
struct keyed_record {
	struct record_reader in;
	struct record_reader strings; // flat: of the keys behind the one in hand
	const struct key_layout *keys;
	uint64_t prefix;
	uint8_t bits;
	bool is_flat;
	uint16_t n, i; // entries, those that were read
	uint32_t state_size;
	uint64_t image[(KEY_IMAGE_MAX + 7) / 8]; // the key in hand; strings lie in the record
};

// Returns 0; or -EINVAL when the record cannot be one of such keys.
int keyed_record_open(
	struct keyed_record *keyed, const struct record *record, const struct key_layout *keys);
// Whether some key of the record may be this instance's.
bool keyed_record_concerns(const struct keyed_record *keyed, const struct op *op);
// The next key's image, or NULL at the end (or when the record is too short: keyed->in.is_short).
const void *keyed_record_next(struct keyed_record *keyed);

// An image that keyed_record_key() has put, into image; its long strings lie in the record. False
// when the record is not one.
bool keyed_record_image(struct record_reader *in, const struct key_layout *keys, void *image);
