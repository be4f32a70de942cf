// What a checkpoint says about itself: of which job it is, what it holds, and sums by which every
// record that is missing, stale or too many shows. Stored as JSON, for people and tools.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/hash.h"
#include "snapshot/checkpoint_plan.h"

enum {
	// Of keys, values and manifests; others are refused by name.
	// 1: images of keys and rows have 16 bytes for any string
	MANIFEST_FORMAT = 2,
	MANIFEST_OPERATORS_MAX = 1 << 16,
};

// Of what an operator has in a checkpoint, in any order: the checksums of its pieces added up.
struct manifest_sum {
	uint32_t op;
	uint64_t n_records, n_pieces, n_bytes, checksum;
};

// Of a table's rows as they were when the checkpoint was committed. Tables have no versions: they
// are as the newest checkpoint left them.
struct manifest_table {
	char name[256];
	uint64_t n_rows, checksum;
};

struct manifest {
	uint32_t format;
	uint64_t checkpoint;
	uint64_t base; // the first of its process: records of earlier ones are no part of it
	int64_t started_ns, ended_ns; // wall clock
	uint64_t n_written, n_written_bytes; // for this one; the sums are of all that is in it
	struct hash_seed seed;
	uint32_t key_groups;
	struct checkpoint_plan plan;
	uint32_t n_sums, n_tables;
	struct manifest_sum *sums; // by op
	struct manifest_table *tables;
	void *json; // what strings of a decoded one lie in
};

// JSON text, to be freed; NULL with errno ENOMEM.
char *manifest_encode(const struct manifest *manifest);
// Returns 0; -EINVAL when text[:len] is no manifest; -EPROTO when it is of an unknown format, which
// *err names. Free what came of it with manifest_clear().
int manifest_decode(struct manifest *manifest, const char *text, size_t len, struct err *err);
void manifest_clear(struct manifest *manifest);

uint64_t manifest_n_records(const struct manifest *manifest);
uint64_t manifest_n_bytes(const struct manifest *manifest);

// Whether this plan can go on from the checkpoint: returns 0, or -EINVAL with *err naming the
// operators that were added, removed or changed, or one whose state is of another version. where:
// "checkpoint 7 in 'DIR'".
int manifest_match(const struct manifest *manifest, const struct checkpoint_plan *plan,
	const char *where, struct err *err);
