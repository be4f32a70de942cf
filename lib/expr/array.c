// ARRAY[…], its elements, and what asks about arrays; array_build.c and array_set.c make new ones.
#include "expr/families.h"
#include "expr/nested.h"
#include "expr/types.h"
#include <errno.h>

static void make_array(struct call *call)
{
	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at);
		struct nested_writer w;

		nested_begin_array(call, call->expr->n_args, &w);
		for (uint16_t i = 0; i < call->expr->n_args; i++)
			nested_put(&w, nested_any(call, i, row));
		nested_done(call, row, &w);
	}
}

static int resolve_array(struct resolve *r)
{
	struct type element;

	if (resolve_common(r, 0, &element) != 0)
		return -EINVAL;
	r->type = type_array(r->arena, element);
	r->type.nullable = false;
	r->kernel = &r->function->kernel;
	return 0;
}

// ---- array[index], map[key]

static void get_element(struct call *call)
{
	uint32_t width = type_width(call->expr->type.kind);
	const int64_t *indexes = call->args[1].values;
	char *values = call->values;

	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);
		int64_t i = indexes[row];

		if (i < 1 || i > items.n ||
			!nested_get(&items, (uint32_t)i - 1, values + (size_t)row * width))
			nulls_set(call->nulls, row);
	}
}

static void get_value(struct call *call)
{
	struct type map = call->expr->args[0]->type;
	uint32_t width = type_width(call->expr->type.kind);
	char *values = call->values;

	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at);
		const void *key = nested_any(call, 1, row);
		struct nested_items keys, items;
		int64_t i;

		if (nulls_get(call->args[0].nulls, row)) {
			nulls_set(call->nulls, row);
			continue;
		}
		keys = nested_keys(nested_arg(call, 0, row), map);
		items = nested_values(nested_arg(call, 0, row), map);
		i = nested_position(&keys, key);
		if (i < 0 || !nested_get(&items, (uint32_t)i, values + (size_t)row * width))
			nulls_set(call->nulls, row);
	}
}

static int resolve_element(struct resolve *r)
{
	const struct expr *index = r->args[1];

	if (!type_is_integer(index->type.kind) && index->type.kind != TYPE_NULL)
		return nested_refuse(r, 1, "an integer for the index of an ARRAY");
	if (resolve_cast(r, 1, type_of(TYPE_BIGINT)) != 0)
		return -EINVAL;
	index = r->args[1];
	if (expr_is_literal(index) && !index->is_null && index->value.i64 < 1)
		return err_set_at(r->err, index->pos,
			"the elements of an ARRAY are counted from 1: there is no [%lld]",
			(long long)index->value.i64);
	r->type = type_part(r->args[0]->type, PART_ELEMENT);
	r->kernel = &r->function->kernel;
	return 0;
}

static int resolve_at(struct resolve *r)
{
	static const struct kernel of_map = {get_value, KERNEL_LAX | KERNEL_NULLS};
	struct type type = r->args[0]->type;

	if (type.kind == TYPE_ARRAY)
		return resolve_element(r);
	if (type.kind != TYPE_MAP)
		return nested_refuse(r, 0, "an ARRAY or a MAP");
	if (!types_implicit(r->args[1]->type, type_part(type, PART_KEY)) ||
		resolve_cast(r, 1, type_part(type, PART_KEY)) != 0)
		return resolve_refuse(r);
	r->type = type_part(type, PART_VALUE);
	r->type.nullable = true;
	r->kernel = &of_map;
	return 0;
}

// ---- Asking

static void cardinality(struct call *call)
{
	struct type type = call->expr->args[0]->type;
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	{
		values[row] = type.kind == TYPE_ARRAY
				      ? (int32_t)nested_arg_items(call, 0, row).n
				      : (int32_t)nested_count(nested_arg(call, 0, row));
	}
}

static int resolve_cardinality(struct resolve *r)
{
	enum type_kind kind = r->args[0]->type.kind;

	if (kind != TYPE_ARRAY && kind != TYPE_MAP && kind != TYPE_MULTISET)
		return nested_refuse(r, 0, "an ARRAY, a MAP or a MULTISET");
	r->type = type_of(TYPE_INT);
	r->kernel = &r->function->kernel;
	return 0;
}

static void only_element(struct call *call)
{
	uint32_t width = type_width(call->expr->type.kind);
	char *values = call->values;

	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);

		if (items.n > 1)
			call_fail(call, row, "ELEMENT: the ARRAY has more than one element");
		else if (items.n == 0 || !nested_get(&items, 0, values + (size_t)row * width))
			nulls_set(call->nulls, row);
	}
}

