#include "runtime/place.h"

void place_init(struct placement *placement, uint32_t n_lcores, uint32_t n_sources)
{
	uint32_t n = n_lcores / 3;

	if (n > n_sources)
		n = n_sources;
	if (n == 0)
		n = 1;
	placement->n_lcores = n_lcores;
	placement->n_source_lcores = n;
	placement->first_stage = n < n_lcores ? n : 0;
}

uint32_t place_source(const struct placement *placement, uint32_t i)
{
	return i % placement->n_source_lcores;
}

uint32_t place_stage(const struct placement *placement, uint32_t i)
{
	return placement->first_stage + i % place_parallelism(placement);
}

uint32_t place_parallelism(const struct placement *placement)
{
	return placement->n_lcores - placement->first_stage;
}
