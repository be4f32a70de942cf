// Packets of a capture, through the same path as a NIC's: copied into mbufs, given to a receiver.
// Events arrive at their packet's time stamp, so a replay gives the same results at any speed.
#include <errno.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <stdio.h>
#include <string.h>
#include "dataplane/capture.h"
#include "dataplane/receiver.h"
#include "operator/source/source_state.h"
#include "operator/source/source_udp.h"

enum { MBUFS = 2047 };

struct pcap_input {
	struct udp_input udp; // first: its listener takes what the receiver delivers
	struct demux demux;
	struct receiver *receiver;
	struct capture *capture;
	struct rte_mempool *pool;
	struct capture_packet packets[RECEIVER_BURST]; // [n_done:n_packets] are still to come
	uint16_t n_packets, n_done;
	int64_t first_ns; // time stamp of the first packet
	uint64_t first_tsc; // when it was replayed
	uint64_t n_unbuffered; // frames that no mbufs could hold
};

static int make_receiver(struct source *source, struct pcap_input *pcap, struct err *err)
{
	struct listener *listener = &pcap->udp.listener;
	struct receiver_conf conf = {
		.mem = source->op.task->mem,
		.demux = &pcap->demux,
		.listeners = &listener,
		.n_listeners = 1,
		.tsc_hz = source->op.task->tsc_hz,
	};
	struct address_port local;

	if (address_port_parse(source->config->local, &local, err) < 0)
		return -EINVAL;
	demux_init(&pcap->demux);
	demux_add(&pcap->demux, &local, DEMUX_ALL_PORTS, 0);
	pcap->receiver = receiver_new(&conf);
	if (pcap->receiver == NULL)
		return err_set(err, ENOMEM, "no memory to replay %s", source->config->path);
	return 0;
}

static int pcap_open(struct source *source, struct err *err)
{
	struct mem *mem = source->op.task->mem;
	struct capture_options options = {.path = source->config->path, .mem = mem};
	struct pcap_input *pcap = mem_zalloc(mem, sizeof(*pcap));
	char name[RTE_MEMPOOL_NAMESIZE];

	if (pcap == NULL)
		return err_set(err, ENOMEM, "no memory for the source %s", source->config->table);
	source->state = pcap;
	if (udp_input_init(&pcap->udp, source, err) < 0 || make_receiver(source, pcap, err) < 0)
		return -EINVAL;
	snprintf(name, sizeof(name), "pcap_%u", source->op.spec->id);
	pcap->pool = rte_pktmbuf_pool_create(
		name, MBUFS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pcap->pool == NULL)
		return err_set(err, rte_errno, "no memory for packets of %s", options.path);
	pcap->capture = capture_open(&options, err);
	return pcap->capture != NULL ? 0 : -errno;
}

static void pcap_close(struct source *source)
{
	struct pcap_input *pcap = source->state;

	capture_close(pcap->capture);
	receiver_free(pcap->receiver);
	rte_mempool_free(pcap->pool);
	mem_free(source->op.task->mem, pcap);
}

// A copy of the frame in as many mbufs as it takes, or NULL. A frame that the capture has cut short
// says so by its IP length, and the packet path drops it by that name.
static struct rte_mbuf *copy_frame(struct rte_mempool *pool, const struct capture_packet *packet)
{
	struct rte_mbuf *head = rte_pktmbuf_alloc(pool);
	uint32_t done = 0;

	for (struct rte_mbuf *mbuf = head; mbuf != NULL;) {
		uint16_t room = rte_pktmbuf_tailroom(mbuf);
		uint32_t left = packet->captured_len - done;
		uint16_t len = left < room ? (uint16_t)left : room;

		memcpy(rte_pktmbuf_mtod(mbuf, char *), packet->frame + done, len);
		mbuf->data_len = len;
		if (mbuf != head)
			head->nb_segs++;
		head->pkt_len = done += len;
		if (done == packet->captured_len)
			return head;
		mbuf->next = rte_pktmbuf_alloc(pool);
		mbuf = mbuf->next;
	}
	rte_pktmbuf_free(head);
	return NULL;
}

// With replay.speed, packets wait for their time. 0: none does.
static bool is_due(const struct source *source, struct pcap_input *pcap, int64_t time_ns)
{
	const struct op_task *task = source->op.task;
	double elapsed;

	if (source->config->replay_speed <= 0)
		return true;
	if (pcap->first_tsc == 0) {
		pcap->first_tsc = task->now.tsc;
		pcap->first_ns = time_ns;
	}
	elapsed = (double)(task->now.tsc - pcap->first_tsc) / (double)task->tsc_hz * NS_PER_S;
	return (double)(time_ns - pcap->first_ns) <= elapsed * source->config->replay_speed;
}

static int64_t second_of(const struct capture_packet *packet)
{
	return packet->time_ns / NS_PER_S * NS_PER_S;
}

static bool take_packets(struct source *source, struct pcap_input *pcap)
{
	if (pcap->n_done < pcap->n_packets)
		return true;
	pcap->n_done = 0;
	pcap->n_packets = capture_burst(pcap->capture, pcap->packets, RECEIVER_BURST);
	if (pcap->n_packets > 0)
		return true;
	if (capture_state(pcap->capture) == CAPTURE_END)
		source->input_ended = true;
	else if (capture_state(pcap->capture) == CAPTURE_FAILED)
		fault_set(&source->op.task->fault, capture_error(pcap->capture)->text);
	return false;
}

// Packets of one second of the capture at most are one burst, and arrive at its beginning: what is
// judged by arrival does not depend on how packets fall into bursts.
static uint32_t pcap_poll(struct source *source)
{
	struct pcap_input *pcap = source->state;
	struct rte_mbuf *mbufs[RECEIVER_BURST];
	struct now received = source->op.task->now;
	uint16_t n = 0, n_before;

	if (!receiver_drain(pcap->receiver) || !take_packets(source, pcap))
		return 0;
	n_before = pcap->n_done;
	received.wall_ns = second_of(&pcap->packets[n_before]);
	for (; pcap->n_done < pcap->n_packets; pcap->n_done++) {
		const struct capture_packet *packet = &pcap->packets[pcap->n_done];

		if (second_of(packet) != received.wall_ns || !is_due(source, pcap, packet->time_ns))
			break;
		mbufs[n] = copy_frame(pcap->pool, packet);
		pcap->n_unbuffered += mbufs[n] == NULL;
		n += mbufs[n] != NULL;
	}
	receiver_burst(pcap->receiver, mbufs, n, &received);
	return pcap->n_done - n_before;
}

const struct source_input source_pcap_input = {
	.open = pcap_open,
	.poll = pcap_poll,
	.close = pcap_close,
};

const struct receiver_counts *source_pcap_counts(const struct op *op)
{
	const struct source *source = (const struct source *)op;

	return receiver_counts(((struct pcap_input *)source->state)->receiver);
}
