// A frame that we send, built from its headers inwards:
//
//	frame_ether() → frame_ipv4() or frame_ipv6() → frame_append() the message → frame_finish()
//
// For control messages and for header templates; data goes another way (sender.h).
#pragma once
#include "dataplane/packet.h"

enum { FRAME_MTU = 1500, FRAME_MAX = 14 + 4 * PACKET_TAGS_MAX + FRAME_MTU };

struct frame {
	uint8_t bytes[FRAME_MAX]; // bytes[:len]
	uint16_t len;
	uint16_t ip_offset; // 0: no IP header
	uint16_t message_offset; // of what IP carries
	uint8_t protocol; // of that
};

// Start over. tags: PACKET_TAGS_MAX of them, as in a received packet, or NULL for none.
void frame_ether(struct frame *frame, const uint8_t dst[MAC_LEN], const uint8_t src[MAC_LEN],
	const struct packet_tag *tags, uint16_t type);

// IP headers; with router_alert for IGMP (RFC 2113) and MLD (RFC 2711). protocol: of the message.
void frame_ipv4(struct frame *frame, const struct address *src, const struct address *dst,
	uint8_t protocol, uint8_t ttl, bool router_alert);
void frame_ipv6(struct frame *frame, const struct address *src, const struct address *dst,
	uint8_t protocol, uint8_t hop_limit, bool router_alert);

// size more bytes, zeroed, to write to. There must be room: FRAME_MTU counts from the IP header.
uint8_t *frame_append(struct frame *frame, uint32_t size);

// Fill in the IP lengths and the IPv4 header checksum; for ICMP, ICMPv6 and IGMP also the
// message's.
void frame_finish(struct frame *frame);
