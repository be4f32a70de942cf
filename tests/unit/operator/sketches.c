// What is said of the sketches' errors, on streams of every kind, against exact counts: uniform,
// skewed, sorted, few values, made to be hard; in one state, and in states of parts that are merged
// in random trees.
#include "operator/sketch_rig.h"

enum { SEEDS = 6 };

static const uint32_t sizes[] = {1, 20, 999, 1001, 5000, N_MAX};
enum { SIZES = sizeof(sizes) / sizeof(*sizes) };

// Each stream at each size, whole and in parts.
static void for_all(void (*check)(bool merges))
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		for (int stream = 0; stream < STREAMS; stream++)
			for (int i = 0; i < SIZES; i++)
				for (int merges = 0; merges < 2; merges++) {
					begin(seed * 1000 + (uint64_t)stream, seed % 2);
					make_stream((enum stream)stream, sizes[i]);
					check(merges);
					end();
				}
}

// ---- Quantiles

static uint64_t n_asked, n_wrong;
static double worst;

// How far the share asked for is from the shares that the value stands for.
static double error_of(int64_t value, double p)
{
	double below = (double)rank_of(value) / rig.n;
	double upto = below + (double)times_of(value) / rig.n;

	assert_true(times_of(value) > 0); // one of the values
	if (p < below)
		return below - p;
	return p > upto ? p - upto : 0;
}

static void check_quantiles(bool merges)
{
	static const double shares[] = {0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1};
	char *state;
	uint32_t n_pages;

	resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(0.5)}, 1);
	state = add_all(merges);
	n_pages = rig.pool.n_used;
	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++) {
		double p = shares[i], place = ceil(p * rig.n - 1e-9), error;
		uint32_t rank = place < 1 ? 0 : (uint32_t)place - 1;
		int64_t value;

		resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(p)}, 1);
		value = *(const int64_t *)result(state);
		if (rig.n <= 1000 || p == 0 || p == 1)
			assert_int_equal(value, rig.sorted[rank]);
		error = error_of(value, p);
		worst = error > worst ? error : worst;
		n_asked += rig.n > 1000;
		n_wrong += error > 0.005;
	}
	assert_int_equal(rig.pool.n_used, n_pages);
	// 25 kB, each piece in a page of its size.
	if (rig.heap.slab != NULL)
		assert_true(n_pages <= 16);
}

static void quantiles_are_within_half_a_percent_of_the_rank(void **)
{
	n_asked = n_wrong = 0;
	worst = 0;
	for_all(check_quantiles);
	print_message("%lu of %lu answers are off by more than 0.5 %%, the worst by %.3f %%\n",
		n_wrong, n_asked, worst * 100);
	assert_true((double)n_wrong <= 0.01 * (double)n_asked);
	assert_true(worst < 0.01);
}

// Many small states merged into one, as slices are into a window that grows.
static void quantiles_of_many_merges_have_the_same_bound_and_room(void **)
{
	enum { MERGES = 3000, VALUES_EACH = 1200 };
	void *into[] = {rig.states[0]};
	const void *from[] = {rig.states[1]};

	begin(1, true);
	for (int i = 0; i < MERGES; i++) {
		make_stream(UNIFORM, 1 + random_below(&rig.random, 2 * VALUES_EACH));
		resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(0.5)}, 1);
		assert_int_equal(add(rig.states[1], 0, rig.n), 0);
		assert_int_equal(aggregate_combine(&rig.call, into, from, 1, OFFSET, &rig.heap), 0);
		release(rig.states[1]);
		assert_true(rig.pool.n_used <= 20);
	}
	for (int p = 1; p < 10; p++) {
		double value;

		resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(p / 10.0)}, 1);
		value = (double)*(const int64_t *)result(rig.states[0]);
		assert_true(fabs((value + 5e8) / 1e9 - p / 10.0) < 0.005);
	}
	end();
}

// Parts that are the same throw the same coins: what each is off must not grow with their number.
static void quantiles_of_parts_that_are_the_same_have_the_same_bound(void **)
{
	enum { PARTS = 500, VALUES_EACH = 5000 };
	void *into[] = {rig.states[0]};
	const void *from[] = {rig.states[1]};

	begin(1, true);
	make_stream(UNIFORM, VALUES_EACH);
	resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(0.5)}, 1);
	assert_int_equal(add(rig.states[1], 0, rig.n), 0);
	for (int i = 0; i < PARTS; i++)
		assert_int_equal(aggregate_combine(&rig.call, into, from, 1, OFFSET, &rig.heap), 0);
	for (int p = 1; p < 100; p++) {
		resolve("PERCENTILE_APPROX", (struct aggregate_arg[]){number(p / 100.0)}, 1);
		assert_true(error_of(*(const int64_t *)result(rig.states[0]), p / 100.0) < 0.005);
	}
	release(rig.states[1]);
	end();
}

// ---- Heavy hitters

