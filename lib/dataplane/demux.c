#include "dataplane/demux.h"

#include <assert.h>
#include <errno.h>

void demux_init(struct demux *demux)
{
	memset(demux, 0, sizeof(*demux));
	memset(demux->slots, DEMUX_NONE, sizeof(demux->slots));
}

// Bits of the address that count: all; for 0.0.0.0 the 96 that say IPv4; for [::] none.
static void set_mask(struct demux_rule *rule, const struct address *address)
{
	if (!address_is_any(address)) {
		memset(&rule->mask, 0xff, sizeof(rule->mask));
		rule->rank = 4;
	} else if (address_is_ipv4(address)) {
		memset(&rule->mask, 0xff, 12);
		rule->rank = 2;
	}
}

static bool same_rule(const struct demux_rule *a, const struct demux_rule *b)
{
	return a->udp_port == b->udp_port && a->port_id == b->port_id && a->rank == b->rank &&
	       address_equal(&a->address, &b->address);
}

int demux_add(
	struct demux *demux, const struct address_port *local, uint16_t port_id, uint8_t listener)
{
	struct demux_rule rule = {.address = local->address,
		.udp_port = local->port,
		.port_id = port_id,
		.listener = listener};
	uint8_t *link = &demux->slots[demux_slot(local->port)];

	assert(listener < DEMUX_LISTENERS_MAX);
	set_mask(&rule, &local->address);
	rule.rank += port_id != DEMUX_ALL_PORTS;
	for (uint8_t i = 0; i < demux->n_rules; i++)
		if (same_rule(&demux->rules[i], &rule))
			return -EEXIST;
	if (demux->n_rules == DEMUX_RULES_MAX)
		return -ENOSPC;
	while (*link != DEMUX_NONE && demux->rules[*link].rank >= rule.rank)
		link = &demux->rules[*link].next;
	rule.next = *link;
	*link = demux->n_rules;
	demux->rules[demux->n_rules++] = rule;
	return 0;
}
