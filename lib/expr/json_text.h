// JSON text: finding values in it and writing it anew, as Jackson does for Flink. Nothing is
// allocated. Internal to the module.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "expr/json_path.h"

// A value in its text; start NULL: there is none.
struct json_value {
	const char *start, *end;
};

// The value that text[:len] holds, blanks around it left out. As with Jackson, what follows an
// object, array or string is not looked at. start is NULL when it is malformed or deeper than
// JSON_DEPTH_MAX.
struct json_value json_document(const char *text, uint32_t len);

static inline bool json_is_container(struct json_value value)
{
	return *value.start == '{' || *value.start == '[';
}

// What the first steps[:n] lead to from a value of a document, all of them keys or indexes.
struct json_value json_find(struct json_value from, const struct json_step *steps, uint16_t n);
// How many of a path's steps come before the first JSON_STEP_ALL.
uint16_t json_definite_steps(const struct json_path *path);

// Where JSON is written: bytes[:used] of size. What does not fit sets full. The free end of it is
// used to sort keys.
struct json_out {
	char *bytes;
	uint32_t used, size;
	bool full;
};

void json_put(struct json_out *out, const char *text, uint32_t len);
// text[:len] in quotes, with escapes.
void json_put_string(struct json_out *out, const char *text, uint32_t len);
// A number as java.math.BigDecimal writes what it reads: "1.50", "1E+3".
void json_put_decimal(struct json_out *out, const char *text, uint32_t len);
// A value anew: no blanks, keys sorted, the last of equal keys.
void json_put_value(struct json_out *out, struct json_value value);
// A scalar without quotes and escapes.
void json_put_scalar(struct json_out *out, struct json_value value);
// Everything that the steps lead to from value, a comma between two; *n counts.
void json_put_matches(struct json_out *out, struct json_value from, const struct json_step *steps,
	uint16_t n_steps, uint32_t *n);
// < 0, 0, > 0: two strings of JSON (without the quotes), unescaped, in the order of Java.
int json_compare_keys(struct json_value a, struct json_value b);
