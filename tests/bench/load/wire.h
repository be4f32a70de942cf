// A wire and the queue of a NIC behind it, simulated where the driver's rx_burst would be:
// datagrams arrive on schedule whether anybody polls or not, wait in a queue of so many
// descriptors, and are lost and counted when it is full. Nobody but the lcore that polls spends
// time on it.
//
//	schedule ──► arrived ──► queue[:n_descriptors] ──► rx burst     what comes out with an
//	                └──► missed, when it is full                     event's id: latency since
//	                                                                 the datagram was due
//
// A datagram's latency counts from the moment it was due, so a stall is felt by all that were due
// during it: nothing waits for us before it is sent (no coordinated omission).
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/hist.h"
#include "load/feed.h"

enum { WIRE_PHASES_MAX = 16, WIRE_DESCRIPTORS_MAX = 16384, WIRE_BURST = 32 };

// A time with a rate of its own. One writer of all but the first three: the polling lcore; alerts
// are the sink's lcore's.
struct wire_phase {
	double rate; // datagrams a second; 0 = there is always another one
	double share; // of what the last phase of rate 0 came to; 0 = rate says it
	double seconds;
	uint64_t start, end; // TSC
	uint64_t first; // number of its first datagram; arrived datagrams count on, missed ones too
	uint64_t n_due, n_missed, n_delivered;
	uint32_t queue_max; // datagrams that waited
	uint64_t calm; // TSC when the queue was first down to a burst; 0 = never
	struct hist alerts; // ticks from due to sent
};

struct wire {
	struct feed feed;
	double tsc_hz;
	uint32_t n_phases;
	struct wire_phase phases[WIRE_PHASES_MAX];
	uint32_t phase; // running; n_phases = over
	bool is_over; // and nothing is left in the queue
	uint64_t n_arrived; // datagrams so far, those that were missed among them
	uint64_t n_missed;
	uint32_t n_descriptors; // a power of two
	uint64_t head, tail; // of the queue
	uint64_t queue[WIRE_DESCRIPTORS_MAX]; // numbers of datagrams
};

// "RATE:SECONDS,…", rates in events a second, 0 for as fast as they are taken, or 70% of what a
// phase of rate 0 before it came to. False: it is not that.
bool wire_parse(struct wire *wire, const char *schedule);

// Let arrive what is due. Returns how many datagrams wait, at most max.
uint32_t wire_advance(struct wire *wire, uint64_t now, uint32_t max);
// The number of the next datagram: it is taken out of the queue.
uint64_t wire_take(struct wire *wire);

// The event of this id has come out.
void wire_alert(struct wire *wire, uint64_t id, uint64_t now);

void wire_print(const struct wire *wire);
