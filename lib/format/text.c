#include "format/text.h"
#include <assert.h>
#include "format/base64.h"
#include "row/decimal.h"
#include "row/number.h"

void text_base64(struct text *text, const struct str *bytes)
{
	char *at = text_room(text, base64_encoded_size(bytes->len));

	if (at != NULL)
		base64_encode((const uint8_t *)str_data(bytes), bytes->len, at);
}

void text_value(struct text *text, const void *values, uint16_t slot, struct type type,
	enum datetime_style style)
{
	char buffer[DATETIME_TEXT_MAX + DECIMAL_TEXT_MAX + NUMBER_TEXT_MAX];
	uint32_t len = 0;

	switch (type.kind) {
	case TYPE_BOOLEAN:
		text_literal(text, ((const uint8_t *)values)[slot] ? "true" : "false");
		return;
	case TYPE_TINYINT:
		len = number_format_int(((const int8_t *)values)[slot], buffer);
		break;
	case TYPE_SMALLINT:
		len = number_format_int(((const int16_t *)values)[slot], buffer);
		break;
	case TYPE_INT:
	case TYPE_INTERVAL_YEAR:
		len = number_format_int(((const int32_t *)values)[slot], buffer);
		break;
	case TYPE_BIGINT:
	case TYPE_INTERVAL_DAY:
		len = number_format_int(((const int64_t *)values)[slot], buffer);
		break;
	case TYPE_FLOAT:
		len = number_format_float(((const float *)values)[slot], buffer);
		break;
	case TYPE_DOUBLE:
		len = number_format_double(((const double *)values)[slot], buffer);
		break;
	case TYPE_DECIMAL:
		len = decimal_format(((const decimal *)values)[slot], type.scale, buffer);
		break;
	case TYPE_DATE:
		len = datetime_format_date(((const int32_t *)values)[slot], buffer);
		break;
	case TYPE_TIME:
		len = datetime_format_time(
			((const int32_t *)values)[slot], type.precision, style, buffer);
		break;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		len = datetime_format_timestamp(
			((const int64_t *)values)[slot], type, style, buffer);
		break;
	default:
		assert(!"strings, bytes and bare NULLs are the caller's");
	}
	text_put(text, buffer, len);
}
