// What a received frame is: Ethernet, up to two VLAN tags, IPv4 or IPv6, UDP; or one of the control
// protocols that inet.h answers; or a drop, and then why. It decides for a burst at once, so that
// payloads are in the cache when they are read. Nothing is allocated and nothing is written to a
// mbuf.
//
// The Ethernet destination is not looked at: a port that mirrors somebody else's traffic, or a
// capture file, is as good a source as one that is addressed to us.
#pragma once
#include <stdint.h>

#include "dataplane/address.h"

struct rte_mbuf;

enum {
	PACKET_BURST_MAX = 64,
	PACKET_TAGS_MAX = 2, // 802.1Q, or 802.1ad with 802.1Q inside
	PACKET_EXTENSIONS_MAX = 8, // IPv6 extension headers before UDP
	// The longest frame that is no jumbogram: Ethernet, tags, IPv6 header, payload.
	PACKET_LEN_MAX = 14 + 4 * PACKET_TAGS_MAX + 40 + UINT16_MAX,
};

// Every verdict is a counter by the same name (packet_verdict_names).
enum packet_verdict {
	PACKET_UDP, // a whole, valid datagram
	// For inet.h; their own checksums and lengths are not checked yet.
	PACKET_ARP,
	PACKET_ICMP,
	PACKET_IGMP,
	PACKET_ICMP6,
	// Drops
	PACKET_TRUNCATED, // the frame ends before its headers, or before the length they claim
	PACKET_TOO_MANY_TAGS,
	PACKET_NOT_IP,
	PACKET_BAD_VERSION, // the IP header's version is not what the EtherType says
	PACKET_BAD_LENGTH, // a length field too small for its own header, or larger than what is
			   // around it
	PACKET_BAD_IP_CHECKSUM,
	PACKET_BAD_UDP_CHECKSUM, // zero over IPv6 included (RFC 8200 §8.1)
	PACKET_BAD_ADDRESS, // IPv4-mapped address in an IPv6 header
	PACKET_BAD_EXTENSION, // out of place, too many, or with an option or route that we must
			      // refuse
	PACKET_FRAGMENT, // reassembly is not done: feeds stay below the MTU
	PACKET_JUMBOGRAM, // RFC 2675, or a frame over PACKET_LEN_MAX
	PACKET_UNSUPPORTED_PROTOCOL, // TCP and whatever else is in IP
	// Decided by receiver.h
	PACKET_NO_LISTENER, // a good datagram that no source asked for
	PACKET_NO_INET, // a control packet on a port or capture that has no inet
	PACKET_INBOX_FULL, // a control packet that came in faster than the lcore of inet takes them
	PACKET_N_VERDICTS,
};

extern const char *const packet_verdict_names[PACKET_N_VERDICTS];

static inline bool packet_is_control(enum packet_verdict verdict)
{
	return verdict >= PACKET_ARP && verdict <= PACKET_ICMP6;
}

struct packet_tag {
	uint16_t tpid; // 0x8100, 0x88a8, 0x9100; 0 = no tag
	uint16_t tci; // priority and VLAN id
};

// One cache line. Pointers lead into the mbuf, or into the scratch buffer for a chain of mbufs.
// Ports, src and dst only when the verdict is UDP, ICMP, IGMP or ICMP6 (ports: UDP).
struct packet {
	const uint8_t *frame; // the Ethernet header
	const uint8_t *payload; // UDP: the datagram's data; control: the message, all of it
	struct address src;
	struct address dst;
	uint16_t payload_len;
	uint16_t src_port; // host order
	uint16_t dst_port;
	uint8_t verdict; // enum packet_verdict
	uint8_t ip_offset; // of the IP header in the frame
	struct packet_tag tags[PACKET_TAGS_MAX]; // outer first, also those that the NIC stripped
} __attribute__((aligned(64)));

// packets[from] is a datagram. Returns where those behind it end that are for the same destination,
// n at most.
static inline uint16_t packet_run_end(const struct packet *packets, uint16_t from, uint16_t n)
{
	const struct packet *first = &packets[from];
	uint16_t to = from + 1;

	while (to < n && packets[to].verdict == PACKET_UDP &&
		packets[to].dst_port == first->dst_port &&
		packets[to].dst.words[0] == first->dst.words[0] &&
		packets[to].dst.words[1] == first->dst.words[1])
		to++;
	return to;
}

// Where chains of mbufs are made contiguous: one for each receiver, PACKET_LEN_MAX bytes or more.
struct packet_scratch {
	uint8_t *bytes;
	uint32_t size;
};

// packets[i] becomes what mbufs[i] is, for i < n ≤ PACKET_BURST_MAX. Returns how many were parsed:
// fewer than n only when the next one is a chain that has no room left in scratch, never 0 for n >
// 0. What was parsed must be done with before the next call, which uses scratch again from its
// start.
uint16_t packet_parse_burst(struct rte_mbuf *const *mbufs, uint16_t n,
	const struct packet_scratch *scratch, struct packet *packets);
