#include "dataplane/capture.h"
#include "dataplane/scratch.h"
#include "dataplane/source_root.h"
#include <dirent.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define CAPTURES SOURCE_ROOT "/../shared/data/pcap"

enum {
	MAGIC_US = 0xa1b2c3d4, // of a pcap file; stored in the writer's byte order
	MAGIC_NS = 0xa1b23c4d,
	HEADER_LEN = 24,
	FILE_MAX = 1 << 20,
};

// A pcap file being made by hand, in this machine's byte order or the other.
struct maker {
	uint8_t data[FILE_MAX];
	size_t len;
	bool is_swapped;
};

static void put32(struct maker *m, uint32_t value)
{
	if (m->is_swapped)
		value = __builtin_bswap32(value);
	memcpy(m->data + m->len, &value, 4);
	m->len += 4;
}

static struct maker *make(uint32_t magic, uint32_t link, bool is_swapped)
{
	struct maker *m = calloc(1, sizeof(*m));

	m->is_swapped = is_swapped;
	put32(m, magic);
	put32(m, is_swapped ? 4 << 16 | 2 : 4 << 16 | 2); // version 2.4, two halves
	if (is_swapped) { // the halves are swapped each, not both together
		m->data[4] = 0, m->data[5] = 2, m->data[6] = 0, m->data[7] = 4;
	}
	put32(m, 0); // time zone
	put32(m, 0); // accuracy
	put32(m, 65535); // snapshot length
	put32(m, link);
	return m;
}

static void put_packet(
	struct maker *m, uint32_t s, uint32_t fraction, uint32_t caplen, uint32_t len)
{
	put32(m, s);
	put32(m, fraction);
	put32(m, caplen);
	put32(m, len);
	for (uint32_t i = 0; i < caplen; i++)
		m->data[m->len++] = (uint8_t)(caplen + i);
}

static struct capture *open_capture(const char *path, size_t buffer_size, struct err *err)
{
	const struct capture_options options = {
		.path = path,
		.mem = &mem_libc,
		.n_buffers = 2,
		.buffer_size = buffer_size,
	};

	return capture_open(&options, err);
}

// Take ownership of m: write it and open it.
static struct capture *open_made(struct maker *m, size_t buffer_size, struct err *err)
{
	const char *path = scratch_write("made.pcap", m->data, m->len);

	free(m);
	return open_capture(path, buffer_size, err);
}

// The next packet, waiting for it. false at the end or on an error.
static bool next(struct capture *capture, struct capture_packet *packet)
{
	while (capture_burst(capture, packet, 1) == 0) {
		if (capture_state(capture) != CAPTURE_OPEN)
			return false;
		usleep(20);
	}
	return true;
}

static void reads_micro_and_nanoseconds_in_both_byte_orders(void **)
{
	for (int variant = 0; variant < 4; variant++) {
		const bool is_ns = variant & 1;
		struct maker *m = make(is_ns ? MAGIC_NS : MAGIC_US, DLT_EN10MB, variant & 2);
		struct capture_packet packet;
		struct err err = {0};

		put_packet(m, 1600000000, 123456, 60, 60);
		put_packet(m, 4000000000, 7, 64, 1500); // behind 2038, and truncated
		struct capture *capture = open_made(m, 0, &err);
		assert_non_null(capture);
		assert_true(next(capture, &packet));
		assert_int_equal(
			packet.time_ns, 1600000000000000000 + (is_ns ? 123456 : 123456000));
		assert_int_equal(packet.captured_len, 60);
		assert_int_equal(packet.frame[59], (uint8_t)(60 + 59));
		assert_int_equal(packet.number, 0);
		assert_false(capture_is_truncated(&packet));
		assert_true(next(capture, &packet));
		assert_int_equal(packet.time_ns, 4000000000000000000 + (is_ns ? 7 : 7000));
		assert_int_equal(packet.captured_len, 64);
		assert_int_equal(packet.wire_len, 1500);
		assert_int_equal(packet.number, 1);
		assert_true(capture_is_truncated(&packet));
		assert_false(next(capture, &packet));
		assert_int_equal(capture_state(capture), CAPTURE_END);
		capture_close(capture);
	}
}

static void packets_come_through_small_buffers_whole_and_in_order(void **)
{
	struct maker *m = make(MAGIC_NS, DLT_EN10MB, false);
	struct capture_packet packets[32];
	struct err err = {0};
	uint64_t n_seen = 0;

	for (uint32_t i = 0; i < 3000; i++)
		put_packet(m, 1, i, i % 200, i % 200);
	struct capture *capture = open_made(m, 300, &err);
	while (capture_state(capture) == CAPTURE_OPEN) {
		uint16_t n = capture_burst(capture, packets, 32);

		for (uint16_t i = 0; i < n; i++, n_seen++) {
			assert_int_equal(packets[i].time_ns, 1000000000 + n_seen);
			assert_int_equal(packets[i].captured_len, n_seen % 200);
			assert_int_equal((uintptr_t)packets[i].frame % 8, 0);
			for (uint32_t b = 0; b < packets[i].captured_len; b++)
				assert_int_equal(packets[i].frame[b],
					(uint8_t)(packets[i].captured_len + b));
		}
	}
	assert_int_equal(n_seen, 3000);
	assert_int_equal(capture_too_long(capture), 0);
	capture_close(capture);
}

