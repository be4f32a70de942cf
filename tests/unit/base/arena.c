#include "base/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void memory_is_zeroed_and_aligned(void **)
{
	struct arena *arena = arena_new();

	for (size_t size = 1; size < 40000; size = size * 3 / 2 + 1) {
		unsigned char *at = arena_alloc(arena, size);

		assert_int_equal((uintptr_t)at % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xff, size);
	}
	arena_free(arena);
}

static void pieces_do_not_overlap(void **)
{
	struct arena *arena = arena_new();
	char *pieces[2000];

	for (int i = 0; i < 2000; i++) {
		pieces[i] = arena_alloc(arena, 33);
		memset(pieces[i], i % 251, 33);
	}
	for (int i = 0; i < 2000; i++)
		for (int j = 0; j < 33; j++)
			assert_int_equal((unsigned char)pieces[i][j], i % 251);
	arena_free(arena);
}

static void copies_of_text_end_in_nul(void **)
{
	struct arena *arena = arena_new();

	assert_string_equal(arena_strndup(arena, "barrier", 3), "bar");
	assert_string_equal(arena_strdup(arena, ""), "");
	assert_string_equal(arena_printf(arena, "%s-%d", "split", 7), "split-7");
	arena_free(arena);
}

static void growing_keeps_what_was_there(void **)
{
	struct arena *arena = arena_new();
	int *numbers = NULL;

	for (size_t n = 0; n < 100; n++) {
		numbers = arena_grow(arena, numbers, n * sizeof(int), (n + 1) * sizeof(int));
		assert_int_equal(numbers[n], 0);
		numbers[n] = (int)n;
	}
	for (int i = 0; i < 100; i++)
		assert_int_equal(numbers[i], i);
	arena_free(arena);
}

static void freeing_nothing_is_allowed(void **)
{
	struct arena *arena = arena_new();

	assert_non_null(arena);
	arena_free(arena);
	arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(copies_of_text_end_in_nul),
		cmocka_unit_test(growing_keeps_what_was_there),
		cmocka_unit_test(freeing_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
