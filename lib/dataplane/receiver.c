#include "dataplane/receiver.h"

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <assert.h>

#include "base/mem.h"
#include "dataplane/inet.h"

enum {
	INBOX_BURST = 8, // handed-over packets a step
	DRIVER_BURST = 32, // frames; some drivers have no more for one call
};

static_assert((int)RECEIVER_BURST <= (int)PACKET_BURST_MAX, "one parse takes a burst");
static_assert((int)RECEIVER_BURST % (int)DRIVER_BURST == 0, "it is taken in whole calls");
static_assert((int)RECEIVER_BURST <= 64, "a set of packets has 64 bits");

// What a listener has not taken yet of the burst in hand.
struct share {
	uint64_t packets; // bit i: packets[i] is among it
	uint32_t offset; // bytes of the first one that are delivered
};

struct receiver {
	const struct demux *demux;
	struct inet *inet;
	struct mem *mem;
	bool owns_inet;
	uint8_t n_listeners;
	uint16_t port_id;
	uint16_t queue;
	uint64_t tsc_per_ms;
	uint64_t inet_due_tsc; // when to call inet_poll()

	// The burst in hand: mbufs[:n_mbufs], of which [:n_sorted] are parsed and with their
	// listeners. NULL: handed over.
	struct rte_mbuf *mbufs[RECEIVER_BURST];
	uint16_t n_mbufs;
	uint16_t n_sorted;
	struct now received;
	struct packet packets[RECEIVER_BURST];
	struct packet_scratch scratch;
	struct rte_mbuf
		wrappers[RECEIVER_BURST]; // around frames that are in no mbuf; the rest is 0

	uint64_t waiting; // bit l: listener l has a share left
	struct share shares[DEMUX_LISTENERS_MAX];

	struct listener *listeners[DEMUX_LISTENERS_MAX];
	struct message datagrams[RECEIVER_BURST]; // payloads of the share that is being delivered
	struct message messages[RECEIVER_MESSAGES_MAX];
	struct receiver_counts counts;
};

struct receiver *receiver_new(const struct receiver_conf *conf)
{
	struct receiver *r = mem_zalloc(conf->mem, sizeof(*r));

	assert(conf->n_listeners <= DEMUX_LISTENERS_MAX && conf->tsc_hz >= 1000);
	if (r == NULL)
		return NULL;
	r->scratch.size = PACKET_LEN_MAX;
	r->scratch.bytes = mem_zalloc(conf->mem, r->scratch.size);
	if (r->scratch.bytes == NULL)
		goto free_receiver;
	r->demux = conf->demux;
	r->inet = conf->inet;
	r->mem = conf->mem;
	r->owns_inet = conf->inet != NULL && conf->owns_inet;
	r->n_listeners = conf->n_listeners;
	r->port_id = conf->port_id;
	r->queue = conf->queue;
	r->tsc_per_ms = conf->tsc_hz / 1000;
	for (uint8_t l = 0; l < conf->n_listeners; l++)
		r->listeners[l] = conf->listeners[l];
	return r;

free_receiver:
	mem_free(conf->mem, r);
	return NULL;
}

void receiver_free(struct receiver *r)
{
	if (r == NULL)
		return;
	rte_pktmbuf_free_bulk(r->mbufs, r->n_mbufs);
	mem_free(r->mem, r->scratch.bytes);
	mem_free(r->mem, r);
}

static void keep_run(struct receiver *r, struct listener *listener, uint16_t from, uint16_t to)
{
	for (uint16_t i = from; i < to; i++)
		listener->keep(
			listener, r->packets[i].payload, r->packets[i].payload_len, &r->received);
}

// Give packets[from:to], a run, to their listener.
static void sort_run(struct receiver *r, uint16_t from, uint16_t to)
{
	const struct packet *first = &r->packets[from];
	uint8_t l = demux_find(r->demux, &first->dst, first->dst_port, r->port_id);

	if (l == DEMUX_NONE) {
		r->counts.n_verdicts[PACKET_NO_LISTENER] += to - from;
		return;
	}
	assert(l < r->n_listeners);
	r->shares[l].packets |= UINT64_MAX >> (64 - (to - from)) << from;
	r->waiting |= UINT64_C(1) << l;
	r->counts.n_verdicts[PACKET_UDP] += to - from;
	if (r->listeners[l]->keep != NULL)
		keep_run(r, r->listeners[l], from, to);
}

