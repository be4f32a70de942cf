// Where a message ends: lines in a datagram or a byte stream, or the datagram itself.
//
// Lines end at the delimiter (default "\n"; any 1 to 8 bytes). With the default, one "\r" in front
// of it belongs to it. Empty lines are skipped: they are no messages. With datagram framing each
// datagram is one message, an empty one too, as the format may have something to say to it. Records
// have one size and no delimiter; what is left over at the end is a message that is too short.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

struct err;

enum { FRAMING_DELIMITER_MAX = 8 };

enum framing_kind { FRAMING_LINE, FRAMING_DATAGRAM, FRAMING_RECORDS };

struct framing {
	enum framing_kind kind;
	uint8_t delimiter[FRAMING_DELIMITER_MAX];
	uint32_t delimiter_len;
	uint32_t record_size; // of FRAMING_RECORDS
};

// Line framing by delimiter[:len]; NULL for the default. Returns 0, or -EINVAL with err set.
int framing_lines(struct framing *framing, const uint8_t *delimiter, size_t len, struct err *err);

// Framing by records of size bytes, size > 0.
void framing_records(struct framing *framing, uint32_t size);

// Cut data[:len] (len below 4 GiB) into at most max messages, max > 0; returns how many. *consumed
// becomes the bytes that are done with: go on at data + *consumed. *consumed == len when all is;
// less when messages ran full, or when the last line has no delimiter and more is to come (whole ==
// false: a chunk of a stream, whose caller then reads on behind the rest that stays). With whole ==
// true, data is all there is: a last line needs no delimiter. A whole datagram that is empty has to
// be offered once.
uint32_t framing_split(const struct framing *framing, const uint8_t *data, size_t len, bool whole,
	struct message *messages, uint32_t max, size_t *consumed);

// The same for each of datagrams[:n_datagrams], all of them whole: cut into at most max messages
// together, max > 0; returns how many. *n_done becomes the number of datagrams that are done with;
// what is not stays in datagrams[*n_done:n_datagrams], the first of it without its bytes that are.
uint32_t framing_split_each(const struct framing *framing, struct message *datagrams,
	uint32_t n_datagrams, struct message *messages, uint32_t max, uint32_t *n_done);
