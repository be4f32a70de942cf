// Mathematical functions of DOUBLEs, by libm; ABS, SIGN.
#include "expr/call.h"
#include "expr/families.h"
#include <errno.h>
#include <math.h>

#define ABS_SIGN(T, U)                                    \
	KERNEL_UNARY(T##_abs, T, T, a < 0 ? -(U)a : (U)a) \
	KERNEL_UNARY(T##_sign, T, T, (a > 0) - (a < 0))

typedef unsigned __int128 udecimal;

ABS_SIGN(int8_t, uint32_t)
ABS_SIGN(int16_t, uint32_t)
ABS_SIGN(int32_t, uint32_t)
ABS_SIGN(int64_t, uint64_t)
KERNEL_UNARY(decimal_abs, decimal, decimal, a < 0 ? -(udecimal)a : (udecimal)a)
KERNEL_UNARY(float_abs, float, float, fabsf(a))
KERNEL_UNARY(double_abs, double, double, fabs(a))
KERNEL_UNARY(float_sign, float, float, a > 0 ? 1 : a < 0 ? -1 : a)
KERNEL_UNARY(double_sign, double, double, a > 0 ? 1 : a < 0 ? -1 : a)

// One, at the DECIMAL's scale.
static void decimal_sign(struct call *call)
{
	const decimal *as = call->args[0].values;
	decimal one = 1, *values = call->values;

	for (int32_t i = 0; i < call->expr->type.scale; i++)
		one *= 10;
	CALL_FOREACH(call, row)
	values[row] = as[row] > 0 ? one : as[row] < 0 ? -one : 0;
}

static const struct kernel abs_kernels[TYPE_KINDS] = {
	[TYPE_TINYINT] = {int8_t_abs, KERNEL_DENSE},
	[TYPE_SMALLINT] = {int16_t_abs, KERNEL_DENSE},
	[TYPE_INT] = {int32_t_abs, KERNEL_DENSE},
	[TYPE_BIGINT] = {int64_t_abs, KERNEL_DENSE},
	[TYPE_FLOAT] = {float_abs, KERNEL_DENSE},
	[TYPE_DOUBLE] = {double_abs, KERNEL_DENSE},
	[TYPE_DECIMAL] = {decimal_abs, KERNEL_DENSE},
};

static const struct kernel sign_kernels[TYPE_KINDS] = {
	[TYPE_TINYINT] = {int8_t_sign, KERNEL_DENSE},
	[TYPE_SMALLINT] = {int16_t_sign, KERNEL_DENSE},
	[TYPE_INT] = {int32_t_sign, KERNEL_DENSE},
	[TYPE_BIGINT] = {int64_t_sign, KERNEL_DENSE},
	[TYPE_FLOAT] = {float_sign, KERNEL_DENSE},
	[TYPE_DOUBLE] = {double_sign, KERNEL_DENSE},
	[TYPE_DECIMAL] = {decimal_sign, 0},
};

static int resolve_same_type(struct resolve *r, const struct kernel *kernels)
{
	if (r->args[0]->type.kind == TYPE_NULL && resolve_cast(r, 0, type_of(TYPE_INT)) != 0)
		return -EINVAL;
	r->type = r->args[0]->type;
	r->kernel = &kernels[r->type.kind];
	return r->kernel->run != NULL ? 0 : resolve_refuse(r);
}

static int resolve_abs(struct resolve *r)
{
	return resolve_same_type(r, abs_kernels);
}

static int resolve_sign(struct resolve *r)
{
	return resolve_same_type(r, sign_kernels);
}

#define DOUBLE_KERNEL(name, expression) KERNEL_UNARY(math_##name, double, double, expression)

DOUBLE_KERNEL(sqrt, sqrt(a))
DOUBLE_KERNEL(exp, exp(a))
DOUBLE_KERNEL(ln, log(a))
DOUBLE_KERNEL(log10, log10(a))
DOUBLE_KERNEL(log2, log(a) / log(2)) // as Flink: 29.000000000000004 of 2^29
DOUBLE_KERNEL(sin, sin(a))
DOUBLE_KERNEL(cos, cos(a))
DOUBLE_KERNEL(tan, tan(a))
DOUBLE_KERNEL(cot, 1 / tan(a))
DOUBLE_KERNEL(asin, asin(a))
DOUBLE_KERNEL(acos, acos(a))
DOUBLE_KERNEL(atan, atan(a))
DOUBLE_KERNEL(sinh, sinh(a))
DOUBLE_KERNEL(cosh, cosh(a))
DOUBLE_KERNEL(tanh, tanh(a))
// Factors as in java.lang.Math.
DOUBLE_KERNEL(degrees, a * 57.29577951308232)
DOUBLE_KERNEL(radians, a * 0.017453292519943295)
KERNEL_BINARY(math_power, double, double, double, pow(a, b))
KERNEL_BINARY(math_atan2, double, double, double, atan2(a, b))
KERNEL_BINARY(math_log_of, double, double, double, log(b) / log(a))

static int resolve_log(struct resolve *r)
{
	static const struct kernel natural = {math_ln, 0}, of_base = {math_log_of, 0};

	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->type = type_of(TYPE_DOUBLE);
	r->kernel = r->n_args == 1 ? &natural : &of_base;
	return 0;
}

static void constant(struct call *call, double value)
{
	for (uint16_t i = 0; i < call->n; i++)
		((double *)call->values)[call_slot(call, i)] = value;
}

static void pi(struct call *call)
{
	constant(call, M_PI);
}

static void e(struct call *call)
{
	constant(call, M_E);
}

#define F(sql, n_args, run, use, text)                                                          \
	{                                                                                       \
		.name = sql, .args = "d", .n_min = n_args, .n_max = n_args, .kernel = {run, 0}, \
		.result = TYPE_DOUBLE, .usage = use, .doc = text                                \
	}

static const struct function functions[] = {
	{.name = "ABS",
		.n_min = 1,
		.n_max = 1,
		.resolve = resolve_abs,
		.usage = "ABS(x)",
		.doc = "x without its sign"},
	{.name = "SIGN",
		.n_min = 1,
		.n_max = 1,
		.resolve = resolve_sign,
		.usage = "SIGN(x)",
		.doc = "-1, 0 or 1"},
	{.name = "LOG",
		.args = "d",
		.n_min = 1,
		.n_max = 2,
		.resolve = resolve_log,
		.usage = "LOG([base,] x)",
		.doc = "the logarithm, of base e when unsaid"},
	F("SQRT", 1, math_sqrt, "SQRT(x)", "the square root"),
	F("POWER", 2, math_power, "POWER(x, y)", "x to the power of y"),
	F("EXP", 1, math_exp, "EXP(x)", "e to the power of x"),
	F("LN", 1, math_ln, "LN(x)", "the natural logarithm"),
	F("LOG10", 1, math_log10, "LOG10(x)", "the logarithm of base 10"),
	F("LOG2", 1, math_log2, "LOG2(x)", "the logarithm of base 2"),
	F("SIN", 1, math_sin, "SIN(x)", "sine of radians"),
	F("COS", 1, math_cos, "COS(x)", "cosine"),
	F("TAN", 1, math_tan, "TAN(x)", "tangent"),
	F("COT", 1, math_cot, "COT(x)", "cotangent"),
	F("ASIN", 1, math_asin, "ASIN(x)", "arc sine"),
	F("ACOS", 1, math_acos, "ACOS(x)", "arc cosine"),
	F("ATAN", 1, math_atan, "ATAN(x)", "arc tangent"),
	F("ATAN2", 2, math_atan2, "ATAN2(y, x)", "the angle of the point (x, y)"),
	F("SINH", 1, math_sinh, "SINH(x)", "hyperbolic sine"),
	F("COSH", 1, math_cosh, "COSH(x)", "hyperbolic cosine"),
	F("TANH", 1, math_tanh, "TANH(x)", "hyperbolic tangent"),
	F("DEGREES", 1, math_degrees, "DEGREES(x)", "of radians"),
	F("RADIANS", 1, math_radians, "RADIANS(x)", "of degrees"),
	F("PI", 0, pi, "PI()", "3.14159…"),
	F("E", 0, e, "E()", "2.71828…"),
};

const struct function_family family_math = {
	"Mathematics", functions, sizeof(functions) / sizeof(*functions)};
