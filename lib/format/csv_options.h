// What decoder and encoder of CSV have in common: the characters that mean something.
#pragma once
#include "format/options.h"

struct csv_dialect {
	char delimiter;
	bool has_quote, has_escape;
	char quote, escape;
	bool has_null; // a literal stands for NULL
	const char *null_literal; // null_len bytes and a NUL
	uint32_t null_len;
};

// Read the options; null_literal stays theirs. Returns 0, or -EINVAL with *err.
int csv_dialect_init(struct csv_dialect *dialect, const struct format_option *options,
	uint16_t n_options, struct err *err);

// No column may be nested. Returns 0, or -EINVAL with *err.
int csv_check_types(const struct schema *schema, struct err *err);

// Copy dialect with its null_literal, which mem_free() takes back. Returns 0, or -ENOMEM.
int csv_dialect_keep(struct csv_dialect *copy, struct mem *mem, const struct csv_dialect *dialect);
