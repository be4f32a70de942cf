#include "dataplane/inet.h"

#include <rte_ring.h>

#include <assert.h>
#include <errno.h>

#include "base/hash.h"
#include "base/mem.h"
#include "dataplane/inet_state.h"
#include "dataplane/protocol.h"

const char *const inet_count_names[INET_N_COUNTS] = {
	[INET_ARP_REPLIES] = "arp_replies",
	[INET_ND_REPLIES] = "nd_replies",
	[INET_ECHO_REPLIES] = "echo_replies",
	[INET_LEARNED] = "learned",
	[INET_QUERIES] = "queries",
	[INET_CONFLICTS] = "conflicts",
	[INET_IGNORED] = "ignored",
	[INET_MALFORMED] = "malformed",
	[INET_RATE_LIMITED] = "rate_limited",
	[INET_REPORTS] = "reports",
	[INET_SOLICITATIONS] = "solicitations",
};

// 224.0.0.1 and ff02::1, where queries of routers go.
static const struct address all_systems = {.bytes = {[10] = 0xff, 0xff, 224, 0, 0, 1}};
static const struct address all_nodes = {.bytes = {0xff, 0x02, [15] = 1}};

static struct rte_ring *inbox_new(struct mem *mem)
{
	struct rte_ring *ring = mem_zalloc(mem, (size_t)rte_ring_get_memsize(INET_INBOX));

	if (ring == NULL)
		return NULL;
	// Cannot fail: the size is a power of two.
	rte_ring_init(ring, "inet", INET_INBOX, RING_F_SC_DEQ);
	return ring;
}

struct inet *inet_new(const struct inet_conf *conf)
{
	struct inet *inet = mem_zalloc(conf->mem, sizeof(*inet));
	struct address link_local;

	if (inet == NULL)
		return NULL;
	inet->inbox = inbox_new(conf->mem);
	if (inet->inbox == NULL)
		goto free_inet;
	inet->mem = conf->mem;
	inet->out = conf->out;
	inet->random = conf->random;
	inet->n_tokens = INET_REPLY_BURST;
	memcpy(inet->mac, conf->mac, MAC_LEN);
	membership_init(&inet->igmp);
	membership_init(&inet->mld);
	link_local = address_link_local(conf->mac);
	inet_add_address(inet, &link_local); // cannot fail: it is the first
	return inet;

free_inet:
	mem_free(conf->mem, inet);
	return NULL;
}

void inet_free(struct inet *inet)
{
	if (inet == NULL)
		return;
	mem_free(inet->mem, inet->inbox);
	mem_free(inet->mem, inet);
}

static bool contains(const struct inet_addresses *addresses, const struct address *address)
{
	for (uint32_t i = 0; i < addresses->n; i++)
		if (address_equal(&addresses->all[i], address))
			return true;
	return false;
}

int inet_add_address(struct inet *inet, const struct address *address)
{
	bool ipv4 = address_is_ipv4(address);
	struct inet_addresses *addresses = ipv4 ? &inet->ipv4 : &inet->ipv6;
	struct address group;
	int err;

	if (address_is_any(address) || address_is_multicast(address))
		return -EINVAL;
	if (contains(addresses, address))
		return 0;
	if (addresses->n == INET_ADDRESSES_MAX)
		return -ENOSPC;
	if (!ipv4) {
		group = address_solicited_node(address);
		err = membership_join(&inet->mld, &group);
		if (err != 0)
			return err;
	}
	addresses->all[addresses->n++] = *address;
	return 0;
}

int inet_join(struct inet *inet, const struct address *group)
{
	if (!address_is_multicast(group))
		return -EINVAL;
	if (address_equal(group, &all_systems) || address_equal(group, &all_nodes))
		return 0; // everybody is in these, nobody reports them (RFC 3376 §6, RFC 3810 §6)
	return membership_join(address_is_ipv4(group) ? &inet->igmp : &inet->mld, group);
}

struct neighbour *inet_resolve(struct inet *inet, const struct address *host)
{
	if (address_is_any(host) || address_is_multicast(host)) {
		errno = EINVAL;
		return NULL;
	}
	return neighbour_add(&inet->neighbours, host);
}

static void put_group_mac(
	const struct address *group, uint8_t (*macs)[MAC_LEN], uint32_t max, uint32_t *n)
{
	if (*n < max)
		address_group_mac(group, macs[*n]);
	++*n;
}

