// Temperature sensors: each reports in turn; some overheat for a while.
#pragma once
#include "feedgen/model.h"

struct sensors;

// world and book must outlive it. NULL: ENOMEM.
struct sensors *sensors_new(
	const struct model_options *options, const struct world *world, struct label_book *book);
void sensors_free(struct sensors *sensors);

// The next reading, in order of time, without its id. False at the end.
bool sensors_next(struct sensors *sensors, struct event *event);

// A sensor's city.
uint32_t sensors_city(const struct world *world, uint32_t sensor);
