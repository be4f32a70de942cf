#include "frames.h"

static struct bytes b;
static struct packet p;
static uint8_t scratch[PACKET_LEN_MAX];

static enum packet_verdict parse(void)
{
	return parse_one(&b, UINT16_MAX, 0, &p, scratch);
}

static enum packet_verdict parse_flags(uint64_t flags)
{
	return parse_one(&b, UINT16_MAX, flags, &p, scratch);
}

static void make_udp6(const char *extensions, uint8_t first)
{
	uint32_t ip;

	add_ether(&b, "", 0x86dd);
	ip = add_ipv6(&b, first);
	bytes_hex(&b, extensions);
	add_udp(&b, ip, 5000, "hello", 5);
	finish_ipv6(&b, ip);
}

static void make_tagged(const char *tags)
{
	uint32_t ip;

	add_ether(&b, tags, 0x0800);
	ip = add_ipv4(&b, 17, "", 0xc0000202);
	add_udp(&b, ip, 5000, "hello", 5);
	finish_ipv4(&b, ip);
}

static void reads_a_plain_datagram(void **)
{
	char text[ADDRESS_TEXT_MAX];

	make_udp4(&b, 5000, "hello", 5);
	bytes_add(&b, NULL, 20); // Ethernet's padding
	assert_int_equal(parse(), PACKET_UDP);
	assert_int_equal(p.src_port, 4000);
	assert_int_equal(p.dst_port, 5000);
	assert_int_equal(p.payload_len, 5);
	assert_string_equal(address_format(&p.src, text), "192.0.2.1");
	assert_string_equal(address_format(&p.dst, text), "192.0.2.2");
	assert_int_equal(p.tags[0].tpid, 0);
}

static void reads_an_ipv6_datagram(void **)
{
	char text[ADDRESS_TEXT_MAX];

	make_udp6("", 17);
	assert_int_equal(parse(), PACKET_UDP);
	assert_int_equal(p.payload_len, 5);
	assert_string_equal(address_format(&p.src, text), "2001:db8::1");
	assert_string_equal(address_format(&p.dst, text), "2001:db8::2");
}

static void skips_ipv4_options(void **)
{
	uint32_t ip;

	add_ether(&b, "", 0x0800);
	ip = add_ipv4(&b, 17, "94040000 01010101", 0xc0000202);
	add_udp(&b, ip, 5000, "hello", 5);
	finish_ipv4(&b, ip);
	assert_int_equal(parse(), PACKET_UDP);
	assert_int_equal(p.payload_len, 5);
}

static void reads_tags_in_the_frame_and_stripped(void **)
{
	make_tagged("8100 2005");
	assert_int_equal(parse(), PACKET_UDP);
	assert_int_equal(p.tags[0].tpid, 0x8100);
	assert_int_equal(p.tags[0].tci, 0x2005);
	assert_int_equal(p.tags[1].tpid, 0);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_VLAN_STRIPPED), PACKET_UDP);
	assert_int_equal(p.tags[0].tci, 7);
	assert_int_equal(p.tags[1].tci, 0x2005);
	make_tagged("88a8 0064 8100 0005");
	assert_int_equal(parse(), PACKET_UDP);
	assert_int_equal(p.tags[0].tpid, 0x88a8);
	assert_int_equal(p.tags[1].tci, 5);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_VLAN_STRIPPED), PACKET_TOO_MANY_TAGS);
	make_tagged("8100 0001 8100 0002 8100 0003");
	assert_int_equal(parse(), PACKET_TOO_MANY_TAGS);
	make_tagged("");
	assert_int_equal(
		parse_flags(RTE_MBUF_F_RX_QINQ_STRIPPED | RTE_MBUF_F_RX_VLAN_STRIPPED), PACKET_UDP);
	assert_int_equal(p.tags[0].tci, 9);
	assert_int_equal(p.tags[1].tci, 7);
}

