// The model of a feed: which events happen, in order of event time, and which of them belong to a
// labelled scenario. It is a pure function of its options: no clock, no input, no output.
#pragma once
#include "feedgen/label.h"
#include "feedgen/world.h"
#include <stdbool.h>

enum feed { FEED_CARDS, FEED_SENSORS };

struct model_options {
	enum feed feed;
	uint64_t seed;
	int64_t start_ms; // event time of the beginning, since 1970; MODEL_START_MIN_MS …
			  // MODEL_START_MAX_MS
	double event_rate; // per second of event time, MODEL_RATE_MIN … MODEL_RATE_MAX
	uint32_t n_users; // customers, or sensors
	uint32_t n_merchants; // n_cities …; cards only
	uint64_t n_events; // the end, after so many; 0: no end
	int64_t duration_ms; // the end, after so much event time; 0: no end
	double labelled_permille; // of all events, 0 … MODEL_LABELLED_MAX, as far as scenarios fit
};

// 1971: local time stays positive. 2200, and any feed ends by 2260: nanoseconds fit in 64 bits.
#define MODEL_START_MIN_MS (365 * 86400000ll)
#define MODEL_START_MAX_MS 7258118400000ll
#define MODEL_END_MAX_MS 9151488000000ll
#define MODEL_RATE_MIN 1e-3
#define MODEL_RATE_MAX 1e7
#define MODEL_LABELLED_MAX 500.0

struct event {
	uint64_t id; // 1, 2, …
	int64_t ts_ms;
	uint32_t who; // customer, or sensor
	uint32_t label; // slot in the label book, 0: ordinary
	int32_t value; // cents, or 1/100 degree Celsius
	uint32_t merchant; // cards only
	uint8_t city;
	bool approved; // cards only
};

// The event time after which nothing happens.
int64_t model_end_ms(const struct model_options *options);

struct model;

// Make a model. Returns NULL with errno ENOMEM, or EINVAL when an option is out of its range.
struct model *model_new(const struct model_options *options);
void model_free(struct model *model);

// The next event, in order of ts_ms. False at the end.
bool model_next(struct model *model, struct event *event);

const struct world *model_world(const struct model *model);

// What is true about the events so far: label_book_tell(), label_book_open_next().
struct label_book *model_labels(struct model *model);
