// Casts to CHAR, VARCHAR, BINARY, VARBINARY: the value's text, cut to the length of the type and
// for CHAR padded with blanks (BINARY: zeros) to it.
#include "expr/cast.h"
#include "expr/local.h"
#include "expr/text.h"
#include "row/datetime.h"
#include "row/decimal.h"
#include "row/number.h"
#include <stdio.h>
#include <string.h>

enum { CAST_TEXT_MAX = 64 };
_Static_assert((int)CAST_TEXT_MAX >= (int)DATETIME_TEXT_MAX &&
		       (int)CAST_TEXT_MAX >= (int)DECIMAL_TEXT_MAX &&
		       (int)CAST_TEXT_MAX >= (int)NUMBER_TEXT_MAX,
	"the longest text of a value");

enum { MS_PER_SECOND = 1000, MS_PER_DAY = 86400000 };

// Flink's form: "+1 02:03:04.500", "+1-02".
static uint32_t interval_day_text(int64_t ms, char text[CAST_TEXT_MAX])
{
	uint64_t rest = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;
	uint64_t seconds = rest % MS_PER_DAY / MS_PER_SECOND;

	return (uint32_t)snprintf(text, CAST_TEXT_MAX, "%c%llu %02u:%02u:%02u.%03u",
		ms < 0 ? '-' : '+', (unsigned long long)(rest / MS_PER_DAY),
		(unsigned)(seconds / 3600), (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60),
		(unsigned)(rest % MS_PER_SECOND));
}

static uint32_t interval_year_text(int32_t months, char text[CAST_TEXT_MAX])
{
	uint32_t rest = months < 0 ? -(uint32_t)months : (uint32_t)months;

	return (uint32_t)snprintf(
		text, CAST_TEXT_MAX, "%c%u-%02u", months < 0 ? '-' : '+', rest / 12, rest % 12);
}

static uint32_t boolean_text(uint8_t value, char text[CAST_TEXT_MAX])
{
	return (uint32_t)snprintf(text, CAST_TEXT_MAX, "%s", value & 1 ? "TRUE" : "FALSE");
}

// Flink's formatTimestampMillis(): one digit of the fraction at least when the type has any.
static uint32_t time_text(struct type type, int32_t ms, char text[CAST_TEXT_MAX])
{
	uint32_t len = datetime_format_time(ms, type.precision, DATETIME_SQL, text);

	if (type.precision > 0 && memchr(text, '.', len) == NULL) {
		text[len++] = '.';
		text[len++] = '0';
	}
	return len;
}

// The text of the value at slot; returns its length.
static uint32_t value_text(
	struct type type, const void *values, uint16_t row, char text[CAST_TEXT_MAX])
{
	switch (type.kind) {
	case TYPE_BOOLEAN:
		return boolean_text(((const uint8_t *)values)[row], text);
	case TYPE_TINYINT:
		return number_format_int(((const int8_t *)values)[row], text);
	case TYPE_SMALLINT:
		return number_format_int(((const int16_t *)values)[row], text);
	case TYPE_INT:
		return number_format_int(((const int32_t *)values)[row], text);
	case TYPE_BIGINT:
		return number_format_int(((const int64_t *)values)[row], text);
	case TYPE_FLOAT:
		return number_format_float(((const float *)values)[row], text);
	case TYPE_DOUBLE:
		return number_format_double(((const double *)values)[row], text);
	case TYPE_DECIMAL:
		return decimal_format(((const decimal *)values)[row], type.scale, text);
	case TYPE_DATE:
		return datetime_format_date(((const int32_t *)values)[row], text);
	case TYPE_TIME:
		return time_text(type, ((const int32_t *)values)[row], text);
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		return datetime_format_cast(((const int64_t *)values)[row], type, text);
	case TYPE_INTERVAL_DAY:
		return interval_day_text(((const int64_t *)values)[row], text);
	case TYPE_INTERVAL_YEAR:
		return interval_year_text(((const int32_t *)values)[row], text);
	default:
		return 0;
	}
}

// Lengths are code points for strings, bytes for binaries.
static uint32_t length_of(struct type type, const char *text, uint32_t len)
{
	return type_is_string(type.kind) ? text_count(text, len) : len;
}

static uint32_t cut(struct type type, const char *text, uint32_t len)
{
	if (len <= (uint32_t)type.precision)
		return len;
	return type_is_string(type.kind) ? text_prefix(text, len, (uint64_t)type.precision)
					 : (uint32_t)type.precision;
}

// The row's value is text[:len], padded. The bytes live as long as those of the arguments, or are
// copied when is_temporary.
static void put(struct call *call, uint16_t row, const char *text, uint32_t len, bool is_temporary)
{
	struct type to = call->expr->type;
	bool is_fixed = to.kind == TYPE_CHAR || to.kind == TYPE_BINARY;
	uint32_t length, n_pad = 0;
	char *room;

	len = cut(to, text, len);
	length = is_fixed ? length_of(to, text, len) : 0;
	if (is_fixed && length < (uint32_t)to.precision)
		n_pad = (uint32_t)to.precision - length;
	if (n_pad == 0 && (!is_temporary || len <= STR_INLINE_MAX)) {
		((struct str *)call->values)[row] = str_view(text, len);
		return;
	}
	room = call_str_room(call, row, (uint64_t)len + n_pad);
	if (room == NULL)
		return;
	memcpy(room, text, len);
	memset(room + len, to.kind == TYPE_CHAR ? ' ' : 0, n_pad);
	call_str_done(call, row, room, len + n_pad);
}

static void format(struct call *call)
{
	struct type from = call->expr->args[0]->type;
	struct zone_span near = {0};
	char text[CAST_TEXT_MAX];

	CALL_FOREACH(call, row)
	{
		const void *values = call->args[0].values;
		uint32_t len;

		if (from.kind == TYPE_TIMESTAMP_LTZ) {
			int64_t value = ((const int64_t *)values)[row];

			value = local_of(call->expr->zone, value, from, &near);
			len = value_text(from, &value, 0, text);
		} else {
			len = value_text(from, values, row, text);
		}

		put(call, row, text, len, true);
	}
}

static void refit(struct call *call)
{
	const struct str *as = call->args[0].values;

	CALL_FOREACH(call, row)
	put(call, row, str_data(&as[row]), as[row].len, false);
}

static const struct kernel kernel_format = {format, KERNEL_NULLS};
static const struct kernel kernel_refit = {refit, KERNEL_NULLS};
// Cutting needs no room, so that it cannot make NULLs.
static const struct kernel kernel_cut = {refit, 0};

const struct kernel *cast_to_text(struct type from, struct type to)
{
	bool is_fixed = to.kind == TYPE_CHAR || to.kind == TYPE_BINARY;

	if (type_is_view(from.kind))
		return is_fixed ? &kernel_refit : &kernel_cut;
	if (!type_is_string(to.kind) || from.kind == TYPE_NULL)
		return NULL;
	return &kernel_format;
}
