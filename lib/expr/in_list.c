// value IN (literal, literal, …): the list is sorted once, each row is looked up in log2(n) steps.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/types.h"
#include <stdlib.h>

struct list {
	enum type_kind kind;
	bool has_null; // then what is not found is NULL
	uint32_t n;
	union scalar values[]; // ascending
};

static int order(enum type_kind kind, const union scalar *a, const union scalar *b)
{
	switch (type_width(kind)) {
	case 1:
		return (a->i8 > b->i8) - (a->i8 < b->i8);
	case 2:
		return (a->i16 > b->i16) - (a->i16 < b->i16);
	case 4:
		if (kind == TYPE_FLOAT)
			return (a->f32 > b->f32) - (a->f32 < b->f32);
		return (a->i32 > b->i32) - (a->i32 < b->i32);
	case 8:
		if (kind == TYPE_DOUBLE)
			return (a->f64 > b->f64) - (a->f64 < b->f64);
		return (a->i64 > b->i64) - (a->i64 < b->i64);
	default:
		if (type_is_view(kind))
			return str_compare(&a->str, &b->str);
		return (a->dec > b->dec) - (a->dec < b->dec);
	}
}

static int order_for_sort(const void *a, const void *b, void *kind)
{
	return order(*(const enum type_kind *)kind, a, b);
}

static bool contains(const struct list *list, const union scalar *value)
{
	uint32_t first = 0, n = list->n;

	while (n > 0) {
		uint32_t half = n / 2;
		int side = order(list->kind, &list->values[first + half], value);

		if (side == 0)
			return true;
		if (side < 0)
			first += half + 1;
		n = side < 0 ? n - half - 1 : half;
	}
	return false;
}

static void in_list(struct call *call)
{
	const struct list *list = call->expr->data;
	uint32_t width = type_width(list->kind);
	const char *as = call->args[0].values;
	uint8_t *values = call->values;

	CALL_FOREACH(call, row)
	{
		union scalar value;

		memcpy(&value, as + row * width, width);
		values[row] = contains(list, &value);
		if (!values[row] && list->has_null)
			nulls_set(call->nulls, row);
	}
}

static const struct kernel kernel_in = {in_list, 0};
static const struct kernel kernel_in_with_null = {in_list, KERNEL_NULLS};

static bool is_nan(const struct expr *literal)
{
	return (literal->type.kind == TYPE_DOUBLE && literal->value.f64 != literal->value.f64) ||
	       (literal->type.kind == TYPE_FLOAT && literal->value.f32 != literal->value.f32);
}

// The arguments behind the first as a sorted list of type, or NULL when one of them is no literal.
static struct list *list_new(struct resolve *r, struct type type)
{
	struct list *list = arena_alloc(r->arena, sizeof(*list) + r->n_args * sizeof(union scalar));

	list->kind = type.kind;
	for (uint16_t i = 1; i < r->n_args; i++) {
		type.nullable = r->args[i]->type.nullable;
		const struct expr *item =
			expr_cast(r->arena, r->args[i], type, false, r->args[i]->pos, NULL);

		if (item == NULL || !expr_is_literal(item))
			return NULL;
		list->has_null |= item->is_null;
		if (!item->is_null && !is_nan(item)) // NaN equals nothing
			list->values[list->n++] = item->value;
	}
	qsort_r(list->values, list->n, sizeof(union scalar), order_for_sort, &list->kind);
	return list;
}

const struct expr *in_list_try(struct resolve *r)
{
	struct type type = r->args[0]->type, boolean = type_of(TYPE_BOOLEAN);
	const struct expr *value;
	struct list *list;

	for (uint16_t i = 1; i < r->n_args; i++)
		if (!expr_is_literal(r->args[i]) ||
			!types_comparable(r->arena, type, r->args[i]->type, &type))
			return NULL;
	if (type.kind == TYPE_NULL || type_is_nested(type.kind))
		return NULL;
	// Strings are looked up as they are: a cast would pad or cut them.
	if (type_is_view(type.kind))
		type = type_of(type_is_string(type.kind) ? TYPE_VARCHAR : TYPE_VARBINARY);
	list = list_new(r, type);
	value = expr_cast(r->arena, r->args[0], type, false, r->args[0]->pos, NULL);
	if (list == NULL || value == NULL)
		return NULL;
	r->constants = r->args + 1;
	r->n_constants = r->n_args - 1;
	return call_new(
		r, list->has_null ? &kernel_in_with_null : &kernel_in, boolean, &value, 1, list);
}
