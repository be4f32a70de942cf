// IGMPv3 (RFC 3376 §4), and version 2 (RFC 2236) for a router that speaks no more than that (§7.2).
// A query of version 1 is taken for one of version 2 with its delay of 10 s.
//
//	query   0 type 0x11  1 max response code  2 checksum  4 group; version 3 goes on
//	report  0 type 0x22  1 zero  2 checksum  4 zero  6 number of records  8 records:
//	        0 record type  1 zero  2 number of senders 0  4 group
#include "dataplane/checksum.h"
#include "dataplane/inet_state.h"
#include "dataplane/protocol.h"
#include "dataplane/wire.h"

enum {
	IGMP_QUERY = 0x11,
	IGMP2_REPORT = 0x16,
	IGMP2_LEAVE = 0x17,
	IGMP3_REPORT = 0x22,
	IGMP2_LEN = 8,
	IGMP3_QUERY_LEN = 12,
	RECORD_LEN = 8,
	IGMP1_DELAY_MS = 10000,
};

// In tenths of a second; from 128 on, version 3 has it as a floating-point number (§4.1.1).
static uint32_t max_delay_ms(uint8_t code, bool older)
{
	uint32_t tenths = code;

	if (older && code == 0)
		return IGMP1_DELAY_MS;
	if (!older && code >= 128)
		tenths = ((code & 0xfu) | 0x10) << (((code >> 4) & 7) + 3);
	return tenths * 100;
}

enum inet_count igmp_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms)
{
	const uint8_t *igmp = packet->payload;
	struct membership_query query;
	uint32_t group;

	if (packet->payload_len < IGMP2_LEN ||
		checksum_fold(checksum_add(0, igmp, packet->payload_len)) != 0xffff)
		return INET_MALFORMED;
	if (igmp[0] != IGMP_QUERY)
		return INET_IGNORED; // other members' reports
	if (packet->frame[packet->ip_offset + IPV4_TTL] != 1 ||
		!address_is_multicast(&packet->dst) ||
		(packet->payload_len > IGMP2_LEN && packet->payload_len < IGMP3_QUERY_LEN))
		return INET_MALFORMED;
	memcpy(&group, igmp + 4, sizeof(group));
	query.group = address_ipv4(group);
	query.older = packet->payload_len == IGMP2_LEN;
	query.max_delay_ms = max_delay_ms(igmp[1], query.older);
	membership_hear(&inet->igmp, &query, inet_random(inet), now_ms);
	return INET_QUERIES;
}

static uint8_t *start_report(struct inet *inet, const struct address *dst, uint32_t len)
{
	struct address source = inet_ipv4_source(inet);
	uint8_t mac[MAC_LEN];

	address_group_mac(dst, mac);
	frame_ether(&inet->frame, mac, inet->mac, NULL, ETHERTYPE_IPV4);
	frame_ipv4(&inet->frame, &source, dst, PROTOCOL_IGMP, 1, true);
	inet->counts[INET_REPORTS]++;
	return frame_append(&inet->frame, len);
}

// Reports go to the group itself, leaves to all routers (RFC 2236 §9).
static void report_older(struct inet *inet, const struct membership_record *record)
{
	const struct address all_routers = address_ipv4(RTE_BE32(0xe0000002));
	bool leave = record->type == MEMBERSHIP_TO_INCLUDE;
	uint8_t *igmp = start_report(inet, leave ? &all_routers : &record->group, IGMP2_LEN);

	igmp[0] = leave ? IGMP2_LEAVE : IGMP2_REPORT;
	memcpy(igmp + 4, &record->group.quads[3], 4);
	inet_send(inet);
}

void igmp_report(
	struct inet *inet, const struct membership_record *records, uint32_t n, uint64_t now_ms)
{
	const struct address routers3 = address_ipv4(RTE_BE32(0xe0000016)); // 224.0.0.22
	uint8_t *igmp;

	if (now_ms < inet->igmp.older_until_ms) {
		for (uint32_t i = 0; i < n; i++)
			report_older(inet, &records[i]);
		return;
	}
	igmp = start_report(inet, &routers3, 8 + n * RECORD_LEN);
	igmp[0] = IGMP3_REPORT;
	wire_put16(igmp + 6, (uint16_t)n);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *record = igmp + 8 + i * RECORD_LEN;

		record[0] = records[i].type;
		memcpy(record + 4, &records[i].group.quads[3], 4);
	}
	inet_send(inet);
}
