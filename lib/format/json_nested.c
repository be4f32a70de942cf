// Two walks over each array and object: the first counts or finds its members, the second converts
// them, in place, into the block's heap. The text was scanned before, so that nothing in it is
// wrong; types are nested a bounded number of times, and so are the functions here.
#include "format/json_nested.h"
#include <assert.h>
#include <errno.h>
#include "format/json_scan.h"
#include "row/nested_order.h"

struct reading {
	struct row *row; // whose column is made
	const struct json_nested_options *options;
	// One value of a part, and room to unescape it: a store of one column and one slot.
	struct block_store leaf;
	struct column column;
	union nested_value value;
	uint64_t nulls;
};

// A piece of the message: at < end.
struct piece {
	const char *at, *end;
};

static int read_part(struct reading *reading, const struct json_nested *nested, struct piece text,
	struct nested_writer *w);

// ---- Members and elements

// The value at `at`, blanks before it; *at moves behind what follows it, ',' or a bracket. Returns
// whether that is ','.
static bool next_value(const char **at, const char *end, struct piece *value)
{
	bool too_deep;

	value->at = json_skip_blanks(*at, end);
	value->end = json_scan_value(value->at, end, 0, &too_deep);
	assert(value->end != NULL);
	*at = json_skip_blanks(value->end, end) + 1;
	return (*at)[-1] == ',';
}

// The same of a member; key is without its quotes.
static bool next_member(
	const char **at, const char *end, struct piece *key, bool *escaped, struct piece *value)
{
	*escaped = false;
	key->at = json_skip_blanks(*at, end) + 1;
	key->end = json_scan_string(key->at, end, escaped);
	assert(key->end != NULL);
	*at = json_skip_blanks(key->end + 1, end) + 1;
	return next_value(at, end, value);
}

static bool is_empty(struct piece text)
{
	const char *first = json_skip_blanks(text.at + 1, text.end);

	return *first == ']' || *first == '}';
}

static uint32_t count_values(struct piece text)
{
	const char *at = text.at + 1;
	bool escaped, more = !is_empty(text), is_object = *text.at == '{';
	struct piece key, value;
	uint32_t n = 0;

	for (; more; n++)
		more = is_object ? next_member(&at, text.end, &key, &escaped, &value)
				 : next_value(&at, text.end, &value);
	return n;
}

// ---- ARRAY, MAP, ROW

static int read_array(struct reading *reading, const struct json_nested *nested, struct piece text,
	struct nested_writer *w, char *room, uint64_t size)
{
	const char *at = text.at + 1;
	bool more = !is_empty(text);
	struct piece value;
	int outcome;

	if (*text.at != '[')
		return outcome_error(DECODE_TYPE);
	nested_array_begin(w, nested->parts[0]->type, count_values(text), room, size);
	while (more && !w->is_full) {
		more = next_value(&at, text.end, &value);
		outcome = read_part(reading, nested->parts[0], value, w);
		if (outcome != OUTCOME_OK)
			return outcome;
	}
	return OUTCOME_OK;
}

// The row that parts which are no nested values are put into.
static struct row leaf_row(struct reading *reading)
{
	reading->leaf.heap_used = 0;
	reading->nulls = 0;
	return (struct row){.out = &reading->leaf, .at = reading->row->at};
}

// Write the keys of which is_kept says so (NULL: all).
static int put_keys(struct reading *reading, const struct json_nested *nested, struct piece text,
	const bool *is_kept, struct nested_writer *w)
{
	const char *at = text.at + 1;
	bool escaped, more = !is_empty(text);
	struct piece key, value;

	for (uint32_t i = 0; more && !w->is_full; i++) {
		struct row row = leaf_row(reading);

		more = next_member(&at, text.end, &key, &escaped, &value);
		if (is_kept != NULL && !is_kept[i])
			continue;
		if (json_convert_string(&row, &nested->parts[0]->target, key.at,
			    (uint32_t)(key.end - key.at), escaped,
			    reading->options->style) != OUTCOME_OK)
			return OUTCOME_FULL;
		nested_put(w, &reading->value);
	}
	return OUTCOME_OK;
}

// Of equal keys the last one counts. Returns how many are kept.
static __attribute__((noinline)) uint32_t keep_last(
	struct str *map, struct type type, bool is_kept[NESTED_ITEMS_MAX])
{
	struct nested_items keys = nested_keys(map, type);
	uint16_t order[NESTED_ITEMS_MAX];
	uint32_t n = 0;

