#include "row/nested.h"
#include <assert.h>
#include "row/nested_order.h"

enum { COUNT_SIZE = sizeof(uint32_t), PLACE_SIZE = 2 * sizeof(uint32_t) };

static uint32_t load(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static void store(char *at, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;

	memcpy(at, &narrow, sizeof(narrow));
}

static uint32_t mask_size(uint32_t n)
{
	return (n + 7) / 8;
}

static uint32_t slot_width(enum type_kind kind)
{
	return type_is_view(kind) ? (uint32_t)PLACE_SIZE : type_width(kind);
}

// The type of a map's values.
static enum type_kind value_kind(const struct nested_type *map)
{
	return map->n == 1 ? TYPE_INT : map->parts[PART_VALUE].type.kind;
}

// ---- Reading

static struct nested_items items_of(const char *bytes, enum type_kind kind)
{
	return (struct nested_items){
		.bytes = bytes,
		.n = load(bytes),
		.width = type_width(kind),
		.has_views = type_is_view(kind),
		.kind = kind,
	};
}

struct nested_items nested_array(const struct str *array, struct type element)
{
	return items_of(str_data(array), element.kind);
}

struct nested_items nested_keys(const struct str *map, struct type type)
{
	return items_of(str_data(map) + COUNT_SIZE, type_part(type, PART_KEY).kind);
}

struct nested_items nested_values(const struct str *map, struct type type)
{
	const char *data = str_data(map);

	return items_of(data + COUNT_SIZE + load(data), value_kind(type.nested));
}

struct str nested_key_array(const struct str *map)
{
	const char *data = str_data(map);

	return str_view(data + COUNT_SIZE, load(data));
}

struct str nested_value_array(const struct str *map)
{
	const char *data = str_data(map);
	uint32_t before = COUNT_SIZE + load(data);

	return str_view(data + before, map->len - before);
}

uint32_t nested_count(const struct str *map)
{
	return load(str_data(map) + COUNT_SIZE);
}

static bool take(const char *bytes, const char *slot, bool is_view, uint32_t width, void *value)
{
	struct str view;

	if (is_view) {
		view = str_view(bytes + load(slot), load(slot + COUNT_SIZE));
		memcpy(value, &view, sizeof(view));
	} else {
		memcpy(value, slot, width);
	}
	return true;
}

bool nested_get(const struct nested_items *items, uint32_t i, void *value)
{
	const char *nulls = items->bytes + COUNT_SIZE;
	uint32_t width = items->has_views ? (uint32_t)PLACE_SIZE : items->width;

	assert(i < items->n);
	if (nulls[i / 8] >> i % 8 & 1)
		return false;
	return take(items->bytes, nulls + mask_size(items->n) + (size_t)i * width, items->has_views,
		items->width, value);
}

struct nested_field nested_field(struct type row, uint16_t i)
{
	enum type_kind kind = type_part(row, i).kind;
	uint32_t at = mask_size(row.nested->n);

	for (uint16_t before = 0; before < i; before++)
		at += slot_width(type_part(row, before).kind);
	return (struct nested_field){
		.index = i, .at = at, .width = type_width(kind), .is_view = type_is_view(kind)};
}

bool nested_get_field(const struct str *row, const struct nested_field *field, void *value)
{
	const char *bytes = str_data(row);

	if (bytes[field->index / 8] >> field->index % 8 & 1)
		return false;
	return take(bytes, bytes + field->at, field->is_view, field->width, value);
}

// ---- Comparing

static bool items_equal(struct type type, bool null_a, bool null_b, const union nested_value *a,
	const union nested_value *b)
{
	if (null_a || null_b)
		return null_a && null_b;
	if (type_is_nested(type.kind))
		return nested_equal(type, &a->str, &b->str);
	return nested_order_values(type.kind, a, b) == 0;
}

static bool has_map(struct type type)
{
	if (type.kind == TYPE_MAP || type.kind == TYPE_MULTISET)
		return true;
	for (uint16_t i = 0; type.nested != NULL && i < type.nested->n; i++)
		if (has_map(type_part(type, i)))
			return true;
	return false;
}

static bool rows_equal(struct type type, const struct str *a, const struct str *b)
{
	for (uint16_t i = 0; i < type.nested->n; i++) {
		struct nested_field field = nested_field(type, i);
		union nested_value va, vb;
		bool null_a = !nested_get_field(a, &field, &va);
		bool null_b = !nested_get_field(b, &field, &vb);

		if (!items_equal(type_part(type, i), null_a, null_b, &va, &vb))
			return false;
	}
	return true;
}

static bool arrays_equal(struct type element, const struct str *a, const struct str *b)
{
	struct nested_items ia = nested_array(a, element), ib = nested_array(b, element);

	for (uint32_t i = 0; i < ia.n && ia.n == ib.n; i++) {
		union nested_value va, vb;
		bool null_a = !nested_get(&ia, i, &va), null_b = !nested_get(&ib, i, &vb);

		if (!items_equal(element, null_a, null_b, &va, &vb))
			return false;
	}
	return ia.n == ib.n;
}

// Keys that hold maps themselves are compared as they are written.
static bool maps_equal(struct type type, const struct str *a, const struct str *b)
{
	struct type value =
		type.kind == TYPE_MULTISET ? type_of(TYPE_INT) : type_part(type, PART_VALUE);
	struct nested_items values_a = nested_values(a, type), values_b = nested_values(b, type);
	struct nested_items keys_a = nested_keys(a, type), keys_b = nested_keys(b, type);
	uint16_t order_a[NESTED_ITEMS_MAX], order_b[NESTED_ITEMS_MAX];

	if (keys_a.n != keys_b.n)
		return false;
	nested_order(&keys_a, order_a);
	nested_order(&keys_b, order_b);
	for (uint32_t i = 0; i < keys_a.n; i++) {
		union nested_value va, vb;
		bool null_a, null_b;

		if (nested_order_items(&keys_a, order_a[i], &keys_b, order_b[i]) != 0)
			return false;
		null_a = !nested_get(&values_a, order_a[i], &va);
		null_b = !nested_get(&values_b, order_b[i], &vb);
		if (!items_equal(value, null_a, null_b, &va, &vb))
			return false;
	}
	return true;
}

bool nested_equal(struct type type, const struct str *a, const struct str *b)
{
	if (str_equal(a, b))
		return true;
	if (!has_map(type))
		return false;
	if (type.kind == TYPE_ROW)
		return rows_equal(type, a, b);
	if (type.kind == TYPE_ARRAY)
		return arrays_equal(type_part(type, PART_ELEMENT), a, b);
	return maps_equal(type, a, b);
}

// ---- Writing

// Zeroed room for len bytes, or NULL.
static char *extend(struct nested_writer *w, uint64_t len)
{
	char *at = w->bytes + w->len;

	if (w->is_full || len > w->size - w->len) {
		w->is_full = true;
		return NULL;
	}
	w->len += len;
	memset(at, 0, len);
	return at;
}

static void begin(struct nested_writer *w, char *room, uint64_t size)
{
	*w = (struct nested_writer){
		.bytes = room, .size = size < NESTED_BYTES_MAX ? size : NESTED_BYTES_MAX};
}

static void begin_array(struct nested_writer *w, enum type_kind kind, uint32_t n)
{
	char *at;

	w->start = w->len;
	w->nulls = w->start + COUNT_SIZE;
	w->slot = w->nulls + mask_size(n);
	w->kind = kind;
	w->i = 0;
	at = extend(w, COUNT_SIZE + mask_size(n) + (uint64_t)n * slot_width(kind));
	if (at != NULL)
		store(at, n);
	w->is_full |= n > NESTED_ITEMS_MAX;
}

void nested_array_begin(
	struct nested_writer *w, struct type element, uint32_t n, char *room, uint64_t size)
{
	begin(w, room, size);
	begin_array(w, element.kind, n);
}

void nested_row_begin(struct nested_writer *w, struct type row, char *room, uint64_t size)
{
	uint64_t slots = 0;

	begin(w, room, size);
	w->row = row.nested;
	w->slot = mask_size(row.nested->n);
	for (uint16_t i = 0; i < row.nested->n; i++)
		slots += slot_width(type_part(row, i).kind);
	extend(w, w->slot + slots);
}

void nested_map_begin(
	struct nested_writer *w, struct type map, uint32_t n, char *room, uint64_t size)
{
	begin(w, room, size);
	w->map = map.nested;
	w->n = n;
	extend(w, COUNT_SIZE);
	begin_array(w, type_part(map, PART_KEY).kind, n);
}

void nested_map_values(struct nested_writer *w)
{
	if (!w->is_full)
		store(w->bytes, w->len - COUNT_SIZE);
	begin_array(w, value_kind(w->map), w->n);
}

// The slot of the next item.
static char *next_slot(struct nested_writer *w, enum type_kind *kind)
{
	char *slot = w->bytes + w->slot;

	*kind = w->row != NULL ? w->row->parts[w->i].type.kind : w->kind;
	w->slot += slot_width(*kind);
	w->i++;
	return slot;
}

void nested_put(struct nested_writer *w, const void *value)
{
	enum type_kind kind;
	char *slot = next_slot(w, &kind), *bytes;
	uint32_t i = w->i - 1;
	struct str view;

	if (w->is_full)
		return;
	if (value == NULL) {
		w->bytes[w->nulls + i / 8] |= (char)(1 << i % 8);
	} else if (!type_is_view(kind)) {
		memcpy(slot, value, type_width(kind));
	} else {
		memcpy(&view, value, sizeof(view));
		store(slot, w->len - w->start);
		store(slot + COUNT_SIZE, view.len);
		bytes = extend(w, view.len);
		if (bytes != NULL)
			memcpy(bytes, str_data(&view), view.len);
	}
}

char *nested_room(const struct nested_writer *w, uint64_t *size)
{
	*size = w->is_full ? 0 : w->size - w->len;
	return w->bytes + w->len;
}

void nested_put_written(struct nested_writer *w, uint32_t len)
{
	enum type_kind kind;
	char *slot = next_slot(w, &kind);

	w->is_full |= len == 0; // the writer in place found no room
	if (w->is_full)
		return;
	assert(type_is_nested(kind));
	store(slot, w->len - w->start);
	store(slot + COUNT_SIZE, len);
	w->len += len;
}

uint32_t nested_end(struct nested_writer *w, struct str *value)
{
	if (w->is_full)
		return 0;
	if (value != NULL)
		*value = str_view(w->bytes, (uint32_t)w->len);
	return (uint32_t)w->len;
}
