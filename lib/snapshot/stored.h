// How records lie in a storage. A value is cut into pieces that fill a page of LMDB each, so that
// it never has to look for pages in a row; each piece is an entry of its own:
//
//	key    op 4 B │ part 2 │ instance 2 │ space 8 │ kind 1 │ place 8 │ ~version 8 │ piece 4
//	       big endian; version = the first checkpoint that it is part of, so the newest comes
// first 	value  checksum 8 B of key and all that follows │ pieces behind this one 4 │ 0 4 │
// bytes 	       little endian
//
// Manifests are cut in the same way: their key is checkpoint 8 B │ piece 4, both big endian.
// A dropped space is an entry of kind STORED_DROP without bytes, ahead of the space's records.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "snapshot/checksum.h"
#include "snapshot/record.h"
#include "snapshot/storage.h"

enum stored_kind { STORED_DROP, STORED_VALUE, STORED_KINDS };

enum {
	STORED_KEY_SIZE = 37,
	STORED_HEAD_SIZE = 16,
	STORED_PIECE_MAX = 4080 - STORED_HEAD_SIZE, // bytes: a page of LMDB less its head and ours
	STORED_PIECES_MAX = 1 << 20,
	STORED_MANIFEST_KEY_SIZE = 12,
};

#define STORED_RECORDS "records"
#define STORED_MANIFESTS "checkpoints"
#define STORED_TABLE "table." // and its name: rows as the sink wrote them

struct stored_key {
	struct record_key key;
	enum stored_kind kind;
	uint64_t version;
	uint32_t piece;
};

static inline void stored_put_number(uint8_t *at, uint64_t value, int n_bytes)
{
	value = __builtin_bswap64(value);
	memcpy(at, (const char *)&value + 8 - n_bytes, (size_t)n_bytes);
}

static inline uint64_t stored_get_number(const uint8_t *at, int n_bytes)
{
	uint64_t value = 0;

	memcpy((char *)&value + 8 - n_bytes, at, (size_t)n_bytes);
	return __builtin_bswap64(value);
}

static inline struct bytes stored_key_encode(
	const struct stored_key *key, uint8_t bytes[STORED_KEY_SIZE])
{
	stored_put_number(bytes, key->key.op, 4);
	stored_put_number(bytes + 4, key->key.part, 2);
	stored_put_number(bytes + 6, key->key.instance, 2);
	stored_put_number(bytes + 8, key->key.space, 8);
	stored_put_number(bytes + 16, key->kind, 1);
	stored_put_number(bytes + 17, key->key.place, 8);
	stored_put_number(bytes + 25, ~key->version, 8);
	stored_put_number(bytes + 33, key->piece, 4);
	return (struct bytes){bytes, STORED_KEY_SIZE};
}

// False when bytes are no such key.
static inline bool stored_key_decode(struct bytes bytes, struct stored_key *key)
{
	const uint8_t *at = bytes.data;

	if (bytes.len != STORED_KEY_SIZE || at[16] >= STORED_KINDS)
		return false;
	key->key.op = (uint32_t)stored_get_number(at, 4);
	key->key.part = (uint16_t)stored_get_number(at + 4, 2);
	key->key.instance = (uint16_t)stored_get_number(at + 6, 2);
	key->key.space = stored_get_number(at + 8, 8);
	key->kind = at[16];
	key->key.place = stored_get_number(at + 17, 8);
	key->version = ~stored_get_number(at + 25, 8);
	key->piece = (uint32_t)stored_get_number(at + 33, 4);
	return true;
}

static inline struct bytes stored_manifest_key(
	uint64_t checkpoint, uint32_t piece, uint8_t bytes[STORED_MANIFEST_KEY_SIZE])
{
	stored_put_number(bytes, checkpoint, 8);
	stored_put_number(bytes + 8, piece, 4);
	return (struct bytes){bytes, STORED_MANIFEST_KEY_SIZE};
}

static inline bool stored_same_space(const struct record_key *a, const struct record_key *b)
{
	return a->op == b->op && a->part == b->part && a->instance == b->instance &&
	       a->space == b->space;
}

static inline bool stored_same_key(const struct record_key *a, const struct record_key *b)
{
	return stored_same_space(a, b) && a->place == b->place;
}

// The head of a piece whose bytes are already behind it; returns its checksum.
static inline uint64_t stored_seal(struct bytes key, char *piece, size_t len, uint32_t n_behind)
{
	uint32_t fields[2] = {n_behind, 0};
	uint64_t sum;

	memcpy(piece + 8, fields, sizeof(fields));
	sum = checksum(piece + 8, len - 8, checksum(key.data, key.len, 0));
	memcpy(piece, &sum, sizeof(sum));
	return sum;
}

// What the head of a piece says; bytes behind it. False when it is too short to be one.
static inline bool stored_open(
	struct bytes value, uint64_t *sum, uint32_t *n_behind, struct bytes *bytes)
{
	if (value.len < STORED_HEAD_SIZE)
		return false;
	memcpy(sum, value.data, sizeof(*sum));
	memcpy(n_behind, (const char *)value.data + 8, sizeof(*n_behind));
	*bytes = (struct bytes){
		(const char *)value.data + STORED_HEAD_SIZE, value.len - STORED_HEAD_SIZE};
	return true;
}

static inline bool stored_verifies(struct bytes key, struct bytes value)
{
	uint64_t sum;

	if (value.len < STORED_HEAD_SIZE)
		return false;
	memcpy(&sum, value.data, sizeof(sum));
	return sum == checksum((const char *)value.data + 8, value.len - 8,
			      checksum(key.data, key.len, 0));
}
