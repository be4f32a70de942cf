// Datagrams to one remote: what the udp sink sends through. Headers are built once; each datagram
// copies them and fills in lengths and checksums. While the neighbour's Ethernet address is not
// known yet, datagrams wait, and when too many do, new ones are dropped and counted.
#pragma once
#include "dataplane/address.h"

struct mem;
struct neighbour;
struct transmit;

enum {
	SENDER_WAITING_MAX = 256, // datagrams
	SENDER_TTL = 64,
	SENDER_GROUP_TTL = 1, // multicast stays on the link, as a socket's does by default
};

struct sender_conf {
	struct mem *mem;
	struct transmit *transmit; // of the same lcore
	struct address_port local; // the source; an address of the same IP version as remote's
	struct address_port remote;
	uint8_t mac[MAC_LEN]; // of the port
	// remote's entry, or its router's, from inet_resolve(); not used for multicast and
	// broadcast.
	const struct neighbour *next_hop;
	uint16_t mtu; // of the port, bytes from the IP header on
	bool udp_checksum_offload; // the port has RTE_ETH_TX_OFFLOAD_UDP_CKSUM on
};

struct sender_counts {
	uint64_t n_sent; // given to the transmit queue
	uint64_t n_too_long; // over the MTU, or over what a mbuf holds
	uint64_t n_unresolved; // the neighbour was not known and too many waited
};

struct sender; // opaque

// Returns NULL with errno EINVAL (versions differ, no next hop for a unicast remote, mtu under 576)
// or ENOMEM. Free with sender_free(), which drops what waits.
struct sender *sender_new(const struct sender_conf *conf);
void sender_free(struct sender *sender); // sender may be NULL

// The most bytes that a datagram can have.
uint32_t sender_payload_max(const struct sender *sender);

// Send payload[:len]; it is copied. Returns 0, also when it was dropped and counted; -EAGAIN when
// the NIC or the pool is behind: offer it again later.
int sender_send(struct sender *sender, const uint8_t *payload, uint32_t len);

// Move on what waits for the neighbour; returns how many still do. Once per step, before
// transmit_flush().
uint32_t sender_flush(struct sender *sender);

const struct sender_counts *sender_counts(const struct sender *sender);
