// What a received packet costs before its format is looked at. parse: bursts of 32 mbufs become
// datagrams (packet.h). receive: the whole receiver with a listener that takes all, framing and
// giving back the mbufs included, with mbufs that are in the cache and with as many as go round in
// a NIC's ring, which are not; mempool is what only taking and giving back costs. rx_burst: bursts
// of 32 from the null driver, which takes mbufs and copies 64 bytes into each: what a call, mbufs
// and giving them back cost with no NIC behind.
//
// It needs EAL for the mempool alone.
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include "../unit/dataplane/frames.h"
#include "base/mem.h"
#include "bench.h"
#include "dataplane/demux.h"
#include "dataplane/receiver.h"

enum {
	BURST = 32,
	N_HOT = 512, // mbufs: their headers and first lines stay in the cache
	N_COLD = 16384, // they do not
	N_RING = 8192, // of N_COLD: in a ring of descriptors
	POOL_CACHE = 256,
	PORT = 5000,
	LINE = 76,
	NULL_PORT = 0,
};

#define GOOD (RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD) // says the NIC

struct packet_state {
	struct rte_mempool *pool;
	struct rte_mbuf **mbufs;
	uint32_t n_mbufs;
	struct packet_scratch scratch;
	struct demux demux;
	struct receiver *receiver;
};

static const struct address_port any = {.port = PORT};

enum frames { HOT, COLD, TAGGED, UNCHECKED, ONE_LINE, LINES, RING, NULL_DRIVER, N_FRAMES };

static const struct frames_spec {
	const char *name, *tags;
	uint32_t n, n_lines;
	uint64_t flags;
} specs[N_FRAMES] = {
	[HOT] = {"hot", "", N_HOT, 1, GOOD},
	[COLD] = {"cold", "", N_COLD, 1, GOOD},
	[TAGGED] = {"tagged", "8100 0005", N_HOT, 1, GOOD},
	[UNCHECKED] = {"unchecked", "", N_HOT, 1, 0},
	[ONE_LINE] = {"one_line", "", N_HOT, 1, GOOD},
	[LINES] = {"lines", "", N_HOT, 19, GOOD},
	[RING] = {"ring", "", N_COLD, 1, GOOD},
	[NULL_DRIVER] = {"null", "", N_HOT, 1, GOOD},
};

static void make_frame(struct bytes *frame, const struct frames_spec *spec)
{
	char payload[LINE * 20];
	uint32_t ip;

	memset(payload, 'x', sizeof(payload));
	for (uint32_t i = 1; i <= spec->n_lines; i++)
		payload[i * LINE - 1] = '\n';
	add_ether(frame, spec->tags, 0x0800);
	ip = add_ipv4(frame, 17, "", 0xc0000202);
	add_udp(frame, ip, PORT, payload, spec->n_lines * LINE);
	finish_ipv4(frame, ip);
}

// The frame in each mbuf of a new pool; what is given back keeps it.
static void make_pool(struct packet_state *state, const struct frames_spec *spec)
{
	struct bytes frame;

	make_frame(&frame, spec);
	state->n_mbufs = spec->n;
	state->mbufs = bench_must(calloc(spec->n, sizeof(struct rte_mbuf *)), "mbufs");
	state->pool = bench_must(rte_pktmbuf_pool_create(spec->name, spec->n, POOL_CACHE, 0,
					 RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY),
		spec->name);
	if (rte_pktmbuf_alloc_bulk(state->pool, state->mbufs, spec->n) != 0)
		exit(1);
	for (uint32_t i = 0; i < spec->n; i++) {
		memcpy(rte_pktmbuf_append(state->mbufs[i], (uint16_t)frame.len), frame.data,
			frame.len);
		state->mbufs[i]->ol_flags = spec->flags;
	}
}

static uint16_t take_all(struct listener *listener, const struct message *messages, uint16_t n,
	const struct now *received)
{
	bench_sink = messages[n - 1].len;
	return n;
}

static struct packet_state make(const struct frames_spec *spec)
{
	static struct listener listener = {.deliver = take_all};
	static struct listener *const listeners[] = {&listener};
	static struct demux demux;
	const struct receiver_conf conf = {
		.mem = &mem_libc,
		.demux = &demux,
		.listeners = listeners,
		.n_listeners = 1,
		.tsc_hz = 2600000000,
	};
	struct packet_state state = {0};

	if (framing_lines(&listener.framing, NULL, 0, NULL) < 0)
		exit(1);
	demux_init(&demux);
	if (demux_add(&demux, &any, DEMUX_ALL_PORTS, 0) < 0)
		exit(1);
	make_pool(&state, spec);
	state.demux = demux;
	state.scratch.size = PACKET_LEN_MAX;
	state.scratch.bytes = bench_must(malloc(PACKET_LEN_MAX), "scratch");
	state.receiver = bench_must(receiver_new(&conf), "a receiver");
	return state;
}

