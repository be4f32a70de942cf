#include "dataplane/port.h"
#include "dataplane/port_stats.h"
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINK_POLL_MS = 10,
	VLAN_TAGS_MAX = 2, // QinQ
	FRAME_OVERHEAD = RTE_ETHER_HDR_LEN + VLAN_TAGS_MAX * RTE_VLAN_HLEN + RTE_ETHER_CRC_LEN,
	DATA_ROOM_DEFAULT = RTE_MBUF_DEFAULT_DATAROOM, // bytes of a frame in one mbuf
	RSS_KEY_DEFAULT = 40, // bytes, for devices that do not say
};

static void list_ports(char *text, size_t size)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	size_t len = 0;
	uint16_t id;

	snprintf(text, size, "none");
	RTE_ETH_FOREACH_DEV (id) {
		if (len < size && rte_eth_dev_get_name_by_port(id, name) == 0)
			len += (size_t)snprintf(
				text + len, size - len, "%s%s (%u)", len > 0 ? ", " : "", name, id);
	}
}

uint16_t port_ids(uint16_t ids[RTE_MAX_ETHPORTS])
{
	uint16_t n = 0, id;

	RTE_ETH_FOREACH_DEV (id)
		ids[n++] = id;
	return n;
}

int port_find(const char *name_or_id, uint16_t *id, struct err *err)
{
	char ports[256], *end;
	unsigned long number;

	if (rte_eth_dev_get_port_by_name(name_or_id, id) == 0)
		return 0;
	number = strtoul(name_or_id, &end, 10);
	if (end != name_or_id && *end == '\0' && number < RTE_MAX_ETHPORTS &&
		rte_eth_dev_is_valid_port((uint16_t)number)) {
		*id = (uint16_t)number;
		return 0;
	}
	list_ports(ports, sizeof(ports));
	return err_set(err, ENODEV, "there is no port '%s'; ports: %s", name_or_id, ports);
}

// Every failure here reads the same.
static int failed(uint16_t id, int status, const char *what, struct err *err)
{
	char name[RTE_ETH_NAME_MAX_LEN] = "?";

	rte_eth_dev_get_name_by_port(id, name);
	return err_set(
		err, -status, "port %s (%u): cannot %s: %s", name, id, what, rte_strerror(-status));
}

int port_driver(uint16_t id, char *driver, size_t size, struct err *err)
{
	struct rte_eth_dev_info info;
	int status = rte_eth_dev_info_get(id, &info);

	if (status < 0)
		return failed(id, status, "tell what it is", err);
	snprintf(driver, size, "%s", info.driver_name);
	return 0;
}

static void bound_queues(const struct rte_eth_dev_info *info, const struct driver_conf *conf,
	uint16_t *n_rx, uint16_t *n_tx)
{
	*n_rx = RTE_MIN(RTE_MIN(*n_rx, conf->rx_queues_max), info->max_rx_queues);
	*n_tx = RTE_MIN(*n_tx, info->max_tx_queues);
	if (conf->read_all_queues)
		*n_rx = info->max_rx_queues;
	if (conf->equal_queues)
		*n_rx = *n_tx = RTE_MIN(
			RTE_MAX(*n_rx, *n_tx), RTE_MIN(info->max_rx_queues, info->max_tx_queues));
}

int port_queues(uint16_t id, const struct driver_conf *conf, uint16_t *n_rx_queues,
	uint16_t *n_tx_queues, struct err *err)
{
	struct rte_eth_dev_info info;
	int status = rte_eth_dev_info_get(id, &info);

	if (status < 0)
		return failed(id, status, "tell what it is", err);
	bound_queues(&info, conf, n_rx_queues, n_tx_queues);
	return 0;
}

// What is asked for on purpose is asked of the device, which may refuse; what the configuration
// file says is bounded by what the device can do. 0 in both: what the device has.
static uint16_t choose_mtu(
	uint16_t id, const struct port_options *options, const struct rte_eth_dev_info *info)
{
	const uint32_t overhead = RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN;
	uint32_t max = info->max_mtu;
	uint16_t mtu;

	if (options->mtu > 0)
		return options->mtu;
	if (options->conf.mtu > 0) {
		if (info->max_rx_pktlen > overhead) // many only set this one
			max = RTE_MIN(max, info->max_rx_pktlen - overhead);
		return (uint16_t)RTE_MAX(RTE_MIN(options->conf.mtu, max), info->min_mtu);
	}
	return rte_eth_dev_get_mtu(id, &mtu) == 0 ? mtu : RTE_ETHER_MTU;
}

