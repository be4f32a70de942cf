// The thread packs packets into the buffers of handoff.h, each as a header and its bytes, rounded
// up to 8:
//
//	buffer  │ stored │ bytes … pad │ stored │ bytes … pad │ …
//	        0                      48                     len
#include "dataplane/capture.h"
#include "dataplane/crc.h"
#include "dataplane/handoff.h"
#include <rte_common.h>
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NS_PER_SEC 1000000000

enum { ALIGN = 8, BUFFERS_MIN = 2 };
enum { CHECKED_BYTES = 64 }; // of a packet

enum { // handoff_buffer.flags
	LAST = 1 << 0, // the capture's end is behind the packets of this buffer
	FAILED = 1 << 1, // likewise an error: the thread wrote capture->err before
};

struct stored {
	int64_t time_ns;
	uint32_t captured_len;
	uint32_t wire_len;
};

struct capture {
	struct handoff handoff;
	char *path; // for messages
	pcap_t *pcap; // the thread's while it runs

	// the lcore's
	enum capture_state state;
	struct handoff_buffer *buffer; // packets still point into it; NULL: none
	size_t offset; // of the next packet in it
	uint64_t number; // of the next packet
	uint64_t size; // of the file, in bytes

	struct capture_position start; // the thread passes over these first
	atomic_bool begun; // the lcore has asked: it writes, the thread reads

	// the thread's until it sent LAST or FAILED, then the lcore's
	struct err err;
	uint64_t n_too_long;
};

// The thread's.

static size_t stored_size(uint32_t captured_len)
{
	return sizeof(struct stored) + RTE_ALIGN_CEIL((size_t)captured_len, ALIGN);
}

// pcap's seconds are unsigned 32 bits, which libpcap extends with their sign: before 1970 is after
// 2038. tv_usec holds nanoseconds, as asked for at open.
static int64_t time_ns(const struct timeval *ts)
{
	const int64_t s = ts->tv_sec < 0 ? (int64_t)(uint32_t)ts->tv_sec : ts->tv_sec;

	return (int64_t)((uint64_t)s * NS_PER_SEC + (uint64_t)ts->tv_usec);
}

uint32_t capture_checksum(const struct capture_packet *packet)
{
	uint32_t crc;

	if (packet == NULL)
		return 0;
	crc = crc32c(0, &packet->time_ns, sizeof(packet->time_ns));
	crc = crc32c(crc, &packet->wire_len, sizeof(packet->wire_len));
	return crc32c(crc, packet->frame, RTE_MIN(packet->captured_len, CHECKED_BYTES));
}

static uint32_t header_checksum(const struct pcap_pkthdr *header, const uint8_t *frame)
{
	return capture_checksum(&(struct capture_packet){
		.frame = frame,
		.captured_len = header->caplen,
		.wire_len = RTE_MAX(header->len, header->caplen),
		.time_ns = time_ns(&header->ts),
	});
}

static void store(
	struct handoff_buffer *buffer, const struct pcap_pkthdr *header, const uint8_t *frame)
{
	struct stored *stored = (struct stored *)(buffer->data + buffer->len);

	stored->time_ns = time_ns(&header->ts);
	stored->captured_len = header->caplen;
	stored->wire_len = RTE_MAX(header->len, header->caplen);
	memcpy(stored + 1, frame, header->caplen);
	buffer->len += stored_size(header->caplen);
}

// Make room for size bytes: buffer itself, or a fresh one after sending it. NULL: told to stop.
static struct handoff_buffer *make_room(
	struct capture *capture, struct handoff_buffer *buffer, size_t size)
{
	if (buffer != NULL && buffer->size - buffer->len >= size)
		return buffer;
	if (buffer != NULL)
		handoff_send(&capture->handoff, buffer);
	if ((buffer = handoff_wait_empty(&capture->handoff)) != NULL) {
		buffer->len = 0;
		buffer->flags = 0;
	}
	return buffer;
}

