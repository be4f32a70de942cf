#include "state/queue.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"
#include "state/slab.h"

enum { N_PAGES = 500, N_CURSORS = 3, N_MAX = 20000 };

// A queue of numbers that count up, so that its twin is two numbers: [first, end).
struct rig {
	struct page_pool pool;
	struct slab slab;
	struct state_heap heap;
	struct queue queue;
	uint32_t record_size;
	uint64_t first, end;
	struct queue_cursor cursors[N_CURSORS];
	uint64_t at[N_CURSORS]; // the number that the cursor has in front of it
};

static void rig_init(struct rig *rig, uint32_t record_size)
{
	*rig = (struct rig){.record_size = record_size, .heap.slab = &rig->slab};
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, N_PAGES * PAGE_SIZE), 0);
	slab_init(&rig->slab, &rig->pool);
}

static void rig_end(struct rig *rig)
{
	queue_clear(&rig->queue, &rig->heap);
	assert_int_equal(rig->pool.n_used, 0);
	page_pool_destroy(&rig->pool, &mem_libc);
}

static void push(struct rig *rig)
{
	uint64_t *record = queue_push(&rig->queue, &rig->heap, rig->record_size);

	assert_non_null(record);
	memset(record, (int)rig->end, rig->record_size);
	record[0] = rig->end++;
}

static void check_ends(const struct rig *rig)
{
	const uint64_t *front = queue_front(&rig->queue, rig->record_size);
	const uint64_t *back = queue_back(&rig->queue, rig->record_size);

	assert_int_equal(rig->queue.n, rig->end - rig->first);
	if (rig->first == rig->end) {
		assert_null(front);
		assert_null(back);
		return;
	}
	assert_int_equal(front[0], rig->first);
	assert_int_equal(back[0], rig->end - 1);
	assert_int_equal(((const unsigned char *)back)[rig->record_size - 1],
		rig->record_size > 8 ? (unsigned char)(rig->end - 1) : 0);
}

static void pop_front(struct rig *rig)
{
	if (rig->first == rig->end)
		return;
	for (int c = 0; c < N_CURSORS; c++)
		if (rig->at[c] <= rig->first)
			return;
	queue_pop_front(&rig->queue, &rig->heap, rig->record_size);
	rig->first++;
}

static void step(struct rig *rig, int c)
{
	const uint64_t *peeked = queue_peek(&rig->queue, &rig->cursors[c], rig->record_size);
	const uint64_t *record = queue_next(&rig->queue, &rig->cursors[c], rig->record_size);

	assert_ptr_equal(peeked, record);
	if (rig->at[c] == rig->end) {
		assert_null(record);
		return;
	}
	assert_int_equal(record[0], rig->at[c]);
	rig->at[c]++;
}

static void cursors_see_each_record_once_in_order(void **)
{
	struct random random = {7};

	for (uint32_t size = 8; size <= QUEUE_RECORD_MAX; size = size * 3 / 8 * 8 + 8) {
		static struct rig rig;

		rig_init(&rig, size);
		for (int i = 0; i < N_MAX; i++) {
			uint32_t kind = random_below(&random, 8);

			if (kind < 2 && rig.queue.n < 300)
				push(&rig);
			else if (kind < 4)
				pop_front(&rig);
			else
				step(&rig, (int)random_below(&random, N_CURSORS));
			check_ends(&rig);
		}
		rig_end(&rig);
	}
}

static void both_ends_can_be_popped(void **)
{
	struct random random = {8};
	static struct rig rig;

	rig_init(&rig, 16);
	for (int i = 0; i < N_MAX; i++) {
		uint32_t kind = random_below(&random, i / 1000 % 2 ? 3 : 5);

		if (kind >= 2) {
			push(&rig);
		} else if (rig.queue.n > 0 && kind == 0) {
			queue_pop_front(&rig.queue, &rig.heap, rig.record_size);
			rig.first++;
		} else if (rig.queue.n > 0) {
			queue_pop_back(&rig.queue, &rig.heap, rig.record_size);
			rig.end--;
		}
		check_ends(&rig);
	}
	rig_end(&rig);
}

static void a_short_queue_stays_small(void **)
{
	static struct rig rig;

	rig_init(&rig, 16);
	for (int i = 0; i < N_MAX; i++) {
		push(&rig);
		if (rig.queue.n > 2) {
			queue_pop_front(&rig.queue, &rig.heap, rig.record_size);
			rig.first++;
		}
	}
	assert_true(rig.queue.last->size <= 128);
	assert_int_equal(rig.pool.n_used, 1);
	rig_end(&rig);
}

static void a_full_pool_is_told(void **)
{
	static struct rig rig;
	uint64_t n = 0;

	rig_init(&rig, 64);
	while (queue_push(&rig.queue, &rig.heap, 64) != NULL)
		n++;
	assert_int_equal(rig.queue.n, n);
	assert_true(n > N_PAGES * 50);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursors_see_each_record_once_in_order),
		cmocka_unit_test(both_ends_can_be_popped),
		cmocka_unit_test(a_short_queue_stays_small),
		cmocka_unit_test(a_full_pool_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