static void walks_extension_headers(void **)
{
	static const struct {
		const char *extensions;
		uint8_t first;
		enum packet_verdict verdict;
	} cases[] = {
		{"11 00 0502 0000 0100", 0, PACKET_UDP}, // hop-by-hop, router alert
		{"11 01 0104 0000 0000 0104 0000 0000 0000", 60, PACKET_UDP},
		{"3c 00 0104 00000000 11 00 0104 00000000", 0, PACKET_UDP},
		{"11 00 0000 00000000", 43, PACKET_UDP}, // routing, no segments left
		{"11 00 0001 00000000", 43, PACKET_BAD_EXTENSION},
		{"11 00 0000 00000001", 44, PACKET_UDP}, // atomic fragment
		{"11 00 0001 00000001", 44, PACKET_FRAGMENT},
		{"11 00 0008 00000001", 44, PACKET_FRAGMENT},
		{"11 00 c200 0000 0000", 0, PACKET_JUMBOGRAM},
		{"11 00 8200 0000 0000", 0, PACKET_BAD_EXTENSION}, // unknown, must discard
		{"11 00 0105 0000 0000", 0, PACKET_BAD_EXTENSION}, // option over the end
		{"11 ff 0104 0000 0000", 0, PACKET_TRUNCATED},
		{"00 00 01040000 0000 11 00 0104 00000000", 60, PACKET_BAD_EXTENSION},
		{"", 51, PACKET_UNSUPPORTED_PROTOCOL},
		{"", 59, PACKET_UNSUPPORTED_PROTOCOL},
	};

	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		make_udp6(cases[i].extensions, cases[i].first);
		assert_int_equal(parse(), cases[i].verdict);
	}
}

static void bounds_the_number_of_extension_headers(void **)
{
	char eight[8 * 24 + 1] = "", nine[9 * 24 + 1];

	for (int i = 0; i < 7; i++)
		strcat(eight, "3c 00 0104 00000000 ");
	strcpy(nine, eight);
	strcat(nine, "3c 00 0104 00000000 11 00 0104 00000000");
	strcat(eight, "11 00 0104 00000000");
	make_udp6(eight, 60);
	assert_int_equal(parse(), PACKET_UDP);
	make_udp6(nine, 60);
	assert_int_equal(parse(), PACKET_BAD_EXTENSION);
}

