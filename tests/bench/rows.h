// The rows that the benchmarks decode, encode and shard: card payments.
#pragma once
#include "base/arena.h"
#include "bench.h"
#include "row/store.h"

enum { ROWS_HEAP = 65536 };

struct rows_column {
	const char *name;
	enum type_kind kind;
	int32_t precision; // as struct type has it; 0 = the type's own
	int32_t scale;
};

static inline struct schema *rows_schema(
	struct arena *arena, const struct rows_column *columns, uint16_t n)
{
	struct schema *schema = schema_new(arena, n);

	for (uint16_t i = 0; i < n; i++) {
		struct type type = type_of(columns[i].kind);

		if (columns[i].precision > 0)
			type.precision = columns[i].precision;
		type.scale = columns[i].scale;
		schema->fields[i] = (struct field){columns[i].name, type};
	}
	return schema;
}

static inline struct block_store *rows_store(const struct schema *schema)
{
	return bench_must(block_store_new(&mem_libc, schema, ROWS_HEAP), "a block");
}