static bool wait_begun(struct capture *capture)
{
	while (!atomic_load_explicit(&capture->begun, memory_order_acquire))
		if (!handoff_pause(&capture->handoff))
			return false;
	return true;
}

// Pass over what was read before the checkpoint. Returns what pcap_next_ex() says; 1 = all went
// well, 0 = other packets.
static int pass_over(struct capture *capture, size_t buffer_size)
{
	const struct capture_position *start = &capture->start;
	struct pcap_pkthdr *header;
	const uint8_t *frame;
	int status = 1;

	for (uint64_t n = 0; n < start->n_packets && !handoff_is_stopped(&capture->handoff);) {
		if ((status = pcap_next_ex(capture->pcap, &header, &frame)) != 1)
			return status == PCAP_ERROR_BREAK ? 0 : status;
		if (stored_size(header->caplen) > buffer_size)
			continue; // it was none
		n++;
		if ((n == 1 && header_checksum(header, frame) != start->first) ||
			(n == start->n_packets && header_checksum(header, frame) != start->last))
			return 0;
	}
	return 1;
}

static void note_failure(struct capture *capture, int status)
{
	if (status == 0)
		err_set(&capture->err, EINVAL,
			"%s has not the %" PRIu64
			" packets that were read up to the checkpoint: it is not the same capture",
			capture->path, capture->start.n_packets);
	else
		err_set(&capture->err, EIO, "cannot read on in %s: %s", capture->path,
			pcap_geterr(capture->pcap));
}

static void *run(void *arg)
{
	struct capture *capture = arg;
	struct handoff_buffer *buffer = NULL;
	struct pcap_pkthdr *header;
	const uint8_t *frame;
	int status = 1;

	if (wait_begun(capture))
		buffer = make_room(capture, NULL, 0);
	if (buffer != NULL)
		status = pass_over(capture, buffer->size);
	while (status == 1 && buffer != NULL &&
		(status = pcap_next_ex(capture->pcap, &header, &frame)) == 1) {
		if (stored_size(header->caplen) > buffer->size)
			capture->n_too_long++;
		else if ((buffer = make_room(capture, buffer, stored_size(header->caplen))))
			store(buffer, header, frame);
	}
	if (buffer == NULL)
		return NULL;
	buffer->flags = status == PCAP_ERROR_BREAK ? LAST : FAILED;
	if (buffer->flags == FAILED)
		note_failure(capture, status);
	handoff_send(&capture->handoff, buffer);
	return NULL;
}

// The lcore's.

static uint16_t take_packets(
	struct capture *capture, struct capture_packet *packets, uint16_t n_max)
{
	const struct handoff_buffer *buffer = capture->buffer;
	uint16_t n;

	for (n = 0; n < n_max && capture->offset < buffer->len; n++) {
		const struct stored *stored =
			(const struct stored *)(buffer->data + capture->offset);

		packets[n] = (struct capture_packet){
			.frame = (const uint8_t *)(stored + 1),
			.captured_len = stored->captured_len,
			.wire_len = stored->wire_len,
			.time_ns = stored->time_ns,
			.number = capture->number++,
		};
		capture->offset += stored_size(stored->captured_len);
	}
	return n;
}

// All packets of the buffer are done with.
static void leave_buffer(struct capture *capture)
{
	if (capture->buffer->flags == LAST)
		capture->state = CAPTURE_END;
	else if (capture->buffer->flags == FAILED)
		capture->state = CAPTURE_FAILED;
	handoff_return(&capture->handoff, capture->buffer);
	capture->buffer = NULL;
}

uint16_t capture_burst(struct capture *capture, struct capture_packet *packets, uint16_t n_max)
{
	atomic_store_explicit(&capture->begun, true, memory_order_release);
	if (capture->buffer != NULL && capture->offset == capture->buffer->len)
		leave_buffer(capture);
	if (capture->buffer == NULL) {
		if (capture->state != CAPTURE_OPEN)
			return 0;
		if ((capture->buffer = handoff_receive(&capture->handoff)) == NULL)
			return 0;
		capture->offset = 0;
	}
	return take_packets(capture, packets, n_max);
}

