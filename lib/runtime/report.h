// What the coordinator tells while a job runs: a progress line, and what the ports did.
#pragma once
#include <stdio.h>
#include "runtime/network.h"
#include "runtime/summary.h"

struct progress {
	int64_t first_ns, last_ns; // when the job started, and of the last line
	uint64_t last_in;
	bool shown; // a line stands on the terminal
};

// A line a second at the most: events in, events per second, watermark; of bounded input also how
// much of it is read, and the time left. On a terminal it overwrites
// itself; with is_log each is a line of its own, with what holds the watermark back.
void report_progress(
	struct progress *progress, const struct topology *topology, bool is_log, FILE *out);
void report_progress_end(struct progress *progress, FILE *out);

// For each port: packets in = to sources + control + Σ drops by name, and what was lost before.
void report_ports(const struct network *network, FILE *out);

// For each capture that is replayed: packets in = to its table + Σ drops by name.
void report_captures(const struct topology *topology, FILE *out);

// A line, once, for each queue whose journal has been replayed.
void report_replays(const struct topology *topology, FILE *out);

// Add what the ports lost before tidewire saw it to the account, under the NIC's own names.
void report_lost(const struct network *network, struct account *account);