static int resolve_only_element(struct resolve *r)
{
	if (nested_need(r, 0, TYPE_ARRAY) != 0)
		return -EINVAL;
	r->type = type_part(r->args[0]->type, PART_ELEMENT);
	r->kernel = &r->function->kernel;
	return 0;
}

static void contains(struct call *call)
{
	uint8_t *values = call->values;

	for (uint16_t at = 0; at < call->n; at++) {
		uint16_t row = call_slot(call, at);
		struct nested_items items;

		if (nulls_get(call->args[0].nulls, row)) {
			nulls_set(call->nulls, row);
			continue;
		}
		items = nested_arg_items(call, 0, row);
		values[row] = nested_position(&items, nested_any(call, 1, row)) >= 0;
	}
}

static int resolve_contains(struct resolve *r)
{
	if (nested_unify(r, 0, 1) != 0)
		return -EINVAL;
	r->type = type_of(TYPE_BOOLEAN);
	r->type.nullable = r->args[0]->type.nullable;
	r->kernel = &r->function->kernel;
	return 0;
}

static void position(struct call *call)
{
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);

		values[row] = 1 + (int32_t)nested_position(&items, nested_any(call, 1, row));
	}
}

static int resolve_position(struct resolve *r)
{
	if (nested_unify(r, 0, 1) != 0)
		return -EINVAL;
	r->type = type_of(TYPE_INT);
	r->kernel = &r->function->kernel;
	return 0;
}

static inline void extreme(struct call *call, int sign)
{
	uint32_t width = type_width(call->expr->type.kind);
	char *values = call->values;

	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);
		union nested_value best, value;
		bool any = false;

		for (uint32_t i = 0; i < items.n; i++) {
			if (!nested_get(&items, i, &value))
				continue;
			if (!any || sign * nested_order_values(items.kind, &value, &best) > 0)
				best = value;
			any = true;
		}
		if (any)
			memcpy(values + (size_t)row * width, &best, width);
		else
			nulls_set(call->nulls, row);
	}
}

static void array_max(struct call *call)
{
	extreme(call, 1);
}

static void array_min(struct call *call)
{
	extreme(call, -1);
}

static int resolve_extreme(struct resolve *r)
{
	if (nested_need(r, 0, TYPE_ARRAY) != 0)
		return -EINVAL;
	if (type_is_nested(type_part(r->args[0]->type, PART_ELEMENT).kind))
		return nested_refuse(r, 0, "an ARRAY of values with an order");
	return resolve_only_element(r);
}

#define F(sql, min, max, resolver, run, flags, use, text)                     \
	{                                                                     \
		.name = sql, .n_min = min, .n_max = max, .resolve = resolver, \
		.kernel = {run, flags}, .usage = use, .doc = text             \
	}

static const struct function functions[] = {
	F("ARRAY", 1, FUNCTION_ARGS_ANY, resolve_array, make_array, KERNEL_LAX | KERNEL_NULLS,
		"ARRAY[a, b, …]", "an ARRAY of these values, of their common type"),
	F("[]", 2, 2, resolve_at, get_element, KERNEL_NULLS, "array[index], map[key]",
		"the element, counted from 1, or the key's value; NULL when there is none"),
	F("CARDINALITY", 1, 1, resolve_cardinality, cardinality, 0, "CARDINALITY(array)",
		"how many elements an ARRAY, or entries a MAP, has"),
	F("ELEMENT", 1, 1, resolve_only_element, only_element, KERNEL_NULLS | KERNEL_FAULTS,
		"ELEMENT(array)",
		"its only element; NULL when it is empty, a fault when it has several"),
	F("ARRAY_CONTAINS", 2, 2, resolve_contains, contains, KERNEL_LAX | KERNEL_NULLS,
		"ARRAY_CONTAINS(array, x)", "whether x, which may be NULL, is an element"),
	F("ARRAY_POSITION", 2, 2, resolve_position, position, 0, "ARRAY_POSITION(array, x)",
		"where x is first, counted from 1; 0 when it is not there"),
	F("ARRAY_MAX", 1, 1, resolve_extreme, array_max, KERNEL_NULLS, "ARRAY_MAX(array)",
		"the largest element that is not NULL"),
	F("ARRAY_MIN", 1, 1, resolve_extreme, array_min, KERNEL_NULLS, "ARRAY_MIN(array)",
		"the smallest element that is not NULL"),
};

const struct function_family family_array = {
	"Arrays", functions, sizeof(functions) / sizeof(*functions)};
