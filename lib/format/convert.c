#include "format/convert.h"
#include <string.h>
#include <strings.h>
#include "format/base64.h"
#include "format/moment.h"
#include "row/number.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

// Whether text[:len] is a decimal number at all: sign, digits, point, exponent.
static bool is_number(const char *text, uint32_t len)
{
	uint32_t i = len > 0 && (*text == '-' || *text == '+'), n_digits = 0;

	for (; i < len && is_digit(text[i]); i++)
		n_digits++;
	if (i < len && text[i] == '.')
		for (i++; i < len && is_digit(text[i]); i++)
			n_digits++;
	if (n_digits == 0)
		return false;
	if (i == len)
		return true;
	if (text[i] != 'e' && text[i] != 'E')
		return false;
	i++;
	i += i < len && (text[i] == '-' || text[i] == '+');
	if (i == len)
		return false;
	while (i < len && is_digit(text[i]))
		i++;
	return i == len;
}

static bool is_integer(const char *text, uint32_t len)
{
	uint32_t i = len > 0 && (*text == '-' || *text == '+');

	if (i == len)
		return false;
	while (i < len && is_digit(text[i]))
		i++;
	return i == len;
}

int convert_integer_slow(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	int64_t value;

	if (number_parse_int(text, len, target->min, target->max, &value))
		return store_integer(row, target, value);
	return outcome_error(is_integer(text, len) ? DECODE_RANGE : DECODE_TYPE);
}

int convert_decimal_slow(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	decimal value;

	if (decimal_parse(text, len, target->type.precision, target->type.scale, &value))
		return store_decimal(row, target, value);
	// Flink's DecimalData.fromBigDecimal: what overflows the precision is NULL.
	return is_number(text, len) ? OUTCOME_NULL : outcome_error(DECODE_TYPE);
}

int convert_double_slow(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	double value;

	if (!number_parse_double(text, len, &value))
		return outcome_error(DECODE_TYPE);
	store_double(row, target, value);
	return OUTCOME_OK;
}

// Java's String.trim().
static void trim(const char **text, uint32_t *len)
{
	while (*len > 0 && (uint8_t) * *text <= ' ') {
		++*text;
		--*len;
	}
	while (*len > 0 && (uint8_t)(*text)[*len - 1] <= ' ')
		--*len;
}

// Why a date or time was refused: one that has the right characters is only out of range.
static int refused_time(const char *text, uint32_t len)
{
	uint32_t n_digits = 0;

	for (uint32_t i = 0; i < len; i++) {
		if (is_digit(text[i]))
			n_digits++;
		else if (memchr("-:. TZ", text[i], 6) == NULL)
			return outcome_error(DECODE_TYPE);
	}
	return outcome_error(n_digits >= 4 ? DECODE_RANGE : DECODE_TYPE);
}

static int convert_date(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	int32_t days;

	if (!datetime_parse_date(text, len, &days))
		return refused_time(text, len);
	((int32_t *)row_values(row, target))[row->slot] = days;
	return OUTCOME_OK;
}

static int convert_time(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	static const int32_t units_ms[] = {1000, 100, 10, 1};
	int32_t ms;

	if (!datetime_parse_time(text, len, &ms))
		return refused_time(text, len);
	if (target->type.precision < 3)
		ms -= ms % units_ms[target->type.precision];
	((int32_t *)row_values(row, target))[row->slot] = ms;
	return OUTCOME_OK;
}

static int convert_timestamp(struct row *row, const struct target *target, const char *text,
	uint32_t len, enum datetime_style style)
{
	enum { MARK = 10 }; // where 'T' or a blank is
	bool has_zone = len > 0 && text[len - 1] == 'Z';
	int64_t *value = (int64_t *)row_values(row, target) + row->slot;
	int64_t ms;

	if (style == DATETIME_JAVA)
		style = len > MARK && text[MARK] == 'T' ? DATETIME_ISO : DATETIME_SQL;
	if (has_zone == (target->kind == TYPE_TIMESTAMP_LTZ) && target->units_per_ms != 0 &&
		moment_parse(text, len - has_zone, style, &ms)) {
		*value = ms * target->units_per_ms;
		return OUTCOME_OK;
	}
	if (!datetime_parse_timestamp(text, len, target->type, style, value))
		return refused_time(text, len);
	return OUTCOME_OK;
}

static int convert_bytes(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	struct block_store *out = row->out;
	uint32_t heap_used = out->heap_used;
	char *data = block_store_alloc(out, len / 4 * 3);
	int64_t n;

	if (data == NULL)
		return OUTCOME_FULL;
	n = base64_decode(text, len, (uint8_t *)data);
	if (n < 0) {
		out->heap_used = heap_used;
		return outcome_error(DECODE_TYPE);
	}
	out->heap_used = heap_used + (n > STR_INLINE_MAX ? (uint32_t)n : 0);
	store_view(row, target, str_view(data, (uint32_t)n));
	return OUTCOME_OK;
}

int convert_text(struct row *row, const struct target *target, const char *text, uint32_t len,
	enum datetime_style style)
{
	switch (target->kind) {
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		store_text(row, target, text, len);
		return OUTCOME_OK;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		return convert_bytes(row, target, text, len);
	case TYPE_DATE:
		return convert_date(row, target, text, len);
	case TYPE_TIME:
		return convert_time(row, target, text, len);
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		return convert_timestamp(row, target, text, len, style);
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_MULTISET:
	case TYPE_ROW:
		return outcome_error(DECODE_TYPE);
	default:
		break;
	}
	trim(&text, &len);
	switch (target->kind) {
	case TYPE_BOOLEAN:
		// Java's Boolean.parseBoolean(): all that is not "true" is false.
		((uint8_t *)row_values(row, target))[row->slot] =
			len == 4 && strncasecmp(text, "true", 4) == 0;
		return OUTCOME_OK;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		return convert_double(row, target, text, len);
	case TYPE_DECIMAL:
		return convert_decimal(row, target, text, len);
	default:
		return convert_integer(row, target, text, len);
	}
}
