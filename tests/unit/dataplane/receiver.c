#include "frames.h"

#include <rte_ring.h>

#include "base/mem.h"
#include "dataplane/inet.h"
#include "dataplane/receiver.h"

enum { KEPT_MAX = 4000 };

// A listener that takes at most room messages and writes them down, each with a '|'.
struct sink {
	struct listener listener; // first member
	uint32_t room;
	uint32_t n_calls;
	uint32_t n_messages;
	uint64_t tsc;
	char kept[KEPT_MAX];
};

static uint16_t take(struct listener *listener, const struct message *messages, uint16_t n,
	const struct now *received)
{
	struct sink *sink = (struct sink *)listener;
	uint16_t n_taken = n < sink->room ? n : (uint16_t)sink->room;

	assert_true(n > 0);
	for (uint16_t i = 0; i < n_taken; i++) {
		strncat(sink->kept, (const char *)messages[i].data, messages[i].len);
		strcat(sink->kept, "|");
	}
	sink->room -= n_taken;
	sink->n_messages += n_taken;
	sink->n_calls++;
	sink->tsc = received->tsc;
	return n_taken;
}

static struct sink sinks[2];
static struct demux demux;
static struct rte_mbuf *mbufs[RECEIVER_BURST];
static uint16_t n_mbufs;
static const struct now now = {.tsc = 77000};

// Listener 0 takes lines of port 5000, listener 1 datagrams of port 5001.
static struct receiver *make(struct inet *inet, bool owns_inet)
{
	struct listener *listeners[] = {&sinks[0].listener, &sinks[1].listener};
	struct receiver_conf conf = {.mem = &mem_libc,
		.demux = &demux,
		.listeners = listeners,
		.n_listeners = 2,
		.inet = inet,
		.owns_inet = owns_inet,
		.tsc_hz = 1000000};
	struct address_port any = {.address = address_ipv4(0), .port = 5000};

	demux_init(&demux);
	assert_int_equal(demux_add(&demux, &any, DEMUX_ALL_PORTS, 0), 0);
	any.port = 5001;
	assert_int_equal(demux_add(&demux, &any, DEMUX_ALL_PORTS, 1), 0);
	memset(sinks, 0, sizeof(sinks));
	for (int i = 0; i < 2; i++) {
		sinks[i].listener.deliver = take;
		sinks[i].room = UINT32_MAX;
	}
	assert_int_equal(framing_lines(&sinks[0].listener.framing, NULL, 0, NULL), 0);
	sinks[1].listener.framing.kind = FRAMING_DATAGRAM;
	n_mbufs = 0;
	return receiver_new(&conf);
}

static void add_frame(const struct bytes *b, uint32_t segment)
{
	mbufs[n_mbufs++] = mbuf_make(b->data, b->len, segment);
}

static void add_text(uint16_t port, const char *text, uint32_t segment)
{
	static struct bytes b;

	make_udp4(&b, port, text, (uint32_t)strlen(text));
	add_frame(&b, segment);
}

// Whether the receiver has freed all of them, and then we do.
static bool all_freed(void)
{
	bool freed = true;

	for (uint16_t i = 0; i < n_mbufs; i++)
		freed = freed && rte_mbuf_refcnt_read(mbufs[i]) == 1;
	if (!freed)
		return false;
	for (uint16_t i = 0; i < n_mbufs; i++)
		mbuf_drop(mbufs[i]);
	n_mbufs = 0;
	return true;
}

static void assert_account(const struct receiver *r)
{
	const struct receiver_counts *counts = receiver_counts(r);
	uint64_t sum = 0;

	for (int i = 0; i < PACKET_N_VERDICTS; i++)
		sum += counts->n_verdicts[i];
	assert_int_equal(sum, counts->n_packets);
}

static char all_kept[KEPT_MAX];

static void keep(
	struct listener *listener, const uint8_t *payload, uint16_t len, const struct now *received)
{
	assert_int_equal(received->tsc, now.tsc);
	assert_int_equal(((struct sink *)listener)->n_calls, 0); // before it is delivered
	strncat(all_kept, (const char *)payload, len);
	strcat(all_kept, "|");
}

static void a_listener_may_keep_each_datagram_once_before_it_is_delivered(void **)
{
	struct receiver *r = make(NULL, false);

	all_kept[0] = '\0';
	sinks[0].listener.keep = keep;
	sinks[0].room = 0;
	add_text(5000, "a\nb\n", UINT16_MAX);
	add_text(5001, "x", UINT16_MAX);
	add_text(5000, "c", UINT16_MAX);
	receiver_burst(r, mbufs, n_mbufs, &now);
	sinks[0].n_calls = 0;
	assert_false(receiver_drain(r)); // offered again, kept once
	sinks[0].room = UINT32_MAX;
	assert_true(receiver_drain(r));
	assert_string_equal(all_kept, "a\nb\n|c|");
	assert_string_equal(sinks[0].kept, "a|b|c|");
	assert_true(all_freed());
	receiver_free(r);
}

