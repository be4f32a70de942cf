#include "expr/cast.h"
#include "expr/call.h"

static bool is_number(enum type_kind kind)
{
	return kind == TYPE_BOOLEAN || type_is_numeric(kind);
}

// Values of these are the same bits, and every value of from is one of to.
static bool is_same(struct type from, struct type to)
{
	if (type_is_view(from.kind) && type_is_view(to.kind))
		return (to.kind == TYPE_VARCHAR || to.kind == TYPE_VARBINARY) &&
		       to.precision >= from.precision;
	if (type_is_timestamp(from.kind) && from.kind == to.kind)
		return to.precision >= from.precision &&
		       type_units_per_second(from) == type_units_per_second(to);
	return from.kind == TYPE_TIME && to.kind == TYPE_TIME && to.precision >= from.precision;
}

const struct kernel *cast_kernel(struct type from, struct type to, bool try_cast, bool *found)
{
	const struct kernel *kernel = NULL;

	*found = false;
	if (type_is_nested(from.kind) || type_is_nested(to.kind)) // cast_nested.c's
		return NULL;
	*found = is_same(from, to);
	if (*found)
		return NULL;
	if (from.kind == TYPE_DECIMAL || to.kind == TYPE_DECIMAL)
		kernel = cast_decimal(from, to);
	else if (is_number(from.kind) && is_number(to.kind))
		kernel = cast_number(from, to);
	if (kernel == NULL && type_is_view(to.kind))
		kernel = cast_to_text(from, to);
	else if (kernel == NULL && type_is_string(from.kind))
		kernel = cast_from_text(from, to, try_cast);
	else if (kernel == NULL)
		kernel = cast_time(from, to, try_cast);
	*found = kernel != NULL;
	return kernel;
}
