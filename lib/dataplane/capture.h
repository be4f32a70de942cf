// Packets out of a capture file: pcap with microseconds or nanoseconds in either byte order, and
// pcapng, as libpcap reads them. A thread reads ahead; the lcore never waits.
//
// Nothing is read before the first burst is asked for.
// Created and closed by the coordinator; capture_burst() and capture_state() are one lcore's.
#pragma once
#include "base/err.h"
#include "base/mem.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CAPTURE_BUFFERS = 4,
	CAPTURE_BUFFER_SIZE = 1 << 20, // bytes; longer packets than this are counted as too long
	CAPTURE_BUFFER_SIZE_MIN = 256, // bytes; only tests want it small
};

struct capture; // opaque

struct capture_options {
	const char *path; // or "-" for standard input
	struct mem *mem; // for the buffers
	uint32_t n_buffers; // 0 for each: the defaults above
	size_t buffer_size;
};

struct capture_packet {
	const uint8_t *frame; // frame[:captured_len], Ethernet header first; aligned to 8 bytes
	uint32_t captured_len; // bytes in the file: at most wire_len
	uint32_t wire_len; // bytes it had on the wire, without the checksum as a rule
	int64_t time_ns; // when it was captured, since 1970
	uint64_t number; // its place in the capture, from 0
};

enum capture_state {
	CAPTURE_OPEN, // there is more, maybe not yet
	CAPTURE_END,
	CAPTURE_FAILED, // capture_error() says why; the packets before that have been handed out
};

// Open and start reading ahead. Returns NULL with err and errno: ENOENT, EACCES, EINVAL (no
// capture, or not of Ethernet frames), ENOMEM.
struct capture *capture_open(const struct capture_options *options, struct err *err);

// The next packets, at most n_max, in the order of the file. 0: none yet, the end, or an error, see
// capture_state(). They are valid until the next call. Never waits.
uint16_t capture_burst(struct capture *capture, struct capture_packet *packets, uint16_t n_max);

// A packet of which the file does not hold all: its snapshot length was too small.
static inline bool capture_is_truncated(const struct capture_packet *packet)
{
	return packet->captured_len < packet->wire_len;
}

enum capture_state capture_state(const struct capture *capture);
const struct err *capture_error(const struct capture *capture);
// How far a capture was read. Checksums are CRC32C of a packet's time, length and first bytes.
struct capture_position {
	uint64_t n_packets;
	uint32_t first, last; // of the first packet of all, and of the last that was read
};

// A checksum for it; 0 for NULL.
uint32_t capture_checksum(const struct capture_packet *packet);
// Pass over the packets that another reader has read, before the first burst. A capture that has
// others there, or fewer, fails.
void capture_resume(struct capture *capture, const struct capture_position *position);

// Packets longer than a buffer, left out: complete once the state is not CAPTURE_OPEN.
uint64_t capture_too_long(const struct capture *capture);

// Bytes of the file, as it was when the capture was opened; 0 = not known (a pipe).
uint64_t capture_size(const struct capture *capture);

// Stop the thread and free everything; waits for a read under way. capture may be NULL.
void capture_close(struct capture *capture);