// A frame that does not fit one mbuf is chained where the device is able to, and otherwise the
// mbufs are made large enough. Returns the data room of an mbuf in bytes, and adds the offload.
static uint16_t choose_data_room(
	struct port *port, const struct port_options *options, const struct rte_eth_dev_info *info)
{
	const uint32_t frame = (uint32_t)port->mtu + FRAME_OVERHEAD;
	const uint64_t scatter =
		options->conf.rx_offloads & info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;

	port->rx_offloads &= ~RTE_ETH_RX_OFFLOAD_SCATTER;
	if (frame <= DATA_ROOM_DEFAULT)
		return DATA_ROOM_DEFAULT;
	port->rx_offloads |= scatter;
	return scatter ? DATA_ROOM_DEFAULT : (uint16_t)RTE_MIN(frame, UINT16_MAX / 2u);
}

// ethdev keeps only a pointer to the key, and drivers read it again when they start.
static uint8_t rss_keys[RTE_MAX_ETHPORTS][PORT_RSS_KEY_MAX];

static void choose_rss(struct port *port, const struct port_options *options,
	const struct rte_eth_dev_info *info, struct rte_eth_conf *conf)
{
	const uint8_t key_len = info->hash_key_size > 0 ? info->hash_key_size : RSS_KEY_DEFAULT;

	port->rss = options->conf.rss & info->flow_type_rss_offloads;
	if (port->n_rx_queues <= 1 || key_len > PORT_RSS_KEY_MAX)
		port->rss = 0;
	if (port->rss == 0) {
		port->rx_offloads &= ~RTE_ETH_RX_OFFLOAD_RSS_HASH;
		return;
	}
	memcpy(rss_keys[port->id], options->rss_key, key_len);
	conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf->rx_adv_conf.rss_conf = (struct rte_eth_rss_conf){
		.rss_key = rss_keys[port->id],
		.rss_key_len = key_len,
		.rss_hf = port->rss,
	};
}

static int configure(struct port *port, const struct port_options *options,
	const struct rte_eth_dev_info *info, struct err *err)
{
	struct rte_eth_conf conf = {0};
	int status;

	choose_rss(port, options, info, &conf);
	conf.rxmode.mtu = port->mtu;
	conf.rxmode.offloads = port->rx_offloads;
	conf.txmode.offloads = port->tx_offloads;
	status = rte_eth_dev_configure(port->id, port->n_rx_queues, port->n_tx_queues, &conf);
	if (status < 0)
		return failed(port->id, status, "be configured", err);
	// Some devices only take powers of two or multiples, and some crash on others.
	status = rte_eth_dev_adjust_nb_rx_tx_desc(
		port->id, &port->n_rx_descriptors, &port->n_tx_descriptors);
	if (status < 0)
		return failed(port->id, status, "choose its numbers of descriptors", err);
	if (options->mtu == 0 && options->conf.mtu == 0)
		return 0; // and do not change a kernel interface that has another one
	status = rte_eth_dev_set_mtu(port->id, port->mtu);
	if (status < 0 && status != -ENOTSUP)
		return failed(port->id, status, "set its MTU", err);
	return 0;
}

// As many as can be under way at once: in every descriptor, in a burst of each queue, in the
// lcores' caches, and what the application holds.
static int make_mbufs(
	struct port *port, const struct port_options *options, uint16_t data_room, struct err *err)
{
	uint32_t n_queues = (uint32_t)port->n_rx_queues + port->n_tx_queues;
	uint32_t n = (uint32_t)port->n_rx_queues * port->n_rx_descriptors +
		     (uint32_t)port->n_tx_queues * port->n_tx_descriptors +
		     n_queues * (port->rx_burst + 2 * PORT_MBUF_CACHE) + options->n_mbufs_held;
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "mbufs_%u", port->id);
	// 2^q - 1: the mempool's ring holds one less than its slots.
	port->mbufs = rte_pktmbuf_pool_create(name, rte_align32pow2(n + 1) - 1, PORT_MBUF_CACHE, 0,
		(uint16_t)(data_room + RTE_PKTMBUF_HEADROOM), port->socket);
	if (port->mbufs == NULL)
		return failed(port->id, -rte_errno,
			"get memory for its packet buffers (EAL's -m, "
			"or more hugepages)",
			err);
	return 0;
}

static int set_up_queues(struct port *port, const struct port_options *options,
	const struct rte_eth_dev_info *info, struct err *err)
{
	struct rte_eth_rxconf rx = info->default_rxconf;
	struct rte_eth_txconf tx = info->default_txconf;
	int status = 0;

	// Port offloads hold for every queue.
	rx.offloads = 0;
	tx.offloads = 0;
	rx.rx_drop_en = options->conf.drop_when_full;
	for (uint16_t q = 0; q < port->n_rx_queues && status == 0; q++)
		status = rte_eth_rx_queue_setup(port->id, q, port->n_rx_descriptors,
			(unsigned)port->socket, &rx, port->mbufs);
	if (status < 0)
		return failed(port->id, status, "set up its rx queues", err);
	for (uint16_t q = 0; q < port->n_tx_queues && status == 0; q++)
		status = rte_eth_tx_queue_setup(
			port->id, q, port->n_tx_descriptors, (unsigned)port->socket, &tx);
	return status < 0 ? failed(port->id, status, "set up its tx queues", err) : 0;
}

