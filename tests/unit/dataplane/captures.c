// The receiver over every capture that the machine has: real frames, and hostile ones.
#include "frames.h"

#include <ftw.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "dataplane/capture.h"
#include "dataplane/receiver.h"
#include "dataplane/source_root.h"

#define CAPTURES SOURCE_ROOT "/../shared/data/pcap"

static struct demux demux;
static uint64_t n_files, n_frames, n_bytes;
static uint64_t verdicts[PACKET_N_VERDICTS];

static uint16_t take(struct listener *listener, const struct message *messages, uint16_t n,
	const struct now *received)
{
	for (uint16_t i = 0; i < n; i++) {
		// Read it all: AddressSanitizer sees what is not there.
		n_bytes += messages[i].len;
		assert_true(checksum_add(0, messages[i].data, messages[i].len) < UINT64_MAX);
	}
	return n > 3 ? n - 3 : n; // behind now and then
}

static void run_frames(
	struct receiver *r, const struct capture_packet *packets, uint16_t n, uint64_t *n_run)
{
	struct receiver_frame frames[RECEIVER_BURST];
	uint8_t *copies[RECEIVER_BURST];
	const struct now now = {0};

	for (uint16_t i = 0; i < n; i++) {
		// A copy of exactly its size.
		copies[i] = malloc(packets[i].captured_len + (packets[i].captured_len == 0));
		memcpy(copies[i], packets[i].frame, packets[i].captured_len);
		frames[i] = (struct receiver_frame){copies[i], packets[i].captured_len};
	}
	receiver_frames(r, frames, n, &now);
	while (!receiver_drain(r))
		;
	for (uint16_t i = 0; i < n; i++)
		free(copies[i]);
	*n_run += n;
}

static int run_file(const char *path, const struct stat *, int type, struct FTW *)
{
	struct listener lines = {.deliver = take};
	struct listener *listeners[] = {&lines};
	struct receiver_conf conf = {.mem = &mem_libc,
		.demux = &demux,
		.listeners = listeners,
		.n_listeners = 1,
		.tsc_hz = 1000000};
	struct capture_options options = {.path = path, .mem = &mem_libc};
	struct capture_packet packets[RECEIVER_BURST];
	const struct receiver_counts *counts;
	struct capture *capture;
	struct receiver *r;
	uint64_t n_run = 0, sum = 0;

	capture = type == FTW_F ? capture_open(&options, NULL) : NULL;
	if (capture == NULL)
		return 0; // no capture, or not of Ethernet
	framing_lines(&lines.framing, NULL, 0, NULL);
	r = receiver_new(&conf);
	while (capture_state(capture) == CAPTURE_OPEN)
		run_frames(r, packets, capture_burst(capture, packets, RECEIVER_BURST), &n_run);
	counts = receiver_counts(r);
	for (int i = 0; i < PACKET_N_VERDICTS; i++) {
		sum += counts->n_verdicts[i];
		verdicts[i] += counts->n_verdicts[i];
	}
	assert_int_equal(counts->n_packets, n_run);
	assert_int_equal(sum, n_run);
	n_frames += n_run;
	n_files++;
	receiver_free(r);
	capture_close(capture);
	return 0;
}

static void every_frame_of_every_capture_is_accounted_for(void **)
{
	// Of market data, RADIUS, DNS, syslog, sFlow, VXLAN.
	static const uint16_t ports[] = {14340, 15340, 1812, 53, 514, 6343, 4789};
	struct address_port any = {0}; // [::], which takes IPv4 too

	demux_init(&demux);
	for (size_t i = 0; i < RTE_DIM(ports); i++) {
		any.port = ports[i];
		assert_int_equal(demux_add(&demux, &any, DEMUX_ALL_PORTS, 0), 0);
	}
	if (nftw(CAPTURES, run_file, 16, FTW_PHYS) != 0 || n_files == 0) {
		print_message("no captures in " CAPTURES ": skipped\n");
		skip();
	}
	print_message("%lu captures, %lu frames, %lu bytes delivered:", n_files, n_frames, n_bytes);
	for (int i = 0; i < PACKET_N_VERDICTS; i++)
		if (verdicts[i] > 0)
			print_message(" %s=%lu", packet_verdict_names[i], verdicts[i]);
	print_message("\n");
	assert_true(verdicts[PACKET_UDP] > 0 && n_bytes > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_frame_of_every_capture_is_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
