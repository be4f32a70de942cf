// + − * / % and unary minus. Integers wrap around as in Java; the result's type is the wider one.
#include "expr/families.h"
#include "expr/call.h"
#include "expr/types.h"
#include <errno.h>
#include <math.h>

enum op { ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, OPS };

// Integers are computed unsigned, where overflow is defined; U is wide enough not to be promoted to
// a signed int.
#define INTEGER_KERNELS(T, U)                                                                    \
	KERNEL_BINARY(T##_add, T, T, T, (U)a + (U)b)                                             \
	KERNEL_BINARY(T##_subtract, T, T, T, (U)a - (U)b)                                        \
	KERNEL_BINARY(T##_multiply, T, T, T, (U)a *(U)b)                                         \
	KERNEL_UNARY(T##_negate, T, T, -(U)a)                                                    \
	/* The divisor is a literal, neither 0 nor −1. */                                      \
	KERNEL_BINARY(T##_divide_fixed, T, T, T, a / b)                                          \
	KERNEL_BINARY(T##_modulo_fixed, T, T, T, a % b)                                          \
	static void T##_divide(struct call *call)                                                \
	{                                                                                        \
		const T *as = call->args[0].values, *bs = call->args[1].values;                  \
		T *values = call->values;                                                        \
                                                                                                 \
		CALL_FOREACH(call, row)                                                          \
		if (bs[row] == 0)                                                                \
			call_fail(call, row, "/ by zero");                                       \
		else                                                                             \
			values[row] = bs[row] == -1 ? (T) - (U)as[row] : (T)(as[row] / bs[row]); \
	}                                                                                        \
	static void T##_modulo(struct call *call)                                                \
	{                                                                                        \
		const T *as = call->args[0].values, *bs = call->args[1].values;                  \
		T *values = call->values;                                                        \
                                                                                                 \
		CALL_FOREACH(call, row)                                                          \
		if (bs[row] == 0)                                                                \
			call_fail(call, row, "/ by zero");                                       \
		else                                                                             \
			values[row] = bs[row] == -1 ? 0 : (T)(as[row] % bs[row]);                \
	}

#define FLOAT_KERNELS(T)                               \
	KERNEL_BINARY(T##_add, T, T, T, a + b)         \
	KERNEL_BINARY(T##_subtract, T, T, T, a - b)    \
	KERNEL_BINARY(T##_multiply, T, T, T, a *b)     \
	KERNEL_BINARY(T##_divide, T, T, T, a / b)      \
	KERNEL_BINARY(T##_modulo, T, T, T, fmod(a, b)) \
	KERNEL_UNARY(T##_negate, T, T, -a)

INTEGER_KERNELS(int8_t, uint32_t)
INTEGER_KERNELS(int16_t, uint32_t)
INTEGER_KERNELS(int32_t, uint32_t)
INTEGER_KERNELS(int64_t, uint64_t)
FLOAT_KERNELS(float)
FLOAT_KERNELS(double)

#define INTEGER_ROW(T)                                                             \
	{                                                                          \
		{T##_add, KERNEL_DENSE}, {T##_subtract, KERNEL_DENSE},             \
			{T##_multiply, KERNEL_DENSE}, {T##_divide, KERNEL_FAULTS}, \
		{                                                                  \
			T##_modulo, KERNEL_FAULTS                                  \
		}                                                                  \
	}
#define FLOAT_ROW(T)                                                              \
	{                                                                         \
		{T##_add, KERNEL_DENSE}, {T##_subtract, KERNEL_DENSE},            \
			{T##_multiply, KERNEL_DENSE}, {T##_divide, KERNEL_DENSE}, \
		{                                                                 \
			T##_modulo, 0                                             \
		}                                                                 \
	}

static const struct kernel kernels[TYPE_KINDS][OPS] = {
	[TYPE_TINYINT] = INTEGER_ROW(int8_t),
	[TYPE_SMALLINT] = INTEGER_ROW(int16_t),
	[TYPE_INT] = INTEGER_ROW(int32_t),
	[TYPE_BIGINT] = INTEGER_ROW(int64_t),
	[TYPE_FLOAT] = FLOAT_ROW(float),
	[TYPE_DOUBLE] = FLOAT_ROW(double),
};

// By a literal that cannot fault.
static const struct kernel fixed_kernels[TYPE_KINDS][2] = {
	[TYPE_TINYINT] = {{int8_t_divide_fixed, KERNEL_DENSE}, {int8_t_modulo_fixed, KERNEL_DENSE}},
	[TYPE_SMALLINT] = {{int16_t_divide_fixed, KERNEL_DENSE},
		{int16_t_modulo_fixed, KERNEL_DENSE}},
	[TYPE_INT] = {{int32_t_divide_fixed, KERNEL_DENSE}, {int32_t_modulo_fixed, KERNEL_DENSE}},
	[TYPE_BIGINT] = {{int64_t_divide_fixed, KERNEL_DENSE},
		{int64_t_modulo_fixed, KERNEL_DENSE}},
};

static const struct kernel negate_kernels[TYPE_KINDS] = {
	[TYPE_TINYINT] = {int8_t_negate, KERNEL_DENSE},
	[TYPE_SMALLINT] = {int16_t_negate, KERNEL_DENSE},
	[TYPE_INT] = {int32_t_negate, KERNEL_DENSE},
	[TYPE_BIGINT] = {int64_t_negate, KERNEL_DENSE},
	[TYPE_FLOAT] = {float_negate, KERNEL_DENSE},
	[TYPE_DOUBLE] = {double_negate, KERNEL_DENSE},
	[TYPE_INTERVAL_DAY] = {int64_t_negate, KERNEL_DENSE},
	[TYPE_INTERVAL_YEAR] = {int32_t_negate, KERNEL_DENSE},
};

// An integer literal other than 0 and −1, of the type that the divisor was cast to.
static bool is_safe_divisor(const struct expr *b)
{
	union scalar value = b->value;
	int64_t divisor;

	if (!expr_is_literal(b) || b->is_null || !type_is_integer(b->type.kind))
		return false;
	divisor = b->type.kind == TYPE_TINYINT	  ? value.i8
		  : b->type.kind == TYPE_SMALLINT ? value.i16
		  : b->type.kind == TYPE_INT	  ? value.i32
						  : value.i64;
	return divisor != 0 && divisor != -1;
}

// A string beside a number becomes that number; a NULL takes the other's type.
static int coerce(struct resolve *r)
{
	struct type a = r->args[0]->type, b = r->args[1]->type;

	for (uint16_t i = 0; i < 2; i++) {
		struct type mine = i == 0 ? a : b, other = i == 0 ? b : a;

		if (mine.kind == TYPE_NULL && other.kind == TYPE_NULL)
			other = type_of(TYPE_INT);
		if (mine.kind != TYPE_NULL &&
			!(type_is_string(mine.kind) && type_is_numeric(other.kind)))
			continue;
		if (type_is_string(mine.kind) && other.kind == TYPE_DECIMAL)
			other = type_decimal(DECIMAL_PRECISION_MAX, 18);
		if (resolve_cast(r, i, other) != 0)
			return -EINVAL;
	}
	return 0;
}

static int resolve_numbers(struct resolve *r, enum op op)
{
	struct type common, second = r->args[1]->type;

	if (resolve_common(r, 0, &common) != 0)
		return -EINVAL;
	r->type = common;
	r->kernel = &kernels[common.kind][op];
	if (op >= DIVIDE && is_safe_divisor(r->args[1]))
		r->kernel = &fixed_kernels[common.kind][op - DIVIDE];
	if (op != MODULO || !type_is_integer(second.kind) || second.kind == common.kind)
		return 0;
	// The remainder has the divisor's type, as in Calcite: it is smaller than the divisor.
	second.nullable = true;
	r->expr = expr_cast(r->arena, call_new(r, r->kernel, common, r->args, r->n_args, NULL),
		second, false, r->pos, r->err);
	return r->expr != NULL ? 0 : -EINVAL;
}

static int resolve_arithmetic(struct resolve *r, enum op op)
{
	enum type_kind a, b;

	if (coerce(r) != 0)
		return -EINVAL;
	a = r->args[0]->type.kind;
	b = r->args[1]->type.kind;
	if (type_is_numeric(a) && type_is_numeric(b)) {
		bool approximate =
			a == TYPE_FLOAT || a == TYPE_DOUBLE || b == TYPE_FLOAT || b == TYPE_DOUBLE;

		if ((a == TYPE_DECIMAL || b == TYPE_DECIMAL) && !approximate)
			return resolve_decimal(r, "+-*/%"[op]);
		return resolve_numbers(r, op);
	}
	return op == MODULO ? resolve_refuse(r) : resolve_interval(r, "+-*/%"[op]);
}

static int resolve_negate(struct resolve *r)
{
	if (r->args[0]->type.kind == TYPE_NULL && resolve_cast(r, 0, type_of(TYPE_INT)) != 0)
		return -EINVAL;
	if (r->args[0]->type.kind == TYPE_DECIMAL)
		return resolve_decimal_negate(r);
	r->type = r->args[0]->type;
	r->kernel = &negate_kernels[r->type.kind];
	return r->kernel->run != NULL ? 0 : resolve_refuse(r);
}

static int resolve_plus(struct resolve *r)
{
	r->expr = r->args[0];
	return type_is_numeric(r->expr->type.kind) || r->expr->type.kind == TYPE_NULL
		       ? 0
		       : resolve_refuse(r);
}

static int resolve_add(struct resolve *r)
{
	return r->n_args == 1 ? resolve_plus(r) : resolve_arithmetic(r, ADD);
}

static int resolve_subtract(struct resolve *r)
{
	return r->n_args == 1 ? resolve_negate(r) : resolve_arithmetic(r, SUBTRACT);
}

static int resolve_multiply(struct resolve *r)
{
	return resolve_arithmetic(r, MULTIPLY);
}

static int resolve_divide(struct resolve *r)
{
	return resolve_arithmetic(r, DIVIDE);
}

static int resolve_modulo(struct resolve *r)
{
	return resolve_arithmetic(r, MODULO);
}

static const struct function functions[] = {
	{.name = "+",
		.n_min = 1,
		.n_max = 2,
		.resolve = resolve_add,
		.usage = "a + b, +a",
		.doc = "sum; also of a date, time or timestamp and an interval"},
	{.name = "-",
		.n_min = 1,
		.n_max = 2,
		.resolve = resolve_subtract,
		.usage = "a - b, -a",
		.doc = "difference; also of a date, time or timestamp and an interval"},
	{.name = "*",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_multiply,
		.usage = "a * b",
		.doc = "product; integers wrap around, a DECIMAL that does not fit is NULL"},
	{.name = "/",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_divide,
		.usage = "a / b",
		.doc = "quotient; of integers without the remainder"},
	{.name = "%",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_modulo,
		.usage = "a % b",
		.doc = "remainder, with the sign of a and the type of b"},
	{.name = "MOD",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_modulo,
		.usage = "MOD(a, b)",
		.doc = "a % b"},
};

const struct function_family family_arithmetic = {
	"Arithmetic", functions, sizeof(functions) / sizeof(*functions)};
