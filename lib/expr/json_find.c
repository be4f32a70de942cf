// Finding values. The document has been scanned, so that everything here is well-formed.
#include "expr/json_text.h"
#include "format/json_scan.h"
#include "expr/json_walk.h"

static bool ends_well(const char *at, const char *start, const char *end)
{
	unsigned char next;

	if (at == end || *start == '"' || *start == '{' || *start == '[')
		return true;
	next = (unsigned char)*at;
	if (*start == '-' || (*start >= '0' && *start <= '9'))
		return json_is_blank((char)next);
	// A word must not go on as a name of Java.
	return next < 0x80 && next != '_' && next != '$' && !(next >= '0' && next <= '9') &&
	       !((next | 32) >= 'a' && (next | 32) <= 'z');
}

struct json_value json_document(const char *text, uint32_t len)
{
	const char *end = text + len, *start = json_skip_blanks(text, end), *at;
	bool too_deep = false;

	if (start == end)
		return (struct json_value){0};
	at = json_scan_value(start, end, 0, &too_deep);
	if (at == NULL || !ends_well(at, start, end))
		return (struct json_value){0};
	return (struct json_value){start, at};
}

bool json_next(struct json_value of, struct json_cursor *cursor)
{
	const char *at = cursor->at != NULL ? cursor->at : of.start + 1;
	bool ignored = false;

	at = json_skip_blanks(at, of.end);
	if (cursor->at != NULL && *at == ',')
		at = json_skip_blanks(at + 1, of.end);
	if (*at == '}' || *at == ']')
		return false;
	if (*of.start == '{') {
		cursor->key.start = at + 1;
		cursor->key.end = json_scan_string(at + 1, of.end, &ignored);
		at = json_skip_blanks(cursor->key.end + 1, of.end);
		at = json_skip_blanks(at + 1, of.end); // behind the colon
	}
	cursor->value.start = at;
	cursor->value.end = json_scan_value(at, of.end, 0, &ignored);
	cursor->at = cursor->value.end;
	return true;
}

static bool key_is(struct json_value key, const struct json_step *step)
{
	struct json_value wanted = {step->key, step->key + step->len};

	if (memchr(key.start, '\\', (size_t)(key.end - key.start)) == NULL)
		return key.end - key.start == step->len &&
		       memcmp(key.start, step->key, step->len) == 0;
	return memchr(step->key, '\\', step->len) == NULL && json_compare_keys(key, wanted) == 0;
}

// The last member of this key: it is the one that a map keeps.
static struct json_value find_key(struct json_value of, const struct json_step *step)
{
	struct json_value found = {0};
	struct json_cursor cursor = {0};

	while (*of.start == '{' && json_next(of, &cursor))
		if (key_is(cursor.key, step))
			found = cursor.value;
	return found;
}

static struct json_value find_index(struct json_value of, int64_t index)
{
	struct json_cursor cursor = {0};

	if (*of.start != '[')
		return (struct json_value){0};
	if (index < 0) {
		while (json_next(of, &cursor))
			index++;
		if (index < 0)
			return (struct json_value){0};
		cursor = (struct json_cursor){0};
	}
	while (json_next(of, &cursor))
		if (index-- == 0)
			return cursor.value;
	return (struct json_value){0};
}

struct json_value json_find(struct json_value from, const struct json_step *steps, uint16_t n)
{
	for (uint16_t i = 0; i < n && from.start != NULL; i++)
		from = steps[i].kind == JSON_STEP_KEY ? find_key(from, &steps[i])
						      : find_index(from, steps[i].index);
	return from;
}

uint16_t json_definite_steps(const struct json_path *path)
{
	uint16_t n = 0;

	while (n < path->n_steps && path->steps[n].kind != JSON_STEP_ALL)
		n++;
	return n;
}
