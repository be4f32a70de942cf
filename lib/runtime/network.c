#include "runtime/network.h"
#include <errno.h>
#include <string.h>
#include "base/hash.h"
#include "dataplane/inet.h"
#include "dataplane/receiver.h"
#include "operator/sink/sink.h"
#include "operator/source/source.h"
#include "runtime/network_sink.h"

// One in so many worker lcores polls queues (place.h): more queues than that would share an lcore.
enum { LCORES_PER_QUEUE = 3 };

// Whether the job uses DPDK port id: its tables name it, or name none and so mean all.
static int is_used(const struct job *job, uint16_t id, bool *used, struct err *err)
{
	*used = false;
	for (uint32_t i = 0; i < job->n_stages; i++) {
		const struct source_config *source = stage_udp_source(job->stages[i]);
		const struct sink_config *sink = network_udp_sink(job->stages[i]);
		const char *name = source != NULL ? source->port : sink != NULL ? sink->port : NULL;
		uint16_t named;

		if (source == NULL && sink == NULL)
			continue;
		if (name == NULL) {
			*used = true;
			continue;
		}
		if (port_find(name, &named, err) < 0)
			return -ENODEV;
		*used |= named == id;
	}
	return 0;
}

static bool listens_on(const struct source_config *source, uint16_t id)
{
	struct err ignored = {0};
	uint16_t named;

	return source->port == NULL ||
	       (port_find(source->port, &named, &ignored) == 0 && named == id);
}

static int start_port(struct network *network, struct network_port *port, uint16_t id,
	uint16_t n_senders, struct err *err)
{
	struct port_options options = {.n_tx_queues = 1 + n_senders};
	uint64_t random = network->options.random + id;
	char driver[64];

	options.n_rx_queues = (uint16_t)(network->options.n_lcores / LCORES_PER_QUEUE);
	if (options.n_rx_queues == 0)
		options.n_rx_queues = 1;
	if (port_driver(id, driver, sizeof(driver), err) < 0 ||
		driver_conf_load(&options.conf, network->options.drivers_config_dir, driver, err) <
			0 ||
		port_queues(id, &options.conf, &options.n_rx_queues, &options.n_tx_queues, err) < 0)
		return -ENODEV;
	if (options.n_tx_queues < 1 + n_senders)
		return err_set(err, ENOTSUP,
			"port %u (%s) has %u tx queues; %u udp sinks need one each besides one for "
			"answers",
			id, driver, options.n_tx_queues, n_senders);
	for (uint32_t i = 0; i < sizeof(options.rss_key); i++)
		options.rss_key[i] = (uint8_t)hash_mix(random * 131 + i);
	options.link_wait_ms = PORT_LINK_WAIT_MS;
	return port_start(&port->port, id, &options, err);
}

// Answer for the addresses that the sources on this port name, and join their groups.
static int add_addresses(const struct job *job, struct network_port *port, struct err *err)
{
	for (uint32_t i = 0; i < job->n_stages; i++) {
		const struct source_config *source = stage_udp_source(job->stages[i]);
		struct address_port local;
		int added;

		if (source == NULL || !listens_on(source, port->port.id))
			continue;
		if (address_port_parse(source->local, &local, err) < 0)
			return -EINVAL;
		if (address_is_any(&local.address))
			continue;
		added = address_is_multicast(&local.address)
				? inet_join(port->inet, &local.address)
				: inet_add_address(port->inet, &local.address);
		if (added < 0)
			return err_set(err, -added, "table %s: cannot listen on %s", source->table,
				source->local);
	}
	return 0;
}

static int set_groups(struct network_port *port, struct err *err)
{
	uint8_t macs[PORT_GROUPS_MAX][MAC_LEN];
	struct rte_ether_addr groups[PORT_GROUPS_MAX];
	uint32_t n = inet_group_macs(port->inet, macs, PORT_GROUPS_MAX);

	if (n > PORT_GROUPS_MAX)
		return err_set(err, ENOSPC, "more than %d multicast groups on port %s",
			PORT_GROUPS_MAX, port->port.name);
	for (uint32_t i = 0; i < n; i++)
		memcpy(groups[i].addr_bytes, macs[i], MAC_LEN);
	return port_set_groups(&port->port, groups, n, err);
}

static int make_inet(
	struct network *network, const struct job *job, struct network_port *port, struct err *err)
{
	struct inet_conf conf = {
		.mem = network->options.mem,
		.out = &port->transmit.out,
		.random = network->options.random ^ port->port.id,
	};

	memcpy(conf.mac, port->port.mac.addr_bytes, MAC_LEN);
	transmit_init(&port->transmit, port->port.mbufs, port->port.id, 0);
	port->inet = inet_new(&conf);
	if (port->inet == NULL)
		return err_set(err, ENOMEM, "no memory for port %s", port->port.name);
	if (add_addresses(job, port, err) < 0 ||
		network_sink_addresses(network, job, port, err) < 0)
		return -EINVAL;
	return set_groups(port, err);
}

static int open_port(struct network *network, const struct job *job, uint16_t id, struct err *err)
{
	struct network_port *port = mem_zalloc(network->options.mem, sizeof(*port));
	uint16_t n_senders = network_count_sinks(job, id);

	if (port == NULL)
		return err_set(err, ENOMEM, "no memory for port %u", id);
	if (start_port(network, port, id, n_senders, err) < 0) {
		mem_free(network->options.mem, port);
		return -ENODEV;
	}
	network->ports[network->n_ports++] = port;
	port->receivers =
		mem_zalloc(network->options.mem, port->port.n_rx_queues * sizeof(*port->receivers));
	if (port->receivers == NULL)
		return err_set(err, ENOMEM, "no memory for port %u", id);
	return make_inet(network, job, port, err);
}

