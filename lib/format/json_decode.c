// JSON objects to rows.
//
// Idea: only columns that are wanted are converted. A plain message is read by an index of its
// quotes and commas (json_index.h): the end of one value need not be found before the next is
// looked at, which is what costs time. Feeds write the same message again and again but for its
// values, so what is between them is only compared with the last one's (json_shape.h), and messages
// of one shape are converted in runs, a column at a time (run.h). Any other message goes member by
// member, and the next key is guessed from the last messages (json_keys.h). A message that is not
// plain, or in which the index does not say what was expected, is read again with care, token by
// token (json_scan.h). After: simdjson on demand (Keiser, Lemire 2023), Mison's speculation (Li et
// al. 2017).
#include <errno.h>
#include "format/formats.h"
#include "format/json_nested.h"
#include "format/json_run.h"
#include "format/json_scan.h"
#include "format/json_value.h"
#include "format/options.h"
#include "format/run.h"

enum { SEEN_WORDS = SCHEMA_COLUMNS_MAX / 64 };

struct json_decoder {
	struct decoder decoder;
	struct targets targets;
	struct json_nested **nested; // [:targets.n]; NULL for those that are not nested
	uint64_t all_targets; // a bit for each, if they are 64 at most
	enum datetime_style style;
	bool fail_on_missing;
	struct json_keys keys;
	struct json_shape shape; // of one that was decoded, if they are 64 targets at most
	struct json_index index; // of a message that is decoded by itself
	struct json_run run;
	uint16_t run_max; // messages of a run
};

static int syntax_error(struct row *row, const char *at)
{
	row->at = at;
	return outcome_error(DECODE_SYNTAX);
}

