// JSON arrays and objects to values of ARRAY, MAP, MULTISET and ROW.
#pragma once
#include "format/json_value.h"

// How values of one nested type are read; its parts likewise.
struct json_nested {
	struct target target; // of a part that is no nested value: column 0, slot 0
	struct type type;
	uint16_t n_parts; // a MULTISET has two: the key and how often
	struct json_nested **parts;
};

// Returns NULL when there is no memory. Free with json_nested_free() and the same mem.
struct json_nested *json_nested_new(struct mem *mem, struct type type);
void json_nested_free(struct mem *mem, struct json_nested *nested); // nested may be NULL

struct json_nested_options {
	const struct decoder *decoder;
	enum datetime_style style;
	bool fail_on_missing;
};

// The value text[:len], scanned before, to the row's column. Parts that do not convert are NULL
// where the table wants that of columns. Returns an OUTCOME_.
int json_nested_convert(struct row *row, const struct target *target,
	const struct json_nested *nested, const struct json_nested_options *options,
	const char *text, uint32_t len);

// Keys of maps must be strings. Returns 0, or -EINVAL with err filled.
int json_check_types(const struct schema *schema, struct err *err);
