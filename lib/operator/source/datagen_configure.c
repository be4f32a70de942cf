#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/units.h"
#include "operator/options.h"
#include "row/decimal.h"
#include "operator/source/datagen.h"

// Flink's default; what a field can hold; what all strings of a row can, as a block does.
enum { STRING_LENGTH = 100, STRING_LENGTH_MAX = 16384, ROW_LENGTH_MAX = 65536 };
#define ROWS_PER_SECOND 10000.0 // Flink's default

static void set_range(struct datagen_field *field, double min, double max)
{
	field->min = min;
	field->max = max;
}

static void set_defaults(struct datagen_field *field, struct type type)
{
	field->length = STRING_LENGTH;
	switch (type.kind) {
	case TYPE_TINYINT:
		set_range(field, INT8_MIN, INT8_MAX);
		break;
	case TYPE_SMALLINT:
		set_range(field, INT16_MIN, INT16_MAX);
		break;
	case TYPE_INT:
		set_range(field, INT32_MIN, INT32_MAX);
		break;
	case TYPE_FLOAT:
		set_range(field, -FLT_MAX / 2, FLT_MAX / 2);
		break;
	case TYPE_DOUBLE:
		set_range(field, -DBL_MAX / 2, DBL_MAX / 2);
		break;
	case TYPE_DECIMAL:
		set_range(
			field, 0, decimal_to_double(decimal_power(type.precision) - 1, type.scale));
		break;
	default: // a double holds integers to 2^53: enough to draw from
		set_range(field, -0x1p62, 0x1p62);
	}
}

// The option fields.NAME.what, or NULL.
static struct table_option *field_option(
	struct table_option *options, uint16_t n, const char *name, const char *what)
{
	char key[256];

	snprintf(key, sizeof(key), "fields.%s.%s", name, what);
	return option_find(options, n, key);
}

static int take_double(struct table_option *options, uint16_t n, const char *name, const char *what,
	double *value, struct err *err)
{
	const struct table_option *option = field_option(options, n, name, what);

	return option != NULL ? option_double(option, value, err) : 0;
}

static int take_int(struct table_option *options, uint16_t n, const char *name, const char *what,
	int64_t *value, struct err *err)
{
	const struct table_option *option = field_option(options, n, name, what);

	return option != NULL ? option_int(option, value, err) : 0;
}

static int take_kind(struct datagen_field *field, struct table_option *options, uint16_t n,
	const char *name, struct err *err)
{
	const struct table_option *kind = field_option(options, n, name, "kind");

	if (kind == NULL || strcmp(kind->value, "random") == 0)
		return 0;
	if (strcmp(kind->value, "sequence") != 0)
		return err_set_at(err, kind->pos,
			"option '%s': '%s' is neither 'random' nor 'sequence'", kind->key,
			kind->value);
	field->kind = DATAGEN_SEQUENCE;
	if (take_int(options, n, name, "start", &field->start, err) < 0 ||
		take_int(options, n, name, "end", &field->end, err) < 0)
		return -EINVAL;
	if (field_option(options, n, name, "start") == NULL ||
		field_option(options, n, name, "end") == NULL || field->end < field->start)
		return err_set_at(err, kind->pos,
			"a sequence needs 'fields.%s.start' and 'fields.%s.end', start first", name,
			name);
	return 0;
}

static int take_field(struct datagen_field *field, const struct field *column,
	struct table_option *options, uint16_t n, struct err *err)
{
	const char *name = column->name;
	const struct table_option *past = field_option(options, n, name, "max-past");
	int64_t length = STRING_LENGTH, past_ns = 0;

	if (type_is_nested(column->type.kind))
		return err_set(err, EINVAL,
			"datagen makes no ARRAY, MAP, MULTISET or ROW: leave column '%s' away",
			name);
	set_defaults(field, column->type);
	if (take_kind(field, options, n, name, err) < 0 ||
		take_double(options, n, name, "min", &field->min, err) < 0 ||
		take_double(options, n, name, "max", &field->max, err) < 0 ||
		take_double(options, n, name, "null-rate", &field->null_rate, err) < 0 ||
		take_int(options, n, name, "length", &length, err) < 0)
		return -EINVAL;
	if (field->min > field->max)
		return err_set(err, EINVAL, "'fields.%s.min' is above 'fields.%s.max'", name, name);
	if (length < 0 || length > STRING_LENGTH_MAX)
		return err_set(
			err, EINVAL, "'fields.%s.length' must be 0 to %d", name, STRING_LENGTH_MAX);
	if (past != NULL && units_duration_ns(past->value, &past_ns) < 0)
		return err_set_at(err, past->pos, "option '%s': '%s' is not a duration like '10 s'",
			past->key, past->value);
	field->length = (int32_t)length;
	field->max_past_ms = past_ns / 1000000;
	return 0;
}

int datagen_configure(struct datagen_config *config, struct arena *arena,
	const struct schema *schema, struct table_option *options, uint16_t n_options,
	struct err *err)
{
	uint64_t row_length = 0;
	const struct table_option *rate = option_find(options, n_options, "rows-per-second");
	const struct table_option *number = option_find(options, n_options, "number-of-rows");
	int64_t n_rows = -1;

	config->rows_per_second = ROWS_PER_SECOND;
	if (rate != NULL && option_double(rate, &config->rows_per_second, err) < 0)
		return -EINVAL;
	if (number != NULL && option_int(number, &n_rows, err) < 0)
		return -EINVAL;
	if (number != NULL && n_rows < 0)
		return err_set_at(err, number->pos, "option 'number-of-rows' must not be negative");
	config->number_of_rows = number != NULL ? (uint64_t)n_rows : UINT64_MAX;
	config->fields = arena_alloc(arena, schema->n_fields * sizeof(*config->fields));
	for (uint16_t i = 0; i < schema->n_fields; i++) {
		struct datagen_field *field = &config->fields[i];
		uint64_t n_sequence;

		if (take_field(field, &schema->fields[i], options, n_options, err) < 0)
			return -EINVAL;
		n_sequence = (uint64_t)(field->end - field->start) + 1;
		if (field->kind == DATAGEN_SEQUENCE && n_sequence < config->number_of_rows)
			config->number_of_rows = n_sequence;
		if (type_is_view(schema->fields[i].type.kind))
			row_length += (uint64_t)field->length;
	}
	if (row_length > ROW_LENGTH_MAX)
		return err_set(err, EINVAL,
			"the strings of a row add up to %" PRIu64
			" bytes, not at most %d: lower some 'fields.*.length'",
			row_length, ROW_LENGTH_MAX);
	return 0;
}
