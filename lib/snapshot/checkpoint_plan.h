// What a checkpoint must match to be restored: the job, operator by operator.
#pragma once
#include <stdint.h>

struct checkpoint_operator {
	uint32_t id; // op_spec.id
	const char *kind; // "WindowAggregate"
	const char *text; // as EXPLAIN prints it: keys, window, aggregates …; without parallelism
	const char *table; // of an lmdb sink: the table's name (database "table.NAME"); else NULL
	uint32_t state_version; // of the form of its state
};

struct checkpoint_plan {
	const char *job_name; // pipeline.name, or the script's file name; for people
	const char *script; // the whole text: with it state can be decoded without the job
	uint32_t n_operators;
	const struct checkpoint_operator *operators; // by id
};
