// Frames and mbufs for tests, without EAL: frames are put together by layer, and a mbuf gets a
// buffer of exactly its bytes, so that AddressSanitizer sees any read past the end.
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <rte_mbuf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/checksum.h"
#include "dataplane/packet.h"
#include "dataplane/wire.h"

// A number below n: the same ones in every run (xorshift64, Marsaglia 2003).
static inline uint32_t below(uint32_t n)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % n;
}

struct bytes {
	uint8_t data[PACKET_LEN_MAX + 64];
	uint32_t len;
};

static inline uint8_t *bytes_add(struct bytes *b, const void *data, uint32_t len)
{
	uint8_t *at = b->data + b->len;

	if (data != NULL)
		memcpy(at, data, len);
	else
		memset(at, 0, len);
	b->len += len;
	return at;
}

// "0800 45" → bytes; blanks are skipped.
static inline uint8_t *bytes_hex(struct bytes *b, const char *hex)
{
	uint8_t *at = b->data + b->len;

	for (; *hex != '\0'; hex++) {
		char pair[3] = {hex[0], hex[1], 0};

		if (*hex == ' ')
			continue;
		b->data[b->len++] = (uint8_t)strtoul(pair, NULL, 16);
		hex++;
	}
	return at;
}

static inline void assert_bytes(const uint8_t *data, uint32_t len, const char *hex)
{
	static struct bytes expected;

	expected.len = 0;
	bytes_hex(&expected, hex);
	assert_int_equal(len, expected.len);
	assert_memory_equal(data, expected.data, len);
}

// To 01:02:03:04:05:06 from 0a:0b:0c:0d:0e:0f; tags like "8100 0005" or "".
static inline void add_ether(struct bytes *b, const char *tags, uint16_t type)
{
	b->len = 0;
	bytes_hex(b, "020203040506 0a0b0c0d0e0f");
	bytes_hex(b, tags);
	wire_put16(bytes_add(b, NULL, 2), type);
}

// From 192.0.2.1 to 192.0.2.2 (or dst); options as hex. Length and checksum: finish_ipv4().
static inline uint32_t add_ipv4(
	struct bytes *b, uint8_t protocol, const char *options, uint32_t dst)
{
	uint32_t at = b->len;
	uint8_t *ip = bytes_hex(b, "4500 0000 0000 4000 4000 0000 c0000201 00000000");

	ip[9] = protocol;
	wire_put32(ip + 16, dst);
	bytes_hex(b, options);
	ip[0] = (uint8_t)(0x40 | (b->len - at) / 4);
	return at;
}

static inline void finish_ipv4(struct bytes *b, uint32_t at)
{
	uint8_t *ip = b->data + at;

	wire_put16(ip + 2, (uint16_t)(b->len - at));
	ip[10] = ip[11] = 0;
	checksum_put(ip + 10, checksum_add(0, ip, (ip[0] & 15) * 4));
}

// From 2001:db8::1 to 2001:db8::2.
static inline uint32_t add_ipv6(struct bytes *b, uint8_t next)
{
	uint32_t at = b->len;
	uint8_t *ip = bytes_hex(b, "6000 0000 0000 00 40 20010db8000000000000000000000001"
				   "20010db8000000000000000000000002");

	ip[6] = next;
	return at;
}

static inline void finish_ipv6(struct bytes *b, uint32_t at)
{
	wire_put16(b->data + at + 4, (uint16_t)(b->len - at - 40));
}

static inline struct address bytes_address(const struct bytes *b, uint32_t ip, bool dst)
{
	struct address address;
	uint32_t ipv4;

	if (b->data[ip] >> 4 == 4) {
		memcpy(&ipv4, b->data + ip + (dst ? 16 : 12), 4);
		return address_ipv4(ipv4);
	}
	memcpy(&address, b->data + ip + (dst ? 24 : 8), 16);
	return address;
}

// A UDP datagram from port 4000 to port, with a checksum.
static inline void add_udp(
	struct bytes *b, uint32_t ip, uint16_t port, const void *payload, uint32_t len)
{
	struct address src = bytes_address(b, ip, false), dst = bytes_address(b, ip, true);
	uint8_t *udp = bytes_hex(b, "0fa0 0000 0000 0000");

	bytes_add(b, payload, len);
	wire_put16(udp + 2, port);
	wire_put16(udp + 4, (uint16_t)(len + 8));
	checksum_put(udp + 6, checksum_add(checksum_pseudo(&src, &dst, len + 8, 17), udp, len + 8));
}

// A whole plain frame: untagged IPv4 UDP to 192.0.2.2:port.
static inline void make_udp4(struct bytes *b, uint16_t port, const void *payload, uint32_t len)
{
	uint32_t ip;

	add_ether(b, "", 0x0800);
	ip = add_ipv4(b, 17, "", 0xc0000202);
	add_udp(b, ip, port, payload, len);
	finish_ipv4(b, ip);
}

// Segments of at most segment bytes each. Its references are two, so that rte_pktmbuf_free() leaves
// the memory to mbuf_drop().
static inline struct rte_mbuf *mbuf_make(const uint8_t *data, uint32_t len, uint32_t segment)
{
	struct rte_mbuf *head = NULL, **link = &head;
	uint32_t at = 0;

	do {
		uint32_t part = len - at < segment ? len - at : segment;
		struct rte_mbuf *mbuf = aligned_alloc(64, sizeof(*mbuf));

		memset(mbuf, 0, sizeof(*mbuf));
		mbuf->buf_addr = malloc(part > 0 ? part : 1);
		memcpy(mbuf->buf_addr, data + at, part);
		mbuf->buf_len = (uint16_t)part;
		mbuf->data_len = (uint16_t)part;
		rte_mbuf_refcnt_set(mbuf, 2);
		mbuf->nb_segs = 1;
		*link = mbuf;
		link = &mbuf->next;
		at += part;
		head->nb_segs += mbuf != head;
	} while (at < len);
	head->pkt_len = len;
	return head;
}

static inline void mbuf_drop(struct rte_mbuf *mbuf)
{
	while (mbuf != NULL) {
		struct rte_mbuf *next = mbuf->next;

		free(mbuf->buf_addr);
		free(mbuf);
		mbuf = next;
	}
}

// What the parser says about one frame, in segments of at most segment bytes.
static inline enum packet_verdict parse_one(const struct bytes *b, uint32_t segment, uint64_t flags,
	struct packet *packet, uint8_t scratch[PACKET_LEN_MAX])
{
	struct packet_scratch room = {scratch, PACKET_LEN_MAX};
	struct rte_mbuf *mbuf = mbuf_make(b->data, b->len, segment);

	mbuf->ol_flags = flags;
	mbuf->vlan_tci = 7;
	mbuf->vlan_tci_outer = 9;
	assert_int_equal(packet_parse_burst(&mbuf, 1, &room, packet), 1);
	if (packet->verdict <= PACKET_ICMP6) // its payload can be read
		assert_true(checksum_add(0, packet->payload, packet->payload_len) < UINT64_MAX);
	mbuf_drop(mbuf);
	return packet->verdict;
}
