// = <> < <= > >=, IS [NOT] DISTINCT FROM, BETWEEN. Both sides become one type first.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/types.h"
#include "row/decimal.h"
#include <errno.h>
#include <stdlib.h>

// a > b is b < a.
enum op { EQUAL, UNEQUAL, LESS, LESS_EQUAL, OPS };

#define COMPARE_KERNELS(T)                                \
	KERNEL_BINARY(T##_equal, uint8_t, T, T, a == b)   \
	KERNEL_BINARY(T##_unequal, uint8_t, T, T, a != b) \
	KERNEL_BINARY(T##_less, uint8_t, T, T, a < b)     \
	KERNEL_BINARY(T##_less_equal, uint8_t, T, T, a <= b)

COMPARE_KERNELS(uint8_t)
COMPARE_KERNELS(int8_t)
COMPARE_KERNELS(int16_t)
COMPARE_KERNELS(int32_t)
COMPARE_KERNELS(int64_t)
COMPARE_KERNELS(float)
COMPARE_KERNELS(double)
COMPARE_KERNELS(decimal)

// Rows that are NULL or not selected may hold a view of anything.
#define VIEW_KERNEL(name, expression)                                                    \
	static void name(struct call *call)                                              \
	{                                                                                \
		const struct str *as = call->args[0].values, *bs = call->args[1].values; \
		uint8_t *values = call->values;                                          \
                                                                                         \
		CALL_FOREACH(call, row)                                                  \
		{                                                                        \
			const struct str *a = &as[row], *b = &bs[row];                   \
                                                                                         \
			values[row] = expression;                                        \
		}                                                                        \
	}
VIEW_KERNEL(view_equal, str_equal(a, b))
VIEW_KERNEL(view_unequal, !str_equal(a, b))
VIEW_KERNEL(view_less, str_compare(a, b) < 0)
VIEW_KERNEL(view_less_equal, str_compare(a, b) <= 0)

// DECIMALs whose scales differ by too much to be brought to one scale within 38 digits.
#define SCALES_KERNEL(name, op)                                                       \
	static void name(struct call *call)                                           \
	{                                                                             \
		const decimal *as = call->args[0].values, *bs = call->args[1].values; \
		int32_t sa = call->expr->args[0]->type.scale;                         \
		int32_t sb = call->expr->args[1]->type.scale;                         \
		uint8_t *values = call->values;                                       \
                                                                                      \
		CALL_FOREACH(call, row)                                               \
		values[row] = decimal_compare(as[row], sa, bs[row], sb) op 0;         \
	}
SCALES_KERNEL(scales_equal, ==)
SCALES_KERNEL(scales_unequal, !=)
SCALES_KERNEL(scales_less, <)
SCALES_KERNEL(scales_less_equal, <=)

#define COMPARE_ROW(T, flags)                                                \
	{                                                                    \
		{T##_equal, flags}, {T##_unequal, flags}, {T##_less, flags}, \
		{                                                            \
			T##_less_equal, flags                                \
		}                                                            \
	}

static const struct kernel kernels[TYPE_KINDS][OPS] = {
	[TYPE_NULL] = COMPARE_ROW(uint8_t, KERNEL_DENSE),
	[TYPE_BOOLEAN] = COMPARE_ROW(uint8_t, KERNEL_DENSE),
	[TYPE_TINYINT] = COMPARE_ROW(int8_t, KERNEL_DENSE),
	[TYPE_SMALLINT] = COMPARE_ROW(int16_t, KERNEL_DENSE),
	[TYPE_INT] = COMPARE_ROW(int32_t, KERNEL_DENSE),
	[TYPE_BIGINT] = COMPARE_ROW(int64_t, KERNEL_DENSE),
	[TYPE_FLOAT] = COMPARE_ROW(float, KERNEL_DENSE),
	[TYPE_DOUBLE] = COMPARE_ROW(double, KERNEL_DENSE),
	[TYPE_DECIMAL] = COMPARE_ROW(decimal, KERNEL_DENSE),
	[TYPE_CHAR] = COMPARE_ROW(view, 0),
	[TYPE_VARCHAR] = COMPARE_ROW(view, 0),
	[TYPE_BINARY] = COMPARE_ROW(view, 0),
	[TYPE_VARBINARY] = COMPARE_ROW(view, 0),
	[TYPE_DATE] = COMPARE_ROW(int32_t, KERNEL_DENSE),
	[TYPE_TIME] = COMPARE_ROW(int32_t, KERNEL_DENSE),
	[TYPE_TIMESTAMP] = COMPARE_ROW(int64_t, KERNEL_DENSE),
	[TYPE_TIMESTAMP_LTZ] = COMPARE_ROW(int64_t, KERNEL_DENSE),
	[TYPE_INTERVAL_DAY] = COMPARE_ROW(int64_t, KERNEL_DENSE),
	[TYPE_INTERVAL_YEAR] = COMPARE_ROW(int32_t, KERNEL_DENSE),
};

static const struct kernel scales_kernels[OPS] = COMPARE_ROW(scales, 0);

// DECIMALs (and integers beside them) of different scales: compare at the larger scale when every
// value has room there.
static const struct kernel *pick_decimal(struct resolve *r, enum op op)
{
	struct type a = types_as_decimal(r->args[0]->type), b = types_as_decimal(r->args[1]->type);
	int32_t scale = a.scale > b.scale ? a.scale : b.scale;
	int32_t integer_a = a.precision - a.scale, integer_b = b.precision - b.scale;
	int32_t integer = integer_a > integer_b ? integer_a : integer_b;
	bool has_room = integer + scale <= DECIMAL_PRECISION_MAX;
	struct type common = type_decimal(integer + scale, scale);

	if (resolve_cast(r, 0, has_room && a.scale != scale ? common : a) != 0 ||
		resolve_cast(r, 1, has_room && b.scale != scale ? common : b) != 0)
		return NULL;
	return a.scale == b.scale || has_room ? &kernels[TYPE_DECIMAL][op] : &scales_kernels[op];
}

static int resolve_compare(struct resolve *r, enum op op, bool swap)
{
	struct type common;

	if (!types_comparable(r->arena, r->args[0]->type, r->args[1]->type, &common))
		return resolve_refuse(r);
	if (swap) {
		const struct expr *first = r->args[0];

		r->args[0] = r->args[1];
		r->args[1] = first;
		r->function = function_find(op == LESS ? "<" : "<=");
	}
	r->type = type_of(TYPE_BOOLEAN);
	if (type_is_nested(common.kind))
		return resolve_compare_nested(r, common, op == EQUAL, op == UNEQUAL);
	r->kernel = &kernels[common.kind][op];
	for (uint16_t i = 0; i < 2; i++) {
		enum type_kind kind = r->args[i]->type.kind;
		// Views are compared as they are; DECIMALs and integers are cast below.
		bool as_is = type_is_view(common.kind)	   ? type_is_view(kind)
			     : common.kind == TYPE_DECIMAL ? type_is_numeric(kind)
							   : false;

		if (!as_is && resolve_cast(r, i, common) != 0)
			return -EINVAL;
	}
	if (common.kind == TYPE_DECIMAL)
		r->kernel = pick_decimal(r, op);
	return r->kernel != NULL ? 0 : -EINVAL;
}

static int resolve_equal(struct resolve *r)
{
	return resolve_compare(r, EQUAL, false);
}

static int resolve_unequal(struct resolve *r)
{
	return resolve_compare(r, UNEQUAL, false);
}

static int resolve_less(struct resolve *r)
{
	return resolve_compare(r, LESS, false);
}

static int resolve_less_equal(struct resolve *r)
{
	return resolve_compare(r, LESS_EQUAL, false);
}

static int resolve_greater(struct resolve *r)
{
	return resolve_compare(r, LESS, true);
}

static int resolve_greater_equal(struct resolve *r)
{
	return resolve_compare(r, LESS_EQUAL, true);
}

// a IS NOT DISTINCT FROM b: CASE WHEN a IS NULL THEN b IS NULL WHEN b IS NULL THEN FALSE ELSE a =
// b.
static const struct expr *not_distinct(struct resolve *r, bool negate)
{
	const struct expr *a = r->args[0], *b = r->args[1];
	const struct expr *args[] = {
		call_by_name(r, "IS NULL", &a, 1),
		call_by_name(r, negate ? "IS NOT NULL" : "IS NULL", &b, 1),
		call_by_name(r, "IS NULL", &b, 1),
		expr_literal(
			r->arena, type_of(TYPE_BOOLEAN), (union scalar){.boolean = negate}, r->pos),
		call_by_name(r, negate ? "<>" : "=", r->args, 2),
	};

	if (args[4] == NULL)
		return NULL;
	args[4] = call_not_null(r, args[4]); // where it is compared neither side is NULL
	return call_case(r, args, 5, type_of(TYPE_BOOLEAN));
}

static int resolve_distinct(struct resolve *r)
{
	r->expr = not_distinct(r, true);
	return r->expr != NULL ? 0 : -EINVAL;
}

static int resolve_not_distinct(struct resolve *r)
{
	r->expr = not_distinct(r, false);
	return r->expr != NULL ? 0 : -EINVAL;
}

static const struct expr *between(
	struct resolve *r, const struct expr *low, const struct expr *high)
{
	const struct expr *above[] = {r->args[0], low}, *below[] = {r->args[0], high};
	const struct expr *both[] = {
		call_by_name(r, ">=", above, 2), call_by_name(r, "<=", below, 2)};

	if (both[0] == NULL || both[1] == NULL)
		return NULL;
	return call_logic(r, EXPR_AND, both, 2);
}

static int resolve_between(struct resolve *r)
{
	r->expr = between(r, r->args[1], r->args[2]);
	return r->expr != NULL ? 0 : -EINVAL;
}

static int resolve_between_symmetric(struct resolve *r)
{
	const struct expr *either[] = {
		between(r, r->args[1], r->args[2]), between(r, r->args[2], r->args[1])};

	if (either[0] == NULL || either[1] == NULL)
		return -EINVAL;
	r->expr = call_logic(r, EXPR_OR, either, 2);
	return 0;
}

#define COMPARISON(sign, resolver)                                                     \
	{                                                                              \
		.name = sign, .n_min = 2, .n_max = 2, .resolve = resolver,             \
		.usage = "a " sign " b", .doc = "comparison; NULL when either side is" \
	}

static const struct function functions[] = {
	COMPARISON("=", resolve_equal),
	COMPARISON("<>", resolve_unequal),
	COMPARISON("!=", resolve_unequal),
	COMPARISON("<", resolve_less),
	COMPARISON("<=", resolve_less_equal),
	COMPARISON(">", resolve_greater),
	COMPARISON(">=", resolve_greater_equal),
	{.name = "IS DISTINCT FROM",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_distinct,
		.usage = "a IS DISTINCT FROM b",
		.doc = "a <> b where two NULLs are the same; never NULL"},
	{.name = "IS NOT DISTINCT FROM",
		.n_min = 2,
		.n_max = 2,
		.resolve = resolve_not_distinct,
		.usage = "a IS NOT DISTINCT FROM b",
		.doc = "a = b where two NULLs are the same; never NULL"},
	{.name = "BETWEEN",
		.n_min = 3,
		.n_max = 3,
		.resolve = resolve_between,
		.usage = "a BETWEEN b AND c",
		.doc = "a >= b AND a <= c"},
	{.name = "BETWEEN SYMMETRIC",
		.n_min = 3,
		.n_max = 3,
		.resolve = resolve_between_symmetric,
		.usage = "a BETWEEN SYMMETRIC b AND c",
		.doc = "a between the smaller and the larger of b and c"},
};

const struct function_family family_compare = {
	"Comparison", functions, sizeof(functions) / sizeof(*functions)};
