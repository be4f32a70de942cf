#include "feedgen/options.h"
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <pcap/pcap.h>
#include <cmocka.h>

static struct out_options frames_to(const char *path, uint32_t per_datagram)
{
	struct out_options options = {.to = path, .per_datagram = per_datagram};

	inet_pton(AF_INET, "10.0.0.1", &options.src_ip);
	inet_pton(AF_INET, "10.0.0.2", &options.dst_ip);
	options.src_port = 40000;
	options.dst_port = 9000;
	memset(options.dst_mac, 2, 6);
	return options;
}

// Ones' complement sum of a message that has its checksum in it: 0xffff when right (RFC 1071).
static uint16_t sum(uint32_t start, const uint8_t *data, uint32_t len)
{
	uint64_t total = start;

	for (uint32_t i = 0; i < len; i++)
		total += i % 2 == 0 ? (uint64_t)data[i] << 8 : data[i];
	while (total > 0xffff)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)total;
}

static void check_frame(const uint8_t *frame, uint32_t len, const char *payload)
{
	uint32_t payload_len = (uint32_t)strlen(payload), udp_len = 8 + payload_len;
	uint32_t pseudo = 17 + udp_len;

	assert_int_equal(len, 42 + payload_len);
	assert_memory_equal(frame, "\2\2\2\2\2\2\0\0\0\0\0\0\x08\0\x45", 15);
	assert_int_equal(frame[16] << 8 | frame[17], 20 + udp_len);
	assert_int_equal(sum(0, frame + 14, 20), 0xffff);
	for (int i = 26; i < 34; i += 2)
		pseudo += (uint32_t)(frame[i] << 8 | frame[i + 1]);
	assert_memory_equal(frame + 26, "\x0a\0\0\1\x0a\0\0\2", 8);
	assert_int_equal(frame[36] << 8 | frame[37], 9000);
	assert_int_equal(frame[38] << 8 | frame[39], udp_len);
	assert_int_not_equal(frame[40] | frame[41], 0);
	assert_int_equal(sum(pseudo, frame + 34, udp_len), 0xffff);
	assert_memory_equal(frame + 42, payload, payload_len);
}

static void frames_are_what_libpcap_and_receivers_expect(void **)
{
	static const char *const payloads[] = {"one\ntwo", "three\nfour", "odd"};
	char path[] = "/tmp/feedgen-XXXXXX.pcap", text[PCAP_ERRBUF_SIZE];
	int fd = mkstemps(path, 5);
	struct out_options options = frames_to(path, 2);
	struct err err = {0};
	struct out_counters counters;
	struct pcap_pkthdr *header;
	const uint8_t *frame;
	struct out *out = out_open(&options, &err);
	pcap_t *pcap;

	assert_non_null(out);
	assert_int_equal(out_message(out, "one", 3, 1000, &err), 0);
	assert_int_equal(out_message(out, "two", 3, 1500, &err), 0);
	assert_int_equal(out_message(out, "three", 5, 2000, &err), 0);
	assert_int_equal(out_message(out, "four", 4, 2500, &err), 0);
	assert_int_equal(out_message(out, "odd", 3, 3000, &err), 0);
	assert_int_equal(out_close(out, &counters, &err), 0);
	assert_int_equal(counters.n_datagrams, 3);
	assert_int_equal(counters.n_bytes, 7 + 10 + 3);

	pcap = pcap_open_offline(path, text);
	assert_non_null(pcap);
	assert_int_equal(pcap_datalink(pcap), DLT_EN10MB);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pcap_next_ex(pcap, &header, &frame), 1);
		assert_int_equal(header->ts.tv_sec, i + 1);
		assert_int_equal(header->ts.tv_usec, i < 2 ? 500000 : 0);
		assert_int_equal(header->len, header->caplen);
		check_frame(frame, header->caplen, payloads[i]);
	}
	assert_int_equal(pcap_next_ex(pcap, &header, &frame), PCAP_ERROR_BREAK);
	pcap_close(pcap);
	close(fd);
	unlink(path);
}

