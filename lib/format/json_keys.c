#include "format/json_keys.h"
#include "format/json_scan.h"

enum { KEY_ESCAPED_MAX = 1024 }; // bytes of a key with escapes; longer ones are no column's name

static uint32_t name_hash(const char *name, uint32_t len)
{
	uint32_t hash = 2166136261u; // FNV-1a

	for (uint32_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static const char *target_name(const struct json_keys *keys, uint32_t target)
{
	return keys->schema->fields[keys->targets->of[target].column].name;
}

static int32_t find_target(const struct json_keys *keys, const char *name, uint32_t len)
{
	uint32_t slot = name_hash(name, len) % JSON_NAMES;

	for (; keys->names[slot] != 0; slot = (slot + 1) % JSON_NAMES) {
		const char *known = target_name(keys, keys->names[slot] - 1u);

		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return keys->names[slot] - 1;
	}
	return JSON_SKIP;
}

// Remember the key text[:len], with quotes and colon, as the one expected here.
static void learn_key(
	struct json_keys *keys, uint32_t *expected, const char *text, uint64_t len, int32_t target)
{
	struct json_key *key = &keys->expected[*expected];

	if (*expected >= JSON_KEYS_MAX)
		return;
	++*expected;
	if (len > CHUNK_TEXT)
		return;
	memcpy(key->text, text, len);
	key->len = (uint32_t)len;
	key->target = target;
}

const char *json_keys_scan(struct json_keys *keys, uint32_t *expected, const char *at,
	const char *end, int32_t *target)
{
	const char *name = at + 1, *close, *colon;
	char unescaped[KEY_ESCAPED_MAX];
	bool escaped = false;
	uint32_t len;

	for (uint32_t i = *expected; i < *expected + JSON_KEYS_AHEAD; i++) {
		if (!json_key_matches(&keys->expected[i], at, end))
			continue;
		*expected = i + 1;
		*target = keys->expected[i].target;
		return at + keys->expected[i].len;
	}
	if (at == end || *at != '"')
		return NULL;
	close = json_scan_string(name, end, &escaped);
	if (close == NULL)
		return NULL;
	colon = json_skip_blanks(close + 1, end);
	if (colon == end || *colon != ':')
		return NULL;
	len = (uint32_t)(close - name);
	if (escaped && len > KEY_ESCAPED_MAX) {
		*target = JSON_SKIP;
		return colon + 1;
	}
	if (escaped) {
		len = json_unescape(name, len, unescaped);
		name = unescaped;
	}
	*target = find_target(keys, name, len);
	if (!escaped && colon == close + 1)
		learn_key(keys, expected, at, (uint64_t)(colon + 1 - at), *target);
	return colon + 1;
}

void json_keys_init(
	struct json_keys *keys, const struct targets *targets, const struct schema *schema)
{
	keys->targets = targets;
	keys->schema = schema;
	for (uint16_t i = 0; i < targets->n; i++) {
		const char *name = target_name(keys, i);
		uint32_t slot = name_hash(name, (uint32_t)strlen(name)) % JSON_NAMES;

		while (keys->names[slot] != 0)
			slot = (slot + 1) % JSON_NAMES;
		keys->names[slot] = (uint16_t)(i + 1);
	}
	for (int i = 0; i < JSON_KEYS_MAX + JSON_KEYS_AHEAD; i++)
		keys->expected[i].len = UINT32_MAX;
}
