// A run of JSON messages of one shape (json_shape.h): what is between their values was compared, so
// the values of one member can be converted together.
#pragma once
#include "base/message.h"
#include "format/json_shape.h"
#include "format/texts.h"

struct json_run {
	const char *messages[TEXTS_MAX];
	struct json_index indexes[TEXTS_MAX];
	const struct message *other; // the message behind the run, if its index is made
};

// Find the values of messages[:n], n ≤ TEXTS_MAX, up to the first that is not plain or not of this
// shape. Returns how many there are. Of the one that ended the run the index is put into other, if
// it is plain.
uint16_t json_run_find(struct json_run *run, const struct json_shape *shape,
	const struct message *messages, uint16_t n, struct json_index *other);

// The first n messages' values of one part, strings without their quotes.
struct texts json_run_texts(
	const struct json_run *run, const struct json_shape_part *part, uint16_t n);
