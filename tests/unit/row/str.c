#include "row/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// A string of len bytes on the heap of exactly its size, so that ASan sees reads beyond it.
static char *bytes_of(uint32_t len, char fill)
{
	char *data = malloc(len > 0 ? len : 1);

	memset(data, fill, len);
	return data;
}

static void views_give_back_the_bytes(void **)
{
	for (uint32_t len = 0; len <= 40; len++) {
		char *data = bytes_of(len, 'x');
		struct str str = str_view(data, len);

		assert_int_equal(str.len, len);
		assert_int_equal(str_is_inline(&str), len <= STR_INLINE_MAX);
		assert_memory_equal(str_data(&str), data, len);
		free(data);
	}
}

static void inline_views_are_padded_with_zeros(void **)
{
	struct str a, b;

	memset(&a, 0xff, sizeof(a));
	memset(&b, 0x55, sizeof(b));
	for (uint32_t len = 0; len <= STR_INLINE_MAX; len++) {
		a = str_view("watermarks!!", len);
		b = str_view("watermarks!!", len);
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

static void equality_is_of_all_bytes(void **)
{
	for (uint32_t len = 1; len <= 40; len++)
		for (uint32_t at = 0; at < len; at++) {
			char *a = bytes_of(len, 'a'), *b = bytes_of(len, 'a');
			struct str view_a = str_view(a, len), view_b = str_view(b, len);

			assert_true(str_equal(&view_a, &view_b));
			b[at] = 'b';
			view_b = str_view(b, len);
			assert_false(str_equal(&view_a, &view_b));
			assert_true(str_compare(&view_a, &view_b) < 0);
			free(a);
			free(b);
		}
}

static void order_is_by_unsigned_bytes_then_length(void **)
{
	struct str low = str_view("z", 1), high = str_view("\xc3\xa9", 2);
	struct str text = str_view("late", 4), longer = str_view("lateness in this", 16);

	assert_true(str_compare(&low, &high) < 0);
	assert_true(str_compare(&text, &longer) < 0);
	assert_true(str_compare(&longer, &text) > 0);
	assert_int_equal(str_compare(&longer, &longer), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_give_back_the_bytes),
		cmocka_unit_test(inline_views_are_padded_with_zeros),
		cmocka_unit_test(equality_is_of_all_bytes),
		cmocka_unit_test(order_is_by_unsigned_bytes_then_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
