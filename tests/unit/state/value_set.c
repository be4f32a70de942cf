#include "state/value_set.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "row/random.h"
#include "row/str.h"
#include "state/slab.h"

enum { N_PAGES = 4000, VALUES_MAX = 20000, TEXT_MAX = 40 };

// How often each number is in, and how it looks as a value of the kind.
struct rig {
	struct page_pool pool;
	struct slab slab;
	struct state_heap heap;
	struct hash_seed seed;
	struct value_set_of of;
	struct value_set set;
	uint32_t n_values, n_in;
	uint32_t times[VALUES_MAX];
	char text[TEXT_MAX];
};

static void begin(struct rig *rig, enum type_kind kind, uint32_t n_values, uint32_t n_pages)
{
	*rig = (struct rig){.n_values = n_values, .heap.slab = &rig->slab};
	assert_int_equal(page_pool_init(&rig->pool, &mem_libc, (uint64_t)n_pages * PAGE_SIZE), 0);
	slab_init(&rig->slab, &rig->pool);
	hash_seed_from(&rig->seed, 7);
	rig->of = (struct value_set_of){.heap = &rig->heap, .seed = &rig->seed, .kind = kind};
}

static void end(struct rig *rig)
{
	value_set_clear(&rig->set, &rig->of);
	assert_int_equal(rig->pool.n_used, 0);
	page_pool_destroy(&rig->pool, &mem_libc);
}

struct value {
	_Alignas(16) char bytes[16];
};

static struct value value_of(struct rig *rig, int64_t n)
{
	struct value value = {0};
	struct str view;

	if (!type_is_view(rig->of.kind)) {
		memcpy(value.bytes, &n, type_width(rig->of.kind) < 8 ? 4 : 8);
		return value;
	}
	view = str_view(rig->text, (uint32_t)snprintf(rig->text, TEXT_MAX,
					   n % 3 == 0 ? "%ld" : "a long text, number %ld", n));
	memcpy(value.bytes, &view, sizeof(view));
	return value;
}

static void check(struct rig *rig)
{
	struct value_set_cursor cursor = {0};
	uint64_t times, n = 0;
	const void *value;

	assert_int_equal(rig->set.n, rig->n_in);
	while ((value = value_set_next(&rig->set, rig->of.kind, &cursor, &times)) != NULL) {
		const struct str *view = value;
		char text[TEXT_MAX] = "";
		int64_t number = 0;

		if (type_is_view(rig->of.kind)) {
			memcpy(text, str_data(view), view->len);
			number = atol(text + (*text == 'a' ? strlen("a long text, number ") : 0));
		} else {
			memcpy(&number, value, type_width(rig->of.kind) < 8 ? 4 : 8);
		}
		assert_int_equal(times, rig->times[number]);
		assert_int_equal(times, value_set_times(value));
		n++;
	}
	assert_int_equal(n, rig->n_in);
}

static void counts_as_an_array_of_counters_does(void **)
{
	static const enum type_kind kinds[] = {TYPE_INT, TYPE_BIGINT, TYPE_DECIMAL, TYPE_VARCHAR};
	static const uint32_t sizes[] = {1, 5, 40, 3000, VALUES_MAX};
	struct random random = {.state = 1};
	static struct rig rig;

	for (int i = 0; i < 20; i++) {
		begin(&rig, kinds[i % 4], sizes[i / 4], N_PAGES);
		for (uint32_t step = 0; step < 4 * rig.n_values + 100; step++) {
			uint32_t n = random_below(&random, rig.n_values);
			struct value value = value_of(&rig, n);
			bool is_late = step > 2 * rig.n_values;

			if (random_below(&random, 10) < (is_late ? 7 : 3)) {
				bool was_last = rig.times[n] == 1;

				assert_int_equal(
					value_set_remove(&rig.set, &rig.of, &value), was_last);
				rig.n_in -= was_last;
				rig.times[n] -= rig.times[n] > 0;
				continue;
			}
			assert_int_equal(
				value_set_add(&rig.set, &rig.of, &value, 1), rig.times[n] == 0);
			rig.n_in += rig.times[n]++ == 0;
		}
		check(&rig);
		end(&rig);
	}
}

static void what_finds_no_room_is_lost_and_harms_nothing(void **)
{
	static struct rig rig;
	bool is_full = false;

	begin(&rig, TYPE_VARCHAR, VALUES_MAX, 20);
	for (uint32_t n = 0; n < 5000; n++) {
		struct value value = value_of(&rig, n);
		int added = value_set_add(&rig.set, &rig.of, &value, 1);

		is_full |= added < 0;
		rig.times[n] = added == 1;
		rig.n_in += added == 1;
	}
	assert_true(is_full);
	check(&rig);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_as_an_array_of_counters_does),
		cmocka_unit_test(what_finds_no_room_is_lost_and_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
