// Inside the window operators: what EXPLAIN says behind their names.
#pragma once
#include "operator/window/window.h"

const char *window_aggregate_explain(const struct op_spec *spec, struct arena *arena);
const char *window_function_explain(const struct op_spec *spec, struct arena *arena);
// "5 min": in the largest unit that says it without a fraction.
const char *window_duration_text(struct arena *arena, int64_t ms);
// "keys=[a, b], " of n columns of input; "" of none.
const char *window_keys_text(
	struct arena *arena, const struct schema *input, const uint16_t *keys, uint16_t n);