static uint64_t parse(void *context)
{
	struct packet_state *state = context;
	struct packet packets[BURST];

	for (uint32_t i = 0; i < state->n_mbufs; i += BURST) {
		packet_parse_burst(state->mbufs + i, BURST, &state->scratch, packets);
		for (uint16_t from = 0; from < BURST;) {
			const struct packet *first = &packets[from];

			bench_sink = demux_find(&state->demux, &first->dst, first->dst_port, 0);
			from = packet_run_end(packets, from, BURST);
		}
	}
	return state->n_mbufs;
}

static uint64_t take_and_give_back(void *context)
{
	struct packet_state *state = context;
	struct rte_mbuf *mbufs[BURST];

	for (uint32_t i = 0; i < state->n_mbufs; i += BURST) {
		if (rte_mempool_get_bulk(state->pool, (void **)mbufs, BURST) != 0)
			exit(1);
		rte_pktmbuf_free_bulk(mbufs, BURST);
	}
	return state->n_mbufs;
}

static uint64_t receive(void *context)
{
	struct packet_state *state = context;
	struct rte_mbuf *mbufs[BURST];
	const struct now now = {0};

	for (uint32_t i = 0; i < state->n_mbufs; i += BURST) {
		if (rte_mempool_get_bulk(state->pool, (void **)mbufs, BURST) != 0)
			exit(1);
		receiver_burst(state->receiver, mbufs, BURST, &now);
	}
	return state->n_mbufs;
}

// Mbufs come in the order of a ring, and fresh ones take their places.
static uint64_t receive_ring(void *context)
{
	struct packet_state *state = context;
	struct rte_mbuf *mbufs[BURST];
	const struct now now = {0};

	for (uint32_t i = 0; i < N_RING; i += BURST) {
		memcpy(mbufs, state->mbufs + i, sizeof(mbufs));
		if (rte_mempool_get_bulk(state->pool, (void **)(state->mbufs + i), BURST) != 0)
			exit(1);
		receiver_burst(state->receiver, mbufs, BURST, &now);
	}
	return N_RING;
}

static void start_port(struct rte_mempool *pool)
{
	const struct rte_eth_conf conf = {0};

	if (rte_eth_dev_configure(NULL_PORT, 1, 0, &conf) != 0 ||
		rte_eth_rx_queue_setup(NULL_PORT, 0, N_HOT, SOCKET_ID_ANY, NULL, pool) != 0 ||
		rte_eth_dev_start(NULL_PORT) != 0) {
		fprintf(stderr, "the null port does not start\n");
		exit(1);
	}
}

static uint64_t rx_burst(void *context)
{
	struct packet_state *state = context;
	struct rte_mbuf *mbufs[BURST];

	for (uint32_t i = 0; i < state->n_mbufs; i += BURST) {
		uint16_t n = rte_eth_rx_burst(NULL_PORT, 0, mbufs, BURST);

		rte_pktmbuf_free_bulk(mbufs, n);
	}
	return state->n_mbufs;
}

static void start_eal(void)
{
	static char *args[] = {"bench_packet", "--no-huge", "--no-shconf", "--no-pci",
		"--no-telemetry", "-m", "256", "--lcores=0@0", "--log-level=*:error",
		"--file-prefix=bench_packet", "--vdev=net_null0,size=64"};

	if (rte_eal_init(sizeof(args) / sizeof(*args), args) < 0) {
		fprintf(stderr, "EAL does not start\n");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct packet_state states[N_FRAMES];
	const struct bench benches[] = {
		{"packet/rx_burst", 45, rx_burst, &states[NULL_DRIVER]},
		{"packet/parse", 10, parse, &states[HOT]},
		{"packet/parse_uncached", 0, parse, &states[COLD]},
		{"packet/parse_tagged", 0, parse, &states[TAGGED]},
		{"packet/parse_and_checksum", 0, parse, &states[UNCHECKED]},
		{"packet/mempool", 0, take_and_give_back, &states[ONE_LINE]},
		{"packet/receive_1_line", 0, receive, &states[ONE_LINE]},
		{"packet/receive_uncached", 0, receive_ring, &states[RING]},
		{"packet/receive_19_lines", 0, receive, &states[LINES]},
	};
	int status;

	start_eal();
	for (int i = 0; i < N_FRAMES; i++)
		states[i] = make(&specs[i]);
	// The receiver takes its mbufs out of the pool, as a driver does.
	rte_pktmbuf_free_bulk(states[ONE_LINE].mbufs, N_HOT);
	rte_pktmbuf_free_bulk(states[LINES].mbufs, N_HOT);
	rte_pktmbuf_free_bulk(states[NULL_DRIVER].mbufs, N_HOT);
	rte_pktmbuf_free_bulk(states[RING].mbufs + N_RING, N_COLD - N_RING);
	start_port(states[NULL_DRIVER].pool);
	status = bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
	for (int i = 0; i < N_FRAMES; i++) {
		receiver_free(states[i].receiver);
		free(states[i].scratch.bytes);
		free(states[i].mbufs);
	}
	rte_eal_cleanup();
	return status;
}
