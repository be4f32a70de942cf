// What became of a checkpoint, as its writer tells the coordinator.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { CHECKPOINT_TEXT_MAX = 256 };

struct checkpoint_result {
	uint64_t checkpoint;
	bool is_committed;
	char text[CHECKPOINT_TEXT_MAX]; // why not; or why there is no savepoint
	bool is_savepoint; // the savepoint that was asked for is complete
	uint64_t n_records, n_bytes; // written for it
	uint64_t n_records_all, n_bytes_all; // of the state it describes
	int64_t started_ns, ended_ns; // wall clock
};
