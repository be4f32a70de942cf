// A DPDK port for benchmarks: net_null with callbacks, which hand out what the simulated wire has
// (wire.h) and look at what is sent. Its cost to the lcore is that of a driver: descriptors go
// round in a ring of mbufs, so frames are no hotter in the caches than those of a NIC would be.
#pragma once
#include <signal.h>
#include "load/wire.h"

struct nic {
	struct wire wire;
	struct rte_mempool *pool;
	struct rte_mbuf *ring[WIRE_DESCRIPTORS_MAX];
	uint64_t next; // in the ring
	uint64_t last_poll; // TSC
	uint64_t pause_max; // longest time between two polls, ticks
	volatile sig_atomic_t *stop; // set when the wire is over
	uint16_t port_id;
};

// Make the one port of this process, --vdev=net_null0,no-rx=1, the nic. After rte_eal_init().
// nic->wire is set. Returns 0 or -errno.
int nic_init(struct nic *nic, volatile sig_atomic_t *stop);