static void names_what_is_wrong(void **)
{
	make_udp4(&b, 5000, "hello", 5);
	wire_put16(b.data + 12, 0x88cc); // LLDP
	assert_int_equal(parse(), PACKET_NOT_IP);
	wire_put16(b.data + 12, 0x86dd);
	bytes_add(&b, NULL, 20);
	assert_int_equal(parse(), PACKET_BAD_VERSION);

	make_udp4(&b, 5000, "hello", 5);
	b.data[14] = 0x44; // header of 16 bytes
	assert_int_equal(parse(), PACKET_BAD_LENGTH);
	make_udp4(&b, 5000, "hello", 5);
	wire_put16(b.data + 16, 19);
	assert_int_equal(parse(), PACKET_BAD_LENGTH);
	make_udp4(&b, 5000, "hello", 5);
	wire_put16(b.data + 14 + 6, 0x2000);
	finish_ipv4(&b, 14);
	assert_int_equal(parse(), PACKET_FRAGMENT);
	wire_put16(b.data + 14 + 6, 1);
	finish_ipv4(&b, 14);
	assert_int_equal(parse(), PACKET_FRAGMENT);
	make_udp4(&b, 5000, "hello", 5);
	b.data[14 + 9] = 6;
	finish_ipv4(&b, 14);
	assert_int_equal(parse(), PACKET_UNSUPPORTED_PROTOCOL);
	for (uint16_t len = 0; len < 8; len++) {
		make_udp4(&b, 5000, "hello", 5);
		wire_put16(b.data + 38, len);
		assert_int_equal(parse(), PACKET_BAD_LENGTH);
	}
	wire_put16(b.data + 38, 14);
	assert_int_equal(parse(), PACKET_BAD_LENGTH);

	make_udp6("", 17);
	memcpy(b.data + 14 + 8, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	assert_int_equal(parse(), PACKET_BAD_ADDRESS);
	make_udp6("11 00 0104 00000000", 0);
	wire_put16(b.data + 18, 0);
	assert_int_equal(parse(), PACKET_JUMBOGRAM);
}

static void takes_the_bytes_that_the_udp_length_says(void **)
{
	uint32_t ip;

	add_ether(&b, "", 0x0800);
	ip = add_ipv4(&b, 17, "", 0xc0000202);
	add_udp(&b, ip, 5000, "hello", 5);
	bytes_add(&b, "options", 7); // RFC 9868
	finish_ipv4(&b, ip);
	assert_int_equal(parse(), PACKET_UDP);
	assert_int_equal(p.payload_len, 5);
}

static void verifies_checksums_unless_the_nic_did(void **)
{
	make_udp4(&b, 5000, "hello", 5);
	b.data[14 + 10] ^= 1;
	assert_int_equal(parse(), PACKET_BAD_IP_CHECKSUM);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_IP_CKSUM_GOOD), PACKET_UDP);
	make_udp4(&b, 5000, "hello", 5);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_IP_CKSUM_BAD), PACKET_BAD_IP_CHECKSUM);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_L4_CKSUM_BAD), PACKET_BAD_UDP_CHECKSUM);
	b.data[b.len - 1] ^= 1;
	assert_int_equal(parse(), PACKET_BAD_UDP_CHECKSUM);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_L4_CKSUM_GOOD), PACKET_UDP);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_L4_CKSUM_NONE), PACKET_UDP);
	wire_put16(b.data + 40, 0); // none
	assert_int_equal(parse(), PACKET_UDP);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_L4_CKSUM_BAD), PACKET_UDP);
	make_udp6("", 17);
	b.data[b.len - 1] ^= 1;
	assert_int_equal(parse(), PACKET_BAD_UDP_CHECKSUM);
	wire_put16(b.data + 60, 0);
	assert_int_equal(parse(), PACKET_BAD_UDP_CHECKSUM);
	assert_int_equal(parse_flags(RTE_MBUF_F_RX_L4_CKSUM_GOOD), PACKET_BAD_UDP_CHECKSUM);
}

// Whole in any segments; cut anywhere before the end of the IP packet, a drop by name.
static void check_all_truncations(enum packet_verdict whole, enum packet_verdict cut)
{
	static struct bytes all;

	all = b;
	for (uint32_t len = 0; len < all.len; len++) {
		b.len = len;
		assert_int_equal(parse(), cut);
		if (len > 0)
			assert_int_equal(parse_one(&b, 7, 0, &p, scratch), cut);
	}
	b.len = all.len;
	for (uint32_t segment = 1; segment <= all.len; segment++) {
		assert_int_equal(parse_one(&b, segment, 0, &p, scratch), whole);
		if (whole == PACKET_UDP)
			assert_int_equal(p.payload_len, 5);
	}
}

static void never_reads_past_a_truncated_frame(void **)
{
	uint32_t ip;

	make_udp4(&b, 5000, "hello", 5);
	check_all_truncations(PACKET_UDP, PACKET_TRUNCATED);
	make_tagged("88a8 0064 8100 0005");
	check_all_truncations(PACKET_UDP, PACKET_TRUNCATED);
	make_udp6("", 17);
	check_all_truncations(PACKET_UDP, PACKET_TRUNCATED);
	make_udp6(
		"2b 00 0502 0000 0100 2c 00 0000 00000000 3c 00 0000 00000000 11 00 0104 00000000",
		0);
	check_all_truncations(PACKET_UDP, PACKET_TRUNCATED);
	add_ether(&b, "", 0x0800);
	ip = add_ipv4(&b, 1, "94040000", 0xc0000202);
	bytes_hex(&b, "0800 f7ff 0000 0000");
	finish_ipv4(&b, ip);
	check_all_truncations(PACKET_ICMP, PACKET_TRUNCATED);
}