	nested_order(&keys, order);
	for (uint32_t i = 0; i < keys.n; i++) {
		is_kept[order[i]] = i + 1 == keys.n ||
				    nested_order_items(&keys, order[i], &keys, order[i + 1]) != 0;
		n += is_kept[order[i]];
	}
	return n;
}

static int read_map(struct reading *reading, const struct json_nested *nested, struct piece text,
	struct nested_writer *w, char *room, uint64_t size)
{
	bool is_kept[NESTED_ITEMS_MAX], escaped, more = !is_empty(text);
	const char *at = text.at + 1;
	struct piece key, value;
	struct str map;
	uint32_t n, n_kept;
	int outcome;

	if (*text.at != '{')
		return outcome_error(DECODE_TYPE);
	n = count_values(text);
	nested_map_begin(w, nested->type, n, room, size);
	outcome = put_keys(reading, nested, text, NULL, w);
	if (outcome != OUTCOME_OK || w->is_full)
		return OUTCOME_FULL;
	map = (struct str){.len = (uint32_t)w->len, .ptr = room};
	if (map.len <= STR_INLINE_MAX)
		map = str_view(room, map.len);
	n_kept = keep_last(&map, nested->type, is_kept);
	if (n_kept < n) {
		nested_map_begin(w, nested->type, n_kept, room, size);
		put_keys(reading, nested, text, is_kept, w);
	}
	nested_map_values(w);
	for (uint32_t i = 0; more && !w->is_full; i++) {
		more = next_member(&at, text.end, &key, &escaped, &value);
		outcome = is_kept[i] ? read_part(reading, nested->parts[1], value, w) : OUTCOME_OK;
		if (outcome != OUTCOME_OK)
			return outcome;
	}
	return OUTCOME_OK;
}

// Which field of a ROW a key names, or −1.
static int32_t find_field(struct reading *reading, struct type row, struct piece key, bool escaped)
{
	uint32_t len = (uint32_t)(key.end - key.at);

	if (escaped && len > reading->leaf.heap_size)
		return -1;
	if (escaped) {
		len = json_unescape(key.at, len, reading->leaf.heap);
		key.at = reading->leaf.heap;
	}
	for (uint16_t i = 0; i < row.nested->n; i++) {
		const char *name = row.nested->parts[i].name;

		if (strlen(name) == len && memcmp(name, key.at, len) == 0)
			return i;
	}
	return -1;
}

static int read_row(struct reading *reading, const struct json_nested *nested, struct piece text,
	struct nested_writer *w, char *room, uint64_t size)
{
	struct piece values[SCHEMA_COLUMNS_MAX] = {0}, key, value;
	bool escaped, more = !is_empty(text);
	const char *at = text.at + 1;
	int outcome;

	if (*text.at != '{')
		return outcome_error(DECODE_TYPE);
	while (more) {
		int32_t i;

		more = next_member(&at, text.end, &key, &escaped, &value);
		i = find_field(reading, nested->type, key, escaped);
		if (i >= 0)
			values[i] = value;
	}
	nested_row_begin(w, nested->type, room, size);
	for (uint16_t i = 0; i < nested->n_parts; i++) {
		if (values[i].at != NULL)
			outcome = read_part(reading, nested->parts[i], values[i], w);
		else if (reading->options->fail_on_missing)
			outcome = outcome_error(DECODE_MISSING);
		else
			outcome = (nested_put(w, NULL), OUTCOME_OK);
		if (outcome != OUTCOME_OK)
			return outcome;
	}
	return OUTCOME_OK;
}

// Returns an OUTCOME_; *len becomes the value's length in room.
static int read_nested(struct reading *reading, const struct json_nested *nested, struct piece text,
	char *room, uint64_t size, uint32_t *len)
{
	struct nested_writer w;
	int outcome;

	if (*text.at != '[' && *text.at != '{')
		return outcome_error(DECODE_TYPE);
	if (nested->type.kind == TYPE_ARRAY)
		outcome = read_array(reading, nested, text, &w, room, size);
	else if (nested->type.kind == TYPE_ROW)
		outcome = read_row(reading, nested, text, &w, room, size);
	else
		outcome = read_map(reading, nested, text, &w, room, size);
	if (outcome != OUTCOME_OK)
		return outcome;
	*len = nested_end(&w, NULL);
	return *len > 0 ? OUTCOME_OK : OUTCOME_FULL;
}

// ---- Parts

static int read_leaf(struct reading *reading, const struct json_nested *nested, struct piece text)
{
	struct row row = leaf_row(reading);
	uint32_t len = (uint32_t)(text.end - text.at);
	const struct target *target = &nested->target;

	if (*text.at == '"')
		return json_convert_string(&row, target, text.at + 1, len - 2,
			memchr(text.at, '\\', len) != NULL, reading->options->style);
	if (*text.at == '-' || (uint8_t)(*text.at - '0') <= 9)
		return json_convert_number(&row, target, text.at, len, reading->options->style);
	return json_convert_other(&row, target, text.at, len);
}

