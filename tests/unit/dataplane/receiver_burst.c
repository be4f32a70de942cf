// Whole bursts through the receiver: they must give what their frames give one by one, and all
// mbufs go back where they are from.
#include "frames.h"

#include "base/mem.h"
#include "dataplane/receiver.h"

enum { N_BURSTS = 3000, N_SINKS = 3, KEPT_MAX = 1 << 16, MBUFS_MAX = 8 * RECEIVER_BURST };

// A listener that takes as much as it likes, and writes it down.
struct sink {
	struct listener listener; // first member
	bool is_picky; // takes some of an offer, or none
	uint32_t len;
	char kept[KEPT_MAX];
	uint32_t journal_len; // of what keep() was given
	char journal[KEPT_MAX];
};

static struct sink sinks[2][N_SINKS]; // by burst, and one by one
static const struct now now = {.tsc = 77000};

static void put(char *kept, uint32_t *len, const uint8_t *data, uint32_t data_len)
{
	assert_true(*len + data_len + 1 < KEPT_MAX);
	memcpy(kept + *len, data, data_len);
	*len += data_len;
	kept[(*len)++] = '|';
}

static uint16_t take(struct listener *listener, const struct message *messages, uint16_t n,
	const struct now *received)
{
	struct sink *sink = (struct sink *)listener;
	uint16_t n_taken = sink->is_picky ? (uint16_t)below(n + 1) : n;

	for (uint16_t i = 0; i < n_taken; i++)
		put(sink->kept, &sink->len, messages[i].data, messages[i].len);
	return n_taken;
}

static void keep(
	struct listener *listener, const uint8_t *payload, uint16_t len, const struct now *received)
{
	struct sink *sink = (struct sink *)listener;

	put(sink->journal, &sink->journal_len, payload, len);
}

// Lines of 192.0.2.2:5000, datagrams of any other address's port 5000, records of port 5001.
static struct receiver *make(struct sink *all, struct demux *demux)
{
	static const char *const locals[N_SINKS] = {"192.0.2.2:5000", "[::]:5000", "0.0.0.0:5001"};
	struct listener *listeners[N_SINKS];
	struct receiver_conf conf = {.mem = &mem_libc,
		.demux = demux,
		.listeners = listeners,
		.n_listeners = N_SINKS,
		.tsc_hz = 1000000};

	demux_init(demux);
	for (uint8_t i = 0; i < N_SINKS; i++) {
		struct address_port local;

		assert_int_equal(address_port_parse(locals[i], &local, NULL), 0);
		assert_int_equal(demux_add(demux, &local, DEMUX_ALL_PORTS, i), 0);
		memset(&all[i], 0, sizeof(all[i]));
		all[i].listener.deliver = take;
		listeners[i] = &all[i].listener;
	}
	all[1].listener.keep = keep;
	assert_int_equal(framing_lines(&all[0].listener.framing, NULL, 0, NULL), 0);
	all[1].listener.framing.kind = FRAMING_DATAGRAM;
	framing_records(&all[2].listener.framing, 3);
	return receiver_new(&conf);
}

static void make_frame(struct bytes *b)
{
	static const char text[] = "ab\n\nc\r\ndefg\nh\n\n\nijkl\r\nmnopqr\ns";
	static const uint32_t addresses[] = {0xc0000202, 0xc0000202, 0xc0000203, 0xef010101};
	uint32_t len = below(8) > 0 ? below(sizeof(text)) : 0, ip;

	if (below(16) == 0) { // ARP
		b->len = 0;
		bytes_hex(b, "ffffffffffff 0a0b0c0d0e0f 0806 0001 0800 0604 0001");
		return;
	}
	add_ether(b, below(4) > 0 ? "" : "8100 0005", 0x0800);
	ip = add_ipv4(b, 17, below(8) > 0 ? "" : "01010101", addresses[below(4)]);
	add_udp(b, ip, (uint16_t)(below(8) > 0 ? 5000 : 5001 + below(2)),
		text + below((uint32_t)sizeof(text) - len), len);
	finish_ipv4(b, ip);
	if (below(16) == 0)
		b->data[below(b->len)] ^= 1;
}

static void run_burst(struct receiver *by_burst, struct receiver *one_by_one, uint16_t n)
{
	static struct bytes b;
	struct rte_mbuf *mbufs[RECEIVER_BURST];

	for (uint16_t i = 0; i < n; i++) {
		if (i == 0 || below(3) == 0) // runs of the same
			make_frame(&b);
		mbufs[i] = mbuf_make(b.data, b.len, below(8) > 0 ? UINT16_MAX : 1 + below(30));
	}
	receiver_burst(by_burst, mbufs, n, &now);
	while (!receiver_drain(by_burst))
		;
	for (uint16_t i = 0; i < n; i++) {
		assert_int_equal(rte_mbuf_refcnt_read(mbufs[i]), 1); // it is freed
		for (struct rte_mbuf *mbuf = mbufs[i]; mbuf != NULL; mbuf = mbuf->next)
			rte_mbuf_refcnt_set(mbuf, 2);
		receiver_burst(one_by_one, &mbufs[i], 1, &now);
		assert_int_equal(rte_mbuf_refcnt_read(mbufs[i]), 1);
		mbuf_drop(mbufs[i]);
	}
}

