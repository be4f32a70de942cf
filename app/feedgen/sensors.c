// Sensors report one after the other, round and round, so each has a period of n / event_rate. The
// temperature is a level of the sensor's own (18 … 24 degrees), a daily curve that peaks at 15:00
// local time (4 degrees up or down) and noise (0.3): ordinary readings are 13.7 … 28.3. Overheating
// is a rise of 25 … 45 degrees over 12 … 48 readings: a third up, a third hot, a third down.
#include "feedgen/sensors.h"
#include "feedgen/rng.h"
#include <math.h>
#include <stdlib.h>

enum {
	NS_PER_MS = 1000000,
	MS_PER_MINUTE = 60000,
	MINUTES_PER_DAY = 1440,
	READINGS_MIN = 12,
	READINGS_MAX = LABEL_EVENTS_MAX,
	TRAIT_SENSOR = 100,
};

struct heat {
	uint32_t label; // 0: not overheating
	uint16_t rise; // at its peak, 1/100 degree
	uint8_t step, n_steps; // readings so far, and in all
};

struct sensors {
	const struct world *world;
	struct label_book *book;
	struct rng rng;
	uint64_t gap_ns; // between readings of any sensor
	uint64_t heat_chance; // at each ordinary reading, of 2^32
	uint64_t n_left; // UINT64_MAX: no end
	int64_t end_ms;
	int64_t next_ns;
	uint32_t next_sensor;
	struct heat *heat; // one for each sensor
	int16_t curve[MINUTES_PER_DAY]; // 1/100 degree
};

struct sensors *sensors_new(
	const struct model_options *options, const struct world *world, struct label_book *book)
{
	struct sensors *sensors = calloc(1, sizeof(*sensors));
	double share = options->labelled_permille / 1000;

	if (sensors == NULL)
		return NULL;
	sensors->heat = calloc(world->n_users, sizeof(*sensors->heat));
	if (sensors->heat == NULL) {
		free(sensors);
		return NULL;
	}
	sensors->world = world;
	sensors->book = book;
	sensors->rng.state = rng_of(options->seed, 0, 0);
	sensors->gap_ns = (uint64_t)(1e9 / options->event_rate);
	sensors->heat_chance =
		(uint64_t)(share / (1 - share) * 2 / (READINGS_MIN + READINGS_MAX) * 0x1p32);
	sensors->n_left = options->n_events > 0 ? options->n_events : UINT64_MAX;
	sensors->end_ms = model_end_ms(options);
	sensors->next_ns = options->start_ms * NS_PER_MS;
	for (int minute = 0; minute < MINUTES_PER_DAY; minute++)
		sensors->curve[minute] =
			(int16_t)lround(400 * cos((minute - 15 * 60) * 2 * M_PI / MINUTES_PER_DAY));
	return sensors;
}

void sensors_free(struct sensors *sensors)
{
	if (sensors == NULL)
		return;
	free(sensors->heat);
	free(sensors);
}

uint32_t sensors_city(const struct world *world, uint32_t sensor)
{
	return world->city_of[rng_of(world->seed, TRAIT_SENSOR, sensor) % WORLD_CITY_STEPS];
}

// Nothing happens when the sensor would not have cooled down by the end.
static void start_heat(struct sensors *sensors, uint32_t sensor, int64_t ts_ms)
{
	uint32_t n_steps = rng_between(&sensors->rng, READINGS_MIN, READINGS_MAX);
	uint32_t rise = rng_between(&sensors->rng, 2500, 4500);
	uint64_t n_rounds = (uint64_t)n_steps * sensors->world->n_users;
	struct heat *heat = &sensors->heat[sensor];

	if (n_rounds > sensors->n_left ||
		n_rounds * (double)sensors->gap_ns / NS_PER_MS > (double)(sensors->end_ms - ts_ms))
		return;
	heat->label = label_open(sensors->book, SCENARIO_OVERHEAT, sensor, n_steps);
	heat->rise = (uint16_t)rise;
	heat->step = 0;
	heat->n_steps = (uint8_t)n_steps;
}

// How much hotter than it should be, in 1/100 degree; one step on.
static int32_t heat_step(struct heat *heat)
{
	int32_t up = heat->step + 1, down = heat->n_steps - heat->step;
	int32_t third = heat->n_steps / 3;
	int32_t part = up < down ? up : down;

	heat->step++;
	return part >= third ? heat->rise : heat->rise * part / third;
}

bool sensors_next(struct sensors *sensors, struct event *event)
{
	uint32_t sensor = sensors->next_sensor;
	struct heat *heat = &sensors->heat[sensor];
	int64_t ts_ms = (sensors->next_ns + (int64_t)(rng_next(&sensors->rng) % sensors->gap_ns)) /
			NS_PER_MS;
	uint32_t city = sensors_city(sensors->world, sensor);
	int64_t minute = ts_ms / MS_PER_MINUTE + cities[city].utc_hours * 60;

	if (sensors->n_left == 0 || ts_ms > sensors->end_ms)
		return false;
	if (heat->label == 0 && rng_next(&sensors->rng) >> 32 < sensors->heat_chance)
		start_heat(sensors, sensor, ts_ms);
	*event = (struct event){.ts_ms = ts_ms, .who = sensor, .city = (uint8_t)city};
	event->label = heat->label;
	event->value =
		1800 + (int32_t)(rng_of(sensors->world->seed, TRAIT_SENSOR + 1, sensor) % 601);
	event->value += sensors->curve[minute % MINUTES_PER_DAY];
	event->value += (int32_t)rng_below(&sensors->rng, 61) - 30;
	if (heat->label != 0)
		event->value += heat_step(heat);
	if (heat->step == heat->n_steps)
		heat->label = 0;
	sensors->n_left--;
	sensors->next_ns += (int64_t)sensors->gap_ns;
	sensors->next_sensor = sensor + 1 == sensors->world->n_users ? 0 : sensor + 1;
	return true;
}
