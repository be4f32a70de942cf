// Packets of a capture, through the same path as a NIC's: given to a receiver as frames.
// Events arrive at their packet's time stamp, so a replay gives the same results at any speed.
#include <errno.h>
#include "dataplane/capture.h"
#include "dataplane/receiver.h"
#include "operator/source/source_state.h"
#include "operator/source/source_udp.h"

enum { NS_PER_SECOND = 1000000000 };
enum { FILE_HEADER = 24, RECORD_HEADER = 16 }; // of a pcap file, and before each of its packets

struct pcap_input {
	struct udp_input udp; // first: its listener takes what the receiver delivers
	struct demux demux;
	struct receiver *receiver;
	struct capture *capture;
	struct capture_packet packets[RECEIVER_BURST]; // [n_done:n_packets] are still to come
	uint16_t n_packets, n_done;
	int64_t first_ns; // time stamp of the first packet
	uint64_t first_tsc; // when it was replayed
	uint64_t n_bytes; // of the file, done with
	struct capture_position read; // before packets[]
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

	if (pcap == NULL)
		return err_set(err, ENOMEM, "no memory for the source %s", source->config->table);
	source->state = pcap;
	if (udp_input_init(&pcap->udp, source, err) < 0 || make_receiver(source, pcap, err) < 0)
		return -EINVAL;
	pcap->capture = capture_open(&options, err);
	return pcap->capture != NULL ? 0 : -errno;
}

static void pcap_close(struct source *source)
{
	struct pcap_input *pcap = source->state;

	capture_close(pcap->capture);
	receiver_free(pcap->receiver);
	mem_free(source->op.task->mem, pcap);
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
	elapsed = (double)(task->now.tsc - pcap->first_tsc) / (double)task->tsc_hz * NS_PER_SECOND;
	return (double)(time_ns - pcap->first_ns) <= elapsed * source->config->replay_speed;
}

static int64_t second_of(const struct capture_packet *packet)
{
	return packet->time_ns / NS_PER_SECOND * NS_PER_SECOND;
}

// Where the capture is behind packets[:n_done].
static void tell(const struct pcap_input *pcap, struct capture_position *position)
{
	*position = pcap->read;
	if (pcap->n_done == 0)
		return;
	if (position->n_packets == 0)
		position->first = capture_checksum(&pcap->packets[0]);
	position->n_packets += pcap->n_done;
	position->last = capture_checksum(&pcap->packets[pcap->n_done - 1]);
}

static bool take_packets(struct source *source, struct pcap_input *pcap)
{
	if (pcap->n_done < pcap->n_packets)
		return true;
	tell(pcap, &pcap->read);
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
	struct receiver_frame frames[RECEIVER_BURST];
	struct now received = source->op.task->now;
	uint16_t n = 0;

	if (!receiver_drain(pcap->receiver) || !take_packets(source, pcap))
		return 0;
	received.wall_ns = second_of(&pcap->packets[pcap->n_done]);
	for (; pcap->n_done < pcap->n_packets; pcap->n_done++, n++) {
		const struct capture_packet *packet = &pcap->packets[pcap->n_done];

		if (second_of(packet) != received.wall_ns || !is_due(source, pcap, packet->time_ns))
			break;
		frames[n] = (struct receiver_frame){packet->frame, packet->captured_len};
		pcap->n_bytes += RECORD_HEADER + packet->captured_len;
	}
	receiver_frames(pcap->receiver, frames, n, &received);
	return n;
}

static bool pcap_drain(struct source *source)
{
	return receiver_drain(((struct pcap_input *)source->state)->receiver);
}

static void pcap_freeze(struct source *source, struct record_out *out)
{
	const struct pcap_input *pcap = source->state;
	struct capture_position position;

	tell(pcap, &position);
	record_put_u64(out, position.n_packets);
	record_put_u32(out, position.first);
	record_put_u32(out, position.last);
	record_put_u64(out, pcap->n_bytes);
}

static int pcap_restore(struct source *source, struct record_reader *in, struct err *)
{
	struct pcap_input *pcap = source->state;

	pcap->read.n_packets = record_get_u64(in);
	pcap->read.first = record_get_u32(in);
	pcap->read.last = record_get_u32(in);
	pcap->n_bytes = record_get_u64(in);
	capture_resume(pcap->capture, &pcap->read);
	return 0;
}

// About: a pcapng has other headers.
static void pcap_progress(const struct source *source, uint64_t *bytes, uint64_t *bytes_total)
{
	const struct pcap_input *pcap = source->state;

	*bytes_total = capture_size(pcap->capture);
	*bytes = pcap->n_bytes + FILE_HEADER;
	if (*bytes_total > 0 && *bytes > *bytes_total)
		*bytes = *bytes_total;
}

const struct source_input source_pcap_input = {
	.open = pcap_open,
	.poll = pcap_poll,
	.drain = pcap_drain,
	.freeze = pcap_freeze,
	.restore = pcap_restore,
	.progress = pcap_progress,
	.close = pcap_close,
};

const struct receiver_counts *source_pcap_counts(const struct op *op)
{
	const struct source *source = (const struct source *)op;

	return receiver_counts(((struct pcap_input *)source->state)->receiver);
}