static int convert_nested(struct row *row, const struct json_decoder *json,
	const struct target *target, const char *at, uint32_t len)
{
	const struct json_nested_options options = {
		&json->decoder, json->style, json->fail_on_missing};

	return json_nested_convert(
		row, target, json->nested[target - json->targets.of], &options, at, len);
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
		outcome = json_convert_string(
			row, target, at + 1, (uint32_t)(close - at - 1), escaped, json->style);
	} else if (*at == '-' || (uint8_t)(*at - '0') <= 9) {
		close = json_scan_number(at, end);
		if (unlikely(close == NULL))
			return outcome_error(DECODE_SYNTAX);
		*next = close;
		if (target == NULL)
			return OUTCOME_OK;
		outcome = json_convert_number(row, target, at, (uint32_t)(close - at), json->style);
	} else {
		close = json_scan_value(at, end, 1, &too_deep);
		if (unlikely(close == NULL))
			return outcome_error(too_deep ? DECODE_DEPTH : DECODE_SYNTAX);
		*next = close;
		if (target == NULL)
			return OUTCOME_OK;
		if (*at == 'n')
			return row_null(row, target);
		outcome = type_is_nested(target->kind)
				  ? convert_nested(row, json, target, at, (uint32_t)(close - at))
				  : json_convert_other(row, target, at, (uint32_t)(close - at));
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

	if (index == JSON_SKIP)
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
		value = json_keys_scan(&json->keys, &expected, at, end, &index);
		if (value == NULL)
			return syntax_error(row, at);
		value = json_skip_blanks(value, end);
		if (value == end)
			return syntax_error(row, value);
		outcome = take_value(row, json,
			member_target(row, json, &seen[index == JSON_SKIP ? 0 : index / 64], index),
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
		outcome = json_convert_string(
			row, target, value + 1, (uint32_t)(*close - value - 2), false, json->style);
	} else if (*value == '-' || (uint8_t)(*value - '0') <= 9) {
		*close = stop;
		if (unlikely(json_scan_number(value, end) != stop))
			return OUTCOME_SKIP;
		if (target == NULL)
			return OUTCOME_OK;
		outcome = json_convert_number(
			row, target, value, (uint32_t)(stop - value), json->style);
	} else if (*value == 't' || *value == 'f') {
		*close = stop;
		if (unlikely(json_scan_word(value, end) != stop))
			return OUTCOME_SKIP;
		if (target == NULL)
			return OUTCOME_OK;
		outcome = json_convert_other(row, target, value, (uint32_t)(stop - value));
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
		const struct json_key *key = &json->keys.expected[expected];
		int32_t target = key->target;

		if (unlikely(text + index[next] != at))
			return OUTCOME_SKIP;
		if (likely(json_key_matches(key, at, end))) {
			value = at + key->len;
			expected++;
		} else {
			uint32_t scanned = expected;
			int32_t found;

			value = json_keys_scan(&json->keys, &scanned, at, end, &found);
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

// A plain message, which may be one whose shape is learnt.
static __attribute__((noinline)) int decode_plain(
	struct row *row, struct json_decoder *json, const char *text, const char *end)
{
	int outcome = decode_indexed(row, json, text, end);

	if (outcome == OUTCOME_OK && json->shape.n_others++ % JSON_SHAPE_EVERY == 0)
		json_shape_learn(&json->shape, &json->index, &json->keys, text, end);
	return outcome;
}

// Whether a message is plain; then its index is made, if it was not when the run ended.
static inline bool has_index(struct json_decoder *json, const struct message *message)
{
	bool is_made = json->run.other == message;

	json->run.other = NULL;
	return is_made || json_index_make(&json->index, (const char *)message->data, message->len);
}

static inline __attribute__((always_inline)) int decode_one(
	struct decoder *decoder, const struct message *message, struct row *row)
{
	struct json_decoder *json = (struct json_decoder *)decoder; // its first member
	const char *text = (const char *)message->data;
	uint32_t heap_used = row->out->heap_used;
	int outcome;

	if (likely(json->targets.n <= 64 && has_index(json, message))) {
		outcome = decode_plain(row, json, text, text + message->len);
		if (likely(outcome != OUTCOME_SKIP))
			return outcome;
		row_undo(row, heap_used);
		row->n_null_fields = 0;
	}
	return decode_careful(row, json, message);
}

// A value of a shape's part that is not converted with the others: text[:len].
static int convert_value(struct row *row, const struct json_decoder *json,
	const struct json_shape_part *part, const char *text, uint32_t len)
{
	const struct target *target =
		part->target == JSON_SKIP ? NULL : &json->targets.of[part->target];
	const char *at = text - part->is_string, *end = text + len + part->is_string, *next;
	int outcome;

	if (*at == '{' || *at == '[') // takes room in the heap
		return OUTCOME_SKIP;
	outcome = take_value(row, json, target, at, end, &next);
	return outcome == OUTCOME_OK && (next != end || row->n_null_fields > 0) ? OUTCOME_SKIP
										: outcome;
}

// Convert the first n values of a shape's part. Returns a bit for each that convert_value() must be
// asked about.
static uint32_t convert_texts(const struct json_decoder *json, const struct json_shape_part *part,
	const struct texts *texts, struct block_store *out)
{
	const struct target *target;

	if (part->target == JSON_SKIP)
		return part->is_string ? 0 : texts_no_numbers(texts);
	target = &json->targets.of[part->target];
	if (!part->is_string && !type_is_numeric(target->kind))
		return UINT32_MAX >> (32 - texts->n);
	return texts_convert(texts, target, json->style, out, out->block.n_slots);
}

// Convert a part of the run's first n messages. Returns how many there are before one that must be
// decoded by itself.
static uint16_t convert_part(const struct json_decoder *json, const struct json_shape_part *part,
	uint16_t n, struct block_store *out)
{
	struct texts texts = json_run_texts(&json->run, part, n);
	uint32_t asked = convert_texts(json, part, &texts, out);
	struct row row = {.out = out};

	for (; unlikely(asked != 0); asked &= asked - 1) {
		uint32_t i = mask_first(asked), len;
		const char *text = texts_at(&texts, i, &len);

		row.slot = (uint16_t)(out->block.n_slots + i);
		if (convert_value(&row, json, part, text, len) != OUTCOME_OK)
			return (uint16_t)i;
	}
	return n;
}

static uint16_t convert_run(struct decoder *decoder, uint16_t n, struct block_store *out)
{
	struct json_decoder *json = (struct json_decoder *)decoder; // its first member
	const struct json_shape *shape = &json->shape;
	struct row row = {.out = out};

	for (uint16_t i = 0; shape->seen != json->all_targets && i < n; i++) {
		row.slot = (uint16_t)(out->block.n_slots + i);
		if (fill_missing(&row, json, &shape->seen) != OUTCOME_OK)
			return 0;
	}
	for (uint32_t i = 0; i < shape->n && n > 0; i++)
		n = convert_part(json, &shape->parts[i], n, out);
	return n;
}

static uint16_t find_run(struct decoder *decoder, const struct message *messages, uint16_t n)
{
	struct json_decoder *json = (struct json_decoder *)decoder; // its first member

	return json_run_find(&json->run, &json->shape, messages, n, &json->index);
}

static uint16_t json_decode(struct decoder *decoder, const struct message *messages, uint16_t n,
	struct block_store *out)
{
	const struct json_decoder *json = (struct json_decoder *)decoder; // its first member

	return run_decode(
		decoder, messages, n, json->run_max, out, find_run, convert_run, decode_one);
}

static void json_decoder_free(struct decoder *decoder)
{
	struct json_decoder *json = (struct json_decoder *)decoder;

	for (uint16_t i = 0; json->nested != NULL && i < json->targets.n; i++)
		json_nested_free(decoder->mem, json->nested[i]);
	mem_free(decoder->mem, json->nested);
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
			"be true");
	return 0;
}

static int nested_init(struct json_decoder *json, struct mem *mem)
{
	json->nested = mem_zalloc(mem, (json->targets.n + 1u) * sizeof(*json->nested));
	if (json->nested == NULL)
		return -ENOMEM;
	for (uint16_t i = 0; i < json->targets.n; i++) {
		if (!type_is_nested(json->targets.of[i].kind))
			continue;
		json->nested[i] = json_nested_new(mem, json->targets.of[i].type);
		if (json->nested[i] == NULL)
			return -ENOMEM;
	}
	return 0;
}

struct decoder *json_decoder_new(struct mem *mem, const struct schema *schema, const bool *wanted,
	const struct format_option *options, uint16_t n_options, struct err *err)
{
	struct json_decoder *json = mem_zalloc(mem, sizeof(*json));

	if (json == NULL)
		goto no_memory;
	json->decoder = (struct decoder){
		.ops = &json_decoder_ops, .mem = mem, .schema = schema, .wanted = wanted};
	if (json_check_types(schema, err) < 0 || read_options(json, options, n_options, err) < 0)
		goto free_json;
	if (targets_init(&json->targets, mem, schema, wanted) < 0 || nested_init(json, mem) < 0) {
		json_decoder_free(&json->decoder);
		goto no_memory;
	}
	json->all_targets = json->targets.n == 0 ? 0 : ~0ull >> (64 - json->targets.n % 64) % 64;
	json_keys_init(&json->keys, &json->targets, schema);
	// What bytes take of the heap can only be taken back from the last row.
	json->run_max = targets_have_binary(&json->targets) ? 1 : TEXTS_MAX;
	return &json->decoder;

free_json:
	mem_free(mem, json);
	return NULL;
no_memory:
	err_set(err, ENOMEM, "out of memory for the json decoder");
	return NULL;
}
