// Sorting by merging runs from the bottom up (von Neumann): stable, n log n comparisons whatever
// the input, and no memory but two arrays of indexes on the stack.
#include "row/nested_order.h"
#include <assert.h>
#include <math.h>

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int order_doubles(double a, double b)
{
	if (isnan(a) || isnan(b))
		return ORDER(isnan(a) != 0, isnan(b) != 0);
	return a != b ? ORDER(a, b) : ORDER(signbit(b) != 0, signbit(a) != 0);
}

int nested_order_values(
	enum type_kind kind, const union nested_value *a, const union nested_value *b)
{
	if (kind == TYPE_FLOAT)
		return order_doubles(a->f32, b->f32);
	if (kind == TYPE_DOUBLE)
		return order_doubles(a->f64, b->f64);
	if (type_is_view(kind))
		return str_compare(&a->str, &b->str);
	switch (type_width(kind)) {
	case 1:
		return ORDER(a->i8, b->i8);
	case 2:
		return ORDER(a->i16, b->i16);
	case 4:
		return ORDER(a->i32, b->i32);
	case 8:
		return ORDER(a->i64, b->i64);
	default:
		return ORDER(a->dec, b->dec);
	}
}

int nested_order_items(
	const struct nested_items *a, uint32_t i, const struct nested_items *b, uint32_t j)
{
	union nested_value va, vb;
	bool there_a = nested_get(a, i, &va), there_b = nested_get(b, j, &vb);

	if (!there_a || !there_b)
		return ORDER(there_a, there_b);
	return nested_order_values(a->kind, &va, &vb);
}

int64_t nested_position(const struct nested_items *items, const void *value)
{
	union nested_value wanted = {0}, item;

	if (value != NULL)
		memcpy(&wanted, value, items->width);
	for (uint32_t i = 0; i < items->n; i++) {
		bool there = nested_get(items, i, &item);

		if (there != (value != NULL))
			continue;
		if (!there || nested_order_values(items->kind, &item, &wanted) == 0)
			return i;
	}
	return -1;
}

// Merge from[first:middle] and from[middle:end] to to[first:end].
static void merge(const struct nested_items *items, const uint16_t *from, uint16_t *to,
	uint32_t first, uint32_t middle, uint32_t end)
{
	uint32_t left = first, right = middle;

	for (uint32_t i = first; i < end; i++) {
		bool take_left =
			left < middle && (right == end || nested_order_items(items, from[left],
								  items, from[right]) <= 0);

		to[i] = take_left ? from[left++] : from[right++];
	}
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void nested_order(const struct nested_items *items, uint16_t order[NESTED_ITEMS_MAX])
{
	uint16_t other[NESTED_ITEMS_MAX];
	uint16_t *from = order, *to = other;
	uint32_t n = items->n;

	assert(n <= NESTED_ITEMS_MAX);
	for (uint32_t i = 0; i < n; i++)
		order[i] = (uint16_t)i;
	for (uint32_t width = 1; width < n; width *= 2) {
		uint16_t *swap = from;

		for (uint32_t first = 0; first < n; first += 2 * width)
			merge(items, from, to, first, least(first + width, n),
				least(first + 2 * width, n));
		from = to;
		to = swap;
	}
	if (from != order)
		memcpy(order, from, n * sizeof(*order));
}

int32_t nested_find(const struct nested_items *sorted, const uint16_t *order,
	const struct nested_items *items, uint32_t i)
{
	uint32_t first = 0, n = sorted->n;

	while (n > 0) {
		uint32_t half = n / 2;
		int side = nested_order_items(sorted, order[first + half], items, i);

		if (side == 0)
			return order[first + half];
		if (side < 0)
			first += half + 1;
		n = side < 0 ? n - half - 1 : half;
	}
	return -1;
}
