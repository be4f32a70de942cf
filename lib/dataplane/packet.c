// From a burst of frames to verdicts.
//
// Idea: nearly every frame is a plain datagram: in one mbuf, with at most one tag, IPv4 without
// options or fragments, UDP, lengths that fit, checksums that the NIC has seen to. Its headers lie
// where they always do, so one comparison under a mask knows it, for what would be a check for each
// field. All else takes the long way (packet_walk.h).
#include "dataplane/packet.h"

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>
#include <rte_vect.h>

#include <assert.h>
#include <stddef.h>

#include "dataplane/packet_walk.h"

enum {
	TYPE_LEN = 2, // of the EtherType
	AHEAD = 4, // frames: so early each is fetched into the cache
};

static_assert(sizeof(struct packet) == 64, "a packet is one cache line");

const char *const packet_verdict_names[PACKET_N_VERDICTS] = {
	[PACKET_UDP] = "udp",
	[PACKET_ARP] = "arp",
	[PACKET_ICMP] = "icmp",
	[PACKET_IGMP] = "igmp",
	[PACKET_ICMP6] = "icmp6",
	[PACKET_TRUNCATED] = "truncated",
	[PACKET_TOO_MANY_TAGS] = "too_many_tags",
	[PACKET_NOT_IP] = "not_ip",
	[PACKET_BAD_VERSION] = "bad_version",
	[PACKET_BAD_LENGTH] = "bad_length",
	[PACKET_BAD_IP_CHECKSUM] = "bad_ip_checksum",
	[PACKET_BAD_UDP_CHECKSUM] = "bad_udp_checksum",
	[PACKET_BAD_ADDRESS] = "bad_address",
	[PACKET_BAD_EXTENSION] = "bad_extension",
	[PACKET_FRAGMENT] = "fragment",
	[PACKET_JUMBOGRAM] = "jumbogram",
	[PACKET_UNSUPPORTED_PROTOCOL] = "unsupported_protocol",
	[PACKET_NO_LISTENER] = "no_listener",
	[PACKET_NO_INET] = "no_inet",
	[PACKET_INBOX_FULL] = "inbox_full",
};

// The EtherType of the IP header and the 14 bytes behind it: what they are in a plain datagram, and
// which bits of them are to be just that.
static const uint8_t plain_bytes[16] = {
	[0] = ETHERTYPE_IPV4 >> 8,
	[TYPE_LEN] = IPV4_NO_OPTIONS,
	[TYPE_LEN + IPV4_PROTOCOL] = PROTOCOL_UDP,
};
static const uint8_t plain_mask[16] = {
	[0] = 0xff,
	[1] = 0xff,
	[TYPE_LEN] = 0xff,
	[TYPE_LEN + IPV4_FRAGMENT] = IPV4_FRAGMENT_MASK >> 8,
	[TYPE_LEN + IPV4_FRAGMENT + 1] = IPV4_FRAGMENT_MASK & 0xff,
	[TYPE_LEN + IPV4_PROTOCOL] = 0xff,
};

static inline bool is_plain(const uint8_t *type)
{
	uint64_t bytes[2], wanted[2], mask[2];

	memcpy(bytes, type, sizeof(bytes));
	memcpy(wanted, plain_bytes, sizeof(wanted));
	memcpy(mask, plain_mask, sizeof(mask));
	return (((bytes[0] ^ wanted[0]) & mask[0]) | ((bytes[1] ^ wanted[1]) & mask[1])) == 0;
}

// The NIC has found both checksums good and taken no tag out.
static inline bool is_seen_to(uint64_t flags)
{
	const uint64_t good = RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	const uint64_t stripped = RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED;

	return (flags & (good | stripped)) == good;
}

// It has not, but the datagram is a good one all the same. Not for tags that were taken out.
static bool is_good(
	const struct packet *packet, const uint8_t *ip, uint16_t udp_len, uint64_t flags)
{
	const uint64_t stripped = RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED;

	return (flags & stripped) == 0 && packet_ipv4_checksum_ok(ip, IPV4_LEN, flags) &&
	       packet_udp_checksum_ok(packet, ip + IPV4_LEN, udp_len, true, flags);
}

// What put_fields() relies on.
static_assert(RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN);
static_assert(offsetof(struct packet, src_port) == offsetof(struct packet, payload_len) + 2);
static_assert(offsetof(struct packet, dst_port) == offsetof(struct packet, payload_len) + 4);
static_assert(offsetof(struct packet, verdict) == offsetof(struct packet, payload_len) + 6);
static_assert(offsetof(struct packet, ip_offset) == offsetof(struct packet, payload_len) + 7);
static_assert(offsetof(struct packet, tags) == offsetof(struct packet, payload_len) + 8);

