// The shape of the last plain message: its text but for its values. Of a message of the same shape
// nothing between the values needs to be understood, only compared.
//
//   {"id":1,"card":"4000","amount":2.5}
//
//   glue 0   {"id":          value 0   1       a number, up to the next entry of the index
//   glue 1   ,"card":"       value 1   4000    a string, without its quotes
//   glue 2   ","amount":     value 2   2.5
//   ending   }
//
// Idea: glue 0 is compared where the message starts. As it holds the same quotes and commas as it
// did when it was learnt, the entry of the index that ends value 0 is the same one, and glue 1 is
// compared there; and so on (speculation as in Mison, Li et al. 2017).
#pragma once
#include "format/json_index.h"
#include "format/json_keys.h"

enum {
	JSON_SHAPE_MAX = 64, // values of a message that has a shape
	JSON_SHAPE_EVERY = 16, // of the messages of another shape one in so many is learnt
};

struct json_shape_part {
	char glue[CHUNK_TEXT]; // [:len], what is in front of the value
	uint32_t len;
	uint16_t entry; // of the index: where the value ends
	bool is_string;
	int32_t target; // index, or JSON_SKIP
};

struct json_shape {
	uint32_t n; // 0: nothing is known
	uint32_t n_others; // messages that had another shape
	uint64_t seen; // a bit for each target that has a value
	struct json_shape_part parts[JSON_SHAPE_MAX];
	struct json_shape_part ending;
};

// Learn the shape of text[:end − text], of which index has been made and which is a right object.
// One with an object, an array or a null in it has none; then the shape stays what it was.
void json_shape_learn(struct json_shape *shape, const struct json_index *index,
	struct json_keys *keys, const char *text, const char *end);

static inline bool json_shape_matches(
	const struct json_shape_part *part, const char *at, const char *end)
{
	return part->len <= (uint64_t)(end - at) && chunk_starts_with(at, part->glue, part->len);
}
