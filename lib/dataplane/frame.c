#include "dataplane/frame.h"

#include <assert.h>

#include "dataplane/checksum.h"
#include "dataplane/protocol.h"
#include "dataplane/wire.h"

enum { TOS_CONTROL = 0xc0 }; // internetwork control: RFC 3376 §4 asks for it
enum { ICMP_CHECKSUM = 2 }; // in ICMP, ICMPv6 and IGMP alike
enum { ROUTER_ALERT_LEN = 4 };

uint8_t *frame_append(struct frame *frame, uint32_t size)
{
	uint8_t *at = frame->bytes + frame->len;

	assert(size <= FRAME_MAX && frame->len + size <= FRAME_MAX);
	memset(at, 0, size);
	frame->len += (uint16_t)size;
	return at;
}

void frame_ether(struct frame *frame, const uint8_t dst[MAC_LEN], const uint8_t src[MAC_LEN],
	const struct packet_tag *tags, uint16_t type)
{
	uint8_t *at;

	frame->len = 0;
	frame->ip_offset = 0;
	at = frame_append(frame, 2 * MAC_LEN);
	memcpy(at, dst, MAC_LEN);
	memcpy(at + MAC_LEN, src, MAC_LEN);
	for (int i = 0; tags != NULL && i < PACKET_TAGS_MAX && tags[i].tpid != 0; i++) {
		at = frame_append(frame, TAG_LEN);
		wire_put16(at, tags[i].tpid);
		wire_put16(at + 2, tags[i].tci);
	}
	wire_put16(frame_append(frame, 2), type);
}

void frame_ipv4(struct frame *frame, const struct address *src, const struct address *dst,
	uint8_t protocol, uint8_t ttl, bool router_alert)
{
	uint32_t header_len = IPV4_LEN + (router_alert ? ROUTER_ALERT_LEN : 0);
	uint8_t *ip;

	frame->ip_offset = frame->len;
	ip = frame_append(frame, header_len);
	ip[0] = (uint8_t)(0x40 | header_len / 4);
	ip[1] = router_alert ? TOS_CONTROL : 0;
	ip[IPV4_FRAGMENT] = 0x40; // don't fragment
	ip[IPV4_TTL] = ttl;
	ip[IPV4_PROTOCOL] = protocol;
	memcpy(ip + IPV4_SRC, &src->quads[3], sizeof(uint32_t));
	memcpy(ip + IPV4_DST, &dst->quads[3], sizeof(uint32_t));
	if (router_alert)
		wire_put32(ip + IPV4_LEN, 0x94040000);
	frame->message_offset = frame->len;
	frame->protocol = protocol;
}

void frame_ipv6(struct frame *frame, const struct address *src, const struct address *dst,
	uint8_t protocol, uint8_t hop_limit, bool router_alert)
{
	uint8_t *ip;

	frame->ip_offset = frame->len;
	ip = frame_append(frame, IPV6_LEN);
	ip[0] = 0x60;
	ip[IPV6_NEXT_HEADER] = router_alert ? PROTOCOL_HOP_BY_HOP : protocol;
	ip[IPV6_HOP_LIMIT] = hop_limit;
	memcpy(ip + IPV6_SRC, src->bytes, sizeof(src->bytes));
	memcpy(ip + IPV6_DST, dst->bytes, sizeof(dst->bytes));
	if (router_alert) {
		uint8_t *options = frame_append(frame, IPV6_EXTENSION_UNIT);

		options[0] = protocol;
		wire_put32(options + 2, IPV6_OPTION_ROUTER_ALERT << 24 | 2 << 16); // value 0: MLD
		wire_put16(options + 6, 0x0100); // PadN without bytes
	}
	frame->message_offset = frame->len;
	frame->protocol = protocol;
}

static void put_message_checksum(struct frame *frame, uint64_t sum)
{
	uint8_t *message = frame->bytes + frame->message_offset;

	sum = checksum_add(sum, message, frame->len - frame->message_offset);
	checksum_put(message + ICMP_CHECKSUM, sum);
}

void frame_finish(struct frame *frame)
{
	uint8_t *ip = frame->bytes + frame->ip_offset;
	uint16_t ip_len = frame->len - frame->ip_offset;
	struct address src, dst;

	if (frame->ip_offset == 0)
		return;
	assert(ip_len <= FRAME_MTU);
	if (ip[0] >> 4 == 4) {
		wire_put16(ip + IPV4_TOTAL_LENGTH, ip_len);
		checksum_put(ip + IPV4_CHECKSUM,
			checksum_add(0, ip, frame->message_offset - frame->ip_offset));
		if (frame->protocol == PROTOCOL_ICMP || frame->protocol == PROTOCOL_IGMP)
			put_message_checksum(frame, 0);
		return;
	}
	wire_put16(ip + IPV6_PAYLOAD_LENGTH, ip_len - IPV6_LEN);
	if (frame->protocol != PROTOCOL_ICMP6)
		return;
	memcpy(&src, ip + IPV6_SRC, sizeof(src));
	memcpy(&dst, ip + IPV6_DST, sizeof(dst));
	put_message_checksum(frame,
		checksum_pseudo(&src, &dst, frame->len - frame->message_offset, PROTOCOL_ICMP6));
}
