#include "frames.h"

#include <rte_ring.h>

#include "base/mem.h"
#include "dataplane/inet.h"
#include "dataplane/membership.h"
#include "dataplane/neighbour.h"
#include "inet_frames.h"

enum { OLDER_ROUTER_GONE_MS = MEMBERSHIP_OLDER_MS + 20000 };

static struct bytes sent[200];
static uint32_t n_sent;

static void keep(struct inet_out *out, const uint8_t *frame, uint16_t len)
{
	sent[n_sent].len = 0;
	bytes_add(&sent[n_sent++], frame, len);
}

static struct inet_out out = {.send = keep};

static struct address address(const char *text)
{
	struct address parsed;

	assert_int_equal(address_parse(text, &parsed, NULL), 0);
	return parsed;
}

static struct inet *make(void)
{
	struct inet_conf conf = {&mem_libc, &out, 42, {2, 0, 0, 0, 0, 1}};
	struct address ours[] = {address("10.0.0.1"), address("2001:db8::5")};
	struct inet *inet = inet_new(&conf);

	n_sent = 0;
	assert_non_null(inet);
	for (size_t i = 0; i < RTE_DIM(ours); i++)
		assert_int_equal(inet_add_address(inet, &ours[i]), 0);
	return inet;
}

static void join(struct inet *inet)
{
	struct address groups[] = {
		address("239.1.1.1"), address("239.1.1.2"), address("ff15::7"), address("ff15::7")};

	for (size_t i = 0; i < RTE_DIM(groups); i++)
		assert_int_equal(inet_join(inet, &groups[i]), 0);
}

// frame is received; what became of it.
static enum inet_count receive(struct inet *inet, const uint8_t *frame, uint32_t len, uint64_t ms)
{
	static uint8_t bytes[PACKET_LEN_MAX];
	struct packet_scratch scratch = {bytes, sizeof(bytes)};
	struct rte_mbuf *mbuf = mbuf_make(frame, len, UINT16_MAX);
	uint64_t before[INET_N_COUNTS];
	int became = INET_N_RECEIVED;
	struct packet packet;

	assert_int_equal(packet_parse_burst(&mbuf, 1, &scratch, &packet), 1);
	memcpy(before, inet_counts(inet), sizeof(before));
	if (packet_is_control(packet.verdict)) {
		inet_receive(inet, &packet, ms);
		for (int i = 0; i < INET_N_RECEIVED; i++)
			if (inet_counts(inet)[i] != before[i]) {
				assert_int_equal(became, INET_N_RECEIVED); // only one counts
				became = i;
			}
		assert_int_not_equal(became, INET_N_RECEIVED);
	}
	mbuf_drop(mbuf);
	return (enum inet_count)became;
}

static enum inet_count receive_hex(struct inet *inet, const char *hex, uint64_t ms)
{
	static struct bytes b;

	b.len = 0;
	bytes_hex(&b, hex);
	return receive(inet, b.data, b.len, ms);
}

// The one frame that was sent since is this.
static void assert_sent(const char *hex)
{
	assert_int_equal(n_sent, 1);
	assert_bytes(sent[0].data, sent[0].len, hex);
	n_sent = 0;
}

static void answers_arp_with_the_tags_of_the_request(void **)
{
	struct inet *inet = make();

	assert_int_equal(receive_hex(inet, arp_request, 0), INET_ARP_REPLIES);
	assert_sent(arp_reply);
	assert_int_equal(receive_hex(inet, arp_for_another, 0), INET_IGNORED);
	assert_int_equal(receive_hex(inet, arp_conflict, 0), INET_CONFLICTS);
	assert_int_equal(n_sent, 0);
	inet_free(inet);
}

static void answers_a_host_that_has_our_ethernet_address(void **)
{
	struct inet *inet = make();

	assert_int_equal(receive_hex(inet, arp_request_our_mac, 0), INET_ARP_REPLIES);
	assert_sent(arp_reply_our_mac);
	assert_int_equal(receive_hex(inet, arp_come_back, 0), INET_IGNORED);
	assert_int_equal(n_sent, 0);
	inet_free(inet);
}

static void answers_ping(void **)
{
	struct inet *inet = make();

	assert_int_equal(receive_hex(inet, echo4_request, 0), INET_ECHO_REPLIES);
	assert_sent(echo4_reply);
	assert_int_equal(receive_hex(inet, echo6_request, 0), INET_ECHO_REPLIES);
	assert_sent(echo6_reply);
	assert_int_equal(receive_hex(inet, echo6_reply, 0), INET_IGNORED);
	inet_free(inet);
}

static void answers_neighbour_solicitations(void **)
{
	struct inet *inet = make();

	assert_int_equal(receive_hex(inet, solicitation, 0), INET_ND_REPLIES);
	assert_sent(advertisement);
	assert_int_equal(receive_hex(inet, solicitation_anonymous, 0), INET_ND_REPLIES);
	assert_sent(advertisement_to_all);
	assert_int_equal(receive_hex(inet, solicitation_from_afar, 0), INET_MALFORMED);
	assert_int_equal(receive_hex(inet, solicitation_bad_option, 0), INET_MALFORMED);
	assert_int_equal(receive_hex(inet, solicitation_anonymous_with_option, 0), INET_MALFORMED);
	assert_int_equal(n_sent, 0);
	inet_free(inet);
}

