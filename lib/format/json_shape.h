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
// Idea: a message that has as many quotes and commas as the shape is thought to be of it: then it
// is known which entries of its index the values are between, and there the glue is compared
// (speculation as in Mison, Li et al. 2017).
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
	// Entries of the index: where the value ends, and one before it, with bytes in between.
	uint16_t entry, before;
	uint32_t skip;
	bool is_string;
	int32_t target; // index, or JSON_SKIP
};

struct json_shape {
	uint32_t n; // 0: nothing is known
	uint32_t n_others; // messages that had another shape
	uint32_t n_entries; // of a message's index
	uint32_t first; // of them
	uint64_t seen; // a bit for each target that has a value
	struct json_shape_part parts[JSON_SHAPE_MAX];
	struct json_shape_part ending; // its value is empty, its end that of the message
};

// Learn the shape of text[:end − text], of which index has been made and which is a right object.
// One with an object, an array or a null in it has none; then the shape stays what it was.
void json_shape_learn(struct json_shape *shape, const struct json_index *index,
	struct json_keys *keys, const char *text, const char *end);

// Whether a message has as many quotes and commas as this shape, and as many bytes before the first
// and behind the last value.
static inline bool json_shape_has_entries(
	const struct json_shape *shape, const struct json_index *index)
{
	return index->n == shape->n_entries && index->at[0] == shape->first &&
	       index->at[index->n] - index->at[shape->ending.before] == (int)shape->ending.len;
}
