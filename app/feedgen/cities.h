// Cities where people live, pay and measure: European ones that pay in EUR, GBP or CHF, and US
// ones.
#pragma once
#include <stdint.h>

struct city {
	const char *name; // ASCII, at most CITY_NAME_MAX
	char country[3]; // ISO 3166
	char currency[4]; // ISO 4217, of the cards issued here
	int8_t utc_hours; // standard time: the rhythm of the day does not ask for summer time
	int32_t lat_e4; // 1/10,000 degree
	int32_t lon_e4;
	uint16_t weight; // how many live here, relative to the others
};

enum { CITY_NAME_MAX = 16, CITIES_MAX = 255 };

extern const struct city cities[];
extern const uint32_t n_cities; // at most CITIES_MAX

// Great-circle distance between two places (haversine, a sphere of 6,371 km).
double cities_km(const struct city *a, const struct city *b);
