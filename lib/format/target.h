// What decoders share: the columns to fill, the row being filled, and the loop over a burst.
#pragma once
#include <rte_branch_prediction.h>
#include "format/format.h"
#include "row/decimal.h"

// A column that a decoder fills, prepared so that converting a value looks at nothing else.
struct target {
	enum type_kind kind;
	bool nullable;
	bool is_string; // CHAR, VARCHAR
	uint8_t width;
	uint16_t column;
	int64_t min, max; // of integers
	// Of a TIMESTAMP of precision 3 to 6; 0 for others, which may overflow or lose digits.
	int64_t units_per_ms;
	decimal limit; // of a DECIMAL's absolute value: 10^p, exclusive
	struct type type;
};

struct targets {
	uint16_t n; // wanted columns
	struct target *of; // [:n], by column
};

struct target target_of(struct type type, uint16_t column);
// Make the targets of schema's wanted columns. Returns 0, or -ENOMEM. The array is freed with
// mem_free(mem, targets->of).
int targets_init(
	struct targets *targets, struct mem *mem, const struct schema *schema, const bool *wanted);

// Whether there is a BINARY or VARBINARY among them, whose values may take room in the heap.
bool targets_have_binary(const struct targets *targets);

// What became of a value, and of a message.
enum {
	OUTCOME_OK,
	OUTCOME_NULL, // NULL, though the text is no NULL: a DECIMAL that overflows its precision
	OUTCOME_SKIP, // no message at all: a comment, a header, an empty line
	OUTCOME_FULL, // the store's heap is full
	OUTCOME_ERROR // + enum decode_error
};

static inline int outcome_error(enum decode_error error)
{
	return OUTCOME_ERROR + (int)error;
}

// The row that is being filled.
struct row {
	struct block_store *out;
	uint16_t slot;
	uint16_t n_null_fields; // set to NULL for ON_PARSE_ERROR_NULL
	const char *at; // in the message: where it was found to be wrong
};

static inline void *row_values(const struct row *row, const struct target *target)
{
	return row->out->columns[target->column].values;
}

static inline void row_set_null(struct row *row, const struct target *target)
{
	nulls_set(row->out->columns[target->column].nulls, row->slot);
}

// A value is NULL: returns OUTCOME_OK, or DECODE_MISSING's when its column is NOT NULL.
int row_null(struct row *row, const struct target *target);

// A value did not convert: NULL or the end of the message, as the table wants it. Returns outcome,
// OUTCOME_OK when the message goes on.
int row_unconverted(
	struct row *row, const struct decoder *decoder, const struct target *target, int outcome);

// Decode one message into row. Returns an OUTCOME_; for errors row->at is in the message.
typedef int row_decode_fn(struct decoder *decoder, const struct message *message, struct row *row);

// Count a message that is dropped and keep what people need to find it.
void decoder_reject(struct decoder *decoder, const struct message *message, const char *at,
	enum decode_error error);

// Take back what the row has put into its slot and, from heap_used on, into the heap.
void row_undo(struct row *row, uint32_t heap_used);

// A row did not become one: drop its message, or leave it for the next block. Returns whether the
// burst goes on, and adds to *n_taken what was consumed.
bool decoder_refuse(struct decoder *decoder, const struct message *message, struct row *row,
	int outcome, uint16_t *n_taken);

// The burst loop of formats that go message by message; decode_one is a constant, so it is inlined.
static inline __attribute__((always_inline)) uint16_t decode_burst(struct decoder *decoder,
	const struct message *messages, uint16_t n, struct block_store *out,
	row_decode_fn *decode_one)
{
	struct row row = {.out = out, .slot = out->block.n_slots};
	uint16_t n_taken = 0;
	uint32_t heap_used;
	int outcome;

	while (n_taken < n && row.slot < BLOCK_ROWS_MAX) {
		heap_used = out->heap_used;
		row.n_null_fields = 0;
		outcome = decode_one(decoder, &messages[n_taken], &row);
		if (likely(outcome == OUTCOME_OK)) {
			decoder->n_messages++;
			decoder->n_null_fields += row.n_null_fields;
			row.slot++;
			n_taken++;
			continue;
		}
		row_undo(&row, heap_used);
		if (!decoder_refuse(decoder, &messages[n_taken], &row, outcome, &n_taken))
			break;
	}
	out->block.n_slots = row.slot;
	out->block.n_rows = row.slot;
	return n_taken;
}
