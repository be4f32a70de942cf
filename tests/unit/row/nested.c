// Random nested values, written, read back, and compared with the trees that they were made of.
#include "row/nested.h"
#include "base/arena.h"
#include "random.h"
#include "row/nested_order.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { ROOM = 1 << 16, PARTS_MAX = 6 };

// The twin: a value as a tree. A map's parts are key, value, key, value ….
struct tree {
	bool is_null;
	union nested_value scalar;
	uint32_t n;
	struct tree *parts[2 * PARTS_MAX];
};

static struct random dice = {7};
static char room[ROOM];

static struct type random_type(struct arena *arena, int depth)
{
	static const enum type_kind scalars[] = {TYPE_BOOLEAN, TYPE_SMALLINT, TYPE_INT, TYPE_BIGINT,
		TYPE_DOUBLE, TYPE_DECIMAL, TYPE_VARCHAR, TYPE_VARBINARY};
	static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
	struct field *fields;
	struct type type;
	uint16_t n;

	if (depth == 0)
		return type_of(scalars[random_below(&dice, 8)]);
	switch (random_below(&dice, 5)) {
	case 0:
		return type_array(arena, random_type(arena, depth - 1));
	case 1:
		return type_multiset(arena, type_of(scalars[random_below(&dice, 8)]));
	case 2:
		return type_map(arena, type_of(TYPE_INT), random_type(arena, depth - 1));
	case 3:
		return random_type(arena, depth - 1);
	default:
		n = (uint16_t)(1 + random_below(&dice, PARTS_MAX));
		type = type_row(arena, n, &fields);
		for (uint16_t i = 0; i < n; i++)
			fields[i] = (struct field){names[i], random_type(arena, depth - 1)};
		return type;
	}
}

static struct type part_type(struct type type, uint32_t i)
{
	if (type.kind == TYPE_MULTISET && i % 2 == 1)
		return type_of(TYPE_INT);
	if (type.kind == TYPE_MAP)
		return type_part(type, i % 2);
	return type_part(type, type.kind == TYPE_ROW ? (uint16_t)i : 0);
}

static struct tree *random_tree(struct arena *arena, struct type type)
{
	struct tree *tree = arena_alloc(arena, sizeof(*tree));
	uint32_t len = random_below(&dice, 30);

	tree->is_null = random_below(&dice, 6) == 0;
	if (type_is_nested(type.kind)) {
		tree->n = type.kind == TYPE_ROW ? type.nested->n : random_below(&dice, PARTS_MAX);
		if (type.kind == TYPE_MAP || type.kind == TYPE_MULTISET)
			tree->n = tree->n / 2 * 2;
		for (uint32_t i = 0; i < tree->n; i++)
			tree->parts[i] = random_tree(arena, part_type(type, i));
	} else if (type_is_view(type.kind)) {
		char *text = arena_alloc(arena, len + 1);

		for (uint32_t i = 0; i < len; i++)
			text[i] = (char)random_below(&dice, 256);
		tree->scalar.str = str_view(text, len);
	} else {
		decimal bits = random_wide(&dice);

		memcpy(&tree->scalar, &bits, type_width(type.kind));
	}
	// Keys of a map are different: numbers that count up.
	for (uint32_t i = 0; type.kind == TYPE_MAP && i < tree->n; i += 2) {
		tree->parts[i]->is_null = false;
		tree->parts[i]->scalar.i32 = (int32_t)i;
	}
	return tree;
}

static uint32_t write_tree(struct type type, const struct tree *tree, char *to, uint64_t size);

static void put_tree(struct nested_writer *w, struct type type, const struct tree *tree)
{
	uint64_t size;
	char *at;

	if (tree->is_null) {
		nested_put(w, NULL);
	} else if (type_is_nested(type.kind)) {
		at = nested_room(w, &size);
		nested_put_written(w, write_tree(type, tree, at, size));
	} else {
		nested_put(w, &tree->scalar);
	}
}

