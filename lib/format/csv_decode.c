// CSV lines (RFC 4180, and what Jackson, Flink's parser, makes of what that leaves open) to rows.
//
// Idea: lines come in runs. One pass over a run's lines writes down where their fields are
// (csv_run.h); then the wanted columns are converted, one column of all lines after the other
// (run.h). A line that is not plain, or in which something does not convert, is decoded by
// itself (csv_line.h).
//
// Blanks are data in strings and are trimmed around numbers and booleans. An empty field is an
// empty string; in a column of another type it does not convert (as in Flink), unless null-literal
// = ''. Quoted or not, what equals null-literal is NULL.
#include <errno.h>
#include "format/chunk.h"
#include "format/convert.h"
#include "format/csv_line.h"
#include "format/csv_run.h"
#include "format/formats.h"
#include "format/run.h"

struct csv_decoder {
	struct decoder decoder;
	struct targets targets;
	struct csv_dialect dialect;
	bool allow_comments;
	bool has_runs; // no column takes room in the heap
	struct csv_run run;
	struct csv_line line; // that is being decoded by itself
};

static inline __attribute__((always_inline)) int convert_field(struct row *row,
	const struct csv_decoder *csv, const struct target *target, const char *text, uint32_t len)
{
	int outcome;

	if (csv->dialect.has_null && len == csv->dialect.null_len &&
		memcmp(text, csv->dialect.null_literal, len) == 0)
		return row_null(row, target);
	switch (target->kind) {
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		store_text(row, target, text, len);
		return OUTCOME_OK;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
		outcome = convert_integer(row, target, text, len);
		break;
	case TYPE_DECIMAL:
		outcome = convert_decimal(row, target, text, len);
		break;
	case TYPE_DOUBLE:
		outcome = convert_double(row, target, text, len);
		break;
	default:
		outcome = convert_text(row, target, text, len, DATETIME_JAVA);
		break;
	}
	// Perhaps it only has blanks around it.
	if (unlikely(outcome == outcome_error(DECODE_TYPE)))
		outcome = convert_text(row, target, text, len, DATETIME_JAVA);
	if (likely(outcome == OUTCOME_OK))
		return OUTCOME_OK;
	return row_unconverted(row, &csv->decoder, target, outcome);
}

// A field with doubled quotes or escapes is written out into the heap first.
static int convert_escaped(struct row *row, const struct csv_decoder *csv,
	const struct target *target, const char *text, uint32_t len)
{
	struct block_store *out = row->out;
	uint32_t heap_used = out->heap_used;
	char *plain = block_store_alloc(out, len);
	int outcome;

	if (plain == NULL)
		return OUTCOME_FULL;
	len = csv_line_unescape(&csv->dialect, text, len, plain);
	outcome = convert_field(row, csv, target, plain, len);
	if (!type_is_view(target->kind) || (target->is_string && len <= STR_INLINE_MAX))
		out->heap_used = heap_used;
	return outcome;
}

static inline int convert_fields(struct row *row, const struct csv_decoder *csv)
{
	const struct csv_line *line = &csv->line;
	int outcome;

	for (uint16_t i = 0; i < csv->targets.n; i++) {
		const struct target *target = &csv->targets.of[i];
		const char *text = line->text + line->starts[target->column];
		uint32_t len = line->ends[target->column] - line->starts[target->column];

		if (unlikely(target->column >= line->n_fields))
			outcome = row_null(row, target);
		else if (unlikely(line->any_escaped && line->escaped[target->column]))
			outcome = convert_escaped(row, csv, target, text, len);
		else
			outcome = convert_field(row, csv, target, text, len);
		if (unlikely(outcome != OUTCOME_OK)) {
			row->at = text;
			return outcome;
		}
	}
	return OUTCOME_OK;
}

// Lines that are no rows: the header, comments, and empty ones (Flink makes no row of them either).
static bool is_no_row(struct csv_decoder *csv, const struct csv_line *line)
{
	if (csv->decoder.header_ahead) {
		csv->decoder.header_ahead = false;
		return true;
	}
	return line->len == 0 || (csv->allow_comments && line->text[0] == '#');
}

static int decode_one(struct decoder *decoder, const struct message *message, struct row *row)
{
	struct csv_decoder *csv = (struct csv_decoder *)decoder; // its first member
	struct csv_line *line = &csv->line;
	int outcome;

	line->text = (const char *)message->data;
	line->len = csv_line_len(line->text, message->len);
	if (is_no_row(csv, line))
		return OUTCOME_SKIP;
	outcome = csv_line_find(line, &csv->dialect, decoder->schema->n_fields);
	row->at = line->text + line->wrong;
	if (unlikely(outcome != OUTCOME_OK))
		return outcome;
	// Too few: Flink's arity check, which ignore-parse-errors switches off.
	if (unlikely(line->n_fields < decoder->schema->n_fields) &&
		decoder->on_error != ON_PARSE_ERROR_NULL) {
		row->at = line->text + line->len;
		return outcome_error(DECODE_LENGTH);
	}
	return convert_fields(row, csv);
}

