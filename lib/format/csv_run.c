// Idea: delimiters are found a chunk at a time, as bits of a mask, and their places are written
// down all at once (after Langdale, Lemire, "Parsing Gigabytes of JSON per Second", 2019).
#include "format/csv_run.h"
#include <errno.h>
#include "format/chunk.h"
#include "format/csv_line.h"
#include "format/utf8.h"

int csv_run_init(struct csv_run *run, struct mem *mem, uint16_t n_fields)
{
	run->stride = 1u + n_fields + CHUNK_PLACES;
	run->n_fields = n_fields;
	run->ends = mem_zalloc(mem, TEXTS_MAX * run->stride * sizeof(*run->ends));
	return run->ends == NULL ? -ENOMEM : 0;
}

// Whether line[:len] is plain; then ends[:n_fields + 1] say where its fields are.
static inline bool find_fields(uint16_t *ends, uint32_t n_fields, const struct csv_dialect *dialect,
	const char *line, uint32_t len)
{
	uint64_t not_ascii = 0, careful = 0;
	uint32_t n = 1, n_more;

	ends[0] = UINT16_MAX; // one before field 0
	for (uint32_t base = 0; base < len; base += CHUNK) {
		struct chunk chunk = chunk_load(line + base, len - base);
		uint64_t delimiters = chunk_equal(chunk, dialect->delimiter);

		if (dialect->has_quote)
			careful |= chunk_equal(chunk, dialect->quote);
		if (dialect->has_escape)
			careful |= chunk_equal(chunk, dialect->escape);
		not_ascii |= chunk_not_ascii(chunk);
		n_more = (uint32_t)__builtin_popcountll(delimiters);
		if (unlikely(careful != 0 || n + n_more > n_fields))
			return false;
		chunk_places(ends + n, delimiters, n_more, base);
		n += n_more;
	}
	ends[n] = (uint16_t)len;
	return n == n_fields && (likely(not_ascii == 0) || utf8_valid(line, len));
}

uint16_t csv_run_find(struct csv_run *run, const struct csv_dialect *dialect, char comment,
	const struct message *messages, uint16_t n)
{
	uint16_t *ends = run->ends;
	uint16_t i;

	for (i = 0; i < n; i++, ends += run->stride) {
		const char *line = (const char *)messages[i].data;
		uint32_t len = csv_line_len(line, messages[i].len);

		if (unlikely(
			    len == 0 || len >= UINT16_MAX || (*line == comment && comment != '\0')))
			break;
		run->lines[i] = line;
		if (unlikely(!find_fields(ends, run->n_fields, dialect, line, len)))
			break;
	}
	return i;
}

void csv_run_texts(const struct csv_run *run, uint16_t column, uint16_t n, struct texts *texts)
{
	const uint32_t stride = run->stride;
	const uint16_t *end = run->ends + column;

	texts->n = n;
	for (uint32_t i = 0; i < n; i++, end += stride) {
		uint16_t start = (uint16_t)(end[0] + 1);

		texts->at[i] = run->lines[i] + start;
		texts->lens[i] = (uint32_t)(end[1] - start);
	}
}