static uint32_t write_tree(struct type type, const struct tree *tree, char *to, uint64_t size)
{
	bool is_map = type.kind == TYPE_MAP || type.kind == TYPE_MULTISET;
	struct nested_writer w;

	if (type.kind == TYPE_ARRAY)
		nested_array_begin(&w, type_part(type, 0), tree->n, to, size);
	else if (type.kind == TYPE_ROW)
		nested_row_begin(&w, type, to, size);
	else
		nested_map_begin(&w, type, tree->n / 2, to, size);
	for (uint32_t i = 0; i < tree->n; i += is_map ? 2 : 1)
		put_tree(&w, part_type(type, i), tree->parts[i]);
	if (is_map)
		nested_map_values(&w);
	for (uint32_t i = 1; is_map && i < tree->n; i += 2)
		put_tree(&w, part_type(type, i), tree->parts[i]);
	return nested_end(&w, NULL);
}

static void check_tree(struct type type, const struct tree *tree, const union nested_value *value);

static void check_part(
	struct type type, const struct tree *tree, bool there, const union nested_value *value)
{
	assert_int_equal(there, !tree->is_null);
	if (there)
		check_tree(type, tree, value);
}

static void check_tree(struct type type, const struct tree *tree, const union nested_value *value)
{
	struct nested_items keys, values;
	union nested_value part;

	if (type.kind == TYPE_ROW) {
		for (uint16_t i = 0; i < tree->n; i++) {
			struct nested_field field = nested_field(type, i);
			bool there = nested_get_field(&value->str, &field, &part);

			check_part(type_part(type, i), tree->parts[i], there, &part);
		}
	} else if (type.kind == TYPE_ARRAY) {
		keys = nested_array(&value->str, type_part(type, 0));
		assert_int_equal(keys.n, tree->n);
		for (uint32_t i = 0; i < tree->n; i++)
			check_part(type_part(type, 0), tree->parts[i], nested_get(&keys, i, &part),
				&part);
	} else if (type_is_nested(type.kind)) {
		keys = nested_keys(&value->str, type);
		values = nested_values(&value->str, type);
		assert_int_equal(nested_count(&value->str), tree->n / 2);
		assert_int_equal(keys.n, tree->n / 2);
		assert_int_equal(values.n, tree->n / 2);
		for (uint32_t i = 0; i < tree->n; i++)
			check_part(part_type(type, i), tree->parts[i],
				nested_get(i % 2 == 0 ? &keys : &values, i / 2, &part), &part);
	} else if (type_is_view(type.kind)) {
		assert_true(str_equal(&tree->scalar.str, &value->str));
	} else {
		assert_memory_equal(&tree->scalar, value, type_width(type.kind));
	}
}

static void what_is_written_is_read_again(void **)
{
	for (int round = 0; round < 2000; round++) {
		struct arena *arena = arena_new();
		struct type type = type_array(arena, random_type(arena, 4));
		struct tree *tree = random_tree(arena, type);
		uint32_t len = write_tree(type, tree, room, ROOM);
		char *exact = malloc(len), *again = malloc(len);
		union nested_value value;

		assert_true(len > 0);
		memcpy(exact, room, len); // its own memory: reading behind it is seen
		value.str = str_view(exact, len);
		assert_true(nested_is_valid(type, &value.str));
		check_tree(type, tree, &value);
		memset(again, 0xff, len);
		assert_int_equal(write_tree(type, tree, again, len), len);
		assert_memory_equal(exact, again, len);
		assert_int_equal(write_tree(type, tree, again, len - 1), 0);
		assert_int_equal(write_tree(type, tree, again, random_below(&dice, len)), 0);
		free(exact);
		free(again);
		arena_free(arena);
	}
}

