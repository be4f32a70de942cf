// The sending half of network.h: udp sinks, their neighbours and their queues.
#pragma once
#include "runtime/network.h"

struct sink_config;

// The stage's config when it is a udp sink, else NULL.
const struct sink_config *network_udp_sink(const struct stage *stage);
// How many udp sinks send through DPDK port id.
uint16_t network_count_sinks(const struct job *job, uint16_t id);
// Answer for the sinks' own addresses on this port, so that hosts can resolve who sends to them.
int network_sink_addresses(
	struct network *network, const struct job *job, struct network_port *port, struct err *err);
// Give each udp sink its sender, and the task its transmit queue.
int network_connect_sinks(struct network *network, struct topology *topology, struct err *err);
void network_close_senders(struct network *network);
