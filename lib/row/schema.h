// The columns of a row: names and types. Immutable once made; shared by all who handle such rows.
#pragma once
#include "row/type.h"

enum { SCHEMA_COLUMNS_MAX = 256 };

struct schema {
	uint16_t n_fields;
	struct field fields[];
};

struct arena;

struct schema *schema_new(struct arena *arena, uint16_t n_fields); // names NULL, types zero
// Index of the column of this name (letter case counts, as in Flink), or -1.
int schema_find(const struct schema *schema, const char *name);
