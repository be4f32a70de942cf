#include <errno.h>
#include <string.h>
#include "format/formats.h"
#include "format/options.h"
#include "format/raw.h"

enum { SHORT_DECIMAL = 18 }; // digits that fit 8 bytes

static int32_t raw_size(struct type type)
{
	switch (type.kind) {
	case TYPE_CHAR:
	case TYPE_BINARY:
		return type.precision;
	case TYPE_VARCHAR:
	case TYPE_VARBINARY:
		return RAW_REST;
	case TYPE_DECIMAL:
		return type.precision <= SHORT_DECIMAL ? 8 : 16;
	default:
		return (int32_t)type_width(type.kind);
	}
}

static int read_endianness(
	struct raw_layout *layout, const struct format_option *options, uint16_t n, struct err *err)
{
	const struct format_option *option = options_find(options, n, "endianness");
	const char *value = option == NULL ? "big" : option->value;

	if (strcmp(value, "big") != 0 && strcmp(value, "little") != 0)
		return err_set_at(err, option->pos,
			"option 'raw.endianness' is 'big' or 'little', not '%s'", value);
	layout->swap = (*value == 'b') == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	return 0;
}

int raw_layout_init(struct raw_layout *layout, const struct schema *schema,
	const struct format_option *options, uint16_t n_options, struct err *err)
{
	uint64_t size = 0;
	int status;

	*layout = (struct raw_layout){0};
	if ((status = options_check(&format_raw, options, n_options, err)) < 0 ||
		(status = read_endianness(layout, options, n_options, err)) < 0)
		return status;
	for (uint16_t i = 0; i < schema->n_fields; i++) {
		int32_t column_size = raw_size(schema->fields[i].type);

		if (type_is_nested(schema->fields[i].type.kind))
			return err_set(err, EINVAL,
				"raw: column '%s' is an ARRAY, MAP, MULTISET or ROW, which have no "
				"bytes of their own; the json format has them",
				schema->fields[i].name);
		layout->offsets[i] = (uint32_t)size;
		layout->sizes[i] = column_size;
		if (column_size != RAW_REST) {
			size += (uint32_t)column_size;
		} else if (i + 1 == schema->n_fields) {
			layout->has_rest = true;
			layout->rest_max = (uint32_t)schema->fields[i].type.precision;
		} else {
			return err_set(err, EINVAL,
				"raw: column '%s' has no fixed size, so it must be the last; "
				"CHAR(n) and BINARY(n) have one",
				schema->fields[i].name);
		}
		if (size > INT32_MAX)
			return err_set(err, EINVAL, "raw: a row is larger than a message can be");
	}
	layout->fixed_size = (uint32_t)size;
	return 0;
}
