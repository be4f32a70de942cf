#include "dataplane/clock.h"
#include <rte_cycles.h>
#include <time.h>

#define NS_PER_SEC 1000000000u

void clock_read(struct now *now)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	now->wall_ns = (int64_t)wall.tv_sec * NS_PER_SEC + wall.tv_nsec;
	now->tsc = rte_rdtsc();
}

uint64_t clock_tsc_to_ns(uint64_t ticks, uint64_t tsc_hz)
{
	return (uint64_t)((unsigned __int128)ticks * NS_PER_SEC / tsc_hz);
}

uint64_t clock_ns_to_tsc(uint64_t ns, uint64_t tsc_hz)
{
	return (uint64_t)((unsigned __int128)ns * tsc_hz / NS_PER_SEC);
}
