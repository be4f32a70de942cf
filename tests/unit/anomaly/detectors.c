// What all detectors share: the list, options, scores; and what must hold for each of them.
#include <math.h>
#include "detector_rig.h"
#include "row/random.h"

static void scores_are_one_minus_p_down_to_a_thousandth(void **)
{
	assert_true(detector_score(0) == 0);
	assert_true(fabs(detector_score(1) - 0.9) < 1e-12);
	assert_true(fabs(detector_score(2) - 0.99) < 1e-12);
	assert_true(fabs(detector_score(3) - 0.999) < 1e-12);
	assert_true(fabs(detector_score(1e-9) - 2.302585093e-9) < 1e-15);
}

static void what_is_rarer_goes_on_by_the_logarithm(void **)
{
	assert_true(fabs(detector_score(6) - 0.9995) < 1e-12);
	assert_true(fabs(detector_score(12) - 0.99975) < 1e-12);
	assert_true(detector_score(1e9) < 1);
	assert_true(detector_score(INFINITY) < 1);
}

static void scores_grow_with_the_surprise(void **)
{
	double before = -1;

	for (double surprise = 0; surprise < 400; surprise += 1.0 / 1024) {
		double score = detector_score(surprise);

		assert_true(score > before);
		before = score;
	}
}

static void finds_detectors_by_name(void **)
{
	assert_ptr_equal(detector_find("threshold"), &detector_threshold);
	assert_null(detector_find("Threshold"));
	assert_null(detector_find(""));
	for (uint32_t i = 0; detector_kinds[i] != NULL; i++)
		assert_ptr_equal(detector_find(detector_kinds[i]->name), detector_kinds[i]);
}

static void options_say_what_would_be_right(void **)
{
	static const char *const texts[] = {"a", "b", NULL};
	const struct detector_option options[] = {
		{"alpha", NULL, 1.5}, {"mode", "c", 0}, {"beta", "x", 0}};
	struct detector_call call = {.options = options, .n_options = 3, .arena = arena_new()};
	struct err err = {0};
	double value = 7;

	assert_true(detector_number(&call, "alpha", 0, 1, &value, &err) < 0);
	assert_string_equal(err.text, "'alpha' is 1.5: it must be a number from 0 to 1");
	err = (struct err){0};
	assert_true(detector_whole(&call, "alpha", 1, 2, &value, &err) < 0);
	assert_string_equal(err.text, "'alpha' is 1.5: it must be a whole number from 1 to 2");
	err = (struct err){0};
	assert_true(detector_number(&call, "beta", 0, INFINITY, &value, &err) < 0);
	assert_string_equal(err.text, "'beta' is 'x': it must be a number, 0 at least");
	err = (struct err){0};
	assert_true(detector_options(&call, "x", texts, &err) < 0);
	assert_string_equal(err.text, "'alpha' is no option of the detector 'x': it has 'a', 'b'");
	assert_int_equal(detector_number(&call, "gamma", 0, 1, &value, &err), 0);
	assert_true(value == 7);
	arena_free(call.arena);
}

// ---- What must hold for each detector

enum { N_KEYS = 5, N_EVENTS = 600 };

struct events {
	int64_t times[N_EVENTS];
	double values[N_EVENTS];
	uint32_t keys[N_EVENTS];
};

// Of all kinds: noise, jumps, constants, gaps, times that go back, huge, tiny and no numbers.
static void make_events(struct events *events, struct random *random)
{
	static const double odd[] = {0, -0.0, 1e308, -1e308, 1e-308, 5e-324, INFINITY, -INFINITY};
	int64_t time = 1700000000000;

	for (uint32_t i = 0; i < N_EVENTS; i++) {
		double value = 20 + (double)random_below(random, 1000) / 100;

		time += (int64_t)random_below(random, 20000) - 2000;
		if (random_below(random, 50) == 0)
			time += 86400000;
		if (random_below(random, 40) == 0)
			value = odd[random_below(random, sizeof(odd) / sizeof(*odd))];
		if (random_below(random, 40) == 0)
			value = NAN;
		events->times[i] = time;
		events->values[i] = i / 100 % 2 == 0 ? value : 42;
		events->keys[i] = random_below(random, N_KEYS);
	}
}

