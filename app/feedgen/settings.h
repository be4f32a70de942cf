// The words of the command line, one field for each option, not yet put together.
#pragma once
#include "base/err.h"
#include <stdbool.h>

// 0 or NULL: not given, where settings.c has no default; rate: NAN.
struct settings {
	const char *to, *format, *feed, *start, *labels, *interface;
	const char *src_ip, *dst_ip, *src_mac, *dst_mac;
	double seed, events, users, merchants, per_datagram, src_port, dst_port;
	double rate, speedup, event_rate;
	double fraud_rate, late, garbage, duplicates;
	double duration_ms, disorder_ms;
	bool quiet, help;
};

// Read argv[1:argc], "--name value", "--name=value" or a flag; the strings stay argv's. The numbers
// are within the bounds of their option. Returns 0, or -EINVAL and *err.
int settings_read(int argc, char **argv, struct settings *settings, struct err *err);
