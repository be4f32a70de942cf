// The transmit queue and the sender of datagrams, with a driver and a mempool made by hand.
#include "frames.h"

#include <rte_ethdev.h>
#include <rte_mempool.h>

#include "base/mem.h"
#include "dataplane/neighbour.h"
#include "dataplane/sender.h"
#include "dataplane/transmit.h"

enum { MBUF_ROOM = 2048, SENT_MAX = 600 };

static struct rte_mbuf *sent[SENT_MAX];
static uint32_t n_sent;
static uint32_t nic_room; // frames that the NIC still takes
static int n_mbufs; // out of the pool
static int pool_room;

static uint16_t nic_take(void *queue, struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t n_taken = n < nic_room ? n : (uint16_t)nic_room;

	memcpy(sent + n_sent, mbufs, n_taken * sizeof(*mbufs));
	n_sent += n_taken;
	nic_room -= n_taken;
	return n_taken;
}

static int pool_get(struct rte_mempool *pool, void **objects, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct rte_mbuf *mbuf;

		if (n_mbufs == pool_room)
			return -ENOBUFS;
		mbuf = aligned_alloc(64, sizeof(*mbuf) + MBUF_ROOM);
		memset(mbuf, 0, sizeof(*mbuf));
		mbuf->buf_addr = mbuf + 1;
		mbuf->buf_len = MBUF_ROOM;
		mbuf->pool = pool;
		mbuf->nb_segs = 1;
		rte_mbuf_refcnt_set(mbuf, 1);
		objects[i] = mbuf;
		n_mbufs++;
	}
	return 0;
}

static int pool_put(struct rte_mempool *pool, void *const *objects, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		free(objects[i]);
	n_mbufs -= (int)n;
	return 0;
}

static unsigned int pool_count(const struct rte_mempool *pool)
{
	return 0;
}

static int pool_alloc(struct rte_mempool *pool)
{
	return 0;
}

static const struct rte_mempool_ops pool_ops = {.name = "heap",
	.alloc = pool_alloc,
	.enqueue = pool_put,
	.dequeue = pool_get,
	.get_count = pool_count};

static struct rte_mempool pool;
static struct transmit transmit;
static struct neighbours neighbours;
static struct neighbour *peer;
static const uint8_t peer_mac[MAC_LEN] = {10, 11, 12, 13, 14, 15};

static int set_up(void **)
{
	static void *queues[1], *callbacks[1];
	static bool registered;

	if (!registered)
		pool.ops_index = rte_mempool_register_ops(&pool_ops);
	registered = true;
	rte_eth_fp_ops[0].tx_pkt_burst = nic_take;
	rte_eth_fp_ops[0].txq.data = queues;
	rte_eth_fp_ops[0].txq.clbk = callbacks;
	transmit_init(&transmit, &pool, 0, 0);
	memset(&neighbours, 0, sizeof(neighbours));
	n_sent = 0;
	nic_room = SENT_MAX;
	pool_room = INT32_MAX;
	return 0;
}

// Every mbuf is back or with the NIC.
static int tear_down(void **)
{
	transmit_close(&transmit);
	rte_pktmbuf_free_bulk(sent, n_sent);
	return n_mbufs;
}

static struct sender *make(const char *local, const char *remote, bool offload)
{
	struct sender_conf conf = {.mem = &mem_libc,
		.transmit = &transmit,
		.mac = {2, 0, 0, 0, 0, 1},
		.mtu = 1500,
		.udp_checksum_offload = offload};

	assert_int_equal(address_port_parse(local, &conf.local, NULL), 0);
	assert_int_equal(address_port_parse(remote, &conf.remote, NULL), 0);
	peer = neighbour_add(&neighbours, &conf.remote.address);
	conf.next_hop = peer;
	return sender_new(&conf);
}

static int send_text(struct sender *sender, const char *text)
{
	return sender_send(sender, (const uint8_t *)text, (uint32_t)strlen(text));
}

