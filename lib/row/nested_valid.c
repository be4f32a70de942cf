// Whether bytes are a value of a nested type, as nested_end() has left it: everything in its place
// and nothing else. Each byte is looked at once, so that no bytes take long.
#include "row/nested.h"

enum { COUNT_SIZE = sizeof(uint32_t) };

static uint32_t load(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

// NULL bits, slots, and the views' bytes in their order. The items of an ARRAY have one type, the
// first of types; the fields of a ROW one each.
struct parts {
	const char *bytes;
	uint32_t len;
	uint32_t nulls; // where these are
	uint32_t n;
	const struct field *row; // [:n], or NULL
	struct type item;
};

static struct type type_at(const struct parts *parts, uint32_t i)
{
	return parts->row != NULL ? parts->row[i].type : parts->item;
}

static uint32_t slot_width(struct type type)
{
	return type_is_view(type.kind) ? 2 * sizeof(uint32_t) : type_width(type.kind);
}

static bool parts_are_valid(const struct parts *parts)
{
	const char *bytes = parts->bytes;
	uint64_t slot = parts->nulls + (parts->n + 7u) / 8, views = slot;

	for (uint32_t i = 0; i < parts->n; i++)
		views += slot_width(type_at(parts, i));
	if (views > parts->len)
		return false;
	for (uint32_t i = 0; i < parts->n; i++) {
		bool is_null = bytes[parts->nulls + i / 8] >> i % 8 & 1;
		struct type type = type_at(parts, i);
		struct str view;

		if (type_is_view(type.kind) && !is_null) {
			uint32_t len = load(bytes + slot + sizeof(uint32_t));

			if (load(bytes + slot) != views || len > parts->len - views)
				return false;
			view = str_view(bytes + views, len);
			if (type_is_nested(type.kind) && !nested_is_valid(type, &view))
				return false;
			views += len;
		}
		slot += slot_width(type);
	}
	return views == parts->len;
}

static bool array_is_valid(struct type item, const char *bytes, uint32_t len)
{
	struct parts parts = {.bytes = bytes, .len = len, .nulls = COUNT_SIZE, .item = item};

	if (len < COUNT_SIZE)
		return false;
	parts.n = load(bytes);
	return parts.n <= NESTED_ITEMS_MAX && parts_are_valid(&parts);
}

static bool map_is_valid(struct type key, struct type value, const char *bytes, uint32_t len)
{
	uint32_t size;

	if (len < COUNT_SIZE)
		return false;
	size = load(bytes);
	bytes += COUNT_SIZE;
	len -= COUNT_SIZE;
	return size <= len && array_is_valid(key, bytes, size) &&
	       array_is_valid(value, bytes + size, len - size) && load(bytes) == load(bytes + size);
}

bool nested_is_valid(struct type type, const struct str *value)
{
	const char *bytes = str_data(value);
	struct parts row = {.bytes = bytes, .len = value->len};

	switch (type.kind) {
	case TYPE_ARRAY:
		return array_is_valid(type_part(type, PART_ELEMENT), bytes, value->len);
	case TYPE_MAP:
		return map_is_valid(
			type_part(type, PART_KEY), type_part(type, PART_VALUE), bytes, value->len);
	case TYPE_MULTISET:
		return map_is_valid(
			type_part(type, PART_KEY), type_of(TYPE_INT), bytes, value->len);
	default: // ROW
		row.row = type.nested->parts;
		row.n = type.nested->n;
		return parts_are_valid(&row);
	}
}
