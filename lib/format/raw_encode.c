// Rows to fixed binary records: the inverse of raw_decode.c. NULL has no form of its own: it is
// written as zeros (CHAR: blanks). A CHAR or BINARY that is too long is cut off, one that is short
// is padded.
#include <errno.h>
#include "format/formats.h"
#include "format/raw.h"
#include "format/text.h"

struct raw_encoder {
	struct encoder encoder;
	struct raw_layout layout;
};

static void put_swapped(char *to, const void *value, int32_t size, bool swap)
{
	const char *from = value;

	for (int32_t i = 0; i < size; i++)
		to[i] = from[swap ? size - 1 - i : i];
}

// The last size bytes of a wider number are its value where it is small enough: little-endian
// first.
static void put_number(char *to, const struct column *column, uint16_t slot, struct type type,
	int32_t size, bool swap)
{
	uint32_t width = type_width(type.kind);
	const char *value = (const char *)column->values + slot * width;

	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		value += width - (uint32_t)size;
	put_swapped(to, value, size, swap);
}

static void put_padded(char *to, const struct str *view, struct type type, int32_t size)
{
	uint32_t len = view->len < (uint32_t)size ? view->len : (uint32_t)size;

	memcpy(to, str_data(view), len);
	memset(to + len, type.kind == TYPE_CHAR ? ' ' : 0, (uint32_t)size - len);
}

static void put_rest(struct text *text, const struct str *view, uint32_t max)
{
	text_put(text, str_data(view), view->len < max ? view->len : max);
}

static void put_column(struct text *text, const struct raw_layout *layout, uint16_t i,
	const struct column *column, uint16_t slot, struct type type)
{
	static const struct str empty;
	bool is_null = nulls_get(column->nulls, slot);
	const struct str *view = is_null ? &empty : &((const struct str *)column->values)[slot];
	int32_t size = layout->sizes[i];
	char *to;

	if (size == RAW_REST) {
		put_rest(text, view, layout->rest_max);
		return;
	}
	to = text_room(text, (uint32_t)size);
	if (to == NULL)
		return;
	if (type_is_view(type.kind))
		put_padded(to, view, type, size);
	else if (is_null)
		memset(to, 0, (uint32_t)size);
	else
		put_number(to, column, slot, type, size, layout->swap);
}

static uint32_t raw_encode(struct encoder *encoder, const struct block *block, uint16_t slot,
	char *buffer, uint32_t size)
{
	const struct raw_encoder *raw = (const struct raw_encoder *)encoder; // its first member
	const struct schema *schema = encoder->schema;
	struct text text = text_of(buffer, size);

	for (uint16_t i = 0; i < schema->n_fields; i++)
		put_column(
			&text, &raw->layout, i, &block->columns[i], slot, schema->fields[i].type);
	return text_len(&text);
}

static void raw_encoder_free(struct encoder *encoder)
{
	mem_free(encoder->mem, encoder);
}

static const struct encoder_ops raw_encoder_ops = {
	.encode = raw_encode,
	.free = raw_encoder_free,
};

struct encoder *raw_encoder_new(struct mem *mem, const struct schema *schema,
	const struct format_option *options, uint16_t n_options, struct err *err)
{
	struct raw_encoder *raw = mem_zalloc(mem, sizeof(*raw));

	if (raw == NULL) {
		err_set(err, ENOMEM, "out of memory for the raw encoder");
		return NULL;
	}
	if (raw_layout_init(&raw->layout, schema, options, n_options, err) < 0) {
		mem_free(mem, raw);
		return NULL;
	}
	raw->encoder = (struct encoder){
		.ops = &raw_encoder_ops, .mem = mem, .schema = schema, .delimiter = ""};
	return &raw->encoder;
}
