// A run of plain CSV lines, without quotes, escapes and errors: where their fields are. The fields
// of one column can then be converted together.
#pragma once
#include "base/mem.h"
#include "base/message.h"
#include "format/csv_options.h"
#include "format/texts.h"

struct csv_run {
	uint32_t n_fields; // of each line
	const char *lines[TEXTS_MAX];
	// From places[i * stride] on: 0, where line i starts, and where each of its fields ends.
	uint16_t *places;
	uint32_t stride;
};

// Returns 0, or -ENOMEM. run->places is freed with mem_free().
int csv_run_init(struct csv_run *run, struct mem *mem, uint16_t n_fields);

// Find the fields of messages[:n], n ≤ TEXTS_MAX, up to the first that is not plain, has not
// n_fields fields or starts with comment (NUL: nothing does). Returns how many there are.
uint16_t csv_run_find(struct csv_run *run, const struct csv_dialect *dialect, char comment,
	const struct message *messages, uint16_t n);

// The first n lines' fields of one column.
static inline struct texts csv_run_texts(const struct csv_run *run, uint16_t column, uint16_t n)
{
	return (struct texts){
		.n = n,
		.skip = column > 0, // the delimiter
		.stride = run->stride,
		.messages = run->lines,
		.starts = run->places + column,
		.ends = run->places + column + 1,
	};
}