// Cut anywhere, or with any one bit turned: never a crash, never a word to anybody about a bad one.
static void survives_damage(void **)
{
	static const char *const frames[] = {arp_request, echo4_request, echo6_request,
		solicitation, query3, mld2_query, their_advertisement};
	static struct bytes b;

	for (size_t i = 0; i < RTE_DIM(frames); i++) {
		struct inet *inet = make();

		b.len = 0;
		bytes_hex(&b, frames[i]);
		for (uint32_t len = 0; len < b.len; len++)
			receive(inet, b.data, len, 0);
		assert_int_equal(n_sent, 0);
		for (uint32_t bit = 0; bit < b.len * 8; bit++) {
			b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			receive(inet, b.data, b.len, bit);
			b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			n_sent = 0;
		}
		inet_free(inet);
	}
}

static void bounds_the_rate_of_answers(void **)
{
	struct inet *inet = make();

	for (int i = 0; i < INET_REPLY_BURST; i++)
		assert_int_equal(receive_hex(inet, arp_request, 0), INET_ARP_REPLIES);
	assert_int_equal(receive_hex(inet, arp_request, 0), INET_RATE_LIMITED);
	assert_int_equal(receive_hex(inet, arp_request, 1), INET_ARP_REPLIES);
	assert_int_equal(receive_hex(inet, arp_request, 1), INET_RATE_LIMITED);
	inet_free(inet);
}

// Sent between from and to, the times of each.
static uint32_t run(struct inet *inet, uint64_t from, uint64_t to, uint64_t *times)
{
	uint32_t before = n_sent;

	for (uint64_t ms = from; ms <= to; ms++) {
		uint32_t n = n_sent;

		inet_poll(inet, ms);
		for (; n < n_sent; n++)
			times[n - before] = ms;
	}
	return n_sent - before;
}

static void joins_twice_and_leaves(void **)
{
	struct inet *inet = make();
	uint64_t times[200];
	uint32_t n_igmp = 0;

	join(inet);
	inet_start(inet, 1000);
	assert_int_equal(n_sent, 2);
	assert_bytes(sent[0].data, sent[0].len, igmp3_join);
	assert_bytes(sent[1].data, sent[1].len, mld2_join);
	n_sent = 0;
	run(inet, 1000, 60000, times);
	for (uint32_t i = 0; i < n_sent; i++) {
		assert_in_range(times[i], 1001, 2000);
		n_igmp += sent[i].data[0] == 1;
	}
	assert_in_range(n_igmp, 1, 2); // both groups again, together or apart
	assert_in_range(n_sent, 2, 5);
	n_sent = 0;
	inet_stop(inet, 70000);
	assert_int_equal(n_sent, 2);
	assert_bytes(sent[0].data, sent[0].len, igmp3_leave);
	assert_bytes(sent[1].data, sent[1].len, mld2_leave);
	inet_free(inet);
}

static void answers_queries_after_a_delay(void **)
{
	struct inet *inet = make();
	uint64_t times[200], sum = 0;

	join(inet);
	for (uint64_t round = 0; round < 20; round++) {
		uint64_t now = 20000 * round;

		assert_int_equal(receive_hex(inet, query3, now), INET_QUERIES);
		assert_int_equal(run(inet, now, now + 19999, times), 1);
		assert_in_range(times[0], now, now + 10000);
		sum += times[0] - now;
		assert_sent(igmp3_answer);
	}
	assert_in_range(sum, 20 * 2000, 20 * 8000); // spread over the ten seconds
	assert_int_equal(receive_hex(inet, query3_group, 500000), INET_QUERIES);
	assert_int_equal(run(inet, 500000, 510000, times), 1);
	assert_in_range(times[0], 500000, 501000);
	assert_sent(igmp3_answer_one);
	assert_int_equal(receive_hex(inet, mld2_query, 600000), INET_QUERIES);
	assert_int_equal(run(inet, 600000, 610000, times), 1);
	assert_in_range(times[0], 600000, 601000);
	assert_sent(mld2_answer);
	assert_int_equal(receive_hex(inet, query3_from_afar, 700000), INET_MALFORMED);
	assert_int_equal(receive_hex(inet, mld2_query_no_alert, 700000), INET_MALFORMED);
	assert_int_equal(receive_hex(inet, mld2_query_global, 700000), INET_MALFORMED);
	inet_free(inet);
}

