// Who there is: customers with a home, a habit and a card; merchants (each with one terminal) in
// cities. All of it follows from the seed. Customers are computed when asked for, so there may be
// hundreds of millions; merchants are a table.
#pragma once
#include "feedgen/cities.h"
#include "feedgen/dist.h"

enum {
	WORLD_USERS_MAX = 999999999, // the digits of an account number
	WORLD_MERCHANTS_MAX = 9999999,
	WORLD_CARD_DIGITS = 16,
	WORLD_CITY_STEPS = 1024,
	WORLD_FAVOURITES = 8,
	WORLD_AMOUNT_MAX_CENTS = 120000, // no ordinary payment is above
};

struct category {
	const char *name; // ASCII, at most CATEGORY_NAME_MAX
	uint16_t weight; // how many merchants, relative to the others
	uint16_t percent; // its typical amount, of a customer's habit
};

enum { CATEGORY_NAME_MAX = 12, CATEGORY_ELECTRONICS = 6, CATEGORY_ONLINE = 8 };

extern const struct category categories[];
extern const uint32_t n_categories;

struct merchant {
	int32_t lat_e4, lon_e4; // 1/10,000 degree
	uint8_t city;
	uint8_t category;
};

struct customer {
	uint32_t home; // city
	uint32_t habit_cents; // the median of what one pays at a grocer's
};

struct world {
	uint64_t seed;
	uint32_t n_users, n_merchants;
	struct merchant *merchants;
	uint32_t *by_city; // merchants, sorted by city
	uint32_t city_first[CITIES_MAX + 1]; // by_city[city_first[c]:city_first[c + 1]] are in c
	uint8_t city_of[WORLD_CITY_STEPS]; // a uniform index picks a city by its weight
	struct dist dist;
};

// Fill world. n_users is 1 … WORLD_USERS_MAX; n_merchants n_cities … WORLD_MERCHANTS_MAX, so that
// no city is without. Returns 0 or -ENOMEM. Free with world_free().
int world_init(struct world *world, uint64_t seed, uint32_t n_users, uint32_t n_merchants);
void world_free(struct world *world);

struct customer world_customer(const struct world *world, uint32_t user);

// Whether the customer is awake, as a share of 255, at ts_ms (their home's clock).
uint32_t world_awake(const struct customer *customer, int64_t ts_ms);

// Where the customer is at ts_ms: at home, or on three days of a hundred in another city from 4 in
// the morning to 4 in the morning, when nobody pays: so nobody honest travels impossibly fast.
uint32_t world_city_at(
	const struct world *world, uint32_t user, const struct customer *customer, int64_t ts_ms);

// A merchant of city: mostly one of the customer's favourites there. bits are random.
uint32_t world_merchant_for(const struct world *world, uint32_t user, uint32_t city, uint64_t bits);

// The n-th merchant of city, counted round.
uint32_t world_merchant_in(const struct world *world, uint32_t city, uint64_t n);

// The customer's card: 400000 (a prefix for tests), an account number of its own, Luhn's digit.
void world_card(const struct world *world, uint32_t user, char card[WORLD_CARD_DIGITS]);
