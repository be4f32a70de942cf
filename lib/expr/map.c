// MAP[…] and what is made of maps and into maps. Entries keep the order in which their keys came.
#include "expr/families.h"
#include "expr/nested.h"
#include <assert.h>
#include <errno.h>

enum { ABSENT = UINT16_MAX };
_Static_assert(NESTED_ITEMS_MAX < (int)ABSENT, "an index is never ABSENT");

// last[i] becomes where the last key is that is the same as key i, or ABSENT when key i is not the
// first of its value. Returns how many are.
static uint32_t find_last(const struct nested_items *keys, uint16_t last[NESTED_ITEMS_MAX])
{
	uint16_t order[NESTED_ITEMS_MAX];
	uint32_t n = 0;

	nested_order(keys, order); // the same ones as they stood
	for (uint32_t i = 0, end; i < keys->n; i = end) {
		end = i + 1;
		while (end < keys->n && nested_order_items(keys, order[i], keys, order[end]) == 0)
			last[order[end++]] = ABSENT;
		last[order[i]] = order[end - 1];
		n++;
	}
	return n;
}

void nested_put_map(struct call *call, uint16_t row, const struct nested_items *keys,
	const struct nested_items *values)
{
	uint16_t last[NESTED_ITEMS_MAX];
	uint64_t size;
	char *room = nested_heap(call, &size);
	struct nested_writer w;

	assert(keys->n == values->n);
	nested_map_begin(&w, call->expr->type, find_last(keys, last), room, size);
	for (uint32_t i = 0; i < keys->n; i++)
		if (last[i] != ABSENT)
			nested_put_item(&w, keys, i);
	nested_map_values(&w);
	for (uint32_t i = 0; i < keys->n; i++)
		if (last[i] != ABSENT)
			nested_put_item(&w, values, last[i]);
	nested_done(call, row, &w);
}

// ---- Of two arrays

static void put_arrays(
	struct call *call, uint16_t row, const struct str *key_array, const struct str *value_array)
{
	struct type map = call->expr->type;
	struct nested_items keys = nested_array(key_array, type_part(map, PART_KEY));
	struct nested_items values = nested_array(value_array, type_part(map, PART_VALUE));

	if (keys.n != values.n)
		call_fail(call, row, "MAP_FROM_ARRAYS: there are not as many values as keys");
	else
		nested_put_map(call, row, &keys, &values);
}

static void from_arrays(struct call *call)
{
	CALL_FOREACH(call, row)
	put_arrays(call, row, nested_arg(call, 0, row), nested_arg(call, 1, row));
}

static int resolve_from_arrays(struct resolve *r)
{
	if (nested_need(r, 0, TYPE_ARRAY) != 0 || nested_need(r, 1, TYPE_ARRAY) != 0)
		return -EINVAL;
	r->type = type_map(r->arena, type_part(r->args[0]->type, PART_ELEMENT),
		type_part(r->args[1]->type, PART_ELEMENT));
	r->kernel = &r->function->kernel;
	return 0;
}

// MAP[k, v, …] as MAP_FROM_ARRAYS(ARRAY[k, …], ARRAY[v, …]).
static int resolve_map(struct resolve *r)
{
	uint16_t n = r->n_args / 2;
	const struct expr **keys = arena_alloc(r->arena, n * sizeof(*keys));
	const struct expr **values = arena_alloc(r->arena, n * sizeof(*values));
	const struct expr *arrays[2];

	for (uint16_t i = 0; i < n; i++) {
		keys[i] = r->args[2 * i];
		values[i] = r->args[2 * i + 1];
	}
	arrays[0] = call_by_name(r, "ARRAY", keys, n);
	arrays[1] = call_by_name(r, "ARRAY", values, n);
	if (arrays[0] == NULL || arrays[1] == NULL)
		return -EINVAL;
	r->expr = call_by_name(r, "MAP_FROM_ARRAYS", arrays, 2);
	return r->expr != NULL ? 0 : -EINVAL;
}

// ---- Of maps

static void keys_of(struct call *call)
{
	struct str *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = nested_key_array(nested_arg(call, 0, row));
}

static void values_of(struct call *call)
{
	struct str *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = nested_value_array(nested_arg(call, 0, row));
}

static int resolve_part_array(struct resolve *r, uint16_t part)
{
	if (nested_need(r, 0, TYPE_MAP) != 0)
		return -EINVAL;
	r->type = type_array(r->arena, type_part(r->args[0]->type, part));
	r->kernel = &r->function->kernel;
	return 0;
}

static int resolve_keys(struct resolve *r)
{
	return resolve_part_array(r, PART_KEY);
}

