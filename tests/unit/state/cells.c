#include "state/cells.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"

enum { N_PAGES = 400, N_HELD = 300 };

struct held {
	unsigned char *at;
	unsigned char mark;
};

static void check_marked(const struct held *held, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		assert_int_equal(held->at[i], held->mark);
}

static void churn(struct cells *cells, uint32_t size, struct random *random)
{
	static struct held held[N_HELD];
	uint32_t n_refused = 0;

	memset(held, 0, sizeof(held));
	for (int step = 0; step < 4000; step++) {
		struct held *one = &held[random_below(random, N_HELD)];

		if (one->at != NULL) {
			check_marked(one, size);
			cells_give(cells, one->at);
			one->at = NULL;
			continue;
		}
		one->at = cells_take(cells);
		n_refused += one->at == NULL;
		if (one->at == NULL)
			continue;
		assert_int_equal((uintptr_t)one->at % CELL_ALIGN, 0);
		one->mark = (unsigned char)random_below(random, 256);
		memset(one->at, one->mark, size);
	}
	assert_true(n_refused == 0 || cells->pool->n_used > N_PAGES - cells->run_pages);
}

static void cells_never_overlap_and_pages_come_back(void **)
{
	static const uint32_t sizes[] = {8, 1032, 1280, 4096, 5000, 20000, 65536};
	struct random random = {5};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct page_pool all, part;
		struct cells cells;

		assert_int_equal(page_pool_init(&all, &mem_libc, N_PAGES * PAGE_SIZE), 0);
		page_pool_part(&part, &all);
		cells_init(&cells, &part, sizes[i]);
		assert_true((uint64_t)cells.run_cells * cells.size * 8 >=
			    (uint64_t)cells.run_pages * PAGE_SIZE * 7);
		churn(&cells, sizes[i], &random);
		assert_int_equal(part.n_used, all.n_used);
		cells_destroy(&cells);
		assert_int_equal(all.n_used, 0);
		page_pool_destroy(&all, &mem_libc);
	}
}

static void cells_in_use_have_numbers_of_their_own(void **)
{
	struct page_pool pool;
	struct cells cells;
	uint64_t numbers[20];

	assert_int_equal(page_pool_init(&pool, &mem_libc, N_PAGES * PAGE_SIZE), 0);
	cells_init(&cells, &pool, 2000);
	for (int i = 0; i < 20; i++) {
		numbers[i] = cell_number(&cells, cells_take(&cells));
		for (int k = 0; k < i; k++)
			assert_int_not_equal(numbers[k], numbers[i]);
	}
	cells_destroy(&cells);
	page_pool_destroy(&pool, &mem_libc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_never_overlap_and_pages_come_back),
		cmocka_unit_test(cells_in_use_have_numbers_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
