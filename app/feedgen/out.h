// Where messages go: a file of lines, a capture file, or the network.
#pragma once
#include "base/err.h"
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>

// Payload that fits an Ethernet frame without fragments, over IPv4 and IPv6.
enum { OUT_PAYLOAD_MAX = 1452 };

struct out_options {
	const char *to; // "-", a file, a file that ends in .pcap, or udp://ADDRESS:PORT
	uint32_t per_datagram; // messages, at most; fewer when they do not fit
	bool binary; // messages stand side by side; otherwise newlines separate them
	char interface[IF_NAMESIZE]; // udp: the way out; "": the routing table's
	// Captures only.
	struct in_addr src_ip, dst_ip;
	uint16_t src_port, dst_port;
	uint8_t src_mac[6], dst_mac[6];
};

struct out_counters {
	uint64_t n_datagrams;
	uint64_t n_bytes; // of messages and what separates them
	uint64_t n_refused; // times that the receiver's kernel said nobody listens; sent again once
};

struct out;

// What a kind of output is. put_payload gets 1 … OUT_PAYLOAD_MAX bytes, or one line with its
// newline for files. Each returns 0, or -errno and *err.
struct out_ops {
	int (*put_payload)(
		struct out *out, const char *data, uint32_t len, int64_t at_ms, struct err *err);
	int (*flush)(struct out *out, struct err *err);
	int (*close)(struct out *out, struct err *err); // flushes, closes; free() of out follows
	bool datagrams;
};

// The part that all kinds have: it is their first member.
struct out {
	const struct out_ops *ops;
	const struct out_options *options; // outlives it
	char payload[OUT_PAYLOAD_MAX]; // payload[:len]: n_messages that wait to go together
	uint32_t len, n_messages;
	int64_t at_ms; // of the last of them
	struct out_counters counters;
};

// Open what options->to names. NULL and *err when it cannot be.
struct out *out_open(const struct out_options *options, struct err *err);

// Add a message of at most 512 bytes that is sent at at_ms (event time: captures show it).
// Returns 0, or -errno and *err.
int out_message(struct out *out, const char *message, uint32_t len, int64_t at_ms, struct err *err);

// Send all that waits. Returns 0, or -errno and *err.
int out_flush(struct out *out, struct err *err);

// Flush and free; *counters is what was sent, also after a failure. Returns 0, or -errno and *err.
int out_close(struct out *out, struct out_counters *counters, struct err *err);

bool out_is_udp(const char *to);

// The kinds; each sets ops. NULL and *err.
struct out *out_file_open(const struct out_options *options, struct err *err);
struct out *out_pcap_open(const struct out_options *options, struct err *err);
struct out *out_udp_open(const struct out_options *options, struct err *err);