static int resolve_values(struct resolve *r)
{
	return resolve_part_array(r, PART_VALUE);
}

static void entries_of(struct call *call)
{
	struct type map = call->expr->args[0]->type;
	struct type entry = type_part(call->expr->type, PART_ELEMENT);

	CALL_FOREACH(call, row)
	{
		struct nested_items keys = nested_keys(nested_arg(call, 0, row), map);
		struct nested_items values = nested_values(nested_arg(call, 0, row), map);
		struct nested_writer w, inner;

		nested_begin_array(call, keys.n, &w);
		for (uint32_t i = 0; i < keys.n; i++) {
			uint64_t size;
			char *room = nested_room(&w, &size);

			nested_row_begin(&inner, entry, room, size);
			nested_put_item(&inner, &keys, i);
			nested_put_item(&inner, &values, i);
			nested_put_written(&w, nested_end(&inner, NULL));
		}
		nested_done(call, row, &w);
	}
}

static int resolve_entries(struct resolve *r)
{
	struct field *fields;
	struct type entry;

	if (nested_need(r, 0, TYPE_MAP) != 0)
		return -EINVAL;
	entry = type_row(r->arena, 2, &fields);
	entry.nullable = false;
	fields[0] = (struct field){"key", type_part(r->args[0]->type, PART_KEY)};
	fields[1] = (struct field){"value", type_part(r->args[0]->type, PART_VALUE)};
	r->type = type_array(r->arena, entry);
	r->kernel = &r->function->kernel;
	return 0;
}

// A map's keys (part 0) and its values are first written as arrays into the back half of what is
// left of the heap, a quarter each but for 4 bytes: the map of them fits into the front half.
static char *part_room(const struct call *call, uint16_t part, uint64_t *size)
{
	uint64_t left, quarter;
	char *room = nested_heap(call, &left);

	quarter = left / 4;
	*size = quarter > 4 ? quarter - 4 : 0;
	return room + quarter * (2u + part);
}

static void unite(struct call *call)
{
	struct type map = call->expr->type;

	CALL_FOREACH(call, row)
	{
		uint16_t n_args = call->expr->n_args;
		struct nested_writer w[2];
		struct str arrays[2];
		bool fits = true;

		for (uint16_t part = 0; part < 2; part++) {
			uint64_t size;
			char *room = part_room(call, part, &size);
			uint32_t n = 0;

			for (uint16_t a = 0; a < n_args; a++)
				n += nested_count(nested_arg(call, a, row));
			nested_array_begin(&w[part], type_part(map, part), n, room, size);
			for (uint16_t a = 0; a < n_args; a++) {
				const struct str *from = nested_arg(call, a, row);
				struct nested_items items = part == PART_KEY
								    ? nested_keys(from, map)
								    : nested_values(from, map);

				for (uint32_t i = 0; i < items.n; i++)
					nested_put_item(&w[part], &items, i);
			}
			fits &= nested_end(&w[part], &arrays[part]) > 0;
		}
		if (fits)
			put_arrays(call, row, &arrays[0], &arrays[1]);
		else
			call_str_full(call, row);
	}
}

static int resolve_union(struct resolve *r)
{
	r->kernel = &r->function->kernel;
	return nested_unify_all(r, TYPE_MAP, &r->type);
}

// ---- Of texts

// The separator's place in text[:len], or len; len_separator is how long it is.
static uint32_t find(const char *text, uint32_t len, const struct str *separator)
{
	const char *found = memmem(text, len, str_data(separator), separator->len);

	return found != NULL ? (uint32_t)(found - text) : len;
}

static struct str separator_of(
	const struct call *call, uint16_t i, uint16_t row, const char *unsaid)
{
	return i < call->expr->n_args ? *nested_arg(call, i, row) : str_view(unsaid, 1);
}

// Where the parts of text end: as Java's split(), empty ones at the end are none, but an empty text
// is one part.
static uint32_t trim_parts(const struct str *text, const struct str *separator)
{
	uint32_t end = text->len;

	while (end >= separator->len && end > 0 &&
		memcmp(str_data(text) + end - separator->len, str_data(separator),
			separator->len) == 0)
		end -= separator->len;
	return end;
}

// Write the keys, or the values, of the parts of text as an array; returns how many there are.
static uint32_t split_entries(struct nested_writer *w, const struct str *text, uint32_t end,
	const struct str *between, const struct str *inside, uint16_t part)
{
	const char *data = str_data(text);
	uint32_t n = 0;

	for (uint32_t at = 0, len; at <= end; at += len + between->len, n++) {
		uint32_t key_len;
		struct str value;

		len = find(data + at, end - at, between);
		key_len = find(data + at, len, inside);
		if (w == NULL)
			continue;
		if (part == PART_KEY)
			value = str_view(data + at, key_len);
		else if (key_len < len)
			value = str_view(
				data + at + key_len + inside->len, len - key_len - inside->len);
		nested_put(w, part == PART_VALUE && key_len == len ? NULL : &value);
		if (w->is_full)
			break;
	}
	return n;
}

