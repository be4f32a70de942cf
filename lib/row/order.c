#include "row/order.h"
#include <math.h>
#include <string.h>

#define COMPARE(T)                        \
	{                                 \
		T x, y;                   \
                                          \
		memcpy(&x, a, sizeof(x)); \
		memcpy(&y, b, sizeof(y)); \
		return (x > y) - (x < y); \
	}

static int compare_double(double x, double y)
{
	if (isnan(x) || isnan(y))
		return !!isnan(x) - !!isnan(y);
	if (x != y)
		return x < y ? -1 : 1;
	return !!signbit(y) - !!signbit(x);
}

static int compare_values(enum type_kind kind, const void *a, const void *b)
{
	switch (kind) {
	case TYPE_BOOLEAN:
		COMPARE(uint8_t)
	case TYPE_TINYINT:
		COMPARE(int8_t)
	case TYPE_SMALLINT:
		COMPARE(int16_t)
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_INTERVAL_YEAR:
		COMPARE(int32_t)
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
	case TYPE_INTERVAL_DAY:
		COMPARE(int64_t)
	case TYPE_DECIMAL:
		COMPARE(decimal)
	case TYPE_FLOAT: {
		float x, y;

		memcpy(&x, a, sizeof(x));
		memcpy(&y, b, sizeof(y));
		return compare_double((double)x, (double)y);
	}
	case TYPE_DOUBLE: {
		double x, y;

		memcpy(&x, a, sizeof(x));
		memcpy(&y, b, sizeof(y));
		return compare_double(x, y);
	}
	default:
		return 0; // strings: below
	}
}

static int compare_strings(
	const struct key_layout *layout, uint16_t column, const void *a, const void *b)
{
	struct str x = key_string_view(layout, a, column), y = key_string_view(layout, b, column);

	return str_compare(&x, &y);
}

int order_compare(const struct key_layout *layout, const struct order_term *terms, uint16_t n_terms,
	const void *a, const void *b)
{
	for (uint16_t i = 0; i < n_terms; i++) {
		uint16_t column = terms[i].column, at = layout->offsets[column];
		bool null_a = key_is_null(a, column), null_b = key_is_null(b, column);
		int order;

		if (null_a && null_b)
			continue;
		if (null_a || null_b)
			return null_a == terms[i].nulls_first ? -1 : 1;
		order = layout->rooms[column] > 0
				? compare_strings(layout, column, a, b)
				: compare_values(layout->types[column].kind, (const char *)a + at,
					  (const char *)b + at);
		if (order != 0)
			return terms[i].descending ? -order : order;
	}
	return 0;
}
