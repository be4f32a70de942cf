// Which lcore runs which instance of which stage.
//
// With one worker lcore everything shares it. With more, sources take the first third (at least
// one, no more than there are source instances), and stages share the rest round robin; the sink of
// a job goes behind the last stage, so that it shares with the fewest.
#pragma once
#include <stdint.h>

struct placement {
	uint32_t n_lcores; // worker lcores
	uint32_t n_source_lcores; // the first of them; sources use them round robin
	uint32_t first_stage; // stages use lcores first_stage … n_lcores − 1
};

void place_init(struct placement *placement, uint32_t n_lcores, uint32_t n_sources);
// Index of the lcore for the i-th source instance, the i-th instance of all stages.
uint32_t place_source(const struct placement *placement, uint32_t i);
uint32_t place_stage(const struct placement *placement, uint32_t i);
// Instances of a keyed stage when the job does not say: one for each lcore that runs stages.
uint32_t place_parallelism(const struct placement *placement);
