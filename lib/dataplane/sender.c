#include "dataplane/sender.h"

#include <rte_mbuf.h>

#include <errno.h>

#include "base/mem.h"
#include "dataplane/checksum.h"
#include "dataplane/frame.h"
#include "dataplane/neighbour.h"
#include "dataplane/protocol.h"
#include "dataplane/transmit.h"
#include "dataplane/wire.h"

enum { MTU_MIN = 576 }; // what every IPv4 host takes (RFC 791)

struct sender {
	struct mem *mem;
	struct transmit *transmit;
	const struct neighbour *next_hop; // NULL: the headers have the address already
	struct address src;
	struct address dst;
	struct frame headers; // without lengths and checksums
	uint32_t payload_max;
	bool ipv4;
	bool offload;
	// waiting[head:head + n_waiting], modulo SENDER_WAITING_MAX
	uint32_t head;
	uint32_t n_waiting;
	struct rte_mbuf *waiting[SENDER_WAITING_MAX];
	struct sender_counts counts;
};

static bool is_broadcast(const struct address *address)
{
	return address_is_ipv4(address) && address->quads[3] == UINT32_MAX;
}

static void build_headers(struct sender *sender, const struct sender_conf *conf, bool group)
{
	uint8_t ttl = group ? SENDER_GROUP_TTL : SENDER_TTL;
	uint8_t mac[MAC_LEN] = {0}; // filled in for each datagram
	struct frame *headers = &sender->headers;
	uint8_t *udp;

	if (is_broadcast(&sender->dst))
		memset(mac, 0xff, MAC_LEN);
	else if (group)
		address_group_mac(&sender->dst, mac);
	if (sender->ipv4) {
		frame_ether(headers, mac, conf->mac, NULL, ETHERTYPE_IPV4);
		frame_ipv4(headers, &sender->src, &sender->dst, PROTOCOL_UDP, ttl, false);
	} else {
		frame_ether(headers, mac, conf->mac, NULL, ETHERTYPE_IPV6);
		frame_ipv6(headers, &sender->src, &sender->dst, PROTOCOL_UDP, ttl, false);
	}
	udp = frame_append(headers, UDP_LEN);
	wire_put16(udp, conf->local.port);
	wire_put16(udp + 2, conf->remote.port);
}

struct sender *sender_new(const struct sender_conf *conf)
{
	bool group =
		address_is_multicast(&conf->remote.address) || is_broadcast(&conf->remote.address);
	bool ipv4 = address_is_ipv4(&conf->remote.address);
	struct sender *sender;

	if (ipv4 != address_is_ipv4(&conf->local.address) || conf->mtu < MTU_MIN ||
		(!group && conf->next_hop == NULL)) {
		errno = EINVAL;
		return NULL;
	}
	sender = mem_zalloc(conf->mem, sizeof(*sender));
	if (sender == NULL)
		return NULL;
	sender->mem = conf->mem;
	sender->transmit = conf->transmit;
	sender->next_hop = group ? NULL : conf->next_hop;
	sender->src = conf->local.address;
	sender->dst = conf->remote.address;
	sender->ipv4 = ipv4;
	sender->offload = conf->udp_checksum_offload;
	build_headers(sender, conf, group);
	sender->payload_max = conf->mtu - (sender->headers.len - ETHER_LEN);
	return sender;
}

void sender_free(struct sender *sender)
{
	if (sender == NULL)
		return;
	for (uint32_t i = 0; i < sender->n_waiting; i++)
		rte_pktmbuf_free(sender->waiting[(sender->head + i) % SENDER_WAITING_MAX]);
	mem_free(sender->mem, sender);
}

uint32_t sender_payload_max(const struct sender *sender)
{
	return sender->payload_max;
}

