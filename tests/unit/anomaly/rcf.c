// The detector 'rcf': several columns, sequences, lots, and its edges.
#include "series.h"

enum { COLUMNS_MAX = 8, STATE_MAX = DETECTOR_STATE_MAX };

struct many {
	struct arena *arena;
	const struct detector_kind *kind;
	const void *config;
	_Alignas(8) uint8_t state[STATE_MAX];
	struct err err;
};

static void begin(struct many *many, uint32_t n_columns, uint64_t seed)
{
	struct detector_call call = {.n_columns = n_columns, .seed = seed};

	*many = (struct many){.arena = arena_new(), .kind = detector_find("rcf")};
	call.arena = many->arena;
	many->config = many->kind->configure(&call, &many->err);
	assert_non_null(many->config);
	assert_true(many->kind->state_size(many->config) <= STATE_MAX);
}

static struct verdict feed(struct many *many, const double *event)
{
	const double *columns[COLUMNS_MAX];
	void *state = many->state;
	struct verdict verdict;
	int64_t time = 0;

	for (int i = 0; i < COLUMNS_MAX; i++)
		columns[i] = event + i;
	many->kind->score(many->config, &state, &time, columns, 1, &verdict);
	assert_true(verdict.surprise >= 0 && isfinite(verdict.surprise));
	return verdict;
}

// Two columns that go together, in units far apart; each alone says nothing.
static void draw_pair(double *event, uint64_t *seed)
{
	double common = 2 * series_uniform(seed) - 1;

	event[0] = 1e6 * (common + 0.02 * series_normal(seed));
	event[1] = 1e-6 * (common + 0.02 * series_normal(seed));
}

static void what_does_not_go_together_is_odd(void **)
{
	static struct many many;
	double event[COLUMNS_MAX] = {0}, apart[COLUMNS_MAX] = {0.9e6, -0.9e-6};
	double far[COLUMNS_MAX] = {0, 1e-3};
	uint64_t seed = 41;
	struct verdict verdict;
	char text[256];
	int n_odd = 0;

	begin(&many, 2, 1);
	for (int i = 0; i < 5000; i++) {
		draw_pair(event, &seed);
		n_odd += feed(&many, event).surprise >= 3 && i >= 2000;
	}
	assert_in_range(n_odd, 0, 15); // 3 would be, of 3000
	verdict = feed(&many, apart);
	assert_true(verdict.surprise > 1.5);
	for (int i = 0; i < 2000; i++) {
		draw_pair(event, &seed);
		feed(&many, event);
	}
	verdict = feed(&many, far);
	assert_true(verdict.surprise > 3);
	many.kind->explain(many.config, &verdict, far, text, sizeof(text));
	assert_non_null(strstr(text, "stands apart: "));
	assert_non_null(strstr(text, "most by the value 0.001 of column 2 (mostly "));
	arena_free(many.arena);
}

// Up and down by turns: the same value twice is as ordinary as can be, but for its place.
static void a_sequence_that_breaks_is_odd(void **)
{
	struct detector_rig rig;
	struct verdict verdict;
	uint64_t seed = 42;
	double most = 0;

	rig_begin(&rig, "rcf", NULL, 0);
	for (int i = 0; i < 4000; i++)
		verdict = rig_score(&rig, 0, (i % 2 ? 10 : -10) + series_normal(&seed));
	assert_true(verdict.surprise < 2);
	for (int i = 0; i < 2; i++)
		most = fmax(most, rig_score(&rig, 0, i % 2 ? -10 : 10).surprise);
	assert_true(most > 1.5);
	rig_end(&rig);
}

static void the_farther_the_odder(void **)
{
	double last = 0;

	for (double far = 100; far < 1e12; far *= 100) {
		struct detector_rig rig;
		struct verdict verdict;
		uint64_t seed = 43;

		rig_begin(&rig, "rcf", NULL, 0);
		for (int i = 0; i < 2000; i++)
			rig_score(&rig, 0, 50 + series_normal(&seed));
		verdict = rig_score(&rig, 0, far);
		assert_true(verdict.surprise > last);
		last = verdict.surprise;
		rig_end(&rig);
	}
}

static void lots_come_from_the_seed(void **)
{
	static struct many one, same, other;
	double event[COLUMNS_MAX] = {0};
	uint64_t seed = 44;
	int n_differ = 0;

	begin(&one, 3, 7);
	begin(&same, 3, 7);
	begin(&other, 3, 8);
	for (int i = 0; i < 3000; i++) {
		double surprise;

		for (int k = 0; k < 3; k++)
			event[k] = series_normal(&seed);
		surprise = feed(&one, event).surprise;
		assert_true(surprise == feed(&same, event).surprise);
		n_differ += surprise != feed(&other, event).surprise;
	}
	assert_memory_equal(one.state, same.state, sizeof(one.state));
	assert_true(n_differ > 100);
	arena_free(one.arena);
	arena_free(same.arena);
	arena_free(other.arena);
}

