// Checkpoints in a state directory (DIR/data.mdb), or in memory. A checkpoint is one transaction.
// Records have versions: a checkpoint consists, of each key, of the newest version that is not
// newer than it and not older than the first checkpoint of its process (its base), unless the space
// was dropped in between. What no retained checkpoint needs is deleted in portions.
//
// One thread at a time. A dropped space's number is not used again by the same process.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/hash.h"
#include "snapshot/checkpoint_plan.h"
#include "snapshot/manifest.h"
#include "snapshot/record.h"
#include "snapshot/storage.h"

enum { CHECKPOINT_RETAINED_MAX = 1000 };

struct checkpoint_store;

struct checkpoint_options {
	const char *dir;
	uint32_t n_retained; // state.checkpoints.num-retained: 2 to CHECKPOINT_RETAINED_MAX
	uint64_t map_size; // 0 = the default
	const struct checkpoint_plan *plan; // must outlive the store
	struct hash_seed seed;
	uint64_t first_checkpoint; // that this process will take: restored + 1, or 1
	struct storage *storage; // the caller's; NULL = LMDB in dir
};

// Creates directory and environment when missing, and locks the directory: -EBUSY when another
// process has it. Returns NULL with errno and *err. checkpoint_store_close() it.
struct checkpoint_store *checkpoint_store_open(
	const struct checkpoint_options *options, struct err *err);
// To read only: a savepoint, or a state directory, also one that a process is writing to. A
// process must not have a directory open twice.
struct checkpoint_store *checkpoint_store_open_read_only(const char *dir, struct err *err);
// The same on a storage of the caller's.
struct checkpoint_store *checkpoint_store_on(struct storage *storage, struct err *err);
void checkpoint_store_close(struct checkpoint_store *store); // may be NULL

// The numbers of the checkpoints there are into numbers[:n_max], the oldest first. Returns how many
// there are, or -errno.
int checkpoint_list(struct checkpoint_store *store, uint64_t *numbers, uint32_t n_max);
// Returns 0; -ENOENT; -EBADMSG when it is damaged; -EPROTO when it is of an unknown format; -errno.
int checkpoint_manifest(struct checkpoint_store *store, uint64_t checkpoint,
	struct manifest *manifest, struct err *err);

// All records of a checkpoint in the order of their keys, each checksum verified, and at the end
// whether they are all; take() returns 0 or -errno, which ends the walk. A record is valid during
// the call; its value lies at a multiple of 8. Returns 0; -EBADMSG when something does not verify;
// what take() returned; -errno.
int checkpoint_read(struct checkpoint_store *store, uint64_t checkpoint,
	int (*take)(void *arg, const struct record *record), void *arg, struct err *err);
// The same without taking anything, and the tables' rows too when it is the newest.
int checkpoint_verify(struct checkpoint_store *store, uint64_t checkpoint, struct err *err);
// The tables' rows, which are as the newest checkpoint has left them, against what this one says.
int checkpoint_verify_tables(
	struct checkpoint_store *store, const struct manifest *manifest, struct err *err);
