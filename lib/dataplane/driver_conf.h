// What a NIC driver wants: read at start from drivers-config/, one file a driver, named as
// rte_eth_dev_info.driver_name names it. drivers-config/README.md tells the keys.
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DRIVER_CONF_ADVICE_MAX = 256 };

struct driver_conf {
	uint16_t rx_descriptors; // per queue; the device may want other numbers, see port.h
	uint16_t tx_descriptors;
	uint16_t rx_queues_max; // more do not help, or the device has no more
	bool read_all_queues; // traffic is spread before DPDK sees it: every queue must be read
	bool equal_queues; // as many tx queues as rx queues
	bool drop_when_full; // a full rx queue drops its own packets, others go on (rx_drop_en)
	uint16_t rx_burst; // packets to ask for at a time
	uint16_t mtu; // bytes; 0: leave what the device has
	uint64_t rx_offloads; // RTE_ETH_RX_OFFLOAD_*: wanted where the device is able
	uint64_t tx_offloads; // RTE_ETH_TX_OFFLOAD_*: likewise
	uint64_t rss; // RTE_ETH_RSS_*: fields that choose the queue; likewise
	char devargs[DRIVER_CONF_ADVICE_MAX]; // for a person: what to add to -a or --vdev
};

// Read default.conf in folder dir, and over it <driver>.conf when there is one. Returns 0, or
// -errno with err: -ENOENT (no default.conf), -EINVAL with file and line (unknown key, bad value).
int driver_conf_load(
	struct driver_conf *conf, const char *dir, const char *driver, struct err *err);

// Read one file over what conf holds. Returns 0 or -errno with err.
int driver_conf_read(struct driver_conf *conf, const char *path, struct err *err);

// The same from memory: text[:len], errors name it path. conf is untouched on failure.
int driver_conf_parse(
	struct driver_conf *conf, const char *path, const char *text, size_t len, struct err *err);
