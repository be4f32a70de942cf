// Neighbour solicitations and advertisements (RFC 4861 §4.3, §4.4):
//
//	0 type   1 code 0   2 checksum   4 flags or zero   8 target   24 options: type, units of 8,
// data
#include "dataplane/inet_state.h"
#include "dataplane/protocol.h"
#include "dataplane/wire.h"

enum {
	ND_LEN = 24,
	ND_HOP_LIMIT = 255, // nobody beyond the link can send it (§7.1)
	OPTION_LEN = 8, // of a link-layer address of Ethernet
	OPTION_SOURCE = 1,
	OPTION_TARGET = 2,
	FLAG_SOLICITED = 0x40,
	FLAG_OVERRIDE = 0x20,
};

// The Ethernet address in the option of this type: NULL when there is none. False: an option is
// malformed, and with it the message (§4.6).
static bool find_option(const uint8_t *options, uint32_t len, uint8_t type, const uint8_t **found)
{
	*found = NULL;
	while (len > 0) {
		uint32_t option_len;

		if (len < 2)
			return false;
		option_len = options[1] * OPTION_LEN;
		if (option_len == 0 || option_len > len)
			return false;
		if (options[0] == type && option_len == OPTION_LEN)
			*found = options + 2;
		options += option_len;
		len -= option_len;
	}
	return *found == NULL || mac_is_unicast(*found);
}

static void append_nd(struct inet *inet, uint8_t type, uint8_t flags, const struct address *target,
	uint8_t option_type)
{
	uint8_t *nd = frame_append(&inet->frame, ND_LEN + OPTION_LEN);

	nd[0] = type;
	nd[4] = flags;
	memcpy(nd + 8, target->bytes, sizeof(target->bytes));
	nd[ND_LEN] = option_type;
	nd[ND_LEN + 1] = 1;
	memcpy(nd + ND_LEN + 2, inet->mac, MAC_LEN);
}

// An answer to who does not say who it is (:: while it looks for duplicates) goes to all nodes
// (§7.2.4).
static void advertise(struct inet *inet, const struct packet *packet, const struct address *target,
	const uint8_t *source_mac)
{
	const struct address all_nodes = {.bytes = {0xff, 0x02, [15] = 1}};
	bool anonymous = address_is_any(&packet->src);
	const struct address *dst = anonymous ? &all_nodes : &packet->src;
	uint8_t mac[MAC_LEN];

	if (anonymous)
		address_group_mac(dst, mac);
	else
		memcpy(mac, source_mac != NULL ? source_mac : packet->frame + ETHER_SRC, MAC_LEN);
	frame_ether(&inet->frame, mac, inet->mac, packet->tags, ETHERTYPE_IPV6);
	frame_ipv6(&inet->frame, target, dst, PROTOCOL_ICMP6, ND_HOP_LIMIT, false);
	append_nd(inet, ICMP6_ADVERTISEMENT,
		anonymous ? FLAG_OVERRIDE : FLAG_SOLICITED | FLAG_OVERRIDE, target, OPTION_TARGET);
	inet_send(inet);
}

// The checks of §7.1.1.
static enum inet_count receive_solicitation(struct inet *inet, const struct packet *packet,
	const struct address *target, uint64_t now_ms)
{
	struct address group = address_solicited_node(target);
	bool anonymous = address_is_any(&packet->src);
	const uint8_t *source_mac;
	bool learned = false;

	if (!find_option(packet->payload + ND_LEN, packet->payload_len - ND_LEN, OPTION_SOURCE,
		    &source_mac) ||
		address_is_multicast(&packet->src) ||
		(anonymous && (source_mac != NULL || !address_equal(&packet->dst, &group))))
		return INET_MALFORMED;
	if (inet_is_ours(inet, &packet->src))
		return INET_CONFLICTS;
	if (source_mac != NULL)
		learned =
			neighbour_learn(&inet->neighbours, &packet->src, source_mac, false, now_ms);
	if (!inet_is_ours(inet, target))
		return learned ? INET_LEARNED : INET_IGNORED;
	if (!inet_take_token(inet, now_ms))
		return INET_RATE_LIMITED;
	advertise(inet, packet, target, source_mac);
	return INET_ND_REPLIES;
}

// The checks of §7.1.2.
static enum inet_count receive_advertisement(struct inet *inet, const struct packet *packet,
	const struct address *target, uint64_t now_ms)
{
	bool solicited = (packet->payload[4] & FLAG_SOLICITED) != 0;
	const uint8_t *mac;

	if (!find_option(
		    packet->payload + ND_LEN, packet->payload_len - ND_LEN, OPTION_TARGET, &mac) ||
		(solicited && address_is_multicast(&packet->dst)))
		return INET_MALFORMED;
	if (inet_is_ours(inet, target))
		return INET_CONFLICTS;
	// An answer to a unicast probe may leave the option out: then it is where it was sent from.
	if (mac == NULL)
		mac = packet->frame + ETHER_SRC;
	if (neighbour_learn(&inet->neighbours, target, mac, solicited, now_ms))
		return INET_LEARNED;
	return INET_IGNORED;
}

// What we sent ourselves and a switch returned to us proves nothing. The kernel's end of a tap has
// our Ethernet address as well: it is another host by what it asks from. When it looks for
// duplicates of its link-local address, which is ours too, it asks from nothing and must not be
// answered.
static bool is_returned(const struct inet *inet, const struct packet *packet)
{
	return memcmp(packet->frame + ETHER_SRC, inet->mac, MAC_LEN) == 0 &&
	       (address_is_any(&packet->src) || inet_is_ours(inet, &packet->src));
}

enum inet_count nd_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms)
{
	const uint8_t *nd = packet->payload;
	struct address target;

	if (packet->payload_len < ND_LEN || nd[1] != 0 ||
		packet->frame[packet->ip_offset + IPV6_HOP_LIMIT] != ND_HOP_LIMIT)
		return INET_MALFORMED;
	if (is_returned(inet, packet))
		return INET_IGNORED;
	memcpy(&target, nd + 8, sizeof(target));
	if (address_is_multicast(&target) || address_is_ipv4(&target))
		return INET_MALFORMED;
	if (nd[0] == ICMP6_SOLICITATION)
		return receive_solicitation(inet, packet, &target, now_ms);
	return receive_advertisement(inet, packet, &target, now_ms);
}

void nd_ask(struct inet *inet, const struct neighbour *neighbour)
{
	const struct address *source = &inet->ipv6.all[0];
	struct address dst = neighbour->address;
	uint8_t mac[MAC_LEN];

	if (!neighbour_mac(neighbour, mac)) {
		dst = address_solicited_node(&neighbour->address);
		address_group_mac(&dst, mac);
	}
	frame_ether(&inet->frame, mac, inet->mac, NULL, ETHERTYPE_IPV6);
	frame_ipv6(&inet->frame, source, &dst, PROTOCOL_ICMP6, ND_HOP_LIMIT, false);
	append_nd(inet, ICMP6_SOLICITATION, 0, &neighbour->address, OPTION_SOURCE);
	inet_send(inet);
}
