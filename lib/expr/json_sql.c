// As Flink's JsonGenerateUtils and Jackson: times in ISO form, bytes in base64, DOUBLEs by way of
// BigDecimal, MAPs and ROWs as objects with sorted keys.
#include "expr/json_sql.h"
#include <math.h>
#include <string.h>
#include "format/base64.h"
#include "row/datetime.h"
#include "row/decimal.h"
#include "row/nested_order.h"
#include "row/number.h"

bool json_has_form(struct type type)
{
	bool is_map = type.kind == TYPE_MAP || type.kind == TYPE_MULTISET;

	if (!type_is_nested(type.kind))
		return type.kind == TYPE_BOOLEAN || type_is_numeric(type.kind) ||
		       type_is_view(type.kind) || type_is_timestamp(type.kind);
	if (is_map && !type_is_string(type_part(type, PART_KEY).kind))
		return false;
	for (uint16_t i = 0; i < type.nested->n; i++)
		if (!json_has_form(type_part(type, i)))
			return false;
	return true;
}

// As ISO_LOCAL_DATE_TIME, the fraction without the zeros at its end; LTZ is UTC.
static void put_timestamp(struct json_out *out, struct type type, int64_t value)
{
	char text[DATETIME_TEXT_MAX];
	bool is_ltz = type.kind == TYPE_TIMESTAMP_LTZ;
	uint32_t len;

	type.kind = TYPE_TIMESTAMP;
	len = datetime_format_cast(value, type, text);
	if (memchr(text, '.', len) != NULL)
		while (text[len - 1] == '0')
			len--;
	len -= text[len - 1] == '.';
	*(char *)memchr(text, ' ', len) = 'T';
	if (is_ltz)
		text[len++] = 'Z';
	json_put_string(out, text, len);
}

static void put_base64(struct json_out *out, const struct str *bytes)
{
	uint64_t size = base64_encoded_size(bytes->len);

	json_put(out, "\"", 1);
	if (out->full || size > out->size - out->used) {
		out->full = true;
		return;
	}
	base64_encode((const uint8_t *)str_data(bytes), bytes->len, out->bytes + out->used);
	out->used += (uint32_t)size;
	json_put(out, "\"", 1);
}

// Jackson reads a DOUBLE's text into a BigDecimal before it writes it. False for NaN, infinity.
static bool put_double(struct json_out *out, double value)
{
	char text[NUMBER_TEXT_MAX];

	if (!isfinite(value))
		return false;
	json_put_decimal(out, text, number_format_double(value, text));
	return true;
}

static void put_int(struct json_out *out, int64_t value)
{
	char text[NUMBER_TEXT_MAX];

	json_put(out, text, number_format_int(value, text));
}

static void put_decimal(struct json_out *out, struct type type, decimal value)
{
	char text[DECIMAL_TEXT_MAX];

	json_put_decimal(out, text, decimal_format(value, type.scale, text));
}

static bool put_item(struct json_out *out, struct type type, bool there, const void *value)
{
	if (there)
		return json_put_sql(out, type, value);
	json_put(out, "null", 4);
	return true;
}

static bool put_array(struct json_out *out, struct type type, const struct str *array)
{
	struct type element = type_part(type, PART_ELEMENT);
	struct nested_items items = nested_array(array, element);
	union nested_value value;
	bool good = true;

	json_put(out, "[", 1);
	for (uint32_t i = 0; i < items.n && !out->full && good; i++) {
		json_put(out, ",", i > 0);
		good = put_item(out, element, nested_get(&items, i, &value), &value);
	}
	json_put(out, "]", 1);
	return good;
}

static bool put_map(struct json_out *out, struct type type, const struct str *map)
{
	struct type value_type =
		type.kind == TYPE_MAP ? type_part(type, PART_VALUE) : type_of(TYPE_INT);
	struct nested_items keys = nested_keys(map, type), values = nested_values(map, type);
	uint16_t order[NESTED_ITEMS_MAX];
	union nested_value key, value;
	bool good = true;

	nested_order(&keys, order);
	json_put(out, "{", 1);
	for (uint32_t i = 0; i < keys.n && !out->full && good; i++) {
		json_put(out, ",", i > 0);
		if (!nested_get(&keys, order[i], &key))
			return false;
		json_put_string(out, str_data(&key.str), key.str.len);
		json_put(out, ":", 1);
		good = put_item(out, value_type, nested_get(&values, order[i], &value), &value);
	}
	json_put(out, "}", 1);
	return good;
}

// The field whose name comes next behind `name` (NULL: the first of all), or −1.
static int32_t next_field(const struct nested_type *row, const char *name)
{
	int32_t next = -1;

	for (uint16_t i = 0; i < row->n; i++)
		if ((name == NULL || strcmp(row->parts[i].name, name) > 0) &&
			(next < 0 || strcmp(row->parts[i].name, row->parts[next].name) < 0))
			next = i;
	return next;
}

static bool put_row(struct json_out *out, struct type type, const struct str *row)
{
	const struct nested_type *parts = type.nested;
	union nested_value value;
	const char *last = NULL;
	bool good = true;

	json_put(out, "{", 1);
	for (int32_t i; good && (i = next_field(parts, last)) >= 0; last = parts->parts[i].name) {
		struct nested_field field = nested_field(type, (uint16_t)i);

		json_put(out, ",", last != NULL);
		json_put_string(out, parts->parts[i].name, (uint32_t)strlen(parts->parts[i].name));
		json_put(out, ":", 1);
		good = put_item(
			out, parts->parts[i].type, nested_get_field(row, &field, &value), &value);
	}
	json_put(out, "}", 1);
	return good;
}

// Recursive: types are TYPE_DEPTH_MAX deep.
bool json_put_sql(struct json_out *out, struct type type, const void *value)
{
	const struct str *str = value;
	decimal exact;

	switch (type.kind) {
	case TYPE_BOOLEAN:
		json_put(out, *(const uint8_t *)value ? "true" : "false",
			*(const uint8_t *)value ? 4 : 5);
		return true;
	case TYPE_TINYINT:
		return put_int(out, *(const int8_t *)value), true;
	case TYPE_SMALLINT:
		return put_int(out, *(const int16_t *)value), true;
	case TYPE_INT:
		return put_int(out, *(const int32_t *)value), true;
	case TYPE_BIGINT:
		return put_int(out, *(const int64_t *)value), true;
	case TYPE_FLOAT:
		return put_double(out, (double)*(const float *)value);
	case TYPE_DOUBLE:
		return put_double(out, *(const double *)value);
	case TYPE_DECIMAL:
		memcpy(&exact, value, sizeof(exact));
		return put_decimal(out, type, exact), true;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		return put_base64(out, str), true;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		return put_timestamp(out, type, *(const int64_t *)value), true;
	case TYPE_ARRAY:
		return put_array(out, type, str);
	case TYPE_MAP:
	case TYPE_MULTISET:
		return put_map(out, type, str);
	case TYPE_ROW:
		return put_row(out, type, str);
	default:
		json_put_string(out, str_data(str), str->len);
		return true;
	}
}
