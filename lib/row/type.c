#include "row/type.h"
#include "base/arena.h"
#include "row/str.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// What a kind is called, how wide its values are, and its precision when the script gives none.
static const struct kind_info {
	const char *name;
	uint8_t width;
	int32_t precision;
} kinds[TYPE_KINDS] = {
	[TYPE_NULL] = {"NULL", 1, 0},
	[TYPE_BOOLEAN] = {"BOOLEAN", 1, 0},
	[TYPE_TINYINT] = {"TINYINT", 1, 0},
	[TYPE_SMALLINT] = {"SMALLINT", 2, 0},
	[TYPE_INT] = {"INT", 4, 0},
	[TYPE_BIGINT] = {"BIGINT", 8, 0},
	[TYPE_FLOAT] = {"FLOAT", 4, 0},
	[TYPE_DOUBLE] = {"DOUBLE", 8, 0},
	[TYPE_DECIMAL] = {"DECIMAL", 16, 10},
	[TYPE_CHAR] = {"CHAR", sizeof(struct str), 1},
	[TYPE_VARCHAR] = {"VARCHAR", sizeof(struct str), TYPE_LENGTH_MAX},
	[TYPE_BINARY] = {"BINARY", sizeof(struct str), 1},
	[TYPE_VARBINARY] = {"VARBINARY", sizeof(struct str), TYPE_LENGTH_MAX},
	[TYPE_DATE] = {"DATE", 4, 0},
	[TYPE_TIME] = {"TIME", 4, 0},
	[TYPE_TIMESTAMP] = {"TIMESTAMP", 8, 6},
	[TYPE_TIMESTAMP_LTZ] = {"TIMESTAMP_LTZ", 8, 6},
	[TYPE_INTERVAL_DAY] = {"INTERVAL DAY TO SECOND", 8, 0},
	[TYPE_INTERVAL_YEAR] = {"INTERVAL YEAR TO MONTH", 4, 0},
	[TYPE_ARRAY] = {"ARRAY", sizeof(struct str), 0},
	[TYPE_MAP] = {"MAP", sizeof(struct str), 0},
	[TYPE_MULTISET] = {"MULTISET", sizeof(struct str), 0},
	[TYPE_ROW] = {"ROW", sizeof(struct str), 0},
};

struct type type_of(enum type_kind kind)
{
	return (struct type){.kind = kind, .nullable = true, .precision = kinds[kind].precision};
}

struct type type_decimal(int32_t precision, int32_t scale)
{
	return (struct type){
		.kind = TYPE_DECIMAL, .nullable = true, .precision = precision, .scale = scale};
}

struct type type_timestamp(enum type_kind kind, int32_t precision)
{
	return (struct type){.kind = kind, .nullable = true, .precision = precision};
}

static struct type nested_new(
	struct arena *arena, enum type_kind kind, uint16_t n, struct field **parts)
{
	struct nested_type *nested =
		arena_alloc(arena, sizeof(*nested) + n * sizeof(nested->parts[0]));

	nested->n = n;
	*parts = nested->parts;
	return (struct type){.kind = kind, .nullable = true, .nested = nested};
}

struct type type_array(struct arena *arena, struct type element)
{
	struct field *parts;
	struct type type = nested_new(arena, TYPE_ARRAY, 1, &parts);

	parts[PART_ELEMENT].type = element;
	return type;
}

struct type type_multiset(struct arena *arena, struct type element)
{
	struct field *parts;
	struct type type = nested_new(arena, TYPE_MULTISET, 1, &parts);

	parts[PART_ELEMENT].type = element;
	return type;
}

struct type type_map(struct arena *arena, struct type key, struct type value)
{
	struct field *parts;
	struct type type = nested_new(arena, TYPE_MAP, 2, &parts);

	parts[PART_KEY].type = key;
	parts[PART_VALUE].type = value;
	return type;
}

struct type type_row(struct arena *arena, uint16_t n_fields, struct field **fields)
{
	return nested_new(arena, TYPE_ROW, n_fields, fields);
}

uint32_t type_depth(struct type type)
{
	uint32_t deepest = 0;

	for (uint16_t i = 0; type.nested != NULL && i < type.nested->n; i++) {
		uint32_t depth = type_depth(type_part(type, i));

		deepest = depth > deepest ? depth : deepest;
	}
	return 1 + deepest;
}

