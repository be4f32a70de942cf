// MLDv2 (RFC 3810 §5), and version 1 (RFC 2710) for a router that speaks no more than that (§8.2).
//
//	query   0 type 130  1 code 0  2 checksum  4 max response code  6 zero  8 group; version 2
// goes on 	report  0 type 143  1 zero  2 checksum  4 zero  6 number of records  8 records:
// 0 record type  1 zero  2 number of senders 0  4 group
#include "dataplane/inet_state.h"
#include "dataplane/protocol.h"
#include "dataplane/wire.h"

enum {
	MLD1_LEN = 24,
	MLD2_QUERY_LEN = 28,
	RECORD_LEN = 20,
};

// In milliseconds; from 32768 on, version 2 has it as a floating-point number (§5.1.3).
static uint32_t max_delay_ms(uint16_t code, bool older)
{
	if (older || code < 32768)
		return code;
	return ((code & 0xfffu) | 0x1000) << (((code >> 12) & 7) + 3);
}

// The router alert option, which is to be in the first header of every query (§6.2). The parser has
// been through the options, so their lengths are right.
static bool has_router_alert(const struct packet *packet)
{
	const uint8_t *ip = packet->frame + packet->ip_offset;
	const uint8_t *options = ip + IPV6_LEN;
	uint32_t len, at = 2;

	if (ip[IPV6_NEXT_HEADER] != PROTOCOL_HOP_BY_HOP)
		return false;
	len = (options[1] + 1u) * IPV6_EXTENSION_UNIT;
	while (at < len && options[at] != IPV6_OPTION_ROUTER_ALERT)
		at += options[at] == IPV6_OPTION_PAD1 ? 1u : 2u + options[at + 1];
	return at < len;
}

enum inet_count mld_receive(struct inet *inet, const struct packet *packet, uint64_t now_ms)
{
	const uint8_t *mld = packet->payload;
	struct membership_query query;

	if (packet->payload_len < MLD1_LEN || mld[1] != 0 ||
		(packet->payload_len > MLD1_LEN && packet->payload_len < MLD2_QUERY_LEN) ||
		packet->frame[packet->ip_offset + IPV6_HOP_LIMIT] != 1 ||
		!address_is_link_local6(&packet->src) || !has_router_alert(packet))
		return INET_MALFORMED;
	memcpy(&query.group, mld + 8, sizeof(query.group));
	query.older = packet->payload_len == MLD1_LEN;
	query.max_delay_ms = max_delay_ms(wire_get16(mld + 4), query.older);
	membership_hear(&inet->mld, &query, inet_random(inet), now_ms);
	return INET_QUERIES;
}

static uint8_t *start_report(struct inet *inet, const struct address *dst, uint32_t len)
{
	uint8_t mac[MAC_LEN];

	address_group_mac(dst, mac);
	frame_ether(&inet->frame, mac, inet->mac, NULL, ETHERTYPE_IPV6);
	frame_ipv6(&inet->frame, &inet->ipv6.all[0], dst, PROTOCOL_ICMP6, 1, true);
	inet->counts[INET_REPORTS]++;
	return frame_append(&inet->frame, len);
}

// Reports go to the group itself, the word that we are done to all routers (RFC 2710 §8).
static void report_older(struct inet *inet, const struct membership_record *record)
{
	const struct address all_routers = {.bytes = {0xff, 0x02, [15] = 2}};
	bool leave = record->type == MEMBERSHIP_TO_INCLUDE;
	uint8_t *mld = start_report(inet, leave ? &all_routers : &record->group, MLD1_LEN);

	mld[0] = leave ? ICMP6_MLD_DONE : ICMP6_MLD_REPORT;
	memcpy(mld + 8, record->group.bytes, sizeof(record->group.bytes));
	inet_send(inet);
}

void mld_report(
	struct inet *inet, const struct membership_record *records, uint32_t n, uint64_t now_ms)
{
	const struct address routers2 = {.bytes = {0xff, 0x02, [15] = 0x16}};
	uint8_t *mld;

	if (now_ms < inet->mld.older_until_ms) {
		for (uint32_t i = 0; i < n; i++)
			report_older(inet, &records[i]);
		return;
	}
	mld = start_report(inet, &routers2, 8 + n * RECORD_LEN);
	mld[0] = ICMP6_MLD2_REPORT;
	wire_put16(mld + 6, (uint16_t)n);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *record = mld + 8 + i * RECORD_LEN;

		record[0] = records[i].type;
		memcpy(record + 4, records[i].group.bytes, sizeof(records[i].group.bytes));
	}
	inet_send(inet);
}
