// The order of rows by some of their columns, as ORDER BY has it: over row images (key.h). NaN is
// the largest number and −0.0 is less than 0.0, as in Java; strings are in the order of their
// bytes.
#pragma once
#include "row/key.h"

struct order_term {
	uint16_t column; // of the layout, counted in its order
	bool descending;
	bool nulls_first;
};

// < 0, 0, > 0: whether image a comes before b, is their equal, or comes behind it.
int order_compare(const struct key_layout *layout, const struct order_term *terms, uint16_t n_terms,
	const void *a, const void *b);
