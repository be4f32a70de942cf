#include "dataplane/packet_walk.h"

// udp[:len] is all that the IP header leaves. Bytes behind the datagram's own length are not its
// data (RFC 9868 puts options there).
static enum packet_verdict parse_udp(
	struct packet *packet, const uint8_t *udp, uint32_t len, bool ipv4, uint64_t flags)
{
	uint16_t udp_len;

	if (len < UDP_LEN)
		return PACKET_BAD_LENGTH;
	udp_len = wire_get16(udp + UDP_LENGTH);
	if (udp_len < UDP_LEN || udp_len > len)
		return PACKET_BAD_LENGTH;
	if (!packet_udp_checksum_ok(packet, udp, udp_len, ipv4, flags))
		return PACKET_BAD_UDP_CHECKSUM;
	packet->src_port = wire_get16(udp);
	packet->dst_port = wire_get16(udp + UDP_DST_PORT);
	packet->payload = udp + UDP_LEN;
	packet->payload_len = udp_len - UDP_LEN;
	return PACKET_UDP;
}

static enum packet_verdict parse_control(
	struct packet *packet, const uint8_t *payload, uint32_t len, enum packet_verdict verdict)
{
	packet->payload = payload;
	packet->payload_len = (uint16_t)len;
	return verdict;
}

static enum packet_verdict parse_ipv4(
	struct packet *packet, const uint8_t *ip, uint32_t len, uint64_t flags)
{
	uint32_t header_len, total_len;
	uint32_t src, dst;

	if (len < IPV4_LEN)
		return PACKET_TRUNCATED;
	if (ip[0] >> 4 != 4)
		return PACKET_BAD_VERSION;
	header_len = (ip[0] & 0xf) * 4;
	total_len = wire_get16(ip + IPV4_TOTAL_LENGTH);
	if (header_len < IPV4_LEN || total_len < header_len)
		return PACKET_BAD_LENGTH;
	if (total_len > len) // a smaller one is Ethernet's padding
		return PACKET_TRUNCATED;
	if (!packet_ipv4_checksum_ok(ip, header_len, flags))
		return PACKET_BAD_IP_CHECKSUM;
	if ((wire_get16(ip + IPV4_FRAGMENT) & IPV4_FRAGMENT_MASK) != 0)
		return PACKET_FRAGMENT;
	memcpy(&src, ip + IPV4_SRC, sizeof(src));
	memcpy(&dst, ip + IPV4_DST, sizeof(dst));
	packet->src = address_ipv4(src);
	packet->dst = address_ipv4(dst);
	ip += header_len;
	len = total_len - header_len;
	switch (packet->frame[packet->ip_offset + IPV4_PROTOCOL]) {
	case PROTOCOL_UDP:
		return parse_udp(packet, ip, len, true, flags);
	case PROTOCOL_ICMP:
		return parse_control(packet, ip, len, PACKET_ICMP);
	case PROTOCOL_IGMP:
		return parse_control(packet, ip, len, PACKET_IGMP);
	default:
		return PACKET_UNSUPPORTED_PROTOCOL;
	}
}

// Options of a hop-by-hop or destination header (RFC 8200 §4.2): an unknown one whose two high bits
// are not 00 says that the packet must be discarded. PACKET_UDP stands for "go on".
static enum packet_verdict check_options(const uint8_t *options, uint32_t len)
{
	uint32_t at = 0;

	while (at < len) {
		uint8_t type = options[at];

		if (type == IPV6_OPTION_PAD1) {
			at++;
			continue;
		}
		if (type == IPV6_OPTION_JUMBO)
			return PACKET_JUMBOGRAM;
		if (type >> 6 != 0 || len - at < 2)
			return PACKET_BAD_EXTENSION;
		at += 2u + options[at + 1];
	}
	return at == len ? PACKET_UDP : PACKET_BAD_EXTENSION;
}

// One extension header at header[:len]; header_len becomes its length. PACKET_UDP stands for "go
// on".
static enum packet_verdict check_extension(
	uint8_t type, const uint8_t *header, uint32_t len, uint32_t *header_len)
{
	if (len < IPV6_EXTENSION_UNIT)
		return PACKET_TRUNCATED;
	*header_len = IPV6_EXTENSION_UNIT;
	if (type == PROTOCOL_FRAGMENT) // alone in its packet, it is none (RFC 6946)
		return (wire_get16(header + 2) & IPV6_FRAGMENT_MASK) == 0 ? PACKET_UDP
									  : PACKET_FRAGMENT;
	*header_len += header[1] * IPV6_EXTENSION_UNIT;
	if (*header_len > len)
		return PACKET_TRUNCATED;
	if (type == PROTOCOL_ROUTING) // segments left: we are not where it ends (RFC 8200 §4.4)
		return header[3] == 0 ? PACKET_UDP : PACKET_BAD_EXTENSION;
	return check_options(header + 2, *header_len - 2);
}

