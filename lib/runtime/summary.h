// What a job has done so far, for people: at the end and on SIGUSR1, on stderr. Ends with the
// account of events (cli.md):
//
//   events: in=1200000 out=1199998 dropped=2 (parse_error=2)
//
// in = messages that the sources saw, and what was lost before them, a packet for an event; dropped
// = Σ of the drops by name, in the NIC and the kernel below it, at the sources and at the operators
// that take events; out = the rest: events whose effect is in the results. Where several INSERTs
// read the same, of their drops those of the INSERT that lacks the most events count.
#pragma once
#include <stdio.h>
#include "runtime/topology.h"
#include "runtime/worker.h"

struct account_drop {
	const char *name;
	uint64_t n;
};

enum { ACCOUNT_NAMES_MAX = 64 };

struct account {
	uint64_t n_in, n_out, n_dropped;
	uint32_t n_names;
	struct account_drop drops[ACCOUNT_NAMES_MAX]; // by name, none of them 0
	bool is_restored; // the job went on from a checkpoint
	uint64_t n_open; // in − rows − drops at the sources: messages that are in work right now
};

void account_take(struct account *account, const struct topology *topology);
// n events were lost, under this name, before any source saw them.
void account_add_lost(struct account *account, const char *name, uint64_t n);
void account_print(const struct account *account, FILE *out);

// Everything but the account: sources, operators, latency, load of each lcore, watermarks.
void summary_print(const struct topology *topology, const struct worker *workers,
	uint32_t n_workers, struct now now, FILE *out);

// For each gate: which input holds the watermark back, and since when.
void summary_watermarks(
	const struct topology *topology, struct now now, uint64_t tsc_hz, FILE *out);