static void a_burst_gives_what_its_frames_give_one_by_one(void **)
{
	static struct demux demux[2];
	struct receiver *receivers[2] = {make(sinks[0], &demux[0]), make(sinks[1], &demux[1])};

	for (int i = 0; i < N_SINKS; i++)
		sinks[0][i].is_picky = true;
	for (uint32_t burst = 0; burst < N_BURSTS; burst++) {
		run_burst(receivers[0], receivers[1], (uint16_t)(1 + below(RECEIVER_BURST)));
		for (int i = 0; i < N_SINKS; i++) {
			struct sink *sink = &sinks[0][i], *twin = &sinks[1][i];

			assert_int_equal(sink->len, twin->len);
			assert_memory_equal(sink->kept, twin->kept, twin->len);
			assert_int_equal(sink->journal_len, twin->journal_len);
			assert_memory_equal(sink->journal, twin->journal, twin->journal_len);
			sink->len = twin->len = sink->journal_len = twin->journal_len = 0;
		}
		assert_memory_equal(receiver_counts(receivers[0]), receiver_counts(receivers[1]),
			sizeof(struct receiver_counts));
	}
	assert_true(receiver_counts(receivers[0])->n_verdicts[PACKET_NO_INET] > 0);
	assert_true(receiver_counts(receivers[0])->n_verdicts[PACKET_NO_LISTENER] > 0);
	receiver_free(receivers[0]);
	receiver_free(receivers[1]);
}

// Pools that only write down what comes back.
static struct rte_mempool pools[2];
static struct rte_mbuf *returned[2][MBUFS_MAX];
static uint32_t n_returned[2];

static int take_back(struct rte_mempool *pool, void *const *objects, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *mbuf = objects[i];

		assert_ptr_equal(mbuf->pool, pool);
		assert_int_equal(rte_mbuf_refcnt_read(mbuf), 1); // as DPDK wants it in a pool
		assert_int_equal(mbuf->nb_segs, 1);
		assert_null(mbuf->next);
		returned[pool - pools][n_returned[pool - pools]++] = mbuf;
	}
	return 0;
}

static int give_none(struct rte_mempool *pool, void **objects, unsigned n)
{
	return -1;
}

static unsigned count_none(const struct rte_mempool *pool)
{
	return 0;
}

static int do_nothing(struct rte_mempool *pool)
{
	return 0;
}

static struct rte_mbuf *from_pool(int pool, uint32_t segment)
{
	static struct bytes b;
	struct rte_mbuf *head;

	make_udp4(&b, 5000, "hello", 5);
	head = mbuf_make(b.data, b.len, segment);
	for (struct rte_mbuf *mbuf = head; mbuf != NULL; mbuf = mbuf->next) {
		rte_mbuf_refcnt_set(mbuf, 1);
		mbuf->pool = &pools[pool];
	}
	return head;
}

static void mbufs_go_back_to_their_pools(void **)
{
	static const struct rte_mempool_ops ops = {.name = "test",
		.alloc = do_nothing,
		.enqueue = take_back,
		.dequeue = give_none,
		.get_count = count_none};
	static struct demux demux;
	struct receiver *receiver = make(sinks[0], &demux);
	struct rte_mbuf *mbufs[] = {from_pool(0, UINT16_MAX), from_pool(0, UINT16_MAX),
		from_pool(1, UINT16_MAX), from_pool(0, 30), from_pool(0, UINT16_MAX)};
	struct rte_mbuf *shared = mbufs[4];

	pools[0].ops_index = pools[1].ops_index = rte_mempool_register_ops(&ops);
	rte_mbuf_refcnt_set(shared, 2); // somebody else has it, too
	receiver_burst(receiver, mbufs, RTE_DIM(mbufs), &now);
	assert_int_equal(sinks[0][0].len, 5 * strlen("hello|"));
	assert_int_equal(n_returned[0], 2 + 2);
	assert_int_equal(n_returned[1], 1);
	assert_int_equal(rte_mbuf_refcnt_read(shared), 1);
	for (int pool = 0; pool < 2; pool++)
		for (uint32_t i = 0; i < n_returned[pool]; i++)
			mbuf_drop(returned[pool][i]);
	mbuf_drop(shared);
	receiver_free(receiver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_gives_what_its_frames_give_one_by_one),
		cmocka_unit_test(mbufs_go_back_to_their_pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
