// Idea: delimiters are found a chunk at a time, as bits of a mask, and their places are written
// down all at once (after Langdale, Lemire, "Parsing Gigabytes of JSON per Second", 2019).
#include "format/csv_run.h"
#include <errno.h>
#include <string.h>
#include "format/chunk.h"
#include "format/csv_line.h"
#include "format/utf8.h"

int csv_run_init(struct csv_run *run, struct mem *mem, uint16_t n_fields)
{
	run->stride = 1u + n_fields + CHUNK_PLACES;
	run->n_fields = n_fields;
	run->places = mem_zalloc(mem, TEXTS_MAX * run->stride * sizeof(*run->places));
	return run->places == NULL ? -ENOMEM : 0;
}

// Bytes that a plain line has none of. What a dialect does not have is no byte of UTF-8.
struct specials {
	char quote, escape;
};

// A line with special bytes or others than ASCII is plain when it is UTF-8 without special bytes.
static __attribute__((noinline)) bool is_plain(
	struct specials specials, const char *line, uint32_t len)
{
	return memchr(line, specials.quote, len) == NULL &&
	       memchr(line, specials.escape, len) == NULL && utf8_valid(line, len);
}

// Whether line[:len] is plain and has n_fields fields; then places[:n_fields + 1] say where they
// are.
static inline bool find_fields(uint16_t *places, uint32_t n_fields, char delimiter,
	struct specials specials, const char *line, uint32_t len)
{
	uint64_t careful = 0, delimiters;
	uint32_t n = 1, n_more;

	places[0] = 0;
	for (uint32_t base = 0; base < len; base += CHUNK) {
		struct chunk chunk = chunk_load(line + base, len - base);

		careful |= chunk_equal(chunk, specials.quote) |
			   chunk_equal(chunk, specials.escape) | chunk_not_ascii(chunk);
		delimiters = chunk_equal(chunk, delimiter);
		n_more = (uint32_t)__builtin_popcountll(delimiters);
		if (unlikely(n + n_more > n_fields))
			return false;
		chunk_places(places + n, delimiters, n_more, base);
		n += n_more;
	}
	places[n] = (uint16_t)len;
	return n == n_fields && (likely(careful == 0) || is_plain(specials, line, len));
}

uint16_t csv_run_find(struct csv_run *run, const struct csv_dialect *dialect, char comment,
	const struct message *messages, uint16_t n)
{
	const uint32_t n_fields = run->n_fields, stride = run->stride;
	const char delimiter = dialect->delimiter, none = '\xff';
	const struct specials specials = {
		.quote = dialect->has_quote ? dialect->quote : none,
		.escape = dialect->has_escape ? dialect->escape : none,
	};
	uint16_t *places = run->places;
	uint16_t i;

	for (i = 0; i < n; i++, places += stride) {
		const char *line = (const char *)messages[i].data;
		uint32_t len = csv_line_len(line, messages[i].len);

		if (unlikely(
			    len == 0 || len >= UINT16_MAX || (comment != '\0' && *line == comment)))
			break;
		run->lines[i] = line;
		if (unlikely(!find_fields(places, n_fields, delimiter, specials, line, len)))
			break;
	}
	// Lines that are read together with the last ones are the last one again.
	for (uint16_t to = i; i > 0 && to % TEXTS_TOGETHER != 0; to++) {
		run->lines[to] = run->lines[i - 1];
		memcpy(run->places + to * stride, run->places + (i - 1) * stride,
			(n_fields + 1) * sizeof(*places));
	}
	return i;
}
