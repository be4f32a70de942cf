// Rows to JSON objects, compact, as Flink writes them through Jackson. Always valid JSON in UTF-8:
// bytes of a string that are not UTF-8 become U+FFFD, NaN and the infinities strings, as Jackson
// has it.
#include <errno.h>
#include <math.h>
#include "format/chunk.h"
#include "format/formats.h"
#include "format/json_nested.h"
#include "format/options.h"
#include "format/text.h"
#include "format/utf8.h"
#include "row/nested_order.h"

struct json_encoder {
	struct encoder encoder;
	enum datetime_style style;
	bool ignore_nulls;
	bool is_array; // of the values, without names
	// The columns' names as JSON strings with their colons: name i is names[starts[i] :
	// starts[i + 1]].
	char *names;
	uint32_t starts[SCHEMA_COLUMNS_MAX + 1];
};

static void put_escape(struct text *text, char c)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = memchr(from, c, sizeof(from) - 1);

	text_char(text, '\\');
	if (at != NULL) {
		text_char(text, to[at - from]);
		return;
	}
	text_literal(text, "u00");
	text_char(text, hex[c >> 4]);
	text_char(text, hex[c & 0xf]);
}

// The byte at data[at], which is special: an escape's or the start of what is not ASCII. Returns
// how many bytes were taken.
static uint32_t put_special(struct text *text, const char *data, uint32_t len)
{
	uint32_t n;

	if ((uint8_t)*data < 0x80) {
		put_escape(text, *data);
		return 1;
	}
	n = utf8_length(data, len);
	if (n == 0) {
		text_literal(text, "\xef\xbf\xbd");
		return 1;
	}
	text_put(text, data, n);
	return n;
}

static void put_string(struct text *text, const char *data, uint32_t len)
{
	text_char(text, '"');
	for (uint32_t at = 0; at < len && !text->is_full;) {
		struct chunk chunk = chunk_load(data + at, len - at);
		uint32_t n = mask_first(
			chunk_equal(chunk, '"') | chunk_equal(chunk, '\\') | chunk_special(chunk));

		if (n > CHUNK)
			n = CHUNK;
		if (n > len - at)
			n = len - at;
		text_put(text, data + at, n);
		at += n;
		if (n < CHUNK && at < len)
			at += put_special(text, data + at, len - at);
	}
	text_char(text, '"');
}

static void put_quoted(struct text *text, const void *values, uint16_t slot, struct type type,
	enum datetime_style style)
{
	text_char(text, '"');
	text_value(text, values, slot, type, style);
	text_char(text, '"');
}

static void put_value(struct text *text, const struct column *column, uint16_t slot,
	struct type type, const struct json_encoder *json);

static void put_part(struct text *text, bool there, union nested_value *value, struct type type,
	const struct json_encoder *json)
{
	struct column column = {value, NULL};

	if (there)
		put_value(text, &column, 0, type, json);
	else
		text_literal(text, "null");
}

static void put_array(struct text *text, const struct str *array, struct type element,
	const struct json_encoder *json)
{
	struct nested_items items = nested_array(array, element);
	union nested_value value;

	text_char(text, '[');
	for (uint32_t i = 0; i < items.n && !text->is_full; i++) {
		text_literal(text, i > 0 ? "," : "");
		put_part(text, nested_get(&items, i, &value), &value, element, json);
	}
	text_char(text, ']');
}

static void put_row(
	struct text *text, const struct str *row, struct type type, const struct json_encoder *json)
{
	const char *separator = "";

	text_char(text, '{');
	for (uint16_t i = 0; i < type.nested->n; i++) {
		struct nested_field field = nested_field(type, i);
		const char *name = type.nested->parts[i].name;
		union nested_value value;
		bool there = nested_get_field(row, &field, &value);

		if (!there && json->ignore_nulls)
			continue;
		text_literal(text, separator);
		separator = ",";
		put_string(text, name, (uint32_t)strlen(name));
		text_char(text, ':');
		put_part(text, there, &value, type_part(type, i), json);
	}
	text_char(text, '}');
}

// A NULL key is written as "null".
static void put_map(
	struct text *text, const struct str *map, struct type type, const struct json_encoder *json)
{
	struct type value_type =
		type.kind == TYPE_MAP ? type_part(type, PART_VALUE) : type_of(TYPE_INT);
	struct nested_items keys = nested_keys(map, type), values = nested_values(map, type);
	union nested_value value;

	text_char(text, '{');
	for (uint32_t i = 0; i < keys.n && !text->is_full; i++) {
		text_literal(text, i > 0 ? "," : "");
		if (!nested_get(&keys, i, &value))
			value.str = str_view("null", 4);
		put_string(text, str_data(&value.str), value.str.len);
		text_char(text, ':');
		put_part(text, nested_get(&values, i, &value), &value, value_type, json);
	}
	text_char(text, '}');
}

