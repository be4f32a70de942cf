// Which column a member of a JSON object is for. The keys of the last messages are remembered as
// the bytes
// `"key":`, in their order, and the next message's are compared with them, each as a whole at once;
// only when that fails is a key scanned, and its name looked up.
#pragma once
#include "format/chunk.h"
#include "format/target.h"

enum {
	JSON_KEYS_MAX = 128, // of a message's keys, those that are remembered
	JSON_KEYS_AHEAD = 4, // how many optional members in a row may be left out without a look-up
	JSON_NAMES = 1024, // slots of the look-up table, a power of two above SCHEMA_COLUMNS_MAX
	JSON_SKIP = -1, // a member that is no wanted column
};

// A key as it stands in a message: quote, name, quote, colon.
struct json_key {
	char text[CHUNK_TEXT];
	uint32_t len; // UINT32_MAX: none yet
	int32_t target; // index, or JSON_SKIP
};

struct json_keys {
	const struct targets *targets;
	const struct schema *schema;
	uint16_t names[JSON_NAMES]; // target index + 1 by hash of the column's name; 0 = free
	struct json_key expected[JSON_KEYS_MAX + JSON_KEYS_AHEAD]; // the last ones stay empty
};

// keys is zeroed memory; targets and schema must outlive it.
void json_keys_init(
	struct json_keys *keys, const struct targets *targets, const struct schema *schema);

static inline bool json_key_matches(const struct json_key *key, const char *at, const char *end)
{
	return key->len <= (uint64_t)(end - at) && chunk_starts_with(at, key->text, key->len);
}

// The key at `at`, of which keys->expected[*expected] or one soon after it is hoped to be the same.
// Returns where it ends, behind its colon, or NULL when there is no key; *target becomes its
// target's index or JSON_SKIP, *expected the index for the next key.
const char *json_keys_scan(struct json_keys *keys, uint32_t *expected, const char *at,
	const char *end, int32_t *target);
