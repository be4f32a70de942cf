// What a host has to say on a network so that feeds reach it: answers to ARP and IPv6 neighbour
// solicitations for our addresses and to ping, IGMPv3 and MLDv2 reports for our groups; and the
// search for the hosts that sinks send to. One instance for each DPDK port.
//
// Our addresses are those that the job's sources name and those given explicitly; a source on
// 0.0.0.0 or [::] has none to answer for, so a sender then needs a static ARP entry, a multicast
// group or an address given here. fe80::/64 with the port's MAC is always ours, as MLD needs it.
// Addresses are the operator's choice: no duplicate address detection is done, but another host
// that claims one of ours is counted. Answers carry the VLAN tags of the request; reports and our
// own requests have none.
//
// One lcore, the one that polls the port's queue 0, calls inet_receive() and inet_poll() and
// thereby writes everything here. Other queues' lcores hand control packets over through
// inet_inbox(): a ring that they drop at when it is full, so they never wait and nothing runs in a
// circle. Time is any monotonic count of milliseconds, handed in.
#pragma once
#include "dataplane/packet.h"

struct mem;
struct neighbour;
struct rte_ring;

enum {
	INET_ADDRESSES_MAX = 64, // of each IP version
	INET_INBOX = 64, // packets, a power of two
	INET_POLL_MS = 10, // how often inet_poll() wants to be called
	// Answers are a bucket of so many tokens, one more each millisecond: a flood of requests
	// costs at most a thousand answers a second.
	INET_REPLY_BURST = 64,
};

// Every packet given to inet_receive() counts once under RECEIVED; what we sent by ourselves under
// SENT.
enum inet_count {
	// received
	INET_ARP_REPLIES,
	INET_ND_REPLIES,
	INET_ECHO_REPLIES,
	INET_LEARNED, // the address of a host that a sink sends to
	INET_QUERIES, // of a multicast router
	INET_CONFLICTS, // another host says that an address of ours is its own
	INET_IGNORED, // not for us, or nothing that we answer
	INET_MALFORMED, // a checksum, length or field that must not be
	INET_RATE_LIMITED, // would have been answered, but not so often
	INET_N_RECEIVED,
	// sent
	INET_REPORTS = INET_N_RECEIVED, // IGMP and MLD
	INET_SOLICITATIONS, // ARP requests and neighbour solicitations
	INET_N_COUNTS,
};

extern const char *const inet_count_names[INET_N_COUNTS];

// Where frames go: in the appliance a struct transmit, which has this as its first member.
struct inet_out {
	// frame[:len] is copied or dropped, never kept.
	void (*send)(struct inet_out *out, const uint8_t *frame, uint16_t len);
};

struct inet_conf {
	struct mem *mem;
	struct inet_out *out;
	uint64_t random; // any bits, different on each host: delays of reports come from them
	uint8_t mac[MAC_LEN]; // of the port
};

struct inet; // opaque

// Returns NULL with errno ENOMEM. Free with inet_free().
struct inet *inet_new(const struct inet_conf *conf);
void inet_free(struct inet *inet); // inet may be NULL

// Before inet_start(). Adding twice is adding once.
// A unicast address of ours; for IPv6, its solicited-node group is joined too. Returns 0; -EINVAL
// for a group or 0.0.0.0 or ::; -ENOSPC.
int inet_add_address(struct inet *inet, const struct address *address);
// A multicast group. Returns 0; -EINVAL for anything else; -ENOSPC.
int inet_join(struct inet *inet, const struct address *group);
// The entry of a unicast host on the link, which inet_poll() looks for. NULL with errno EINVAL or
// ENOSPC. It lives as long as inet; any lcore may ask neighbour_mac() of it.
struct neighbour *inet_resolve(struct inet *inet, const struct address *host);

// The Ethernet addresses of all groups joined, for the port's multicast filter: at most max;
// returns how many there are (a number over max: the filter must be opened).
uint32_t inet_group_macs(const struct inet *inet, uint8_t (*macs)[MAC_LEN], uint32_t max);

// Say that we are in our groups; from now on inet_poll().
void inet_start(struct inet *inet, uint64_t now_ms);
// Say that we leave them: once, as nobody is left to repeat it; routers notice by their queries.
void inet_stop(struct inet *inet, uint64_t now_ms);

// A packet whose verdict packet_is_control().
void inet_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms);
// What is due by now: reports, searches. Every INET_POLL_MS.
void inet_poll(struct inet *inet, uint64_t now_ms);

// Of struct rte_mbuf *, whole frames that other lcores enqueue and the lcore of inet dequeues.
struct rte_ring *inet_inbox(struct inet *inet);

// counts[enum inet_count]: one writer, others may read what lags.
const uint64_t *inet_counts(const struct inet *inet);
