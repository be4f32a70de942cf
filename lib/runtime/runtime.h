// Runs a job on this process's lcores: the worker lcores run tasks, the main lcore coordinates.
// When EAL has given the main lcore only, a thread on its CPU does the work and main still
// coordinates.
#pragma once
#include <signal.h>
#include <stdio.h>
#include "runtime/job.h"
#include "snapshot/checkpoint_plan.h"
#include "snapshot/recovery.h"

struct runtime_options {
	const char *drivers_config_dir;
	uint8_t random[32]; // the seed of key hashes, RSS keys and delays
	const struct checkpoint_plan *plan; // the job, as its checkpoints know it
	struct recovery recovery; // where it goes on
	uint64_t stop_after; // end as after SIGTERM when each file has given so many messages; 0 =
			     // never
	bool quiet; // no summary, only the account
	bool verbose; // the summary also every few seconds
	bool show_progress; // a line on stderr once a second: stderr is a terminal
};

// What the signal handlers of the program say; the coordinator looks every few milliseconds.
struct runtime_control {
	volatile sig_atomic_t stop; // stop the sources, let what is in flight come out
	volatile sig_atomic_t report; // print a summary to stderr now
};

// Run job to its end: bounded input is over, or control->stop. Prints "tidewire: running …" to
// stderr when its ports are up, the summary at the end, and the account of events as *account_line
// (the caller prints it last, after EAL has cleaned up). Returns 0; or -errno with *err filled: it
// could not start (*started false), or failed while running.
int runtime_run(const struct job *job, const struct runtime_options *options,
	struct runtime_control *control, char *account_line, size_t account_size, bool *started,
	struct err *err);