static int open_ports(struct network *network, const struct job *job, struct err *err)
{
	uint16_t ids[RTE_MAX_ETHPORTS], n_ids;
	bool any_udp = false;

	for (uint32_t i = 0; i < job->n_stages; i++)
		any_udp |= stage_udp_source(job->stages[i]) != NULL ||
			   network_udp_sink(job->stages[i]) != NULL;
	if (!any_udp)
		return 0;
	n_ids = port_ids(ids);
	for (uint16_t i = 0; i < n_ids; i++) {
		bool used;

		if (is_used(job, ids[i], &used, err) < 0)
			return -ENODEV;
		if (used && open_port(network, job, ids[i], err) < 0)
			return -ENODEV;
	}
	if (network->n_ports == 0)
		return err_set(err, ENODEV,
			"the job has a udp table but there is no DPDK port: give EAL one, as in "
			"-a 0000:3b:00.0 or --vdev=net_tap0,iface=feed0 before --");
	return 0;
}

struct network *network_open(
	const struct job *job, const struct network_options *options, struct err *err)
{
	struct network *network = mem_zalloc(options->mem, sizeof(*network));

	if (network == NULL) {
		err_set(err, ENOMEM, "no memory for the network");
		return NULL;
	}
	network->options = *options;
	demux_init(&network->demux);
	if (open_ports(network, job, err) < 0) {
		network_close(network, 0);
		return NULL;
	}
	return network;
}

uint32_t network_n_queues(const struct network *network)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < network->n_ports; i++)
		n += network->ports[i]->port.n_rx_queues;
	return n;
}

// Listener l of every rx task is its l-th udp source: all have the same, in the job's order.
static int fill_demux(struct network *network, const struct task *task, struct err *err)
{
	for (uint32_t l = 0; l < task->n_sources; l++) {
		const struct source_config *source = task->sources[l]->spec->config;
		uint16_t id = DEMUX_ALL_PORTS;
		struct address_port local;
		int added;

		if (source->port != NULL && port_find(source->port, &id, err) < 0)
			return -ENODEV;
		if (address_port_parse(source->local, &local, err) < 0)
			return -EINVAL;
		added = demux_add(&network->demux, &local, id, (uint8_t)l);
		if (added == -EEXIST)
			return err_set(err, EEXIST,
				"table %s: another table listens on %s already; use a view to read "
				"one table twice",
				source->table, source->local);
		if (added < 0)
			return err_set(err, -added, "too many udp tables");
	}
	return 0;
}

static int connect_queue(struct network *network, struct network_port *port, uint16_t queue,
	struct task *task, struct err *err)
{
	struct listener *listeners[TASK_SOURCES_MAX];
	struct receiver_conf conf = {
		.mem = task->common.mem,
		.demux = &network->demux,
		.listeners = listeners,
		.n_listeners = (uint8_t)task->n_sources,
		.inet = port->inet,
		.owns_inet = queue == 0,
		.port_id = port->port.id,
		.queue = queue,
		.tsc_hz = network->options.tsc_hz,
	};

	for (uint32_t l = 0; l < task->n_sources; l++) {
		if (source_start(task->sources[l], err) < 0)
			return -EINVAL;
		listeners[l] = source_listener(task->sources[l]);
	}
	port->receivers[queue] = task->receiver = receiver_new(&conf);
	if (task->receiver == NULL)
		return err_set(err, ENOMEM, "no memory for a queue of port %s", port->port.name);
	if (queue == 0)
		task->transmit = &port->transmit;
	return 0;
}

int network_connect(
	struct network *network, struct topology *topology, uint64_t now_tsc, struct err *err)
{
	uint32_t i = 0; // rx tasks come first, in the order of the queues

	for (uint32_t p = 0; p < network->n_ports; p++) {
		struct network_port *port = network->ports[p];

		if (i == 0 && topology->tasks[0]->n_sources > 0 &&
			fill_demux(network, topology->tasks[0], err) < 0)
			return -EINVAL;
		for (uint16_t queue = 0; queue < port->port.n_rx_queues; queue++)
			if (connect_queue(network, port, queue, topology->tasks[i++], err) < 0)
				return -EINVAL;
		inet_start(port->inet, now_tsc / (network->options.tsc_hz / 1000));
	}
	return network_connect_sinks(network, topology, err);
}

static void close_port(struct network *network, struct network_port *port, uint64_t now_tsc)
{
	if (port->inet != NULL && now_tsc != 0)
		inet_stop(port->inet, now_tsc / (network->options.tsc_hz / 1000));
	transmit_flush(&port->transmit);
	transmit_close(&port->transmit);
	for (uint16_t queue = 0; port->receivers != NULL && queue < port->port.n_rx_queues; queue++)
		receiver_free(port->receivers[queue]);
	inet_free(port->inet);
	port_stop(&port->port);
	mem_free(network->options.mem, port->receivers);
	mem_free(network->options.mem, port);
}

void network_close(struct network *network, uint64_t now_tsc)
{
	if (network == NULL)
		return;
	network_close_senders(network);
	for (uint32_t i = 0; i < network->n_ports; i++)
		close_port(network, network->ports[i], now_tsc);
	mem_free(network->options.mem, network);
}