// A bit for each text that stands for NULL.
static uint32_t find_nulls(const struct csv_dialect *dialect, const struct texts *texts)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < texts->n; i++) {
		uint32_t len;
		const char *text = texts_at(texts, i, &len);

		if (unlikely(len == dialect->null_len) &&
			memcmp(text, dialect->null_literal, len) == 0)
			found |= 1u << i;
	}
	return found;
}

// Convert a column of the run's first n lines. Returns how many there are before one that must be
// decoded by itself.
static uint16_t convert_column(
	struct csv_decoder *csv, const struct target *target, uint16_t n, struct block_store *out)
{
	struct texts texts = csv_run_texts(&csv->run, target->column, n);
	uint16_t slot = out->block.n_slots;
	struct row row = {.out = out};
	uint32_t asked = texts_convert(&texts, target, DATETIME_JAVA, out, slot);

	if (csv->dialect.has_null)
		asked |= find_nulls(&csv->dialect, &texts);
	for (; unlikely(asked != 0); asked &= asked - 1) {
		uint32_t i = mask_first(asked), len;
		const char *text = texts_at(&texts, i, &len);

		row.slot = (uint16_t)(slot + i);
		if (convert_field(&row, csv, target, text, len) != OUTCOME_OK ||
			row.n_null_fields > 0)
			return (uint16_t)i;
	}
	return n;
}

static uint16_t convert_run(struct decoder *decoder, uint16_t n, struct block_store *out)
{
	struct csv_decoder *csv = (struct csv_decoder *)decoder; // its first member

	for (uint16_t i = 0; i < csv->targets.n && n > 0; i++)
		n = convert_column(csv, &csv->targets.of[i], n, out);
	return n;
}

static uint16_t find_run(struct decoder *decoder, const struct message *messages, uint16_t n)
{
	struct csv_decoder *csv = (struct csv_decoder *)decoder; // its first member

	if (unlikely(decoder->header_ahead))
		return 0;
	return csv_run_find(
		&csv->run, &csv->dialect, csv->allow_comments ? '#' : '\0', messages, n);
}

static uint16_t csv_decode(struct decoder *decoder, const struct message *messages, uint16_t n,
	struct block_store *out)
{
	const struct csv_decoder *csv = (struct csv_decoder *)decoder; // its first member

	if (!csv->has_runs)
		return decode_burst(decoder, messages, n, out, decode_one);
	return run_decode(decoder, messages, n, TEXTS_MAX, out, find_run, convert_run, decode_one);
}

static void csv_decoder_free(struct decoder *decoder)
{
	struct csv_decoder *csv = (struct csv_decoder *)decoder;

	mem_free(decoder->mem, (void *)csv->dialect.null_literal);
	mem_free(decoder->mem, csv->run.places);
	mem_free(decoder->mem, csv->targets.of);
	mem_free(decoder->mem, csv);
}

static const struct decoder_ops csv_decoder_ops = {
	.decode = csv_decode,
	.free = csv_decoder_free,
};

struct decoder *csv_decoder_new(struct mem *mem, const struct schema *schema, const bool *wanted,
	const struct format_option *options, uint16_t n_options, struct err *err)
{
	struct csv_decoder *csv = mem_zalloc(mem, sizeof(*csv));
	struct csv_dialect dialect;

	if (csv == NULL)
		goto no_memory;
	csv->decoder = (struct decoder){
		.ops = &csv_decoder_ops, .mem = mem, .schema = schema, .wanted = wanted};
	if (csv_check_types(schema, err) < 0 ||
		csv_dialect_init(&dialect, options, n_options, err) < 0 ||
		format_parse_error_option(options, n_options, &csv->decoder.on_error, err) < 0 ||
		options_bool(options, n_options, "allow-comments", &csv->allow_comments, err) < 0 ||
		options_bool(options, n_options, "header", &csv->decoder.header_ahead, err) < 0)
		goto free_csv;
	if (csv_dialect_keep(&csv->dialect, mem, &dialect) < 0 ||
		targets_init(&csv->targets, mem, schema, wanted) < 0 ||
		csv_run_init(&csv->run, mem, schema->n_fields) < 0) {
		csv_decoder_free(&csv->decoder);
		goto no_memory;
	}
	csv->has_runs = !targets_have_binary(&csv->targets);
	return &csv->decoder;

free_csv:
	mem_free(mem, csv);
	return NULL;
no_memory:
	err_set(err, ENOMEM, "out of memory for the csv decoder");
	return NULL;
}
