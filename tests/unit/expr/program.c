// What a program promises around its expressions.
#include "sugar.h"
#include <stdlib.h>

static const struct expr *column(uint16_t i, enum type_kind kind)
{
	return expr_column(arena, i, type_of(kind), (struct pos){0});
}

static void only_selected_rows_fault(void **)
{
	int32_t a[BLOCK_ROWS_MAX] = {6, 1, 8}, b[BLOCK_ROWS_MAX] = {3, 0, 2};
	struct column columns[] = {{a, NULL}, {b, NULL}}, result;
	const uint16_t rows[] = {0, 2};
	struct block block = {
		.n_rows = 2, .n_slots = 3, .n_columns = 2, .rows = rows, .columns = columns};
	const struct expr *expr = CALL("/", column(0, TYPE_INT), column(1, TYPE_INT));
	struct program *program = program_new(&mem_libc, &expr, 1, NULL);
	struct eval eval = {0};

	program_run(program, &block, &eval, &result);
	assert_null(eval.fault.text);
	assert_int_equal(((int32_t *)result.values)[0], 2);
	assert_int_equal(((int32_t *)result.values)[2], 4);
	block.rows = NULL;
	block.n_rows = 3;
	program_run(program, &block, &eval, &result);
	assert_string_equal(eval.fault.text, "/ by zero");
	program_free(program);
}

static void a_null_row_does_not_fault(void **)
{
	int32_t a[BLOCK_ROWS_MAX] = {6, 1}, b[BLOCK_ROWS_MAX] = {3, 0};
	uint64_t nulls[BLOCK_NULL_WORDS] = {2};
	struct column columns[] = {{a, nulls}, {b, NULL}}, result;
	struct block block = {.n_rows = 2, .n_slots = 2, .n_columns = 2, .columns = columns};
	const struct expr *expr = CALL("%", column(0, TYPE_INT), column(1, TYPE_INT));
	struct program *program = program_new(&mem_libc, &expr, 1, NULL);
	struct eval eval = {0};

	program_run(program, &block, &eval, &result);
	assert_null(eval.fault.text);
	assert_false(nulls_get(result.nulls, 0));
	assert_true(nulls_get(result.nulls, 1));
	program_free(program);
}

static void a_plain_column_is_passed_through(void **)
{
	int32_t a[BLOCK_ROWS_MAX] = {6};
	struct column columns[] = {{a, NULL}}, result;
	struct block block = {.n_rows = 1, .n_slots = 1, .n_columns = 1, .columns = columns};
	const struct expr *expr = column(0, TYPE_INT);
	struct program *program = program_new(&mem_libc, &expr, 1, NULL);
	struct eval eval = {0};

	program_run(program, &block, &eval, &result);
	assert_ptr_equal(result.values, a);
	assert_null(result.nulls);
	program_free(program);
}

static void an_empty_block_is_no_work(void **)
{
	const struct expr *expr = CALL(">", column(0, TYPE_INT), lit_int(1));
	struct program *program = program_new(&mem_libc, &expr, 1, NULL);
	int32_t a[BLOCK_ROWS_MAX] = {6};
	struct column columns[] = {{a, NULL}}, result;
	struct block block = {.n_columns = 1, .columns = columns};
	uint16_t rows[BLOCK_ROWS_MAX];
	struct eval eval = {0};

	program_run(program, &block, &eval, &result);
	assert_int_equal(program_select(program, &block, &eval, rows), 0);
	program_free(program);
}

static void equal_parts_are_computed_once(void **)
{
	const struct expr *sum = CALL("+", column(0, TYPE_INT), lit_int(1));
	const struct expr *again = CALL("+", column(0, TYPE_INT), lit_int(1));
	const struct expr *exprs[] = {sum, again};
	struct program *program = program_new(&mem_libc, exprs, 2, NULL);
	int32_t a[BLOCK_ROWS_MAX] = {6};
	struct column columns[] = {{a, NULL}}, results[2];
	struct block block = {.n_rows = 1, .n_slots = 1, .n_columns = 1, .columns = columns};
	struct eval eval = {0};

	program_run(program, &block, &eval, results);
	assert_ptr_equal(results[0].values, results[1].values);
	assert_int_equal(*(int32_t *)results[0].values, 7);
	program_free(program);
}

static void strings_last_until_the_next_run(void **)
{
	const struct expr *expr = CALL("UPPER", column(0, TYPE_VARCHAR));
	struct program *program = program_new(&mem_libc, &expr, 1, NULL);
	static struct str values[BLOCK_ROWS_MAX];
	struct column columns[] = {{values, NULL}}, result;
	struct block block = {.n_rows = BLOCK_ROWS_MAX,
		.n_slots = BLOCK_ROWS_MAX,
		.n_columns = 1,
		.columns = columns};
	struct eval eval = {0};

	for (uint16_t row = 0; row < BLOCK_ROWS_MAX; row++)
		values[row] = str_view("some thirty bytes of ascii text", 31);
	// More than the heap holds, but not in one run.
	for (int run = 0; run < 100; run++)
		program_run(program, &block, &eval, &result);
	assert_int_equal(eval.n_overflow, 0);
	assert_memory_equal(
		str_data((struct str *)result.values + 200), "SOME THIRTY BYTES OF ASCII TEXT", 31);
	program_free(program);
}

// An allocator that fails the n-th call.
struct failing {
	struct mem mem;
	int n_left, n_out;
};

static void *failing_alloc(struct mem *mem, size_t size, size_t align)
{
	struct failing *failing = (struct failing *)mem;
	void *ptr;

	if (failing->n_left-- <= 0)
		return NULL;
	ptr = mem_libc.alloc(&mem_libc, size, align);
	failing->n_out += ptr != NULL;
	return ptr;
}

static void failing_free(struct mem *mem, void *ptr)
{
	((struct failing *)mem)->n_out--;
	mem_libc.free(&mem_libc, ptr);
}

static void no_memory_leaves_nothing_behind(void **)
{
	const struct expr *a = column(0, TYPE_INT);
	const struct expr *expr = CALL("CASE", CALL(">", a, lit_int(1)), CALL("/", lit_int(10), a),
		CALL("+", CALL("/", lit_int(10), a), lit_int(1)));
	struct program *program = NULL;
	int n = 0;

	for (; program == NULL; n++) {
		struct failing failing = {{failing_alloc, failing_free}, n, 0};

		program = program_new(&failing.mem, &expr, 1, NULL);
		assert_true(n < 1000);
		if (program != NULL)
			program_free(program);
		assert_int_equal(failing.n_out, 0);
	}
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_selected_rows_fault),
		cmocka_unit_test(a_null_row_does_not_fault),
		cmocka_unit_test(a_plain_column_is_passed_through),
		cmocka_unit_test(an_empty_block_is_no_work),
		cmocka_unit_test(equal_parts_are_computed_once),
		cmocka_unit_test(strings_last_until_the_next_run),
		cmocka_unit_test(no_memory_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
