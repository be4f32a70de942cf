// Casts from strings. Blanks around the text do not count. A text that is not of the type faults,
// or is NULL with TRY_CAST.
#include "expr/cast.h"
#include "expr/local.h"
#include "expr/time_text.h"
#include "row/decimal.h"
#include "row/number.h"
#include <strings.h>

struct text {
	const char *data;
	uint32_t len;
};

static struct text trimmed(const struct str *str)
{
	struct text text = {str_data(str), str->len};

	while (text.len > 0 && text.data[0] == ' ') {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && text.data[text.len - 1] == ' ')
		text.len--;
	return text;
}

// As Flink: digits behind a point are read and cut off.
static bool parse_int(struct text text, int64_t min, int64_t max, int64_t *value)
{
	const char *point = memchr(text.data, '.', text.len);
	uint32_t len = point != NULL ? (uint32_t)(point - text.data) : text.len;

	for (uint32_t i = len + 1; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	if (len == 0 && text.len > 1) {
		*value = 0;
		return true;
	}
	return number_parse_int(text.data, len, min, max, value);
}

static bool is_word(struct text text, const char *word)
{
	return text.len == strlen(word) && strncasecmp(text.data, word, text.len) == 0;
}

static bool parse_boolean(struct text text, uint8_t *value)
{
	static const char *const words[2][5] = {
		{"false", "f", "no", "n", "0"}, {"true", "t", "yes", "y", "1"}};

	for (uint8_t truth = 0; truth < 2; truth++)
		for (int i = 0; i < 5; i++)
			if (is_word(text, words[truth][i])) {
				*value = truth;
				return true;
			}
	return false;
}

#define INTEGER_KERNEL(T, min, max, name)                                                          \
	static void parse_##T(struct call *call)                                                   \
	{                                                                                          \
		const struct str *as = call->args[0].values;                                       \
		T *values = call->values;                                                          \
		int64_t value;                                                                     \
                                                                                                   \
		CALL_FOREACH(call, row)                                                            \
		if (parse_int(trimmed(&as[row]), min, max, &value))                                \
			values[row] = (T)value;                                                    \
		else                                                                               \
			call_fail(                                                                 \
				call, row, "a string cannot be cast to " name ": no such number"); \
	}
INTEGER_KERNEL(int8_t, INT8_MIN, INT8_MAX, "TINYINT")
INTEGER_KERNEL(int16_t, INT16_MIN, INT16_MAX, "SMALLINT")
INTEGER_KERNEL(int32_t, INT32_MIN, INT32_MAX, "INT")
INTEGER_KERNEL(int64_t, INT64_MIN, INT64_MAX, "BIGINT")

#define FLOAT_KERNEL(T, name)                                                                   \
	static void parse_##T(struct call *call)                                                \
	{                                                                                       \
		const struct str *as = call->args[0].values;                                    \
		T *values = call->values;                                                       \
		double value;                                                                   \
                                                                                                \
		CALL_FOREACH(call, row)                                                         \
		{                                                                               \
			struct text text = trimmed(&as[row]);                                   \
                                                                                                \
			if (number_parse_double(text.data, text.len, &value))                   \
				values[row] = (T)value;                                         \
			else                                                                    \
				call_fail(call, row,                                            \
					"a string cannot be cast to " name ": no such number"); \
		}                                                                               \
	}
FLOAT_KERNEL(float, "FLOAT")
FLOAT_KERNEL(double, "DOUBLE")

static void parse_bool(struct call *call)
{
	const struct str *as = call->args[0].values;
	uint8_t *values = call->values;

	CALL_FOREACH(call, row)
	if (!parse_boolean(trimmed(&as[row]), &values[row]))
		call_fail(call, row, "a string cannot be cast to BOOLEAN: no truth value");
}

// A number that does not fit is NULL, as everywhere with DECIMAL.
static void parse_decimal(struct call *call)
{
	const struct str *as = call->args[0].values;
	struct type to = call->expr->type;
	decimal *values = call->values;

	CALL_FOREACH(call, row)
	{
		struct text text = trimmed(&as[row]);
		double approximate;

		if (decimal_parse(text.data, text.len, to.precision, to.scale, &values[row]))
			continue;
		if (number_parse_double(text.data, text.len, &approximate))
			nulls_set(call->nulls, row);
		else
			call_fail(call, row, "a string cannot be cast to DECIMAL: no number");
	}
}

static bool parse_one(const struct call *call, const struct str *text, int64_t *value)
{
	struct type to = call->expr->type;
	struct moment moment;

	if (!time_text_timestamp(str_data(text), text->len, to.precision, &moment) ||
		!time_text_value(moment, to, value))
		return false;
	if (to.kind == TYPE_TIMESTAMP_LTZ)
		*value = local_to_utc(call->expr->zone, *value, to);
	return true;
}

static void parse_timestamp(struct call *call)
{
	const struct str *as = call->args[0].values;
	int64_t *values = call->values;

	CALL_FOREACH(call, row)
	if (!parse_one(call, &as[row], &values[row]))
		call_fail(call, row,
			"a string cannot be cast to TIMESTAMP: it is not of the form "
			"2020-12-31 23:59:59.123");
}

static void parse_date(struct call *call)
{
	const struct str *as = call->args[0].values;
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	if (!time_text_date(str_data(&as[row]), as[row].len, &values[row]))
		call_fail(call, row,
			"a string cannot be cast to DATE: it is not of the form 2020-12-31");
}

static void parse_time(struct call *call)
{
	const struct str *as = call->args[0].values;
	int32_t *values = call->values;

	CALL_FOREACH(call, row)
	{
		struct text text = trimmed(&as[row]);

		if (!time_text_time(text.data, text.len, &values[row]))
			call_fail(call, row,
				"a string cannot be cast to TIME: it is not of the form 23:59:59");
	}
}

static const struct kernel kernels[TYPE_KINDS][2] = {
	[TYPE_BOOLEAN] = CAST_PAIR(parse_bool),
	[TYPE_TINYINT] = CAST_PAIR(parse_int8_t),
	[TYPE_SMALLINT] = CAST_PAIR(parse_int16_t),
	[TYPE_INT] = CAST_PAIR(parse_int32_t),
	[TYPE_BIGINT] = CAST_PAIR(parse_int64_t),
	[TYPE_FLOAT] = CAST_PAIR(parse_float),
	[TYPE_DOUBLE] = CAST_PAIR(parse_double),
	[TYPE_DECIMAL] = {{parse_decimal, KERNEL_FAULTS | KERNEL_NULLS},
		{parse_decimal, KERNEL_NULLS | KERNEL_TRY}},
	[TYPE_DATE] = CAST_PAIR(parse_date),
	[TYPE_TIME] = CAST_PAIR(parse_time),
	[TYPE_TIMESTAMP] = CAST_PAIR(parse_timestamp),
	[TYPE_TIMESTAMP_LTZ] = CAST_PAIR(parse_timestamp),
};

const struct kernel *cast_from_text(struct type from, struct type to, bool try_cast)
{
	const struct kernel *kernel = &kernels[to.kind][try_cast];

	return type_is_string(from.kind) && kernel->run != NULL ? kernel : NULL;
}
