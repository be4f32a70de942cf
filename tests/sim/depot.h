// Where checkpoints go in the simulated world: the real store and its writer over a storage in
// memory, or an obvious model of both, so that a wrong operator is told from a wrong store. Either
// fails when the seed says so, and lives through deaths.
#pragma once
#include "input.h"
#include "snapshot/checkpoint_plan.h"
#include "snapshot/checkpoint_result.h"
#include "snapshot/record.h"

struct depot;

// random decides what fails.
struct depot *depot_model(struct random *random);
struct depot *depot_real(struct random *random);
void depot_free(struct depot *depot);

// The newest committed checkpoint, 0 = none. Its records in the order of their keys.
uint64_t depot_newest(struct depot *depot);
int depot_read(struct depot *depot, int (*take)(void *arg, const struct record *record), void *arg);

// A process: its tasks write to outs[:n]; both must outlive it. Returns 0, or -errno.
int depot_open(struct depot *depot, const struct checkpoint_plan *plan,
	struct record_out *const *outs, uint32_t n);
void depot_die(struct depot *depot); // what is not committed is lost
void depot_begin(struct depot *depot, uint64_t checkpoint);
void depot_abort(struct depot *depot, uint64_t checkpoint);
bool depot_result(struct depot *depot, struct checkpoint_result *result);
// A little of what the writer's thread does.
void depot_step(struct depot *depot);
