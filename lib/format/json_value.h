// JSON values, scanned before, to a column's value. All return an OUTCOME_.
#pragma once
#include "format/convert.h"

// A string with escapes is written out into the heap; only a string column keeps it there.
int json_convert_escaped(struct row *row, const struct target *target, const char *text,
	uint32_t len, enum datetime_style style);
// A number with a fraction or an exponent in an integer's column. Jackson's canConvertToInt() and
// canConvertToLong() let the fraction go; Flink asks them for INT and BIGINT only.
int json_convert_truncated(
	struct row *row, const struct target *target, const char *text, uint32_t len);

// A string without its quotes.
static inline int json_convert_string(struct row *row, const struct target *target,
	const char *text, uint32_t len, bool escaped, enum datetime_style style)
{
	if (unlikely(escaped))
		return json_convert_escaped(row, target, text, len, style);
	if (likely(target->is_string)) {
		store_text(row, target, text, len);
		return OUTCOME_OK;
	}
	return convert_text(row, target, text, len, style);
}

static inline int json_convert_number(struct row *row, const struct target *target,
	const char *text, uint32_t len, enum datetime_style style)
{
	uint32_t minus = *text == '-';
	uint64_t number;

	switch (target->kind) {
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		return convert_double(row, target, text, len);
	case TYPE_DECIMAL:
		return convert_decimal(row, target, text, len);
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		store_text(row, target, text, len);
		return OUTCOME_OK;
	case TYPE_BOOLEAN:
		return convert_text(row, target, text, len, style);
	case TYPE_BINARY:
	case TYPE_VARBINARY:
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_MULTISET:
	case TYPE_ROW:
		return outcome_error(DECODE_TYPE);
	default:
		if (likely(digits_integer(text + minus, len - minus, &number)))
			return store_integer(
				row, target, minus ? -(int64_t)number : (int64_t)number);
		return json_convert_truncated(row, target, text, len);
	}
}

// true, false, or an object or array, which a string column takes as its text.
static inline int json_convert_other(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	if (target->is_string) {
		store_text(row, target, text, len);
		return OUTCOME_OK;
	}
	if (target->kind != TYPE_BOOLEAN || (*text != 't' && *text != 'f'))
		return outcome_error(DECODE_TYPE);
	((uint8_t *)row_values(row, target))[row->slot] = *text == 't';
	return OUTCOME_OK;
}
