#include "feedgen/cities.h"
#include <math.h>

#define EU(name, country, hours, lat, lon, weight)            \
	{                                                     \
		name, country, "EUR", hours, lat, lon, weight \
	}
#define US(name, hours, lat, lon, weight)                  \
	{                                                  \
		name, "US", "USD", hours, lat, lon, weight \
	}

// Coordinates of the city halls, near enough.
const struct city cities[] = {
	EU("Lisbon", "PT", 0, 387223, -91393, 28),
	EU("Porto", "PT", 0, 411579, -86291, 13),
	EU("Madrid", "ES", 1, 404168, -37038, 62),
	EU("Barcelona", "ES", 1, 413874, 21686, 48),
	EU("Valencia", "ES", 1, 394699, -3763, 16),
	EU("Seville", "ES", 1, 373891, -59845, 14),
	EU("Malaga", "ES", 1, 367213, -44214, 10),
	EU("Bilbao", "ES", 1, 432630, -29350, 10),
	EU("Paris", "FR", 1, 488566, 23522, 105),
	EU("Lyon", "FR", 1, 457640, 48357, 22),
	EU("Marseille", "FR", 1, 432965, 53698, 18),
	EU("Toulouse", "FR", 1, 436047, 14442, 14),
	EU("Bordeaux", "FR", 1, 448378, -5792, 13),
	EU("Lille", "FR", 1, 506292, 30573, 14),
	EU("Nice", "FR", 1, 437102, 72620, 10),
	EU("Brussels", "BE", 1, 508503, 43517, 24),
	EU("Antwerp", "BE", 1, 512194, 44025, 12),
	EU("Amsterdam", "NL", 1, 523676, 49041, 25),
	EU("Rotterdam", "NL", 1, 519244, 44777, 16),
	EU("Luxembourg", "LU", 1, 496116, 61319, 6),
	EU("Berlin", "DE", 1, 525200, 134050, 45),
	EU("Hamburg", "DE", 1, 535511, 99937, 25),
	EU("Munich", "DE", 1, 481351, 115820, 27),
	EU("Cologne", "DE", 1, 509375, 69603, 20),
	EU("Frankfurt", "DE", 1, 501109, 86821, 22),
	EU("Stuttgart", "DE", 1, 487758, 91829, 18),
	EU("Leipzig", "DE", 1, 513397, 123731, 10),
	EU("Vienna", "AT", 1, 482082, 163738, 26),
	EU("Graz", "AT", 1, 470707, 154395, 6),
	EU("Milan", "IT", 1, 454642, 91900, 42),
	EU("Rome", "IT", 1, 419028, 124964, 40),
	EU("Naples", "IT", 1, 408518, 142681, 26),
	EU("Turin", "IT", 1, 450703, 76869, 16),
	EU("Bologna", "IT", 1, 444949, 113426, 10),
	EU("Palermo", "IT", 1, 381157, 133615, 10),
	EU("Athens", "GR", 2, 379838, 237275, 30),
	EU("Thessaloniki", "GR", 2, 406401, 229444, 9),
	EU("Dublin", "IE", 0, 533498, -62603, 18),
	EU("Helsinki", "FI", 2, 601699, 249384, 14),
	EU("Tallinn", "EE", 2, 594370, 247536, 6),
	EU("Riga", "LV", 2, 569496, 241052, 7),
	EU("Vilnius", "LT", 2, 546872, 252797, 7),
	EU("Ljubljana", "SI", 1, 460569, 145058, 5),
	EU("Zagreb", "HR", 1, 458150, 159819, 9),
	EU("Bratislava", "SK", 1, 481486, 171077, 7),
	EU("Valletta", "MT", 1, 358989, 145146, 3),
	{"London", "GB", "GBP", 0, 515072, -1276, 110},
	{"Manchester", "GB", "GBP", 0, 534808, -22426, 28},
	{"Birmingham", "GB", "GBP", 0, 524862, -18904, 26},
	{"Edinburgh", "GB", "GBP", 0, 559533, -31883, 9},
	{"Zurich", "CH", "CHF", 1, 473769, 85417, 14},
	{"Geneva", "CH", "CHF", 1, 462044, 61432, 7},
	US("New York", -5, 407128, -740060, 120),
	US("Boston", -5, 423601, -710589, 35),
	US("Philadelphia", -5, 399526, -751652, 38),
	US("Washington", -5, 389072, -770369, 40),
	US("Atlanta", -5, 337490, -843880, 38),
	US("Miami", -5, 257617, -801918, 38),
	US("Orlando", -5, 285383, -813792, 18),
	US("Charlotte", -5, 352271, -808431, 18),
	US("Detroit", -5, 423314, -830458, 26),
	US("Columbus", -5, 399612, -829988, 14),
	US("Chicago", -6, 418781, -876298, 58),
	US("Minneapolis", -6, 449778, -932650, 22),
	US("St. Louis", -6, 386270, -901994, 17),
	US("Nashville", -6, 361627, -867816, 14),
	US("New Orleans", -6, 299511, -900715, 9),
	US("Dallas", -6, 327767, -967970, 48),
	US("Houston", -6, 297604, -953698, 46),
	US("Austin", -6, 302672, -977431, 16),
	US("Kansas City", -6, 390997, -945786, 14),
	US("Denver", -7, 397392, -1049903, 20),
	US("Phoenix", -7, 334484, -1120740, 32),
	US("Salt Lake City", -7, 407608, -1118910, 9),
	US("Albuquerque", -7, 350844, -1066504, 6),
	US("Los Angeles", -8, 340522, -1182437, 84),
	US("San Francisco", -8, 377749, -1224194, 32),
	US("San Diego", -8, 327157, -1171611, 21),
	US("Las Vegas", -8, 361716, -1151391, 14),
	US("Portland", -8, 455152, -1226784, 16),
	US("Seattle", -8, 476062, -1223321, 26),
};

const uint32_t n_cities = sizeof(cities) / sizeof(cities[0]);
_Static_assert(sizeof(cities) / sizeof(cities[0]) <= CITIES_MAX, "a city's index is one byte");

static double radians(int32_t degrees_e4)
{
	return degrees_e4 / 1e4 * (M_PI / 180);
}

double cities_km(const struct city *a, const struct city *b)
{
	double half_lat = (radians(b->lat_e4) - radians(a->lat_e4)) / 2;
	double half_lon = (radians(b->lon_e4) - radians(a->lon_e4)) / 2;
	double h = sin(half_lat) * sin(half_lat) + cos(radians(a->lat_e4)) *
							   cos(radians(b->lat_e4)) * sin(half_lon) *
							   sin(half_lon);

	return 2 * 6371 * asin(sqrt(h));
}
