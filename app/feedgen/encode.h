// Events as messages: a JSON object, a CSV record or a fixed layout of bytes; and what is none of
// these though it tries.
#pragma once
#include "feedgen/model.h"
#include "feedgen/rng.h"

enum encoding { ENCODING_JSON, ENCODING_CSV, ENCODING_RAW };

enum { ENCODE_MAX = 512 }; // bytes a message needs at most

struct encoder {
	const struct world *world;
	enum feed feed;
	enum encoding encoding;
	uint32_t who_digits, merchant_digits; // numbers in names are all as long as the longest
	int64_t minute; // of minute_text
	char minute_text[sizeof("2026-01-01 00:00:") - 1];
};

void encoder_init(
	struct encoder *encoder, const struct world *world, enum feed feed, enum encoding encoding);

// Write a message to out; return its length. JSON and CSV have no newline at the end.
uint32_t encode_event(struct encoder *encoder, const struct event *event, char out[ENCODE_MAX]);

// Write something that is no message, without a newline in it, made of event's; return its length.
// Not for ENCODING_RAW, of which any bytes of the right length are a message.
uint32_t encode_garbage(
	struct encoder *encoder, const struct event *event, struct rng *rng, char out[ENCODE_MAX]);

// The names that labels and messages use: out[:length].
uint32_t encode_who(const struct encoder *encoder, uint32_t who, char *out);
uint32_t encode_ts(struct encoder *encoder, int64_t ts_ms, char *out);
