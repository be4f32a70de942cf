// The options of a table's WITH clause, and reading them.
#pragma once
#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "format/format.h"

// One option of a table's WITH clause.
struct table_option {
	const char *key;
	const char *value;
	struct pos pos; // of the key
	bool used; // set by whoever understands it: what is left over is an error
};

// The option of this key, marked as used, or NULL.
struct table_option *option_find(struct table_option *options, uint16_t n, const char *key);
// Its value, or otherwise.
const char *option_text(
	struct table_option *options, uint16_t n, const char *key, const char *otherwise);
// Its value, or an error "table t: the connector 'udp' needs the option 'local' = 'ADDRESS:PORT'".
int option_required(struct table_option *options, uint16_t n, const char *table,
	const char *connector, const char *key, const char *form, const char **value,
	struct err *err);
int option_double(const struct table_option *option, double *value, struct err *err);
int option_int(const struct table_option *option, int64_t *value, struct err *err);

// 'format' and its options, FORMAT.key. required: no format is an error.
struct option_format {
	const struct format *format;
	struct format_option *options; // without the prefix
	uint16_t n_options;
};
int option_format(struct table_option *options, uint16_t n, const char *table, bool required,
	struct arena *arena, struct option_format *format, struct err *err);
