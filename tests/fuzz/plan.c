// A script through all of the planner: scanner, grammar, binder, plan, physical plan, EXPLAIN.
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "sql/sql.h"

enum { MUTATIONS_MAX = 4, WORD_MAX = 64 };

// The mutator of libFuzzer; replay.c has none and calls no mutator.
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

static const char *const words[] = {
	"SELECT",
	"DISTINCT",
	"FROM",
	"WHERE",
	"GROUP BY",
	"HAVING",
	"UNION ALL",
	"INSERT INTO",
	"CREATE TABLE",
	"CREATE VIEW",
	"AS",
	"NULL",
	"NOT",
	"AND",
	"OR",
	"IS",
	"IN",
	"BETWEEN",
	"LIKE",
	"CASE WHEN",
	"THEN",
	"ELSE",
	"END",
	"CAST(",
	"AS INT)",
	"AS STRING)",
	"AS DECIMAL(38, 37))",
	"AS TIMESTAMP(3))",
	"TABLE(",
	"TUMBLE(",
	"HOP(",
	"CUMULATE(",
	"DESCRIPTOR(ts)",
	"INTERVAL '1' SECOND",
	"INTERVAL '999999999' DAY",
	"window_start",
	"window_end",
	"window_time",
	"COUNT(*)",
	"SUM(",
	"AVG(",
	"MIN(",
	"MAX(",
	"FILTER (WHERE",
	"PROCTIME()",
	"CURRENT_TIMESTAMP",
	"(",
	")",
	",",
	";",
	"*",
	"+",
	"-",
	"/",
	"%",
	"||",
	"=",
	"<>",
	"<",
	">=",
	".",
	"0",
	"1",
	"-1",
	"9223372036854775807",
	"99999999999999999999",
	"1e308",
	"0.1",
	"''",
	"'a'",
	"TRUE",
	"k",
	"v",
	"ts",
	"t",
	"o",
	"SET 'k' = 'v';",
	"EXPLAIN",
	"WATERMARK FOR ts AS ts",
	"PRIMARY KEY (k) NOT ENFORCED",
	"WITH",
	"ROW(",
	"ARRAY[",
};

// Lines end at '\n'; a position may point just behind the last byte of its line.
static int is_inside(struct pos pos, const char *text, size_t len)
{
	const char *line = text, *end = text + len, *line_end;

	for (uint32_t n = 1; n < pos.line; n++) {
		line = memchr(line, '\n', (size_t)(end - line));
		if (line == NULL)
			return 0;
		line++;
	}
	line_end = memchr(line, '\n', (size_t)(end - line));
	if (line_end == NULL)
		line_end = end;
	return pos.line > 0 && pos.column > 0 && pos.column <= (size_t)(line_end - line) + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *text = (const char *)data;
	struct sql_plan plan = {0};
	struct err err = {0};

	if (sql_plan(arena, text, size, NULL, 0, NULL, &plan, &err) == 0) {
		// A plan that explains itself, and no error.
		if (err.text[0] != '\0' || sql_explain(plan.job, arena) == NULL)
			abort();
	} else if (err.text[0] == '\0' || strchr(err.text, '\n') != NULL ||
		   !is_inside(err.pos, text, size)) {
		abort(); // an error says what is wrong, on one line, and where
	}
	arena_free(arena);
	return 0;
}

static unsigned draw(unsigned *seed, unsigned below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static int is_word(uint8_t c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c >= 0x80;
}

// The word or the mark at or behind a byte that seed draws: data[*from:*to].
static void draw_word(const uint8_t *data, size_t size, unsigned *seed, size_t *from, size_t *to)
{
	size_t at = draw(seed, (unsigned)size + 1);

	while (at > 0 && at < size && is_word(data[at]) && is_word(data[at - 1]))
		at--;
	while (at < size && (data[at] == ' ' || data[at] == '\n'))
		at++;
	*from = at;
	*to = at < size ? at + 1 : at;
	while (*to < size && is_word(data[at]) && is_word(data[*to]))
		++*to;
}

// data[from:to] becomes word[:len], if there is room.
static size_t replace(uint8_t *data, size_t size, size_t size_max, size_t from, size_t to,
	const void *word, size_t len)
{
	if (size - (to - from) + len > size_max)
		return size;
	memmove(data + from + len, data + to, size - to);
	memcpy(data + from, word, len);
	return size - (to - from) + len;
}

// One word is left out, doubled, replaced by one of the language's or by another of this script.
static size_t mutate_word(uint8_t *data, size_t size, size_t size_max, unsigned *seed)
{
	char word[WORD_MAX];
	size_t from, to, other, other_end, len;

	draw_word(data, size, seed, &from, &to);
	draw_word(data, size, seed, &other, &other_end);
	switch (draw(seed, 4)) {
	case 0:
		return replace(data, size, size_max, from, to, "", 0);
	case 1:
		to = from;
		break; // another of this script, put in front
	case 2:
		break; // the same, instead
	default:
		len = strlen(strcpy(word, words[draw(seed, sizeof(words) / sizeof(words[0]))]));
		word[len++] = ' ';
		return replace(
			data, size, size_max, from, draw(seed, 2) != 0 ? to : from, word, len);
	}
	len = other_end - other < WORD_MAX - 1 ? other_end - other : WORD_MAX - 1;
	memcpy(word, data + other, len);
	word[len++] = ' ';
	return replace(data, size, size_max, from, to, word, len);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
	if (draw(&seed, 4) == 0)
		return LLVMFuzzerMutate(data, size, size_max);
	for (unsigned n = 1 + draw(&seed, MUTATIONS_MAX); n > 0; n--)
		size = mutate_word(data, size, size_max, &seed);
	return size;
}