// What is said to be valid can be read whole, and nothing that is cut off is valid.
static void wrong_bytes_are_refused_or_harmless(void **)
{
	for (int round = 0; round < 4000; round++) {
		struct arena *arena = arena_new();
		struct type type = type_array(arena, random_type(arena, 4));
		uint32_t len = write_tree(type, random_tree(arena, type), room, ROOM);
		uint32_t cut = random_below(&dice, len);
		char *bytes = malloc(len), *front = malloc(cut + 1u);
		struct str value, part;

		memcpy(front, room, cut);
		part = str_view(front, cut);
		assert_false(nested_is_valid(type, &part));
		memcpy(bytes, room, len);
		for (uint32_t i = random_below(&dice, 3) + 1; i > 0; i--)
			bytes[random_below(&dice, len)] = (char)random_below(&dice, 256);
		value = str_view(bytes, len);
		if (nested_is_valid(type, &value))
			(void)nested_equal(type, &value, &value);
		free(bytes);
		free(front);
		arena_free(arena);
	}
}

static struct str write_map(
	struct type type, const int32_t *keys, const char *const *values, uint32_t n, char *to)
{
	struct nested_writer w;
	struct str map, value;

	nested_map_begin(&w, type, n, to, 1000);
	for (uint32_t i = 0; i < n; i++)
		nested_put(&w, &keys[i]);
	nested_map_values(&w);
	for (uint32_t i = 0; i < n; i++) {
		value = str_view(values[i], (uint32_t)strlen(values[i]));
		nested_put(&w, &value);
	}
	assert_true(nested_end(&w, &map) > 0);
	return map;
}

static void maps_are_equal_in_any_order(void **)
{
	struct arena *arena = arena_new();
	struct type type = type_map(arena, type_of(TYPE_INT), type_of(TYPE_VARCHAR));
	char to[3][1000];
	struct str a =
		write_map(type, (int32_t[]){1, -2, 3}, (const char *[]){"x", "yy", "z"}, 3, to[0]);
	struct str b =
		write_map(type, (int32_t[]){3, 1, -2}, (const char *[]){"z", "x", "yy"}, 3, to[1]);
	struct str c =
		write_map(type, (int32_t[]){3, 1, -2}, (const char *[]){"z", "yy", "x"}, 3, to[2]);

	assert_true(nested_equal(type, &a, &b));
	assert_false(nested_equal(type, &a, &c));
	arena_free(arena);
}

static void sorting_is_stable_and_finds(void **)
{
	for (int round = 0; round < 300; round++) {
		static uint16_t order[NESTED_ITEMS_MAX];
		uint32_t n = random_below(&dice, 60);
		struct nested_items items;
		struct nested_writer w;
		struct str array;

		nested_array_begin(&w, type_of(TYPE_INT), n, room, ROOM);
		for (uint32_t i = 0; i < n; i++) {
			int32_t value = (int32_t)random_below(&dice, 12) - 6;

			nested_put(&w, random_below(&dice, 9) == 0 ? NULL : &value);
		}
		assert_true(nested_end(&w, &array) > 0);
		items = nested_array(&array, type_of(TYPE_INT));
		nested_order(&items, order);
		for (uint32_t i = 1; i < n; i++) {
			int side = nested_order_items(&items, order[i - 1], &items, order[i]);

			assert_true(side < 0 || (side == 0 && order[i - 1] < order[i]));
		}
		for (uint32_t i = 0; i < n; i++) {
			int32_t found = nested_find(&items, order, &items, i);

			assert_true(found >= 0);
			assert_int_equal(nested_order_items(&items, (uint32_t)found, &items, i), 0);
		}
	}
}

static void too_many_items_do_not_fit(void **)
{
	struct nested_writer w;
	char *large = malloc(8 * NESTED_ITEMS_MAX);

	nested_array_begin(
		&w, type_of(TYPE_TINYINT), NESTED_ITEMS_MAX + 1, large, 8 * NESTED_ITEMS_MAX);
	for (uint32_t i = 0; i <= NESTED_ITEMS_MAX; i++)
		nested_put(&w, NULL);
	assert_int_equal(nested_end(&w, NULL), 0);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(wrong_bytes_are_refused_or_harmless),
		cmocka_unit_test(maps_are_equal_in_any_order),
		cmocka_unit_test(sorting_is_stable_and_finds),
		cmocka_unit_test(too_many_items_do_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
