#include "feedgen/model.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct model_options cards = {
	.feed = FEED_CARDS,
	.seed = 7,
	.start_ms = 1767225600000, // 2026-01-01
	.event_rate = 1,
	.n_users = 20000,
	.n_merchants = 2000,
	.n_events = 50000,
	.labelled_permille = 20,
};

static uint64_t feed_hash(const struct model_options *options)
{
	struct model *model = model_new(options);
	uint64_t hash = 0;
	struct event event;

	assert_non_null(model);
	while (model_next(model, &event)) {
		hash = hash * 31 + (uint64_t)event.ts_ms;
		hash = hash * 31 + event.who;
		hash = hash * 31 + (uint64_t)event.value;
		hash = hash * 31 + event.merchant + event.city + event.approved;
	}
	model_free(model);
	return hash;
}

static void same_seed_gives_the_same_feed(void **)
{
	struct model_options other = cards;

	other.seed = 8;
	assert_int_equal(feed_hash(&cards), feed_hash(&cards));
	assert_int_not_equal(feed_hash(&cards), feed_hash(&other));
}

// On any machine and with any compiler: these numbers are part of what a seed means.
static void a_seed_means_this_feed(void **)
{
	struct model_options sensors = cards;

	sensors.feed = FEED_SENSORS;
	assert_int_equal(feed_hash(&cards), 0x1e0cd8ee2fdab9df);
	assert_int_equal(feed_hash(&sensors), 0xfc23b5a9d225787f);
}

static void time_never_goes_back_and_ids_count(void **)
{
	for (enum feed feed = FEED_CARDS; feed <= FEED_SENSORS; feed++) {
		struct model_options options = cards;
		struct model *model;
		int64_t last_ms = options.start_ms;
		uint64_t n = 0;
		struct event event;

		options.feed = feed;
		options.n_users = feed == FEED_CARDS ? 20000 : 100;
		model = model_new(&options);
		while (model_next(model, &event)) {
			assert_true(event.ts_ms >= last_ms);
			assert_int_equal(event.id, ++n);
			last_ms = event.ts_ms;
		}
		assert_int_equal(n, options.n_events);
		model_free(model);
	}
}

static void keeps_the_event_rate(void **)
{
	struct model_options options = cards;
	struct model *model;
	struct event event;
	uint64_t n = 0;

	options.n_events = 0;
	options.duration_ms = 86400 * 1000;
	model = model_new(&options);
	while (model_next(model, &event))
		n++;
	assert_in_range(n, 86400 * 98 / 100, 86400 * 102 / 100);
	assert_true(event.ts_ms <= options.start_ms + options.duration_ms);
	model_free(model);
}

static void people_sleep(void **)
{
	struct model_options options = cards;
	uint32_t by_hour[24] = {0};
	struct model *model;
	struct event event;

	options.labelled_permille = 0;
	options.duration_ms = 86400 * 1000;
	options.n_events = 0;
	model = model_new(&options);
	while (model_next(model, &event)) {
		struct customer customer = world_customer(model_world(model), event.who);

		by_hour[(event.ts_ms / 3600000 + 24 + cities[customer.home].utc_hours) % 24]++;
	}
	assert_int_equal(by_hour[3] + by_hour[4], 0);
	assert_true(by_hour[12] > 10 * by_hour[1]);
	model_free(model);
}

// The rules that find fraud by amount and by count rest on this.
static void ordinary_payments_are_small_and_rare(void **)
{
	struct model_options options = cards;
	uint32_t *n_by_user = calloc(options.n_users, sizeof(*n_by_user));
	struct model *model;
	struct event event;

	options.labelled_permille = 0;
	options.event_rate = options.n_users * 4 / 86400.0;
	options.n_events = 0;
	options.duration_ms = 86400 * 1000;
	model = model_new(&options);
	while (model_next(model, &event)) {
		assert_in_range(event.value, 1, WORLD_AMOUNT_MAX_CENTS);
		n_by_user[event.who]++;
	}
	for (uint32_t user = 0; user < options.n_users; user++)
		assert_true(n_by_user[user] < 25);
	free(n_by_user);
	model_free(model);
}

static void count_labels(void *n_by_scenario, const struct label *label)
{
	assert_int_equal(label->n_events, label->n_planned);
	((uint64_t *)n_by_scenario)[label->scenario] += label->n_events;
}

