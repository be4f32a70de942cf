// Which listener a datagram is for: by destination address, UDP port and DPDK port. Filled at
// start, read by every rx lcore from then on.
//
// The most exact rule wins: an address before 0.0.0.0 before [::], then one DPDK port before all.
// [::] takes IPv4 too, as a socket does where net.ipv6.bindv6only is 0.
#pragma once
#include <stdint.h>

#include "dataplane/address.h"

enum {
	DEMUX_LISTENERS_MAX = 64,
	DEMUX_RULES_MAX = 128, // a listener may have several
	DEMUX_SLOTS = 256,
	DEMUX_ALL_PORTS = UINT16_MAX, // a DPDK port id is smaller
	DEMUX_NONE = UINT8_MAX,
};

struct demux_rule {
	struct address address; // masked
	struct address mask;
	uint16_t udp_port;
	uint16_t port_id; // of DPDK, or DEMUX_ALL_PORTS
	uint8_t rank; // higher is more exact
	uint8_t listener;
	uint8_t next; // rule in the same slot, or DEMUX_NONE
};

// Rules hang in slots by UDP port, the most exact first.
struct demux {
	uint8_t slots[DEMUX_SLOTS]; // first rule, or DEMUX_NONE
	struct demux_rule rules[DEMUX_RULES_MAX];
	uint8_t n_rules;
};

void demux_init(struct demux *demux);

// Send what comes to local, on DPDK port port_id or DEMUX_ALL_PORTS, to listener (below
// DEMUX_LISTENERS_MAX). Returns 0; -EEXIST when a rule for exactly that is there; -ENOSPC.
int demux_add(
	struct demux *demux, const struct address_port *local, uint16_t port_id, uint8_t listener);

static inline uint8_t demux_slot(uint16_t udp_port)
{
	return (uint8_t)(udp_port ^ udp_port >> 8);
}

// The listener for dst and udp_port on DPDK port port_id, or DEMUX_NONE.
static inline uint8_t demux_find(
	const struct demux *demux, const struct address *dst, uint16_t udp_port, uint16_t port_id)
{
	uint8_t at = demux->slots[demux_slot(udp_port)];

	for (; at != DEMUX_NONE; at = demux->rules[at].next) {
		const struct demux_rule *rule = &demux->rules[at];
		uint64_t differs =
			((dst->words[0] ^ rule->address.words[0]) & rule->mask.words[0]) |
			((dst->words[1] ^ rule->address.words[1]) & rule->mask.words[1]);

		if (differs == 0 && rule->udp_port == udp_port &&
			(rule->port_id == DEMUX_ALL_PORTS || rule->port_id == port_id))
			return rule->listener;
	}
	return DEMUX_NONE;
}
