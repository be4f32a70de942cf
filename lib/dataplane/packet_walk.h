// The long way from a frame to a verdict: header by header, with a check and a named verdict for
// each step. packet.c takes it with every frame that is not the plain case, bad ones included; on a
// plain one both must say the same.
#pragma once
#include <rte_mbuf.h>

#include <assert.h>

#include "dataplane/checksum.h"
#include "dataplane/packet.h"
#include "dataplane/protocol.h"
#include "dataplane/wire.h"

// *packet, zero before, becomes what frame[:len] is, but for its verdict, which is returned. Of
// mbuf only the offload flags and the tags that the NIC took out are read.
enum packet_verdict packet_walk(
	struct packet *packet, const struct rte_mbuf *mbuf, const uint8_t *frame, uint32_t len);

static_assert((RTE_MBUF_F_RX_IP_CKSUM_NONE & RTE_MBUF_F_RX_IP_CKSUM_GOOD) != 0 &&
	      (RTE_MBUF_F_RX_L4_CKSUM_NONE & RTE_MBUF_F_RX_L4_CKSUM_GOOD) != 0);

// Both checksums are the NIC's business where it says so. Its GOOD bit is set also when it says
// NONE: the packet never was on a wire, and is good.
static inline bool packet_ipv4_checksum_ok(const uint8_t *ip, uint32_t header_len, uint64_t flags)
{
	if ((flags & RTE_MBUF_F_RX_IP_CKSUM_GOOD) != 0)
		return true;
	if ((flags & RTE_MBUF_F_RX_IP_CKSUM_BAD) != 0)
		return false;
	return checksum_fold(checksum_add(0, ip, header_len)) == 0xffff;
}

// A zero checksum over IPv4 means none (RFC 768). It is asked first, as some NICs call it bad:
// 82599, see rx_udp_csum_zero_err in DPDK's ixgbe driver.
static inline bool packet_udp_checksum_ok(
	const struct packet *packet, const uint8_t *udp, uint16_t len, bool ipv4, uint64_t flags)
{
	uint64_t sum;

	if (wire_get16(udp + UDP_CHECKSUM) == 0)
		return ipv4;
	if ((flags & RTE_MBUF_F_RX_L4_CKSUM_GOOD) != 0)
		return true;
	if ((flags & RTE_MBUF_F_RX_L4_CKSUM_BAD) != 0)
		return false;
	sum = checksum_pseudo(&packet->src, &packet->dst, len, PROTOCOL_UDP);
	return checksum_fold(checksum_add(sum, udp, len)) == 0xffff;
}
