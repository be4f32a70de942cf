// IP addresses of both versions in one form, and ADDRESS:PORT as people write it. An IPv4 address
// is kept as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so that one comparison and one checksum serve
// both; a packet that carries such an address on the wire is refused by packet.h, so the two cannot
// be mixed up.
#pragma once
#include <rte_byteorder.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct err;

enum { MAC_LEN = 6 };
enum { ADDRESS_TEXT_MAX = 64 }; // "[IPv6]:port" and its NUL

struct address {
	union {
		uint8_t bytes[16]; // as on the wire
		uint32_t quads[4];
		uint64_t words[2];
	};
};

struct address_port {
	struct address address;
	uint16_t port; // host order
};

// ipv4 is in network order.
static inline struct address address_ipv4(uint32_t ipv4)
{
	return (struct address){.quads = {0, 0, RTE_BE32(0xffff), ipv4}};
}

static inline bool address_equal(const struct address *a, const struct address *b)
{
	return ((a->words[0] ^ b->words[0]) | (a->words[1] ^ b->words[1])) == 0;
}

static inline bool address_is_ipv4(const struct address *a)
{
	return a->words[0] == 0 && a->quads[2] == RTE_BE32(0xffff);
}

// 0.0.0.0 or ::
static inline bool address_is_any(const struct address *a)
{
	return a->words[0] == 0 && a->quads[3] == 0 &&
	       (a->quads[2] == 0 || a->quads[2] == RTE_BE32(0xffff));
}

// 224.0.0.0/4 or ff00::/8
static inline bool address_is_multicast(const struct address *a)
{
	return address_is_ipv4(a) ? (a->bytes[12] & 0xf0) == 0xe0 : a->bytes[0] == 0xff;
}

// fe80::/10
static inline bool address_is_link_local6(const struct address *a)
{
	return a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

// The Ethernet address of a multicast group: 01:00:5e and 23 bits (RFC 1112 §6.4), or 33:33 and 32
// bits (RFC 2464 §7). What a port's multicast filter wants.
void address_group_mac(const struct address *group, uint8_t mac[MAC_LEN]);

// ff02::1:ffXX:XXXX, the group in which an IPv6 address is asked for (RFC 4291 §2.7.1).
struct address address_solicited_node(const struct address *ipv6);

// fe80::/64 and the modified EUI-64 of mac (RFC 4291 appendix A).
struct address address_link_local(const uint8_t mac[MAC_LEN]);

// "192.0.2.1:5000", "[2001:db8::1]:5000", "0.0.0.0:5000", "[::]:5000". No names, no zones, port 1
// to 65535. Returns 0, or -EINVAL with err set.
int address_port_parse(const char *text, struct address_port *parsed, struct err *err);

// An address alone: "192.0.2.1", "2001:db8::1". Returns 0, or -EINVAL with err set.
int address_parse(const char *text, struct address *parsed, struct err *err);

// The same forms back; returns text.
const char *address_port_format(const struct address_port *from, char text[ADDRESS_TEXT_MAX]);
const char *address_format(const struct address *from, char text[ADDRESS_TEXT_MAX]);
