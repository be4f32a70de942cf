// What the tests of formats share: a schema of columns written down in a line, a decoder with its
// store, and messages in exactly their own memory, so that a sanitizer sees any read past their
// ends.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/arena.h"
#include "format/format.h"
#include "row/decimal.h"

enum { FIXTURE_HEAP = 4096, FIXTURE_OPTIONS_MAX = 8 };

struct fixture {
	struct arena *arena;
	struct schema *schema;
	bool wanted[SCHEMA_COLUMNS_MAX];
	struct decoder *decoder;
	struct block_store *out;
	void *copies[BLOCK_ROWS_MAX]; // messages that rows may point into
	uint16_t n_copies;
};

struct fixture_column {
	const char *name;
	struct type type;
};

static inline struct type not_null(struct type type)
{
	type.nullable = false;
	return type;
}

static inline struct type sized(enum type_kind kind, int32_t length)
{
	struct type type = type_of(kind);

	type.precision = length;
	return type;
}

static inline struct schema *fixture_schema(
	struct arena *arena, const struct fixture_column *columns, uint16_t n)
{
	struct schema *schema = schema_new(arena, n);

	for (uint16_t i = 0; i < n; i++)
		schema->fields[i] = (struct field){columns[i].name, columns[i].type};
	return schema;
}

// "key=value;key=value" as options; returns how many. text is taken apart.
static inline uint16_t fixture_options(char *text, struct format_option *options)
{
	uint16_t n = 0;
	char *rest = NULL;

	for (char *item = strtok_r(text, ";", &rest); item != NULL;
		item = strtok_r(NULL, ";", &rest)) {
		char *equals = strchr(item, '=');

		assert_true(n < FIXTURE_OPTIONS_MAX && equals != NULL);
		*equals = '\0';
		options[n] = (struct format_option){item, equals + 1, {1, n + 1u}};
		n++;
	}
	return n;
}

static inline struct decoder *fixture_decoder(
	struct fixture *fixture, const char *format, const char *options_text, struct err *err)
{
	struct format_option options[FIXTURE_OPTIONS_MAX];
	char *text = strdup(options_text);
	uint16_t n = fixture_options(text, options);

	fixture->decoder = format_find(format)->decoder_new(
		&mem_libc, fixture->schema, fixture->wanted, options, n, err);
	free(text);
	return fixture->decoder;
}

static inline void fixture_init(struct fixture *fixture, const char *format, const char *options,
	const struct fixture_column *columns, uint16_t n)
{
	struct err err = {0};

	memset(fixture, 0, sizeof(*fixture));
	fixture->arena = arena_new();
	fixture->schema = fixture_schema(fixture->arena, columns, n);
	memset(fixture->wanted, true, sizeof(fixture->wanted));
	if (fixture_decoder(fixture, format, options, &err) == NULL)
		fail_msg("%s", err.text);
	fixture->out = block_store_new(&mem_libc, fixture->schema, FIXTURE_HEAP);
	assert_non_null(fixture->out);
}

static inline void fixture_reset(struct fixture *fixture)
{
	for (uint16_t i = 0; i < fixture->n_copies; i++)
		free(fixture->copies[i]);
	fixture->n_copies = 0;
	block_store_reset(fixture->out);
}

static inline void fixture_free(struct fixture *fixture)
{
	fixture_reset(fixture);
	fixture->decoder->ops->free(fixture->decoder);
	block_store_free(&mem_libc, fixture->out);
	arena_free(fixture->arena);
}

// Decode data[:len]; returns whether it became a row.
static inline bool fixture_decode_bytes(struct fixture *fixture, const void *data, uint32_t len)
{
	uint16_t before = fixture->out->block.n_rows;
	struct message message = {.len = len};
	uint8_t *copy = malloc(len == 0 ? 1 : len);

	if (len > 0)
		memcpy(copy, data, len);
	assert_true(fixture->n_copies < BLOCK_ROWS_MAX);
	fixture->copies[fixture->n_copies++] = copy;
	message.data = copy;
	assert_int_equal(
		fixture->decoder->ops->decode(fixture->decoder, &message, 1, fixture->out), 1);
	assert_int_equal(fixture->out->block.n_rows, fixture->out->block.n_slots);
	return fixture->out->block.n_rows > before;
}

static inline bool fixture_decode(struct fixture *fixture, const char *text)
{
	return fixture_decode_bytes(fixture, text, (uint32_t)strlen(text));
}

// Why the only message decoded since the last look was dropped, or -1.
static inline int fixture_error(struct fixture *fixture)
{
	int error = -1;

	for (int i = 0; i < DECODE_ERRORS; i++) {
		if (fixture->decoder->n_errors[i] > 0)
			error = i;
		fixture->decoder->n_errors[i] = 0;
	}
	return error;
}

// The row at slot as `print` writes it, which tells all that is in it. Good until the next call.
static inline const char *fixture_row(struct fixture *fixture, uint16_t slot)
{
	static char text[8192];
	struct encoder *encoder = print_encoder_new(&mem_libc, fixture->schema);
	uint32_t len =
		encoder->ops->encode(encoder, &fixture->out->block, slot, text, sizeof(text) - 1);

	assert_true(len > 0);
	text[len] = '\0';
	encoder->ops->free(encoder);
	return text;
}

// The text becomes this row, in a store that is empty before.
static inline void becomes(struct fixture *fixture, const char *text, const char *row)
{
	fixture_reset(fixture);
	if (!fixture_decode(fixture, text))
		fail_msg("refused as %s: %s", decode_error_names[fixture_error(fixture)], text);
	assert_string_equal(fixture_row(fixture, 0), row);
}

// The text is dropped and counted in this class, and leaves nothing behind.
static inline void refused(struct fixture *fixture, const char *text, enum decode_error error)
{
	int found;

	fixture_reset(fixture);
	if (fixture_decode(fixture, text))
		fail_msg("taken as %s: %s", fixture_row(fixture, 0), text);
	found = fixture_error(fixture);
	if (found != (int)error)
		fail_msg("refused as %s: %s", decode_error_names[found], text);
	assert_int_equal(fixture->out->heap_used, 0);
	for (uint16_t i = 0; i < fixture->schema->n_fields; i++)
		assert_false(nulls_get(fixture->out->columns[i].nulls, 0));
}