// The fields of a plain datagram. tail: the 16 bytes from its source address to its UDP checksum,
// which are put in the order of struct packet, numbers in that of the host:
//
//	tail      src       dst       ports     length  checksum
//	          16 … 19   20 … 23   24 … 27   28, 29  30, 31
//
//	packet    ::ffff:src   ::ffff:dst   length - UDP_LEN, ports   verdict, ip_offset, no tags
static __rte_always_inline void put_fields(
	struct packet *packet, const uint8_t *tail, uint32_t ip_offset)
{
	const rte_v128u8_t mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}; // ::ffff:0.0.0.0
	const rte_v128u8_t fixed = {PACKET_UDP, (uint8_t)ip_offset};
	const rte_v128u16_t header_len = {UDP_LEN};
	rte_v128u8_t bytes, src, dst, rest;
	rte_v128u16_t numbers;

	memcpy(&bytes, tail, sizeof(bytes));
	src = __builtin_shufflevector(
		mapped, bytes, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19);
	dst = __builtin_shufflevector(
		mapped, bytes, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 22, 23);
	rest = __builtin_shufflevector(
		fixed, bytes, 29, 28, 25, 24, 27, 26, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	numbers = (rte_v128u16_t)rest - header_len;
	memcpy(&packet->src, &src, sizeof(src));
	memcpy(&packet->dst, &dst, sizeof(dst));
	memcpy(&packet->payload_len, &numbers, sizeof(numbers));
}

// The plain case with its IP header at ip_offset, which is a constant wherever this is inlined.
// False: take the long way, which also finds out what is wrong.
static __rte_always_inline bool parse_plain(
	struct packet *packet, const struct rte_mbuf *mbuf, uint32_t ip_offset)
{
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	const uint8_t *ip = frame + ip_offset, *udp = ip + IPV4_LEN;
	uint32_t len = mbuf->data_len, total_len, udp_len;

	if (unlikely(mbuf->pkt_len != len || len < ip_offset + IPV4_LEN + UDP_LEN))
		return false;
	total_len = wire_get16(ip + IPV4_TOTAL_LENGTH);
	udp_len = wire_get16(udp + UDP_LENGTH);
	if (unlikely(!is_plain(ip - TYPE_LEN) || ip_offset + total_len > len || udp_len < UDP_LEN ||
		     IPV4_LEN + udp_len > total_len))
		return false;
	put_fields(packet, ip + IPV4_SRC, ip_offset);
	if (unlikely(!is_seen_to(mbuf->ol_flags)) &&
		!is_good(packet, ip, (uint16_t)udp_len, mbuf->ol_flags))
		return false;
	packet->frame = frame;
	packet->payload = udp + UDP_LEN;
	return true;
}

// The plain case behind one tag.
static bool parse_tagged(struct packet *packet, const struct rte_mbuf *mbuf)
{
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *);

	if (!parse_plain(packet, mbuf, ETHER_LEN + TAG_LEN) ||
		wire_get16(frame + ETHER_TYPE) != ETHERTYPE_VLAN)
		return false;
	packet->tags[0] = (struct packet_tag){ETHERTYPE_VLAN, wire_get16(frame + ETHER_LEN)};
	return true;
}

// A chain of mbufs in one piece. The driver's pkt_len is not trusted: the segments' lengths are
// summed by copying, and what would not fit ends the copy.
static uint32_t linearise(const struct rte_mbuf *mbuf, uint8_t *bytes, uint32_t size)
{
	uint32_t len = 0;

	for (; mbuf != NULL && mbuf->data_len <= size - len; mbuf = mbuf->next) {
		memcpy(bytes + len, rte_pktmbuf_mtod(mbuf, const uint8_t *), mbuf->data_len);
		len += mbuf->data_len;
	}
	return len;
}

// All but the plain case. used: bytes of scratch that the burst has taken. False: it has not enough
// left.
static __rte_noinline bool parse_other(struct packet *packet, const struct rte_mbuf *mbuf,
	const struct packet_scratch *scratch, uint32_t *used)
{
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	uint32_t len = mbuf->data_len;

	if (parse_tagged(packet, mbuf))
		return true;
	memset(packet, 0, sizeof(*packet));
	if (mbuf->pkt_len > PACKET_LEN_MAX) {
		packet->verdict = PACKET_JUMBOGRAM;
		return true;
	}
	if (mbuf->nb_segs > 1) {
		if (mbuf->pkt_len > scratch->size - *used)
			return false;
		frame = scratch->bytes + *used;
		len = linearise(mbuf, scratch->bytes + *used, mbuf->pkt_len);
		*used += len;
	}
	packet->verdict = packet_walk(packet, mbuf, frame, len);
	return true;
}

uint16_t packet_parse_burst(struct rte_mbuf *const *mbufs, uint16_t n,
	const struct packet_scratch *scratch, struct packet *packets)
{
	uint32_t used = 0; // of scratch

	assert(n <= PACKET_BURST_MAX && scratch->size >= PACKET_LEN_MAX);
	for (uint16_t i = 0; i < n; i++) {
		const struct rte_mbuf *ahead = mbufs[RTE_MIN(i + AHEAD, n - 1)];

		rte_prefetch0(rte_pktmbuf_mtod(ahead, const void *));
		rte_prefetch0(rte_pktmbuf_mtod_offset(ahead, const void *, RTE_CACHE_LINE_SIZE));
		if (unlikely(!parse_plain(&packets[i], mbufs[i], ETHER_LEN)) &&
			!parse_other(&packets[i], mbufs[i], scratch, &used))
			return i;
	}
	return n;
}
