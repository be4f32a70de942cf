#include "format/json_shape.h"
#include "format/json_scan.h"

static bool set_glue(struct json_shape_part *part, const char *from, const char *to)
{
	if (to - from > CHUNK_TEXT)
		return false;
	part->len = (uint32_t)(to - from);
	memcpy(part->glue, from, part->len);
	return true;
}

// Learn the member whose key is at `at`, with glue from `from` on. *entry is that of its key and
// becomes that of what ends its value. False when it has no place in a shape.
static bool learn_part(struct json_shape_part *part, const struct json_index *index,
	struct json_keys *keys, const char *from, const char *at, const char *end,
	uint32_t *expected, uint32_t *entry)
{
	const char *value = json_keys_scan(keys, expected, at, end, &part->target);

	if (value == NULL)
		return false;
	value = json_skip_blanks(value, end);
	if (value == end || *value == '{' || *value == '[' || *value == 'n')
		return false;
	part->is_string = *value == '"';
	value += part->is_string;
	*entry += part->is_string ? 3 : 2;
	part->entry = (uint16_t)*entry;
	return *entry < index->n && set_glue(part, from, value);
}

// The glue behind the last value, as if an empty value followed it.
static bool learn_ending(
	struct json_shape *shape, uint16_t before, const char *from, const char *end)
{
	struct json_shape_part *part = &shape->ending;

	if (!set_glue(part, from, end))
		return false;
	part->before = before;
	part->skip = part->len;
	part->entry = (uint16_t)shape->n_entries;
	return true;
}

static uint32_t learn(struct json_shape *shape, const struct json_index *index,
	struct json_keys *keys, const char *text, const char *end)
{
	const char *glue = text;
	uint32_t entry = 0, expected = 0, n = 0;
	uint16_t before = 0;

	shape->seen = 0;
	shape->n_entries = index->n;
	shape->first = index->at[0];
	while (n < JSON_SHAPE_MAX && entry < index->n) {
		struct json_shape_part *part = &shape->parts[n++];
		const char *key = text + index->at[entry];

		if (!learn_part(part, index, keys, glue, key, end, &expected, &entry))
			return 0;
		// Of two members of one name the last would have to win.
		if (part->target != JSON_SKIP && shape->seen >> part->target & 1)
			return 0;
		if (part->target != JSON_SKIP)
			shape->seen |= 1ull << part->target;
		part->before = before;
		part->skip = (uint32_t)(glue + part->len - text) - index->at[before];
		before = (uint16_t)entry;
		glue = text + index->at[entry];
		entry += part->is_string;
		if (text[index->at[entry++]] == '}')
			return learn_ending(shape, before, glue, end) ? n : 0;
	}
	return 0;
}

void json_shape_learn(struct json_shape *shape, const struct json_index *index,
	struct json_keys *keys, const char *text, const char *end)
{
	struct json_shape learnt = {.n_others = shape->n_others};

	learnt.n = learn(&learnt, index, keys, text, end);
	if (learnt.n > 0)
		*shape = learnt;
}
