// The obvious twin of a checkpoint store: a list of all that was ever written, and for each
// checkpoint what it must hold, computed by going through the list.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "snapshot/record.h"

enum { TWIN_OPS_MAX = 60000, TWIN_CHECKPOINTS_MAX = 2000 };

struct twin_write {
	struct record_key key;
	uint64_t version;
	enum record_kind kind;
	uint32_t seed; // of its value
	size_t len;
};

struct twin_record {
	struct record_key key;
	uint32_t seed;
	size_t len;
};

struct twin_checkpoint {
	struct twin_record *records; // [:n], by key
	uint32_t n;
};

struct twin {
	struct twin_write writes[TWIN_OPS_MAX]; // of this process
	uint32_t n_writes;
	struct twin_checkpoint checkpoints[TWIN_CHECKPOINTS_MAX]; // by number
};

static inline uint8_t twin_byte(uint32_t seed, size_t i)
{
	return (uint8_t)((seed + i * 2654435761u) >> 7 ^ i);
}

static inline int twin_compare_keys(const struct record_key *a, const struct record_key *b)
{
	if (a->place != b->place || a->space != b->space) // most are told apart by these
		if (a->op == b->op && a->part == b->part && a->instance == b->instance) {
			if (a->space != b->space)
				return a->space < b->space ? -1 : 1;
			return a->place < b->place ? -1 : 1;
		}
	if (a->op != b->op)
		return a->op < b->op ? -1 : 1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	return a->instance < b->instance ? -1 : a->instance > b->instance;
}

static inline int twin_compare(const void *a, const void *b)
{
	const struct twin_record *x = a, *y = b;

	return twin_compare_keys(&x->key, &y->key);
}

static inline bool twin_is_dropped(
	const struct twin *twin, const struct record_key *key, uint64_t checkpoint)
{
	for (uint32_t i = 0; i < twin->n_writes; i++) {
		const struct twin_write *write = &twin->writes[i];

		if (write->kind == RECORD_DROP && write->version <= checkpoint &&
			write->key.op == key->op && write->key.part == key->part &&
			write->key.instance == key->instance && write->key.space == key->space)
			return true;
	}
	return false;
}

static inline bool twin_is_last(const struct twin *twin, uint32_t of, uint64_t checkpoint)
{
	const struct twin_write *write = &twin->writes[of];

	for (uint32_t i = 0; i < twin->n_writes; i++) {
		const struct twin_write *other = &twin->writes[i];

		if (other->kind != RECORD_VALUE || other->version > checkpoint ||
			twin_compare_keys(&other->key, &write->key) != 0)
			continue;
		if (other->version > write->version || (other->version == write->version && i > of))
			return false;
	}
	return true;
}

// Forget what is expected of the checkpoint.
static inline void twin_forget(struct twin *twin, uint64_t checkpoint)
{
	free(twin->checkpoints[checkpoint].records);
	twin->checkpoints[checkpoint] = (struct twin_checkpoint){0};
}

// What the checkpoint holds, by what was written so far.
static inline void twin_expect(struct twin *twin, uint64_t checkpoint)
{
	struct twin_checkpoint *expected = &twin->checkpoints[checkpoint];

	twin_forget(twin, checkpoint);
	expected->records = calloc(twin->n_writes + 1, sizeof(*expected->records));
	for (uint32_t i = 0; i < twin->n_writes; i++) {
		const struct twin_write *write = &twin->writes[i];

		if (write->kind == RECORD_VALUE && write->version <= checkpoint &&
			twin_is_last(twin, i, checkpoint) &&
			!twin_is_dropped(twin, &write->key, checkpoint))
			expected->records[expected->n++] =
				(struct twin_record){write->key, write->seed, write->len};
	}
	qsort(expected->records, expected->n, sizeof(*expected->records), twin_compare);
}

static inline void twin_free(struct twin *twin)
{
	for (uint64_t i = 0; i < TWIN_CHECKPOINTS_MAX; i++)
		twin_forget(twin, i);
	free(twin);
}
