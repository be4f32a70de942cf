// Casts from and to DECIMAL. What does not fit the precision is NULL, also with CAST, as in Flink;
// what does not fit an integer wraps around.
#include "expr/cast.h"
#include "expr/types.h"
#include "row/decimal.h"

typedef unsigned __int128 udecimal;

// From an integer: _exact when every one fits.
#define FROM_INTEGER(A)                                                        \
	static void A##_exact(struct call *call)                               \
	{                                                                      \
		const A *restrict as = call->args[0].values;                   \
		udecimal by = (udecimal)decimal_power(call->expr->type.scale); \
		decimal *restrict values = call->values;                       \
                                                                               \
		for (uint16_t i = 0; i < call->n; i++) {                       \
			uint16_t row = call_slot(call, i);                     \
                                                                               \
			values[row] = (decimal)((udecimal)as[row] * by);       \
		}                                                              \
	}                                                                      \
	static void A##_checked(struct call *call)                             \
	{                                                                      \
		const A *as = call->args[0].values;                            \
		struct type to = call->expr->type;                             \
		decimal by = decimal_power(to.scale), *values = call->values;  \
                                                                               \
		CALL_FOREACH(call, row)                                        \
		if (decimal_fits(as[row], to.precision - to.scale))            \
			values[row] = as[row] * by;                            \
		else                                                           \
			nulls_set(call->nulls, row);                           \
	}

// To an integer: the fraction is cut off.
#define TO_INTEGER(A)                                                        \
	static void A##_from(struct call *call)                              \
	{                                                                    \
		const decimal *as = call->args[0].values;                    \
		decimal by = decimal_power(call->expr->args[0]->type.scale); \
		A *values = call->values;                                    \
                                                                             \
		CALL_FOREACH(call, row)                                      \
		values[row] = (A)(as[row] / by);                             \
	}

#define FROM_FLOAT(A)                                                                            \
	static void A##_checked(struct call *call)                                               \
	{                                                                                        \
		const A *as = call->args[0].values;                                              \
		struct type to = call->expr->type;                                               \
		decimal *values = call->values;                                                  \
                                                                                                 \
		CALL_FOREACH(call, row)                                                          \
		if (!decimal_from_double((double)as[row], to.precision, to.scale, &values[row])) \
			nulls_set(call->nulls, row);                                             \
	}                                                                                        \
	static void A##_from(struct call *call)                                                  \
	{                                                                                        \
		const decimal *as = call->args[0].values;                                        \
		int32_t scale = call->expr->args[0]->type.scale;                                 \
		A *values = call->values;                                                        \
                                                                                                 \
		CALL_FOREACH(call, row)                                                          \
		values[row] = (A)decimal_to_double(as[row], scale);                              \
	}

FROM_INTEGER(uint8_t)
FROM_INTEGER(int8_t)
FROM_INTEGER(int16_t)
FROM_INTEGER(int32_t)
FROM_INTEGER(int64_t)
TO_INTEGER(int8_t)
TO_INTEGER(int16_t)
TO_INTEGER(int32_t)
TO_INTEGER(int64_t)
FROM_FLOAT(float)
FROM_FLOAT(double)
KERNEL_UNARY(to_bool, uint8_t, decimal, a != 0)

static void rescale_exact(struct call *call)
{
	const decimal *restrict as = call->args[0].values;
	int32_t scale = call->expr->args[0]->type.scale;
	udecimal by = (udecimal)decimal_power(call->expr->type.scale - scale);
	decimal *restrict values = call->values;

	for (uint16_t i = 0; i < call->n; i++) {
		uint16_t row = call_slot(call, i);

		values[row] = (decimal)((udecimal)as[row] * by);
	}
}

static void rescale_checked(struct call *call)
{
	int32_t scale = call->expr->args[0]->type.scale;
	const decimal *as = call->args[0].values;
	struct type to = call->expr->type;
	decimal *values = call->values;

	CALL_FOREACH(call, row)
	if (!decimal_rescale(as[row], scale, to.scale, &values[row]) ||
		!decimal_fits(values[row], to.precision))
		nulls_set(call->nulls, row);
}

static const struct kernel to_decimal_exact[TYPE_KINDS] = {
	[TYPE_BOOLEAN] = {uint8_t_exact, KERNEL_DENSE},
	[TYPE_TINYINT] = {int8_t_exact, KERNEL_DENSE},
	[TYPE_SMALLINT] = {int16_t_exact, KERNEL_DENSE},
	[TYPE_INT] = {int32_t_exact, KERNEL_DENSE},
	[TYPE_BIGINT] = {int64_t_exact, KERNEL_DENSE},
	[TYPE_DECIMAL] = {rescale_exact, KERNEL_DENSE},
};

static const struct kernel to_decimal_checked[TYPE_KINDS] = {
	[TYPE_BOOLEAN] = {uint8_t_checked, KERNEL_NULLS},
	[TYPE_TINYINT] = {int8_t_checked, KERNEL_NULLS},
	[TYPE_SMALLINT] = {int16_t_checked, KERNEL_NULLS},
	[TYPE_INT] = {int32_t_checked, KERNEL_NULLS},
	[TYPE_BIGINT] = {int64_t_checked, KERNEL_NULLS},
	[TYPE_FLOAT] = {float_checked, KERNEL_NULLS},
	[TYPE_DOUBLE] = {double_checked, KERNEL_NULLS},
	[TYPE_DECIMAL] = {rescale_checked, KERNEL_NULLS},
};

static const struct kernel from_decimal[TYPE_KINDS] = {
	[TYPE_BOOLEAN] = {to_bool, KERNEL_DENSE},
	[TYPE_TINYINT] = {int8_t_from, 0},
	[TYPE_SMALLINT] = {int16_t_from, 0},
	[TYPE_INT] = {int32_t_from, 0},
	[TYPE_BIGINT] = {int64_t_from, 0},
	[TYPE_FLOAT] = {float_from, 0},
	[TYPE_DOUBLE] = {double_from, 0},
};

// Every value of from is one of to, without rounding.
static bool is_exact(struct type from, struct type to)
{
	struct type digits =
		from.kind == TYPE_BOOLEAN ? type_decimal(1, 0) : types_as_decimal(from);

	return digits.kind == TYPE_DECIMAL && to.scale >= digits.scale &&
	       to.precision - to.scale >= digits.precision - digits.scale;
}

const struct kernel *cast_decimal(struct type from, struct type to)
{
	const struct kernel *kernel;

	if (to.kind != TYPE_DECIMAL)
		kernel = &from_decimal[to.kind];
	else
		kernel = is_exact(from, to) ? &to_decimal_exact[from.kind]
					    : &to_decimal_checked[from.kind];
	return kernel->run != NULL ? kernel : NULL;
}
