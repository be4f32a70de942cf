// FLOOR, CEIL, ROUND, TRUNCATE of numbers. To a number of digits: halves away from zero, on the
// decimal text of a DOUBLE, as java.math.BigDecimal does it.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/types.h"
#include "row/decimal.h"
#include <errno.h>
#include <math.h>

enum mode { ROUND, TRUNCATE, FLOOR, CEIL };

enum { DOUBLE_SCALE = 18, DIGITS_MAX = DECIMAL_PRECISION_MAX };

// value / 10^n_cut to an integer.
static decimal cut_digits(decimal value, int32_t n_cut, enum mode mode)
{
	decimal by, quotient, rest;

	if (n_cut <= 0)
		return value;
	if (n_cut > DIGITS_MAX)
		return mode == FLOOR && value < 0 ? -1 : mode == CEIL && value > 0;
	by = decimal_power(n_cut);
	quotient = value / by;
	rest = value % by;
	if (mode == ROUND && (rest < 0 ? -rest : rest) >= by - (rest < 0 ? -rest : rest))
		quotient += rest < 0 ? -1 : rest > 0;
	if (mode == FLOOR && rest < 0)
		quotient--;
	if (mode == CEIL && rest > 0)
		quotient++;
	return quotient;
}

// value (at scale) to digits behind the point (before it when negative), at scale_to ≥ digits.
static decimal to_digits(
	decimal value, int32_t scale, int32_t digits, int32_t scale_to, enum mode mode)
{
	int32_t kept = digits < scale ? digits : scale;
	decimal cut = cut_digits(value, scale - kept, mode);

	if (cut == 0 || scale_to - kept > DIGITS_MAX)
		return 0;
	return cut * decimal_power(scale_to - kept);
}

static double double_to_digits(double value, int32_t digits, enum mode mode)
{
	decimal exact;

	if (digits >= DOUBLE_SCALE ||
		!decimal_from_double(value, DECIMAL_PRECISION_MAX, DOUBLE_SCALE, &exact))
		return value; // NaN, infinite, or too large to have a fraction
	return decimal_to_double(
		to_digits(exact, DOUBLE_SCALE, digits, DOUBLE_SCALE, mode), DOUBLE_SCALE);
}

static int32_t digits_of(const struct call *call, uint16_t row)
{
	return call->expr->n_args > 1 ? ((const int32_t *)call->args[1].values)[row] : 0;
}

#define DIGITS_KERNEL(name, T, expression)                             \
	static void name(struct call *call)                            \
	{                                                              \
		enum mode mode = *(const enum mode *)call->expr->data; \
		const T *as = call->args[0].values;                    \
		T *values = call->values;                              \
                                                                       \
		CALL_FOREACH(call, row)                                \
		{                                                      \
			int32_t digits = digits_of(call, row);         \
			T a = as[row];                                 \
                                                                       \
			values[row] = (T)(expression);                 \
		}                                                      \
	}
DIGITS_KERNEL(digits_i8, int8_t, to_digits(a, 0, digits, 0, mode))
DIGITS_KERNEL(digits_i16, int16_t, to_digits(a, 0, digits, 0, mode))
DIGITS_KERNEL(digits_i32, int32_t, to_digits(a, 0, digits, 0, mode))
DIGITS_KERNEL(digits_i64, int64_t, to_digits(a, 0, digits, 0, mode))
DIGITS_KERNEL(digits_f32, float, double_to_digits((double)a, digits, mode))
DIGITS_KERNEL(digits_f64, double, double_to_digits(a, digits, mode))

// The result's scale is chosen by literal digits; digits of a row may want more or less.
static void digits_decimal(struct call *call)
{
	enum mode mode = *(const enum mode *)call->expr->data;
	int32_t scale = call->expr->args[0]->type.scale;
	const decimal *as = call->args[0].values;
	struct type type = call->expr->type;
	decimal *values = call->values;

	CALL_FOREACH(call, row)
	{
		int32_t digits = digits_of(call, row);

		if (digits > type.scale)
			digits = type.scale;
		values[row] = to_digits(as[row], scale, digits, type.scale, mode);
		if (!decimal_fits(values[row], type.precision))
			nulls_set(call->nulls, row);
	}
}

