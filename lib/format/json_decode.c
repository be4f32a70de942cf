// JSON objects to rows, in one pass over the message and without an index of it.
//
// Idea: feeds write their keys in the same order again and again. The decoder remembers the keys of
// the last messages as the bytes `"key":` and compares the whole of the next expected one at once;
// only when that fails is the key scanned and looked up by name. A value's end is found a chunk at
// a time, and only columns that are wanted are converted. After: simdjson on demand (Keiser, Lemire
// 2023), Mison's speculation (Li et al. 2017).
#include <errno.h>
#include "format/convert.h"
#include "format/formats.h"
#include "format/json_index.h"
#include "format/json_scan.h"
#include "format/options.h"

enum {
	KEYS_MAX = 128, // of a message's keys, those that are remembered
	KEYS_AHEAD = 4, // how many optional members in a row may be left out without a look-up
	KEY_ESCAPED_MAX = 1024, // bytes of a key with escapes; longer ones are no column's name
	NAMES = 1024, // slots of the look-up table, a power of two above SCHEMA_COLUMNS_MAX
	SKIP = -1, // a member that is no wanted column
	SEEN_WORDS = SCHEMA_COLUMNS_MAX / 64,
};

// A key as it stands in a message: quote, name, quote, colon.
struct json_key {
	char text[CHUNK_TEXT];
	uint32_t len; // UINT32_MAX: none yet
	int32_t target; // index, or SKIP
};

struct json_decoder {
	struct decoder decoder;
	struct targets targets;
	enum datetime_style style;
	bool fail_on_missing;
	uint64_t all_targets; // a bit for each, if they are 64 at most
	uint16_t names[NAMES]; // target index + 1 by hash of the column's name; 0 = free
	struct json_key keys[KEYS_MAX + KEYS_AHEAD]; // the last ones stay empty
	struct json_index index; // of the message being decoded
};

