// Rows to CSV lines. Strings are quoted when a reader would misread them otherwise: they hold a
// delimiter, a quote or a line end. (Jackson, Flink's writer, also quotes blanks and whatever is
// longer than 24 characters; what is read back is the same.) A comment sign at a line's start is
// quoted too.
#include <errno.h>
#include "format/chunk.h"
#include "format/csv_options.h"
#include "format/formats.h"
#include "format/text.h"
#include "row/decimal.h"

struct csv_encoder {
	struct encoder encoder;
	struct csv_dialect dialect;
};

static bool needs_quotes(const struct csv_dialect *dialect, const char *data, uint32_t len)
{
	for (uint32_t at = 0; at < len; at += CHUNK) {
		struct chunk chunk = chunk_load(data + at, len - at);

		if (chunk_equal(chunk, dialect->delimiter) | chunk_equal(chunk, dialect->quote) |
			chunk_equal(chunk, '\n') | chunk_equal(chunk, '\r'))
			return true;
		if (dialect->has_escape && chunk_equal(chunk, dialect->escape) != 0)
			return true;
	}
	return false;
}

static void put_quoted(
	struct text *text, const struct csv_dialect *dialect, const char *data, uint32_t len)
{
	text_char(text, dialect->quote);
	for (uint32_t i = 0; i < len && !text->is_full; i++) {
		if (dialect->has_escape &&
			(data[i] == dialect->escape || data[i] == dialect->quote))
			text_char(text, dialect->escape);
		else if (data[i] == dialect->quote)
			text_char(text, dialect->quote);
		text_char(text, data[i]);
	}
	text_char(text, dialect->quote);
}

// Without a quote character nothing can be quoted; an escape character, if there is one, still
// helps.
static void put_escaped(
	struct text *text, const struct csv_dialect *dialect, const char *data, uint32_t len)
{
	for (uint32_t i = 0; i < len && !text->is_full; i++) {
		if (dialect->has_escape &&
			(data[i] == dialect->escape || data[i] == dialect->delimiter))
			text_char(text, dialect->escape);
		text_char(text, data[i]);
	}
}

static void put_string(
	struct text *text, const struct csv_dialect *dialect, const struct str *str, bool is_first)
{
	const char *data = str_data(str);

	if (!dialect->has_quote)
		put_escaped(text, dialect, data, str->len);
	else if ((is_first && str->len > 0 && *data == '#') ||
		 needs_quotes(dialect, data, str->len))
		put_quoted(text, dialect, data, str->len);
	else
		text_put(text, data, str->len);
}

// Numbers and dates hold no special character, unless the delimiter is an odd one.
static void put_value(struct text *text, const struct csv_dialect *dialect,
	const struct column *column, uint16_t slot, struct type type)
{
	char buffer[DATETIME_TEXT_MAX + DECIMAL_TEXT_MAX];
	struct text value = text_of(buffer, sizeof(buffer));
	struct str str;

	text_value(&value, column->values, slot, type, DATETIME_SQL);
	str = str_view(buffer, text_len(&value));
	put_string(text, dialect, &str, false);
}

static void put_field(struct text *text, const struct csv_dialect *dialect,
	const struct column *column, uint16_t slot, struct type type, bool is_first)
{
	const struct str *view = &((const struct str *)column->values)[slot];

	if (type.kind == TYPE_NULL || nulls_get(column->nulls, slot))
		text_put(text, dialect->null_literal, dialect->null_len);
	else if (type_is_string(type.kind))
		put_string(text, dialect, view, is_first);
	else if (type_is_binary(type.kind))
		text_base64(text, view);
	else
		put_value(text, dialect, column, slot, type);
}

static uint32_t csv_encode(struct encoder *encoder, const struct block *block, uint16_t slot,
	char *buffer, uint32_t size)
{
	const struct csv_encoder *csv = (const struct csv_encoder *)encoder; // its first member
	const struct schema *schema = encoder->schema;
	struct text text = text_of(buffer, size);

	for (uint16_t i = 0; i < schema->n_fields; i++) {
		if (i > 0)
			text_char(&text, csv->dialect.delimiter);
		put_field(&text, &csv->dialect, &block->columns[i], slot, schema->fields[i].type,
			i == 0);
	}
	// A line without a byte is no row to whoever reads it, nor to our caller.
	if (text.at == text.start && csv->dialect.has_quote) {
		text_char(&text, csv->dialect.quote);
		text_char(&text, csv->dialect.quote);
	}
	return text_len(&text);
}

static void csv_encoder_free(struct encoder *encoder)
{
	struct csv_encoder *csv = (struct csv_encoder *)encoder;

	mem_free(encoder->mem, (void *)csv->dialect.null_literal);
	mem_free(encoder->mem, csv);
}

static const struct encoder_ops csv_encoder_ops = {
	.encode = csv_encode,
	.free = csv_encoder_free,
};

struct encoder *csv_encoder_new(struct mem *mem, const struct schema *schema,
	const struct format_option *options, uint16_t n_options, struct err *err)
{
	struct csv_encoder *csv;
	struct csv_dialect dialect;

	if (csv_check_types(schema, err) < 0 ||
		csv_dialect_init(&dialect, options, n_options, err) < 0)
		return NULL;
	csv = mem_zalloc(mem, sizeof(*csv));
	if (csv == NULL || csv_dialect_keep(&csv->dialect, mem, &dialect) < 0) {
		mem_free(mem, csv);
		err_set(err, ENOMEM, "out of memory for the csv encoder");
		return NULL;
	}
	csv->encoder = (struct encoder){
		.ops = &csv_encoder_ops, .mem = mem, .schema = schema, .delimiter = "\n"};
	return &csv->encoder;
}