static bool wait_for_link(uint16_t id, uint32_t wait_ms)
{
	struct rte_eth_link link = {0};

	for (uint32_t waited_ms = 0;; waited_ms += LINK_POLL_MS) {
		if (rte_eth_link_get_nowait(id, &link) == 0 && link.link_status == RTE_ETH_LINK_UP)
			return true;
		if (waited_ms >= wait_ms)
			return false;
		rte_delay_us_sleep(LINK_POLL_MS * 1000);
	}
}

int port_set_groups(
	struct port *port, const struct rte_ether_addr *groups, uint32_t n_groups, struct err *err)
{
	if (n_groups > PORT_GROUPS_MAX)
		return err_set(err, ENOSPC, "port %s: %u multicast groups are more than %u",
			port->name, n_groups, PORT_GROUPS_MAX);
	// From narrow to wide, until one is to be had. A driver without a filter says ENOTSUP, one
	// whose filter is full ENOSPC or EINVAL; each leads to the next.
	if (rte_eth_dev_set_mc_addr_list(port->id, (struct rte_ether_addr *)groups, n_groups) ==
			0 ||
		n_groups == 0)
		port->multicast = PORT_MULTICAST_FILTER;
	else if (rte_eth_allmulticast_enable(port->id) == 0)
		port->multicast = PORT_MULTICAST_ALL;
	else if (rte_eth_promiscuous_enable(port->id) == 0)
		port->multicast = PORT_MULTICAST_PROMISCUOUS;
	else
		port->multicast = PORT_MULTICAST_UNFILTERED;
	// Devices that lack a switch say so; then there is nothing to turn off.
	if (port->multicast != PORT_MULTICAST_ALL)
		rte_eth_allmulticast_disable(port->id);
	if (port->multicast != PORT_MULTICAST_PROMISCUOUS)
		rte_eth_promiscuous_disable(port->id);
	return 0;
}

static void describe(struct port *port, uint16_t id, const struct port_options *options,
	const struct rte_eth_dev_info *info)
{
	const struct driver_conf *conf = &options->conf;

	*port = (struct port){
		.id = id,
		.socket = rte_eth_dev_socket_id(id),
		.n_rx_queues = options->n_rx_queues,
		.n_tx_queues = options->n_tx_queues,
		.n_rx_descriptors = conf->rx_descriptors,
		.n_tx_descriptors = conf->tx_descriptors,
		.rx_burst = conf->rx_burst,
		.rx_offloads = conf->rx_offloads & info->rx_offload_capa,
		.tx_offloads = conf->tx_offloads & info->tx_offload_capa,
		.mtu = choose_mtu(id, options, info),
	};
	bound_queues(info, conf, &port->n_rx_queues, &port->n_tx_queues);
	rte_eth_dev_get_name_by_port(id, port->name);
	snprintf(port->driver, sizeof(port->driver), "%s", info->driver_name);
	rte_eth_macaddr_get(id, &port->mac);
}

int port_start(struct port *port, uint16_t id, const struct port_options *options, struct err *err)
{
	struct rte_eth_dev_info info;
	struct port made;
	uint16_t data_room;
	int status;

	if ((status = rte_eth_dev_info_get(id, &info)) < 0)
		return failed(id, status, "tell what it is", err);
	describe(&made, id, options, &info);
	data_room = choose_data_room(&made, options, &info);
	if ((status = configure(&made, options, &info, err)) < 0)
		return status;
	if ((status = make_mbufs(&made, options, data_room, err)) < 0)
		return status;
	if ((status = set_up_queues(&made, options, &info, err)) < 0)
		goto free_mbufs;
	if ((status = rte_eth_dev_start(id)) < 0) {
		failed(id, status, "start", err);
		goto free_mbufs;
	}
	port_set_groups(&made, NULL, 0, NULL); // only what is meant for us
	made.is_link_up = wait_for_link(id, options->link_wait_ms);
	port_stats_read(&made, &made.start);
	*port = made;
	return 0;

free_mbufs:
	rte_eth_dev_close(id); // queues may hold mbufs: a port that failed is not used again
	rte_mempool_free(made.mbufs);
	return status;
}

void port_stop(struct port *port)
{
	rte_eth_dev_stop(port->id);
	rte_eth_dev_close(port->id);
	rte_mempool_free(port->mbufs);
	port->mbufs = NULL;
}