// The NIC wants the pseudo-header's sum in the field. Otherwise a sum of zero is sent as 0xffff, as
// zero means none (RFC 768).
static void put_udp_checksum(
	const struct sender *sender, struct rte_mbuf *mbuf, uint8_t *udp, uint16_t len)
{
	uint64_t sum = checksum_pseudo(&sender->src, &sender->dst, len, PROTOCOL_UDP);
	uint16_t folded;

	if (sender->offload) {
		folded = checksum_fold(sum);
		memcpy(udp + UDP_CHECKSUM, &folded, sizeof(folded));
		mbuf->l2_len = ETHER_LEN;
		mbuf->l3_len = sender->ipv4 ? IPV4_LEN : IPV6_LEN;
		mbuf->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM |
				  (sender->ipv4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
		return;
	}
	folded = (uint16_t)~checksum_fold(checksum_add(sum, udp, len));
	if (folded == 0)
		folded = UINT16_MAX;
	memcpy(udp + UDP_CHECKSUM, &folded, sizeof(folded));
}

static void fill(const struct sender *sender, struct rte_mbuf *mbuf, uint8_t *bytes,
	const uint8_t *payload, uint32_t len)
{
	const struct frame *headers = &sender->headers;
	uint8_t *ip = bytes + ETHER_LEN;
	uint8_t *udp = bytes + headers->message_offset;
	uint16_t udp_len = (uint16_t)(len + UDP_LEN);

	memcpy(bytes, headers->bytes, headers->len);
	memcpy(bytes + headers->len, payload, len);
	wire_put16(udp + UDP_LENGTH, udp_len);
	if (sender->ipv4) {
		wire_put16(ip + IPV4_TOTAL_LENGTH, IPV4_LEN + udp_len);
		checksum_put(ip + IPV4_CHECKSUM, checksum_add(0, ip, IPV4_LEN));
	} else {
		wire_put16(ip + IPV6_PAYLOAD_LENGTH, udp_len);
	}
	put_udp_checksum(sender, mbuf, udp, udp_len);
}

// False: the transmit queue is full.
static bool put(struct sender *sender, struct rte_mbuf *mbuf, const uint8_t *mac)
{
	if (mac != NULL)
		memcpy(rte_pktmbuf_mtod(mbuf, uint8_t *), mac, MAC_LEN);
	if (!transmit_put(sender->transmit, mbuf))
		return false;
	sender->counts.n_sent++;
	return true;
}

uint32_t sender_flush(struct sender *sender)
{
	uint8_t mac[MAC_LEN];

	if (sender->n_waiting == 0 || !neighbour_mac(sender->next_hop, mac))
		return sender->n_waiting;
	while (sender->n_waiting > 0 && put(sender, sender->waiting[sender->head], mac)) {
		sender->head = (sender->head + 1) % SENDER_WAITING_MAX;
		sender->n_waiting--;
	}
	return sender->n_waiting;
}

static void wait_for_neighbour(struct sender *sender, struct rte_mbuf *mbuf)
{
	sender->waiting[(sender->head + sender->n_waiting) % SENDER_WAITING_MAX] = mbuf;
	sender->n_waiting++;
}

int sender_send(struct sender *sender, const uint8_t *payload, uint32_t len)
{
	uint8_t known[MAC_LEN];
	const uint8_t *mac = sender->next_hop != NULL ? known : NULL;
	bool wait = sender->next_hop != NULL && !neighbour_mac(sender->next_hop, known);
	struct rte_mbuf *mbuf;
	char *bytes;

	if (len > sender->payload_max) {
		sender->counts.n_too_long++;
		return 0;
	}
	if (wait && sender->n_waiting == SENDER_WAITING_MAX) {
		sender->counts.n_unresolved++;
		return 0;
	}
	if (!wait && sender_flush(sender) > 0) // those that waited go first
		return -EAGAIN;
	mbuf = rte_pktmbuf_alloc(sender->transmit->pool);
	if (mbuf == NULL)
		return -EAGAIN;
	bytes = rte_pktmbuf_append(mbuf, (uint16_t)(sender->headers.len + len));
	if (bytes == NULL) {
		rte_pktmbuf_free(mbuf);
		sender->counts.n_too_long++;
		return 0;
	}
	fill(sender, mbuf, (uint8_t *)bytes, payload, len);
	if (wait) {
		wait_for_neighbour(sender, mbuf);
		return 0;
	}
	if (put(sender, mbuf, mac))
		return 0;
	rte_pktmbuf_free(mbuf);
	return -EAGAIN;
}

const struct sender_counts *sender_counts(const struct sender *sender)
{
	return &sender->counts;
}
