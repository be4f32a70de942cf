// The items of arrays in the order of their values, and which of them are the same.
#pragma once
#include "row/nested.h"

// One item, as nested_get() gives it.
union nested_value {
	uint8_t u8;
	int8_t i8;
	int16_t i16;
	int32_t i32;
	int64_t i64;
	float f32;
	double f64;
	decimal dec;
	struct str str;
};

// < 0, 0, > 0. Numbers and times by value (a NaN is above all numbers, -0.0 below 0.0, as in Java's
// compare()), views by their bytes.
int nested_order_values(
	enum type_kind kind, const union nested_value *a, const union nested_value *b);
// The same of two items of one kind, maybe NULL; NULLs come first.
int nested_order_items(
	const struct nested_items *a, uint32_t i, const struct nested_items *b, uint32_t j);
// Where the first item is that is the same as *value (NULL: a NULL), or -1.
int64_t nested_position(const struct nested_items *items, const void *value);
// order[:items->n] becomes the items' indexes, ascending by nested_order_items(), the same ones as
// they stood.
void nested_order(const struct nested_items *items, uint16_t order[NESTED_ITEMS_MAX]);
// The index of an item of sorted that is the same as item i of items, or -1; order is sorted's.
int32_t nested_find(const struct nested_items *sorted, const uint16_t *order,
	const struct nested_items *items, uint32_t i);
