#include "operator/window/window_topn.h"
#include "window_topn_twin.h"

static const uint16_t keys[] = {RIG_KEY};
static const struct order_term by_score[] = {{.column = RIG_SCORE, .descending = true}};
static const struct order_term by_score_nulls_first[] = {
	{.column = RIG_SCORE, .nulls_first = true}, {.column = RIG_TIME}};
static const struct order_term by_time_down[] = {{.column = RIG_TIME, .descending = true}};

static struct window_topn_config config_of(
	const struct order_term *terms, uint16_t n_terms, uint64_t first, uint64_t last)
{
	return (struct window_topn_config){
		.start_column = RIG_START,
		.end_column = RIG_END,
		.n_keys = 1,
		.keys = keys,
		.n_terms = n_terms,
		.terms = terms,
		.first_rank = first,
		.last_rank = last,
		.with_rank = true,
	};
}

static void run(struct window_topn_config config, uint32_t n_keys, uint64_t seed)
{
	rig_begin(&window_topn_kind, &config, true, 4000, seed);
	rig.blocks = seed % 2;
	rig_random_rows(1500, n_keys);
	rig_run();
	assert_int_equal(rig_count("late"), topn_check(&config));
	rig_end();
}

static void ranks_are_those_of_the_definition(void **)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		run(config_of(by_score, 1, 1, 1), 5, seed);
		run(config_of(by_score, 1, 1, 3), 2, seed);
		run(config_of(by_score, 1, 2, 4), 1, seed);
		run(config_of(by_score_nulls_first, 2, 1, 2), 3, seed);
		run(config_of(by_score_nulls_first, 2, 1, 1000), 1, seed);
	}
}

static void keep_last_takes_the_last_of_equal_times(void **)
{
	struct window_topn_config config = config_of(by_time_down, 1, 1, 1);

	config.last_wins = true;
	for (uint64_t seed = 1; seed <= 10; seed++)
		run(config, 3, seed);
}

static void a_full_pool_drops_rows_and_counts_them(void **)
{
	struct window_topn_config config = config_of(by_score, 1, 1, 1000);

	rig_begin(&window_topn_kind, &config, true, 8, 3);
	rig_random_rows(1500, 200);
	rig_run();
	assert_true(rig_count("state_full") > 0);
	assert_int_equal(rig.n_outs + rig_count("state_full") + rig_count("late"), rig.n_rows);
	rig_end();
}

static void no_input_has_no_output(void **)
{
	struct window_topn_config config = config_of(by_score, 1, 1, 1);

	rig_begin(&window_topn_kind, &config, true, 8, 3);
	rig_run();
	assert_int_equal(rig.n_outs, 0);
	rig_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranks_are_those_of_the_definition),
		cmocka_unit_test(keep_last_takes_the_last_of_equal_times),
		cmocka_unit_test(a_full_pool_drops_rows_and_counts_them),
		cmocka_unit_test(no_input_has_no_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