static void a_datagram_never_grows_past_a_frame(void **)
{
	char path[] = "/tmp/feedgen-XXXXXX.pcap", text[PCAP_ERRBUF_SIZE], message[500];
	int fd = mkstemps(path, 5);
	struct out_options options = frames_to(path, 1000);
	struct err err = {0};
	struct out_counters counters;
	struct pcap_pkthdr *header;
	const uint8_t *frame;
	struct out *out = out_open(&options, &err);
	uint64_t n = 0;
	pcap_t *pcap;

	memset(message, 'x', sizeof(message));
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(out_message(out, message, 1 + i % 500, i, &err), 0);
	assert_int_equal(out_close(out, &counters, &err), 0);
	pcap = pcap_open_offline(path, text);
	for (; pcap_next_ex(pcap, &header, &frame) == 1; n++)
		assert_in_range(header->caplen, 43, 42 + OUT_PAYLOAD_MAX);
	assert_int_equal(n, counters.n_datagrams);
	pcap_close(pcap);
	close(fd);
	unlink(path);
}

// A receiver on the loopback address of the family; its address goes to "to".
static int receiver(int family, char *to)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	bool is_v6 = family == AF_INET6;
	struct sockaddr *address = is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
	socklen_t len = is_v6 ? sizeof(v6) : sizeof(v4);
	int fd = socket(family, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, address, len) < 0)
		return -1;
	getsockname(fd, address, &len);
	if (is_v6)
		sprintf(to, "udp://[::1]:%u", ntohs(v6.sin6_port));
	else
		sprintf(to, "udp://127.0.0.1:%u", ntohs(v4.sin_port));
	return fd;
}

static void check_udp(int family)
{
	char to[64], data[64];
	struct out_options options = {.to = to, .per_datagram = 1};
	struct out_counters counters;
	struct err err = {0};
	int fd = receiver(family, to);
	struct out *out;

	if (fd < 0)
		skip(); // no such address family on this machine
	out = out_open(&options, &err);
	assert_non_null(out);
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			out_message(out, data, (uint32_t)sprintf(data, "%d", i), 0, &err), 0);
	assert_int_equal(out_close(out, &counters, &err), 0);
	assert_int_equal(counters.n_datagrams, 100);
	for (int i = 0; i < 100; i++) {
		ssize_t n = recv(fd, data, sizeof(data) - 1, MSG_DONTWAIT);

		assert_true(n > 0);
		data[n] = '\0';
		assert_int_equal(atoi(data), i);
	}
	close(fd);
}

static void udp_arrives_over_ipv4(void **)
{
	check_udp(AF_INET);
}

static void udp_arrives_over_ipv6(void **)
{
	check_udp(AF_INET6);
}

static void refusals_are_counted_and_sent_again(void **)
{
	char to[64];
	struct out_options options = {.to = to, .per_datagram = 1};
	struct out_counters counters;
	struct err err = {0};
	struct out *out;

	close(receiver(AF_INET, to)); // now nobody has the port
	out = out_open(&options, &err);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(out_message(out, "x", 1, 0, &err), 0);
	assert_int_equal(out_close(out, &counters, &err), 0);
	assert_int_equal(counters.n_datagrams, 1000);
	assert_true(counters.n_refused > 0);
}

static void bad_addresses_are_refused(void **)
{
	static const char *const bad[] = {"udp://", "udp://1.2.3.4", "udp://1.2.3.4:0",
		"udp://1.2.3.4:99999", "udp://1.2.3.4:+5", "udp://1.2.3.4:5x", "udp://::1:5",
		"udp://[::1]", "udp://[1.2.3.4]:5", "udp://host:5", "udp://[]:5",
		"udp://[0000000000000000000000000000000000000000000000000000000000000000]:5"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct out_options options = {.to = bad[i], .per_datagram = 1};
		struct err err = {0};

		assert_null(out_open(&options, &err));
		assert_non_null(strstr(err.text, "is no address"));
	}
}

static void a_full_disk_is_an_error(void **)
{
	struct out_options options = {.to = "/dev/full", .per_datagram = 1};
	struct err err = {0};
	struct out_counters counters;
	struct out *out = out_open(&options, &err);

	if (out == NULL)
		skip(); // not on Linux's /dev
	assert_int_equal(out_message(out, "x", 1, 0, &err), 0);
	assert_int_equal(out_close(out, &counters, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "/dev/full"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_what_libpcap_and_receivers_expect),
		cmocka_unit_test(a_datagram_never_grows_past_a_frame),
		cmocka_unit_test(udp_arrives_over_ipv4),
		cmocka_unit_test(udp_arrives_over_ipv6),
		cmocka_unit_test(refusals_are_counted_and_sent_again),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
