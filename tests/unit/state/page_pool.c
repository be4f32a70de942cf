#include "state/page_pool.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"

enum { N_PAGES = 100 };

static void gives_each_page_once_until_none_is_left(void **)
{
	struct page_pool pool;
	bool taken[N_PAGES] = {false};

	assert_int_equal(page_pool_init(&pool, &mem_libc, N_PAGES * PAGE_SIZE + 77), 0);
	for (int i = 0; i < N_PAGES; i++) {
		uint32_t page = page_take(&pool);

		assert_true(page < N_PAGES);
		assert_false(taken[page]);
		taken[page] = true;
	}
	assert_int_equal(page_take(&pool), PAGE_NONE);
	assert_int_equal(pool.n_used, N_PAGES);
	page_pool_destroy(&pool, &mem_libc);
}

// Pages are filled with their holder's number: nobody else may write there.
static void pages_in_use_are_never_given_again(void **)
{
	struct random random = {1};
	struct page_pool pool;
	uint32_t held[N_PAGES], n = 0;

	page_pool_init(&pool, &mem_libc, N_PAGES * PAGE_SIZE);
	for (int round = 0; round < 20000; round++) {
		if (random_below(&random, 2)) {
			uint32_t page = page_take(&pool);

			assert_int_equal(page == PAGE_NONE, n == N_PAGES);
			if (page == PAGE_NONE)
				continue;
			memset(page_at(&pool, page), (int)page, PAGE_SIZE);
			memset(page_side(&pool, page), (int)page, PAGE_SIDE_SIZE);
			held[n++] = page;
		} else if (n > 0) {
			uint32_t i = random_below(&random, n);
			const uint8_t *bytes = page_at(&pool, held[i]);

			assert_int_equal(bytes[0], held[i]);
			assert_memory_equal(bytes, bytes + 1, PAGE_SIZE - 1);
			assert_memory_equal(bytes, page_side(&pool, held[i]), PAGE_SIDE_SIZE);
			page_give(&pool, held[i]);
			held[i] = held[--n];
		}
		assert_int_equal(pool.n_used, n);
	}
	page_pool_destroy(&pool, &mem_libc);
}

static void an_empty_pool_has_no_page(void **)
{
	struct page_pool pool;

	assert_int_equal(page_pool_init(&pool, &mem_libc, PAGE_SIZE - 1), 0);
	assert_int_equal(page_take(&pool), PAGE_NONE);
	page_pool_destroy(&pool, &mem_libc);
}

static void *no_alloc(struct mem *mem, size_t size, size_t align)
{
	return NULL;
}

static void says_when_there_is_no_memory(void **)
{
	struct mem none = {.alloc = no_alloc};
	struct page_pool pool;

	assert_int_equal(page_pool_init(&pool, &none, PAGE_SIZE), -ENOMEM);
}

static void a_part_counts_what_is_taken_through_it(void **)
{
	struct page_pool pool, parts[2];
	uint32_t pages[N_PAGES];

	page_pool_init(&pool, &mem_libc, N_PAGES * PAGE_SIZE);
	page_pool_part(&parts[0], &pool);
	page_pool_part(&parts[1], &pool);
	for (uint32_t i = 0; i < N_PAGES; i++) {
		pages[i] = page_take(&parts[i % 3 == 0]);
		assert_ptr_equal(page_at(&pool, pages[i]), page_at(&parts[0], pages[i]));
	}
	assert_int_equal(page_take(&parts[0]), PAGE_NONE);
	assert_int_equal(page_pool_n_free(&parts[1]), 0);
	assert_int_equal(parts[0].n_used + parts[1].n_used, N_PAGES);
	assert_int_equal(parts[1].n_used, (N_PAGES + 2) / 3);
	for (uint32_t i = 0; i < N_PAGES; i++)
		page_give(&parts[i % 3 == 0], pages[i]);
	assert_int_equal(parts[0].n_used + parts[1].n_used + pool.n_used, 0);
	assert_int_equal(parts[1].n_used_max, (N_PAGES + 2) / 3);
	assert_int_equal(page_pool_n_free(&parts[0]), N_PAGES);
	page_pool_destroy(&pool, &mem_libc);
}

// Chains of two parts and single pages, against a list of who has each page.
static void a_chain_comes_back_all_at_once(void **)
{
	enum { N_CHAINS = 6, SINGLE = N_CHAINS, NOBODY };
	struct random random = {1};
	struct page_pool pool, parts[2];
	struct page_chain chains[N_CHAINS] = {{0}};
	uint32_t owner[N_PAGES], n_of[NOBODY + 1] = {[NOBODY] = N_PAGES}, page;

	page_pool_init(&pool, &mem_libc, N_PAGES * PAGE_SIZE);
	page_pool_part(&parts[0], &pool);
	page_pool_part(&parts[1], &pool);
	for (uint32_t i = 0; i < N_PAGES; i++)
		owner[i] = NOBODY;
	for (int round = 0; round < 100000; round++) {
		uint32_t who = random_below(&random, NOBODY), at = random_below(&random, N_PAGES);

		if (random_below(&random, 100) > 0) {
			page = who == SINGLE ? page_take(&pool)
					     : page_take_into(&parts[who % 2], &chains[who]);
			assert_int_equal(page == PAGE_NONE, n_of[NOBODY] == 0);
			if (page == PAGE_NONE)
				continue;
			assert_int_equal(owner[page], NOBODY);
			memset(page_at(&pool, page), 0xff, PAGE_SIZE);
			memset(page_side(&pool, page), 0xff, PAGE_SIDE_SIZE);
			owner[page] = who;
			n_of[who]++;
			n_of[NOBODY]--;
		} else if (who < N_CHAINS) {
			assert_int_equal(chains[who].n, n_of[who]);
			page_give_chain(&parts[who % 2], &chains[who]);
			for (uint32_t i = 0; i < N_PAGES; i++)
				owner[i] = owner[i] == who ? NOBODY : owner[i];
			n_of[NOBODY] += n_of[who];
			n_of[who] = 0;
		}
		if (owner[at] == SINGLE) {
			page_give(&pool, at);
			owner[at] = NOBODY;
			n_of[SINGLE]--;
			n_of[NOBODY]++;
		}
		page_prefetch(&parts[0], PAGE_SIZE);
		assert_int_equal(pool.n_used, N_PAGES - n_of[NOBODY]);
		assert_int_equal(parts[0].n_used, n_of[0] + n_of[2] + n_of[4]);
		assert_int_equal(parts[1].n_used, n_of[1] + n_of[3] + n_of[5]);
	}
	page_pool_destroy(&pool, &mem_libc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_each_page_once_until_none_is_left),
		cmocka_unit_test(pages_in_use_are_never_given_again),
		cmocka_unit_test(an_empty_pool_has_no_page),
		cmocka_unit_test(says_when_there_is_no_memory),
		cmocka_unit_test(a_part_counts_what_is_taken_through_it),
		cmocka_unit_test(a_chain_comes_back_all_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
