// Sketches whose heap is full: values that find no room are counted, all that is said of the others
// stays right, and all that was taken is given back.
#include "operator/sketch_rig.h"

static uint32_t n_lost;

// Leave the pool n pages.
static void leave_pages(uint32_t n)
{
	while (page_pool_n_free(&rig.pool) > n)
		assert_int_not_equal(page_take(&rig.pool), PAGE_NONE);
}

// The stream in two states, of which one is then merged into the other.
static const void *add_and_merge(void)
{
	void *into[] = {rig.states[0]};
	const void *from[] = {rig.states[1]};
	uint32_t n_values = rig.n / 2;

	n_lost = add(rig.states[0], 0, n_values) + add(rig.states[1], n_values, rig.n);
	if (aggregate_combine(&rig.call, into, from, 1, OFFSET, &rig.heap) > 0)
		n_lost = rig.n; // a loss of a merge is of a state, or of a part of it
	release(rig.states[1]);
	return result(rig.states[0]);
}

static void check_percentile(void)
{
	const int64_t *value;

	resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(0.5)}, 1);
	value = add_and_merge();
	assert_true(value == NULL ? n_lost == rig.n : times_of(*value) > 0);
}

static void check_top(void)
{
	struct nested_items items;
	struct nested_field fields[3];
	const struct str *array;
	struct type row;

	resolve("TOPK_APPROX", (struct aggregate_arg[]){integer(20), integer(HEAVY_COUNTERS)}, 2);
	array = add_and_merge();
	if (array == NULL) {
		assert_int_equal(n_lost, rig.n);
		return;
	}
	row = type_part(rig.call.result_type, PART_ELEMENT);
	for (uint16_t i = 0; i < 3; i++)
		fields[i] = nested_field(row, i);
	items = nested_array(array, row);
	for (uint32_t i = 0; i < items.n; i++) {
		int64_t values[3];
		struct str item;

		assert_true(nested_get(&items, i, &item));
		for (uint16_t f = 0; f < 3; f++)
			assert_true(nested_get_field(&item, &fields[f], &values[f]));
		assert_true(times_of(values[0]) >= values[1] - values[2]);
		assert_true(times_of(values[0]) <= values[1] + n_lost);
	}
}

static void check_count_min(void)
{
	const int64_t *estimate;

	resolve("COUNT_MIN", NULL, 0);
	estimate = add_and_merge(); // of the last row
	assert_non_null(estimate);
	assert_true(*estimate + n_lost >= times_of(rig.values[rig.n - 1]));
	assert_true(*estimate <= rig.n);
}

static void check_different(void)
{
	int64_t n;

	resolve("APPROX_COUNT_DISTINCT", NULL, 0);
	n = *(const int64_t *)add_and_merge();
	assert_true(n <= n_different() * 1.05);
	assert_true(n_lost > 0 || n >= n_different() * 0.95);
}

static void what_finds_no_room_is_counted_and_the_rest_stays_right(void **)
{
	enum { VALUES = 8000 };
	static const uint32_t n_pages[] = {0, 1, 3, 6, 12, 20};
	static void (*const checks[])(void) = {
		check_percentile, check_top, check_count_min, check_different};
	uint32_t n_full = 0;

	for (size_t p = 0; p < sizeof(n_pages) / sizeof(*n_pages); p++)
		for (int stream = 0; stream < STREAMS; stream++)
			for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
				begin(stream + 1, true);
				make_stream((enum stream)stream, VALUES);
				leave_pages(n_pages[p]);
				checks[i]();
				n_full += n_lost > 0;
				release(rig.states[0]);
				assert_int_equal(rig.slab.n_pages, 0);
				assert_int_equal(page_pool_n_free(&rig.pool), n_pages[p]);
				slab_destroy(&rig.slab);
				keyed_store_clear(&rig.store);
				arena_free(rig.arena);
				end_all(NULL);
				begin_all(NULL);
			}
	assert_true(n_full > STREAMS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_finds_no_room_is_counted_and_the_rest_stays_right),
	};

	return cmocka_run_group_tests(tests, begin_all, end_all);
}
