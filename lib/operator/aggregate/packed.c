#include "operator/aggregate/packed.h"
#include <errno.h>
#include "row/nested.h"

void packed_put(struct record_out *out, const void *value, enum type_kind kind)
{
	const struct str *view = value;

	if (!type_is_view(kind)) {
		record_put(out, value, type_width(kind));
		return;
	}
	record_put_u32(out, view->len);
	record_put(out, str_data(view), view->len);
}

int packed_get(struct record_reader *in, struct kept *value, struct type type)
{
	const char *bytes;
	uint32_t len;

	*value = (struct kept){0};
	if (!type_is_view(type.kind)) {
		record_get(in, value, type_width(type.kind));
		return in->is_short ? -EINVAL : 0;
	}
	len = record_get_u32(in);
	bytes = len <= STATE_HEAP_MAX ? record_take(in, len) : NULL;
	if (bytes == NULL || in->is_short)
		return -EINVAL;
	value->str = str_view(bytes, len);
	return type_is_nested(type.kind) && !nested_is_valid(type, &value->str) ? -EINVAL : 0;
}

void packed_put_set(struct record_out *out, const struct value_set *set, enum type_kind kind)
{
	struct value_set_cursor cursor = {0};
	const void *value;
	uint64_t times;

	record_put_u32(out, (uint32_t)set->n);
	while ((value = value_set_next(set, kind, &cursor, &times)) != NULL) {
		record_put_u32(out, (uint32_t)times);
		packed_put(out, value, kind);
	}
}

int packed_get_set(struct record_reader *in, struct value_set *set, const struct value_set_of *of,
	struct type type)
{
	uint32_t n = record_get_u32(in);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t times = record_get_u32(in);
		struct kept value;
		int added;

		if (packed_get(in, &value, type) != 0 || times == 0)
			return -EINVAL;
		added = value_set_add(set, of, &value, times);
		if (added < 0)
			return added;
		if (added == 0) // twice the same
			return -EINVAL;
	}
	return in->is_short ? -EINVAL : 0;
}
