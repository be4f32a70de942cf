// What the fuzzers of formats share: a schema with every type, and one message decoded in exactly
// its own memory. What became a row must print, encode, and decode again to the same row.
#pragma once
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "format/format.h"

enum { FUZZ_HEAP = 1 << 16, FUZZ_TEXT = 1 << 20, FUZZ_NESTED = 3 };

struct fuzz {
	struct arena *arena;
	struct schema *schema;
	bool wanted[TYPE_KINDS];
	struct decoder *decoders[3]; // by enum on_parse_error
	struct encoder *encoder, *print;
	struct block_store *out, *again;
	char *text, *printed, *printed_again;
};

#define FUZZ_CHECK(condition)     \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

// ARRAY<ROW<k STRING, v DOUBLE, t TIMESTAMP(3)>>, MAP<STRING, ARRAY<INT>>, MULTISET<STRING>.
static inline void fuzz_nested(struct arena *arena, struct field fields[FUZZ_NESTED])
{
	struct type string = type_of(TYPE_VARCHAR), row;
	struct field *parts;

	row = type_row(arena, 3, &parts);
	parts[0] = (struct field){"k", string};
	parts[1] = (struct field){"v", type_of(TYPE_DOUBLE)};
	parts[2] = (struct field){"t", type_timestamp(TYPE_TIMESTAMP, 3)};
	fields[0] = (struct field){"arr", type_array(arena, row)};
	fields[1] = (struct field){
		"map", type_map(arena, string, type_array(arena, type_of(TYPE_INT)))};
	fields[2] = (struct field){"set", type_multiset(arena, string)};
}

static inline void fuzz_schema(struct fuzz *fuzz, bool nested)
{
	static const char *const names[TYPE_KINDS] = {"", "b", "tiny", "small", "i", "big", "float",
		"d", "dec", "char", "s", "bin", "bytes", "date", "time", "ts", "ltz", "day",
		"year"};

	fuzz->schema = schema_new(fuzz->arena, TYPE_ARRAY - 1 + (nested ? FUZZ_NESTED : 0));
	if (nested)
		fuzz_nested(fuzz->arena, &fuzz->schema->fields[TYPE_ARRAY - 1]);
	for (uint16_t i = TYPE_ARRAY - 1; i < fuzz->schema->n_fields; i++)
		fuzz->wanted[i] = true;
	for (int kind = TYPE_BOOLEAN; kind < TYPE_ARRAY; kind++) {
		fuzz->schema->fields[kind - 1] =
			(struct field){names[kind], type_of((enum type_kind)kind)};
		fuzz->wanted[kind - 1] = true;
	}
}

static inline void fuzz_init(struct fuzz *fuzz, const char *format)
{
	static const char *const ignore[] = {"", "false", "true"};
	const struct format *found = format_find(format);
	struct format_option options[] = {{"null-literal", "NIL", {0}}};
	uint16_t n_options = strcmp(format, "csv") == 0;

	fuzz->arena = arena_new();
	fuzz_schema(fuzz, strcmp(format, "json") == 0);
	for (int i = 0; i < 3; i++) {
		struct format_option both[] = {{"ignore-parse-errors", ignore[i], {0}}, options[0]};

		fuzz->decoders[i] = found->decoder_new(&mem_libc, fuzz->schema, fuzz->wanted,
			both + (i == 0), (uint16_t)((i > 0) + n_options), NULL);
		FUZZ_CHECK(fuzz->decoders[i] != NULL);
	}
	fuzz->encoder = found->encoder_new(&mem_libc, fuzz->schema, options, n_options, NULL);
	fuzz->print = print_encoder_new(&mem_libc, fuzz->schema);
	fuzz->out = block_store_new(&mem_libc, fuzz->schema, FUZZ_HEAP);
	fuzz->again = block_store_new(&mem_libc, fuzz->schema, FUZZ_HEAP);
	fuzz->text = malloc(FUZZ_TEXT);
	fuzz->printed = malloc(FUZZ_TEXT);
	fuzz->printed_again = malloc(FUZZ_TEXT);
}

// The row in slot 0 of fuzz->out, written and read back, prints as it did.
static inline void fuzz_round_trip(struct fuzz *fuzz)
{
	struct encoder *print = fuzz->print, *encoder = fuzz->encoder;
	uint32_t n = print->ops->encode(print, &fuzz->out->block, 0, fuzz->printed, FUZZ_TEXT);
	uint32_t len = encoder->ops->encode(encoder, &fuzz->out->block, 0, fuzz->text, FUZZ_TEXT);
	struct message message = {(const uint8_t *)fuzz->text, len};

	FUZZ_CHECK(n > 0 && len > 0);
	block_store_reset(fuzz->again);
	FUZZ_CHECK(
		fuzz->decoders[0]->ops->decode(fuzz->decoders[0], &message, 1, fuzz->again) == 1);
	FUZZ_CHECK(fuzz->again->block.n_rows == 1);
	FUZZ_CHECK(print->ops->encode(
			   print, &fuzz->again->block, 0, fuzz->printed_again, FUZZ_TEXT) == n);
	FUZZ_CHECK(memcmp(fuzz->printed, fuzz->printed_again, n) == 0);
}

static inline void fuzz_one(struct fuzz *fuzz, const uint8_t *data, size_t size)
{
	struct message message = {data, (uint32_t)size};

	for (int i = 0; i < 3; i++) {
		struct decoder *decoder = fuzz->decoders[i];

		block_store_reset(fuzz->out);
		decoder->fault.text = NULL;
		FUZZ_CHECK(decoder->ops->decode(decoder, &message, 1, fuzz->out) == 1);
		FUZZ_CHECK(fuzz->out->block.n_rows <= 1);
		if (fuzz->out->block.n_rows == 1)
			fuzz_round_trip(fuzz);
	}
}
