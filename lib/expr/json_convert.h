// A scalar of JSON as a value of SQL: JSON_VALUE's RETURNING. Internal to the module.
#pragma once
#include "expr/json_call.h"

bool json_convertible(struct type type); // is there such a conversion?
// Store value as call's row. False when it is no value of that type. A string that does not fit is
// NULL and counted, and that is true.
bool json_convert(struct call *call, uint16_t row, struct json_value value);