static uint32_t name_hash(const char *name, uint32_t len)
{
	uint32_t hash = 2166136261u; // FNV-1a

	for (uint32_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static const char *target_name(const struct json_decoder *json, uint32_t target)
{
	return json->decoder.schema->fields[json->targets.of[target].column].name;
}

static int32_t find_target(const struct json_decoder *json, const char *name, uint32_t len)
{
	uint32_t slot = name_hash(name, len) % NAMES;

	for (; json->names[slot] != 0; slot = (slot + 1) % NAMES) {
		const char *known = target_name(json, json->names[slot] - 1u);

		if (strncmp(known, name, len) == 0 && known[len] == '\0')
			return json->names[slot] - 1;
	}
	return SKIP;
}

static bool key_matches(const struct json_key *key, const char *at, const char *end)
{
	return key->len <= (uint64_t)(end - at) && chunk_starts_with(at, key->text, key->len);
}

// Remember the key text[:len], with quotes and colon, as the one expected here.
static void learn_key(struct json_decoder *json, uint32_t *expected, const char *text, uint64_t len,
	int32_t target)
{
	struct json_key *key = &json->keys[*expected];

	if (*expected >= KEYS_MAX)
		return;
	++*expected;
	if (len > CHUNK_TEXT)
		return;
	memcpy(key->text, text, len);
	key->len = (uint32_t)len;
	key->target = target;
}

// A key that is not keys[*expected]. Returns where it ends, behind its colon, or NULL; *target
// becomes its target's index or SKIP.
static __attribute__((noinline)) const char *scan_key(struct json_decoder *json, uint32_t *expected,
	const char *at, const char *end, int32_t *target)
{
	const char *name = at + 1, *close, *colon;
	char unescaped[KEY_ESCAPED_MAX];
	bool escaped = false;
	uint32_t len;

	for (uint32_t i = *expected; i < *expected + KEYS_AHEAD; i++) {
		if (!key_matches(&json->keys[i], at, end))
			continue;
		*expected = i + 1;
		*target = json->keys[i].target;
		return at + json->keys[i].len;
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
		*target = SKIP;
		return colon + 1;
	}
	if (escaped) {
		len = json_unescape(name, len, unescaped);
		name = unescaped;
	}
	*target = find_target(json, name, len);
	if (!escaped && colon == close + 1)
		learn_key(json, expected, at, (uint64_t)(colon + 1 - at), *target);
	return colon + 1;
}

static int syntax_error(struct row *row, const char *at)
{
	row->at = at;
	return outcome_error(DECODE_SYNTAX);
}

// A string with escapes is written out into the heap; only a string column keeps it there.
static int convert_escaped(struct row *row, const struct json_decoder *json,
	const struct target *target, const char *text, uint32_t len)
{
	struct block_store *out = row->out;
	uint32_t heap_used = out->heap_used;
	char *plain = block_store_alloc(out, len);
	int outcome;

	if (plain == NULL)
		return OUTCOME_FULL;
	len = json_unescape(text, len, plain);
	outcome = convert_text(row, target, plain, len, json->style);
	if (target->is_string)
		out->heap_used = heap_used + (len > STR_INLINE_MAX ? len : 0);
	else if (!type_is_binary(target->kind))
		out->heap_used = heap_used;
	return outcome;
}

static inline int convert_string(struct row *row, const struct json_decoder *json,
	const struct target *target, const char *text, uint32_t len, bool escaped)
{
	if (unlikely(escaped))
		return convert_escaped(row, json, target, text, len);
	if (likely(target->is_string)) {
		store_view(row, target, quick_view(text, len));
		return OUTCOME_OK;
	}
	return convert_text(row, target, text, len, json->style);
}

// A number with a fraction or an exponent in an integer's column. Jackson's canConvertToInt() and
// canConvertToLong() let the fraction go; Flink asks them for INT and BIGINT only.
static int convert_truncated(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	enum { SCALE = 18 }; // with a BIGINT's 19 digits 37
	decimal value;

	if (target->width < 4 ||
		(memchr(text, '.', len) == NULL && memchr(text, 'e', len) == NULL &&
			memchr(text, 'E', len) == NULL))
		return convert_integer(row, target, text, len);
	if (!decimal_parse(text, len, DECIMAL_PRECISION_MAX, SCALE, &value))
		return outcome_error(DECODE_RANGE);
	value /= decimal_power(SCALE);
	if (value < target->min || value > target->max)
		return outcome_error(DECODE_RANGE);
	return store_integer(row, target, (int64_t)value);
}

static inline int convert_number(struct row *row, const struct json_decoder *json,
	const struct target *target, const char *text, uint32_t len)
{
	uint32_t minus = *text == '-';
	uint64_t number;

	switch (target->kind) {
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		return convert_double(row, target, text, len);
	case TYPE_DECIMAL:
		return convert_decimal(row, target, text, len);
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		store_view(row, target, quick_view(text, len));
		return OUTCOME_OK;
	case TYPE_BOOLEAN:
		return convert_text(row, target, text, len, json->style);
	case TYPE_BINARY:
	case TYPE_VARBINARY:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		return outcome_error(DECODE_TYPE);
	default:
		if (likely(digits_integer(text + minus, len - minus, &number)))
			return store_integer(
				row, target, minus ? -(int64_t)number : (int64_t)number);
		return convert_truncated(row, target, text, len);
	}
}

// true, false, or an object or array, which a string column takes as its text.
static inline int convert_other(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	if (target->is_string) {
		store_view(row, target, quick_view(text, len));
		return OUTCOME_OK;
	}
	if (target->kind != TYPE_BOOLEAN || (*text != 't' && *text != 'f'))
		return outcome_error(DECODE_TYPE);
	((uint8_t *)row_values(row, target))[row->slot] = *text == 't';
	return OUTCOME_OK;
}

// Scan the value at `at` and, when it is a target's, convert it. Returns an OUTCOME_; *next is
// behind it.
static __attribute__((noinline)) int take_value(struct row *row, const struct json_decoder *json,
	const struct target *target, const char *at, const char *end, const char **next)
{
	bool escaped = false, too_deep = false;
	const char *close;
	int outcome;

	if (*at == '"') {
		close = json_scan_string(at + 1, end, &escaped);
		if (unlikely(close == NULL))
			return outcome_error(DECODE_SYNTAX);
		*next = close + 1;
		if (target == NULL)
			return OUTCOME_OK;
		outcome = convert_string(
			row, json, target, at + 1, (uint32_t)(close - at - 1), escaped);
	} else if (*at == '-' || (uint8_t)(*at - '0') <= 9) {
		close = json_scan_number(at, end);
		if (unlikely(close == NULL))
			return outcome_error(DECODE_SYNTAX);
		*next = close;
		if (target == NULL)
			return OUTCOME_OK;
		outcome = convert_number(row, json, target, at, (uint32_t)(close - at));
	} else {
		close = json_scan_value(at, end, 1, &too_deep);
		if (unlikely(close == NULL))
			return outcome_error(too_deep ? DECODE_DEPTH : DECODE_SYNTAX);
		*next = close;
		if (target == NULL)
			return OUTCOME_OK;
		if (*at == 'n')
			return row_null(row, target);
		outcome = convert_other(row, target, at, (uint32_t)(close - at));
	}
	return outcome == OUTCOME_OK ? OUTCOME_OK
				     : row_unconverted(row, &json->decoder, target, outcome);
}

// The target of a member, or NULL. The last of several members of one name wins, as in Jackson:
// what an earlier one left is written over, but for its NULL.
static inline const struct target *member_target(
	struct row *row, const struct json_decoder *json, uint64_t *seen, int32_t index)
{
	const struct target *target;
	uint64_t bit;

	if (index == SKIP)
		return NULL;
	target = &json->targets.of[index];
	bit = 1ull << (index % 64);
	if (unlikely(*seen & bit))
		row->out->columns[target->column].nulls[row->slot / 64] &=
			~(1ull << (row->slot % 64));
	*seen |= bit;
	return target;
}

// Wanted columns without a member are NULL.
static int fill_missing(struct row *row, const struct json_decoder *json, const uint64_t *seen)
{
	int outcome;

	for (uint16_t i = 0; i < json->targets.n; i++) {
		if (seen[i / 64] >> (i % 64) & 1)
			continue;
		if (json->fail_on_missing)
			return outcome_error(DECODE_MISSING);
		outcome = row_null(row, &json->targets.of[i]);
		if (outcome != OUTCOME_OK)
			return outcome;
	}
	return OUTCOME_OK;
}

// Members from the first key on, token by token; *after is behind the object.
static int take_members(struct row *row, struct json_decoder *json, const char **after,
	const char *end, uint64_t *seen)
{
	const char *at = *after, *value;
	uint32_t expected = 0;
	int32_t index;
	int outcome;

	for (;;) {
		value = scan_key(json, &expected, at, end, &index);
		if (value == NULL)
			return syntax_error(row, at);
		value = json_skip_blanks(value, end);
		if (value == end)
			return syntax_error(row, value);
		outcome = take_value(row, json,
			member_target(row, json, &seen[index == SKIP ? 0 : index / 64], index),
			value, end, &at);
		if (outcome != OUTCOME_OK) {
			row->at = value;
			return outcome;
		}
		at = json_skip_blanks(at, end);
		if (at == end || *at != ',')
			break;
		at = json_skip_blanks(at + 1, end);
	}
	if (at == end || *at != '}')
		return syntax_error(row, at);
	*after = at + 1;
	return OUTCOME_OK;
}

// Any message.
static __attribute__((noinline)) int decode_careful(
	struct row *row, struct json_decoder *json, const struct message *message)
{
	const char *at = (const char *)message->data, *end = at + message->len;
	uint64_t seen[SEEN_WORDS] = {0};
	int outcome;

	at = json_skip_blanks(at, end);
	if (at == end || *at != '{')
		return syntax_error(row, at);
	at = json_skip_blanks(at + 1, end);
	if (at < end && *at == '}') {
		at++;
	} else {
		outcome = take_members(row, json, &at, end, seen);
		if (outcome != OUTCOME_OK)
			return outcome;
	}
	at = json_skip_blanks(at, end);
	if (at != end)
		return syntax_error(row, at);
	row->at = end;
	return fill_missing(row, json, seen);
}

// A value found by the index, whose entry *next is the first that is not before it. *close becomes
// the value's end and *next the first entry not before that. OUTCOME_SKIP: not what was expected.
static inline __attribute__((always_inline)) int take_indexed(struct row *row,
	const struct json_decoder *json, const struct target *target, const char *value,
	const char *text, const char *end, uint32_t *next, const char **close)
{
	const uint16_t *index = json->index.at;
	const char *stop = text + index[*next];
	int outcome;

	if (*value == '"') {
		*close = text + index[*next + 1] + 1;
		if (unlikely(stop != value || *close > end))
			return OUTCOME_SKIP;
		*next += 2;
		if (target == NULL)
			return OUTCOME_OK;
		outcome = convert_string(
			row, json, target, value + 1, (uint32_t)(*close - value - 2), false);
	} else if (*value == '-' || (uint8_t)(*value - '0') <= 9) {
		*close = stop;
		if (unlikely(json_scan_number(value, end) != stop))
			return OUTCOME_SKIP;
		if (target == NULL)
			return OUTCOME_OK;
		outcome = convert_number(row, json, target, value, (uint32_t)(stop - value));
	} else if (*value == 't' || *value == 'f') {
		*close = stop;
		if (unlikely(json_scan_word(value, end) != stop))
			return OUTCOME_SKIP;
		if (target == NULL)
			return OUTCOME_OK;
		outcome = convert_other(row, target, value, (uint32_t)(stop - value));
	} else {
		const char *after;

		outcome = take_value(row, json, target, value, end, &after);
		if (outcome != OUTCOME_OK)
			return outcome;
		*close = after;
		while (text + index[*next] < after)
			++*next;
		return OUTCOME_OK;
	}
	if (likely(outcome == OUTCOME_OK))
		return OUTCOME_OK;
	return row_unconverted(row, &json->decoder, target, outcome);
}

// A plain message, of which json->index has been made. OUTCOME_SKIP when the careful way must have
// a look. What changes from member to member is kept in locals whose address nobody takes, so in
// registers.
static inline __attribute__((always_inline)) int decode_indexed(
	struct row *row, struct json_decoder *json, const char *text, const char *end)
{
	const uint16_t *index = json->index.at;
	const char *at = text + 1, *value, *close = at;
	uint32_t next = 0, expected = 0;
	uint64_t seen = 0;
	int outcome;

	if (unlikely(text == end || *text != '{'))
		return OUTCOME_SKIP;
	for (;;) {
		const struct json_key *key = &json->keys[expected];
		int32_t target = key->target;

		if (unlikely(text + index[next] != at))
			return OUTCOME_SKIP;
		if (likely(key_matches(key, at, end))) {
			value = at + key->len;
			expected++;
		} else {
			uint32_t scanned = expected;
			int32_t found;

			value = scan_key(json, &scanned, at, end, &found);
			if (value == NULL)
				return OUTCOME_SKIP;
			expected = scanned;
			target = found;
		}
		value = json_skip_blanks(value, end);
		if (unlikely(value == end))
			return OUTCOME_SKIP;
		next += 2;
		outcome = take_indexed(row, json, member_target(row, json, &seen, target), value,
			text, end, &next, &close);
		if (unlikely(outcome != OUTCOME_OK)) {
			row->at = value;
			return outcome;
		}
		at = text + index[next];
		if (unlikely(at != close || at == end))
			return OUTCOME_SKIP;
		if (*at != ',')
			break;
		at++;
		at += at < end && *at == ' ';
		next++;
	}
	if (unlikely(*at != '}' || at + 1 != end))
		return OUTCOME_SKIP;
	row->at = end;
	return likely(seen == json->all_targets) ? OUTCOME_OK : fill_missing(row, json, &seen);
}

static inline __attribute__((always_inline)) int decode_one(
	struct decoder *decoder, const struct message *message, struct row *row)
{
	struct json_decoder *json = (struct json_decoder *)decoder; // its first member
	const char *text = (const char *)message->data;
	uint32_t heap_used = row->out->heap_used;
	int outcome;

	if (likely(json->targets.n <= 64 && json_index_make(&json->index, text, message->len))) {
		outcome = decode_indexed(row, json, text, text + message->len);
		if (likely(outcome != OUTCOME_SKIP))
			return outcome;
		row_undo(row, heap_used);
		row->n_null_fields = 0;
	}
	return decode_careful(row, json, message);
}

static uint16_t json_decode(struct decoder *decoder, const struct message *messages, uint16_t n,
	struct block_store *out)
{
	return decode_burst(decoder, messages, n, out, decode_one);
}

static void json_decoder_free(struct decoder *decoder)
{
	struct json_decoder *json = (struct json_decoder *)decoder;

	mem_free(decoder->mem, json->targets.of);
	mem_free(decoder->mem, json);
}

static const struct decoder_ops json_decoder_ops = {
	.decode = json_decode,
	.free = json_decoder_free,
};

static int read_options(
	struct json_decoder *json, const struct format_option *options, uint16_t n, struct err *err)
{
	const struct format_option *missing = options_find(options, n, "fail-on-missing-field");
	int status;

	if ((status = options_check(&format_json, options, n, err)) < 0 ||
		(status = format_parse_error_option(options, n, &json->decoder.on_error, err)) <
			0 ||
		(status = options_timestamp_style(options, n, &json->style, err)) < 0 ||
		(status = options_bool(
			 options, n, "fail-on-missing-field", &json->fail_on_missing, err)) < 0)
		return status;
	if (json->fail_on_missing && json->decoder.on_error == ON_PARSE_ERROR_NULL)
		return err_set_at(err, missing->pos,
			"'json.fail-on-missing-field' and 'json.ignore-parse-errors' cannot both "
			"be "
			"true");
	return 0;
}

static void index_names(struct json_decoder *json)
{
	for (uint16_t i = 0; i < json->targets.n; i++) {
		const char *name = target_name(json, i);
		uint32_t slot = name_hash(name, (uint32_t)strlen(name)) % NAMES;

		while (json->names[slot] != 0)
			slot = (slot + 1) % NAMES;
		json->names[slot] = (uint16_t)(i + 1);
	}
	for (int i = 0; i < KEYS_MAX + KEYS_AHEAD; i++)
		json->keys[i].len = UINT32_MAX;
}

struct decoder *json_decoder_new(struct mem *mem, const struct schema *schema, const bool *wanted,
	const struct format_option *options, uint16_t n_options, struct err *err)
{
	struct json_decoder *json = mem_zalloc(mem, sizeof(*json));

	if (json == NULL)
		goto no_memory;
	json->decoder = (struct decoder){
		.ops = &json_decoder_ops, .mem = mem, .schema = schema, .wanted = wanted};
	if (read_options(json, options, n_options, err) < 0)
		goto free_json;
	if (targets_init(&json->targets, mem, schema, wanted) < 0) {
		mem_free(mem, json);
		goto no_memory;
	}
	json->all_targets = json->targets.n == 0 ? 0 : ~0ull >> (64 - json->targets.n % 64) % 64;
	index_names(json);
	return &json->decoder;

free_json:
	mem_free(mem, json);
	return NULL;
no_memory:
	err_set(err, ENOMEM, "out of memory for the json decoder");
	return NULL;
}
