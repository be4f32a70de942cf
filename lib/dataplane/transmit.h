// One transmit queue of a DPDK port: frames wait here until the NIC takes them. A queue belongs to
// one lcore: the one that serves inet.h has its own, and so has each lcore with a sink on the port.
#pragma once
#include <stdint.h>

#include "dataplane/inet.h"

struct rte_mbuf;
struct rte_mempool;

enum { TRANSMIT_FRAMES_MAX = 64 };

struct transmit {
	struct inet_out out; // first member: what inet.h sends goes here
	struct rte_mempool *pool; // where frames' mbufs come from
	uint16_t port_id;
	uint16_t queue;
	uint16_t n; // mbufs[:n] wait, oldest first
	struct rte_mbuf *mbufs[TRANSMIT_FRAMES_MAX];
	// one writer: the lcore of the queue
	uint64_t n_sent;
	uint64_t n_dropped; // control frames for which there was no mbuf or no room
};

void transmit_init(
	struct transmit *transmit, struct rte_mempool *pool, uint16_t port_id, uint16_t queue);

// Queue mbuf, which then is ours. False when the NIC is behind: the mbuf stays the caller's.
bool transmit_put(struct transmit *transmit, struct rte_mbuf *mbuf);

// Give the NIC what waits; returns how many still do. Once per step of the lcore.
uint16_t transmit_flush(struct transmit *transmit);

// Free what waits, at the end.
void transmit_close(struct transmit *transmit);