// What was sent as frame i, parsed by our own parser with all checksums verified.
static const struct packet *sent_packet(uint32_t i)
{
	static uint8_t bytes[PACKET_LEN_MAX];
	struct packet_scratch scratch = {bytes, sizeof(bytes)};
	static struct packet packet;

	assert_true(i < n_sent);
	assert_int_equal(packet_parse_burst(&sent[i], 1, &scratch, &packet), 1);
	return &packet;
}

static void sends_what_its_parser_accepts(void **)
{
	static const char *const pairs[][2] = {
		{"10.0.0.1:4000", "10.0.0.9:5000"}, {"[2001:db8::5]:4000", "[2001:db8::9]:5000"}};

	for (uint32_t i = 0; i < 2; i++) {
		struct sender *sender = make(pairs[i][0], pairs[i][1], false);
		const struct packet *packet;
		char text[ADDRESS_TEXT_MAX];
		struct address_port dst;

		neighbour_learn(&neighbours, &peer->address, peer_mac, true, 0);
		assert_int_equal(send_text(sender, "hello"), 0);
		assert_int_equal(transmit_flush(&transmit), 0);
		packet = sent_packet(i);
		assert_int_equal(packet->verdict, PACKET_UDP);
		assert_int_equal(packet->payload_len, 5);
		assert_memory_equal(packet->payload, "hello", 5);
		assert_memory_equal(packet->frame, peer_mac, MAC_LEN);
		dst = (struct address_port){packet->dst, packet->dst_port};
		assert_string_equal(address_port_format(&dst, text), pairs[i][1]);
		assert_int_equal(packet->src_port, 4000);
		sender_free(sender);
	}
}

static void builds_the_frame_of_the_rfcs(void **)
{
	struct sender *sender = make("10.0.0.1:4000", "239.1.1.1:5000", false);

	assert_int_equal(send_text(sender, "hello"), 0);
	transmit_flush(&transmit);
	assert_bytes(rte_pktmbuf_mtod(sent[0], uint8_t *), sent[0]->pkt_len,
		"01005e010101 020000000001 0800 4500 0021 0000 4000 01 11 7fc9 0a000001 ef010101"
		"0fa0 1388 000d 9ed6 68656c6c6f");
	sender_free(sender);
}

static void leaves_the_checksum_to_a_nic_that_can(void **)
{
	struct sender *sender = make("[2001:db8::5]:4000", "[ff15::9]:5000", true);
	struct address src, dst;
	const uint8_t *frame;
	uint16_t expected;

	assert_int_equal(send_text(sender, "hello"), 0);
	transmit_flush(&transmit);
	assert_int_equal(sent[0]->ol_flags, RTE_MBUF_F_TX_UDP_CKSUM | RTE_MBUF_F_TX_IPV6);
	assert_int_equal(sent[0]->l2_len, 14);
	assert_int_equal(sent[0]->l3_len, 40);
	frame = rte_pktmbuf_mtod(sent[0], const uint8_t *);
	memcpy(&src, frame + 22, 16);
	memcpy(&dst, frame + 38, 16);
	expected = checksum_fold(checksum_pseudo(&src, &dst, 13, 17));
	assert_memory_equal(frame + 54 + 6, &expected, 2);
	sender_free(sender);
}

static void waits_for_the_neighbour_and_keeps_the_order(void **)
{
	struct sender *sender = make("10.0.0.1:4000", "10.0.0.9:5000", false);

	for (int i = 0; i < SENDER_WAITING_MAX; i++)
		assert_int_equal(send_text(sender, i % 2 == 0 ? "even" : "odd"), 0);
	assert_int_equal(sender_flush(sender), SENDER_WAITING_MAX);
	assert_int_equal(sender_counts(sender)->n_unresolved, 0);
	assert_int_equal(send_text(sender, "one too many"), 0);
	assert_int_equal(sender_counts(sender)->n_unresolved, 1);
	assert_int_equal(n_sent, 0);
	neighbour_learn(&neighbours, &peer->address, peer_mac, true, 0);
	assert_int_equal(send_text(sender, "last"), 0);
	transmit_flush(&transmit);
	assert_int_equal(n_sent, SENDER_WAITING_MAX + 1);
	assert_int_equal(sent_packet(0)->payload_len, 4);
	assert_int_equal(sent_packet(1)->payload_len, 3);
	assert_memory_equal(sent_packet(0)->frame, peer_mac, MAC_LEN);
	assert_memory_equal(sent_packet(SENDER_WAITING_MAX)->payload, "last", 4);
	assert_int_equal(sender_counts(sender)->n_sent, n_sent);
	sender_free(sender);
}

