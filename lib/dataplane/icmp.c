// Ping, over both IP versions (RFC 792, RFC 4443 §4), and what else is in ICMPv6. Nothing else is
// answered: a datagram that nobody listens for is counted, not told to its sender.
#include "dataplane/checksum.h"
#include "dataplane/inet_state.h"
#include "dataplane/protocol.h"

enum { ECHO_LEN = 8, ECHO_TTL = 64 };

// To one host, from one host, and small enough for one frame. Pings of groups are not answered.
static bool wants_echo(const struct inet *inet, const struct packet *packet)
{
	const struct address broadcast = address_ipv4(UINT32_MAX);

	return packet->payload_len >= ECHO_LEN && packet->payload[1] == 0 &&
	       (packet->frame[0] & 1) == 0 && inet_is_ours(inet, &packet->dst) &&
	       !address_is_any(&packet->src) && !address_is_multicast(&packet->src) &&
	       !address_equal(&packet->src, &broadcast) &&
	       packet->payload_len <= FRAME_MTU - IPV6_LEN;
}

// Back to where the frame came from: no route is needed.
static enum inet_count echo(
	struct inet *inet, const struct packet *packet, uint8_t reply, uint64_t now_ms)
{
	bool ipv4 = packet->verdict == PACKET_ICMP;
	uint8_t *icmp;

	if (!wants_echo(inet, packet))
		return INET_IGNORED;
	if (!inet_take_token(inet, now_ms))
		return INET_RATE_LIMITED;
	frame_ether(&inet->frame, packet->frame + ETHER_SRC, inet->mac, packet->tags,
		ipv4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
	if (ipv4)
		frame_ipv4(
			&inet->frame, &packet->dst, &packet->src, PROTOCOL_ICMP, ECHO_TTL, false);
	else
		frame_ipv6(
			&inet->frame, &packet->dst, &packet->src, PROTOCOL_ICMP6, ECHO_TTL, false);
	icmp = frame_append(&inet->frame, packet->payload_len);
	memcpy(icmp, packet->payload, packet->payload_len);
	icmp[0] = reply;
	icmp[2] = icmp[3] = 0; // the checksum, as frame_finish() wants it
	inet_send(inet);
	return INET_ECHO_REPLIES;
}

enum inet_count icmp_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms)
{
	const uint8_t *icmp = packet->payload;

	if (packet->payload_len < ECHO_LEN ||
		checksum_fold(checksum_add(0, icmp, packet->payload_len)) != 0xffff)
		return INET_MALFORMED;
	if (icmp[0] != ICMP_ECHO_REQUEST)
		return INET_IGNORED;
	return echo(inet, packet, ICMP_ECHO_REPLY, now_ms);
}

enum inet_count icmp6_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms)
{
	const uint8_t *icmp = packet->payload;
	uint64_t sum =
		checksum_pseudo(&packet->src, &packet->dst, packet->payload_len, PROTOCOL_ICMP6);

	if (packet->payload_len < ECHO_LEN ||
		checksum_fold(checksum_add(sum, icmp, packet->payload_len)) != 0xffff)
		return INET_MALFORMED;
	switch (icmp[0]) {
	case ICMP6_ECHO_REQUEST:
		return echo(inet, packet, ICMP6_ECHO_REPLY, now_ms);
	case ICMP6_SOLICITATION:
	case ICMP6_ADVERTISEMENT:
		return nd_receive(inet, packet, now_ms);
	case ICMP6_MLD_QUERY:
		return mld_receive(inet, packet, now_ms);
	default:
		return INET_IGNORED;
	}
}
