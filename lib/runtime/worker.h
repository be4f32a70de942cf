// An lcore's loop: its tasks round robin, run to completion, never blocking. When there is nothing
// to do it backs off: it pauses, then yields (lcores may share a CPU), and after a while of silence
// it sleeps for moments, so that an idle appliance is not a hot one. Busy and idle cycles are
// counted, because `top` shows 100 % either way.
#pragma once
#include <stdatomic.h>
#include "runtime/task.h"

struct worker {
	// set before the start
	uint32_t lcore_id; // DPDK's
	uint32_t n_tasks;
	struct task **tasks;
	uint64_t tsc_hz;
	bool is_crowded; // its CPU is not its own
	bool stays; // when its tasks have finished, too: a checkpoint is still to come
	atomic_bool stop; // the coordinator writes: leave the loop now, whatever is in flight
	// the worker writes, others read (may lag)
	uint64_t busy_cycles, idle_cycles;
	uint64_t n_steps; // that found work
};

// Run until all tasks have finished (and it need not stay) or stop is set; the form of
// lcore_function_t.
int worker_run(void *worker);