static void frees_what_still_waits(void **)
{
	struct sender *sender = make("10.0.0.1:4000", "10.0.0.9:5000", false);

	for (int i = 0; i < 5; i++)
		send_text(sender, "hello");
	sender_free(sender);
	assert_int_equal(n_mbufs, 0);
}

static void says_again_when_the_nic_or_the_pool_is_behind(void **)
{
	struct sender *sender = make("10.0.0.1:4000", "239.1.1.1:5000", false);

	nic_room = 0;
	for (int i = 0; i < TRANSMIT_FRAMES_MAX; i++)
		assert_int_equal(send_text(sender, "hello"), 0);
	assert_int_equal(send_text(sender, "hello"), -EAGAIN);
	nic_room = 3;
	assert_int_equal(transmit_flush(&transmit), TRANSMIT_FRAMES_MAX - 3);
	assert_int_equal(send_text(sender, "hello"), 0);
	pool_room = n_mbufs;
	assert_int_equal(send_text(sender, "hello"), -EAGAIN);
	assert_int_equal(sender_counts(sender)->n_sent, TRANSMIT_FRAMES_MAX + 1);
	sender_free(sender);
}

static void drops_what_is_longer_than_the_mtu(void **)
{
	struct sender *sender = make("10.0.0.1:4000", "255.255.255.255:5000", false);
	static uint8_t payload[1500];

	assert_int_equal(sender_payload_max(sender), 1472);
	assert_int_equal(sender_send(sender, payload, 1472), 0);
	assert_int_equal(sender_send(sender, payload, 1473), 0);
	assert_int_equal(sender_counts(sender)->n_sent, 1);
	assert_int_equal(sender_counts(sender)->n_too_long, 1);
	transmit_flush(&transmit);
	assert_int_equal(sent_packet(0)->payload_len, 1472);
	assert_memory_equal(sent_packet(0)->frame, "\xff\xff\xff\xff\xff\xff", MAC_LEN);
	sender_free(sender);
}

static void refuses_what_cannot_work(void **)
{
	struct sender_conf conf = {.mem = &mem_libc, .transmit = &transmit, .mtu = 1500};

	assert_null(make("10.0.0.1:1", "[2001:db8::1]:1", false));
	assert_int_equal(errno, EINVAL);
	address_port_parse("10.0.0.1:1", &conf.local, NULL);
	address_port_parse("10.0.0.2:1", &conf.remote, NULL);
	assert_null(sender_new(&conf)); // no next hop
}

static void drops_control_frames_that_cannot_go(void **)
{
	const uint8_t frame[64] = {1};

	nic_room = 0;
	for (int i = 0; i < TRANSMIT_FRAMES_MAX + 2; i++)
		transmit.out.send(&transmit.out, frame, sizeof(frame));
	assert_int_equal(transmit.n_dropped, 2);
	nic_room = 1;
	transmit_flush(&transmit);
	assert_bytes(rte_pktmbuf_mtod(sent[0], uint8_t *), 1, "01");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sends_what_its_parser_accepts),
		TEST(builds_the_frame_of_the_rfcs),
		TEST(leaves_the_checksum_to_a_nic_that_can),
		TEST(waits_for_the_neighbour_and_keeps_the_order),
		TEST(frees_what_still_waits),
		TEST(says_again_when_the_nic_or_the_pool_is_behind),
		TEST(drops_what_is_longer_than_the_mtu),
		TEST(refuses_what_cannot_work),
		TEST(drops_control_frames_that_cannot_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
