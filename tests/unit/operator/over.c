#include "operator/over/over.h"
#include "operator/rows_rig.h"

// Each row's result, computed from all rows of its key by the definition.

enum { N_ROWS = 2500, N_PAGES = 8192, NO_LIMIT = -1, COARSE = 600 };

enum what { ROWS_OF, SCORES, DIFFERENT_SCORES, SUM, LEAST, MOST, FIRST, LAST, N_WHATS };

static const struct {
	const char *function;
	int column; // −1: none
	bool distinct;
} whats[N_WHATS] = {
	[ROWS_OF] = {"COUNT", -1, false},
	[SCORES] = {"COUNT", RIG_SCORE, false},
	[DIFFERENT_SCORES] = {"COUNT", RIG_SCORE, true},
	[SUM] = {"SUM", RIG_NUMBER, false},
	[LEAST] = {"MIN", RIG_NUMBER, false},
	[MOST] = {"MAX", RIG_NUMBER, false},
	[FIRST] = {"FIRST_VALUE", RIG_NUMBER, false},
	[LAST] = {"LAST_VALUE", RIG_NUMBER, false},
};

struct query {
	enum what what;
	bool is_rows;
	int64_t preceding; // NO_LIMIT: unbounded
	bool by_note; // the key is a long string
	bool has_key;
	bool is_coarse; // times are multiples of COARSE: rows of one time are many
};

// The twin's own notes of each row.
static struct {
	bool is_taken;
	int64_t out_at; // the watermark that it comes out with
} taken[RIG_ROWS_MAX];

static void coarsen(const struct query *query)
{
	for (uint32_t i = 0; i < rig.n_rows; i++) {
		struct rig_row *row = &rig.rows[i];

		if (query->is_coarse) {
			row->time = row->time / COARSE * COARSE;
			if (row->mark != WATERMARK_NONE)
				row->mark = row->mark / COARSE * COARSE - 1;
			row->start = row->end = row->time + 1;
		}
		if (query->by_note)
			snprintf(row->note, sizeof(row->note), "the card with the number %d",
				row->null_key ? -1 : (int)row->key);
		// A row that is taken although it is late comes out behind the watermark: the rig
		// looks at its window's end.
		row->end = INT64_MAX;
	}
}

static bool same_key(const struct query *query, const struct rig_row *a, const struct rig_row *b)
{
	if (!query->has_key)
		return true;
	return a->null_key == b->null_key && (a->null_key || a->key == b->key);
}

// Unbounded frames refuse what is behind the watermark, bounded ones what is not behind all that
// its key has put out.
static uint32_t take_rows(const struct query *query)
{
	uint32_t n_late = 0;

	for (uint32_t i = 0; i < rig.n_rows; i++) {
		const struct rig_row *row = &rig.rows[i];
		bool is_behind = row->time <= row->mark, is_late = is_behind;

		if (query->preceding != NO_LIMIT) {
			is_late = false;
			for (uint32_t j = 0; j < i; j++)
				is_late |= taken[j].is_taken && taken[j].out_at <= row->mark &&
					   rig.rows[j].time >= row->time &&
					   same_key(query, row, &rig.rows[j]);
		}
		taken[i].is_taken = !is_late;
		taken[i].out_at = is_behind ? row->mark + 1 : row->time;
		n_late += is_late;
	}
	return n_late;
}

// Whether row j is in the frame of row i, where n rows of its key come between them.
static bool is_before(uint32_t j, uint32_t i)
{
	int64_t a = rig.rows[j].time, b = rig.rows[i].time;

	return a < b || (a == b && j <= i);
}

static bool in_frame(const struct query *query, uint32_t j, uint32_t i)
{
	int64_t before = rig.rows[i].time - rig.rows[j].time;
	int64_t n_between = 0;

	if (!query->is_rows)
		return before >= 0 && (query->preceding == NO_LIMIT || before <= query->preceding);
	if (!is_before(j, i))
		return false;
	for (uint32_t k = 0; k < rig.n_rows && query->preceding != NO_LIMIT; k++)
		n_between += taken[k].is_taken && same_key(query, &rig.rows[k], &rig.rows[i]) &&
			     k != j && is_before(j, k) && is_before(k, i);
	return query->preceding == NO_LIMIT || n_between <= query->preceding;
}

static int64_t expected(const struct query *query, uint32_t i)
{
	int64_t n = 0, n_scores = 0, sum = 0, least = INT64_MAX, most = -1, first = -1, last = -1;
	uint32_t seen = 0;

	for (uint32_t j = 0; j < rig.n_rows; j++) {
		const struct rig_row *row = &rig.rows[j];

		if (!taken[j].is_taken || !same_key(query, row, &rig.rows[i]) ||
			!in_frame(query, j, i))
			continue;
		n++;
		n_scores += !row->null_score;
		seen |= row->null_score ? 0 : 1u << row->score;
		sum += j;
		least = j < least ? j : least;
		most = j > most ? j : most;
		if (first < 0 || is_before(j, (uint32_t)first))
			first = j;
		if (last < 0 || !is_before(j, (uint32_t)last))
			last = j;
	}
	switch (query->what) {
	case ROWS_OF:
		return n;
	case SCORES:
		return n_scores;
	case DIFFERENT_SCORES:
		return __builtin_popcount(seen);
	case SUM:
		return sum;
	case LEAST:
		return least;
	case MOST:
		return most;
	case FIRST:
		return first;
	default:
		return last;
	}
}

