// What 'sequence' remembers, against a twin that counts nothing.
#include "sequence_twin.h"

static void compare(struct sequence_memory *memory, struct twin *twin, double value)
{
	struct sequence_novelty novelties[SEQUENCE_CHANNELS], expected[SEQUENCE_CHANNELS];

	sequence_memory_look(memory, KEPT, value, novelties);
	twin_ask(twin, value, expected);
	for (uint32_t i = 0; i < SEQUENCE_CHANNELS; i++) {
		assert_true(fabs(novelties[i].value - expected[i].value) < 1e-9);
		assert_true(fabs(novelties[i].after - expected[i].after) < 1e-9);
		assert_true(fabs(novelties[i].run - expected[i].run) < 1e-9);
		assert_true(fabs(novelties[i].beyond - expected[i].beyond) < 1e-9);
	}
	sequence_memory_learn(memory, KEPT, value);
	twin_take(twin);
}

static void agrees_with_a_twin_that_counts_nothing(void **)
{
	struct sequence_memory *memory = malloc(sequence_memory_size(KEPT));
	struct twin *twin = malloc(sizeof(*twin));

	for (uint32_t mix = 0; mix < 10; mix++) {
		struct series_mix series = {.mix = mix, .level = mix, .lots = mix};

		memset(memory, 0, sequence_memory_size(KEPT));
		memset(twin, 0, sizeof(*twin));
		for (uint32_t event = 0; event < EVENTS; event++)
			compare(memory, twin, mix_next(&series));
	}
	free(twin);
	free(memory);
}

static void a_huge_value_leaves_no_trace(void **)
{
	struct sequence_memory *memory = calloc(1, sequence_memory_size(KEPT));
	struct sequence_memory *other = calloc(1, sequence_memory_size(KEPT));

	for (uint32_t event = 0; event < 3 * KEPT; event++) {
		sequence_memory_learn(memory, KEPT, event == 100 ? 1e300 : event % 7);
		sequence_memory_learn(other, KEPT, event % 7);
	}
	assert_memory_equal(memory, other, sequence_memory_size(KEPT));
	free(other);
	free(memory);
}

static void counts_what_it_remembers_and_no_more(void **)
{
	struct sequence_memory *memory = calloc(1, sequence_memory_size(KEPT));

	for (uint32_t event = 0; event < 10 * KEPT; event++) {
		uint32_t n = event < SEQUENCE_MEAN ? 0 : event - (SEQUENCE_MEAN - 1);

		assert_int_equal(sequence_memory_count(memory, KEPT), n < KEPT ? n : KEPT);
		for (uint32_t i = 0; i < SEQUENCE_GRIDS && event > SEQUENCE_MEAN + 1; i++)
			assert_int_equal(memory->channels[0].grids[i].value.n, n < KEPT ? n : KEPT);
		sequence_memory_learn(memory, KEPT, event % 13);
	}
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_a_twin_that_counts_nothing),
		cmocka_unit_test(a_huge_value_leaves_no_trace),
		cmocka_unit_test(counts_what_it_remembers_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
