#include "feedgen/delivery.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

enum { N_EVENTS = 200000, DISORDER_MS = 5000 };

static struct model *make_model(double event_rate)
{
	struct model_options options = {
		.feed = FEED_CARDS,
		.seed = 3,
		.start_ms = 1767225600000,
		.event_rate = event_rate,
		.n_users = 20000,
		.n_merchants = 1000,
		.n_events = N_EVENTS,
		.labelled_permille = 5,
	};
	struct model *model = model_new(&options);

	assert_non_null(model);
	return model;
}

// Every event once; with duplicates: some twice.
struct seen {
	uint8_t *times; // by id
	uint64_t n_garbage, n_out_of_order, n_late;
};

static struct seen deliver(struct model *model, struct delivery *delivery, uint32_t disorder_ms)
{
	struct seen seen = {.times = calloc(N_EVENTS + 1, 1)};
	int64_t max_ms = 0, at_ms = 0;
	struct item item;

	while (delivery_next(delivery, &item)) {
		assert_true(item.at_ms >= at_ms);
		at_ms = item.at_ms;
		if (item.kind == ITEM_GARBAGE) {
			seen.n_garbage++;
			continue;
		}
		seen.times[item.event.id]++;
		seen.n_out_of_order += item.event.ts_ms < max_ms;
		// What a watermark disorder_ms behind would say.
		if (item.kind == ITEM_EVENT && item.event.ts_ms < max_ms - (int64_t)disorder_ms) {
			seen.n_late++;
			assert_int_equal(item.event.label, 0);
		}
		if (item.event.ts_ms > max_ms)
			max_ms = item.event.ts_ms;
	}
	return seen;
}

static void nothing_asked_for_nothing_done(void **)
{
	struct model *model = make_model(10);
	struct delivery *delivery = delivery_new(model, &(struct delivery_options){.seed = 1});
	struct seen seen = deliver(model, delivery, 0);

	assert_int_equal(seen.n_out_of_order, 0);
	assert_int_equal(seen.n_garbage, 0);
	for (uint32_t id = 1; id <= N_EVENTS; id++)
		assert_int_equal(seen.times[id], 1);
	free(seen.times);
	delivery_free(delivery);
	model_free(model);
}

static void disorder_keeps_its_bound_and_loses_nothing(void **)
{
	struct model *model = make_model(10);
	struct delivery *delivery = delivery_new(
		model, &(struct delivery_options){.seed = 1, .disorder_ms = DISORDER_MS});
	struct seen seen = deliver(model, delivery, DISORDER_MS);

	assert_true(seen.n_out_of_order > N_EVENTS / 4);
	assert_int_equal(seen.n_late, 0);
	for (uint32_t id = 1; id <= N_EVENTS; id++)
		assert_int_equal(seen.times[id], 1);
	free(seen.times);
	delivery_free(delivery);
	model_free(model);
}

static void late_ones_are_later_than_the_bound_and_counted(void **)
{
	struct model *model = make_model(10);
	struct delivery *delivery = delivery_new(
		model, &(struct delivery_options){
			       .seed = 1, .disorder_ms = DISORDER_MS, .late_permille = 10});
	struct seen seen = deliver(model, delivery, DISORDER_MS);
	uint64_t n_late = delivery_counters(delivery).n_late;

	assert_in_range(n_late, N_EVENTS * 8 / 1000, N_EVENTS * 12 / 1000);
	// The last ones have nothing after them that they could be late against.
	assert_in_range(seen.n_late, n_late - 30, n_late);
	free(seen.times);
	delivery_free(delivery);
	model_free(model);
}

static void duplicates_and_garbage_are_as_many_as_counted(void **)
{
	struct model *model = make_model(10);
	struct delivery *delivery = delivery_new(
		model, &(struct delivery_options){
			       .seed = 1, .duplicates_permille = 20, .garbage_permille = 30});
	struct seen seen = deliver(model, delivery, 0);
	struct delivery_counters counters = delivery_counters(delivery);
	uint64_t n_twice = 0;

	for (uint32_t id = 1; id <= N_EVENTS; id++) {
		assert_in_range(seen.times[id], 1, 2);
		n_twice += seen.times[id] == 2;
	}
	assert_int_equal(counters.n_events, N_EVENTS);
	assert_int_equal(counters.n_duplicates, n_twice);
	assert_in_range(n_twice, N_EVENTS * 18 / 1000, N_EVENTS * 22 / 1000);
	assert_int_equal(counters.n_garbage, seen.n_garbage);
	assert_in_range(seen.n_garbage, N_EVENTS * 27 / 1000, N_EVENTS * 33 / 1000);
	free(seen.times);
	delivery_free(delivery);
	model_free(model);
}

static void finishing_hands_out_what_the_labels_know_of(void **)
{
	struct model *model = make_model(1000);
	struct delivery *delivery = delivery_new(
		model, &(struct delivery_options){.seed = 1, .disorder_ms = DISORDER_MS});
	uint64_t n = 0, id_max = 0;
	struct item item;

	for (int i = 0; i < 10000; i++)
		assert_true(delivery_next(delivery, &item));
	delivery_finish(delivery);
	for (n = 10000; delivery_next(delivery, &item); n++)
		if (item.event.id > id_max)
			id_max = item.event.id;
	assert_int_equal(n, id_max); // none left out up to the last
	assert_in_range(n, 10000, 10000 + DISORDER_MS * 2);
	delivery_free(delivery);
	model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_for_nothing_done),
		cmocka_unit_test(disorder_keeps_its_bound_and_loses_nothing),
		cmocka_unit_test(late_ones_are_later_than_the_bound_and_counted),
		cmocka_unit_test(duplicates_and_garbage_are_as_many_as_counted),
		cmocka_unit_test(finishing_hands_out_what_the_labels_know_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