// The headers are whole and say so, but what they carry is cut short inside the IP packet.
static void never_reads_past_the_ip_packet(void **)
{
	for (uint32_t len = 20; len < 33; len++) {
		make_udp4(&b, 5000, "hello", 5);
		b.len = 14 + len;
		finish_ipv4(&b, 14);
		assert_int_equal(parse(), PACKET_BAD_LENGTH);
	}
	for (uint32_t len = 0; len < 16 + 13; len++) {
		make_udp6("3c 00 0502 0000 0100 11 00 0104 00000000", 0);
		b.len = 54 + len;
		finish_ipv6(&b, 14);
		assert_true(parse() >= PACKET_TRUNCATED);
	}
}

static void refuses_frames_longer_than_any_ip_packet(void **)
{
	static uint8_t payload[65507];

	make_udp4(&b, 5000, payload, sizeof(payload));
	assert_int_equal(parse_one(&b, 2048, 0, &p, scratch), PACKET_UDP);
	assert_int_equal(p.payload_len, sizeof(payload));
	bytes_add(&b, NULL, PACKET_LEN_MAX + 1 - b.len);
	assert_int_equal(parse_one(&b, 2048, 0, &p, scratch), PACKET_JUMBOGRAM);
}

static void stops_where_scratch_is_full_and_goes_on(void **)
{
	static uint8_t payload[30000];
	struct packet_scratch room = {scratch, sizeof(scratch)};
	struct rte_mbuf *mbufs[3];
	struct packet packets[3];

	make_udp4(&b, 5000, payload, sizeof(payload));
	for (int i = 0; i < 3; i++)
		mbufs[i] = mbuf_make(b.data, b.len, 2048);
	assert_int_equal(packet_parse_burst(mbufs, 3, &room, packets), 2);
	assert_int_equal(packet_parse_burst(mbufs + 2, 1, &room, packets + 2), 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(packets[i].verdict, PACKET_UDP);
		mbuf_drop(mbufs[i]);
	}
}

// A driver that miscounts must not make us read or write anywhere else.
static void does_not_trust_the_length_of_a_chain(void **)
{
	struct packet_scratch room = {scratch, sizeof(scratch)};
	struct rte_mbuf *mbuf;

	make_udp4(&b, 5000, "hello", 5);
	mbuf = mbuf_make(b.data, b.len, 10);
	mbuf->pkt_len = 25;
	assert_int_equal(packet_parse_burst(&mbuf, 1, &room, &p), 1);
	assert_int_equal(p.verdict, PACKET_TRUNCATED);
	mbuf->pkt_len = 5000;
	assert_int_equal(packet_parse_burst(&mbuf, 1, &room, &p), 1);
	assert_int_equal(p.verdict, PACKET_UDP);
	mbuf_drop(mbuf);
}

static void names_every_verdict(void **)
{
	for (int i = 0; i < PACKET_N_VERDICTS; i++)
		assert_non_null(packet_verdict_names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_plain_datagram),
		cmocka_unit_test(reads_an_ipv6_datagram),
		cmocka_unit_test(skips_ipv4_options),
		cmocka_unit_test(reads_tags_in_the_frame_and_stripped),
		cmocka_unit_test(walks_extension_headers),
		cmocka_unit_test(bounds_the_number_of_extension_headers),
		cmocka_unit_test(names_what_is_wrong),
		cmocka_unit_test(takes_the_bytes_that_the_udp_length_says),
		cmocka_unit_test(verifies_checksums_unless_the_nic_did),
		cmocka_unit_test(never_reads_past_a_truncated_frame),
		cmocka_unit_test(never_reads_past_the_ip_packet),
		cmocka_unit_test(refuses_frames_longer_than_any_ip_packet),
		cmocka_unit_test(stops_where_scratch_is_full_and_goes_on),
		cmocka_unit_test(does_not_trust_the_length_of_a_chain),
		cmocka_unit_test(names_every_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