static void a_packet_longer_than_a_buffer_is_counted(void **)
{
	struct maker *m = make(MAGIC_US, DLT_EN10MB, false);
	struct capture_packet packet;
	struct err err = {0};

	put_packet(m, 1, 0, 60, 60);
	put_packet(m, 2, 0, 1000, 1000);
	put_packet(m, 3, 0, 60, 60);
	struct capture *capture = open_made(m, 256, &err);
	assert_true(next(capture, &packet));
	assert_true(next(capture, &packet));
	assert_int_equal(packet.time_ns, 3000000000);
	assert_false(next(capture, &packet));
	assert_int_equal(capture_too_long(capture), 1);
	capture_close(capture);
}

static void a_file_that_ends_within_a_packet_fails_after_the_whole_ones(void **)
{
	struct maker *m = make(MAGIC_US, DLT_EN10MB, false);
	struct capture_packet packet;
	struct err err = {0};

	put_packet(m, 1, 0, 60, 60);
	put_packet(m, 2, 0, 60, 60);
	m->len -= 10;
	struct capture *capture = open_made(m, 0, &err);
	assert_true(next(capture, &packet));
	assert_false(next(capture, &packet));
	assert_int_equal(capture_state(capture), CAPTURE_FAILED);
	assert_non_null(strstr(capture_error(capture)->text, "made.pcap: truncated dump file"));
	capture_close(capture);
}

static void what_is_no_ethernet_capture_is_told_at_once(void **)
{
	struct err err = {0}, cooked = {0}, text = {0};

	assert_null(open_capture(scratch_path("missing"), 0, &err));
	assert_int_equal(errno, ENOENT);
	assert_null(open_made(make(MAGIC_US, DLT_LINUX_SLL, false), 0, &cooked));
	assert_int_equal(errno, EINVAL);
	assert_non_null(strstr(cooked.text, "link type LINUX_SLL; only Ethernet"));
	assert_null(open_capture(scratch_write("t", "no capture at all", 17), 0, &text));
	assert_int_equal(errno, EINVAL);
	assert_null(open_capture(scratch_write("e", "", 0), 0, NULL));
	capture_close(NULL);
}

static void closes_with_packets_left(void **)
{
	struct maker *m = make(MAGIC_US, DLT_EN10MB, false);
	struct capture_packet packet;
	struct err err = {0};

	for (int i = 0; i < 1000; i++)
		put_packet(m, 1, 0, 60, 60);
	struct capture *capture = open_made(m, 256, &err);
	assert_true(next(capture, &packet));
	capture_close(capture);
}

// What libpcap itself says of path, packet by packet, is what comes out. Returns packets compared.
static uint64_t compare(const char *path)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *pcap =
		pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, text);
	struct capture_packet packet;
	struct pcap_pkthdr *header;
	const uint8_t *frame;
	struct err err = {0};
	struct capture *capture = open_capture(path, 0, &err);
	uint64_t n = 0;

	assert_int_equal(capture != NULL, pcap != NULL && pcap_datalink(pcap) == DLT_EN10MB);
	while (capture != NULL && pcap_next_ex(pcap, &header, &frame) == 1) {
		assert_true(next(capture, &packet));
		assert_int_equal(packet.number, n++);
		assert_int_equal(packet.captured_len, header->caplen);
		assert_memory_equal(packet.frame, frame, header->caplen);
		assert_int_equal(packet.time_ns,
			(uint64_t)header->ts.tv_sec * 1000000000 + (uint64_t)header->ts.tv_usec);
	}
	if (capture != NULL)
		assert_false(next(capture, &packet));
	capture_close(capture);
	if (pcap != NULL)
		pcap_close(pcap);
	return n;
}

static uint64_t n_compared, n_files;

static int compare_entry(const char *path, const struct stat *, int type, struct FTW *)
{
	const char *dot = strrchr(path, '.');

	if (type == FTW_F && dot != NULL &&
		(strcmp(dot, ".pcap") == 0 || strcmp(dot, ".pcapng") == 0 ||
			strcmp(dot, ".trace") == 0)) {
		n_compared += compare(path);
		n_files++;
	}
	return 0;
}

static void captures_of_the_world_read_as_libpcap_reads_them(void **)
{
	if (access(CAPTURES, R_OK) != 0) {
		print_message("../shared/data/pcap is absent: skipped\n");
		skip();
	}
	nftw(CAPTURES, compare_entry, 16, FTW_PHYS);
	assert_true(n_files > 50 && n_compared > 1000);
	print_message("%lu files, %lu packets\n", n_files, n_compared);
}

#define TEST(claim) cmocka_unit_test_setup_teardown(claim, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_micro_and_nanoseconds_in_both_byte_orders),
		TEST(packets_come_through_small_buffers_whole_and_in_order),
		TEST(a_packet_longer_than_a_buffer_is_counted),
		TEST(a_file_that_ends_within_a_packet_fails_after_the_whole_ones),
		TEST(what_is_no_ethernet_capture_is_told_at_once),
		TEST(closes_with_packets_left),
		cmocka_unit_test(captures_of_the_world_read_as_libpcap_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
