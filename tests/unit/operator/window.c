#include "operator/window/window.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "window_bench.h"

static const struct event_settings ordinary = {.n = 20000,
	.n_users = 50,
	.first_ts = 1000,
	.step = 7,
	.disorder = 900,
	.delay = 400,
	.nulls = true};

// All events of a stream through operator and twin; the results must be the same lines, and every
// row a result or counted.
static void check(const struct event_settings *stream, const struct twin_settings *settings,
	const struct bench_settings *how, uint64_t seed)
{
	struct random random = {seed};
	struct event *events = events_new(stream, &random);
	struct twin twin;
	struct bench bench;

	twin_init(&twin, settings);
	bench_init(&bench, settings, how, &random);
	for (uint32_t i = 0; i < stream->n; i++)
		twin_take(&twin, &events[i]);
	bench_run(&bench, events, stream->n);
	assert_int_equal(bench_counter(&bench, "late"), twin.n_late);
	bench_compare(&bench, &twin);
	assert_int_equal(bench.task.fault.text == NULL, true);
	bench_free(&bench);
	twin_free(&twin);
	free(events);
}

static const struct bench_settings plain = {.rows_max = BLOCK_ROWS_MAX};

static void tumbling_windows_are_what_the_twin_says(void **)
{
	const struct twin_settings keys[] = {
		{.size = 1000, .slide = 1000, .key = TWIN_NO_KEY},
		{.size = 1000, .slide = 1000, .key = TWIN_USER},
		{.size = 700, .slide = 700, .offset = 33, .key = TWIN_CITY_AND_USER},
	};

	for (uint64_t i = 0; i < 3; i++)
		check(&ordinary, &keys[i], &plain, i + 1);
}

static void hopping_windows_are_what_the_twin_says(void **)
{
	const struct twin_settings hops[] = {
		{.size = 1000, .slide = 500, .key = TWIN_NO_KEY},
		{.size = 1000, .slide = 100, .key = TWIN_USER},
		{.size = 900, .slide = 300, .offset = -250, .key = TWIN_CITY_AND_USER},
	};

	for (uint64_t i = 0; i < 3; i++)
		check(&ordinary, &hops[i], &plain, i + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tumbling_windows_are_what_the_twin_says),
		cmocka_unit_test(hopping_windows_are_what_the_twin_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