static void a_new_habit_is_learnt(void **)
{
	struct detector_rig rig;
	struct verdict verdict = {0};
	uint64_t seed = 45;
	int n_odd = 0;

	rig_begin(&rig, "rcf", NULL, 0);
	for (int i = 0; i < 3000; i++)
		rig_score(&rig, 0, series_normal(&seed));
	for (int i = 0; i < 20000; i++) {
		verdict = rig_score(&rig, 0, 1000 + series_normal(&seed));
		n_odd += i > 12000 && verdict.surprise >= 3;
	}
	assert_in_range(n_odd, 0, 40);
	rig_end(&rig);
}

static void constants_and_first_events(void **)
{
	struct detector_rig rig;
	static struct many many;
	double event[COLUMNS_MAX] = {5, 5, 5, 5, 5, 5, 5, 5};

	rig_begin(&rig, "rcf", NULL, 0);
	for (int i = 0; i < 3000; i++)
		assert_true(rig_score(&rig, 0, 42).surprise < 1.5);
	assert_true(rig_score(&rig, 0, 43).surprise > 2);
	rig_end(&rig);
	begin(&many, COLUMNS_MAX, 1);
	for (int i = 0; i < 32; i++) {
		event[i % 8] *= 1e12;
		assert_true(feed(&many, event).surprise == 0);
	}
	for (int i = 0; i < 3000; i++)
		feed(&many, event);
	event[3] = 0;
	assert_true(feed(&many, event).surprise > 2);
	arena_free(many.arena);
}

static void one_column_without_a_value_is_enough(void **)
{
	static struct many many, before;
	double event[COLUMNS_MAX] = {1, 2};
	uint64_t seed = 46;

	begin(&many, 2, 1);
	for (int i = 0; i < 500; i++) {
		draw_pair(event, &seed);
		feed(&many, event);
	}
	before = many;
	event[1] = NAN;
	assert_true(feed(&many, event).surprise == 0);
	event[0] = INFINITY;
	assert_true(feed(&many, event).surprise == 0);
	event[1] = 0;
	assert_true(feed(&many, event).surprise >= 1e6);
	assert_memory_equal(before.state, many.state, sizeof(many.state));
	arena_free(many.arena);
}

static void anything_goes(void **)
{
	static struct many many;
	double event[COLUMNS_MAX];
	struct detector_rig rig;
	uint64_t seed = 47;

	rig_begin(&rig, "rcf", NULL, 0);
	series_assert_blocks_are_nothing(&rig);
	series_assert_takes_anything(&rig, true);
	rig_end(&rig);
	begin(&many, COLUMNS_MAX, 3);
	for (int i = 0; i < 20000; i++) {
		for (int k = 0; k < COLUMNS_MAX; k++)
			event[k] = series_random(&seed) % 40 == 0 ? series_any(&seed)
								  : series_normal(&seed);
		feed(&many, event);
	}
	arena_free(many.arena);
}

static void options(void **)
{
	struct detector_option many[] = {{.name = "shingle", .number = 4}};
	struct detector_call call = {.n_columns = 3, .n_options = 1, .arena = arena_new()};
	struct err err = {0};

	series_assert_refused(
		"rcf", "trees", 8.9, "'trees' is 8.9: it must be a whole number from 1 to 64");
	series_assert_refused(
		"rcf", "shingle", 9, "'shingle' is 9: it must be a whole number from 1 to 8");
	series_assert_refused("rcf", "depth", 1,
		"'depth' is no option of the detector 'rcf': it has 'shingle', 'trees', 'sample', "
		"'memory', 'refractory'");
	series_assert_refused(
		"rcf", "trees", 12, "'trees' is 12: with 'sample' => 64 it must be 9 at most");
	series_assert_refused("rcf", "memory", 100,
		"'memory' is 100: it must be 'trees' times 'sample' at least, 512");
	call.options = many;
	assert_null(detector_find("rcf")->configure(&call, &err));
	assert_string_equal(err.text, "'shingle' is 4: times the 3 columns it must be 8 at most");
	arena_free(call.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_go_together_is_odd),
		cmocka_unit_test(a_sequence_that_breaks_is_odd),
		cmocka_unit_test(the_farther_the_odder),
		cmocka_unit_test(lots_come_from_the_seed),
		cmocka_unit_test(a_new_habit_is_learnt),
		cmocka_unit_test(constants_and_first_events),
		cmocka_unit_test(one_column_without_a_value_is_enough),
		cmocka_unit_test(anything_goes),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
