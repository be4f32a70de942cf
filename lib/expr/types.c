#include "expr/types.h"
#include "expr/expr.h"

// DECIMALs never go below this scale for the sake of their integer part.
enum { SCALE_KEPT = 6 };

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t most(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static struct type adjust(int32_t precision, int32_t scale)
{
	if (precision > DECIMAL_PRECISION_MAX) {
		scale = most(DECIMAL_PRECISION_MAX - (precision - scale), least(scale, SCALE_KEPT));
		precision = DECIMAL_PRECISION_MAX;
	}
	return type_decimal(precision, scale);
}

struct type types_decimal_add(struct type a, struct type b)
{
	int32_t scale = most(a.scale, b.scale);

	return adjust(most(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
}

struct type types_decimal_multiply(struct type a, struct type b)
{
	return adjust(a.precision + b.precision + 1, a.scale + b.scale);
}

struct type types_decimal_divide(struct type a, struct type b)
{
	int32_t scale = most(6, a.scale + b.precision + 1);

	return adjust(a.precision - a.scale + b.scale + scale, scale);
}

struct type types_decimal_modulo(struct type a, struct type b)
{
	int32_t scale = most(a.scale, b.scale);

	if (scale == 0)
		return b;
	return adjust(least(a.precision - a.scale, b.precision - b.scale) + scale, scale);
}

struct type types_decimal_round(struct type x, int32_t digits)
{
	if (digits >= x.scale)
		return type_decimal(x.precision, x.scale);
	if (digits < 0)
		return type_decimal(least(DECIMAL_PRECISION_MAX, 1 + x.precision - x.scale), 0);
	return type_decimal(1 + x.precision - x.scale + digits, digits);
}

struct type types_as_decimal(struct type type)
{
	static const int32_t digits[TYPE_KINDS] = {
		[TYPE_TINYINT] = 3,
		[TYPE_SMALLINT] = 5,
		[TYPE_INT] = 10,
		[TYPE_BIGINT] = 19,
	};
	struct type decimal_type = type;

	if (type_is_integer(type.kind)) {
		decimal_type = type_decimal(digits[type.kind], 0);
		decimal_type.nullable = type.nullable;
	}
	return decimal_type;
}

static struct type common_decimal(struct type a, struct type b)
{
	int32_t scale = most(a.scale, b.scale);
	int32_t integer = most(a.precision - a.scale, b.precision - b.scale);

	return adjust(integer + scale, scale);
}

static struct type common_number(struct type a, struct type b)
{
	if (type_is_integer(a.kind) && type_is_integer(b.kind))
		return type_of(a.kind > b.kind ? a.kind : b.kind);
	if (a.kind == TYPE_DOUBLE || b.kind == TYPE_DOUBLE)
		return type_of(TYPE_DOUBLE);
	if (a.kind == TYPE_FLOAT || b.kind == TYPE_FLOAT) {
		bool has_decimal = a.kind == TYPE_DECIMAL || b.kind == TYPE_DECIMAL;

		return type_of(has_decimal ? TYPE_DOUBLE : TYPE_FLOAT);
	}
	return common_decimal(types_as_decimal(a), types_as_decimal(b));
}

// Strings and binaries: fixed lengths stay fixed only when they are the same.
static struct type common_text(
	struct type a, struct type b, enum type_kind fixed, enum type_kind variable)
{
	bool same = a.kind == fixed && b.kind == fixed && a.precision == b.precision;
	struct type common = type_of(same ? fixed : variable);

	common.precision = most(a.precision, b.precision);
	return common;
}

static bool is_date_or_timestamp(enum type_kind kind)
{
	return kind == TYPE_DATE || type_is_timestamp(kind);
}

static struct type common_timestamp(struct type a, struct type b)
{
	bool ltz = a.kind == TYPE_TIMESTAMP_LTZ || b.kind == TYPE_TIMESTAMP_LTZ;
	int32_t precision_a = a.kind == TYPE_DATE ? 0 : a.precision;
	int32_t precision_b = b.kind == TYPE_DATE ? 0 : b.precision;

	return type_timestamp(
		ltz ? TYPE_TIMESTAMP_LTZ : TYPE_TIMESTAMP, most(precision_a, precision_b));
}

static bool common_nested(struct arena *arena, struct type a, struct type b, struct type *common)
{
	struct field *parts;

	if (a.nested->n != b.nested->n)
		return false;
	*common = type_row(arena, a.nested->n, &parts);
	common->kind = a.kind;
	for (uint16_t i = 0; i < a.nested->n; i++) {
		parts[i].name = a.nested->parts[i].name;
		if (!expr_common_type(arena, type_part(a, i), type_part(b, i), &parts[i].type))
			return false;
	}
	return true;
}

bool expr_common_type(struct arena *arena, struct type a, struct type b, struct type *common)
{
	struct type type;

	if (a.kind == TYPE_NULL || b.kind == TYPE_NULL) {
		type = a.kind == TYPE_NULL ? b : a;
	} else if (type_is_numeric(a.kind) && type_is_numeric(b.kind)) {
		type = common_number(a, b);
	} else if (type_is_string(a.kind) && type_is_string(b.kind)) {
		type = common_text(a, b, TYPE_CHAR, TYPE_VARCHAR);
	} else if (type_is_binary(a.kind) && type_is_binary(b.kind)) {
		type = common_text(a, b, TYPE_BINARY, TYPE_VARBINARY);
	} else if (a.kind == b.kind && type_is_nested(a.kind)) {
		if (!common_nested(arena, a, b, &type))
			return false;
	} else if (a.kind == b.kind) {
		type = a;
		type.precision = most(a.precision, b.precision);
	} else if (is_date_or_timestamp(a.kind) && is_date_or_timestamp(b.kind)) {
		type = common_timestamp(a, b);
	} else {
		return false;
	}
	type.nullable = a.nullable || b.nullable || a.kind == TYPE_NULL || b.kind == TYPE_NULL;
	*common = type;
	return true;
}

bool types_comparable(struct arena *arena, struct type a, struct type b, struct type *common)
{
	struct type type;

	if (expr_common_type(arena, a, b, common))
		return true;
	if (type_is_string(a.kind) == type_is_string(b.kind))
		return false;
	type = type_is_string(a.kind) ? b : a;
	if (type_is_binary(type.kind) || type_is_nested(type.kind))
		return false;
	if (type.kind == TYPE_DECIMAL) // any number that the string may hold
		type = type_decimal(DECIMAL_PRECISION_MAX, most(type.scale, 18));
	type.nullable = a.nullable || b.nullable;
	*common = type;
	return true;
}

static bool implicit_nested(struct type from, struct type to)
{
	bool is_implicit = from.nested->n == to.nested->n;

	for (uint16_t i = 0; is_implicit && i < from.nested->n; i++)
		is_implicit = types_implicit(type_part(from, i), type_part(to, i));
	return is_implicit;
}

bool types_implicit(struct type from, struct type to)
{
	if (from.kind == TYPE_NULL)
		return true;
	if (from.kind == to.kind)
		return !type_is_nested(from.kind) || implicit_nested(from, to);
	switch (to.kind) {
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
		return type_is_integer(from.kind) && from.kind < to.kind;
	case TYPE_FLOAT:
		return type_is_numeric(from.kind) && from.kind != TYPE_DOUBLE;
	case TYPE_DOUBLE:
	case TYPE_DECIMAL:
		return type_is_numeric(from.kind);
	case TYPE_VARCHAR:
		return from.kind == TYPE_CHAR;
	case TYPE_VARBINARY:
		return from.kind == TYPE_BINARY;
	case TYPE_DATE:
		return from.kind == TYPE_TIMESTAMP;
	case TYPE_TIME:
		return type_is_timestamp(from.kind);
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		return type_is_timestamp(from.kind);
	default:
		return false;
	}
}