static void sort_control(struct receiver *r, uint16_t i)
{
	const struct packet *packet = &r->packets[i];
	enum packet_verdict verdict = packet->verdict;

	if (r->inet == NULL)
		verdict = PACKET_NO_INET;
	else if (r->owns_inet)
		inet_receive(r->inet, packet, r->received.tsc / r->tsc_per_ms);
	else if (rte_ring_mp_enqueue(inet_inbox(r->inet), r->mbufs[i]) == 0)
		r->mbufs[i] = NULL;
	else
		verdict = PACKET_INBOX_FULL;
	r->counts.n_verdicts[verdict]++;
}

// Parse as much of the burst as there is room for and give each packet to whom it is for.
static void sort(struct receiver *r)
{
	uint16_t from = r->n_sorted;

	r->n_sorted += packet_parse_burst(
		r->mbufs + from, r->n_mbufs - from, &r->scratch, r->packets + from);
	for (uint16_t i = from, to; i < r->n_sorted; i = to) {
		enum packet_verdict verdict = r->packets[i].verdict;

		to = i + 1;
		if (likely(verdict == PACKET_UDP)) {
			to = packet_run_end(r->packets, i, r->n_sorted);
			sort_run(r, i, to);
		} else if (packet_is_control(verdict)) {
			sort_control(r, i);
		} else {
			r->counts.n_verdicts[verdict]++;
		}
	}
}

static const struct packet *first_of(const struct receiver *r, uint64_t packets)
{
	return &r->packets[__builtin_ctzll(packets)];
}

// The payloads of a share, as far as they are not delivered; returns how many.
static uint32_t gather(struct receiver *r, const struct share *share)
{
	uint32_t n = 0;

	for (uint64_t left = share->packets; left != 0; left &= left - 1) {
		const struct packet *packet = first_of(r, left);

		r->datagrams[n++] = (struct message){packet->payload, packet->payload_len};
	}
	r->datagrams[0].data += share->offset;
	r->datagrams[0].len -= share->offset;
	return n;
}

// The part of packets that begins at rest->data, in one of them.
static struct share share_from(
	const struct receiver *r, uint64_t packets, const struct message *rest)
{
	const struct packet *packet = first_of(r, packets);

	// An empty message at the end of a payload still lies in its own packet: compare with both
	// ends.
	while (rest->data < packet->payload || rest->data > packet->payload + packet->payload_len) {
		packets &= packets - 1;
		packet = first_of(r, packets);
	}
	return (struct share){packets, (uint32_t)(rest->data - packet->payload)};
}

// Offer listener l what it has waiting, until all is taken (true) or it is behind.
static bool deliver(struct receiver *r, uint8_t l)
{
	struct listener *listener = r->listeners[l];
	struct share *share = &r->shares[l];

	while (share->packets != 0) {
		uint64_t offered = share->packets;
		uint32_t n_datagrams = gather(r, share), n_done;
		uint32_t n = framing_split_each(&listener->framing, r->datagrams, n_datagrams,
			r->messages, RECEIVER_MESSAGES_MAX, &n_done);
		uint32_t n_taken = n; // 0: nothing but empty lines
		const struct message *rest = NULL;

		if (n > 0)
			n_taken =
				listener->deliver(listener, r->messages, (uint16_t)n, &r->received);
		assert(n_taken <= n);
		r->counts.n_messages[l] += n_taken;
		if (n_taken < n)
			rest = &r->messages[n_taken];
		else if (n_done < n_datagrams)
			rest = &r->datagrams[n_done];
		*share = rest != NULL ? share_from(r, offered, rest) : (struct share){0};
		if (n_taken < n)
			return false;
	}
	return true;
}

static inline bool is_plain(const struct rte_mbuf *mbuf)
{
	return mbuf != NULL && mbuf->nb_segs == 1 && rte_mbuf_refcnt_read(mbuf) == 1 &&
	       RTE_MBUF_DIRECT(mbuf);
}

// Mbufs that are in one piece and nobody else's go back into their pool as they are. DPDK's own,
// for all others, also looks at the second cache line of each, which is seldom in a cache.
static void give_back(struct rte_mbuf **mbufs, uint16_t n)
{
	uint16_t n_plain = 0;

	while (n_plain < n && is_plain(mbufs[n_plain]) && mbufs[n_plain]->pool == mbufs[0]->pool)
		n_plain++;
	if (n_plain > 0)
		rte_mempool_put_bulk(mbufs[0]->pool, (void **)mbufs, n_plain);
	rte_pktmbuf_free_bulk(mbufs + n_plain, n - n_plain);
}

