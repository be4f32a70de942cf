// Honest payments are a Poisson process: exponential gaps, each with a customer drawn until one is
// found who is awake. So the rate is what was asked for, and the rhythm of the day decides whose
// payments they are. Each may also start a scenario of somebody else: its payments, all known then,
// wait in a heap until their time has come.
#include "feedgen/cards.h"
#include "feedgen/heap.h"
#include "feedgen/rng.h"
#include "feedgen/scenario.h"
#include <stdlib.h>

enum { NS_PER_MS = 1000000, PENDING_MAX = 1 << 20 };

// All equally frequent: SCENARIO_CARDS of them have this many payments on average.
#define SCENARIO_EVENTS_MEAN (22.5 / SCENARIO_CARDS)

struct cards {
	const struct world *world;
	struct label_book *book;
	struct rng rng;
	uint64_t gap_mean_ns; // between honest payments
	uint64_t scenario_chance; // after each of them, of 2^32
	uint64_t n_left; // not yet drawn, neither returned nor pending; UINT64_MAX: no end
	int64_t end_ms; // no honest payment after it
	int64_t scenarios_end_ms; // no payment of a scenario after it
	int64_t next_ns; // the next honest payment's time
	struct heap pending; // payments of scenarios, by ts_ms
};

// A feed that ends after n_events ends about here; no scenario should go on long after it.
static int64_t scenarios_end_ms(const struct model_options *options)
{
	int64_t end_ms = model_end_ms(options);
	double ms = (double)options->n_events / options->event_rate * 1000;

	if (options->n_events == 0 || ms > (double)(end_ms - options->start_ms))
		return end_ms;
	return options->start_ms + (int64_t)ms;
}

struct cards *cards_new(
	const struct model_options *options, const struct world *world, struct label_book *book)
{
	struct cards *cards = calloc(1, sizeof(*cards));
	double share = options->labelled_permille / 1000;

	if (cards == NULL)
		return NULL;
	cards->world = world;
	cards->book = book;
	cards->rng.state = rng_of(options->seed, 0, 0);
	cards->gap_mean_ns = (uint64_t)(1e9 / (options->event_rate * (1 - share)));
	cards->scenario_chance = (uint64_t)(share / (1 - share) / SCENARIO_EVENTS_MEAN * 0x1p32);
	cards->n_left = options->n_events > 0 ? options->n_events : UINT64_MAX;
	cards->end_ms = model_end_ms(options);
	cards->scenarios_end_ms = scenarios_end_ms(options);
	cards->next_ns = options->start_ms * NS_PER_MS;
	if (heap_init(&cards->pending, PENDING_MAX) < 0) {
		free(cards);
		return NULL;
	}
	return cards;
}

void cards_free(struct cards *cards)
{
	if (cards == NULL)
		return;
	heap_free(&cards->pending);
	free(cards);
}

static int32_t honest_amount(
	struct cards *cards, const struct customer *customer, uint32_t merchant)
{
	uint32_t percent = categories[cards->world->merchants[merchant].category].percent;
	uint64_t bits = rng_next(&cards->rng);
	uint64_t cents = dist_pick(
		cards->world->dist.amount, bits, (uint64_t)customer->habit_cents * percent);

	// A few percent more or less: amounts are not the same 4096 ones over and over.
	cents = cents * (970 + (bits >> 32) % 61) / 100000;
	if (cents > WORLD_AMOUNT_MAX_CENTS)
		return WORLD_AMOUNT_MAX_CENTS;
	return cents > 0 ? (int32_t)cents : 1;
}

static uint32_t draw_awake(struct cards *cards, int64_t ts_ms, struct customer *customer)
{
	for (;;) {
		uint32_t user = rng_below(&cards->rng, cards->world->n_users);

		*customer = world_customer(cards->world, user);
		if (rng_below(&cards->rng, 255) < world_awake(customer, ts_ms))
			return user;
	}
}

static void honest_payment(struct cards *cards, struct event *event)
{
	int64_t ts_ms = cards->next_ns / NS_PER_MS;
	struct customer customer;
	uint32_t user = draw_awake(cards, ts_ms, &customer);
	uint32_t city = world_city_at(cards->world, user, &customer, ts_ms);
	uint64_t bits = rng_next(&cards->rng);

	*event = (struct event){
		.ts_ms = ts_ms,
		.who = user,
		.merchant = world_merchant_for(cards->world, user, city, bits),
		.city = (uint8_t)city,
		.approved = (bits >> 48) % 100 >= 3,
	};
	event->value = honest_amount(cards, &customer, event->merchant);
}

// Nothing happens when the scenario would not come to its end, or there is no room for it.
static void start_scenario(struct cards *cards, int64_t ts_ms)
{
	struct scenario_plan plan;
	uint32_t label;

	scenario_plan(cards->world, &cards->rng, ts_ms, &plan);
	if (plan.n_events > cards->n_left || plan.n_events > PENDING_MAX - cards->pending.n ||
		plan.events[plan.n_events - 1].ts_ms > cards->scenarios_end_ms)
		return;
	label = label_open(cards->book, plan.scenario, plan.events[0].who, plan.n_events);
	if (label == 0)
		return;
	for (uint32_t i = 0; i < plan.n_events; i++) {
		plan.events[i].label = label;
		heap_push(&cards->pending, plan.events[i].ts_ms, &plan.events[i], false);
	}
	cards->n_left -= plan.n_events;
}

bool cards_next(struct cards *cards, struct event *event)
{
	int64_t ts_ms = cards->next_ns / NS_PER_MS;
	bool honest = cards->n_left > 0 && ts_ms <= cards->end_ms;

	if (cards->pending.n > 0 && (!honest || cards->pending.items[0].key <= ts_ms)) {
		*event = heap_pop(&cards->pending).event;
		return true;
	}
	if (!honest)
		return false;
	honest_payment(cards, event);
	cards->n_left--;
	if (rng_next(&cards->rng) >> 32 < cards->scenario_chance)
		start_scenario(cards, ts_ms);
	cards->next_ns += (int64_t)dist_pick(
		cards->world->dist.gap, rng_next(&cards->rng), cards->gap_mean_ns);
	return true;
}
