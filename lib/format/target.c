#include "format/target.h"
#include <errno.h>

static void set_range(struct target *target)
{
	unsigned bits = 8u * target->width;

	target->max = (int64_t)(UINT64_MAX >> (65 - (bits > 64 ? 64 : bits)));
	target->min = -target->max - 1;
}

struct target target_of(struct type type, uint16_t column)
{
	struct target target = {
		.kind = type.kind,
		.nullable = type.nullable,
		.is_string = type_is_string(type.kind),
		.width = (uint8_t)type_width(type.kind),
		.column = column,
		.type = type,
	};

	set_range(&target);
	if (type_is_timestamp(type.kind) && type.precision >= 3 && type.precision <= 6)
		target.units_per_ms = type_units_per_second(type) / 1000;
	if (type.kind == TYPE_DECIMAL)
		target.limit = decimal_power(type.precision);
	return target;
}

int targets_init(
	struct targets *targets, struct mem *mem, const struct schema *schema, const bool *wanted)
{
	targets->n = 0;
	targets->of = mem_zalloc(mem, schema->n_fields * sizeof(*targets->of));
	if (targets->of == NULL)
		return -ENOMEM;
	for (uint16_t i = 0; i < schema->n_fields; i++)
		if (wanted[i])
			targets->of[targets->n++] = target_of(schema->fields[i].type, i);
	return 0;
}

bool targets_have_binary(const struct targets *targets)
{
	for (uint16_t i = 0; i < targets->n; i++)
		if (type_is_binary(targets->of[i].kind))
			return true;
	return false;
}

int row_null(struct row *row, const struct target *target)
{
	if (!target->nullable)
		return outcome_error(DECODE_MISSING);
	row_set_null(row, target);
	return OUTCOME_OK;
}

int row_unconverted(
	struct row *row, const struct decoder *decoder, const struct target *target, int outcome)
{
	if (outcome == OUTCOME_NULL)
		return row_null(row, target);
	if (outcome == OUTCOME_FULL || decoder->on_error != ON_PARSE_ERROR_NULL ||
		!target->nullable)
		return outcome;
	row->n_null_fields++;
	row_set_null(row, target);
	return OUTCOME_OK;
}

void decoder_reject(struct decoder *decoder, const struct message *message, const char *at,
	enum decode_error error)
{
	uint64_t n_dropped = 0;

	for (int i = 0; i < DECODE_ERRORS; i++)
		n_dropped += decoder->n_errors[i];
	if (n_dropped == 0) {
		decoder->first_error_message = decoder->n_messages;
		decoder->first_error_offset = (uint32_t)(at - (const char *)message->data);
		decoder->first_error = error;
	}
	decoder->n_messages++;
	decoder->n_errors[error]++;
	if (decoder->on_error == ON_PARSE_ERROR_FAIL)
		fault_set(&decoder->fault, "a message cannot be decoded");
}

void row_undo(struct row *row, uint32_t heap_used)
{
	row->out->heap_used = heap_used;
	for (uint16_t i = 0; i < row->out->block.n_columns; i++)
		row->out->columns[i].nulls[row->slot / 64] &= ~(1ull << (row->slot % 64));
}

bool decoder_refuse(struct decoder *decoder, const struct message *message, struct row *row,
	int outcome, uint16_t *n_taken)
{
	if (outcome == OUTCOME_FULL) {
		// The next, empty, block may have the room that this one lacks.
		if (row->slot > 0)
			return false;
		outcome = outcome_error(DECODE_LENGTH);
	}
	++*n_taken;
	if (outcome == OUTCOME_SKIP)
		return true;
	decoder_reject(decoder, message, row->at, (enum decode_error)(outcome - OUTCOME_ERROR));
	return decoder->fault.text == NULL;
}
