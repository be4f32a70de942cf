// From which checkpoint a job goes on. What is in a state directory is not trusted before it was
// verified, by a child process that may die of it (rot can make liblmdb abort, or end in SIGBUS).
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/hash.h"
#include "snapshot/checkpoint_plan.h"

enum { RECOVERY_NOTE_MAX = 512, RECOVERY_PATH_MAX = 4096 };

struct recovery {
	bool is_found; // else: start empty, with checkpoint 1
	uint64_t checkpoint; // go on from this one; the first of this process is the one after it
	struct hash_seed seed; // of its keys
	uint32_t key_groups; // KEY_GROUPS, else refused
	char note[RECOVERY_NOTE_MAX]; // one line for people
	char path[RECOVERY_PATH_MAX]; // the directory to read it from: state_dir when there is one
};

// Before EAL starts (it forks). restore: "latest", "none", or the path of a savepoint or of another
// state directory. state_dir may be NULL.
//
// When the newest checkpoint in state_dir does not verify, the one before it is taken, and what
// verifies is written to a new file; what was there stays as data.mdb.old. In the same way a
// savepoint is copied into state_dir, and with "none" the old state is put aside: afterwards
// state_dir holds nothing that was not verified, and nothing newer than what is restored.
//
// Returns 0, or -errno with *err: there are checkpoints but none verifies; it is another job's (the
// operators that differ are named), or of an unknown format (named); path holds no state; another
// process has state_dir.
int recovery_find(const char *state_dir, const char *restore, const struct checkpoint_plan *plan,
	struct recovery *recovery, struct err *err);
