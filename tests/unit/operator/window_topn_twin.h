// The obvious Top-N: each row's rank is one more than the number of rows before it.
#pragma once
#include "operator/window/window_topn.h"
#include "rows_rig.h"

// < 0: row a comes before row b, by the definition.
static inline int topn_compare(const struct window_topn_config *config, uint32_t a, uint32_t b)
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

static inline bool topn_counts(uint32_t row)
{
	return rig.rows[row].end - 1 > rig.rows[row].mark;
}

// One more than the rows of its window and key that come before it.
static inline uint64_t topn_rank(const struct window_topn_config *config, uint32_t row)
{
	const struct rig_row *x = &rig.rows[row];
	uint64_t rank = 1;

	for (uint32_t i = 0; i < rig.n_rows; i++) {
		const struct rig_row *y = &rig.rows[i];

		if (!topn_counts(i) || y->end != x->end || y->null_key != x->null_key ||
			(!x->null_key && y->key != x->key))
			continue;
		rank += i != row && topn_compare(config, i, row) < 0;
	}
	return rank;
}

// All rows of the rig are out that should be, with their ranks, once each. Returns how many are
// late.
static inline uint32_t topn_check(const struct window_topn_config *config)
{
	uint32_t n_expected = 0, n_late = 0;
	static int64_t ranks[RIG_ROWS_MAX];

	memset(ranks, 0, sizeof(ranks));
	for (uint32_t i = 0; i < rig.n_outs; i++) {
		assert_int_equal(ranks[rig.outs[i].number], 0); // once only
		ranks[rig.outs[i].number] = rig.outs[i].rank;
	}
	for (uint32_t i = 0; i < rig.n_rows; i++) {
		uint64_t rank = topn_counts(i) ? topn_rank(config, i) : 0;
		bool is_out = rank >= config->first_rank && rank <= config->last_rank;

		assert_int_equal(ranks[i], is_out ? rank : 0);
		n_expected += is_out;
		n_late += !topn_counts(i);
	}
	assert_int_equal(rig.n_outs, n_expected);
	return n_late;
}