bool receiver_drain(struct receiver *r)
{
	while (r->n_mbufs > 0) {
		for (uint64_t left = r->waiting; left != 0; left &= left - 1) {
			uint8_t l = (uint8_t)__builtin_ctzll(left);

			if (deliver(r, l))
				r->waiting &= ~(UINT64_C(1) << l);
		}
		if (r->waiting != 0)
			return false;
		if (r->n_sorted < r->n_mbufs) {
			sort(r);
			continue;
		}
		give_back(r->mbufs, r->n_mbufs);
		r->n_mbufs = 0;
	}
	return true;
}

static void start_burst(struct receiver *r, uint16_t n, const struct now *now)
{
	assert(r->n_mbufs == 0 && n <= RECEIVER_BURST);
	r->n_mbufs = n;
	r->n_sorted = 0;
	r->received = *now;
	r->counts.n_packets += n;
}

void receiver_burst(
	struct receiver *r, struct rte_mbuf *const *mbufs, uint16_t n, const struct now *now)
{
	start_burst(r, n, now);
	memcpy(r->mbufs, mbufs, n * sizeof(*mbufs));
	receiver_drain(r);
}

void receiver_frames(
	struct receiver *r, const struct receiver_frame *frames, uint16_t n, const struct now *now)
{
	assert(r->inet == NULL);
	start_burst(r, n, now);
	for (uint16_t i = 0; i < n; i++) {
		bool fits = frames[i].len <= UINT16_MAX;

		r->wrappers[i].buf_addr = (void *)(uintptr_t)frames[i].data;
		r->wrappers[i].data_len = fits ? (uint16_t)frames[i].len : 0;
		r->wrappers[i].pkt_len = fits ? frames[i].len : PACKET_LEN_MAX + 1; // a jumbogram
		r->wrappers[i].nb_segs = 1;
		r->mbufs[i] = &r->wrappers[i];
	}
	sort(r); // all of them: none is a chain
	memset(r->mbufs, 0, n * sizeof(*r->mbufs)); // nothing to free
	receiver_drain(r);
}

// Control packets that other queues' lcores handed over. No burst is in hand, so packets is free.
static void take_inbox(struct receiver *r, uint64_t now_ms)
{
	struct rte_mbuf *mbufs[INBOX_BURST];
	uint32_t n =
		rte_ring_sc_dequeue_burst(inet_inbox(r->inet), (void **)mbufs, INBOX_BURST, NULL);

	for (uint32_t i = 0; i < n; i++) {
		packet_parse_burst(&mbufs[i], 1, &r->scratch, r->packets);
		inet_receive(r->inet, r->packets, now_ms);
	}
	rte_pktmbuf_free_bulk(mbufs, n);
}

static bool are_ready(const struct receiver *r)
{
	for (uint8_t l = 0; l < r->n_listeners; l++)
		if (r->listeners[l]->ready != NULL && !r->listeners[l]->ready(r->listeners[l]))
			return false;
	return true;
}

// As many as there are, up to a burst, into r->mbufs.
static uint16_t take_frames(struct receiver *r)
{
	uint16_t n = 0, n_new;

	do {
		n_new = rte_eth_rx_burst(r->port_id, r->queue, r->mbufs + n, DRIVER_BURST);
		n += n_new;
	} while (n_new == DRIVER_BURST && n < RECEIVER_BURST);
	return n;
}

uint16_t receiver_poll(struct receiver *r, const struct now *now)
{
	uint16_t n;

	if (r->owns_inet && now->tsc >= r->inet_due_tsc) {
		inet_poll(r->inet, now->tsc / r->tsc_per_ms);
		r->inet_due_tsc = now->tsc + INET_POLL_MS * r->tsc_per_ms;
	}
	if (!receiver_drain(r))
		return 0;
	if (r->owns_inet && !rte_ring_empty(inet_inbox(r->inet)))
		take_inbox(r, now->tsc / r->tsc_per_ms);
	if (!are_ready(r))
		return 0;
	n = take_frames(r);
	if (n > 0) {
		start_burst(r, n, now);
		receiver_drain(r);
	}
	return n;
}

const struct receiver_counts *receiver_counts(const struct receiver *r)
{
	return &r->counts;
}
