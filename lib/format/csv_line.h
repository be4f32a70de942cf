// The fields of any CSV line: a pass a chunk at a time, and when it meets a quote or an escape a
// second, careful one that goes field by field.
#pragma once
#include "format/csv_options.h"
#include "format/target.h"

struct csv_line {
	const char *text; // [:len]
	uint32_t len;
	uint32_t wrong; // where it was found to be wrong
	// Field i is text[starts[i] : ends[i]].
	uint32_t n_fields;
	bool any_escaped;
	uint32_t starts[SCHEMA_COLUMNS_MAX + 1];
	uint32_t ends[SCHEMA_COLUMNS_MAX + 1];
	bool escaped[SCHEMA_COLUMNS_MAX]; // holds doubled quotes or escapes; only with any_escaped
};

// A line's length without what framing may have left of its end.
static inline uint32_t csv_line_len(const char *line, uint32_t len)
{
	len -= len > 0 && line[len - 1] == '\n';
	len -= len > 0 && line[len - 1] == '\r';
	return len;
}

// Find the fields of line->text[:len], n_max at most. Returns an OUTCOME_.
int csv_line_find(struct csv_line *line, const struct csv_dialect *dialect, uint32_t n_max);

// Write text[:len] without its doubled quotes and escapes to out[:len]; returns the length.
uint32_t csv_line_unescape(
	const struct csv_dialect *dialect, const char *text, uint32_t len, char *out);
