// The datagen connector: rows made up, as Flink's datagen makes them: random or in sequence, at a
// rate, bounded or not.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "row/schema.h"

struct table_option;

enum datagen_kind { DATAGEN_RANDOM, DATAGEN_SEQUENCE };

struct datagen_field {
	enum datagen_kind kind;
	double null_rate; // 0 to 1
	double min, max; // random numbers, from … to, both inclusive for integers
	int64_t start, end; // sequence: inclusive; the source ends with the first that ends
	int32_t length; // of random strings
	int64_t max_past_ms; // random timestamps: between now − max_past and now
};

struct datagen_config {
	double rows_per_second; // of the whole source; 0 = as fast as it goes
	uint64_t number_of_rows; // UINT64_MAX = no end
	struct datagen_field *fields; // [:schema->n_fields]
};

// Read 'rows-per-second', 'number-of-rows' and 'fields.F.…' of a table's options. Returns 0, or
// -EINVAL with *err filled.
int datagen_configure(struct datagen_config *config, struct arena *arena,
	const struct schema *schema, struct table_option *options, uint16_t n_options,
	struct err *err);
