#include "row/type.h"
#include "base/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *name_of(struct type type)
{
	static char buffer[TYPE_NAME_MAX];

	return type_name(type, buffer);
}

static void names_are_flinks(void **)
{
	struct type required = type_timestamp(TYPE_TIMESTAMP, 3);

	required.nullable = false;
	assert_string_equal(name_of(required), "TIMESTAMP(3) NOT NULL");
	assert_string_equal(name_of(type_decimal(38, 18)), "DECIMAL(38, 18)");
	assert_string_equal(name_of(type_of(TYPE_DECIMAL)), "DECIMAL(10, 0)");
	assert_string_equal(name_of(type_of(TYPE_VARCHAR)), "STRING");
	assert_string_equal(name_of(type_of(TYPE_VARBINARY)), "BYTES");
	assert_string_equal(name_of(type_of(TYPE_CHAR)), "CHAR(1)");
	assert_string_equal(name_of(type_of(TYPE_TIME)), "TIME(0)");
	assert_string_equal(name_of(type_of(TYPE_TIMESTAMP_LTZ)), "TIMESTAMP_LTZ(6)");
	assert_string_equal(name_of(type_of(TYPE_BIGINT)), "BIGINT");
}

static void the_longest_name_fits(void **)
{
	for (int kind = 0; kind < TYPE_ARRAY; kind++) {
		struct type type = {.kind = (enum type_kind)kind,
			.precision = TYPE_LENGTH_MAX - 1,
			.scale = TYPE_LENGTH_MAX};

		assert_true(strlen(name_of(type)) < TYPE_NAME_MAX - 1);
	}
}

static void names_of_nested_types_are_flinks(void **)
{
	struct arena *arena = arena_new();
	struct type number = type_of(TYPE_INT), row;
	struct field *fields;

	row = type_row(arena, 2, &fields);
	fields[0] = (struct field){"a", number};
	fields[1] = (struct field){"b", type_array(arena, type_of(TYPE_VARCHAR))};
	assert_string_equal(name_of(row), "ROW<`a` INT, `b` ARRAY<STRING>>");
	number.nullable = false;
	assert_string_equal(name_of(type_array(arena, number)), "ARRAY<INT NOT NULL>");
	row.nullable = false;
	assert_string_equal(name_of(type_map(arena, type_of(TYPE_VARCHAR), row)),
		"MAP<STRING, ROW<`a` INT, `b` ARRAY<STRING>> NOT NULL>");
	assert_string_equal(name_of(type_multiset(arena, number)), "MULTISET<INT NOT NULL>");
	arena_free(arena);
}

static void a_name_that_does_not_fit_ends_in_dots(void **)
{
	struct arena *arena = arena_new();
	struct type type = type_of(TYPE_INT);

	for (int i = 0; i < 40; i++)
		type = type_array(arena, type);
	assert_int_equal(strlen(name_of(type)), TYPE_NAME_MAX - 1);
	assert_string_equal(name_of(type) + TYPE_NAME_MAX - 4, "...");
	assert_int_equal(type_depth(type), 41);
	arena_free(arena);
}

static void nested_types_are_equal_by_their_parts(void **)
{
	struct arena *arena = arena_new();
	struct type number = type_of(TYPE_INT), required = number;
	struct field *fields;
	struct type a, b;

	required.nullable = false;
	assert_true(type_equal(type_array(arena, number), type_array(arena, required)));
	assert_false(type_equal(type_array(arena, number), type_multiset(arena, number)));
	assert_false(type_equal(type_array(arena, number), type_array(arena, type_of(TYPE_DATE))));
	a = type_row(arena, 1, &fields);
	fields[0] = (struct field){"x", number};
	b = type_row(arena, 1, &fields);
	fields[0] = (struct field){"y", number};
	assert_false(type_equal(a, b));
	fields[0].name = "x";
	assert_true(type_equal(a, b));
	arena_free(arena);
}

static void widths_are_those_of_the_c_types(void **)
{
	assert_int_equal(type_width(TYPE_BOOLEAN), sizeof(uint8_t));
	assert_int_equal(type_width(TYPE_SMALLINT), sizeof(int16_t));
	assert_int_equal(type_width(TYPE_FLOAT), sizeof(float));
	assert_int_equal(type_width(TYPE_DATE), sizeof(int32_t));
	assert_int_equal(type_width(TYPE_TIMESTAMP), sizeof(int64_t));
	assert_int_equal(type_width(TYPE_DECIMAL), sizeof(decimal));
	for (int kind = 0; kind < TYPE_ARRAY; kind++)
		assert_int_equal(__builtin_popcount(type_width((enum type_kind)kind)), 1);
}

static void families_are_told_apart(void **)
{
	assert_true(type_is_integer(TYPE_TINYINT) && type_is_integer(TYPE_BIGINT));
	assert_false(type_is_integer(TYPE_BOOLEAN) || type_is_integer(TYPE_FLOAT));
	assert_true(type_is_numeric(TYPE_DECIMAL) && !type_is_numeric(TYPE_CHAR));
	assert_true(type_is_view(TYPE_CHAR) && type_is_view(TYPE_VARBINARY));
	assert_true(type_is_string(TYPE_VARCHAR) && !type_is_string(TYPE_BINARY));
	assert_true(type_is_timestamp(TYPE_TIMESTAMP_LTZ) && !type_is_timestamp(TYPE_TIME));
}

static void equality_leaves_nullability_aside(void **)
{
	struct type required = type_of(TYPE_INT);

	required.nullable = false;
	assert_true(type_equal(required, type_of(TYPE_INT)));
	assert_false(type_equal(type_decimal(10, 2), type_decimal(10, 3)));
}

static void units_follow_the_precision(void **)
{
	static const int64_t units[10] = {1000, 1000, 1000, 1000, 1000000, 1000000, 1000000,
		1000000000, 1000000000, 1000000000};

	for (int32_t p = 0; p <= 9; p++)
		assert_int_equal(
			type_units_per_second(type_timestamp(TYPE_TIMESTAMP, p)), units[p]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_flinks),
		cmocka_unit_test(the_longest_name_fits),
		cmocka_unit_test(names_of_nested_types_are_flinks),
		cmocka_unit_test(a_name_that_does_not_fit_ends_in_dots),
		cmocka_unit_test(nested_types_are_equal_by_their_parts),
		cmocka_unit_test(widths_are_those_of_the_c_types),
		cmocka_unit_test(families_are_told_apart),
		cmocka_unit_test(equality_leaves_nullability_aside),
		cmocka_unit_test(units_follow_the_precision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
