// One frame from the network, in one mbuf and in chains, with checksums looked at by the NIC and
// not: through the parser, and then to a listener's framing or to inet. In one mbuf it may take the
// fast way through packet.c: the long one must say the same.
#include "fuzz.h"

#include <rte_mbuf.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dataplane/checksum.h"
#include "dataplane/framing.h"
#include "dataplane/inet.h"
#include "dataplane/packet_walk.h"

static volatile uint64_t sum; // keeps the reads

static void drop(struct inet_out *out, const uint8_t *frame, uint16_t len)
{
	sum = checksum_add(sum >> 1, frame, len);
}

static struct inet *make_inet(void)
{
	static struct inet_out out = {.send = drop};
	struct inet_conf conf = {&mem_libc, &out, 1, {2, 0, 0, 0, 0, 1}};
	const struct address ours[] = {
		address_ipv4(RTE_BE32(0x0a000001)), {.bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 5}}};
	const struct address host = address_ipv4(RTE_BE32(0x0a000009));
	const struct address group = address_ipv4(RTE_BE32(0xef010101));
	struct inet *inet = inet_new(&conf);

	if (inet == NULL || inet_add_address(inet, &ours[0]) != 0 ||
		inet_add_address(inet, &ours[1]) != 0 || inet_join(inet, &group) != 0 ||
		inet_resolve(inet, &host) == NULL)
		abort();
	return inet;
}

static struct rte_mbuf *make_segment(const uint8_t *data, size_t len)
{
	struct rte_mbuf *mbuf = aligned_alloc(64, sizeof(*mbuf));

	memset(mbuf, 0, sizeof(*mbuf));
	mbuf->buf_addr = malloc(len > 0 ? len : 1);
	memcpy(mbuf->buf_addr, data, len);
	mbuf->data_len = (uint16_t)len;
	mbuf->nb_segs = 1;
	return mbuf;
}

static struct rte_mbuf *make_chain(const uint8_t *data, size_t len, size_t segment)
{
	struct rte_mbuf *head = NULL, **link = &head;
	size_t at = 0;

	do {
		size_t part = len - at < segment ? len - at : segment;

		*link = make_segment(data + at, part);
		link = &(*link)->next;
		head->nb_segs += at > 0;
		at += part;
	} while (at < len);
	head->pkt_len = (uint32_t)len;
	return head;
}

static void free_chain(struct rte_mbuf *mbuf)
{
	while (mbuf != NULL) {
		struct rte_mbuf *next = mbuf->next;

		free(mbuf->buf_addr);
		free(mbuf);
		mbuf = next;
	}
}

static void use(struct inet *inet, const struct packet *packet)
{
	struct framing framing;
	struct message messages[8];
	size_t at = 0, consumed;

	if (packet_is_control(packet->verdict)) {
		inet_receive(inet, packet, 1000);
		inet_poll(inet, 20000);
	}
	if (packet->verdict != PACKET_UDP || framing_lines(&framing, NULL, 0, NULL) != 0)
		return;
	while (at < packet->payload_len) {
		uint32_t n = framing_split(&framing, packet->payload + at, packet->payload_len - at,
			true, messages, 8, &consumed);

		for (uint32_t i = 0; i < n; i++)
			sum = checksum_add(sum >> 1, messages[i].data, messages[i].len);
		if (consumed == 0)
			abort(); // it must get on
		at += consumed;
	}
}

static void compare(const struct packet *packet, const struct rte_mbuf *mbuf)
{
	const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	struct packet twin = {0};

	if (mbuf->nb_segs > 1)
		return;
	twin.verdict = packet_walk(&twin, mbuf, frame, mbuf->data_len);
	if (packet->verdict != twin.verdict ||
		(twin.verdict == PACKET_UDP && memcmp(packet, &twin, sizeof(twin)) != 0))
		abort();
}

// Its verdict when it comes in segments of so many bytes, with these offload flags.
static uint8_t run(const uint8_t *frame, size_t len, size_t segment, uint64_t flags)
{
	static uint8_t bytes[PACKET_LEN_MAX];
	struct packet_scratch scratch = {bytes, sizeof(bytes)};
	struct rte_mbuf *mbuf = make_chain(frame, len, segment);
	struct inet *inet = make_inet();
	struct packet packet;

	mbuf->ol_flags = flags;
	if (packet_parse_burst(&mbuf, 1, &scratch, &packet) != 1 ||
		packet.verdict >= PACKET_NO_LISTENER)
		abort();
	compare(&packet, mbuf);
	use(inet, &packet);
	inet_free(inet);
	free_chain(mbuf);
	return packet.verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint64_t good = RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	const uint64_t stripped = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	uint8_t verdict;

	if (size > UINT16_MAX)
		return 0;
	verdict = run(data, size, UINT16_MAX, 0);
	if (run(data, size, 13, 0) != verdict)
		abort();
	run(data, size, UINT16_MAX, good);
	run(data, size, 64, good | stripped);
	return 0;
}
