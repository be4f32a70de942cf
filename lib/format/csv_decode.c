// CSV lines (RFC 4180, and what Jackson, Flink's parser, makes of what that leaves open) to rows.
//
// Idea: one pass over the line a chunk at a time writes down where its fields start and end; then
// the wanted columns are converted. A line with a quote or an escape takes a second, careful, pass
// that goes field by field.
//
// Blanks are data in strings and are trimmed around numbers and booleans. An empty field is an
// empty string; in a column of another type it does not convert (as in Flink), unless null-literal
// = ''. Quoted or not, what equals null-literal is NULL.
#include <errno.h>
#include "format/chunk.h"
#include "format/convert.h"
#include "format/csv_options.h"
#include "format/formats.h"
#include "format/utf8.h"

enum {
	ENDS_AT_ONCE = 16
}; // how many field ends are written without looking whether they are there

struct csv_decoder {
	struct decoder decoder;
	struct targets targets;
	struct csv_dialect dialect;
	bool allow_comments;
	// Of the line being decoded: field i is line[starts[i] : ends[i]].
	uint32_t n_fields;
	bool any_escaped;
	uint32_t starts[SCHEMA_COLUMNS_MAX + ENDS_AT_ONCE + 1];
	uint32_t ends[SCHEMA_COLUMNS_MAX + ENDS_AT_ONCE + 1];
	bool escaped[SCHEMA_COLUMNS_MAX]; // holds doubled quotes or escapes; only with any_escaped
};

struct line {
	const char *text;
	uint32_t len;
};

// Note a delimiter at each bit of mask, n of them.
static inline void note_delimiters(
	struct csv_decoder *csv, uint32_t first, uint64_t mask, uint32_t n, uint32_t base)
{
#ifdef __AVX512VBMI2__
	const __m512i lanes = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51,
		50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30,
		29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9,
		8, 7, 6, 5, 4, 3, 2, 1, 0);

	for (uint32_t i = 0; i < n; i += ENDS_AT_ONCE) {
		__m128i packed = _mm512_castsi512_si128(_mm512_maskz_compress_epi8(mask, lanes));
		__m512i ends = _mm512_add_epi32(
			_mm512_cvtepu8_epi32(packed), _mm512_set1_epi32((int)base));

		_mm512_storeu_si512(csv->ends + first + i, ends);
		_mm512_storeu_si512(
			csv->starts + first + i + 1, _mm512_add_epi32(ends, _mm512_set1_epi32(1)));
		if (likely(n <= ENDS_AT_ONCE))
			return;
		mask &= ~_pdep_u64(0xffff, mask);
	}
#else
	for (uint32_t i = first; mask != 0; i++, mask &= mask - 1) {
		csv->ends[i] = base + mask_first(mask);
		csv->starts[i + 1] = csv->ends[i] + 1;
	}
#endif
}

// Find the fields of a line without quotes and escapes. OUTCOME_SKIP when it has some.
static inline int find_fields(struct csv_decoder *csv, struct line line)
{
	const struct csv_dialect *dialect = &csv->dialect;
	uint32_t n_max = csv->decoder.schema->n_fields, n = 0;
	uint64_t careful = 0, not_ascii = 0;

	csv->starts[0] = 0;
	for (uint32_t base = 0; base < line.len; base += CHUNK) {
		struct chunk chunk = chunk_load(line.text + base, line.len - base);
		uint64_t delimiters = chunk_equal(chunk, dialect->delimiter);
		uint32_t n_more = (uint32_t)__builtin_popcountll(delimiters);

		if (dialect->has_quote)
			careful |= chunk_equal(chunk, dialect->quote);
		if (dialect->has_escape)
			careful |= chunk_equal(chunk, dialect->escape);
		if (unlikely(careful != 0))
			return OUTCOME_SKIP;
		if (unlikely(n + n_more >= n_max))
			return outcome_error(DECODE_LENGTH);
		not_ascii |= chunk_not_ascii(chunk);
		note_delimiters(csv, n, delimiters, n_more, base);
		n += n_more;
	}
	csv->ends[n] = line.len;
	csv->n_fields = n + 1;
	csv->any_escaped = false;
	if (unlikely(not_ascii != 0) && !utf8_valid(line.text, line.len))
		return outcome_error(DECODE_SYNTAX);
	return OUTCOME_OK;
}

