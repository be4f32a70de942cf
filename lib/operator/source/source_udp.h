// The listener that feeds a source with what a receiver delivers: of a NIC's queue, of a capture.
#pragma once
#include "operator/source/source_state.h"

struct source_journal;

struct udp_input {
	struct listener listener; // first: what deliver() gets
	struct source *source;
	struct source_journal *journal; // or NULL
	uint16_t n_in_work; // first messages that were emitted, but not past a full channel yet
};

// Framing as source's config wants it. Returns 0, or -EINVAL with *err filled.
int udp_input_init(struct udp_input *udp, struct source *source, struct err *err);