static bool is_finite(const void *values, uint16_t slot, struct type type)
{
	if (type.kind == TYPE_FLOAT)
		return isfinite(((const float *)values)[slot]);
	return type.kind != TYPE_DOUBLE || isfinite(((const double *)values)[slot]);
}

static void put_value(struct text *text, const struct column *column, uint16_t slot,
	struct type type, const struct json_encoder *json)
{
	const struct str *view = &((const struct str *)column->values)[slot];
	enum datetime_style style = json->style;

	switch (type.kind) {
	case TYPE_ARRAY:
		put_array(text, view, type_part(type, PART_ELEMENT), json);
		break;
	case TYPE_ROW:
		put_row(text, view, type, json);
		break;
	case TYPE_MAP:
	case TYPE_MULTISET:
		put_map(text, view, type, json);
		break;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		put_string(text, str_data(view), view->len);
		break;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		text_char(text, '"');
		text_base64(text, view);
		text_char(text, '"');
		break;
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		put_quoted(text, column->values, slot, type, style);
		break;
	default:
		if (is_finite(column->values, slot, type))
			text_value(text, column->values, slot, type, style);
		else
			put_quoted(text, column->values, slot, type, style);
		break;
	}
}

static uint32_t json_encode(struct encoder *encoder, const struct block *block, uint16_t slot,
	char *buffer, uint32_t size)
{
	const struct json_encoder *json = (const struct json_encoder *)encoder; // its first member
	const struct schema *schema = encoder->schema;
	struct text text = text_of(buffer, size);
	const char begin = json->is_array ? '[' : '{';
	char separator = begin;

	for (uint16_t i = 0; i < schema->n_fields; i++) {
		struct type type = schema->fields[i].type;
		bool is_null = type.kind == TYPE_NULL || nulls_get(block->columns[i].nulls, slot);

		if (is_null && json->ignore_nulls)
			continue;
		text_char(&text, separator);
		separator = ',';
		text_put(&text, json->names + json->starts[i],
			json->starts[i + 1] - json->starts[i]);
		if (is_null)
			text_literal(&text, "null");
		else
			put_value(&text, &block->columns[i], slot, type, json);
	}
	if (separator == begin)
		text_char(&text, begin);
	text_char(&text, json->is_array ? ']' : '}');
	return text_len(&text);
}

static void json_encoder_free(struct encoder *encoder)
{
	struct json_encoder *json = (struct json_encoder *)encoder;

	mem_free(encoder->mem, json->names);
	mem_free(encoder->mem, json);
}

static const struct encoder_ops json_encoder_ops = {
	.encode = json_encode,
	.free = json_encoder_free,
};

// Write the names once, as every row has them.
static int write_names(struct json_encoder *json, struct mem *mem, const struct schema *schema)
{
	enum { ESCAPED_MAX = 6, MARKS = 3 }; // bytes of an escape; quotes and colon
	uint32_t size = 1;
	struct text text;

	for (uint16_t i = 0; i < schema->n_fields; i++)
		size += (uint32_t)strlen(schema->fields[i].name) * ESCAPED_MAX + MARKS;
	json->names = mem_zalloc(mem, size);
	if (json->names == NULL)
		return -ENOMEM;
	text = text_of(json->names, size);
	for (uint16_t i = 0; i < schema->n_fields; i++) {
		const char *name = schema->fields[i].name;

		put_string(&text, name, (uint32_t)strlen(name));
		text_char(&text, ':');
		json->starts[i + 1] = text_len(&text);
	}
	return 0;
}

struct encoder *json_encoder_new(struct mem *mem, const struct schema *schema,
	const struct format_option *options, uint16_t n_options, struct err *err)
{
	struct json_encoder *json = mem_zalloc(mem, sizeof(*json));

	if (json == NULL)
		goto no_memory;
	json->encoder = (struct encoder){
		.ops = &json_encoder_ops, .mem = mem, .schema = schema, .delimiter = "\n"};
	if (options_check(&format_json, options, n_options, err) < 0 ||
		options_timestamp_style(options, n_options, &json->style, err) < 0 ||
		options_bool(options, n_options, "encode.ignore-null-fields", &json->ignore_nulls,
			err) < 0) {
		mem_free(mem, json);
		return NULL;
	}
	if (json_check_types(schema, err) < 0) {
		mem_free(mem, json);
		return NULL;
	}
	if (write_names(json, mem, schema) < 0) {
		mem_free(mem, json);
		goto no_memory;
	}
	return &json->encoder;

no_memory:
	err_set(err, ENOMEM, "out of memory for the json encoder");
	return NULL;
}

struct encoder *json_array_encoder_new(struct mem *mem, const struct schema *schema)
{
	struct json_encoder *json = mem_zalloc(mem, sizeof(*json));

	if (json == NULL)
		return NULL;
	json->encoder = (struct encoder){
		.ops = &json_encoder_ops, .mem = mem, .schema = schema, .delimiter = "\n"};
	json->is_array = true;
	return &json->encoder;
}