static void every_scenario_ends_and_the_share_is_kept(void **)
{
	uint64_t n_by_scenario[SCENARIO_OVERHEAT + 1] = {0}, n_labelled = 0, total = 0;
	struct model *model = model_new(&cards);
	struct event event;
	uint32_t slot = 0;

	label_book_tell(model_labels(model), count_labels, n_by_scenario);
	while (model_next(model, &event))
		n_labelled += event.label != 0;
	assert_null(label_book_open_next(model_labels(model), &slot));
	for (int i = 0; i < SCENARIO_CARDS; i++) {
		assert_true(n_by_scenario[i] > 0);
		total += n_by_scenario[i];
	}
	assert_int_equal(total, n_labelled);
	assert_in_range(n_labelled, cards.n_events * 14 / 1000, cards.n_events * 26 / 1000);
	model_free(model);
}

static void a_feed_cut_short_leaves_labels_open(void **)
{
	struct model_options options = cards;
	struct model *model;
	struct event event;
	uint32_t slot = 0;

	options.labelled_permille = MODEL_LABELLED_MAX;
	options.event_rate = 100;
	model = model_new(&options);
	for (int i = 0; i < 1000; i++)
		assert_true(model_next(model, &event));
	assert_non_null(label_book_open_next(model_labels(model), &slot));
	model_free(model);
}

static void more_scenarios_than_slots_are_not_begun(void **)
{
	struct model_options options = cards;
	struct model *model;
	struct event event;

	options.labelled_permille = MODEL_LABELLED_MAX;
	options.event_rate = MODEL_RATE_MAX;
	options.n_events = 0;
	model = model_new(&options);
	for (int i = 0; i < 1500000; i++)
		assert_true(model_next(model, &event));
	model_free(model);
}

static void cards_are_valid_and_their_own(void **)
{
	struct model *model = model_new(&cards);
	char(*numbers)[WORLD_CARD_DIGITS] = calloc(1000, sizeof(*numbers));

	for (uint32_t user = 0; user < 1000; user++) {
		uint32_t sum = 0;

		world_card(model_world(model), user, numbers[user]);
		for (int i = 0; i < WORLD_CARD_DIGITS; i++) {
			uint32_t digit = (uint32_t)(numbers[user][i] - '0');

			assert_in_range(digit, 0, 9);
			digit *= i % 2 == 0 ? 2 : 1;
			sum += digit / 10 + digit % 10;
		}
		assert_int_equal(sum % 10, 0);
		for (uint32_t other = 0; other < user; other++)
			assert_memory_not_equal(numbers[user], numbers[other], WORLD_CARD_DIGITS);
	}
	free(numbers);
	model_free(model);
}

static void cities_are_where_they_are(void **)
{
	const struct city *lisbon = NULL, *porto = NULL, *york = NULL;

	for (uint32_t i = 0; i < n_cities; i++) {
		assert_true(strlen(cities[i].name) <= CITY_NAME_MAX);
		if (strcmp(cities[i].name, "Lisbon") == 0)
			lisbon = &cities[i];
		if (strcmp(cities[i].name, "Porto") == 0)
			porto = &cities[i];
		if (strcmp(cities[i].name, "New York") == 0)
			york = &cities[i];
	}
	assert_in_range((int)cities_km(lisbon, porto), 270, 280);
	assert_in_range((int)cities_km(lisbon, york), 5400, 5450);
	assert_in_range((int)cities_km(york, york), 0, 0);
}

static void options_out_of_range_are_refused(void **)
{
	struct model_options options = cards;

	options.n_users = 0;
	assert_null(model_new(&options));
	assert_int_equal(errno, EINVAL);
	options = cards;
	options.event_rate = 0;
	assert_null(model_new(&options));
	options = cards;
	options.n_merchants = 1;
	assert_null(model_new(&options));
	options = cards;
	options.start_ms = 0;
	assert_null(model_new(&options));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_seed_gives_the_same_feed),
		cmocka_unit_test(a_seed_means_this_feed),
		cmocka_unit_test(time_never_goes_back_and_ids_count),
		cmocka_unit_test(keeps_the_event_rate),
		cmocka_unit_test(people_sleep),
		cmocka_unit_test(ordinary_payments_are_small_and_rare),
		cmocka_unit_test(every_scenario_ends_and_the_share_is_kept),
		cmocka_unit_test(a_feed_cut_short_leaves_labels_open),
		cmocka_unit_test(more_scenarios_than_slots_are_not_begun),
		cmocka_unit_test(cards_are_valid_and_their_own),
		cmocka_unit_test(cities_are_where_they_are),
		cmocka_unit_test(options_out_of_range_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
