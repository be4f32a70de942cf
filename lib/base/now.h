// The time, handed in: whoever drives a task reads the clocks once a step, the rest is told.
#pragma once
#include <stdint.h>

struct now {
	uint64_t tsc; // TSC ticks: monotonic, for durations
	int64_t wall_ns; // wall clock, nanoseconds since 1970-01-01 00:00 UTC
};