static void speaks_the_older_version_to_an_older_router(void **)
{
	struct inet *inet = make();
	uint64_t times[200];

	join(inet);
	assert_int_equal(receive_hex(inet, query2, 0), INET_QUERIES);
	assert_int_equal(run(inet, 0, 20000, times), 2);
	assert_bytes(sent[0].data, sent[0].len, igmp2_report_1);
	assert_bytes(sent[1].data, sent[1].len, igmp2_report_2);
	n_sent = 0;
	assert_int_equal(receive_hex(inet, mld1_query, 20000), INET_QUERIES);
	assert_int_equal(run(inet, 20000, 30000, times), 3);
	assert_bytes(sent[2].data, sent[2].len, mld1_report);
	n_sent = 0;
	inet_stop(inet, 30000);
	assert_int_equal(n_sent, 2 + 3);
	assert_bytes(sent[0].data, sent[0].len, igmp2_leave_1);
	assert_bytes(sent[1].data, sent[1].len, igmp2_leave_2);
	n_sent = 0;
	receive_hex(inet, query3, OLDER_ROUTER_GONE_MS);
	run(inet, OLDER_ROUTER_GONE_MS, OLDER_ROUTER_GONE_MS + 10000, times);
	assert_sent(igmp3_answer);
	inet_free(inet);
}

static void finds_a_neighbour_and_keeps_it_fresh(void **)
{
	static const struct {
		const char *host, *question, *probe, *answer;
	} cases[] = {
		{"10.0.0.9", our_arp, our_arp_probe, their_arp_reply},
		{"2001:db8::9", our_solicitation, our_probe, their_advertisement},
	};
	uint64_t times[200];
	uint8_t mac[MAC_LEN];

	for (size_t i = 0; i < RTE_DIM(cases); i++) {
		struct inet *inet = make();
		struct address host = address(cases[i].host);
		struct neighbour *neighbour = inet_resolve(inet, &host);

		assert_non_null(neighbour);
		assert_ptr_equal(inet_resolve(inet, &host), neighbour);
		inet_poll(inet, 5000);
		assert_sent(cases[i].question);
		assert_int_equal(run(inet, 5001, 15000, times), 10); // every second, for ever
		n_sent = 0;
		assert_false(neighbour_mac(neighbour, mac));
		assert_int_equal(receive_hex(inet, cases[i].answer, 15001), INET_LEARNED);
		assert_true(neighbour_mac(neighbour, mac));
		assert_memory_equal(mac, "\x0a\x0b\x0c\x0d\x0e\x0f", MAC_LEN);
		assert_int_equal(run(inet, 15001, 45001, times), 1);
		assert_int_equal(times[0], 45001);
		assert_sent(cases[i].probe);
		assert_int_equal(receive_hex(inet, cases[i].answer, 45500), INET_LEARNED);
		assert_int_equal(run(inet, 45501, 75499, times), 0);
		assert_int_equal(run(inet, 75500, 77999, times), 3); // probes without answer
		n_sent = 0;
		assert_true(neighbour_mac(neighbour, mac));
		assert_int_equal(run(inet, 78000, 78500, times), 1);
		assert_false(neighbour_mac(neighbour, mac));
		assert_sent(cases[i].question);
		inet_free(inet);
	}
}

static void learns_nobody_that_was_not_asked_for(void **)
{
	struct inet *inet = make();

	assert_int_equal(receive_hex(inet, their_arp_reply, 0), INET_IGNORED);
	assert_int_equal(receive_hex(inet, their_advertisement, 0), INET_IGNORED);
	inet_free(inet);
}

static void names_the_groups_for_the_filter(void **)
{
	struct inet *inet = make();
	uint8_t macs[8][MAC_LEN];

	join(inet);
	assert_int_equal(inet_group_macs(inet, macs, 8), 7);
	assert_memory_equal(macs[0], "\x01\x00\x5e\x00\x00\x01", 6);
	assert_memory_equal(macs[1], "\x33\x33\x00\x00\x00\x01", 6);
	assert_memory_equal(macs[2], "\x01\x00\x5e\x01\x01\x01", 6);
	assert_memory_equal(macs[4], "\x33\x33\xff\x00\x00\x01", 6);
	assert_memory_equal(macs[6], "\x33\x33\x00\x00\x00\x07", 6);
	assert_int_equal(inet_group_macs(inet, macs, 0), 7);
	inet_free(inet);
}

static void refuses_addresses_of_the_wrong_kind(void **)
{
	struct inet *inet = make();
	struct address any = address("0.0.0.0"), group = address("239.1.1.1");
	struct address host = address("10.0.0.7");

	assert_int_equal(inet_add_address(inet, &any), -22);
	assert_int_equal(inet_add_address(inet, &group), -22);
	assert_int_equal(inet_join(inet, &host), -22);
	assert_null(inet_resolve(inet, &group));
	inet_free(inet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_arp_with_the_tags_of_the_request),
		cmocka_unit_test(answers_a_host_that_has_our_ethernet_address),
		cmocka_unit_test(answers_ping),
		cmocka_unit_test(answers_neighbour_solicitations),
		cmocka_unit_test(survives_damage),
		cmocka_unit_test(bounds_the_rate_of_answers),
		cmocka_unit_test(joins_twice_and_leaves),
		cmocka_unit_test(answers_queries_after_a_delay),
		cmocka_unit_test(speaks_the_older_version_to_an_older_router),
		cmocka_unit_test(finds_a_neighbour_and_keeps_it_fresh),
		cmocka_unit_test(learns_nobody_that_was_not_asked_for),
		cmocka_unit_test(names_the_groups_for_the_filter),
		cmocka_unit_test(refuses_addresses_of_the_wrong_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
