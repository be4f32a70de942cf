// GREATEST, LEAST: one strict kernel of two arguments, applied from left to right.
#include "expr/call.h"
#include "expr/families.h"
#include <errno.h>

typedef struct str view;

#define EXTREME_KERNELS(T)                                   \
	KERNEL_BINARY(T##_greatest, T, T, T, a >= b ? a : b) \
	KERNEL_BINARY(T##_least, T, T, T, a <= b ? a : b)

EXTREME_KERNELS(uint8_t)
EXTREME_KERNELS(int8_t)
EXTREME_KERNELS(int16_t)
EXTREME_KERNELS(int32_t)
EXTREME_KERNELS(int64_t)
EXTREME_KERNELS(float)
EXTREME_KERNELS(double)
EXTREME_KERNELS(decimal)

static inline void view_extreme(struct call *call, int sign)
{
	const view *as = call->args[0].values, *bs = call->args[1].values;
	view *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = str_compare(&as[row], &bs[row]) * sign >= 0 ? as[row] : bs[row];
}

static void view_greatest(struct call *call)
{
	view_extreme(call, 1);
}

static void view_least(struct call *call)
{
	view_extreme(call, -1);
}

#define EXTREME(T, flags)                \
	{                                \
		{T##_greatest, flags},   \
		{                        \
			T##_least, flags \
		}                        \
	}

static const struct kernel kernels[TYPE_KINDS][2] = {
	[TYPE_NULL] = EXTREME(uint8_t, KERNEL_DENSE),
	[TYPE_BOOLEAN] = EXTREME(uint8_t, KERNEL_DENSE),
	[TYPE_TINYINT] = EXTREME(int8_t, KERNEL_DENSE),
	[TYPE_SMALLINT] = EXTREME(int16_t, KERNEL_DENSE),
	[TYPE_INT] = EXTREME(int32_t, KERNEL_DENSE),
	[TYPE_BIGINT] = EXTREME(int64_t, KERNEL_DENSE),
	[TYPE_FLOAT] = EXTREME(float, KERNEL_DENSE),
	[TYPE_DOUBLE] = EXTREME(double, KERNEL_DENSE),
	[TYPE_DECIMAL] = EXTREME(decimal, KERNEL_DENSE),
	[TYPE_CHAR] = EXTREME(view, 0),
	[TYPE_VARCHAR] = EXTREME(view, 0),
	[TYPE_BINARY] = EXTREME(view, 0),
	[TYPE_VARBINARY] = EXTREME(view, 0),
	[TYPE_DATE] = EXTREME(int32_t, KERNEL_DENSE),
	[TYPE_TIME] = EXTREME(int32_t, KERNEL_DENSE),
	[TYPE_TIMESTAMP] = EXTREME(int64_t, KERNEL_DENSE),
	[TYPE_TIMESTAMP_LTZ] = EXTREME(int64_t, KERNEL_DENSE),
	[TYPE_INTERVAL_DAY] = EXTREME(int64_t, KERNEL_DENSE),
	[TYPE_INTERVAL_YEAR] = EXTREME(int32_t, KERNEL_DENSE),
};

static int resolve_extreme(struct resolve *r, bool least)
{
	struct type type;

	if (resolve_common(r, 0, &type) != 0)
		return -EINVAL;
	if (type_is_nested(type.kind))
		return resolve_refuse(r);
	r->expr = r->args[0];
	for (uint16_t i = 1; i < r->n_args; i++) {
		const struct expr *pair[] = {r->expr, r->args[i]};

		r->expr = call_new(r, &kernels[type.kind][least], type, pair, 2, NULL);
	}
	return 0;
}

static int resolve_greatest(struct resolve *r)
{
	return resolve_extreme(r, false);
}

static int resolve_least(struct resolve *r)
{
	return resolve_extreme(r, true);
}

static const struct function functions[] = {
	{.name = "GREATEST",
		.n_min = 1,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_greatest,
		.usage = "GREATEST(a, b, …)",
		.doc = "the largest; NULL when any is NULL"},
	{.name = "LEAST",
		.n_min = 1,
		.n_max = FUNCTION_ARGS_ANY,
		.resolve = resolve_least,
		.usage = "LEAST(a, b, …)",
		.doc = "the smallest; NULL when any is NULL"},
};

const struct function_family family_extreme = {
	"Extremes", functions, sizeof(functions) / sizeof(*functions)};
