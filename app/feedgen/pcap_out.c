// Capture file: the classic pcap format with microseconds (libpcap's pcap-savefile(5)), link type
// Ethernet, host byte order as its magic number says. Each frame:
//
//     Ethernet 14 | IPv4 20 | UDP 8 | payload
#include "feedgen/file_out.h"
#include "feedgen/out.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAC_LEN = 6, FRAME_HEADERS = 14 + 20 + 8, LINKTYPE_ETHERNET = 1 };

struct file_header {
	uint32_t magic;
	uint16_t version_major, version_minor;
	uint32_t zone, accuracy;
	uint32_t snaplen, linktype;
};

struct record_header {
	uint32_t seconds, microseconds;
	uint32_t captured_len, frame_len;
};

struct ipv4_udp {
	uint8_t version_ihl, tos;
	uint16_t total_len, id, fragment;
	uint8_t ttl, protocol;
	uint16_t checksum;
	struct in_addr src_ip, dst_ip;
	uint16_t src_port, dst_port, udp_len, udp_checksum;
};
_Static_assert(sizeof(struct ipv4_udp) == 28, "the layout on the wire has no holes");

struct pcap_out {
	struct out out;
	const struct out_options *options;
	struct file_out file;
	uint16_t ip_id;
};

// Ones' complement sum of 16-bit words (RFC 1071), carried on from sum.
static uint32_t sum_words(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (; len > 1; bytes += 2, len -= 2)
		sum += (uint32_t)bytes[0] << 8 | bytes[1];
	return len > 0 ? sum + ((uint32_t)bytes[0] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static uint16_t udp_checksum(const struct ipv4_udp *header, const char *data, uint32_t len)
{
	uint32_t sum = sum_words(0, &header->src_ip, 8); // both addresses
	uint16_t checksum;

	sum += IPPROTO_UDP + ntohs(header->udp_len);
	checksum = fold(sum_words(sum_words(sum, &header->src_port, 8), data, len));
	return checksum == 0 ? 0xffff : checksum; // 0 would mean: none (RFC 768)
}

static void fill_header(
	struct pcap_out *pcap, struct ipv4_udp *header, const char *data, uint32_t len)
{
	*header = (struct ipv4_udp){
		.version_ihl = 0x45,
		.total_len = htons((uint16_t)(sizeof(*header) + len)),
		.id = htons(pcap->ip_id++),
		.fragment = htons(0x4000), // do not fragment
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.src_ip = pcap->options->src_ip,
		.dst_ip = pcap->options->dst_ip,
		.src_port = htons(pcap->options->src_port),
		.dst_port = htons(pcap->options->dst_port),
		.udp_len = htons((uint16_t)(8 + len)),
	};
	header->checksum = fold(sum_words(0, header, 20));
	header->udp_checksum = udp_checksum(header, data, len);
}

static int pcap_put(struct out *out, const char *data, uint32_t len, int64_t at_ms, struct err *err)
{
	struct pcap_out *pcap = (struct pcap_out *)out;
	struct record_header record = {
		.seconds = (uint32_t)(at_ms / 1000),
		.microseconds = (uint32_t)(at_ms % 1000 * 1000),
		.captured_len = FRAME_HEADERS + len,
		.frame_len = FRAME_HEADERS + len,
	};
	char frame[sizeof(record) + FRAME_HEADERS + OUT_PAYLOAD_MAX], *at = frame;
	struct ipv4_udp header;

	fill_header(pcap, &header, data, len);
	at = (char *)memcpy(at, &record, sizeof(record)) + sizeof(record);
	at = (char *)memcpy(at, pcap->options->dst_mac, MAC_LEN) + MAC_LEN;
	at = (char *)memcpy(at, pcap->options->src_mac, MAC_LEN) + MAC_LEN;
	*at++ = 0x08; // EtherType: IPv4
	*at++ = 0x00;
	at = (char *)memcpy(at, &header, sizeof(header)) + sizeof(header);
	at = (char *)memcpy(at, data, len) + len;
	return file_out_write(&pcap->file, frame, (size_t)(at - frame), err);
}

static int pcap_flush(struct out *out, struct err *err)
{
	return file_out_flush(&((struct pcap_out *)out)->file, err);
}

static int pcap_close(struct out *out, struct err *err)
{
	return file_out_close(&((struct pcap_out *)out)->file, err);
}

static const struct out_ops pcap_ops = {
	.put_payload = pcap_put, .flush = pcap_flush, .close = pcap_close, .datagrams = true};

struct out *out_pcap_open(const struct out_options *options, struct err *err)
{
	static const struct file_header header = {
		.magic = 0xa1b2c3d4,
		.version_major = 2,
		.version_minor = 4,
		.snaplen = 65535,
		.linktype = LINKTYPE_ETHERNET,
	};
	struct pcap_out *pcap = calloc(1, sizeof(*pcap));

	if (pcap == NULL) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	if (file_out_open(&pcap->file, options->to, err) < 0) {
		free(pcap);
		return NULL;
	}
	pcap->out.ops = &pcap_ops;
	pcap->options = options;
	file_out_write(&pcap->file, &header, sizeof(header), err); // only fills the buffer
	return &pcap->out;
}
