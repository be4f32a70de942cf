// Fraud scenarios with cards: what is said of them at enum scenario is what they keep to.
#pragma once
#include "feedgen/model.h"
#include "feedgen/rng.h"

struct scenario_plan {
	enum scenario scenario;
	uint32_t n_events;
	struct event events[LABEL_EVENTS_MAX]; // events[:n_events] by time, without id and label
};

// Draw a scenario and a victim; the first payment is within a second after ts_ms.
void scenario_plan(
	const struct world *world, struct rng *rng, int64_t ts_ms, struct scenario_plan *plan);
