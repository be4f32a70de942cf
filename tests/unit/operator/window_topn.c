#include "operator/window/window_topn.h"
#include "rows_rig.h"

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

// < 0: row a comes before row b, by the definition.
static int compare_rows(const struct window_topn_config *config, uint32_t a, uint32_t b)
{
	const struct rig_row *x = &rig.rows[a], *y = &rig.rows[b];

	for (uint16_t i = 0; i < config->n_terms; i++) {
		const struct order_term *term = &config->terms[i];
		int order;

		if (term->column == RIG_SCORE && x->null_score != y->null_score)
			return x->null_score == term->nulls_first ? -1 : 1;
		if (term->column == RIG_SCORE)
			order = x->null_score ? 0 : (x->score > y->score) - (x->score < y->score);
		else
			order = (x->time > y->time) - (x->time < y->time);
		if (order != 0)
			return term->descending ? -order : order;
	}
	return config->last_wins ? (a < b) - (a > b) : (a > b) - (a < b);
}

static bool is_counted(uint32_t row)
{
	return rig.rows[row].end - 1 > rig.rows[row].mark;
}

// One more than the rows of its window and key that come before it.
static uint64_t rank_of(const struct window_topn_config *config, uint32_t row)
{
	const struct rig_row *x = &rig.rows[row];
	uint64_t rank = 1;

	for (uint32_t i = 0; i < rig.n_rows; i++) {
		const struct rig_row *y = &rig.rows[i];

		if (!is_counted(i) || y->end != x->end || y->null_key != x->null_key ||
			(!x->null_key && y->key != x->key))
			continue;
		rank += i != row && compare_rows(config, i, row) < 0;
	}
	return rank;
}

static void check_ranks(const struct window_topn_config *config)
{
	uint32_t n_expected = 0, n_late = 0;
	static int64_t ranks[RIG_ROWS_MAX];

	memset(ranks, 0, sizeof(ranks));
	for (uint32_t i = 0; i < rig.n_outs; i++) {
		assert_int_equal(ranks[rig.outs[i].number], 0); // once only
		ranks[rig.outs[i].number] = rig.outs[i].rank;
	}
	for (uint32_t i = 0; i < rig.n_rows; i++) {
		uint64_t rank = is_counted(i) ? rank_of(config, i) : 0;
		bool is_out = rank >= config->first_rank && rank <= config->last_rank;

		assert_int_equal(ranks[i], is_out ? rank : 0);
		n_expected += is_out;
		n_late += !is_counted(i);
	}
	assert_int_equal(rig.n_outs, n_expected);
	assert_int_equal(rig_count("late"), n_late);
}

static void run(struct window_topn_config config, uint32_t n_keys, uint64_t seed)
{
	rig_begin(&window_topn_kind, &config, true, 4000, seed);
	rig.blocks = seed % 2;
	rig_random_rows(1500, n_keys);
	rig_run();
	check_ranks(&config);
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
