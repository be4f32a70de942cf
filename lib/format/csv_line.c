#include "format/csv_line.h"
#include "format/chunk.h"
#include "format/utf8.h"

// Find the fields of a line without quotes and escapes. OUTCOME_SKIP when it has some.
static int find_plain(struct csv_line *line, const struct csv_dialect *dialect, uint32_t n_max)
{
	uint32_t n = 0;
	uint64_t careful = 0, not_ascii = 0;

	line->starts[0] = 0;
	for (uint32_t base = 0; base < line->len; base += CHUNK) {
		struct chunk chunk = chunk_load(line->text + base, line->len - base);
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
		for (; delimiters != 0; delimiters &= delimiters - 1) {
			line->ends[n] = base + mask_first(delimiters);
			line->starts[n + 1] = line->ends[n] + 1;
			n++;
		}
	}
	line->ends[n] = line->len;
	line->n_fields = n + 1;
	line->any_escaped = false;
	if (unlikely(not_ascii != 0) && !utf8_valid(line->text, line->len))
		return outcome_error(DECODE_SYNTAX);
	return OUTCOME_OK;
}

// Index of the first of two characters in line from `at` on, or line->len.
static uint32_t find_either(const struct csv_line *line, uint32_t at, char a, char b)
{
	for (; at < line->len; at += CHUNK) {
		struct chunk chunk = chunk_load(line->text + at, line->len - at);
		uint32_t first = mask_first(chunk_equal(chunk, a) | chunk_equal(chunk, b));

		if (first < CHUNK)
			return at + first;
	}
	return line->len;
}

// The rest of a quoted field, from behind its opening quote. Returns the index of the closing
// quote, or line->len when there is none; *escaped: it holds quotes or escapes.
static uint32_t find_close(
	const struct csv_dialect *dialect, const struct csv_line *line, uint32_t at, bool *escaped)
{
	char escape = dialect->has_escape ? dialect->escape : dialect->quote;

	for (;;) {
		at = find_either(line, at, dialect->quote, escape);
		if (at >= line->len)
			return line->len;
		if (line->text[at] == dialect->quote &&
			(at + 1 == line->len || line->text[at + 1] != dialect->quote))
			return at;
		if (at + 1 == line->len) // an escape with nothing behind it
			return line->len;
		*escaped = true;
		at += 2;
	}
}

// The end of a field without quotes: its delimiter or the line's end.
static uint32_t find_delimiter(
	const struct csv_dialect *dialect, const struct csv_line *line, uint32_t at, bool *escaped)
{
	char escape = dialect->has_escape ? dialect->escape : dialect->delimiter;

	for (;;) {
		at = find_either(line, at, dialect->delimiter, escape);
		if (at >= line->len || line->text[at] == dialect->delimiter)
			return at;
		*escaped = true;
		at += 2;
	}
}

// Find the fields of a line where some have quotes or escapes. A quote is special only where a
// field starts; between its end and the delimiter blanks are let pass, as Jackson does.
static int find_careful(struct csv_line *line, const struct csv_dialect *dialect, uint32_t n_max)
{
	uint32_t at = 0;

	line->any_escaped = true;
	if (!utf8_valid(line->text, line->len))
		return outcome_error(DECODE_SYNTAX);
	for (uint32_t n = 0;; n++, at++) {
		line->wrong = at;
		if (n == n_max)
			return outcome_error(DECODE_LENGTH);
		line->escaped[n] = false;
		if (dialect->has_quote && at < line->len && line->text[at] == dialect->quote) {
			line->starts[n] = at + 1;
			at = find_close(dialect, line, at + 1, &line->escaped[n]);
			line->ends[n] = at;
			if (at == line->len)
				return outcome_error(DECODE_SYNTAX);
			for (at++; at < line->len && line->text[at] == ' ';)
				at++;
		} else {
			line->starts[n] = at;
			at = find_delimiter(dialect, line, at, &line->escaped[n]);
			line->ends[n] = at;
		}
		line->n_fields = n + 1;
		if (at == line->len)
			return OUTCOME_OK;
		if (line->text[at] != dialect->delimiter)
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

uint32_t csv_line_unescape(
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

int csv_line_find(struct csv_line *line, const struct csv_dialect *dialect, uint32_t n_max)
{
	int outcome;

	line->wrong = 0;
	outcome = find_plain(line, dialect, n_max);
	return outcome == OUTCOME_SKIP ? find_careful(line, dialect, n_max) : outcome;
}