static void check_heavy(bool merges)
{
	enum { K = 20, COUNTERS = HEAVY_COUNTERS };
	struct type row;
	struct nested_field fields[3];
	struct nested_items items;
	int64_t before = INT64_MAX, listed[K];
	const struct str *array;

	resolve("TOPK_APPROX", (struct aggregate_arg[]){integer(K), integer(COUNTERS)}, 2);
	array = result(add_all(merges));
	row = type_part(rig.call.result_type, PART_ELEMENT);
	for (uint16_t i = 0; i < 3; i++)
		fields[i] = nested_field(row, i);
	items = nested_array(array, row);
	assert_int_equal(items.n, n_different() < K ? n_different() : K);
	for (uint32_t i = 0; i < items.n; i++) {
		int64_t values[3], times;
		struct str item;

		assert_true(nested_get(&items, i, &item));
		for (uint16_t f = 0; f < 3; f++)
			assert_true(nested_get_field(&item, &fields[f], &values[f]));
		times = times_of(values[0]);
		assert_true(times <= values[1] && times >= values[1] - values[2]);
		assert_true(values[2] * COUNTERS <= rig.n);
		assert_true(n_different() > COUNTERS || values[2] == 0);
		assert_true(values[1] <= before);
		before = values[1];
		listed[i] = values[0];
	}
	// Who comes more often than any listed estimate says, is listed.
	for (uint32_t i = 0; i < rig.n; i += times_of(rig.sorted[i])) {
		bool is_listed = items.n < K;

		if (times_of(rig.sorted[i]) <= before ||
			(uint64_t)times_of(rig.sorted[i]) * COUNTERS <= rig.n)
			continue;
		for (uint32_t k = 0; k < items.n; k++)
			is_listed |= listed[k] == rig.sorted[i];
		assert_true(is_listed);
	}
}

static void frequent_values_are_listed_with_counts_within_their_errors(void **)
{
	for_all(check_heavy);
}

// ---- Count-Min

static void check_count_min(bool merges)
{
	char *state;

	resolve("COUNT_MIN", NULL, 0);
	state = add_all(merges);
	for (uint32_t i = 0; i < 40; i++) {
		int64_t value = rig.values[random_below(&rig.random, rig.n)], old = rig.values[0];
		int64_t estimate;

		// The row that asks counts too.
		rig.values[0] = value;
		assert_int_equal(add(state, 0, 1), 0);
		rig.values[0] = old;
		estimate = *(const int64_t *)result(state) - 1;
		assert_true(estimate >= times_of(value));
		if (n_different() <= 250 && i == 0)
			assert_int_equal(estimate, times_of(value));
		n_asked += n_different() > 250;
		n_wrong += (double)estimate - times_of(value) > M_E / 1000 * rig.n + i;
	}
}

static void estimates_are_never_too_small_and_seldom_much_too_large(void **)
{
	n_asked = n_wrong = 0;
	for_all(check_count_min);
	print_message("%lu of %lu estimates are too large\n", n_wrong, n_asked);
	assert_true((double)n_wrong <= exp(-5) * (double)n_asked);
}

// ---- Different values

static void check_different(bool merges)
{
	double n = n_different(), estimate;

	resolve("APPROX_COUNT_DISTINCT", NULL, 0);
	estimate = (double)*(const int64_t *)result(add_all(merges));
	if (n <= 480)
		assert_true(estimate == n);
	n_asked += n > 480;
	n_wrong += fabs(estimate / n - 1) > 2 * 1.04 / 128;
	assert_true(fabs(estimate / n - 1) < 5 * 1.04 / 128);
}

// 2 standard errors.
static void counts_of_different_values_are_within_their_error(void **)
{
	n_asked = n_wrong = 0;
	for_all(check_different);
	print_message("%lu of %lu counts are off by more than 1.6 %%\n", n_wrong, n_asked);
	assert_true((double)n_wrong <= 0.05 * (double)n_asked);
}

// So many that no register is empty: values that nothing but the seed tells from other seeds'.
static void counts_of_a_million_have_the_standard_error_that_is_said(void **)
{
	enum { RUNS = 40, ROUNDS = 17 };
	const double n = (double)ROUNDS * N_MAX, standard = 1.04 / 128;
	double squares = 0;

	for (int64_t run = 0; run < RUNS; run++) {
		double error;

		begin(1, true);
		resolve("APPROX_COUNT_DISTINCT", NULL, 0);
		for (int64_t round = 0; round < ROUNDS; round++) {
			for (int64_t i = 0; i < N_MAX; i++)
				rig.values[i] = (run << 40) + round * N_MAX + i;
			assert_int_equal(add(rig.states[0], 0, N_MAX), 0);
		}
		error = (double)*(const int64_t *)result(rig.states[0]) / n - 1;
		assert_true(fabs(error) < 4 * standard);
		squares += error * error / RUNS;
		end();
	}
	print_message("root mean square %.2f %%\n", sqrt(squares) * 100);
	assert_true(sqrt(squares) < 1.25 * standard); // of 40 runs it is itself off by a ninth
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_within_half_a_percent_of_the_rank),
		cmocka_unit_test(quantiles_of_many_merges_have_the_same_bound_and_room),
		cmocka_unit_test(quantiles_of_parts_that_are_the_same_have_the_same_bound),
		cmocka_unit_test(frequent_values_are_listed_with_counts_within_their_errors),
		cmocka_unit_test(estimates_are_never_too_small_and_seldom_much_too_large),
		cmocka_unit_test(counts_of_different_values_are_within_their_error),
		cmocka_unit_test(counts_of_a_million_have_the_standard_error_that_is_said),
	};

	return cmocka_run_group_tests(tests, begin_all, end_all);
}