static void gives_each_listener_its_messages_of_a_burst_at_once(void **)
{
	struct receiver *r = make(NULL, false);

	add_text(5000, "a\nb\n", UINT16_MAX);
	add_text(5001, "x\ny", UINT16_MAX);
	add_text(9, "nobody", UINT16_MAX);
	add_text(5000, "c", 11); // in segments
	add_text(5001, "", UINT16_MAX);
	add_text(5000, "\n\n", UINT16_MAX); // empty lines only
	receiver_burst(r, mbufs, n_mbufs, &now);
	assert_string_equal(sinks[0].kept, "a|b|c|");
	assert_string_equal(sinks[1].kept, "x\ny||");
	assert_int_equal(sinks[0].n_calls, 1);
	assert_int_equal(sinks[1].n_calls, 1);
	assert_int_equal(sinks[0].tsc, now.tsc);
	assert_int_equal(receiver_counts(r)->n_packets, 6);
	assert_int_equal(receiver_counts(r)->n_verdicts[PACKET_UDP], 5);
	assert_int_equal(receiver_counts(r)->n_verdicts[PACKET_NO_LISTENER], 1);
	assert_int_equal(receiver_counts(r)->n_messages[0], 3);
	assert_int_equal(receiver_counts(r)->n_messages[1], 2);
	assert_account(r);
	assert_true(receiver_drain(r));
	assert_true(all_freed());
	receiver_free(r);
}

// However little the listener takes at a time: nothing is lost, doubled or out of order, and the
// frames stay until then. The other listener does not wait.
static void keeps_what_a_listener_that_is_behind_did_not_take(void **)
{
	for (uint32_t room = 0; room < 8; room++) {
		struct receiver *r = make(NULL, false);
		uint32_t n_offers = 0;

		sinks[0].room = room;
		add_text(5000, "a\n\nb\r\n", UINT16_MAX);
		add_text(5001, "x", UINT16_MAX);
		add_text(5000, "c\nd\ne", 50);
		add_text(5000, "\nf\n", UINT16_MAX);
		receiver_burst(r, mbufs, n_mbufs, &now);
		assert_string_equal(sinks[1].kept, "x|");
		while (!receiver_drain(r)) {
			assert_false(all_freed());
			sinks[0].room = room == 0 ? 1 : room;
			n_offers++;
		}
		assert_string_equal(sinks[0].kept, "a|b|c|d|e|f|");
		assert_int_equal(n_offers == 0, room >= 6);
		assert_int_equal(receiver_counts(r)->n_messages[0], 6);
		assert_account(r);
		assert_true(all_freed());
		receiver_free(r);
	}
}

static void offers_empty_datagrams_again(void **)
{
	struct receiver *r = make(NULL, false);

	sinks[1].room = 1;
	for (int i = 0; i < 3; i++)
		add_text(5001, "", UINT16_MAX);
	receiver_burst(r, mbufs, n_mbufs, &now);
	assert_false(receiver_drain(r));
	sinks[1].room = 1;
	assert_false(receiver_drain(r));
	sinks[1].room = 1;
	assert_true(receiver_drain(r));
	assert_string_equal(sinks[1].kept, "|||");
	assert_true(all_freed());
	receiver_free(r);
}

static void delivers_more_messages_than_fit_one_offer(void **)
{
	struct receiver *r = make(NULL, false);
	char text[1401];

	for (int i = 0; i < 1400; i++)
		text[i] = i % 2 == 0 ? (char)('a' + i / 2 % 26) : '\n';
	text[1400] = '\0';
	add_text(5000, text, UINT16_MAX);
	add_text(5000, text, 100);
	receiver_burst(r, mbufs, n_mbufs, &now);
	assert_int_equal(sinks[0].n_messages, 1400);
	assert_int_equal(
		sinks[0].n_calls, (1400 + RECEIVER_MESSAGES_MAX - 1) / RECEIVER_MESSAGES_MAX);
	for (int i = 0; i < 1400; i++)
		assert_int_equal(sinks[0].kept[2 * i], 'a' + i % 700 % 26);
	assert_true(all_freed());
	receiver_free(r);
}

static void takes_chains_that_scratch_cannot_hold_at_once(void **)
{
	struct receiver *r = make(NULL, false);
	static char text[40001];

	memset(text, '\n', sizeof(text) - 1);
	for (char letter = 'a'; letter < 'f'; letter++) {
		text[30000] = letter;
		add_text(5000, text, 2048);
	}
	sinks[0].room = 2;
	receiver_burst(r, mbufs, n_mbufs, &now);
	assert_false(receiver_drain(r));
	sinks[0].room = 10;
	assert_true(receiver_drain(r));
	assert_string_equal(sinks[0].kept, "a|b|c|d|e|");
	assert_account(r);
	assert_true(all_freed());
	receiver_free(r);
}

