// The fast way through packet.c against its twin, the walk from header to header: on frames of all
// kinds, broken at random, in bursts, in one mbuf and in chains, both must say the same.
#include "frames.h"

#include "dataplane/packet_walk.h"

enum { N_BURSTS = 20000, LEN_MAX = 1600, SCRATCH_MIN = 64 * LEN_MAX };

static struct bytes b;

static void make_ipv4(const char *tags, uint8_t protocol, const char *options)
{
	static const uint8_t payload[LEN_MAX] = "an event\n";
	uint32_t ip;

	add_ether(&b, tags, 0x0800);
	ip = add_ipv4(&b, protocol, options, below(2) > 0 ? 0xc0000202 : 0xef010101);
	add_udp(&b, ip, 5000, payload, below(4) > 0 ? below(80) : below(1400));
	if (below(4) == 0)
		wire_put16(b.data + ip + (b.data[ip] & 15) * 4 + UDP_CHECKSUM, 0);
	if (below(8) == 0)
		bytes_add(&b, "options", 7); // RFC 9868
	finish_ipv4(&b, ip);
}

static void make_ipv6(const char *tags, const char *extensions, uint8_t first)
{
	uint32_t ip;

	add_ether(&b, tags, 0x86dd);
	ip = add_ipv6(&b, first);
	if (below(16) == 0)
		memcpy(b.data + ip + IPV6_SRC, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	bytes_hex(&b, extensions);
	add_udp(&b, ip, 5000, "an event", 8);
	finish_ipv6(&b, ip);
}

static void make_frame(void)
{
	static const char *const tags[] = {"", "", "8100 2005", "88a8 0064", "9100 0001",
		"88a8 0064 8100 0005", "8100 0001 8100 0002 8100 0003"};
	static const uint8_t protocols[] = {17, 17, 17, 1, 2, 6};
	static const char *const extensions[] = {
		"11 00 0502 0000 0100", "11 00 c200 0000 0000", "11 00 8200 0000 0000"};
	const char *tag = tags[below(RTE_DIM(tags))];

	switch (below(8)) {
	case 0:
		make_ipv6(tag, "", 17);
		break;
	case 1:
		make_ipv6(tag, extensions[below(RTE_DIM(extensions))], 0);
		break;
	case 2:
		make_ipv4(tag, 17, "94040000 01010101");
		break;
	case 3:
		make_ipv4(tag, protocols[below(RTE_DIM(protocols))], "");
		break;
	default:
		make_ipv4(tag, 17, "");
	}
	if (below(4) == 0)
		bytes_add(&b, NULL, below(20)); // Ethernet's padding
}

// As a stranger would: bits of the headers, fields of them, where the frame ends.
static void break_frame(void)
{
	uint32_t n_headers = RTE_MIN(b.len, 64u);

	switch (below(8)) {
	case 0:
		b.data[below(n_headers)] ^= (uint8_t)(1 << below(8));
		break;
	case 1:
		b.data[below(n_headers)] = (uint8_t)below(256);
		break;
	case 2: // lengths, mostly off by a little
		wire_put16(b.data + 16 + 4 * below(2), (uint16_t)(b.len - 10 - below(20)));
		break;
	case 3:
		wire_put16(b.data + 38 + 4 * below(2), (uint16_t)(b.len - 30 - below(20)));
		break;
	case 4:
		wire_put16(b.data + 20 + 4 * below(2), (uint16_t)(1 << below(16)));
		break;
	case 5:
		b.len = below(b.len);
		break;
	case 6:
		b.data[b.len - 1] ^= 1; // of the payload, or of the padding
		break;
	default:
		break;
	}
}

static uint64_t random_flags(void)
{
	const uint64_t all = RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK |
			     RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ |
			     RTE_MBUF_F_RX_QINQ_STRIPPED | RTE_MBUF_F_RX_RSS_HASH;

	switch (below(4)) {
	case 0:
		return 0;
	case 1:
		return ((uint64_t)below(UINT32_MAX) << 32 | below(UINT32_MAX)) & all;
	default:
		return RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	}
}

static struct rte_mbuf *make_mbuf(void)
{
	struct rte_mbuf *mbuf = mbuf_make(b.data, b.len, below(4) > 0 ? UINT16_MAX : 1 + below(64));

	mbuf->ol_flags = random_flags();
	mbuf->vlan_tci = (uint16_t)below(UINT16_MAX);
	mbuf->vlan_tci_outer = (uint16_t)below(UINT16_MAX);
	if (below(64) == 0)
		mbuf->pkt_len += 1 + below(3); // a driver that miscounts
	return mbuf;
}

static uint32_t flatten(const struct rte_mbuf *mbuf, uint8_t *bytes)
{
	uint32_t len = 0;

	for (; mbuf != NULL; mbuf = mbuf->next) {
		memcpy(bytes + len, rte_pktmbuf_mtod(mbuf, const void *), mbuf->data_len);
		len += mbuf->data_len;
	}
	return len;
}

static void assert_same(const struct packet *packet, const struct packet *twin)
{
	assert_int_equal(packet->verdict, twin->verdict);
	if (packet->verdict > PACKET_ICMP6)
		return;
	assert_int_equal(packet->payload_len, twin->payload_len);
	assert_int_equal(packet->payload - packet->frame, twin->payload - twin->frame);
	assert_memory_equal(packet->payload, twin->payload, twin->payload_len);
	assert_int_equal(packet->ip_offset, twin->ip_offset);
	assert_memory_equal(packet->tags, twin->tags, sizeof(twin->tags));
	if (packet->verdict == PACKET_ARP)
		return;
	assert_memory_equal(&packet->src, &twin->src, sizeof(twin->src));
	assert_memory_equal(&packet->dst, &twin->dst, sizeof(twin->dst));
	assert_int_equal(packet->src_port, twin->src_port);
	assert_int_equal(packet->dst_port, twin->dst_port);
}

static uint32_t n_seen[PACKET_N_VERDICTS];

static void check_burst(struct rte_mbuf *const *mbufs, uint16_t n, struct packet *packets)
{
	static uint8_t bytes[SCRATCH_MIN], flat[LEN_MAX + 200];
	const struct packet_scratch scratch = {bytes, sizeof(bytes)};

	memset(packets, 0xa5, n * sizeof(*packets)); // what the burst before has left
	assert_int_equal(packet_parse_burst(mbufs, n, &scratch, packets), n);
	for (uint16_t i = 0; i < n; i++) {
		struct packet twin = {0};

		twin.verdict = packet_walk(&twin, mbufs[i], flat, flatten(mbufs[i], flat));
		assert_same(&packets[i], &twin);
		n_seen[twin.verdict]++;
	}
}

static void says_what_the_long_way_says(void **)
{
	struct packet packets[PACKET_BURST_MAX];
	struct rte_mbuf *mbufs[PACKET_BURST_MAX];

	for (uint32_t burst = 0; burst < N_BURSTS; burst++) {
		uint16_t n = (uint16_t)(1 + below(PACKET_BURST_MAX / 4));

		for (uint16_t i = 0; i < n; i++) {
			make_frame();
			for (uint32_t k = below(3); k > 0 && b.len > 0; k--)
				break_frame();
			mbufs[i] = make_mbuf();
		}
		check_burst(mbufs, n, packets);
		for (uint16_t i = 0; i < n; i++)
			mbuf_drop(mbufs[i]);
	}
	for (int v = 0; v < PACKET_NO_LISTENER; v++)
		if (v != PACKET_ARP)
			assert_true(n_seen[v] > 0); // else the frames are too tame
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_the_long_way_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
