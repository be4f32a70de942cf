#include "dataplane/receiver.h"

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <assert.h>

#include "base/mem.h"
#include "dataplane/inet.h"

enum { NO_PACKET = UINT8_MAX };
enum { INBOX_BURST = 8 }; // handed-over packets a step

static_assert((int)RECEIVER_BURST <= (int)PACKET_BURST_MAX, "one parse takes a burst");
static_assert((int)RECEIVER_BURST <= (int)NO_PACKET, "a packet's index is 8 bits");

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
	struct rte_mbuf wrappers[RECEIVER_BURST]; // around frames that are in no mbuf

	// Each listener's packets, as a list; bit l of waiting: listener l has some.
	uint64_t waiting;
	uint8_t first[DEMUX_LISTENERS_MAX];
	uint8_t last[DEMUX_LISTENERS_MAX];
	uint8_t next[RECEIVER_BURST];
	uint32_t offsets[RECEIVER_BURST]; // payload bytes that are delivered

	struct listener *listeners[DEMUX_LISTENERS_MAX];
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

static void sort_udp(struct receiver *r, uint8_t i)
{
	const struct packet *packet = &r->packets[i];
	uint8_t l = demux_find(r->demux, &packet->dst, packet->dst_port, r->port_id);

	if (l == DEMUX_NONE) {
		r->counts.n_verdicts[PACKET_NO_LISTENER]++;
		return;
	}
	assert(l < r->n_listeners);
	if ((r->waiting >> l & 1) == 0)
		r->first[l] = i;
	else
		r->next[r->last[l]] = i;
	r->last[l] = i;
	r->next[i] = NO_PACKET;
	r->offsets[i] = 0;
	if (r->listeners[l]->keep != NULL)
		r->listeners[l]->keep(
			r->listeners[l], packet->payload, packet->payload_len, &r->received);
	r->waiting |= UINT64_C(1) << l;
	r->counts.n_verdicts[PACKET_UDP]++;
}

static void sort_control(struct receiver *r, uint8_t i)
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
	for (uint16_t i = from; i < r->n_sorted; i++) {
		enum packet_verdict verdict = r->packets[i].verdict;

		if (likely(verdict == PACKET_UDP))
			sort_udp(r, (uint8_t)i);
		else if (packet_is_control(verdict))
			sort_control(r, (uint8_t)i);
		else
			r->counts.n_verdicts[verdict]++;
	}
}

// Messages of listener l's packets, as many as there is room for. first[l] and offsets move on;
// begin becomes where they were for each packet that had messages in it.
static uint16_t split(struct receiver *r, uint8_t l)
{
	const struct framing *framing = &r->listeners[l]->framing;
	uint32_t n = 0;

	while (r->first[l] != NO_PACKET && n < RECEIVER_MESSAGES_MAX) {
		uint8_t i = r->first[l];
		const struct packet *packet = &r->packets[i];
		size_t consumed;

		n += framing_split(framing, packet->payload + r->offsets[i],
			packet->payload_len - r->offsets[i], true, r->messages + n,
			RECEIVER_MESSAGES_MAX - n, &consumed);
		r->offsets[i] += (uint32_t)consumed;
		if (r->offsets[i] < packet->payload_len)
			break; // no room for the rest
		r->first[l] = r->next[i];
	}
	return (uint16_t)n;
}

// The listener did not take message: go back to it. Packets from `from` on had their messages
// offered.
static void rewind_to(struct receiver *r, uint8_t l, uint8_t from, const struct message *message)
{
	uint8_t i = from;

	// An empty message at the end of a payload still lies in its own packet: compare with both
	// ends.
	while (message->data < r->packets[i].payload ||
		message->data > r->packets[i].payload + r->packets[i].payload_len)
		i = r->next[i];
	r->first[l] = i;
	r->offsets[i] = (uint32_t)(message->data - r->packets[i].payload);
	for (i = r->next[i]; i != NO_PACKET; i = r->next[i])
		r->offsets[i] = 0;
}

// Offer listener l what it has waiting, until all is taken (true) or it is behind.
static bool deliver(struct receiver *r, uint8_t l)
{
	struct listener *listener = r->listeners[l];

	while (r->first[l] != NO_PACKET) {
		uint8_t from = r->first[l];
		uint16_t n = split(r, l);
		uint16_t n_taken;

		if (n == 0)
			continue; // nothing but empty lines
		n_taken = listener->deliver(listener, r->messages, n, &r->received);
		assert(n_taken <= n);
		r->counts.n_messages[l] += n_taken;
		if (n_taken < n) {
			rewind_to(r, l, from, &r->messages[n_taken]);
			return false;
		}
	}
	return true;
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
		rte_pktmbuf_free_bulk(r->mbufs, r->n_mbufs);
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

		r->wrappers[i] = (struct rte_mbuf){
			.buf_addr = (void *)(uintptr_t)frames[i].data,
			.nb_segs = 1,
			.data_len = fits ? (uint16_t)frames[i].len : 0,
			.pkt_len = fits ? frames[i].len : PACKET_LEN_MAX + 1, // a jumbogram
		};
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

uint16_t receiver_poll(struct receiver *r, const struct now *now)
{
	struct rte_mbuf *mbufs[RECEIVER_BURST];
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
	n = rte_eth_rx_burst(r->port_id, r->queue, mbufs, RECEIVER_BURST);
	if (n > 0)
		receiver_burst(r, mbufs, n, now);
	return n;
}

const struct receiver_counts *receiver_counts(const struct receiver *r)
{
	return &r->counts;
}
