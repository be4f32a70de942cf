// Each call draws at most one random number among its arguments: C leaves their order open, and
// compilers do differ.
#include "feedgen/scenario.h"

// A scenario is over after this time, so that some HOP window of 5 minutes every 30 seconds has all
// of it; two cities may take longer.
enum { SPAN_MAX_MS = 240 * 1000, TWO_CITIES_MAX_MS = 590 * 1000 };

static struct event *add_payment(struct scenario_plan *plan, int64_t ts_ms, uint32_t who)
{
	struct event *event = &plan->events[plan->n_events++];

	*event = (struct event){.ts_ms = ts_ms, .who = who, .approved = true};
	return event;
}

static void pay(const struct world *world, struct event *event, uint32_t merchant, uint32_t cents)
{
	event->merchant = merchant;
	event->city = world->merchants[merchant].city;
	event->value = (int32_t)cents;
}

// The first merchant of city with that category, looked for from a random one; any when none has.
static uint32_t merchant_of(
	const struct world *world, struct rng *rng, uint32_t city, uint8_t category)
{
	uint32_t n = world->city_first[city + 1] - world->city_first[city];
	uint64_t from = rng_next(rng) >> 8;

	for (uint32_t i = 0; i < n && i < 64; i++)
		if (world->merchants[world_merchant_in(world, city, from + i)].category == category)
			return world_merchant_in(world, city, from + i);
	return world_merchant_in(world, city, from);
}

static void card_testing(const struct world *world, struct rng *rng, struct scenario_plan *plan,
	int64_t ts_ms, uint32_t who)
{
	uint32_t tested_at = rng_below(rng, world->n_merchants);
	uint32_t n_declined = rng_between(rng, 5, 10);

	tested_at = merchant_of(world, rng, world->merchants[tested_at].city, CATEGORY_ONLINE);
	for (uint32_t i = 0; i < n_declined; i++) {
		struct event *event = add_payment(plan, ts_ms, who);

		pay(world, event, tested_at, rng_between(rng, 50, 299));
		event->approved = false;
		ts_ms += rng_between(rng, 2000, SPAN_MAX_MS / 12);
	}
	tested_at = merchant_of(world, rng, world->merchants[tested_at].city, CATEGORY_ELECTRONICS);
	pay(world, add_payment(plan, ts_ms, who), tested_at, rng_between(rng, 30000, 95000));
}

static uint32_t far_city(struct rng *rng, uint32_t from)
{
	uint32_t city = rng_below(rng, n_cities);

	// There is one: from any city the other continent is far enough.
	while (cities_km(&cities[from], &cities[city]) < SCENARIO_FAR_KM + 50)
		city = (city + 1) % n_cities;
	return city;
}

static void two_cities(const struct world *world, struct rng *rng, struct scenario_plan *plan,
	int64_t ts_ms, uint32_t who)
{
	struct customer customer = world_customer(world, who);
	uint32_t here = world_city_at(world, who, &customer, ts_ms);
	uint32_t there = far_city(rng, here);
	uint32_t near_merchant = world_merchant_for(world, who, here, rng_next(rng));
	uint32_t far_merchant = world_merchant_in(world, there, rng_next(rng) >> 8);

	pay(world, add_payment(plan, ts_ms, who), near_merchant, rng_between(rng, 500, 6000));
	ts_ms += rng_between(rng, 90 * 1000, TWO_CITIES_MAX_MS);
	pay(world, add_payment(plan, ts_ms, who), far_merchant, rng_between(rng, 20000, 80000));
}

static void velocity(const struct world *world, struct rng *rng, struct scenario_plan *plan,
	int64_t ts_ms, uint32_t who)
{
	struct customer customer = world_customer(world, who);
	uint32_t city = world_city_at(world, who, &customer, ts_ms);
	uint32_t n = rng_between(rng, 8, 14);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t merchant = world_merchant_in(world, city, rng_next(rng) >> 8);

		pay(world, add_payment(plan, ts_ms, who), merchant, rng_between(rng, 4000, 25000));
		ts_ms += rng_between(rng, 3000, SPAN_MAX_MS / 14);
	}
}

static void large_amount(const struct world *world, struct rng *rng, struct scenario_plan *plan,
	int64_t ts_ms, uint32_t who)
{
	struct customer customer = world_customer(world, who);
	uint32_t city = world_city_at(world, who, &customer, ts_ms);
	uint32_t cents = customer.habit_cents * rng_between(rng, 30, 60);
	uint32_t floor_cents = WORLD_AMOUNT_MAX_CENTS + rng_between(rng, 40000, 280000);

	pay(world, add_payment(plan, ts_ms, who),
		merchant_of(world, rng, city, CATEGORY_ELECTRONICS),
		cents > floor_cents ? cents : floor_cents);
}

void scenario_plan(
	const struct world *world, struct rng *rng, int64_t ts_ms, struct scenario_plan *plan)
{
	static void (*const plans[SCENARIO_CARDS])(const struct world *world, struct rng *rng,
		struct scenario_plan *plan, int64_t ts_ms, uint32_t who) = {
		[SCENARIO_CARD_TESTING] = card_testing,
		[SCENARIO_TWO_CITIES] = two_cities,
		[SCENARIO_VELOCITY] = velocity,
		[SCENARIO_LARGE_AMOUNT] = large_amount,
	};

	plan->scenario = rng_below(rng, SCENARIO_CARDS);
	plan->n_events = 0;
	ts_ms += rng_below(rng, 1000);
	plans[plan->scenario](world, rng, plan, ts_ms, rng_below(rng, world->n_users));
}