static void takes_frames_that_are_in_no_mbuf(void **)
{
	struct receiver *r = make(NULL, false);
	static uint8_t jumbo[UINT16_MAX + 1];
	static struct bytes b;
	struct receiver_frame frames[3] = {{b.data, 0}, {b.data, 20}, {jumbo, sizeof(jumbo)}};

	make_udp4(&b, 5000, "a\nb", 3);
	frames[0].len = b.len;
	sinks[0].room = 1;
	receiver_frames(r, frames, 3, &now);
	assert_false(receiver_drain(r));
	sinks[0].room = 1;
	assert_true(receiver_drain(r));
	assert_string_equal(sinks[0].kept, "a|b|");
	assert_int_equal(receiver_counts(r)->n_verdicts[PACKET_TRUNCATED], 1);
	assert_int_equal(receiver_counts(r)->n_verdicts[PACKET_JUMBOGRAM], 1);
	assert_account(r);
	receiver_free(r);
}

static uint32_t n_replies;

static void count_reply(struct inet_out *out, const uint8_t *frame, uint16_t len)
{
	n_replies++;
}

static void add_arp(void)
{
	static struct bytes b;

	b.len = 0;
	bytes_hex(&b, "ffffffffffff 0a0b0c0d0e0f 0806 0001 0800 0604 0001"
		      "0a0b0c0d0e0f 0a000009 000000000000 0a000001");
	add_frame(&b, UINT16_MAX);
}

static struct inet *make_inet(void)
{
	static struct inet_out out = {.send = count_reply};
	struct inet_conf conf = {&mem_libc, &out, 1, {2, 0, 0, 0, 0, 1}};
	struct address ours = address_ipv4(RTE_BE32(0x0a000001));
	struct inet *inet = inet_new(&conf);

	n_replies = 0;
	assert_int_equal(inet_add_address(inet, &ours), 0);
	return inet;
}

static void hands_control_packets_to_inet(void **)
{
	struct inet *inet = make_inet();
	struct receiver *r = make(inet, true);

	add_arp();
	receiver_burst(r, mbufs, n_mbufs, &now);
	assert_int_equal(n_replies, 1);
	assert_int_equal(receiver_counts(r)->n_verdicts[PACKET_ARP], 1);
	assert_true(all_freed());
	receiver_free(r);
	r = make(NULL, false);
	add_arp();
	receiver_burst(r, mbufs, n_mbufs, &now);
	assert_int_equal(receiver_counts(r)->n_verdicts[PACKET_NO_INET], 1);
	assert_true(all_freed());
	receiver_free(r);
	inet_free(inet);
}

static void other_queues_use_the_inbox_and_drop_when_it_is_full(void **)
{
	struct inet *inet = make_inet();
	struct receiver *r = make(inet, false);
	const struct receiver_counts *counts = receiver_counts(r);
	struct rte_mbuf *handed;
	uint32_t n_handed = 0;

	for (int burst = 0; burst < 3; burst++) {
		for (n_mbufs = 0; n_mbufs < RECEIVER_BURST;)
			add_arp();
		receiver_burst(r, mbufs, n_mbufs, &now);
		for (uint16_t i = 0; i < n_mbufs; i++)
			if (rte_mbuf_refcnt_read(mbufs[i]) == 1)
				mbuf_drop(mbufs[i]);
	}
	while (rte_ring_sc_dequeue(inet_inbox(inet), (void **)&handed) == 0) {
		assert_int_equal(rte_mbuf_refcnt_read(handed), 2); // not freed by who handed it
		mbuf_drop(handed);
		n_handed++;
	}
	assert_int_equal(n_replies, 0);
	assert_int_equal(n_handed, INET_INBOX - 1); // a ring holds one less
	assert_int_equal(counts->n_verdicts[PACKET_ARP], n_handed);
	assert_int_equal(counts->n_verdicts[PACKET_INBOX_FULL], 3 * RECEIVER_BURST - n_handed);
	assert_account(r);
	receiver_free(r);
	inet_free(inet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_each_listener_its_messages_of_a_burst_at_once),
		cmocka_unit_test(a_listener_may_keep_each_datagram_once_before_it_is_delivered),
		cmocka_unit_test(keeps_what_a_listener_that_is_behind_did_not_take),
		cmocka_unit_test(offers_empty_datagrams_again),
		cmocka_unit_test(delivers_more_messages_than_fit_one_offer),
		cmocka_unit_test(takes_chains_that_scratch_cannot_hold_at_once),
		cmocka_unit_test(takes_frames_that_are_in_no_mbuf),
		cmocka_unit_test(hands_control_packets_to_inet),
		cmocka_unit_test(other_queues_use_the_inbox_and_drop_when_it_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