static struct over_frame frame;
static struct over_call call;
static uint16_t keys[1];
static struct over_config config;
static struct arena *arena; // of the calls

static void configure(const struct query *query)
{
	enum aggregate_use use =
		query->preceding == NO_LIMIT ? AGGREGATE_RUNNING : AGGREGATE_SLIDING;
	int column = whats[query->what].column;
	struct aggregate_arg arg = {.type = type_of(column == RIG_SCORE ? TYPE_INT : TYPE_BIGINT)};

	frame = (struct over_frame){.is_rows = query->is_rows,
		.is_unbounded = query->preceding == NO_LIMIT,
		.preceding = query->preceding};
	call = (struct over_call){0};
	assert_int_equal(
		aggregate_resolve(whats[query->what].function, &arg, column >= 0,
			whats[query->what].distinct, use, arena, (struct pos){0}, &call.call, NULL),
		0);
	call.call.filter = -1;
	call.call.distinct = whats[query->what].distinct;
	if (column >= 0)
		call.call.arguments[0] = (uint16_t)column;
	keys[0] = query->by_note ? RIG_NOTE : RIG_KEY;
	config = (struct over_config){.time_column = RIG_TIME,
		.n_keys = query->has_key,
		.keys = keys,
		.n_frames = 1,
		.frames = &frame,
		.n_calls = 1,
		.calls = &call};
}

static void check(const struct query *query)
{
	static bool is_out[RIG_ROWS_MAX];
	uint32_t n_late = take_rows(query);

	memset(is_out, 0, sizeof(is_out));
	assert_int_equal(rig.n_outs, rig.n_rows - n_late);
	assert_int_equal(rig_count("late"), n_late);
	for (uint32_t i = 0; i < rig.n_outs; i++) {
		uint32_t number = (uint32_t)rig.outs[i].number;

		assert_true(taken[number].is_taken);
		assert_false(is_out[number]);
		is_out[number] = true;
		// A row that came behind the watermark may have to do without what its key has
		// been forgotten with, as in Flink.
		if (!query->is_rows && query->preceding != NO_LIMIT &&
			taken[number].out_at > rig.rows[number].time)
			continue;
		// Each row is compared with all others, and ROWS with all of those again.
		if (i % (query->is_rows ? 97 : 11) == 0)
			assert_int_equal(rig.outs[i].rank, expected(query, number));
	}
}

static void run(struct query query, uint32_t n_keys, uint64_t seed)
{
	configure(&query);
	rig_begin(&over_kind, &config, true, N_PAGES, seed);
	rig.blocks = seed % 2;
	rig_random_rows(N_ROWS, n_keys);
	coarsen(&query);
	rig_run();
	check(&query);
	rig_end();
}

static void each(bool is_rows, int64_t preceding, bool is_coarse)
{
	for (int what = 0; what < N_WHATS; what++) {
		struct query query = {.what = (enum what)what,
			.is_rows = is_rows,
			.preceding = preceding,
			.is_coarse = is_coarse,
			.has_key = what % 4 != 3,
			.by_note = what % 2 == 0};

		run(query, what % 3 ? 2 : 50, (uint64_t)what + 1);
	}
}

static void range_frames_are_those_of_the_definition(void **)
{
	each(false, 7, false);
	each(false, 100, false);
}

static void rows_frames_are_those_of_the_definition(void **)
{
	each(true, 0, false);
	each(true, 3, false);
}

static void unbounded_frames_are_those_of_the_definition(void **)
{
	each(false, NO_LIMIT, false);
	each(true, NO_LIMIT, false);
}

static void a_time_may_have_more_rows_than_a_block(void **)
{
	each(false, 2 * COARSE, true);
	each(false, NO_LIMIT, true);
	each(true, 5, true);
}

static void a_full_pool_drops_rows_and_counts_them(void **)
{
	struct query query = {.what = LEAST, .preceding = 100, .has_key = true, .by_note = true};

	for (uint32_t n_pages = 4; n_pages < 64; n_pages += 6) {
		configure(&query);
		rig_begin(&over_kind, &config, true, n_pages, n_pages);
		rig_random_rows(N_ROWS, 100);
		coarsen(&query);
		rig_run();
		assert_int_equal(
			rig.n_outs + rig_count("state_full") + rig_count("late"), rig.n_rows);
		if (n_pages < 20)
			assert_true(rig_count("state_full") > 0);
		rig_end();
	}
}

static void no_input_has_no_output(void **)
{
	struct query query = {.what = SUM, .preceding = 100, .has_key = true};

	configure(&query);
	rig_begin(&over_kind, &config, true, 8, 3);
	rig_run();
	assert_int_equal(rig.n_outs, 0);
	rig_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(range_frames_are_those_of_the_definition),
		cmocka_unit_test(rows_frames_are_those_of_the_definition),
		cmocka_unit_test(unbounded_frames_are_those_of_the_definition),
		cmocka_unit_test(a_time_may_have_more_rows_than_a_block),
		cmocka_unit_test(a_full_pool_drops_rows_and_counts_them),
		cmocka_unit_test(no_input_has_no_output),
	};

	int n_failed;

	arena = arena_new();
	n_failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(arena);
	return n_failed;
}
