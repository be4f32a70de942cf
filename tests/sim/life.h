// A process of the simulated world, from its start to its end, of whatever kind.
#pragma once
#include "runtime/summary.h"
#include "depot.h"

enum { LIFE_LCORES_MAX = 4 };

struct life {
	struct random *random;
	const char *sql;
	bool calm; // tasks in turn, all goes well
	uint32_t n_lcores, parallelism;
	struct depot *store; // NULL: no checkpoints are taken
	uint64_t n_steps_max; // then it dies
	uint64_t suspend_at; // step at which it is told to stop
	// what came of it
	uint64_t n_steps, n_checkpoints, n_failed;
	struct account account;
};

enum life_end {
	LIFE_FINISHED, // the input is over, and all that follows from it is out
	LIFE_SUSPENDED, // it was told to stop
	LIFE_DIED,
	LIFE_WRONG, // a fault, an error; life_error says which
};

extern char life_error[600];

enum life_end life_run(struct life *life);
