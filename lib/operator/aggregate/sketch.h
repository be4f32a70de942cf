// What sketches know a value by: 64 bits, the same in each job, on each run and machine, so that
// states of any slice, instance or checkpoint can be merged and what they say can be repeated.
// Values are equal by their bits, NaNs are all one. Who chooses the values can thereby choose some
// that meet.
//
// Words are mixed in one after the other by SplitMix64's finaliser (hash_mix()), which has an
// inverse: values of up to 8 bytes never meet.
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

// Of a value as sketch_value() gives it. Not hash_bytes(), whose bits depend on the processor that
// it was built for: a checkpoint goes on where it is restored.
static inline uint64_t sketch_hash(enum type_kind kind, const void *value)
{
	const struct str *view = value;
	const char *bytes = type_is_view(kind) ? str_data(view) : value;
	size_t left = type_is_view(kind) ? view->len : type_width(kind);
	uint64_t hash = 0x9e3779b97f4a7c15u + left, word;

	for (; left > sizeof(word); bytes += sizeof(word), left -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = hash_mix(hash ^ word);
	}
	word = 0; // what is left is padded, the length is in the hash already
	memcpy(&word, bytes, left);
	return hash_mix(hash ^ word);
}