void capture_resume(struct capture *capture, const struct capture_position *position)
{
	capture->start = *position;
	capture->number = position->n_packets;
}

enum capture_state capture_state(const struct capture *capture)
{
	return capture->state;
}

const struct err *capture_error(const struct capture *capture)
{
	return &capture->err;
}

uint64_t capture_too_long(const struct capture *capture)
{
	return capture->state == CAPTURE_OPEN ? 0 : capture->n_too_long;
}

uint64_t capture_size(const struct capture *capture)
{
	return capture->size;
}

static uint64_t size_of(FILE *file)
{
	struct stat stat;

	return fstat(fileno(file), &stat) == 0 && S_ISREG(stat.st_mode) ? (uint64_t)stat.st_size
									: 0;
}

// Returns 0 or -errno with err.
static int open_pcap(struct capture *capture, const char *path, struct err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	const char *link;
	FILE *file;

	// fopen() here and not in libpcap: errno tells a missing file from one that is no capture.
	file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	if (file == NULL)
		return err_set(err, errno, "cannot read %s: %s", path, strerror(errno));
	capture->size = size_of(file);
	capture->pcap =
		pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);
	if (capture->pcap == NULL) {
		if (file != stdin)
			fclose(file);
		return err_set(err, EINVAL, "%s is no capture that can be read: %s", path, text);
	}
	if (pcap_datalink(capture->pcap) == DLT_EN10MB)
		return 0;
	link = pcap_datalink_val_to_name(pcap_datalink(capture->pcap));
	return err_set(err, EINVAL,
		"%s holds frames of link type %s; only Ethernet (EN10MB) can be read: capture on "
		"one "
		"interface, not on 'any'",
		path, link != NULL ? link : "unknown");
}

static int prepare(struct capture *capture, const struct capture_options *o, struct err *err)
{
	uint32_t n_buffers = o->n_buffers > 0 ? o->n_buffers : CAPTURE_BUFFERS;
	size_t size = o->buffer_size > 0 ? o->buffer_size : CAPTURE_BUFFER_SIZE;
	int status;

	if (n_buffers < BUFFERS_MIN || size < CAPTURE_BUFFER_SIZE_MIN)
		return err_set(err, EINVAL, "a capture needs %d buffers of %d bytes at least",
			BUFFERS_MIN, CAPTURE_BUFFER_SIZE_MIN);
	if ((capture->path = strdup(o->path)) == NULL)
		return err_set(err, ENOMEM, "out of memory");
	if ((status = open_pcap(capture, o->path, err)) < 0)
		return status;
	// Sizes are multiples of 8, so that all headers are aligned.
	if ((status = handoff_init(
		     &capture->handoff, o->mem, n_buffers, RTE_ALIGN_CEIL(size, ALIGN), 0)) < 0)
		return err_set(err, -status, "cannot set up buffers to read %s: %s", o->path,
			strerror(-status));
	if ((status = handoff_start(&capture->handoff, "tw-capture", run, capture)) == 0)
		return 0;
	handoff_free(&capture->handoff);
	return err_set(
		err, -status, "cannot start a thread to read %s: %s", o->path, strerror(-status));
}

struct capture *capture_open(const struct capture_options *options, struct err *err)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	int status;

	if (capture == NULL) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	if ((status = prepare(capture, options, err)) == 0)
		return capture;
	if (capture->pcap != NULL)
		pcap_close(capture->pcap);
	free(capture->path);
	free(capture);
	errno = -status;
	return NULL;
}

void capture_close(struct capture *capture)
{
	if (capture == NULL)
		return;
	handoff_stop(&capture->handoff);
	handoff_free(&capture->handoff);
	pcap_close(capture->pcap);
	free(capture->path);
	free(capture);
}
