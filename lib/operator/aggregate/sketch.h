// What sketches know a value by: 64 bits, the same in each job and on each run, so that states of
// any slice, instance or checkpoint can be merged and what they say can be repeated. Values are
// equal by their bits, NaNs are all one. Who chooses the values can thereby choose some that meet.
#pragma once
#include <string.h>
#include "base/hash.h"
#include "operator/aggregate/kernels.h"

// The one NaN of a type in place of value, when value is one; else value.
static inline const void *sketch_value(enum type_kind kind, const void *value)
{
	static const double nan = __builtin_nan("");
	static const float nanf = __builtin_nanf("");

	if (kind == TYPE_DOUBLE && __builtin_isnan(*(const double *)value))
		return &nan;
	if (kind == TYPE_FLOAT && __builtin_isnan(*(const float *)value))
		return &nanf;
	return value;
}

// Of a value as sketch_value() gives it.
static inline uint64_t sketch_hash(enum type_kind kind, const void *value)
{
	static const struct hash_seed seed = {{0x61, 0x70, 0x70, 0x72, 0x6f, 0x78}};
	const struct str *view = value;

	return type_is_view(kind) ? hash_bytes(&seed, str_data(view), view->len)
				  : hash_bytes(&seed, value, type_width(kind));
}