static const void *configure(const struct detector_kind *kind, struct arena *arena)
{
	static const struct detector_option above = {"above", NULL, 25};
	struct detector_call call = {.n_columns = 1, .seed = 1, .arena = arena};
	struct err err = {0};
	const void *config;

	if (kind == &detector_threshold) { // it alone does nothing by itself
		call.options = &above;
		call.n_options = 1;
	}
	config = kind->configure(&call, &err);
	if (config == NULL)
		fail_msg("%s: %s", kind->name, err.text);
	return config;
}

// The events in blocks of at most block_max rows, into verdicts.
static void run(const struct detector_kind *kind, const void *config, const struct events *events,
	uint32_t block_max, struct random *random, struct verdict *verdicts)
{
	uint32_t size = kind->state_size(config);
	char *states = calloc(N_KEYS, size);

	assert_true(size > 0 && size % 8 == 0 && size <= DETECTOR_STATE_MAX);
	for (uint32_t i = 0, n; i < N_EVENTS; i += n) {
		const double *const values[] = {events->values + i};
		void *at[N_EVENTS];

		n = 1 + random_below(random, block_max);
		n = n < N_EVENTS - i ? n : N_EVENTS - i;
		for (uint32_t k = 0; k < n; k++)
			at[k] = states + events->keys[i + k] * size;
		kind->score(config, at, events->times + i, values, (uint16_t)n, verdicts + i);
	}
	free(states);
}

static void verdicts_do_not_depend_on_blocks(void **)
{
	struct random random = {11};
	struct events events;

	make_events(&events, &random);
	for (uint32_t i = 0; detector_kinds[i] != NULL; i++) {
		struct arena *arena = arena_new();
		const void *config = configure(detector_kinds[i], arena);
		static struct verdict one[N_EVENTS], many[N_EVENTS];

		run(detector_kinds[i], config, &events, 1, &random, one);
		run(detector_kinds[i], config, &events, 250, &random, many);
		for (uint32_t k = 0; k < N_EVENTS; k++) {
			assert_true(one[k].surprise >= 0); // and no NaN
			assert_memory_equal(&one[k].surprise, &many[k].surprise, sizeof(double));
			assert_int_equal(one[k].reason, many[k].reason);
		}
		arena_free(arena);
	}
}

static void reasons_fit_whatever_room_there_is(void **)
{
	struct random random = {12};
	struct events events;

	make_events(&events, &random);
	for (uint32_t i = 0; detector_kinds[i] != NULL; i++) {
		const struct detector_kind *kind = detector_kinds[i];
		struct arena *arena = arena_new();
		const void *config = configure(kind, arena);
		static struct verdict verdicts[N_EVENTS];

		run(kind, config, &events, 250, &random, verdicts);
		for (uint32_t k = 0; k < N_EVENTS; k++) {
			size_t size = 1 + random_below(&random, 256);
			char *text = malloc(size); // its own memory: a sanitizer sees the end

			memset(text, 'x', size);
			if (verdicts[k].reason != 0) {
				kind->explain(config, &verdicts[k], &events.values[k], text, size);
				assert_non_null(memchr(text, '\0', size));
			}
			free(text);
		}
		arena_free(arena);
	}
}

static void refuse_options_that_they_do_not_have(void **)
{
	static const struct detector_option odd = {"no such option", NULL, 1};

	for (uint32_t i = 0; detector_kinds[i] != NULL; i++) {
		struct detector_call call = {
			.options = &odd, .n_options = 1, .n_columns = 1, .arena = arena_new()};
		struct err err = {0};

		assert_null(detector_kinds[i]->configure(&call, &err));
		assert_non_null(strstr(err.text, "no such option"));
		arena_free(call.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_one_minus_p_down_to_a_thousandth),
		cmocka_unit_test(what_is_rarer_goes_on_by_the_logarithm),
		cmocka_unit_test(scores_grow_with_the_surprise),
		cmocka_unit_test(finds_detectors_by_name),
		cmocka_unit_test(options_say_what_would_be_right),
		cmocka_unit_test(verdicts_do_not_depend_on_blocks),
		cmocka_unit_test(reasons_fit_whatever_room_there_is),
		cmocka_unit_test(refuse_options_that_they_do_not_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
