// The ports of a job: which ones its udp tables name, started, with what a host has to say on each
// (inet), and joined to the tasks that poll their queues and send through them.
//
//	network_open()     ports started: now the number of rx queues, and so of rx tasks, is known
//	topology_new()     rx task i polls queue i
//	network_connect()  receivers, listeners, senders
//	… lcores run …
//	network_close()    after the lcores have stopped
#pragma once
#include "dataplane/demux.h"
#include "dataplane/port.h"
#include "dataplane/transmit.h"
#include "runtime/topology.h"

enum { NETWORK_PORTS_MAX = RTE_MAX_ETHPORTS, NETWORK_SENDERS_MAX = 16 };

struct network_options {
	const char *drivers_config_dir;
	uint32_t n_lcores; // worker lcores, for the number of queues
	uint64_t random; // RSS keys and delays of reports come from these bits
	struct mem *mem;
	uint64_t tsc_hz;
};

struct network_port {
	struct port port;
	struct inet *inet;
	struct transmit transmit; // of queue 0's lcore, for inet
	struct receiver **receivers; // [:port.n_rx_queues], run by as many tasks
	uint16_t n_senders; // udp sinks: sender i has tx queue 1 + i
};

struct network_sender {
	struct sender *sender;
	struct transmit transmit;
	struct network_port *port;
	struct op *sink;
};

struct network {
	struct network_options options;
	struct demux demux;
	uint32_t n_ports;
	struct network_port *ports[NETWORK_PORTS_MAX];
	uint32_t n_senders;
	struct network_sender senders[NETWORK_SENDERS_MAX];
};

// Start the ports that job's udp tables use (all there are, unless they name some). A job without
// udp tables has an empty network. Returns NULL with *err filled.
struct network *network_open(
	const struct job *job, const struct network_options *options, struct err *err);
void network_close(struct network *network, uint64_t now_tsc); // network may be NULL

// Rx queues of all ports.
uint32_t network_n_queues(const struct network *network);

// Give rx task i its queue, and udp sinks their senders. now_tsc: of the start. Returns 0, or
// -errno with *err filled.
int network_connect(
	struct network *network, struct topology *topology, uint64_t now_tsc, struct err *err);
