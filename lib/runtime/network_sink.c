#include "runtime/network_sink.h"
#include <errno.h>
#include <string.h>
#include "dataplane/inet.h"
#include "dataplane/sender.h"
#include "operator/sink/sink.h"
#include "operator/source/source.h"

enum { SENDER_PORT = 49152 }; // the first dynamic port (RFC 6335 §6), when the sink names none

const struct sink_config *network_udp_sink(const struct stage *stage)
{
	const struct sink_config *config = stage->head->config;

	if (stage->kind != STAGE_SINK || config->connector != SINK_UDP)
		return NULL;
	return config;
}

// The port that a sink sends through: the one it names, or the first there is.
static int sink_port(const struct sink_config *sink, uint16_t *id, struct err *err)
{
	uint16_t ids[RTE_MAX_ETHPORTS];

	if (sink->port != NULL)
		return port_find(sink->port, id, err);
	if (port_ids(ids) == 0)
		return err_set(
			err, ENODEV, "table %s: there is no port to send through", sink->table);
	*id = ids[0];
	return 0;
}

uint16_t network_count_sinks(const struct job *job, uint16_t id)
{
	uint16_t n = 0;

	for (uint32_t i = 0; i < job->n_stages; i++) {
		const struct sink_config *sink = network_udp_sink(job->stages[i]);
		struct err ignored = {0};
		uint16_t own;

		n += sink != NULL && sink_port(sink, &own, &ignored) == 0 && own == id;
	}
	return n;
}

// A udp source's own unicast address of this IP version, which a sink may send from.
static bool source_address(const struct job *job, bool is_ipv4, struct address *address)
{
	for (uint32_t i = 0; i < job->n_stages; i++) {
		const struct source_config *source = job->stages[i]->head->config;
		struct address_port local;
		struct err ignored = {0};

		if (job->stages[i]->kind != STAGE_SOURCE || source->connector != SOURCE_UDP ||
			address_port_parse(source->local, &local, &ignored) < 0)
			continue;
		if (address_is_any(&local.address) || address_is_multicast(&local.address) ||
			address_is_ipv4(&local.address) != is_ipv4)
			continue;
		*address = local.address;
		return true;
	}
	return false;
}

static int sink_addresses(const struct job *job, const struct sink_config *sink,
	struct address_port *local, struct address_port *remote, struct err *err)
{
	if (address_port_parse(sink->remote, remote, err) < 0)
		return -EINVAL;
	if (sink->local != NULL)
		return address_port_parse(sink->local, local, err);
	local->port = SENDER_PORT;
	if (source_address(job, address_is_ipv4(&remote->address), &local->address))
		return 0;
	return err_set(err, EINVAL,
		"table %s: no address to send from: add 'local' = 'ADDRESS:PORT' (a udp source of "
		"the "
		"job would lend its own)",
		sink->table);
}

int network_sink_addresses(
	struct network *network, const struct job *job, struct network_port *port, struct err *err)
{
	for (uint32_t i = 0; i < job->n_stages; i++) {
		const struct sink_config *sink = network_udp_sink(job->stages[i]);
		struct address_port local, remote;
		uint16_t id;

		if (sink == NULL)
			continue;
		if (sink_port(sink, &id, err) < 0 ||
			sink_addresses(job, sink, &local, &remote, err) < 0)
			return -EINVAL;
		if (id == port->port.id && inet_add_address(port->inet, &local.address) < 0)
			return err_set(err, EINVAL, "table %s: cannot send from this address",
				sink->table);
	}
	return 0;
}

static struct network_port *find_port(struct network *network, uint16_t id)
{
	for (uint32_t i = 0; i < network->n_ports; i++)
		if (network->ports[i]->port.id == id)
			return network->ports[i];
	return NULL;
}

static int connect_sink(struct network *network, const struct job *job, struct task *task,
	struct op *op, struct err *err)
{
	const struct sink_config *sink = op->spec->config;
	struct network_sender *sender = &network->senders[network->n_senders];
	struct sender_conf conf = {.mem = task->common.mem, .transmit = &sender->transmit};
	uint16_t id;

	if (network->n_senders == NETWORK_SENDERS_MAX)
		return err_set(err, E2BIG, "more than %d udp sinks", NETWORK_SENDERS_MAX);
	if (sink_port(sink, &id, err) < 0 ||
		sink_addresses(job, sink, &conf.local, &conf.remote, err) < 0)
		return -EINVAL;
	sender->port = find_port(network, id);
	sender->sink = op;
	if (sender->port == NULL)
		return err_set(err, ENODEV, "table %s: its port is not in use", sink->table);
	transmit_init(&sender->transmit, sender->port->port.mbufs, id, ++sender->port->n_senders);
	memcpy(conf.mac, sender->port->port.mac.addr_bytes, MAC_LEN);
	conf.mtu = sender->port->port.mtu;
	conf.udp_checksum_offload = sender->port->port.tx_offloads & RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	if (!address_is_multicast(&conf.remote.address)) {
		conf.next_hop = inet_resolve(sender->port->inet, &conf.remote.address);
		if (conf.next_hop == NULL)
			return err_set(err, errno, "table %s: cannot resolve %s", sink->table,
				sink->remote);
	}
	sender->sender = sender_new(&conf);
	if (sender->sender == NULL)
		return err_set(err, errno, "table %s: cannot send from %s to %s", sink->table,
			sink->local != NULL ? sink->local : "the source's address", sink->remote);
	network->n_senders++;
	sink_connect(op, sender->sender);
	task->senders[task->n_senders++] = sender;
	return 0;
}

int network_connect_sinks(struct network *network, struct topology *topology, struct err *err)
{
	for (uint32_t t = 0; t < topology->n_tasks; t++) {
		struct task *task = topology->tasks[t];

		for (uint32_t i = 0; i < task->n_ops; i++) {
			const struct sink_config *sink = task->ops[i]->spec->config;

			if (task->ops[i]->spec->kind == &sink_kind && sink->connector == SINK_UDP &&
				connect_sink(network, topology->job, task, task->ops[i], err) < 0)
				return -EINVAL;
		}
	}
	return 0;
}

void network_close_senders(struct network *network)
{
	for (uint32_t i = 0; i < network->n_senders; i++) {
		transmit_flush(&network->senders[i].transmit);
		sender_free(network->senders[i].sender);
		transmit_close(&network->senders[i].transmit);
	}
	network->n_senders = 0;
}