// Put the value as w's next item.
static int read_part(struct reading *reading, const struct json_nested *nested, struct piece text,
	struct nested_writer *w)
{
	bool is_nested = type_is_nested(nested->type.kind);
	uint32_t len = 0;
	uint64_t size;
	char *room = nested_room(w, &size);
	int outcome;

	if (*text.at == 'n') {
		nested_put(w, NULL);
		return OUTCOME_OK;
	}
	outcome = is_nested ? read_nested(reading, nested, text, room, size, &len)
			    : read_leaf(reading, nested, text);
	if (outcome >= OUTCOME_ERROR &&
		reading->options->decoder->on_error == ON_PARSE_ERROR_NULL) {
		reading->row->n_null_fields++;
		outcome = OUTCOME_NULL;
	}
	if (outcome == OUTCOME_NULL)
		nested_put(w, NULL);
	else if (outcome != OUTCOME_OK)
		return outcome;
	else if (is_nested)
		nested_put_written(w, len);
	else
		nested_put(w, &reading->value);
	return OUTCOME_OK;
}

int json_nested_convert(struct row *row, const struct target *target,
	const struct json_nested *nested, const struct json_nested_options *options,
	const char *text, uint32_t len)
{
	struct block_store *out = row->out;
	uint32_t left = out->heap_size - out->heap_used, used;
	struct reading reading = {.row = row, .options = options};
	struct piece piece = {text, text + len};
	char *room = out->heap + out->heap_used;
	int outcome;

	// Strings are unescaped behind the value's own room, a part at a time.
	reading.column = (struct column){&reading.value, &reading.nulls};
	reading.leaf = (struct block_store){.columns = &reading.column,
		.heap = room + (left - left / 4),
		.heap_size = left / 4};
	outcome = read_nested(&reading, nested, piece, room, left - left / 4, &used);
	if (outcome != OUTCOME_OK)
		return outcome;
	store_view(row, target, str_view(room, used));
	out->heap_used += used > STR_INLINE_MAX ? used : 0;
	return OUTCOME_OK;
}

// ---- What is prepared

static struct type part_type(struct type type, uint16_t i)
{
	return type.kind == TYPE_MULTISET && i == 1 ? type_of(TYPE_INT) : type_part(type, i);
}

struct json_nested *json_nested_new(struct mem *mem, struct type type)
{
	struct json_nested *nested = mem_zalloc(mem, sizeof(*nested));

	if (nested == NULL)
		return NULL;
	nested->target = target_of(type, 0);
	nested->type = type;
	if (!type_is_nested(type.kind))
		return nested;
	nested->parts = mem_zalloc(mem, (type.nested->n + 1u) * sizeof(struct json_nested *));
	if (nested->parts == NULL)
		goto fail;
	nested->n_parts = type.kind == TYPE_MULTISET ? 2 : type.nested->n;
	for (uint16_t i = 0; i < nested->n_parts; i++) {
		nested->parts[i] = json_nested_new(mem, part_type(type, i));
		if (nested->parts[i] == NULL)
			goto fail;
	}
	return nested;

fail:
	json_nested_free(mem, nested);
	return NULL;
}

void json_nested_free(struct mem *mem, struct json_nested *nested)
{
	if (nested == NULL)
		return;
	for (uint16_t i = 0; i < nested->n_parts; i++)
		json_nested_free(mem, nested->parts[i]);
	mem_free(mem, nested->parts);
	mem_free(mem, nested);
}

static bool has_other_keys(struct type type)
{
	bool is_map = type.kind == TYPE_MAP || type.kind == TYPE_MULTISET;

	if (is_map && !type_is_string(type_part(type, PART_KEY).kind))
		return true;
	for (uint16_t i = 0; type.nested != NULL && i < type.nested->n; i++)
		if (has_other_keys(type_part(type, i)))
			return true;
	return false;
}

int json_check_types(const struct schema *schema, struct err *err)
{
	char name[TYPE_NAME_MAX];

	for (uint16_t i = 0; i < schema->n_fields; i++)
		if (has_other_keys(schema->fields[i].type))
			return err_set(err, EINVAL,
				"json: column '%s' is %s, and the keys of JSON objects are "
				"strings: MAP<STRING, …>",
				schema->fields[i].name, type_name(schema->fields[i].type, name));
	return 0;
}
