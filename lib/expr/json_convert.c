#include "expr/json_convert.h"
#include <math.h>
#include <strings.h>
#include "row/decimal.h"
#include "row/number.h"

enum { FRACTION_DIGITS = 18 };

bool json_convertible(struct type type)
{
	return type.kind == TYPE_BOOLEAN || type_is_numeric(type.kind) || type_is_string(type.kind);
}

// Integers take numbers with a fraction and cut it off.
static bool to_integer(const char *text, uint32_t len, int64_t min, int64_t max, int64_t *value)
{
	decimal exact;

	if (number_parse_int(text, len, min, max, value))
		return true;
	if (!decimal_parse(text, len, DECIMAL_PRECISION_MAX, FRACTION_DIGITS, &exact))
		return false;
	if (memchr(text, '.', len) == NULL && memchr(text, 'e', len) == NULL &&
		memchr(text, 'E', len) == NULL)
		return false; // out of range
	exact /= decimal_power(FRACTION_DIGITS);
	if (exact < min || exact > max)
		return false;
	*value = (int64_t)exact;
	return true;
}

static bool store_integer(
	struct call *call, uint16_t row, enum type_kind kind, const char *text, uint32_t len)
{
	static const int64_t max[TYPE_KINDS] = {
		[TYPE_TINYINT] = INT8_MAX,
		[TYPE_SMALLINT] = INT16_MAX,
		[TYPE_INT] = INT32_MAX,
		[TYPE_BIGINT] = INT64_MAX,
	};
	int64_t value;

	if (!to_integer(text, len, -max[kind] - 1, max[kind], &value))
		return false;
	switch (kind) {
	case TYPE_TINYINT:
		((int8_t *)call->values)[row] = (int8_t)value;
		break;
	case TYPE_SMALLINT:
		((int16_t *)call->values)[row] = (int16_t)value;
		break;
	case TYPE_INT:
		((int32_t *)call->values)[row] = (int32_t)value;
		break;
	default:
		((int64_t *)call->values)[row] = value;
	}
	return true;
}

static bool store_number(struct call *call, uint16_t row, const char *text, uint32_t len)
{
	struct type type = call->expr->type;
	double value;

	if (type_is_integer(type.kind))
		return store_integer(call, row, type.kind, text, len);
	if (type.kind == TYPE_DECIMAL)
		return decimal_parse(
			text, len, type.precision, type.scale, &((decimal *)call->values)[row]);
	if (!number_parse_double(text, len, &value) || !isfinite(value))
		return false;
	if (type.kind == TYPE_DOUBLE)
		((double *)call->values)[row] = value;
	else
		((float *)call->values)[row] = (float)value;
	return type.kind == TYPE_DOUBLE || isfinite((float)value);
}

static bool word_is(const char *text, uint32_t len, const char *const *words, size_t n)
{
	while (len > 0 && *text == ' ')
		text++, len--;
	while (len > 0 && text[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == len && strncasecmp(words[i], text, len) == 0)
			return true;
	return false;
}

static bool store_boolean(struct call *call, uint16_t row, const char *text, uint32_t len)
{
	static const char *const yes[] = {"true", "t", "yes", "1"};
	static const char *const no[] = {"false", "f", "no", "0"};
	bool is_true = word_is(text, len, yes, 4);

	set_bool(call, row, is_true);
	return is_true || word_is(text, len, no, 4);
}

bool json_convert(struct call *call, uint16_t row, struct json_value value)
{
	bool is_word = *value.start == 't' || *value.start == 'f', is_string = *value.start == '"';
	struct json_out out = json_out(call);
	struct type type = call->expr->type;

	json_put_scalar(&out, value);
	if (type_is_string(type.kind)) {
		json_done(call, row, &out);
		return true;
	}
	if (out.full)
		return false;
	if (type.kind == TYPE_BOOLEAN)
		return (is_word || is_string) && store_boolean(call, row, out.bytes, out.used);
	return !is_word && store_number(call, row, out.bytes, out.used);
}
