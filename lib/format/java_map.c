// A HashMap hands out its buckets from the first to the last, and those of one bucket as they came;
// there are so many that three quarters of them are not fewer than the entries. (Buckets of eight
// and more become trees, whose order is still that.)
#include "format/java_map.h"
#include "format/utf8.h"
#include "row/nested_order.h"

enum { BUCKETS_MIN = 16 };

// String.hashCode(): over UTF-16 units.
static uint32_t hash_string(const struct str *str)
{
	const char *data = str_data(str);
	uint32_t hash = 0, n;

	for (uint32_t at = 0; at < str->len; at += n) {
		uint32_t lead = (uint8_t)data[at], code = lead;

		n = utf8_length(data + at, str->len - at);
		if (n == 0) {
			code = 0xfffd;
			n = 1;
		} else if (n > 1) {
			code = lead & (0x7fu >> n);
			for (uint32_t i = 1; i < n; i++)
				code = code << 6 | ((uint8_t)data[at + i] & 0x3f);
		}
		if (code >= 0x10000) {
			hash = 31 * hash + (0xd7c0 + (code >> 10));
			code = 0xdc00 + (code & 0x3ff);
		}
		hash = 31 * hash + code;
	}
	return hash;
}

static uint32_t hash_of(enum type_kind kind, const union nested_value *value)
{
	uint64_t bits;

	switch (kind) {
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		return hash_string(&value->str);
	case TYPE_BOOLEAN:
		return value->u8 ? 1231 : 1237;
	case TYPE_TINYINT:
		return (uint32_t)value->i8;
	case TYPE_SMALLINT:
		return (uint32_t)value->i16;
	case TYPE_BIGINT:
	case TYPE_DOUBLE:
		memcpy(&bits, value, sizeof(bits));
		return (uint32_t)(bits ^ bits >> 32);
	case TYPE_INT:
	case TYPE_FLOAT:
		return (uint32_t)value->i32;
	default:
		return 0;
	}
}

static uint32_t bucket_of(const struct nested_items *keys, uint32_t i, uint32_t n_buckets)
{
	union nested_value value;
	uint32_t hash = nested_get(keys, i, &value) ? hash_of(keys->kind, &value) : 0;

	return (hash ^ hash >> 16) & (n_buckets - 1);
}

// Counting the keys of each bucket, then placing them.
void java_map_order(const struct nested_items *keys, uint16_t order[NESTED_ITEMS_MAX])
{
	uint16_t starts[2 * NESTED_ITEMS_MAX + 1];
	uint32_t n_buckets = BUCKETS_MIN;

	while (n_buckets / 4 * 3 < keys->n)
		n_buckets *= 2;
	memset(starts, 0, (n_buckets + 1) * sizeof(*starts));
	for (uint32_t i = 0; i < keys->n; i++)
		starts[bucket_of(keys, i, n_buckets) + 1]++;
	for (uint32_t bucket = 0; bucket < n_buckets; bucket++)
		starts[bucket + 1] += starts[bucket];
	for (uint32_t i = 0; i < keys->n; i++)
		order[starts[bucket_of(keys, i, n_buckets)]++] = (uint16_t)i;
}