static void from_text(struct call *call)
{
	struct type text_type = type_of(TYPE_VARCHAR);

	CALL_FOREACH(call, row)
	{
		const struct str *text = nested_arg(call, 0, row);
		struct str between = separator_of(call, 1, row, ",");
		struct str inside = separator_of(call, 2, row, "=");
		uint32_t end, n;
		struct nested_writer w[2];
		struct str arrays[2];
		bool fits = true;

		if (between.len == 0 || inside.len == 0) {
			call_fail(call, row, "STR_TO_MAP: a separator is empty");
			continue;
		}
		end = trim_parts(text, &between);
		n = end == 0 && text->len > 0
			    ? 0
			    : split_entries(NULL, text, end, &between, &inside, PART_KEY);
		for (uint16_t part = 0; part < 2; part++) {
			uint64_t size;
			char *room = part_room(call, part, &size);
			nested_array_begin(&w[part], text_type, n, room, size);
			if (n > 0)
				split_entries(&w[part], text, end, &between, &inside, part);
			fits &= nested_end(&w[part], &arrays[part]) > 0;
		}
		if (fits)
			put_arrays(call, row, &arrays[0], &arrays[1]);
		else
			call_str_full(call, row);
	}
}

// Flink takes the separators for regular expressions: only those that mean themselves are taken.
static int check_separator(struct resolve *r, uint16_t i)
{
	const struct str *text = &r->args[i]->value.str;

	if (!expr_is_literal(r->args[i]) || r->args[i]->is_null)
		return 0;
	for (uint32_t at = 0; at < text->len; at++)
		if (memchr("\\^$.|?*+()[{", str_data(text)[at], 12) != NULL)
			return err_set_at(r->err, r->args[i]->pos,
				"STR_TO_MAP: '%c' in a separator has a meaning in regular "
				"expressions, which are not supported here",
				str_data(text)[at]);
	return 0;
}

static int resolve_from_text(struct resolve *r)
{
	struct type text = type_of(TYPE_VARCHAR);

	if (resolve_letters(r) != 0)
		return -EINVAL;
	for (uint16_t i = 1; i < r->n_args; i++)
		if (check_separator(r, i) != 0)
			return -EINVAL;
	r->type = type_map(r->arena, text, text);
	r->kernel = &r->function->kernel;
	return 0;
}

#define F(sql, letters, min, max, resolver, run, flags, use, text)                             \
	{                                                                                      \
		.name = sql, .args = letters, .n_min = min, .n_max = max, .resolve = resolver, \
		.kernel = {run, flags}, .usage = use, .doc = text                              \
	}

static const struct function functions[] = {
	F("MAP", NULL, 2, FUNCTION_ARGS_ANY, resolve_map, NULL, 0, "MAP[key, value, …]",
		"a MAP of these entries; of equal keys the last one's value counts"),
	F("MAP_FROM_ARRAYS", NULL, 2, 2, resolve_from_arrays, from_arrays,
		KERNEL_NULLS | KERNEL_FAULTS, "MAP_FROM_ARRAYS(keys, values)",
		"a MAP of two ARRAYs, which must be equally long"),
	F("MAP_KEYS", NULL, 1, 1, resolve_keys, keys_of, 0, "MAP_KEYS(map)",
		"its keys as an ARRAY"),
	F("MAP_VALUES", NULL, 1, 1, resolve_values, values_of, 0, "MAP_VALUES(map)",
		"its values as an ARRAY"),
	F("MAP_ENTRIES", NULL, 1, 1, resolve_entries, entries_of, KERNEL_NULLS, "MAP_ENTRIES(map)",
		"its entries as an ARRAY of ROWs of key and value"),
	F("MAP_UNION", NULL, 1, FUNCTION_ARGS_ANY, resolve_union, unite, KERNEL_NULLS,
		"MAP_UNION(a, b, …)", "the entries of all; of equal keys the last one's value"),
	F("STR_TO_MAP", "s", 1, 3, resolve_from_text, from_text, KERNEL_NULLS | KERNEL_FAULTS,
		"STR_TO_MAP(s [, between [, inside]])",
		"'a=1,b=2' as a MAP, split between entries by ',' and inside them by '='"),
};

const struct function_family family_map = {
	"Maps", functions, sizeof(functions) / sizeof(*functions)};
