// What the print connector writes; the forms are java.time's, BigDecimal's and Flink's Row's.
#include <errno.h>
#include "format/format.h"
#include "format/java_map.h"
#include "format/text.h"
#include "row/nested_order.h"
#include "row/number.h"

static const char *const kind_names[] = {
	[ROW_INSERT] = "+I[",
	[ROW_UPDATE_BEFORE] = "-U[",
	[ROW_UPDATE_AFTER] = "+U[",
	[ROW_DELETE] = "-D[",
};

// Java's bytes have a sign.
static void print_bytes(struct text *text, const struct str *bytes)
{
	const char *data = str_data(bytes);
	char number[NUMBER_TEXT_MAX];

	text_char(text, '[');
	for (uint32_t i = 0; i < bytes->len && !text->is_full; i++) {
		if (i > 0)
			text_literal(text, ", ");
		text_put(text, number, number_format_int((int8_t)data[i], number));
	}
	text_char(text, ']');
}

// java.time.Period of so many months.
static void print_months(struct text *text, int32_t months)
{
	char number[NUMBER_TEXT_MAX];

	text_char(text, 'P');
	if (months / 12 != 0) {
		text_put(text, number, number_format_int(months / 12, number));
		text_char(text, 'Y');
	}
	if (months % 12 != 0) {
		text_put(text, number, number_format_int(months % 12, number));
		text_char(text, 'M');
	}
	if (months == 0)
		text_literal(text, "0D");
}

// java.time.Duration of so many milliseconds: "PT26H3M4.5S", every part with the sign of the whole.
static void print_duration(struct text *text, int64_t ms)
{
	int64_t seconds = ms / 1000, fraction = ms % 1000;
	char number[NUMBER_TEXT_MAX];
	uint32_t len;

	text_literal(text, "PT");
	if (seconds / 3600 != 0) {
		text_put(text, number, number_format_int(seconds / 3600, number));
		text_char(text, 'H');
	}
	if (seconds / 60 % 60 != 0) {
		text_put(text, number, number_format_int(seconds / 60 % 60, number));
		text_char(text, 'M');
	}
	if (ms != 0 && seconds % 60 == 0 && fraction == 0)
		return;
	if (ms < 0 && seconds % 60 == 0 && fraction != 0)
		text_char(text, '-');
	text_put(text, number, number_format_int(seconds % 60, number));
	if (fraction != 0) {
		len = number_format_int(1000 + (fraction < 0 ? -fraction : fraction), number);
		while (number[len - 1] == '0')
			len--;
		number[0] = '.';
		text_put(text, number, len);
	}
	text_char(text, 'S');
}

static void print_value(
	struct text *text, const struct column *column, uint16_t slot, struct type type);

static void print_part(struct text *text, bool there, union nested_value *value, struct type type)
{
	struct column column = {value, NULL};

	if (there)
		print_value(text, &column, 0, type);
	else
		text_literal(text, "null");
}

// A Row in a Row has its kind, too.
static void print_row(struct text *text, const struct str *row, struct type type)
{
	text_literal(text, kind_names[ROW_INSERT]);
	for (uint16_t i = 0; i < type.nested->n; i++) {
		struct nested_field field = nested_field(type, i);
		union nested_value value;

		text_literal(text, i > 0 ? ", " : "");
		print_part(text, nested_get_field(row, &field, &value), &value, type_part(type, i));
	}
	text_char(text, ']');
}

static void print_array(struct text *text, const struct str *array, struct type element)
{
	struct nested_items items = nested_array(array, element);
	union nested_value value;

	text_char(text, '[');
	for (uint32_t i = 0; i < items.n && !text->is_full; i++) {
		text_literal(text, i > 0 ? ", " : "");
		print_part(text, nested_get(&items, i, &value), &value, element);
	}
	text_char(text, ']');
}

static void print_map(struct text *text, const struct str *map, struct type type)
{
	struct type value_type =
		type.kind == TYPE_MAP ? type_part(type, PART_VALUE) : type_of(TYPE_INT);
	struct nested_items keys = nested_keys(map, type), values = nested_values(map, type);
	uint16_t order[NESTED_ITEMS_MAX];
	union nested_value value;

	java_map_order(&keys, order);
	text_char(text, '{');
	for (uint32_t i = 0; i < keys.n && !text->is_full; i++) {
		text_literal(text, i > 0 ? ", " : "");
		print_part(text, nested_get(&keys, order[i], &value), &value,
			type_part(type, PART_KEY));
		text_char(text, '=');
		print_part(text, nested_get(&values, order[i], &value), &value, value_type);
	}
	text_char(text, '}');
}

static void print_value(
	struct text *text, const struct column *column, uint16_t slot, struct type type)
{
	const struct str *view = &((const struct str *)column->values)[slot];

	if (type.kind == TYPE_NULL || nulls_get(column->nulls, slot))
		text_literal(text, "null");
	else if (type_is_string(type.kind))
		text_put(text, str_data(view), view->len);
	else if (type_is_binary(type.kind))
		print_bytes(text, view);
	else if (type.kind == TYPE_ROW)
		print_row(text, view, type);
	else if (type.kind == TYPE_ARRAY)
		print_array(text, view, type_part(type, PART_ELEMENT));
	else if (type_is_nested(type.kind))
		print_map(text, view, type);
	else if (type.kind == TYPE_INTERVAL_YEAR)
		print_months(text, ((const int32_t *)column->values)[slot]);
	else if (type.kind == TYPE_INTERVAL_DAY)
		print_duration(text, ((const int64_t *)column->values)[slot]);
	else
		text_value(text, column->values, slot, type, DATETIME_JAVA);
}

static uint32_t print_encode(struct encoder *encoder, const struct block *block, uint16_t slot,
	char *buffer, uint32_t size)
{
	const struct schema *schema = encoder->schema;
	struct text text = text_of(buffer, size);

	text_literal(&text, kind_names[block->kinds != NULL ? block->kinds[slot] : ROW_INSERT]);
	for (uint16_t i = 0; i < schema->n_fields; i++) {
		if (i > 0)
			text_literal(&text, ", ");
		print_value(&text, &block->columns[i], slot, schema->fields[i].type);
	}
	text_char(&text, ']');
	return text_len(&text);
}

static void print_free(struct encoder *encoder)
{
	mem_free(encoder->mem, encoder);
}

static const struct encoder_ops print_ops = {
	.encode = print_encode,
	.free = print_free,
};

struct encoder *print_encoder_new(struct mem *mem, const struct schema *schema)
{
	struct encoder *encoder = mem_zalloc(mem, sizeof(*encoder));

	if (encoder == NULL)
		return NULL;
	*encoder = (struct encoder){
		.ops = &print_ops, .mem = mem, .schema = schema, .delimiter = "\n"};
	return encoder;
}
