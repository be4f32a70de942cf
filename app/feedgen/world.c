#include "feedgen/world.h"
#include "feedgen/rng.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct category categories[] = {
	{"grocery", 26, 100},
	{"fuel", 8, 170},
	{"restaurant", 20, 120},
	{"transport", 10, 25},
	{"pharmacy", 8, 60},
	{"clothing", 9, 190},
	{"electronics", 4, 260},
	{"travel", 3, 280},
	{"online", 12, 130},
};

const uint32_t n_categories = sizeof(categories) / sizeof(categories[0]);

// What a trait is drawn from: each has random bits of its own.
enum trait { TRAIT_CUSTOMER = 1, TRAIT_TRAVEL, TRAIT_FAVOURITE, TRAIT_MERCHANT, TRAIT_ACCOUNT };

enum { MS_PER_HOUR = 3600 * 1000, HABIT_MEDIAN_CENTS = 2400 };

// Share of 255 awake and out in each hour of the day; nobody around 4.
static const uint8_t awake[24] = {24, 10, 3, 0, 0, 3, 24, 70, 130, 160, 180, 205, 255, 245, 200,
	190, 205, 235, 255, 230, 180, 130, 85, 48};

static void fill_city_of(struct world *world)
{
	uint32_t total = 0, sum = 0, from = 0;

	for (uint32_t city = 0; city < n_cities; city++)
		total += cities[city].weight;
	for (uint32_t city = 0; city < n_cities; city++) {
		sum += cities[city].weight;
		for (; from < sum * WORLD_CITY_STEPS / total; from++)
			world->city_of[from] = (uint8_t)city;
	}
}

static uint8_t draw_category(uint64_t bits)
{
	uint32_t total = 0, at;
	uint8_t category = 0;

	for (uint32_t i = 0; i < n_categories; i++)
		total += categories[i].weight;
	for (at = bits % total; at >= categories[category].weight; category++)
		at -= categories[category].weight;
	return category;
}

static void place_merchants(struct world *world)
{
	for (uint32_t i = 0; i < world->n_merchants; i++) {
		struct rng rng = {rng_of(world->seed, TRAIT_MERCHANT, i)};
		struct merchant *merchant = &world->merchants[i];

		// One for each city first.
		merchant->city = i < n_cities ? (uint8_t)i
					      : world->city_of[rng_below(&rng, WORLD_CITY_STEPS)];
		merchant->category = draw_category(rng_next(&rng) >> 32);
		// Within some 5 km of the city hall.
		merchant->lat_e4 =
			cities[merchant->city].lat_e4 + (int32_t)rng_below(&rng, 801) - 400;
		merchant->lon_e4 =
			cities[merchant->city].lon_e4 + (int32_t)rng_below(&rng, 801) - 400;
		world->city_first[merchant->city + 1]++;
	}
}

// Counting sort: city_first holds the counts, shifted by one.
static int sort_by_city(struct world *world)
{
	uint32_t *next = calloc(n_cities + 1, sizeof(*next));

	if (next == NULL)
		return -ENOMEM;
	for (uint32_t city = 0; city < n_cities; city++)
		world->city_first[city + 1] += world->city_first[city];
	memcpy(next, world->city_first, (n_cities + 1) * sizeof(*next));
	for (uint32_t i = 0; i < world->n_merchants; i++)
		world->by_city[next[world->merchants[i].city]++] = i;
	free(next);
	return 0;
}

int world_init(struct world *world, uint64_t seed, uint32_t n_users, uint32_t n_merchants)
{
	*world = (struct world){.seed = seed, .n_users = n_users, .n_merchants = n_merchants};
	world->merchants = calloc(n_merchants, sizeof(*world->merchants));
	world->by_city = calloc(n_merchants, sizeof(*world->by_city));
	if (world->merchants == NULL || world->by_city == NULL) {
		world_free(world);
		return -ENOMEM;
	}
	dist_init(&world->dist);
	fill_city_of(world);
	place_merchants(world);
	if (sort_by_city(world) < 0) {
		world_free(world);
		return -ENOMEM;
	}
	return 0;
}

void world_free(struct world *world)
{
	free(world->merchants);
	free(world->by_city);
	world->merchants = NULL;
	world->by_city = NULL;
}

struct customer world_customer(const struct world *world, uint32_t user)
{
	uint64_t bits = rng_of(world->seed, TRAIT_CUSTOMER, user);

	return (struct customer){
		.home = world->city_of[bits % WORLD_CITY_STEPS],
		.habit_cents =
			(uint32_t)dist_pick(world->dist.habit, bits >> 32, HABIT_MEDIAN_CENTS),
	};
}

static int64_t local_ms(const struct customer *customer, int64_t ts_ms)
{
	return ts_ms + cities[customer->home].utc_hours * (int64_t)MS_PER_HOUR;
}

uint32_t world_awake(const struct customer *customer, int64_t ts_ms)
{
	// The epoch is far in the past: local_ms is positive.
	return awake[local_ms(customer, ts_ms) / MS_PER_HOUR % 24];
}

uint32_t world_city_at(
	const struct world *world, uint32_t user, const struct customer *customer, int64_t ts_ms)
{
	int64_t day = (local_ms(customer, ts_ms) - 4 * MS_PER_HOUR) / (24 * MS_PER_HOUR);
	uint64_t bits = rng_of(world->seed, TRAIT_TRAVEL + ((uint64_t)day << 8), user);

	if ((bits >> 32) % 100 >= 3)
		return customer->home;
	return world->city_of[bits % WORLD_CITY_STEPS];
}

uint32_t world_merchant_in(const struct world *world, uint32_t city, uint64_t n)
{
	uint32_t first = world->city_first[city];

	return world->by_city[first + n % (world->city_first[city + 1] - first)];
}

uint32_t world_merchant_for(const struct world *world, uint32_t user, uint32_t city, uint64_t bits)
{
	if (bits % 4 == 0)
		return world_merchant_in(world, city, bits >> 16);
	bits = (uint64_t)user * WORLD_FAVOURITES + (bits >> 8) % WORLD_FAVOURITES;
	return world_merchant_in(world, city, rng_of(world->seed, TRAIT_FAVOURITE, bits) >> 16);
}

// 618,033,989 shares no factor with 10^9, so no two customers get the same account.
static uint32_t account_number(const struct world *world, uint32_t user)
{
	uint64_t shift = rng_of(world->seed, TRAIT_ACCOUNT, 0) % 1000000000;

	return (uint32_t)((user * 618033989ull + shift) % 1000000000);
}

void world_card(const struct world *world, uint32_t user, char card[WORLD_CARD_DIGITS])
{
	uint32_t account = account_number(world, user), sum = 0;

	memcpy(card, "400000", 6);
	for (int i = 14; i >= 6; i--) {
		card[i] = (char)('0' + account % 10);
		account /= 10;
	}
	// ISO/IEC 7812-1, annex B: every second digit doubled, counted from the right.
	for (int i = 0; i < WORLD_CARD_DIGITS - 1; i++) {
		uint32_t digit = (uint32_t)(card[i] - '0') << (i % 2 == 0);

		sum += digit > 9 ? digit - 9 : digit;
	}
	card[WORLD_CARD_DIGITS - 1] = (char)('0' + (10 - sum % 10) % 10);
}
