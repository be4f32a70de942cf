// Rows of state as text: JSON, an object a line; or CSV with a line of names.
#pragma once
#include "format/format.h"
#include "operator/dump.h"
#include "tidewirectl/options.h"

// What to print of one operator's rows.
struct rows {
	enum ctl_format format;
	struct encoder *encoder;
	bool has_names; // the line of names was written
	uint64_t n_printed;
	// Only those of this key, when there is one.
	struct schema *key_schema;
	struct encoder *key_encoder;
	char *key; // as the encoder writes it, in the dump's arena
	uint32_t key_len;
	char *text; // room for a row
	uint32_t size;
};

// key: a line of CSV, or NULL. Returns 0, or -errno with *err filled.
int rows_open(struct rows *rows, const struct dump *dump, enum ctl_format format, const char *key,
	struct err *err);
// The form is that of struct dump's row.
void rows_print(void *rows, const struct dump *dump);
void rows_close(struct rows *rows);
