#include "state/slab.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"

enum { N_PAGES = 200, N_HELD = 4000 };

struct held {
	unsigned char *at;
	uint32_t size;
	unsigned char mark;
};

static void check_marked(const struct held *held)
{
	for (uint32_t i = 0; i < held->size; i++)
		assert_int_equal(held->at[i], held->mark);
}

static void take(struct slab *slab, struct held *held, struct random *random)
{
	uint32_t size = 1 + random_below(random, random_below(random, 3) ? 200 : SLAB_SIZE_MAX);
	unsigned char *at = slab_take(slab, size);

	if (at == NULL) {
		assert_int_equal(slab->pool->n_used, N_PAGES);
		return;
	}
	assert_int_equal((uintptr_t)at % 16, 0);
	*held = (struct held){at, size, (unsigned char)random_below(random, 256)};
	memset(at, held->mark, size);
}

static void pieces_never_overlap_and_pages_come_back(void **)
{
	struct random random = {4};
	static struct held held[N_HELD];
	struct page_pool pool;
	struct slab slab;

	assert_int_equal(page_pool_init(&pool, &mem_libc, N_PAGES * PAGE_SIZE), 0);
	slab_init(&slab, &pool);
	for (int step = 0; step < 100000; step++) {
		struct held *one = &held[random_below(&random, N_HELD)];

		if (one->at == NULL) {
			take(&slab, one, &random);
			continue;
		}
		check_marked(one);
		slab_give(&slab, one->at, one->size);
		one->at = NULL;
	}
	for (int i = 0; i < N_HELD; i++) {
		if (held[i].at == NULL)
			continue;
		check_marked(&held[i]);
		slab_give(&slab, held[i].at, held[i].size);
	}
	assert_int_equal(pool.n_used, 0);
	assert_int_equal(slab.n_pages, 0);
	page_pool_destroy(&pool, &mem_libc);
}

static void destroying_gives_back_what_is_in_use(void **)
{
	struct page_pool pool;
	struct slab slab;

	assert_int_equal(page_pool_init(&pool, &mem_libc, N_PAGES * PAGE_SIZE), 0);
	slab_init(&slab, &pool);
	for (uint32_t size = 1; size < SLAB_SIZE_MAX; size += 97)
		assert_non_null(slab_take(&slab, size));
	slab_destroy(&slab);
	assert_int_equal(pool.n_used, 0);
	assert_non_null(slab_take(&slab, SLAB_SIZE_MAX));
	slab_destroy(&slab);
	page_pool_destroy(&pool, &mem_libc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_never_overlap_and_pages_come_back),
		cmocka_unit_test(destroying_gives_back_what_is_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