// Index of the first of two characters in line from `at` on, or line.len.
static uint32_t find_either(struct line line, uint32_t at, char a, char b)
{
	for (; at < line.len; at += CHUNK) {
		struct chunk chunk = chunk_load(line.text + at, line.len - at);
		uint32_t first = mask_first(chunk_equal(chunk, a) | chunk_equal(chunk, b));

		if (first < CHUNK)
			return at + first;
	}
	return line.len;
}

// The rest of a quoted field, from behind its opening quote. Returns the index of the closing
// quote, or line.len when there is none; *escaped: it holds quotes or escapes.
static uint32_t find_close(
	const struct csv_dialect *dialect, struct line line, uint32_t at, bool *escaped)
{
	char escape = dialect->has_escape ? dialect->escape : dialect->quote;

	for (;;) {
		at = find_either(line, at, dialect->quote, escape);
		if (at >= line.len)
			return line.len;
		if (line.text[at] == dialect->quote &&
			(at + 1 == line.len || line.text[at + 1] != dialect->quote))
			return at;
		if (at + 1 == line.len) // an escape with nothing behind it
			return line.len;
		*escaped = true;
		at += 2;
	}
}

// The end of a field without quotes: its delimiter or the line's end.
static uint32_t find_delimiter(
	const struct csv_dialect *dialect, struct line line, uint32_t at, bool *escaped)
{
	char escape = dialect->has_escape ? dialect->escape : dialect->delimiter;

	for (;;) {
		at = find_either(line, at, dialect->delimiter, escape);
		if (at >= line.len || line.text[at] == dialect->delimiter)
			return at;
		*escaped = true;
		at += 2;
	}
}

// Find the fields of a line where some have quotes or escapes. A quote is special only where a
// field starts; between its end and the delimiter blanks are let pass, as Jackson does.
static int find_fields_careful(struct csv_decoder *csv, struct line line, uint32_t *wrong)
{
	const struct csv_dialect *dialect = &csv->dialect;
	uint32_t at = 0;

	csv->any_escaped = true;
	if (!utf8_valid(line.text, line.len))
		return outcome_error(DECODE_SYNTAX);
	for (uint32_t n = 0;; n++, at++) {
		*wrong = at;
		if (n == csv->decoder.schema->n_fields)
			return outcome_error(DECODE_LENGTH);
		csv->escaped[n] = false;
		if (dialect->has_quote && at < line.len && line.text[at] == dialect->quote) {
			csv->starts[n] = at + 1;
			at = find_close(dialect, line, at + 1, &csv->escaped[n]);
			csv->ends[n] = at;
			if (at == line.len)
				return outcome_error(DECODE_SYNTAX);
			for (at++; at < line.len && line.text[at] == ' ';)
				at++;
		} else {
			csv->starts[n] = at;
			at = find_delimiter(dialect, line, at, &csv->escaped[n]);
			csv->ends[n] = at;
		}
		csv->n_fields = n + 1;
		if (at == line.len)
			return OUTCOME_OK;
		if (line.text[at] != dialect->delimiter)
			return outcome_error(DECODE_SYNTAX);
	}
}

