// Messages that are alike, decoded a run at a time: a format first notes where their columns are
// and then converts one column of all of them after the other (texts.h). A message that is not like
// the others, or in which something does not convert, is decoded by itself.
#pragma once
#include <rte_common.h>
#include "format/target.h"
#include "format/texts.h"

// Note where the columns of messages[:n] are, n ≤ TEXTS_MAX, up to the first that must be decoded
// by itself. Returns how many there are.
typedef uint16_t run_find_fn(struct decoder *decoder, const struct message *messages, uint16_t n);

// Convert the first n of the messages found to rows from out->block.n_slots on. Returns how many
// there are before one that must be decoded by itself; the rest is taken back, with all that the
// run has put into the heap. So only a run of one may do that.
typedef uint16_t run_convert_fn(struct decoder *decoder, uint16_t n, struct block_store *out);

// Append the messages at the start of messages[:n] that make a run. Returns how many; *n_alone
// becomes how many of those that follow should be decoded one by one.
static inline __attribute__((always_inline)) uint16_t run_decode_first(struct decoder *decoder,
	const struct message *messages, uint16_t n, struct block_store *out, run_find_fn *find,
	run_convert_fn *convert, uint16_t *n_alone)
{
	struct row row = {.out = out};
	uint32_t heap_used = out->heap_used;
	uint16_t n_found = find(decoder, messages, n);
	uint16_t n_good = n_found > 0 ? convert(decoder, n_found, out) : 0;

	for (uint16_t i = n_good; i < n_found; i++) {
		row.slot = (uint16_t)(out->block.n_slots + i);
		row_undo(&row, heap_used);
	}
	*n_alone = n_good < n_found ? n_found - n_good : n_found < n;
	decoder->n_messages += n_good;
	out->block.n_slots += n_good;
	out->block.n_rows = out->block.n_slots;
	return n_good;
}

// The burst loop of formats that decode in runs of n_max messages at most; the functions are
// constants, so they are inlined.
static inline __attribute__((always_inline)) uint16_t run_decode(struct decoder *decoder,
	const struct message *messages, uint16_t n, uint16_t n_max, struct block_store *out,
	run_find_fn *find, run_convert_fn *convert, row_decode_fn *decode_one)
{
	uint16_t n_taken = 0, n_alone, n_done;

	while (n_taken < n && out->block.n_slots < BLOCK_ROWS_MAX) {
		uint16_t left = RTE_MIN(n - n_taken, BLOCK_ROWS_MAX - out->block.n_slots);

		n_taken += run_decode_first(decoder, messages + n_taken, RTE_MIN(left, n_max), out,
			find, convert, &n_alone);
		n_done = decode_burst(decoder, messages + n_taken, n_alone, out, decode_one);
		n_taken += n_done;
		if (n_done < n_alone || decoder->fault.text != NULL)
			break;
	}
	return n_taken;
}