static const struct kernel digits_kernels[TYPE_KINDS] = {
	[TYPE_TINYINT] = {digits_i8, 0},
	[TYPE_SMALLINT] = {digits_i16, 0},
	[TYPE_INT] = {digits_i32, 0},
	[TYPE_BIGINT] = {digits_i64, 0},
	[TYPE_FLOAT] = {digits_f32, 0},
	[TYPE_DOUBLE] = {digits_f64, 0},
	[TYPE_DECIMAL] = {digits_decimal, KERNEL_NULLS},
};

static int32_t literal_digits(const struct resolve *r, int32_t otherwise)
{
	if (r->n_args == 1)
		return 0;
	return expr_is_literal(r->args[1]) && !r->args[1]->is_null ? r->args[1]->value.i32
								   : otherwise;
}

static int resolve_digits(struct resolve *r, enum mode mode)
{
	enum mode *data = arena_alloc(r->arena, sizeof(*data));

	if (r->args[0]->type.kind == TYPE_NULL && resolve_cast(r, 0, type_of(TYPE_INT)) != 0)
		return -EINVAL;
	r->type = r->args[0]->type;
	r->kernel = &digits_kernels[r->type.kind];
	if (r->kernel->run == NULL ||
		(r->n_args > 1 && (r->args[1]->type.kind > TYPE_INT ||
					  r->args[1]->type.kind == TYPE_BOOLEAN)))
		return resolve_refuse(r);
	if (r->n_args > 1 && resolve_cast(r, 1, type_of(TYPE_INT)) != 0)
		return -EINVAL;
	if (r->type.kind == TYPE_DECIMAL && mode <= TRUNCATE)
		r->type = types_decimal_round(r->type, literal_digits(r, r->type.scale));
	else if (r->type.kind == TYPE_DECIMAL)
		r->type = type_decimal(r->type.precision, 0);
	*data = mode;
	r->data = data;
	return 0;
}

static int resolve_round(struct resolve *r)
{
	return resolve_digits(r, ROUND);
}

static int resolve_truncate(struct resolve *r)
{
	return resolve_digits(r, TRUNCATE);
}

KERNEL_UNARY(floor_f32, float, float, floorf(a))
KERNEL_UNARY(floor_f64, double, double, floor(a))
KERNEL_UNARY(ceil_f32, float, float, ceilf(a))
KERNEL_UNARY(ceil_f64, double, double, ceil(a))

static const struct kernel whole_kernels[2][2] = {
	{{floor_f32, KERNEL_DENSE}, {floor_f64, KERNEL_DENSE}},
	{{ceil_f32, KERNEL_DENSE}, {ceil_f64, KERNEL_DENSE}},
};

static int resolve_whole(struct resolve *r, bool up)
{
	enum type_kind kind = r->args[0]->type.kind;

	if (r->n_args == 2)
		return resolve_to_unit(r, up);
	if (type_is_integer(kind)) {
		r->expr = r->args[0];
		return 0;
	}
	if (kind != TYPE_FLOAT && kind != TYPE_DOUBLE)
		return resolve_digits(r, up ? CEIL : FLOOR);
	r->type = r->args[0]->type;
	r->kernel = &whole_kernels[up][kind == TYPE_DOUBLE];
	return 0;
}

static int resolve_floor(struct resolve *r)
{
	return resolve_whole(r, false);
}

static int resolve_ceil(struct resolve *r)
{
	return resolve_whole(r, true);
}

#define F(sql, min, max, resolver, use, text)                                               \
	{                                                                                   \
		.name = sql, .n_min = min, .n_max = max, .resolve = resolver, .usage = use, \
		.doc = text                                                                 \
	}

static const struct function functions[] = {
	F("FLOOR", 1, 2, resolve_floor, "FLOOR(x [TO unit])",
		"down to an integer; a time down to the start of the unit"),
	F("CEIL", 1, 2, resolve_ceil, "CEIL(x [TO unit])",
		"up to an integer; a time up to the start of the next unit"),
	F("CEILING", 1, 2, resolve_ceil, "CEILING(x [TO unit])", "CEIL"),
	F("ROUND", 1, 2, resolve_round, "ROUND(x [, digits])",
		"to so many digits behind the point, halves away from zero"),
	F("TRUNCATE", 1, 2, resolve_truncate, "TRUNCATE(x [, digits])",
		"cut to so many digits behind the point"),
};

const struct function_family family_round = {
	"Rounding", functions, sizeof(functions) / sizeof(*functions)};