static bool is_extension(uint8_t protocol)
{
	return protocol == PROTOCOL_HOP_BY_HOP || protocol == PROTOCOL_ROUTING ||
	       protocol == PROTOCOL_FRAGMENT || protocol == PROTOCOL_DESTINATION;
}

static enum packet_verdict parse_ipv6_payload(struct packet *packet, uint8_t protocol,
	const uint8_t *payload, uint32_t len, uint64_t flags)
{
	for (uint32_t i = 0; is_extension(protocol); i++) {
		enum packet_verdict verdict;
		uint32_t header_len;

		// Hop-by-hop options come first or not at all (RFC 8200 §4.1).
		if (i == PACKET_EXTENSIONS_MAX || (i > 0 && protocol == PROTOCOL_HOP_BY_HOP))
			return PACKET_BAD_EXTENSION;
		verdict = check_extension(protocol, payload, len, &header_len);
		if (verdict != PACKET_UDP)
			return verdict;
		protocol = payload[0];
		payload += header_len;
		len -= header_len;
	}
	if (protocol == PROTOCOL_UDP)
		return parse_udp(packet, payload, len, false, flags);
	if (protocol == PROTOCOL_ICMP6)
		return parse_control(packet, payload, len, PACKET_ICMP6);
	return PACKET_UNSUPPORTED_PROTOCOL;
}

static enum packet_verdict parse_ipv6(
	struct packet *packet, const uint8_t *ip, uint32_t len, uint64_t flags)
{
	uint32_t payload_len;

	if (len < IPV6_LEN)
		return PACKET_TRUNCATED;
	if (ip[0] >> 4 != 6)
		return PACKET_BAD_VERSION;
	payload_len = wire_get16(ip + IPV6_PAYLOAD_LENGTH);
	if (payload_len == 0 && ip[IPV6_NEXT_HEADER] == PROTOCOL_HOP_BY_HOP)
		return PACKET_JUMBOGRAM;
	if (payload_len > len - IPV6_LEN)
		return PACKET_TRUNCATED;
	memcpy(&packet->src, ip + IPV6_SRC, sizeof(packet->src));
	memcpy(&packet->dst, ip + IPV6_DST, sizeof(packet->dst));
	if (address_is_ipv4(&packet->src) || address_is_ipv4(&packet->dst))
		return PACKET_BAD_ADDRESS;
	return parse_ipv6_payload(packet, ip[IPV6_NEXT_HEADER], ip + IPV6_LEN, payload_len, flags);
}

static bool is_tag(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_OLD;
}

// The tags that the NIC took out of the frame; returns how many. It does not say their TPIDs: these
// are the ones of 802.1ad and 802.1Q.
static uint32_t stripped_tags(const struct rte_mbuf *mbuf, struct packet_tag *tags)
{
	if ((mbuf->ol_flags & RTE_MBUF_F_RX_QINQ_STRIPPED) != 0) {
		tags[0] = (struct packet_tag){ETHERTYPE_QINQ, mbuf->vlan_tci_outer};
		tags[1] = (struct packet_tag){ETHERTYPE_VLAN, mbuf->vlan_tci};
		return 2;
	}
	if ((mbuf->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0) {
		tags[0] = (struct packet_tag){ETHERTYPE_VLAN, mbuf->vlan_tci};
		return 1;
	}
	return 0;
}

enum packet_verdict packet_walk(
	struct packet *packet, const struct rte_mbuf *mbuf, const uint8_t *frame, uint32_t len)
{
	uint32_t n_tags = stripped_tags(mbuf, packet->tags);
	uint32_t at = ETHER_LEN;
	uint16_t type;

	packet->frame = frame;
	if (len < ETHER_LEN)
		return PACKET_TRUNCATED;
	type = wire_get16(frame + ETHER_TYPE);
	while (is_tag(type)) {
		if (n_tags == PACKET_TAGS_MAX)
			return PACKET_TOO_MANY_TAGS;
		if (len - at < TAG_LEN)
			return PACKET_TRUNCATED;
		packet->tags[n_tags++] = (struct packet_tag){type, wire_get16(frame + at)};
		type = wire_get16(frame + at + 2);
		at += TAG_LEN;
	}
	packet->ip_offset = (uint8_t)at;
	switch (type) {
	case ETHERTYPE_IPV4:
		return parse_ipv4(packet, frame + at, len - at, mbuf->ol_flags);
	case ETHERTYPE_IPV6:
		return parse_ipv6(packet, frame + at, len - at, mbuf->ol_flags);
	case ETHERTYPE_ARP:
		return parse_control(packet, frame + at, RTE_MIN(len - at, UINT16_MAX), PACKET_ARP);
	default:
		return PACKET_NOT_IP;
	}
}
