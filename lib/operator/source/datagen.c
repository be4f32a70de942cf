#include "operator/source/datagen.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include "base/hash.h"
#include "row/decimal.h"
#include "row/number.h"
#include "operator/source/source_state.h"

enum { MS_PER_DAY = 86400000, NS_PER_MS = 1000000, MONTHS_PER_YEAR = 12 };

struct datagen_input {
	uint64_t random; // state of the generator
	uint64_t n_made;
	uint64_t first_tsc; // when the first row was made, or the first after a restore
	uint64_t n_before; // rows that were made before that
};

// SplitMix64 (Steele et al. 2014).
static uint64_t draw(struct datagen_input *input)
{
	input->random += 0x9e3779b97f4a7c15u;
	return hash_mix(input->random);
}

static double draw_unit(struct datagen_input *input) // 0 ≤ x < 1
{
	return (double)(draw(input) >> 11) * 0x1p-53;
}

static int datagen_open(struct source *source, struct err *err)
{
	struct datagen_input *input = mem_zalloc(source->op.task->mem, sizeof(*input));

	if (input == NULL)
		return err_set(err, ENOMEM, "no memory for the source %s", source->config->table);
	memcpy(&input->random, source->op.task->seed->bytes, sizeof(input->random));
	source->state = input;
	return 0;
}

static void datagen_close(struct source *source)
{
	mem_free(source->op.task->mem, source->state);
}

// An integer of min … max, both inclusive, or the row's number in a sequence.
static int64_t make_integer(
	struct datagen_input *input, const struct datagen_field *field, uint64_t row)
{
	double span = field->max - field->min + 1;

	if (field->kind == DATAGEN_SEQUENCE)
		return field->start + (int64_t)row;
	return (int64_t)(field->min + floor(draw_unit(input) * span));
}

static double make_real(
	struct datagen_input *input, const struct datagen_field *field, uint64_t row)
{
	if (field->kind == DATAGEN_SEQUENCE)
		return (double)(field->start + (int64_t)row);
	return field->min + draw_unit(input) * (field->max - field->min);
}

// Hexadecimal digits, as Flink's random strings. False when the block's heap is full.
static bool make_string(
	struct source *source, const struct datagen_field *field, uint64_t row, struct str *value)
{
	struct datagen_input *input = source->state;
	char digits[NUMBER_TEXT_MAX];
	uint32_t len = (uint32_t)field->length;
	char *text;

	if (field->kind == DATAGEN_SEQUENCE)
		len = number_format_int(field->start + (int64_t)row, digits);
	text = block_store_alloc(source->store, len);
	if (text == NULL)
		return false;
	if (field->kind == DATAGEN_SEQUENCE)
		memcpy(text, digits, len);
	else
		for (uint32_t i = 0; i < len; i++)
			text[i] = "0123456789abcdef"[draw(input) & 15];
	*value = str_view(text, len);
	return true;
}

static int64_t make_timestamp(
	struct source *source, const struct datagen_field *field, struct type type)
{
	int64_t ms = source->op.task->now.wall_ns / NS_PER_MS;

	if (field->max_past_ms > 0)
		ms -= (int64_t)(draw_unit(source->state) * (double)field->max_past_ms);
	return ms * (type_units_per_second(type) / 1000);
}

