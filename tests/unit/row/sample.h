// Random blocks for tests: columns of every width, NULLs, strings of all lengths, a selection.
#pragma once
#include "base/arena.h"
#include "row/block.h"
#include "row/schema.h"
#include "random.h"

enum { SAMPLE_COLUMNS = 8, SAMPLE_STRING_MAX = 60, SAMPLE_PARTIAL = 24 }; // bytes

struct sample {
	struct arena *arena; // owns everything here
	struct schema *schema;
	struct column columns[SAMPLE_COLUMNS];
	struct block block;
	uint16_t rows[BLOCK_ROWS_MAX];
	const struct partial *partials[BLOCK_ROWS_MAX];
};

static inline struct schema *sample_schema(struct arena *arena)
{
	static const enum type_kind kinds[SAMPLE_COLUMNS] = {TYPE_BOOLEAN, TYPE_SMALLINT, TYPE_INT,
		TYPE_BIGINT, TYPE_DECIMAL, TYPE_VARCHAR, TYPE_DOUBLE, TYPE_VARBINARY};
	struct schema *schema = schema_new(arena, SAMPLE_COLUMNS);

	for (int i = 0; i < SAMPLE_COLUMNS; i++)
		schema->fields[i] = (struct field){"column", type_of(kinds[i])};
	return schema;
}

// A view that is NULL points nowhere: nobody may look behind it.
static inline struct str sample_view(struct arena *arena, struct random *random, bool is_null)
{
	uint32_t len = random_below(random, SAMPLE_STRING_MAX);
	char *data = arena_alloc(arena, len);

	if (is_null)
		return (struct str){.len = 1000, .ptr = (const char *)1};
	memset(data, 'a' + (int)random_below(random, 3), len);
	return str_view(data, len);
}

static inline void sample_fill(struct sample *sample, struct random *random, int c, bool nulls)
{
	uint32_t width = type_width(sample->schema->fields[c].type.kind);
	struct column *column = &sample->columns[c];
	char *values = arena_alloc(sample->arena, BLOCK_ROWS_MAX * width);

	*column = (struct column){.values = values};
	if (nulls)
		column->nulls = arena_alloc(sample->arena, BLOCK_NULL_WORDS * sizeof(uint64_t));
	for (uint16_t slot = 0; slot < BLOCK_ROWS_MAX; slot++) {
		bool is_null = nulls && random_below(random, 4) == 0;
		__int128 bits = random_below(random, 2);
		struct str view;

		if (is_null)
			nulls_set(column->nulls, slot);
		memcpy(values + slot * width, &bits, width);
		if (!type_is_view(sample->schema->fields[c].type.kind))
			continue;
		view = sample_view(sample->arena, random, is_null);
		memcpy(values + slot * width, &view, width);
	}
}

// Every fourth row or so stands for some.
static inline void sample_add_partials(struct sample *sample, struct random *random)
{
	for (uint16_t slot = 0; slot < BLOCK_ROWS_MAX; slot++) {
		struct partial *partial = arena_alloc(sample->arena, SAMPLE_PARTIAL);

		partial->n_rows = random_below(random, 100);
		partial->states[1] = random_below(random, 100);
		sample->partials[slot] = random_below(random, 4) == 0 ? partial : NULL;
	}
	sample->block.partials = sample->partials;
	sample->block.partial_size = SAMPLE_PARTIAL;
}

// A block of which every part (bitmaps, selection, kinds, marks) is there or not at random.
static inline void sample_init(struct sample *sample, struct random *random)
{
	*sample = (struct sample){.arena = arena_new()};
	sample->schema = sample_schema(sample->arena);
	for (int c = 0; c < SAMPLE_COLUMNS; c++)
		sample_fill(sample, random, c, random_below(random, 2));
	sample->block = (struct block){.kind = BLOCK_ROWS,
		.n_slots = BLOCK_ROWS_MAX,
		.n_rows = BLOCK_ROWS_MAX,
		.n_columns = SAMPLE_COLUMNS,
		.columns = sample->columns,
		.late_mark = random_below(random, 2),
		.rx_tsc = random_below(random, 10)};
	if (random_below(random, 2)) {
		sample->block.rows = sample->rows;
		sample->block.n_rows = 0;
		for (uint16_t slot = 0; slot < BLOCK_ROWS_MAX; slot++)
			if (random_below(random, 3) > 0)
				sample->rows[sample->block.n_rows++] = slot;
	}
	if (random_below(random, 3) == 0) {
		uint8_t *kinds = arena_alloc(sample->arena, BLOCK_ROWS_MAX);

		for (int slot = 0; slot < BLOCK_ROWS_MAX; slot++)
			kinds[slot] = (uint8_t)random_below(random, 4);
		sample->block.kinds = kinds;
	}
	if (random_below(random, 3) == 0) {
		int64_t *marks = arena_alloc(sample->arena, BLOCK_ROWS_MAX * sizeof(int64_t));

		for (int slot = 0; slot < BLOCK_ROWS_MAX; slot++)
			marks[slot] = (int64_t)random_below(random, 100);
		sample->block.late_marks = marks;
	}
}

static inline void sample_free(struct sample *sample)
{
	arena_free(sample->arena);
}