uint32_t type_width(enum type_kind kind)
{
	return kinds[kind].width;
}

static bool parts_equal(const struct nested_type *a, const struct nested_type *b, bool named)
{
	if (a == b)
		return true;
	if (a->n != b->n)
		return false;
	for (uint16_t i = 0; i < a->n; i++)
		if (!type_equal(a->parts[i].type, b->parts[i].type) ||
			(named && strcmp(a->parts[i].name, b->parts[i].name) != 0))
			return false;
	return true;
}

bool type_equal(struct type a, struct type b)
{
	if (a.kind != b.kind || a.precision != b.precision || a.scale != b.scale)
		return false;
	return !type_is_nested(a.kind) || parts_equal(a.nested, b.nested, a.kind == TYPE_ROW);
}

bool type_is_integer(enum type_kind kind)
{
	return kind >= TYPE_TINYINT && kind <= TYPE_BIGINT;
}

bool type_is_numeric(enum type_kind kind)
{
	return kind >= TYPE_TINYINT && kind <= TYPE_DECIMAL;
}

bool type_is_string(enum type_kind kind)
{
	return kind == TYPE_CHAR || kind == TYPE_VARCHAR;
}

bool type_is_binary(enum type_kind kind)
{
	return kind == TYPE_BINARY || kind == TYPE_VARBINARY;
}

bool type_is_view(enum type_kind kind)
{
	return type_is_string(kind) || type_is_binary(kind) || type_is_nested(kind);
}

bool type_is_nested(enum type_kind kind)
{
	return kind >= TYPE_ARRAY && kind <= TYPE_ROW;
}

bool type_is_timestamp(enum type_kind kind)
{
	return kind == TYPE_TIMESTAMP || kind == TYPE_TIMESTAMP_LTZ;
}

int64_t type_units_per_second(struct type type)
{
	if (type.precision <= 3)
		return 1000;
	return type.precision <= 6 ? 1000000 : 1000000000;
}

// A name on its way into a buffer that may be too short.
struct name {
	char *text;
	size_t len;
};

static __attribute__((format(printf, 2, 3))) void put(struct name *name, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(name->text + name->len, TYPE_NAME_MAX - name->len, format, args);
	va_end(args);
	if (n < 0 || (size_t)n < TYPE_NAME_MAX - name->len) {
		name->len += n < 0 ? 0 : (size_t)n;
		return;
	}
	name->len = TYPE_NAME_MAX - 1;
	memcpy(name->text + name->len - 3, "...", 3);
}

static void put_type(struct name *name, struct type type);

static void put_parts(struct name *name, struct type type)
{
	put(name, "%s<", kinds[type.kind].name);
	for (uint16_t i = 0; i < type.nested->n && name->len < TYPE_NAME_MAX - 1; i++) {
		put(name, "%s", i > 0 ? ", " : "");
		if (type.kind == TYPE_ROW)
			put(name, "`%s` ", type.nested->parts[i].name);
		put_type(name, type.nested->parts[i].type);
	}
	put(name, ">");
}

static void put_type(struct name *name, struct type type)
{
	const char *word = kinds[type.kind].name;
	bool has_length = type_is_string(type.kind) || type_is_binary(type.kind);
	bool has_precision = type_is_timestamp(type.kind) || type.kind == TYPE_TIME;

	if (type.kind == TYPE_VARCHAR && type.precision == TYPE_LENGTH_MAX)
		put(name, "STRING");
	else if (type.kind == TYPE_VARBINARY && type.precision == TYPE_LENGTH_MAX)
		put(name, "BYTES");
	else if (type.kind == TYPE_DECIMAL)
		put(name, "%s(%d, %d)", word, type.precision, type.scale);
	else if (has_length || has_precision)
		put(name, "%s(%d)", word, type.precision);
	else if (type.nested != NULL)
		put_parts(name, type);
	else
		put(name, "%s", word);
	if (!type.nullable)
		put(name, " NOT NULL");
}

const char *type_name(struct type type, char buffer[TYPE_NAME_MAX])
{
	struct name name = {buffer, 0};

	put_type(&name, type);
	return buffer;
}
