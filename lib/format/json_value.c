#include "format/json_value.h"
#include "format/json_scan.h"

int json_convert_escaped(struct row *row, const struct target *target, const char *text,
	uint32_t len, enum datetime_style style)
{
	struct block_store *out = row->out;
	uint32_t heap_used = out->heap_used;
	char *plain = block_store_alloc(out, len);
	int outcome;

	if (plain == NULL)
		return OUTCOME_FULL;
	len = json_unescape(text, len, plain);
	outcome = convert_text(row, target, plain, len, style);
	if (target->is_string)
		out->heap_used = heap_used + (len > STR_INLINE_MAX ? len : 0);
	else if (!type_is_binary(target->kind))
		out->heap_used = heap_used;
	return outcome;
}

int json_convert_truncated(
	struct row *row, const struct target *target, const char *text, uint32_t len)
{
	enum { SCALE = 18 }; // with a BIGINT's 19 digits 37
	decimal value;

	if (target->width < 4 ||
		(memchr(text, '.', len) == NULL && memchr(text, 'e', len) == NULL &&
			memchr(text, 'E', len) == NULL))
		return convert_integer(row, target, text, len);
	if (!decimal_parse(text, len, DECIMAL_PRECISION_MAX, SCALE, &value))
		return outcome_error(DECODE_RANGE);
	value /= decimal_power(SCALE);
	if (value < target->min || value > target->max)
		return outcome_error(DECODE_RANGE);
	return store_integer(row, target, (int64_t)value);
}
