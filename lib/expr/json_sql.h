// Values of SQL as JSON. Internal to the module.
#pragma once
#include "expr/json_text.h"
#include "row/type.h"

bool json_has_form(struct type type); // can its values be written?
// Write what a column of this type holds, not NULL. False when JSON cannot say it: NaN, infinity,
// a key that is NULL.
bool json_put_sql(struct json_out *out, struct type type, const void *value);
