#include "row/type.h"
#include "row/str.h"
#include <stdio.h>

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

uint32_t type_width(enum type_kind kind)
{
	return kinds[kind].width;
}

bool type_equal(struct type a, struct type b)
{
	return a.kind == b.kind && a.precision == b.precision && a.scale == b.scale;
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
	return type_is_string(kind) || type_is_binary(kind);
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

const char *type_name(struct type type, char buffer[TYPE_NAME_MAX])
{
	const char *name = kinds[type.kind].name;
	const char *suffix = type.nullable ? "" : " NOT NULL";
	bool has_length = type_is_view(type.kind);
	bool has_precision = type_is_timestamp(type.kind) || type.kind == TYPE_TIME;

	if (type.kind == TYPE_VARCHAR && type.precision == TYPE_LENGTH_MAX)
		snprintf(buffer, TYPE_NAME_MAX, "STRING%s", suffix);
	else if (type.kind == TYPE_VARBINARY && type.precision == TYPE_LENGTH_MAX)
		snprintf(buffer, TYPE_NAME_MAX, "BYTES%s", suffix);
	else if (type.kind == TYPE_DECIMAL)
		snprintf(buffer, TYPE_NAME_MAX, "%s(%d, %d)%s", name, type.precision, type.scale,
			suffix);
	else if (has_length || has_precision)
		snprintf(buffer, TYPE_NAME_MAX, "%s(%d)%s", name, type.precision, suffix);
	else
		snprintf(buffer, TYPE_NAME_MAX, "%s%s", name, suffix);
	return buffer;
}
