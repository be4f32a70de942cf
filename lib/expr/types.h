// Flink's rules for result types (LogicalTypeMerging and Calcite's least restrictive types).
#pragma once
#include "row/type.h"

// DECIMAL results of a op b. Beyond 38 digits the integer part is kept and the scale gives way,
// down to 6 digits.
struct type types_decimal_add(struct type a, struct type b); // and subtract
struct type types_decimal_multiply(struct type a, struct type b);
struct type types_decimal_divide(struct type a, struct type b);
struct type types_decimal_modulo(struct type a, struct type b);
// ROUND(x, digits).
struct type types_decimal_round(struct type x, int32_t digits);

// The DECIMAL that holds every value of an integer type; a DECIMAL itself.
struct type types_as_decimal(struct type type);

// What both sides become in a comparison: expr_common_type(), and a string gives way to the other.
bool types_comparable(struct arena *arena, struct type a, struct type b, struct type *common);
// May a value of type from be assigned to a column of type to without CAST?
bool types_implicit(struct type from, struct type to);
