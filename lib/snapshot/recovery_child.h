// What recovery leaves to a child process, because what is on the disk may kill whoever reads it.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/hash.h"
#include "snapshot/checkpoint_plan.h"

enum recovery_kind {
	RECOVERY_NOTHING, // there is no checkpoint
	RECOVERY_TRYING, // this one comes now
	RECOVERY_BAD, // it does not verify: text says why
	RECOVERY_FOUND, // it verifies, and is this job's
	RECOVERY_REFUSED, // it cannot be restored: code, text
	RECOVERY_COPIED,
};

// Children say what they find over a pipe, in messages of this size.
struct recovery_message {
	enum recovery_kind kind;
	int code; // errno
	uint64_t checkpoint;
	struct hash_seed seed;
	uint32_t key_groups;
	int64_t ended_ns;
	bool is_damaged; // something in the file is, although this checkpoint verifies
	char text[ERR_TEXT_MAX];
};

struct recovery_job {
	const char *path; // of the state
	const struct checkpoint_plan *plan; // NULL: whatever it is
	uint64_t below; // look only at checkpoints below this one; 0 = at all
	const char *into; // or copy this checkpoint to a new environment there
	uint64_t checkpoint;
};

// Run the job in a child. Messages come to told() as they are sent; the last one is returned in
// *last. Returns 0; -ECHILD when the child died, of what *err says; -errno.
int recovery_child(const struct recovery_job *job, struct recovery_message *last,
	void (*told)(void *arg, const struct recovery_message *message), void *arg,
	struct err *err);
