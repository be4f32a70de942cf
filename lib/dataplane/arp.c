// ARP over Ethernet for IPv4 (RFC 826):
//
//	 0 hardware 1   2 protocol 0x0800   4 lengths 6, 4   6 operation
//	 8 sender MAC  14 sender IP        18 target MAC    24 target IP
#include "dataplane/inet_state.h"
#include "dataplane/protocol.h"
#include "dataplane/wire.h"

enum { ARP_LEN = 28, ARP_REQUEST = 1, ARP_REPLY = 2 };
#define ARP_ETHERNET_IPV4 UINT64_C(0x000108000604) // the first six bytes

static struct address ip_at(const uint8_t *at)
{
	uint32_t ipv4;

	memcpy(&ipv4, at, sizeof(ipv4));
	return address_ipv4(ipv4);
}

static void append_arp(struct inet *inet, uint16_t operation, const struct address *sender,
	const uint8_t *target_mac, const struct address *target)
{
	uint8_t *arp = frame_append(&inet->frame, ARP_LEN);

	wire_put16(arp, (uint16_t)(ARP_ETHERNET_IPV4 >> 32));
	wire_put32(arp + 2, (uint32_t)ARP_ETHERNET_IPV4);
	wire_put16(arp + 6, operation);
	memcpy(arp + 8, inet->mac, MAC_LEN);
	memcpy(arp + 14, &sender->quads[3], 4);
	memcpy(arp + 18, target_mac, MAC_LEN);
	memcpy(arp + 24, &target->quads[3], 4);
}

enum inet_count arp_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms)
{
	const uint8_t *arp = packet->payload;
	const uint8_t *sender_mac = arp + 8;
	struct address sender, target;
	uint16_t operation;
	bool learned;

	if (packet->payload_len < ARP_LEN ||
		((uint64_t)wire_get16(arp) << 32 | wire_get32(arp + 2)) != ARP_ETHERNET_IPV4 ||
		!mac_is_unicast(sender_mac))
		return INET_MALFORMED;
	operation = wire_get16(arp + 6);
	sender = ip_at(arp + 14);
	target = ip_at(arp + 24);
	// Our own, come back, has our Ethernet address too. That alone says nothing: the kernel's
	// side of net_tap has the same as ours.
	if (inet_is_ours(inet, &sender))
		return memcmp(sender_mac, inet->mac, MAC_LEN) == 0 ? INET_IGNORED : INET_CONFLICTS;
	learned = neighbour_learn(
		&inet->neighbours, &sender, sender_mac, operation == ARP_REPLY, now_ms);
	if (operation != ARP_REQUEST || !inet_is_ours(inet, &target))
		return learned ? INET_LEARNED : INET_IGNORED;
	if (!inet_take_token(inet, now_ms))
		return INET_RATE_LIMITED;
	frame_ether(&inet->frame, sender_mac, inet->mac, packet->tags, ETHERTYPE_ARP);
	append_arp(inet, ARP_REPLY, &target, sender_mac, &sender);
	inet_send(inet);
	return INET_ARP_REPLIES;
}

void arp_ask(struct inet *inet, const struct neighbour *neighbour)
{
	static const uint8_t nobody[MAC_LEN];
	struct address source = inet_ipv4_source(inet);
	uint8_t mac[MAC_LEN];

	if (!neighbour_mac(neighbour, mac))
		memset(mac, 0xff, MAC_LEN);
	frame_ether(&inet->frame, mac, inet->mac, NULL, ETHERTYPE_ARP);
	append_arp(inet, ARP_REQUEST, &source, nobody, &neighbour->address);
	inet_send(inet);
}
