// One DPDK port, from probed to polled: queues, offloads, RSS, buffers, filters, link, and what it
// lost. All of this is the main lcore's; the queues are the lcores' that poll them.
//
//	port_find() → port_queues() → port_start() → rte_eth_rx_burst() … → port_stop()
#pragma once
#include "base/err.h"
#include "dataplane/driver_conf.h"
#include <rte_ethdev.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	PORT_RSS_KEY_MAX = 64, // bytes; i40e and ice take 52, most others 40
	PORT_GROUPS_MAX = 128, // multicast addresses in the filter
	PORT_MBUF_CACHE = 256, // mbufs that each lcore keeps to itself
	PORT_LINK_WAIT_MS = 3000, // 10 Gbit/s copper needs about this long
};

struct port_options {
	struct driver_conf conf;
	uint16_t n_rx_queues, n_tx_queues; // from port_queues()
	// Random bytes, so that nobody outside can aim at one queue.
	uint8_t rss_key[PORT_RSS_KEY_MAX];
	uint16_t mtu; // bytes; 0: what conf says
	uint32_t n_mbufs_held; // mbufs that the application keeps beyond descriptors and bursts
	uint32_t link_wait_ms; // 0: do not wait
};

// How the port gets at multicast packets.
enum port_multicast {
	PORT_MULTICAST_FILTER, // it takes our groups and no others
	PORT_MULTICAST_ALL, // it takes every multicast packet
	PORT_MULTICAST_PROMISCUOUS, // it takes every packet
	PORT_MULTICAST_UNFILTERED, // the device knows no filters: what comes, comes
};

// What the port counted; see port_stats().
struct port_counts {
	uint64_t ipackets, ibytes; // received
	uint64_t opackets, obytes; // sent
	uint64_t imissed; // lost: the queues were full, we are too slow
	uint64_t ierrors; // refused by the NIC: bad checksum of the frame, length …
	uint64_t nombuf; // lost: no buffers left
	uint64_t oerrors; // not sent
	// Lost in the kernel before the device of a kernel-backed port saw them; 0 for others.
	uint64_t kernel_dropped;
};

struct port_stats {
	struct port_counts total;
	uint16_t n_queues; // queues below that the device counts; 0 when it does not
	struct {
		uint64_t ipackets, ibytes;
		uint64_t errors; // often counted in imissed or ierrors as well: do not add
	} rx[RTE_ETHDEV_QUEUE_STAT_CNTRS];
	bool is_kernel_known; // false: nobody tells what the kernel dropped
};

struct port {
	uint16_t id;
	char name[RTE_ETH_NAME_MAX_LEN]; // as in --vdev or the PCI address
	char driver[64];
	struct rte_ether_addr mac;
	int socket; // NUMA node; SOCKET_ID_ANY when the device has none

	// what came of the options
	uint16_t n_rx_queues, n_tx_queues;
	uint16_t n_rx_descriptors, n_tx_descriptors;
	uint16_t rx_burst;
	uint16_t mtu;
	uint64_t rx_offloads, tx_offloads;
	uint64_t rss; // RTE_ETH_RSS_*; 0: one queue, or the device spreads in its own way
	struct rte_mempool *mbufs; // for receiving, and for what we send
	enum port_multicast multicast;
	bool is_link_up; // at the end of the wait

	struct port_stats start; // counters are relative to these
};

// The ids of all ports, at most RTE_MAX_ETHPORTS, ascending; returns how many there are.
uint16_t port_ids(uint16_t ids[RTE_MAX_ETHPORTS]);

// The port with this DPDK name ("net_tap0", "0000:3b:00.0") or id ("0"). Returns 0 and *id, or
// -ENODEV with err that names the ports there are.
int port_find(const char *name_or_id, uint16_t *id, struct err *err);

// The name of the port's driver, for driver_conf_load(). Returns 0 or -errno with err.
int port_driver(uint16_t id, char *driver, size_t size, struct err *err);

// How many queues the port will have when wanted are wanted (each at least 1): fewer when conf or
// the device has fewer; more rx queues when all of them must be read. Returns 0 or -errno with err.
int port_queues(uint16_t id, const struct driver_conf *conf, uint16_t *n_rx_queues,
	uint16_t *n_tx_queues, struct err *err);

// Configure and start the port. Returns 0, or -errno with err that names the port and the step;
// then nothing is left behind. -ENODEV, -EINVAL, -ENOMEM, or what the driver says.
int port_start(struct port *port, uint16_t id, const struct port_options *options, struct err *err);

// Receive these multicast groups and no others, as exactly as the device can: its filter, or all
// multicast, or everything. groups replaces what was set before. Returns 0, or -ENOSPC with err.
int port_set_groups(
	struct port *port, const struct rte_ether_addr *groups, uint32_t n_groups, struct err *err);

// Counters since port_start(). Call at least every 4 minutes: ixgbe's stick at their maximum.
// Zeroes when the device does not tell.
void port_stats(const struct port *port, struct port_stats *stats);

// Stop, close and free; the lcores have stopped polling and given all mbufs back.
void port_stop(struct port *port);