// What an escaped character stands for, as in Jackson.
static char unescape(char c)
{
	switch (c) {
	case '0':
		return '\0';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

// Write text[:len] without its doubled quotes and escapes to out[:len]; returns the length.
static uint32_t unescape_field(
	const struct csv_dialect *dialect, const char *text, uint32_t len, char *out)
{
	char *at = out;

	for (uint32_t i = 0; i < len; i++) {
		if (dialect->has_escape && text[i] == dialect->escape && i + 1 < len)
			*at++ = unescape(text[++i]);
		else if (dialect->has_quote && text[i] == dialect->quote && i + 1 < len &&
			 text[i + 1] == dialect->quote)
			*at++ = text[++i];
		else
			*at++ = text[i];
	}
	return (uint32_t)(at - out);
}

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
		store_view(row, target, quick_view(text, len));
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
	len = unescape_field(&csv->dialect, text, len, plain);
	outcome = convert_field(row, csv, target, plain, len);
	if (!type_is_view(target->kind) || (target->is_string && len <= STR_INLINE_MAX))
		out->heap_used = heap_used;
	return outcome;
}

static inline int convert_fields(struct row *row, const struct csv_decoder *csv, struct line line)
{
	int outcome;

	for (uint16_t i = 0; i < csv->targets.n; i++) {
		const struct target *target = &csv->targets.of[i];
		uint32_t start = csv->starts[target->column];
		uint32_t len = csv->ends[target->column] - start;

		if (unlikely(target->column >= csv->n_fields))
			outcome = row_null(row, target);
		else if (unlikely(csv->any_escaped && csv->escaped[target->column]))
			outcome = convert_escaped(row, csv, target, line.text + start, len);
		else
			outcome = convert_field(row, csv, target, line.text + start, len);
		if (unlikely(outcome != OUTCOME_OK)) {
			row->at = line.text + start;
			return outcome;
		}
	}
	return OUTCOME_OK;
}

// Lines that are no rows: the header, comments, and empty ones (Flink makes no row of them either).
static bool is_no_row(struct csv_decoder *csv, struct line line)
{
	if (csv->decoder.header_ahead) {
		csv->decoder.header_ahead = false;
		return true;
	}
	return line.len == 0 || (csv->allow_comments && line.text[0] == '#');
}

static inline __attribute__((always_inline)) int decode_one(
	struct decoder *decoder, const struct message *message, struct row *row)
{
	struct csv_decoder *csv = (struct csv_decoder *)decoder; // its first member
	struct line line = {(const char *)message->data, message->len};
	uint32_t wrong = 0;
	int outcome;

	// Framing may have left the line's end.
	if (line.len > 0 && line.text[line.len - 1] == '\n')
		line.len--;
	if (line.len > 0 && line.text[line.len - 1] == '\r')
		line.len--;
	if (unlikely(csv->decoder.header_ahead || line.len == 0 || csv->allow_comments) &&
		is_no_row(csv, line))
		return OUTCOME_SKIP;
	outcome = find_fields(csv, line);
	if (unlikely(outcome == OUTCOME_SKIP))
		outcome = find_fields_careful(csv, line, &wrong);
	row->at = line.text + wrong;
	if (unlikely(outcome != OUTCOME_OK))
		return outcome;
	// Too few: Flink's arity check, which ignore-parse-errors switches off.
	if (unlikely(csv->n_fields < decoder->schema->n_fields) &&
		decoder->on_error != ON_PARSE_ERROR_NULL) {
		row->at = line.text + line.len;
		return outcome_error(DECODE_LENGTH);
	}
	return convert_fields(row, csv, line);
}

static uint16_t csv_decode(struct decoder *decoder, const struct message *messages, uint16_t n,
	struct block_store *out)
{
	return decode_burst(decoder, messages, n, out, decode_one);
}

static void csv_decoder_free(struct decoder *decoder)
{
	struct csv_decoder *csv = (struct csv_decoder *)decoder;

	mem_free(decoder->mem, (void *)csv->dialect.null_literal);
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
		targets_init(&csv->targets, mem, schema, wanted) < 0) {
		csv_decoder_free(&csv->decoder);
		goto no_memory;
	}
	return &csv->decoder;

free_csv:
	mem_free(mem, csv);
	return NULL;
no_memory:
	err_set(err, ENOMEM, "out of memory for the csv decoder");
	return NULL;
}
