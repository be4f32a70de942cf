// Arrays as sets, and sorted. Two arrays are sorted by their values (row/nested_order.h), so that
// an element is looked up in log2(n) steps whatever the input.
#include "expr/families.h"
#include "expr/nested.h"
#include <errno.h>

// Which of items[:n] are the first of their value; returns how many.
static uint32_t mark_first(const struct nested_items *items, bool *is_kept)
{
	uint16_t order[NESTED_ITEMS_MAX];
	uint32_t n = 0;

	nested_order(items, order);
	for (uint32_t i = 0; i < items->n; i++) {
		bool first =
			i == 0 || nested_order_items(items, order[i - 1], items, order[i]) != 0;

		is_kept[order[i]] = first;
		n += first;
	}
	return n;
}

// Of those kept, let go those that are in other, or those that are not; returns how many stay.
static uint32_t mark_others(const struct nested_items *items, const struct nested_items *other,
	bool is_in, bool *is_kept)
{
	uint16_t order[NESTED_ITEMS_MAX];
	uint32_t n = 0;

	nested_order(other, order);
	for (uint32_t i = 0; i < items->n; i++) {
		is_kept[i] &= (nested_find(other, order, items, i) >= 0) == is_in;
		n += is_kept[i];
	}
	return n;
}

static void put_kept(struct nested_writer *w, const struct nested_items *items, const bool *is_kept)
{
	for (uint32_t i = 0; i < items->n; i++)
		if (is_kept[i])
			nested_put_item(w, items, i);
}

static void distinct(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);
		bool is_kept[NESTED_ITEMS_MAX];
		struct nested_writer w;

		nested_begin_array(call, mark_first(&items, is_kept), &w);
		put_kept(&w, &items, is_kept);
		nested_done(call, row, &w);
	}
}

// The first array's elements that are in the second, or are not, each once.
static inline void filter(struct call *call, bool is_in)
{
	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);
		struct nested_items other = nested_arg_items(call, 1, row);
		bool is_kept[NESTED_ITEMS_MAX];
		struct nested_writer w;

		mark_first(&items, is_kept);
		nested_begin_array(call, mark_others(&items, &other, is_in, is_kept), &w);
		put_kept(&w, &items, is_kept);
		nested_done(call, row, &w);
	}
}

static void intersect(struct call *call)
{
	filter(call, true);
}

static void except(struct call *call)
{
	filter(call, false);
}

static void unite(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		struct nested_items a = nested_arg_items(call, 0, row);
		struct nested_items b = nested_arg_items(call, 1, row);
		bool is_kept_a[NESTED_ITEMS_MAX], is_kept_b[NESTED_ITEMS_MAX];
		uint32_t n = mark_first(&a, is_kept_a);
		struct nested_writer w;

		mark_first(&b, is_kept_b);
		n += mark_others(&b, &a, false, is_kept_b);
		nested_begin_array(call, n, &w);
		put_kept(&w, &a, is_kept_a);
		put_kept(&w, &b, is_kept_b);
		nested_done(call, row, &w);
	}
}

static bool flag(const struct call *call, uint16_t i, uint16_t row, bool unsaid)
{
	return i < call->expr->n_args ? ((const uint8_t *)call->args[i].values)[row] & 1 : unsaid;
}

// NULLs come first when the order is ascending, last when it is descending, if nothing is said.
static void sort(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		struct nested_items items = nested_arg_items(call, 0, row);
		bool ascending = flag(call, 1, row, true);
		bool nulls_first = flag(call, 2, row, ascending);
		uint16_t order[NESTED_ITEMS_MAX];
		union nested_value value;
		uint32_t n_nulls = 0;
		struct nested_writer w;

		nested_order(&items, order);
		while (n_nulls < items.n && !nested_get(&items, order[n_nulls], &value))
			n_nulls++;
		nested_begin_array(call, items.n, &w);
		for (uint32_t i = 0; nulls_first && i < n_nulls; i++)
			nested_put(&w, NULL);
		for (uint32_t i = n_nulls; i < items.n; i++)
			nested_put_item(
				&w, &items, order[ascending ? i : items.n - 1 - (i - n_nulls)]);
		for (uint32_t i = 0; !nulls_first && i < n_nulls; i++)
			nested_put(&w, NULL);
		nested_done(call, row, &w);
	}
}

static int resolve_set(struct resolve *r)
{
	r->kernel = &r->function->kernel;
	return nested_unify_all(r, TYPE_ARRAY, &r->type);
}

static int resolve_sort(struct resolve *r)
{
	if (nested_need(r, 0, TYPE_ARRAY) != 0)
		return -EINVAL;
	if (type_is_nested(type_part(r->args[0]->type, PART_ELEMENT).kind))
		return nested_refuse(r, 0, "an ARRAY of values with an order");
	for (uint16_t i = 1; i < r->n_args; i++) {
		enum type_kind kind = r->args[i]->type.kind;

		if ((kind != TYPE_BOOLEAN && kind != TYPE_NULL) ||
			resolve_cast(r, i, type_of(TYPE_BOOLEAN)) != 0)
			return resolve_refuse(r);
	}
	r->type = r->args[0]->type;
	r->kernel = &r->function->kernel;
	return 0;
}

#define F(sql, min, max, resolver, run, use, text)                            \
	{                                                                     \
		.name = sql, .n_min = min, .n_max = max, .resolve = resolver, \
		.kernel = {run, KERNEL_NULLS}, .usage = use, .doc = text      \
	}

static const struct function functions[] = {
	F("ARRAY_DISTINCT", 1, 1, resolve_set, distinct, "ARRAY_DISTINCT(array)",
		"each element once, where it is first"),
	F("ARRAY_UNION", 2, 2, resolve_set, unite, "ARRAY_UNION(a, b)",
		"the elements of a, then those of b, each once"),
	F("ARRAY_INTERSECT", 2, 2, resolve_set, intersect, "ARRAY_INTERSECT(a, b)",
		"the elements of a that are in b too, each once"),
	F("ARRAY_EXCEPT", 2, 2, resolve_set, except, "ARRAY_EXCEPT(a, b)",
		"the elements of a that are not in b, each once"),
	F("ARRAY_SORT", 1, 3, resolve_sort, sort, "ARRAY_SORT(array [, ascending [, nulls_first]])",
		"sorted; NULLs come first when ascending, else last"),
};

const struct function_family family_array_set = {
	"Arrays as sets", functions, sizeof(functions) / sizeof(*functions)};