// One value into a column. False when the block's heap is full.
static bool make_value(struct source *source, uint16_t i, uint16_t slot, uint64_t row)
{
	const struct datagen_field *field = &source->config->datagen->fields[i];
	struct type type = source->op.spec->output->fields[i].type;
	struct datagen_input *input = source->state;
	struct column *column = &source->store->columns[i];
	void *values = column->values;

	if (field->null_rate > 0 && draw_unit(input) < field->null_rate) {
		nulls_set(column->nulls, slot);
		return true;
	}
	switch (type.kind) {
	case TYPE_BOOLEAN:
		((uint8_t *)values)[slot] = draw(input) & 1;
		return true;
	case TYPE_TINYINT:
		((int8_t *)values)[slot] = (int8_t)make_integer(input, field, row);
		return true;
	case TYPE_SMALLINT:
		((int16_t *)values)[slot] = (int16_t)make_integer(input, field, row);
		return true;
	case TYPE_INT:
		((int32_t *)values)[slot] = (int32_t)make_integer(input, field, row);
		return true;
	case TYPE_DATE:
		((int32_t *)values)[slot] =
			(int32_t)(source->op.task->now.wall_ns / NS_PER_MS / MS_PER_DAY);
		return true;
	case TYPE_TIME:
		((int32_t *)values)[slot] =
			(int32_t)(source->op.task->now.wall_ns / NS_PER_MS % MS_PER_DAY);
		return true;
	case TYPE_INTERVAL_YEAR:
		((int32_t *)values)[slot] = (int32_t)(draw(input) % (100 * MONTHS_PER_YEAR));
		return true;
	case TYPE_BIGINT:
	case TYPE_INTERVAL_DAY:
		((int64_t *)values)[slot] = make_integer(input, field, row);
		return true;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		((int64_t *)values)[slot] = make_timestamp(source, field, type);
		return true;
	case TYPE_FLOAT:
		((float *)values)[slot] = (float)make_real(input, field, row);
		return true;
	case TYPE_DOUBLE:
		((double *)values)[slot] = make_real(input, field, row);
		return true;
	case TYPE_DECIMAL:
		if (!decimal_from_double(make_real(input, field, row), type.precision, type.scale,
			    &((decimal *)values)[slot]))
			nulls_set(column->nulls, slot);
		return true;
	default:
		return make_string(source, field, row, &((struct str *)values)[slot]);
	}
}

// How many rows are due by now.
static uint64_t rows_due(struct source *source, struct datagen_input *input)
{
	const struct datagen_config *config = source->config->datagen;
	uint64_t due = config->number_of_rows - input->n_made;
	double elapsed, at_rate;

	if (config->rows_per_second <= 0)
		return due;
	if (input->first_tsc == 0)
		input->first_tsc = source->op.task->now.tsc;
	elapsed = (double)(source->op.task->now.tsc - input->first_tsc) /
		  (double)source->op.task->tsc_hz;
	at_rate = elapsed * config->rows_per_second + 1 - (double)(input->n_made - input->n_before);
	if (at_rate < 1)
		return 0;
	return at_rate < (double)due ? (uint64_t)at_rate : due;
}

static uint32_t datagen_poll(struct source *source)
{
	struct datagen_input *input = source->state;
	uint64_t due = rows_due(source, input);
	struct block *block = &source->store->block;
	uint16_t n = due < BLOCK_ROWS_MAX ? (uint16_t)due : BLOCK_ROWS_MAX;

	source->input_ended = input->n_made == source->config->datagen->number_of_rows;
	if (n == 0)
		return 0;
	block_store_reset(source->store);
	for (uint16_t slot = 0; slot < n; slot++) {
		bool fits = true;

		for (uint16_t i = 0; i < source->op.spec->output->n_fields && fits; i++)
			fits = make_value(source, i, slot, input->n_made);
		if (!fits)
			break; // this row is made again in the next block
		input->n_made++;
		block->n_rows = block->n_slots = slot + 1;
	}
	source->received = source->op.task->now;
	source->has_arrival = true;
	source_note_input(source);
	source_emit_store(source);
	return block->n_rows;
}

static void datagen_freeze(struct source *source, struct record_out *out)
{
	const struct datagen_input *input = source->state;

	record_put_u64(out, input->random);
	record_put_u64(out, input->n_made);
}

static int datagen_restore(struct source *source, struct record_reader *in, struct err *err)
{
	struct datagen_input *input = source->state;

	input->random = record_get_u64(in);
	input->n_made = input->n_before = record_get_u64(in);
	if (input->n_made <= source->config->datagen->number_of_rows)
		return 0;
	return err_set(err, EINVAL, "table %s: the checkpoint has made more rows than there are",
		source->config->table);
}

const struct source_input source_datagen_input = {
	.open = datagen_open,
	.poll = datagen_poll,
	.freeze = datagen_freeze,
	.restore = datagen_restore,
	.close = datagen_close,
};
