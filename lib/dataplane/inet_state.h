// What the parts of inet share. Private to inet.c, arp.c, nd.c, icmp.c, igmp.c and mld.c.
#pragma once
#include <rte_ring.h>

#include "dataplane/frame.h"
#include "dataplane/inet.h"
#include "dataplane/membership.h"
#include "dataplane/neighbour.h"

struct inet_addresses {
	struct address all[INET_ADDRESSES_MAX]; // all[:n]
	uint32_t n;
};

struct inet {
	struct inet_out *out;
	struct mem *mem;
	uint8_t mac[MAC_LEN];
	struct inet_addresses ipv4;
	struct inet_addresses ipv6; // the link-local one is the first
	// written by the lcore of queue 0 from start on
	struct membership igmp;
	struct membership mld;
	struct neighbours neighbours;
	uint64_t random;
	uint64_t n_tokens; // answers that we may send
	uint64_t token_ms; // when the last one was added
	uint64_t counts[INET_N_COUNTS];
	struct frame frame; // the one being built
	// every other rx lcore of the port enqueues, the lcore of queue 0 dequeues
	struct rte_ring *inbox;
};

// Each takes a control packet and returns what became of it.
enum inet_count arp_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms);
enum inet_count icmp_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms);
enum inet_count icmp6_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms);
enum inet_count igmp_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms);
// These ICMPv6 messages come with a good checksum and 8 bytes or more.
enum inet_count nd_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms);
enum inet_count mld_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms);

// Ask for neighbour: everybody, or the address that it had.
void arp_ask(struct inet *inet, const struct neighbour *neighbour);
void nd_ask(struct inet *inet, const struct neighbour *neighbour);

// Send records[:n], n > 0, in the version of the protocol that the router speaks.
void igmp_report(
	struct inet *inet, const struct membership_record *records, uint32_t n, uint64_t now_ms);
void mld_report(
	struct inet *inet, const struct membership_record *records, uint32_t n, uint64_t now_ms);

// Whether address is one of ours.
bool inet_is_ours(const struct inet *inet, const struct address *address);
// Whether one more answer may be sent.
bool inet_take_token(struct inet *inet, uint64_t now_ms);
uint64_t inet_random(struct inet *inet);
// Finish inet->frame and send it.
void inet_send(struct inet *inet);
// Ours in IPv4, or 0.0.0.0.
struct address inet_ipv4_source(const struct inet *inet);

static inline bool mac_is_unicast(const uint8_t mac[MAC_LEN])
{
	static const uint8_t zero[MAC_LEN];

	return (mac[0] & 1) == 0 && memcmp(mac, zero, MAC_LEN) != 0;
}
