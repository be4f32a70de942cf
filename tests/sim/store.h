// Where checkpoints go in the simulated world: the obvious model of a checkpoint store and its
// writer. Fails when the seed says so.
#pragma once
#include "input.h"
#include "snapshot/checkpoint_result.h"
#include "snapshot/record.h"

struct store;

// random decides what fails. Lives through deaths.
struct store *store_new(struct random *random);
void store_free(struct store *store);

// The newest committed checkpoint, 0 = none. Its records in the order of their keys.
uint64_t store_newest(const struct store *store);
int store_read(struct store *store, int (*take)(void *arg, const struct record *record), void *arg);

// A process: tasks[:n] write to these outs.
void store_open(struct store *store, struct record_out *const *outs, uint32_t n);
void store_die(struct store *store); // what is not committed is lost
void store_begin(struct store *store, uint64_t checkpoint);
void store_abort(struct store *store, uint64_t checkpoint);
bool store_result(struct store *store, struct checkpoint_result *result);
// A chunk of one of the outs, or a commit.
void store_step(struct store *store);
