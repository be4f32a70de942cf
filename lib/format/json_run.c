#include "format/json_run.h"
#include <rte_prefetch.h>

enum { AHEAD = 8 }; // messages that are fetched before they are looked at

struct texts json_run_texts(
	const struct json_run *run, const struct json_shape_part *part, uint16_t n)
{
	return (struct texts){
		.n = n,
		.is_json = !part->is_string,
		.skip = part->skip,
		.stride = sizeof(run->indexes[0]) / sizeof(run->indexes[0].at[0]),
		.messages = run->messages,
		.starts = run->indexes[0].at + part->before,
		.ends = run->indexes[0].at + part->entry,
	};
}

// How many of the first n messages there are before one that has something else in front of its
// value.
static uint16_t match_glue(
	const struct json_run *run, const struct json_shape_part *part, uint16_t n)
{
	const struct texts texts = json_run_texts(run, part, n);
	const struct json_shape_part it = *part;

	for (uint16_t i = 0; i < n; i++) {
		uint32_t len;
		const char *value = texts_at(&texts, i, &len);

		// A value that ends before it starts has no room for the glue either.
		if (unlikely(len > JSON_PLAIN_MAX ||
			     !chunk_starts_with(value - it.len, it.glue, it.len)))
			return i;
	}
	return n;
}

// Messages are indexed sooner than memory hands out the next ones.
static inline void fetch_ahead(const struct message *messages, uint16_t i, uint16_t n)
{
	if (i + AHEAD >= n)
		return;
	for (uint32_t at = 0; at < messages[i + AHEAD].len; at += RTE_CACHE_LINE_SIZE)
		rte_prefetch0(messages[i + AHEAD].data + at);
}

// Make indexes of messages[:n], up to the first that is not plain or that has other entries than
// the shape. Returns how many were made; *n_same becomes how many have the shape's entries.
static uint16_t make_indexes(struct json_run *run, const struct json_shape *shape,
	const struct message *messages, uint16_t n, uint16_t *n_same)
{
	uint16_t i;

	for (i = 0; i < n; i++) {
		struct json_index *index = &run->indexes[i];

		fetch_ahead(messages, i, n);
		run->messages[i] = (const char *)messages[i].data;
		if (unlikely(!json_index_make(index, run->messages[i], messages[i].len)))
			break;
		if (unlikely(!json_shape_has_entries(shape, index))) {
			*n_same = i;
			return i + 1;
		}
	}
	*n_same = i;
	return i;
}

uint16_t json_run_find(struct json_run *run, const struct json_shape *shape,
	const struct message *messages, uint16_t n, struct json_index *other)
{
	uint16_t n_made;

	run->other = NULL;
	if (shape->n == 0)
		return 0;
	n_made = make_indexes(run, shape, messages, n, &n);
	n = match_glue(run, &shape->ending, n);
	for (uint32_t i = 0; i < shape->n; i++)
		n = match_glue(run, &shape->parts[i], n);
	if (n < n_made) {
		run->other = &messages[n];
		json_index_copy(other, &run->indexes[n]);
	}
	// Messages that are read together with the last ones are the last one again.
	for (uint16_t to = n; n > 0 && to % TEXTS_TOGETHER != 0; to++) {
		run->messages[to] = run->messages[n - 1];
		json_index_copy(&run->indexes[to], &run->indexes[n - 1]);
	}
	return n;
}
