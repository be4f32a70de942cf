#include "row/schema.h"
#include "base/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void columns_are_found_by_exact_name(void **)
{
	struct arena *arena = arena_new();
	struct schema *schema = schema_new(arena, 2);

	schema->fields[0] = (struct field){"price", type_decimal(10, 2)};
	schema->fields[1] = (struct field){"ts", type_timestamp(TYPE_TIMESTAMP, 3)};
	assert_int_equal(schema_find(schema, "price"), 0);
	assert_int_equal(schema_find(schema, "ts"), 1);
	assert_int_equal(schema_find(schema, "TS"), -1);
	assert_int_equal(schema_find(schema, ""), -1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_found_by_exact_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
