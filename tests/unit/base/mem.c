#include "base/mem.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void *refuse(struct mem *mem, size_t size, size_t align)
{
	return NULL;
}

static void memory_is_zeroed_and_aligned(void **)
{
	for (size_t align = 64; align <= 4096; align *= 2) {
		char *ptr = mem_zalloc_aligned(&mem_libc, 1000, align);

		assert_int_equal((uintptr_t)ptr % align, 0);
		for (int i = 0; i < 1000; i++)
			assert_int_equal(ptr[i], 0);
		mem_free(&mem_libc, ptr);
	}
}

static void no_bytes_are_still_an_allocation(void **)
{
	void *ptr = mem_zalloc(&mem_libc, 0);

	assert_non_null(ptr);
	mem_free(&mem_libc, ptr);
	mem_free(&mem_libc, NULL);
}

static void running_out_is_enomem(void **)
{
	struct mem none = {.alloc = refuse};

	errno = 0;
	assert_null(mem_zalloc(&none, 64));
	assert_int_equal(errno, ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(no_bytes_are_still_an_allocation),
		cmocka_unit_test(running_out_is_enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