uint32_t inet_group_macs(const struct inet *inet, uint8_t (*macs)[MAC_LEN], uint32_t max)
{
	uint32_t n = 0;

	put_group_mac(&all_systems, macs, max, &n);
	put_group_mac(&all_nodes, macs, max, &n);
	for (uint32_t i = 0; i < inet->igmp.n; i++)
		put_group_mac(&inet->igmp.groups[i].address, macs, max, &n);
	for (uint32_t i = 0; i < inet->mld.n; i++)
		put_group_mac(&inet->mld.groups[i].address, macs, max, &n);
	return n;
}

static void report(struct inet *inet, const struct membership_record *igmp, uint32_t n_igmp,
	const struct membership_record *mld, uint32_t n_mld, uint64_t now_ms)
{
	if (n_igmp > 0)
		igmp_report(inet, igmp, n_igmp, now_ms);
	if (n_mld > 0)
		mld_report(inet, mld, n_mld, now_ms);
}

void inet_start(struct inet *inet, uint64_t now_ms)
{
	inet->token_ms = now_ms;
	membership_start(&inet->igmp, now_ms);
	membership_start(&inet->mld, now_ms);
	inet_poll(inet, now_ms);
}

void inet_stop(struct inet *inet, uint64_t now_ms)
{
	struct membership_record igmp[MEMBERSHIP_GROUPS_MAX], mld[MEMBERSHIP_GROUPS_MAX];
	uint32_t n_igmp = membership_leave(&inet->igmp, igmp);
	uint32_t n_mld = membership_leave(&inet->mld, mld);

	report(inet, igmp, n_igmp, mld, n_mld, now_ms);
}

void inet_poll(struct inet *inet, uint64_t now_ms)
{
	struct membership_record igmp[MEMBERSHIP_GROUPS_MAX], mld[MEMBERSHIP_GROUPS_MAX];
	uint32_t n_igmp = membership_due(&inet->igmp, inet_random(inet), now_ms, igmp);
	uint32_t n_mld = membership_due(&inet->mld, inet_random(inet), now_ms, mld);
	struct neighbour *neighbour;

	report(inet, igmp, n_igmp, mld, n_mld, now_ms);
	while ((neighbour = neighbour_next_due(&inet->neighbours, now_ms)) != NULL) {
		if (address_is_ipv4(&neighbour->address))
			arp_ask(inet, neighbour);
		else
			nd_ask(inet, neighbour);
		inet->counts[INET_SOLICITATIONS]++;
	}
}

static enum inet_count dispatch(struct inet *inet, const struct packet *packet, uint64_t now_ms)
{
	// A group cannot send: such a frame is made to have us answer to many.
	if (!mac_is_unicast(packet->frame + ETHER_SRC))
		return INET_MALFORMED;
	switch (packet->verdict) {
	case PACKET_ARP:
		return arp_receive(inet, packet, now_ms);
	case PACKET_ICMP:
		return icmp_receive(inet, packet, now_ms);
	case PACKET_IGMP:
		return igmp_receive(inet, packet, now_ms);
	default:
		return icmp6_receive(inet, packet, now_ms);
	}
}

void inet_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms)
{
	assert(packet_is_control(packet->verdict));
	inet->counts[dispatch(inet, packet, now_ms)]++;
}

bool inet_is_ours(const struct inet *inet, const struct address *address)
{
	return contains(address_is_ipv4(address) ? &inet->ipv4 : &inet->ipv6, address);
}

bool inet_take_token(struct inet *inet, uint64_t now_ms)
{
	uint64_t n = inet->n_tokens + (now_ms - inet->token_ms);

	inet->n_tokens = n < INET_REPLY_BURST ? n : INET_REPLY_BURST;
	inet->token_ms = now_ms;
	if (inet->n_tokens == 0)
		return false;
	inet->n_tokens--;
	return true;
}

uint64_t inet_random(struct inet *inet)
{
	inet->random += UINT64_C(0x9e3779b97f4a7c15); // SplitMix64
	return hash_mix(inet->random);
}

void inet_send(struct inet *inet)
{
	frame_finish(&inet->frame);
	inet->out->send(inet->out, inet->frame.bytes, inet->frame.len);
}

struct address inet_ipv4_source(const struct inet *inet)
{
	return inet->ipv4.n > 0 ? inet->ipv4.all[0] : address_ipv4(0);
}

struct rte_ring *inet_inbox(struct inet *inet)
{
	return inet->inbox;
}

const uint64_t *inet_counts(const struct inet *inet)
{
	return inet->counts;
}
