// Values as doubles, whatever the type of their columns. Of a BIGINT beyond 2^53 and of a DECIMAL
// the nearest double is taken.
#include <assert.h>
#include "operator/anomaly/anomaly_state.h"
#include "row/decimal.h"

// Rows that have no NULL there go on.
static uint16_t keep_whole(const struct column *column, uint16_t *slots, uint16_t n)
{
	uint16_t n_kept = 0;

	if (column->nulls == NULL)
		return n;
	for (uint16_t i = 0; i < n; i++) {
		slots[n_kept] = slots[i];
		n_kept += !nulls_get(column->nulls, slots[i]);
	}
	return n_kept;
}

#define CONVERT(c_type)                  \
	for (uint16_t i = 0; i < n; i++) \
	to[i] = (double)((const c_type *)values)[slots[i]]

static void convert(
	const void *values, struct type type, const uint16_t *slots, uint16_t n, double *to)
{
	switch (type.kind) {
	case TYPE_TINYINT:
		CONVERT(int8_t);
		return;
	case TYPE_SMALLINT:
		CONVERT(int16_t);
		return;
	case TYPE_INT:
		CONVERT(int32_t);
		return;
	case TYPE_BIGINT:
		CONVERT(int64_t);
		return;
	case TYPE_FLOAT:
		CONVERT(float);
		return;
	case TYPE_DOUBLE:
		CONVERT(double);
		return;
	default:
		assert(type.kind == TYPE_DECIMAL); // the planner takes numbers only
		for (uint16_t i = 0; i < n; i++)
			to[i] = decimal_to_double(((const decimal *)values)[slots[i]], type.scale);
	}
}

uint16_t anomaly_gather(struct anomaly *anomaly, const struct block *block)
{
	const struct anomaly_config *config = anomaly->config;
	const struct field *fields = anomaly->op.spec->input->fields;
	const struct column *times = &block->columns[config->time_column];
	uint16_t n = block->n_rows, *slots = anomaly->slots;

	for (uint16_t i = 0; i < n; i++)
		slots[i] = block_slot(block, i);
	n = keep_whole(times, slots, n);
	for (uint16_t c = 0; c < config->n_values; c++)
		n = keep_whole(&block->columns[config->values[c]], slots, n);
	for (uint16_t i = 0; i < n; i++)
		anomaly->times[i] = ((const int64_t *)times->values)[slots[i]];
	for (uint16_t c = 0; c < config->n_values; c++) {
		uint16_t column = config->values[c];

		convert(block->columns[column].values, fields[column].type, slots, n,
			anomaly->values[c]);
	}
	return n;
}
