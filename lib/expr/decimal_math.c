// Arithmetic on DECIMALs. Where the result's precision holds every result exactly, which it does up
// to 38 digits, there is nothing to check and nothing to round: scaling up by constants and one
// 128-bit operation. Otherwise row/decimal.h rounds and says when a result does not fit: NULL.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/types.h"
#include "row/decimal.h"
#include <errno.h>

typedef unsigned __int128 udecimal; // overflow is defined (of rows that nobody looks at)

enum { NARROW_DIGITS = 18 }; // as many fit into 64 bits

// What a and b are multiplied with to be at the result's scale.
struct scaling {
	decimal a, b;
};

#define SCALED_KERNEL(name, op)                                                                  \
	static void name(struct call *call)                                                      \
	{                                                                                        \
		const struct scaling *by = call->expr->data;                                     \
		const decimal *restrict as = call->args[0].values;                               \
		const decimal *restrict bs = call->args[1].values;                               \
		udecimal by_a = (udecimal)by->a, by_b = (udecimal)by->b;                         \
		decimal *restrict values = call->values;                                         \
                                                                                                 \
		for (uint32_t i = 0; i < call->n; i++) {                                         \
			uint16_t row = call_slot(call, (uint16_t)i);                             \
                                                                                                 \
			values[row] =                                                            \
				(decimal)((udecimal)as[row] * by_a op(udecimal) bs[row] * by_b); \
		}                                                                                \
	}
SCALED_KERNEL(add_scaled, +)
SCALED_KERNEL(subtract_scaled, -)
KERNEL_BINARY(add_same, decimal, decimal, decimal, (udecimal)a + (udecimal)b)
KERNEL_BINARY(subtract_same, decimal, decimal, decimal, (udecimal)a - (udecimal)b)
KERNEL_BINARY(multiply_exact, decimal, decimal, decimal, (udecimal)a *(udecimal)b)
// Both factors fit into 64 bits: one multiplication.
KERNEL_BINARY(multiply_narrow, decimal, decimal, decimal, (decimal)(int64_t)a *(int64_t)b)
KERNEL_UNARY(negate, decimal, decimal, -(udecimal)a)

typedef bool decimal_op(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision,
	int32_t scale, decimal *result);

static inline void run_checked(struct call *call, decimal_op *op, bool by_b)
{
	const decimal *as = call->args[0].values, *bs = call->args[1].values;
	int32_t sa = call->expr->args[0]->type.scale, sb = call->expr->args[1]->type.scale;
	struct type type = call->expr->type;
	decimal *values = call->values;

	CALL_FOREACH(call, row)
	if (by_b && bs[row] == 0)
		call_fail(call, row, "Division by zero");
	else if (!op(as[row], sa, bs[row], sb, type.precision, type.scale, &values[row]))
		nulls_set(call->nulls, row);
}

static void add(struct call *call)
{
	run_checked(call, decimal_add, false);
}

// −b cannot overflow: 38 digits are less than 127 bits.
static bool subtract_decimals(decimal a, int32_t sa, decimal b, int32_t sb, int32_t precision,
	int32_t scale, decimal *result)
{
	return decimal_add(a, sa, -b, sb, precision, scale, result);
}

static void subtract(struct call *call)
{
	run_checked(call, subtract_decimals, false);
}

static void multiply(struct call *call)
{
	run_checked(call, decimal_multiply, false);
}

static void divide(struct call *call)
{
	run_checked(call, decimal_divide, true);
}

static void modulo(struct call *call)
{
	run_checked(call, decimal_modulo, true);
}

static const struct kernel kernel_add_same = {add_same, KERNEL_DENSE};
static const struct kernel kernel_add_scaled = {add_scaled, KERNEL_DENSE};
static const struct kernel kernel_add = {add, KERNEL_NULLS};
static const struct kernel kernel_subtract_same = {subtract_same, KERNEL_DENSE};
static const struct kernel kernel_subtract_scaled = {subtract_scaled, KERNEL_DENSE};
static const struct kernel kernel_subtract = {subtract, KERNEL_NULLS};
static const struct kernel kernel_multiply_narrow = {multiply_narrow, KERNEL_DENSE};
static const struct kernel kernel_multiply_exact = {multiply_exact, KERNEL_DENSE};
static const struct kernel kernel_multiply = {multiply, KERNEL_NULLS};
static const struct kernel kernel_divide = {divide, KERNEL_NULLS | KERNEL_FAULTS};
static const struct kernel kernel_modulo = {modulo, KERNEL_NULLS | KERNEL_FAULTS};
static const struct kernel kernel_negate = {negate, KERNEL_DENSE};

static const struct kernel *pick_sum(struct resolve *r, struct type a, struct type b, bool plus)
{
	struct scaling *by;

	// The scale was not cut: the type has a digit for the carry.
	if (r->type.scale < a.scale || r->type.scale < b.scale ||
		r->type.precision == DECIMAL_PRECISION_MAX)
		return plus ? &kernel_add : &kernel_subtract;
	if (a.scale == b.scale)
		return plus ? &kernel_add_same : &kernel_subtract_same;
	by = arena_alloc(r->arena, sizeof(*by));
	by->a = decimal_power(r->type.scale - a.scale);
	by->b = decimal_power(r->type.scale - b.scale);
	r->data = by;
	return plus ? &kernel_add_scaled : &kernel_subtract_scaled;
}

static const struct kernel *pick_product(struct type a, struct type b, struct type product)
{
	if (a.precision <= NARROW_DIGITS && b.precision <= NARROW_DIGITS)
		return &kernel_multiply_narrow;
	if (a.precision + b.precision <= DECIMAL_PRECISION_MAX &&
		product.scale == a.scale + b.scale)
		return &kernel_multiply_exact;
	return &kernel_multiply;
}

int resolve_decimal(struct resolve *r, char op)
{
	struct type a = types_as_decimal(r->args[0]->type), b = types_as_decimal(r->args[1]->type);

	if (resolve_cast(r, 0, a) != 0 || resolve_cast(r, 1, b) != 0)
		return -EINVAL;
	switch (op) {
	case '+':
	case '-':
		r->type = types_decimal_add(a, b);
		r->kernel = pick_sum(r, a, b, op == '+');
		return 0;
	case '*':
		r->type = types_decimal_multiply(a, b);
		r->kernel = pick_product(a, b, r->type);
		return 0;
	case '/':
		r->type = types_decimal_divide(a, b);
		r->kernel = &kernel_divide;
		return 0;
	default:
		r->type = types_decimal_modulo(a, b);
		r->kernel = &kernel_modulo;
		return 0;
	}
}

int resolve_decimal_negate(struct resolve *r)
{
	r->type = r->args[0]->type;
	r->kernel = &kernel_negate;
	return 0;
}
