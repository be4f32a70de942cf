// The checkpoints of a running job: the store, the thread that writes to it, the coordinator, the
// control socket. The main lcore's, but for the thread.
//
//	checkpoints_open()      after topology_new(): the store is open, the job is restored
//	checkpoints_start()     before the lcores run
//	checkpoints_poll()      every few milliseconds
//	checkpoints_finish()    until it says that the last one has ended
//	checkpoints_close()     after the lcores have stopped
#pragma once
#include <stdio.h>
#include "runtime/topology.h"
#include "snapshot/checkpoint_plan.h"
#include "snapshot/recovery.h"

struct checkpoints;

struct checkpoints_options {
	const struct checkpoint_settings *settings;
	const struct checkpoint_plan *plan;
	const struct recovery *recovery; // where the job goes on
	struct hash_seed seed; // of its keys
	bool verbose; // tell of those that were completed, too
	bool quiet;
};

// What the options point to must outlive it. Returns NULL with *err filled; also when there is
// nothing to take: then errno is 0.
struct checkpoints *checkpoints_open(
	const struct checkpoints_options *options, struct topology *topology, struct err *err);
int checkpoints_start(struct checkpoints *checkpoints, struct err *err);
// Returns 0, or -EIO with *err filled: more have failed than the job tolerates.
int checkpoints_poll(struct checkpoints *checkpoints, struct err *err);
// Somebody asked over the control socket for the job to stop.
bool checkpoints_want_stop(const struct checkpoints *checkpoints);
// Nothing comes in any more: ask for the last checkpoint. True when it has ended.
bool checkpoints_finish(struct checkpoints *checkpoints);
// How it ended: 0, or -EIO with *err filled.
int checkpoints_finished(const struct checkpoints *checkpoints, struct err *err);
// All of these take NULL.
void checkpoints_print(const struct checkpoints *checkpoints, uint64_t tsc_hz, FILE *out);
void checkpoints_close(struct checkpoints *checkpoints);
